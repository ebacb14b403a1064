"""Measures every question to the bot, from the interaction to the answer, with an empty database and with a full one.

The full database has 1,000,000 readings with their changes and posts, and 20,000 events and 20,000 entries of one
server. The two bots take turns, so that a slow minute of the machine affects both. Autocomplete is measured over
Georgia's 159 counties.
"""

import asyncio
import math
import sqlite3
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.app import App, open_app
from bot.client import close_client
from bot.clock import ManualClock
from bot.count.statement import Statement
from bot.database.database import to_micros
from bot.desk.desk_file import Desk
from bot.events.event import Event
from bot.feeds.receivers import Delivery
from bot.rehearsal.standin.server import StandIn, pointing_at
from tests.benchmarks.figures import Figure, percentile, sized
from tests.benchmarks.flat_cost import CONTESTS, START, fill, reading
from tests.benchmarks.flat_cost import desk as plain_desk

READINGS, EVENTS = 1_000_000, 20_000
ROUNDS = 60
WARM_UP = 5
PARTS = 3
NOW = START + timedelta(hours=5, minutes=27)

QUESTIONS: dict[str, dict[str, Any]] = {
    "margin": {},
    "since": {"since": "3 min ago"},
    "history": {},
    "county": {"county": "Floyd"},
    "outstanding": {},
    "certified": {},
    "recount": {},
    "sources": {},
    "draft": {},
}


@dataclass(frozen=True)
class Place:
    """A bot with its database, and the channel and member that use its commands."""

    app: App
    standin: StandIn
    channel: int
    editor: int

    async def ask(self, command: str, **options: Any) -> float:
        """Use a command. Returns the seconds until the answer arrives."""
        start = time.perf_counter()
        answer = await self.standin.slash(self.channel, self.editor, command, options, timeout=20)
        taken = time.perf_counter() - start
        assert "bot's fault" not in answer.content, answer.content
        return taken

    async def suggest(self, typed: str) -> float:
        """Type into an option. Returns the seconds until the suggestions arrive."""
        start = time.perf_counter()
        found = await self.standin.autocomplete(
            self.channel, self.editor, "county", "county", typed, {"contest": "contest-0"}
        )
        assert found
        return time.perf_counter() - start


async def run(size: float = 1.0) -> list[Figure]:
    """Measure the bots with the empty and with the full database in turn."""
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        async with StandIn() as standin:
            guild = standin.world.add_guild("Newsroom")
            channel, editor = guild.add_channel("count").id, guild.add_member("Olga", owner=True).id
            stores = {"empty": Path(folder) / "empty.sqlite3", "full": Path(folder) / "full.sqlite3"}
            for path in stores.values():
                await _prepare(path, guild.id, channel)
            fill(stores["full"], sized(READINGS, size, CONTESTS), guild.id)
            _enter(stores["full"], guild.id, sized(EVENTS, size))
            parts = sized(PARTS, size)
            rounds, warm_up = sized(ROUNDS, size, parts) // parts, sized(WARM_UP, size)
            for _ in range(parts):
                for name, path in stores.items():
                    async with _asked(path, standin, channel, editor) as place:
                        await _measure(place, name, times, rounds, warm_up)
    return _figures(times)


async def _measure(
    place: Place, where: str, times: dict[tuple[str, str], list[float]], rounds: int, warm_up: int
) -> None:
    for step in range(rounds + warm_up):
        for name, options in QUESTIONS.items():
            taken = await place.ask(name, contest=f"contest-{step % CONTESTS}", **options)
            if step >= warm_up:
                times[where, name].append(taken)
    if where == "full":
        times["full", "typed"] += [
            await place.suggest(word) for word in ("", "flo", "foyld", "dekal", "stevens", "co") for _ in range(8)
        ][1:]  # the first one reads the table of counties
        times["full", "chart"].append(await place.ask("chart", contest="contest-0"))


