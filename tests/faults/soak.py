"""Runs two days of polls at full speed amid all kinds of faults. Memory, open handles and unused database space must
not grow.

A source that is polled every minute is polled 2,880 times in two days. The bot is never killed. Its memory and handles
in the last quarter of the polls are compared with those in the second quarter, when every cache is full. `--polls
10080` is a week.
"""

import asyncio
import random
import sqlite3
import statistics
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack, closing
from pathlib import Path

import psutil
from aiohttp import web

from bot.rehearsal.stage import FeedServer
from bot.rehearsal.standin.server import StandIn
from tests.faults.compare import Tally, against_database
from tests.faults.kill import Count, end, set_up, until_quiet
from tests.faults.outcome import Outcome
from tests.faults.playing import Address
from tests.faults.small_day import GOVERNOR, MAYOR
from tests.faults.stage import read
from tests.faults.storm import Storm
from tests.faults.watching import Order, watch
from tests.faults.zygote import prepared

POLLS = 2 * 24 * 60
MEMORY = 1.05
"""The most memory in the last quarter, as a multiple of the second quarter's."""
SOCKETS = 5
"""How many more handles may be open at the end. Connections that were just closed stay open for a moment."""
AIR = 1.1
"""The most disk space of the database, as a multiple of the space for a new file with the same rows."""


class CountingFeeds(FeedServer):
    """A feed server that counts its polls, and changes the feeds every few polls."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.asked = 0
        self.counting = True
        self._chance = chance
        self._counts = [Count("wire", GOVERNOR), Count("clerk", MAYOR)]

    async def _answer_readings(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.counting and self.asked % 2 == 0:
            self.show(self._chance.choice(self._counts).next(self._chance))
        return await super()._answer_readings(request)


async def run(seed: int, polls: int = POLLS) -> Outcome:
    """Run the bot for `polls` polls of each of two sources, and measure the process from outside."""
    chance = random.Random(seed)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tallydesk-soak-")))
        standin = await stack.enter_async_context(StandIn())
        feeds = await stack.enter_async_context(CountingFeeds(random.Random(chance.random())))
        zygote = await stack.enter_async_context(prepared())
        path = folder / "desk.sqlite3"
        channels = await set_up(standin, path)
        storm = Storm(standin, channels, random.Random(chance.random()))
        raging = asyncio.create_task(storm.rage())
        urls = {source: feeds.url(source) for source in ("wire", "clerk")}
        record = folder / "record"
        await zygote.start(watch, Order(Address(standin.base, standin.gateway_url), urls, path, record, hasty=False))
        bot = psutil.Process(zygote.bot)
        seen: list[tuple[int, float, int]] = []
        while feeds.asked < 2 * polls:
            await asyncio.sleep(0.1)
            seen.append((feeds.asked // 2, bot.memory_info().rss / 1024**2, bot.num_fds()))
        feeds.counting = False
        raging.cancel()
        await asyncio.gather(raging, return_exceptions=True)
        await storm.end()
        await until_quiet(path)
        tally = Tally()
        await end(zygote, tally)
        tally += against_database(path, channels)
        tally.add_untrue(read(record).untrue)
        figures = _measured(seen, polls) | _file(path, folder / "anew.sqlite3")
        tally.wrong += _too_much(figures)
        return Outcome("soak", tally, seed, {"polls": polls, **figures}, tally.wrong[:20])


def _measured(seen: list[tuple[int, float, int]], polls: int) -> dict[str, int]:
    """Return the memory in KiB and the number of handles, in the second and in the last quarter."""
    early = [row for row in seen if polls // 4 <= row[0] < polls // 2]
    late = [row for row in seen if row[0] >= polls * 3 // 4]
    return {
        "memory_before": round(statistics.median(row[1] for row in early) * 1024),
        "memory_after": round(statistics.median(row[1] for row in late) * 1024),
        "handles_before": round(statistics.median(row[2] for row in early)),
        "handles_after": round(statistics.median(row[2] for row in late)),
    }


def _file(path: Path, anew: Path) -> dict[str, int]:
    """Return the size of the database and of a new file with the same rows, in KiB, and the number of readings."""
    with closing(sqlite3.connect(path)) as there:
        there.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ((readings,),) = there.execute("SELECT count(*) FROM readings")
        there.execute("VACUUM INTO ?", (str(anew),))
    return {"readings": readings, "file": path.stat().st_size // 1024, "anew": anew.stat().st_size // 1024}


def _too_much(figures: Mapping[str, int]) -> list[str]:
    """Return a message for each figure that grew too much."""
    wrong = []
    if figures["memory_after"] > figures["memory_before"] * MEMORY:
        wrong.append(f"memory grew from {figures['memory_before']} to {figures['memory_after']} KiB")
    if figures["handles_after"] > figures["handles_before"] + SOCKETS:
        wrong.append(f"handles grew from {figures['handles_before']} to {figures['handles_after']}")
    if figures["file"] > figures["anew"] * AIR + 256:
        wrong.append(f"the file has {figures['file']} KiB, and {figures['anew']} written anew")
    return wrong
