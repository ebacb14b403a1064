"""Tests how `open_app` connects the parts of the bot."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import open_app
from bot.clock import ManualClock
from bot.desk.desk_file import Calendar, Source
from bot.operations.vitals import JobVitals
from tests.conftest import START, delivery, reading, small_desk

SOON = 5.0


async def test_what_is_done_again_and_again_is_a_job_by_name(tmp_path: Path) -> None:
    desk = small_desk()
    fetched = {"id": "wire", "name": "the wire", "format": "readings", "url": "https://localhost/feed"}
    sources = [*desk.sources, Source.model_validate(fetched)]
    calendars = [Calendar(id="board", name="the board's calendar", url="https://localhost/a.ics")]
    desk = desk.model_copy(update={"sources": sources, "calendars": calendars})
    async with open_app(desk, tmp_path / "desk.sqlite3", ManualClock(START)) as app:
        assert app.scheduler.jobs() == [
            JobVitals("slash commands"),
            JobVitals("look at what is due"),
            JobVitals("poll wire"),
            JobVitals("calendar board"),
            JobVitals("deadlines"),
            JobVitals("mirror"),
            JobVitals("compare feeds with the desk file"),
            JobVitals("delete what is old"),
            JobVitals("boards"),
        ]


async def test_boards_are_looked_at_soon_after_a_reading(tmp_path: Path) -> None:
    async with open_app(small_desk(), tmp_path / "desk.sqlite3", ManualClock(START)) as app:
        await app.rooms.follows.follow(app.rooms.follows.contest("ga"), 1, 78, None, "Olga")
        app.scheduler.start()
        (boards,) = [job for job in app.scheduler.jobs() if job.name == "boards"]
        async with asyncio.timeout(SOON):  # what else runs at the start may wake it once more, after its rest
            while boards.next_at is None or boards.next_at - datetime.now(UTC) < timedelta(seconds=25):
                await asyncio.sleep(0.001)
        await app.rooms.tally.intake.accept(delivery([reading(110, 100)]))
        assert boards.next_at - datetime.now(UTC) <= timedelta(seconds=app.rooms.tally.boards.REST)
        await app.scheduler.stop()
