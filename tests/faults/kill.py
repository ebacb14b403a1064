"""SIGKILL at random moments, while the stand-in loses answers: what is in the channel in the end?

Each reading moves the margin by more than it takes for a post, so that each change is to be told. The bot is a
process of its own, killed and started again on the same database and the same stand-in.
"""

import asyncio
import random
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from bot.count.reading import Reading
from bot.delivery.discord_channels import number_of
from bot.rehearsal.feed_server import FeedServer
from bot.rehearsal.standin import Channel, StandIn

ROOT = Path(__file__).parent.parent.parent
MOST_SECONDS = 300


@dataclass(frozen=True)
class Result:
    """What went wrong over all changes: told in no message, told in two, out of order."""

    name: str
    lost: int
    doubled: int
    disordered: int
    seed: int
    told: int

    @property
    def clean(self) -> bool:
        return (self.lost, self.doubled, self.disordered) == (0, 0, 0) and self.told > 0

    def __str__(self) -> str:
        counts = f"lost={self.lost} doubled={self.doubled} disordered={self.disordered}"
        return f"faults {self.name} {counts} seed={self.seed} told={self.told}"


async def run(seed: int, kills: int) -> Result:
    """Kill the bot so many times, let it finish, and compare the channel with the database."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "faults.sqlite3"
        async with StandIn() as standin, FeedServer() as feeds, asyncio.timeout(MOST_SECONDS):
            guild = standin.world.add_guild("Newsroom")
            channel = guild.add_channel("count")
            feeding = asyncio.create_task(_feed(feeds, standin, chance))
            words = [standin.base, standin.gateway_url, feeds.url("wire"), database, guild.id, channel.id]
            for _ in range(kills):
                process = await _start(words)
                await _until_posting(channel, chance)
                process.kill()
                await process.wait()
            feeding.cancel()
            standin.faults.clear()
            process = await _start(words)
            await _until_quiet(database)
            process.kill()
            await process.wait()
            return _compare(database, channel, seed)


async def _start(words: list[object]) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "tests.faults.bot_process", *map(str, words)]
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT)


async def _feed(feeds: FeedServer, standin: StandIn, chance: random.Random) -> None:
    """Show a new reading every few milliseconds, and lose the answer to some posts."""
    step = 0
    while True:
        step += 1
        lead = 10_000 + 60 * (step % 2)
        votes = {"ames": 990_000 + 500 * step + lead, "bell": 990_000 + 500 * step}
        feeds.show(Reading(source="wire", contest="ga", as_of=datetime.now(UTC), votes=votes))
        if chance.random() < 0.2:
            standin.faults.lose_answer()
        await asyncio.sleep(chance.uniform(0.001, 0.03))


async def _until_posting(channel: Channel, chance: random.Random) -> None:
    """Wait until the bot has started to post, and then for a moment more."""
    before = len(list(channel.messages))
    while len(list(channel.messages)) == before:
        await asyncio.sleep(0.01)
    await asyncio.sleep(chance.uniform(0.0, 0.3))


async def _until_quiet(database: Path) -> None:
    """Wait until nothing waits in the outbox for a second."""
    quiet = 0
    while quiet < 10:
        await asyncio.sleep(0.1)
        with closing(sqlite3.connect(database)) as reader:
            (waiting,) = reader.execute("SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')").fetchone()
        quiet = 0 if waiting else quiet + 1


def _compare(database: Path, channel: Channel, seed: int) -> Result:
    with closing(sqlite3.connect(database)) as reader:
        # What moved nothing (the feed was read every other time) still waits to be rolled up, and is not lost.
        ((told_to, waiting_since),) = reader.execute("SELECT reading, waiting_since FROM told").fetchall()
        last = sys.maxsize if waiting_since is None else told_to
        changes = [key for (key,) in reader.execute("SELECT reading FROM changes WHERE reading <= ?", (last,))]
        spans = {
            number: (start or 0, end)
            for number, start, end in reader.execute(
                "SELECT number, from_reading, to_reading FROM outbox WHERE state <> 'superseded'"
            )
        }
    told: dict[int, int] = dict.fromkeys(changes, 0)
    shown = [number for message in channel.messages if (number := number_of(message.content)) is not None]
    for number in shown:
        start, end = spans[number]
        for change in changes:
            told[change] += start < change <= end
    return Result(
        "kill",
        lost=sum(times == 0 for times in told.values()),
        doubled=sum(times > 1 for times in told.values()),
        disordered=sum(later <= earlier for earlier, later in pairwise(shown)),
        seed=seed,
        told=len(shown),
    )
