"""Kills the bot with SIGKILL at random moments, amid all kinds of faults, and checks the channels in the end.

Each reading changes a margin by enough for a post, or revises a total downward. The bot runs in its own process. After
each kill it is started again on the same database and the same simulated Discord.

The seed decides which faults happen in which order, and how long to wait. How far the bot gets in that time depends on
the machine.
"""

import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.clock import SystemClock
from bot.count.reading import Reading
from bot.database.database import Database
from bot.follows.follows import Follows
from bot.follows.follows_store import ServerStore
from bot.rehearsal.stage import FeedServer
from bot.rehearsal.standin.guild import Channel
from bot.rehearsal.standin.server import StandIn
from bot.tally.following_store import FollowingStore
from tests.conftest import outbox_on
from tests.faults.compare import Tally, against_database
from tests.faults.outcome import Outcome
from tests.faults.playing import Address
from tests.faults.small_day import GOVERNOR, MAYOR, small_desk
from tests.faults.stage import read
from tests.faults.storm import Storm
from tests.faults.watching import Order, watch
from tests.faults.zygote import Zygote, prepared

FOLLOWS = {
    "First": {"governor": [GOVERNOR], "mayor": [MAYOR], "everything": [GOVERNOR, MAYOR]},
    "Second": {"count": [GOVERNOR, MAYOR], "governor-too": [GOVERNOR]},
}
"""Server → channel → the contests that the channel follows. The first server also has a channel for the desk."""
QUIET_AFTER = 120.0
"""How long the last bot may take to send all waiting posts, in seconds."""


async def run(seed: int, kills: int) -> Outcome:
    """Kill the bot `kills` times, start it once more, wait until it has sent everything, and compare the channels
    with the database.
    """
    chance = random.Random(seed)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tallydesk-faults-")))
        standin = await stack.enter_async_context(StandIn())
        feeds = await stack.enter_async_context(FeedServer())
        zygote = await stack.enter_async_context(prepared())
        channels = await set_up(standin, folder / "desk.sqlite3")
        storm = Storm(standin, channels, random.Random(chance.random()))
        tasks = [
            asyncio.create_task(_feed(feeds, random.Random(chance.random()))),
            asyncio.create_task(storm.rage()),
        ]
        order = Order(
            Address(standin.base, standin.gateway_url),
            {source: feeds.url(source) for source in ("wire", "clerk")},
            folder / "desk.sqlite3",
            folder / "record",
            hasty=False,
        )
        tally = Tally()
        for _ in range(kills):
            hasty = chance.random() < 0.2
            await zygote.start(watch, replace(order, hasty=hasty))
            await _live_a_while(channels, chance)
            await end(zygote, tally)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await storm.end()
        await zygote.start(watch, order)
        await until_quiet(order.database)
        await end(zygote, tally)
        tally += against_database(order.database, channels)
        tally.add_untrue(read(order.record).untrue)
        return Outcome("kill", tally, seed, {"kills": kills, "edits": _edits(order.database)}, tally.wrong[:20])


async def set_up(standin: StandIn, path: Path) -> list[Channel]:
    """Create the servers, their channels and what the channels follow. Returns the channels."""
    channels = []
    database = await Database.open(path)
    try:
        following = Follows(
            ServerStore(database),
            FollowingStore(outbox_on(database), small_desk().leading),
            small_desk(),
            SystemClock(),
        )
        for name, follows in FOLLOWS.items():
            guild = standin.world.add_guild(name)
            for channel_name, contests in follows.items():
                channel = guild.add_channel(channel_name)
                channels.append(channel)
                for contest in contests:
                    await following.follow(following.contest(contest), guild.id, channel.id, None, "faults")
        desk = channels[0].guild.add_channel("desk")
        await database.write(
            lambda connection: connection.execute(
                "UPDATE servers SET desk_channel = ? WHERE id = ?", (desk.id, desk.guild.id)
            )
        )
    finally:
        await database.close()
    return [*channels, desk]


@dataclass(slots=True)
class Count:
    """The count of a contest, as published by a source."""

    source: str
    contest: str
    ames: int = 990_000
    bell: int = 980_000

    def next(self, chance: random.Random) -> Reading:
        """Return the next reading: the margin or the leader changes, or votes are taken back.

        A reading that takes back votes is confirmed by the reading after it.
        """
        if chance.random() < 0.08:
            self.ames -= 500
        else:
            self.ames += chance.choice((40, 200))
            self.bell += chance.choice((0, 100, 240))
        if chance.random() < 0.05:
            self.ames, self.bell = max(self.ames, self.bell), max(self.ames, self.bell) + chance.choice((-50, 50))
        votes = {"ames": self.ames, "bell": self.bell}
        return Reading(source=self.source, contest=self.contest, as_of=datetime.now(UTC), votes=votes)


async def _feed(feeds: FeedServer, chance: random.Random) -> None:
    """Publish a new reading every few milliseconds."""
    counts = [Count("wire", GOVERNOR), Count("clerk", MAYOR)]
    while True:
        feeds.show(chance.choice(counts).next(chance))
        await asyncio.sleep(chance.uniform(0.01, 0.2))


async def _live_a_while(channels: Sequence[Channel], chance: random.Random) -> None:
    """Wait until the bot has started to post, and a moment longer. Sometimes wait only for a moment."""
    if chance.random() < 0.15:
        await asyncio.sleep(chance.uniform(0.0, 0.3))
        return
    until = time.monotonic() + 2
    before = _posted(channels)
    while _posted(channels) == before and time.monotonic() < until:
        await asyncio.sleep(0.005)
    await asyncio.sleep(chance.uniform(0.0, 0.4))


def _posted(channels: Sequence[Channel]) -> int:
    return sum(len(channel.messages) for channel in channels)


async def end(zygote: Zygote, tally: Tally) -> None:
    zygote.kill()
    if (status := await zygote.ended(10)) >= 0:
        tally.wrong.append(f"a bot ended by itself, with the status {status}")


async def until_quiet(database: Path) -> None:
    """Wait until the outbox has been empty for a second."""
    quiet, until = 0, time.monotonic() + QUIET_AFTER
    while quiet < 10 and time.monotonic() < until:
        await asyncio.sleep(0.1)
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as reader:
            (waiting,) = reader.execute("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')").fetchone()
        quiet = 0 if waiting else quiet + 1


def _edits(database: Path) -> int:
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as reader:
        (edits,) = reader.execute("SELECT count(*) FROM outbox WHERE action = 'edit' AND state = 'sent'").fetchone()
    return int(edits)