def _figures(times: dict[tuple[str, str], list[float]]) -> list[Figure]:
    some = [one for name in QUESTIONS for one in times["empty", name]]
    every = [one for name in QUESTIONS for one in times["full", name]]
    ratios = {
        name: statistics.median(times["full", name]) / statistics.median(times["empty", name]) for name in QUESTIONS
    }
    worst = max(ratios, key=lambda name: ratios[name])
    return [
        *(Figure(f"answer-{name}-median", statistics.median(times["full", name]) * 1000, "ms") for name in QUESTIONS),
        Figure("answer-margin-p99", percentile(times["full", "margin"], 0.99) * 1000, "ms", 50.0),
        Figure("answers-p99", percentile(every, 0.99) * 1000, "ms", 100.0),
        Figure("answers-p99-full-over-empty", percentile(every, 0.99) / percentile(some, 0.99), "ratio"),
        Figure(f"answers-median-full-over-empty-worst-is-{worst}", ratios[worst], "ratio"),
        Figure("autocomplete-county-p99", percentile(times["full", "typed"], 0.99) * 1000, "ms", 30.0),
        Figure("chart-median", statistics.median(times["full", "chart"]), "s", 1.5),
    ]


def desk() -> Desk:
    """Return the desk file of the `flat_cost` benchmark, but in Georgia, and with a source for entries by staff."""
    candidates = plain_desk().contests[0].candidates
    return Desk.model_validate(
        {
            "desk": {"zone": "America/New_York"},
            "sources": [{"id": "wire", "name": "the wire"}, {"id": "desk", "name": "our reporter", "person": True}],
            "contests": [
                {
                    "id": f"contest-{n}",
                    "name": f"Contest {n}",
                    "where": f"State {n}",
                    "state": "GA",
                    "leads": "wire",
                    "candidates": [one.model_dump() for one in candidates],
                }
                for n in range(CONTESTS)
            ],
        }
    )


async def _prepare(path: Path, server: int, channel: int) -> None:
    async with open_app(desk(), path, ManualClock(START)) as app:
        for number in range(CONTESTS):
            await app.rooms.follows.follow(
                app.rooms.follows.contest(f"contest-{number}"), server, channel, None, "bench"
            )
        await app.rooms.tally.intake.accept(Delivery("wire", [reading(number, 0) for number in range(CONTESTS)]))


@asynccontextmanager
async def _asked(path: Path, standin: StandIn, channel: int, editor: int) -> AsyncIterator[Place]:
    with pointing_at(standin):
        async with open_app(desk(), path, ManualClock(NOW), guild_ready_timeout=0.1) as app:
            app.rooms.quotas._allowance = math.inf
            await app.bot.login("a-token")
            await app.bot.sync_if_changed()
            connection = asyncio.create_task(app.bot.connect())
            await app.bot.wait_until_ready()
            try:
                yield Place(app, standin, channel, editor)
            finally:
                await close_client(app.bot, connection)


def _enter(path: Path, server: int, events: int) -> None:
    """Store entries and events, as many as a newsroom would enter in a very long night."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("BEGIN")
    for number in range(events):
        at = NOW + timedelta(minutes=number - events // 2)
        contest = f"contest-{number % CONTESTS}"
        event = Event(kind="rally", title=f"Rally {number}", wall=at.replace(tzinfo=None), zone="UTC")
        database.execute(
            "INSERT INTO schedule_entries (server, starts_at, body, entered_by, entered_at) VALUES (?,?,?,'bench',0)",
            (server, to_micros(at), event.model_dump_json(exclude_none=True)),
        )
        said_at = NOW - timedelta(seconds=number + 1)
        figures: dict[str, Any] = {"outstanding": {"ballots": 500 + number, "units": ["Floyd"]}}
        if number % 2:
            figures = {"certified": [number % 159, 159]}
        said = Statement.model_validate({"source": "desk", "contest": contest, "as_of": said_at, **figures})
        key = database.execute(
            "INSERT INTO statements (server, contest, source, as_of, entered_at, body) VALUES (?,?,'desk',?,0,?)",
            (server, contest, to_micros(said_at), said.model_dump_json(exclude_defaults=True)),
        ).lastrowid
        if said.certified:
            database.execute(
                """INSERT INTO certification_counts (statement, server, contest, source, as_of, done, of)
                   VALUES (?,?,?,'desk',?,?,?)""",
                (key, server, contest, to_micros(said_at), *said.certified),
            )
    database.execute("COMMIT")
    database.close()
