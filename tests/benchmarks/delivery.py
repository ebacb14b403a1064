"""Measures how fast posts go out under Discord's rate limits: one change to 1,000 channels, and a backlog after an
hour's outage.

The times are those at which requests arrive at a simulated Discord in a separate process. It answers 429 to the 51st
request in any second, and to the sixth post to a channel in five seconds.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.app import App, open_app
from bot.client import close_client
from bot.clock import ManualClock
from bot.feeds.receivers import Delivery
from bot.rehearsal.standin.server import pointing_at
from tests.benchmarks.figures import Figure, sized
from tests.benchmarks.flat_cost import START, desk, lead_change, reading
from tests.benchmarks.standin_process import StandInProcess, limited_standin

FAN_OUT = 1000
PER_SECOND = 50
URGENT_AFTER = 4.0
URGENT_TIMES = 8
CONTESTS = 20
CHANNELS = 50
CHANGES = 500
OUTAGE = 3600
MOST_SECONDS = 120.0
BEFORE = 3.0
"""A pause in seconds, so that requests made at the start don't count."""


async def run(size: float = 1.0) -> list[Figure]:
    """Measure the fan-out of one change, and the backlog after an outage."""
    return [*await _fan_out(size), *await _after_an_outage(size)]


async def _fan_out(size: float) -> list[Figure]:
    """Post one change to 1,000 channels. Meanwhile an urgent post goes to another channel now and then."""
    fan_out, urgent_times = sized(FAN_OUT, size), sized(URGENT_TIMES, size)
    async with limited_standin(fan_out + urgent_times) as standin, _app(standin) as app:
        routine, urgent = standin.channels[:fan_out], standin.channels[fan_out:]
        await app.rooms.tally.intake.accept(
            Delivery("wire", [reading(0, 0)])
        )  # before anybody follows: so that what is fanned out is one change
        await _follow(app, standin, routine, ["contest-0"])
        for number, channel in enumerate(urgent):
            await _follow(app, standin, [channel], [f"contest-{number + 1}"])
            await app.rooms.tally.intake.accept(Delivery("wire", [reading(number + 1, 0)]))
        await app.rooms.outbox.dispatcher.drained()
        await asyncio.sleep(BEFORE * size)
        began = time.monotonic()
        await app.rooms.tally.intake.accept(Delivery("wire", [reading(0, 1)]))
        handed_in = []
        for number in range(urgent_times):
            await asyncio.sleep((URGENT_AFTER if not number else 1.5) * size)
            handed_in.append(time.monotonic())
            await app.rooms.tally.intake.accept(Delivery("wire", [lead_change(number + 1)]))
        await app.rooms.outbox.dispatcher.drained()
        report = await standin.report()
    arrived = [report["arrivals"][str(channel)][-1] for channel in routine]
    late = [report["arrivals"][str(channel)][-1] - moment for channel, moment in zip(urgent, handed_in, strict=True)]
    least = fan_out / PER_SECOND
    return [
        Figure("fan-out-1000-channels", max(arrived) - began, "s", 1.05 * least),
        Figure("fan-out-over-limit", (max(arrived) - began) / least, "ratio", 1.05),
        Figure("fan-out-429", report["rejected"], "answers", 0),
        Figure("fan-out-urgent-slowest", max(late) * 1000, "ms", 250),
    ]


async def _after_an_outage(size: float) -> list[Figure]:
    """Publish 500 changes in 50 channels after they have waited for an hour."""
    many, changes = sized(CONTESTS, size), sized(CHANGES, size)
    async with limited_standin(sized(CHANNELS, size)) as standin, _app(standin, publish=False) as app:
        contests = [f"contest-{number}" for number in range(many)]
        await _follow(app, standin, standin.channels, contests)
        for contest in range(many):
            await app.rooms.tally.intake.accept(Delivery("wire", [reading(contest, 0)]))
        await app.database.write(lambda connection: connection.execute("DELETE FROM outbox"))  # as if told before
        chance = random.Random(1)
        for step in range(changes):
            contest = step % many if step < many else chance.randrange(many)
            await app.rooms.tally.intake.accept(Delivery("wire", [reading(contest, step + 1)]))
        ago = OUTAGE * 1_000_000
        await app.database.write(
            lambda connection: connection.execute("UPDATE outbox SET wall_created = wall_created - ?", (ago,))
        )
        await asyncio.sleep(BEFORE * size)
        began = time.monotonic()
        await app.rooms.outbox.dispatcher.start()
        await app.rooms.outbox.dispatcher.drained()
        report = await standin.report()
        sent = await app.database.row("SELECT count(*) FROM outbox WHERE state = 'sent'")
    arrivals = [moment for moments in report["arrivals"].values() for moment in moments]
    assert sent is not None
    assert len(arrivals) == sent[0]
    return [
        Figure("outage-merged-posts", len(arrivals), "posts", many * len(standin.channels)),
        Figure("outage-caught-up-per-1000", (max(arrivals) - began) * 1000 / len(arrivals), "s", 21),
        Figure("outage-429", report["rejected"], "answers", 0),
    ]


@asynccontextmanager
async def _app(standin: StandInProcess, *, publish: bool = True) -> AsyncIterator[App]:
    clock = ManualClock(START + timedelta(days=30))
    with tempfile.TemporaryDirectory() as folder, pointing_at(standin):
        async with open_app(desk(), Path(folder) / "bench.sqlite3", clock, guild_ready_timeout=0.1) as app:
            await app.bot.login("a-token")
            connection = asyncio.create_task(app.bot.connect())
            try:
                await app.bot.wait_until_ready()
                if publish:
                    await app.rooms.outbox.dispatcher.start()
                async with asyncio.timeout(MOST_SECONDS):
                    yield app
            finally:
                await close_client(app.bot, connection)


async def _follow(app: App, standin: StandInProcess, channels: list[int], contests: list[str]) -> None:
    for channel in channels:
        for contest in contests:
            await app.rooms.follows.follow(
                app.rooms.follows.contest(contest), standin.servers[0], channel, None, "bench"
            )
