"""Measures how soon the bot is connected with 1,000,000 stored readings, and the disk space for a year of history.

The start of a process is measured from its first instruction until its session at Discord. The disk space is the
growth of the database by readings of the usual shapes: with a state's totals alone, and with 159 counties.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bot.app import open_app
from bot.clock import ManualClock
from bot.database.database import Database
from bot.feeds.receivers import Delivery
from bot.rehearsal.stage import FeedServer
from bot.rehearsal.standin.server import StandIn
from tests.benchmarks.figures import Figure, sized
from tests.benchmarks.flat_cost import START, desk, prepare, reading
from tests.benchmarks.idle import BOT, write_desk

STARTS = 3
BATCHES = 200
COUNTIES = 159
A_YEAR = 20 * 50 * 3133
"""The number of batches in a year: 20 nights with 50 contests, each with as many batches as the longest recorded
count.
"""


async def run(size: float = 1.0) -> list[Figure]:
    """Start the bot on a large database, print the help, and store batches."""
    with tempfile.TemporaryDirectory() as folder:
        async with StandIn() as standin, FeedServer() as feeds:
            guild = standin.world.add_guild("Newsroom")
            path = Path(folder) / "many.sqlite3"
            await prepare(path, sized(1_000_000, size, 51), guild.id)
            write_desk(Path(folder) / "desk.toml", feeds)
            environment = os.environ | {
                "TALLYDESK_TOKEN": "a-token",
                "TALLYDESK_SERVERS": "all",
                "TALLYDESK_DESK": f"{folder}/desk.toml",
                "TALLYDESK_DATABASE": str(path),
            }
            starts = [await _start(standin, guild.id, environment) for _ in range(sized(STARTS, size))]
        plain, by_county = [
            await _growth(Path(folder) / f"{units}.sqlite3", units, sized(BATCHES, size, 2)) for units in (0, COUNTIES)
        ]
    return [
        Figure("start-connected-million", min(starts), "s", 2.0),
        Figure("help", min(_help() for _ in range(sized(5, size))), "s", 0.3),
        Figure("batch-on-disk", plain / 1024, "KiB"),
        Figure("batch-with-159-counties-on-disk", by_county / 1024, "KiB"),
        Figure("year-on-disk", plain * A_YEAR / 1024**3, "GiB"),
        Figure("year-with-159-counties-on-disk", by_county * A_YEAR / 1024**3, "GiB"),
    ]


async def _start(standin: StandIn, guild: int, environment: dict[str, str]) -> float:
    """Return the seconds until a new process is connected."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", BOT, standin.base, standin.gateway_url, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(60):
            while not standin.gateway.reaches(guild):
                assert process.returncode is None, "it has ended"
                await asyncio.sleep(0.005)
        return time.perf_counter() - began
    finally:
        process.terminate()
        await process.wait()


def _help() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "bot", "--help"], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


async def _growth(path: Path, units: int, batches: int) -> float:
    """Return the bytes by which the database grows with each batch of a contest that one channel follows."""
    clock = ManualClock(START + timedelta(hours=1))
    async with open_app(desk(), path, clock) as app:
        await app.rooms.follows.follow(app.rooms.follows.contest("contest-0"), 1, 100, None, "bench")
        before = await _bytes(app.database)
        for step in range(batches):
            made = reading(0, step)
            # Three counties report with each batch.
            moved = {n: step // 53 + (n // 3 <= step % 53) for n in range(units)}
            counties = {
                f"County {n}": {"total": 10_000 + n + more, "votes": {"a": 5_000 + n, "b": 4_000 + more, "c": n}}
                for n, more in moved.items()
            }
            body = json.loads(made.to_json()) | ({"units": counties} if units else {})
            await app.rooms.tally.intake.accept(Delivery("wire", [type(made).model_validate(body)]))
        return (await _bytes(app.database) - before) / batches


async def _bytes(database: Database) -> int:
    pages, size = await database.row("PRAGMA page_count"), await database.row("PRAGMA page_size")
    return pages[0] * size[0] if pages and size else 0
