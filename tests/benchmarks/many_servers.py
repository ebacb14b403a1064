"""Measures 1,000 servers in one process on two shards, with 4,000 follows and one urgent post to all servers.

The simulated Discord runs in a separate process and enforces Discord's limits: 50 requests a second in all, and one
IDENTIFY in five seconds, for which the two shards have to take turns. Each server has 21 channels and 21 roles, which
discord.py keeps in memory. docs/scale.md draws conclusions from the figures.
"""

import asyncio
import gc
import os
import tempfile
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from bot.app import open_app
from bot.client import close_client
from bot.clock import ManualClock
from bot.feeds.receivers import Delivery
from bot.rehearsal.standin.server import pointing_at
from tests.benchmarks.figures import Figure, sized
from tests.benchmarks.flat_cost import START, desk, lead_change, reading
from tests.benchmarks.standin_process import limited_standin

SERVERS = 1000
FOLLOWS = 4
"""The number of contests that each server follows, in one channel."""
SHARDS = 2
PER_SECOND = 50
IDENTIFY_EVERY = 5.0
"""The least time between two IDENTIFY requests, in seconds.

Discord gives all but the largest bots this limit at `/gateway/bot` (`max_concurrency` 1).
"""
_PAGE = os.sysconf("SC_PAGE_SIZE")


async def run(size: float = 1.0) -> list[Figure]:
    """Connect, follow the contests, and post a lead change to every server."""
    servers = sized(SERVERS, size)
    shards = min(SHARDS, servers)
    clock = ManualClock(START + timedelta(days=30))
    async with limited_standin(servers, servers, shards) as standin:
        with tempfile.TemporaryDirectory() as folder, pointing_at(standin):
            async with open_app(desk(), Path(folder) / "bench.sqlite3", clock, guild_ready_timeout=0.5) as app:
                before, began = _memory(), time.monotonic()
                await app.bot.login("a-token")
                connection = asyncio.create_task(app.bot.connect())
                try:
                    await app.bot.wait_until_ready()
                    ready = time.monotonic() - began
                    while await app.database.row("SELECT count(*) FROM servers") != (servers,):
                        await asyncio.sleep(0.01)
                    known = time.monotonic() - began
                    held = _memory() - before
                    await app.rooms.outbox.dispatcher.start()
                    for contest in range(FOLLOWS):
                        await app.rooms.tally.intake.accept(Delivery("wire", [reading(contest, 0)]))
                    for number, channel in enumerate(standin.channels):
                        for contest in range(FOLLOWS):
                            asked = app.rooms.follows.contest(f"contest-{contest}")
                            server = standin.servers[number % servers]
                            await app.rooms.follows.follow(asked, server, channel, None, "bench")
                    followed = _memory() - before
                    await asyncio.sleep(1.5 * size)  # so that requests made at the start don't count
                    began = time.monotonic()
                    await app.rooms.tally.intake.accept(Delivery("wire", [lead_change(0)]))
                    taken_in = time.monotonic() - began
                    await app.rooms.outbox.dispatcher.drained()
                    report = await standin.report()
                finally:
                    await close_client(app.bot, connection)
    arrived = sorted(moments[-1] for moments in report["arrivals"].values())
    assert len(arrived) == servers
    identified = sorted(moment for _, moment in report["identified"])
    assert len(identified) == shards
    too_early = [IDENTIFY_EVERY - (later - earlier) for earlier, later in pairwise(identified)]
    least = servers / PER_SECOND
    return [
        Figure("servers-start", ready, "s", 15),
        Figure("servers-known", known, "s", 20),
        Figure("servers-memory-each", held / servers / 1024, "KiB", 25),
        Figure("servers-memory-each-followed", followed / servers / 1024, "KiB", 60),
        Figure("servers-identify-too-early", max(0.0, *too_early, 0.0), "s", 0),
        Figure("servers-taken-in", taken_in * 1000, "ms", 1000),
        Figure("servers-urgent-first", (arrived[0] - began) * 1000, "ms", 1000),
        Figure("servers-urgent-all", arrived[-1] - began, "s", 1.05 * least + 1),
        Figure("servers-429", report["rejected"], "answers", 0),
    ]


def _memory() -> int:
    """Return this process's resident memory (RSS), in bytes."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE
