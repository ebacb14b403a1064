"""Measures the time from a new reading to the request at Discord, compared with a bare `channel.send` on the same
connection.

The two take turns. The bot adds two transactions, one for the reading and one to claim the post, and judges, compares
and writes the post. Both transactions are on disk before the request is sent.

Then all contests change at the same time, each with its own channel. Each request's time is measured from the arrival
of the changes.
"""

import asyncio
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bot.app import App, open_app
from bot.clock import ManualClock
from bot.feeds.receivers import Delivery
from bot.rehearsal.standin.server import StandIn, pointing_at
from tests.benchmarks.figures import Figure, percentile, sized
from tests.benchmarks.flat_cost import CONTESTS, START, desk, reading

ROUNDS = 500
PAUSE = 0.022
"""Seconds between two posts. With a shorter pause, the bot's own rate limit would delay the second."""
WARM_UP = 50
AT_ONCE = 20
"""How often all contests change at the same time."""


async def run(size: float = 1.0) -> list[Figure]:
    """Measure the bare and the bot's requests in turn, through one client."""
    with tempfile.TemporaryDirectory() as folder:
        async with StandIn() as standin:
            guild = standin.world.add_guild("Newsroom")
            channel = guild.add_channel("count").id
            clock = ManualClock(START + timedelta(days=30))
            with pointing_at(standin):
                async with open_app(desk(), Path(folder) / "bench.sqlite3", clock, guild_ready_timeout=0.1) as app:
                    await app.bot.login("a-token")
                    await app.rooms.outbox.dispatcher.start()
                    await app.rooms.follows.follow(
                        app.rooms.follows.contest("contest-0"), guild.id, channel, None, "bench"
                    )
                    bare, whole = await _measure(app, standin, channel, size)
                    for number in range(1, CONTESTS):
                        await app.rooms.follows.follow(
                            app.rooms.follows.contest(f"contest-{number}"),
                            guild.id,
                            guild.add_channel(f"count-{number}").id,
                            None,
                            "bench",
                        )
                    at_once = await _measure_all(app, standin, size)
    over = statistics.median(whole) - statistics.median(bare)
    late = percentile(whole, 0.99) - percentile(bare, 0.99)
    return [
        Figure("send-bare-median", statistics.median(bare) * 1000, "ms"),
        Figure("reading-to-request-median", statistics.median(whole) * 1000, "ms"),
        Figure("reading-to-request-over-bare-median", over * 1000, "ms", 5.0),
        Figure("reading-to-request-over-bare-p99", late * 1000, "ms", 25.0),
        Figure("all-changed-to-request-median", statistics.median(at_once) * 1000, "ms"),
        Figure("all-changed-to-request-slowest", max(at_once) * 1000, "ms"),
    ]


async def _measure(app: App, standin: StandIn, channel: int, size: float) -> tuple[list[float], list[float]]:
    """Return the seconds until each request arrived: for bare sends, and for new readings."""
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
        await app.rooms.tally.intake.accept(Delivery("wire", [reading(0, step)]))
        await app.rooms.outbox.dispatcher.drained()
        whole.append(standin.requests[-1].arrived - start)
        assert "State 0" in str(standin.requests[-1].json)
    return bare[warm_up:], whole[warm_up:]


async def _measure_all(app: App, standin: StandIn, size: float) -> list[float]:
    """Return the seconds from the change of all contests until each request arrived."""
    seconds: list[float] = []
    first = sized(ROUNDS, size) + sized(WARM_UP, size)  # the steps before were contest-0's
    for step in range(first, first + 1 + sized(AT_ONCE, size)):
        await asyncio.sleep(1.1)  # the pacing counts requests by the second
        start = time.monotonic()
        await app.rooms.tally.intake.accept(Delivery("wire", [reading(number, step) for number in range(CONTESTS)]))
        await app.rooms.outbox.dispatcher.drained()
        arrived = [one.arrived - start for one in standin.requests if one.arrived >= start]
        assert len(arrived) == CONTESTS
        if step > first:
            seconds += arrived
    return seconds
