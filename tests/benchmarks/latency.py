"""From a reading handed in to the request at the stand-in, beside a bare `channel.send` on the same connection.

The two take turns. What the bot adds is the reading's transaction, the claim's transaction, and all that is
judged, compared and worded; each of the two transactions is on disk before the request leaves.
"""

import asyncio
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bot.app import App, wired
from bot.clock import ManualClock
from bot.rehearsal.standin.server import StandIn, pointing_at
from tests.benchmarks.figures import Figure, percentile, sized
from tests.benchmarks.flat_cost import START, desk, reading

ROUNDS = 500
PAUSE = 0.022
"""Seconds between two posts: the pacing would otherwise keep them apart, as it should."""
WARM_UP = 50


async def run(size: float = 1.0) -> list[Figure]:
    """Measure both in turn through one client."""
    with tempfile.TemporaryDirectory() as folder:
        async with StandIn() as standin:
            guild = standin.world.add_guild("Newsroom")
            channel = guild.add_channel("count").id
            clock = ManualClock(START + timedelta(days=30))
            with pointing_at(standin):
                async with wired(desk(), Path(folder) / "bench.sqlite3", clock, guild_ready_timeout=0.1) as app:
                    await app.bot.login("a-token")
                    await app.rooms.outbox.dispatcher.start()
                    await app.rooms.follows.follow(
                        app.rooms.follows.contest("contest-0"), guild.id, channel, None, "bench"
                    )
                    bare, whole = await _measure(app, standin, channel, size)
    over = statistics.median(whole) - statistics.median(bare)
    late = percentile(whole, 0.99) - percentile(bare, 0.99)
    return [
        Figure("send-bare-median", statistics.median(bare) * 1000, "ms"),
        Figure("reading-to-request-median", statistics.median(whole) * 1000, "ms"),
        Figure("reading-to-request-over-bare-median", over * 1000, "ms", 5.0),
        Figure("reading-to-request-over-bare-p99", late * 1000, "ms", 25.0),
    ]


async def _measure(app: App, standin: StandIn, channel: int, size: float) -> tuple[list[float], list[float]]:
    """Return the seconds until the request arrived: bare, and from a reading."""
    target = app.bot.get_partial_messageable(channel)
    bare: list[float] = []
    whole: list[float] = []
    rounds, warm_up = sized(ROUNDS, size), sized(WARM_UP, size)
    for step in range(rounds + warm_up):
        await asyncio.sleep(PAUSE)
        start = time.monotonic()
        await target.send("a message without anything around it")
        bare.append(standin.requests[-1].arrived - start)
        start = time.monotonic()
        await app.rooms.tally.intake.take_in([reading(0, step)])
        await app.rooms.outbox.dispatcher.drained()
        whole.append(standin.requests[-1].arrived - start)
        assert "State 0" in str(standin.requests[-1].json)
    return bare[warm_up:], whole[warm_up:]
