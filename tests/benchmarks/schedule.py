"""Measures the schedule with 100,000 stored events: `/next`, `/schedule show`, and a start with as many reminders.

For comparison, the same run reads one row through the same index on a plain SQLite connection.
"""

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import App, open_app
from bot.clock import ManualClock
from bot.database.database import to_micros
from bot.events.event import Event
from bot.follows.levels import can_see_all
from bot.outbox.rows import to_json
from bot.schedule.schedule_entries_store import event_json
from tests.benchmarks.figures import Figure, sized
from tests.benchmarks.flat_cost import desk

EVENTS = 100_000
ASKED = 200
START = datetime(2026, 11, 3, 12, tzinfo=UTC)
SERVER = 1
_APART = timedelta(minutes=15)
"""The time between two events. Half of the events are past, half ahead, over some three years."""


async def run(size: float = 1.0) -> list[Figure]:
    """Measure with the given number of stored events, half of them ahead."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "schedule.sqlite3"
        await _prepare(path, sized(EVENTS, size))
        times = sized(ASKED, size)
        began = time.perf_counter()
        async with open_app(desk(), path, ManualClock(START)) as app:
            await app.due.look()
            due = await app.due.next_due()
            started = time.perf_counter() - began
            assert due is not None
            jobs = await _jobs(app)
            asked = {
                "next": await _median(lambda: app.rooms.schedule.events.next(SERVER, can_see_all), times),
                "today": await _median(lambda: app.rooms.schedule.events.today(SERVER, can_see_all), times),
                "week": await _median(lambda: app.rooms.schedule.events.week(SERVER, can_see_all), times),
                "autocomplete": await _median(
                    lambda: app.rooms.schedule.events.matching(SERVER, "event 5", can_see_all), times
                ),
            }
        bare = _bare(path, times)
    return [
        Figure("schedule-bare-sqlite", bare * 1000, "ms"),
        Figure("schedule-next-100000", asked["next"] * 1000, "ms", 20.0),
        Figure("schedule-today-100000", asked["today"] * 1000, "ms", 20.0),
        Figure("schedule-week-100000", asked["week"] * 1000, "ms"),
        Figure("schedule-autocomplete-100000", asked["autocomplete"] * 1000, "ms"),
        Figure("schedule-next-over-bare", asked["next"] / bare, "ratio"),
        Figure("schedule-start-100000-pending", started, "s", 1.0),
        Figure(
            "schedule-jobs", jobs, "jobs", 5.0
        ),  # as many whatever is scheduled: what is due, deadlines, mirror, boards, feeds
    ]


async def _prepare(path: Path, events: int) -> None:
    """Create a database with `events` events."""
    async with open_app(desk(), path, ManualClock(START)) as app:
        await app.rooms.follows.servers.join(SERVER)
        await app.due.look()  # so that the start that is measured is not the first one with these lead times
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous=OFF")
    database.execute("BEGIN")
    for number in range(events):
        moment = START + (number - events // 2) * _APART + timedelta(minutes=7)
        event = Event(kind="other", title=f"Event {number}", wall=moment.replace(tzinfo=None), zone="UTC")
        database.execute(
            "INSERT INTO schedule_entries (id, server, starts_at, body, entered_by, entered_at) VALUES (?, ?, ?, ?, 'x', 0)",
            (number + 1, SERVER, to_micros(moment), to_json(event_json(event))),
        )
    database.execute("COMMIT")
    database.close()


async def _median(ask: Callable[[], Awaitable[object]], times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        await ask()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


async def _jobs(app: App) -> int:
    """Return the number of jobs in APScheduler while all jobs wait, including the one that checks what is due."""
    app.scheduler.start()
    while any(None in (job.ran_at, job.next_at) for job in app.scheduler.jobs()):
        await asyncio.sleep(0.01)
    jobs = app.scheduler._apscheduler.get_jobs()
    await app.scheduler.stop()
    return len(jobs)


def _bare(path: Path, times: int) -> float:
    database = sqlite3.connect(path)
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        database.execute(
            "SELECT body FROM schedule_entries WHERE server = ? AND starts_at >= ? ORDER BY starts_at, id LIMIT 3",
            (SERVER, to_micros(START)),
        ).fetchall()
        taken.append(time.perf_counter() - began)
    database.close()
    return statistics.median(taken)
