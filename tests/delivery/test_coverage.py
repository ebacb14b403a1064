"""Whatever comes in and whatever goes wrong: each change is told in exactly one post a channel, in order, once."""

import asyncio
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.discord_channels import number_of
from bot.delivery.pacing import Pacing
from bot.delivery.publisher import Publisher
from bot.store.database import Database
from bot.wording.numbers import commas
from tests.conftest import (
    AWAY,
    COUNT,
    FAST,
    LIVE,
    OTHER_SERVER,
    SERVER,
    Fate,
    Newsroom,
    reading,
    small_desk,
)

LATE = 13
"""A channel that follows only from the middle on."""
CHANNELS = (COUNT, LIVE, AWAY, LATE)

SURVIVABLE: tuple[Fate, ...] = ("later", "closed", "lost", "lost answer")
few = st.sampled_from([0, 1, 5, 12])
many = st.sampled_from([0, 30, 400, 2500])


@dataclass(frozen=True)
class Move:
    """Votes that come in; some of the candidate's may be taken back."""

    biden: int
    trump: int
    minutes: float


@dataclass(frozen=True)
class Pause:
    """Nothing new; what is due is rolled up, a held fall is confirmed."""

    minutes: float


@dataclass(frozen=True)
class Publish:
    """All that waits is sent, with some things going wrong on the way."""

    fates: tuple[tuple[int, Fate], ...]


@dataclass(frozen=True)
class Outage:
    """Nothing is sent for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Die:
    """The process dies while a post of each channel is under way; it may have arrived."""

    fate: Fate


Step = Move | Pause | Publish | Outage | Die

moves = st.builds(Move, few | many, few | many, st.sampled_from([0.5, 1, 7])) | st.builds(
    Move, st.sampled_from([-20, -3, 0]), st.sampled_from([-3, 0, 40]), st.sampled_from([0.5, 2])
)
faults = st.tuples(st.sampled_from(CHANNELS), st.sampled_from(SURVIVABLE))
steps = st.one_of(
    moves,
    moves,
    st.builds(Pause, st.sampled_from([1.5, 20, 61])),
    st.builds(Publish, st.lists(faults, max_size=4).map(tuple)),
    st.builds(Outage, st.sampled_from([30.0, 61.0, 600.0])),
    st.builds(Die, st.sampled_from(["hang", "lost answer"])),
)


class Day:
    """A day as it goes."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self.biden, self.trump, self.minute = 10_000, 9_900, 0.0

    async def run(self, script: list[Step]) -> None:
        newsroom = self.newsroom
        await newsroom.follow(COUNT)
        await newsroom.follow(LIVE, least=1)
        await newsroom.follow(AWAY, least=300, server=OTHER_SERVER)
        for number, step in enumerate(script):
            if number == len(script) // 2:
                await newsroom.follow(LATE)
            await self.do(step)
        await self.do(Pause(2))
        await newsroom.publish()

    async def do(self, step: Step) -> None:
        newsroom = self.newsroom
        match step:
            case Move():
                self.pass_by(step.minutes)
                self.biden, self.trump = self.biden + step.biden, self.trump + step.trump
                await newsroom.ingest.take_in([reading(self.biden, self.trump, self.minute)])
            case Pause():
                self.pass_by(step.minutes)
                await newsroom.ingest.unchanged("times", {("ga", "election")})
                await newsroom.ingest.roll_up()
            case Publish():
                for channel, fate in step.fates:
                    newsroom.channels.will(channel, fate)
                await newsroom.publish()
            case Outage():
                newsroom.wall.move(step.seconds)
            case Die():
                await self.die(step.fate)

    def pass_by(self, minutes: float) -> None:
        self.minute += minutes
        self.newsroom.at(self.minute)
        self.newsroom.wall.move(5)

    async def die(self, fate: Fate) -> None:
        """Start, and stop at the first post of each channel that gets no answer."""
        newsroom = self.newsroom
        waiting = await newsroom.outbox.channels()
        for channel in waiting:
            newsroom.channels.fates[channel].clear()
            newsroom.channels.will(channel, fate)

        async def sleep(_: float) -> None:
            await asyncio.get_running_loop().create_future()

        publisher = Publisher(newsroom.outbox, newsroom.channels, Pacing(FAST), sleep)
        await publisher.start()
        for _ in range(5):
            await asyncio.sleep(0)
        await publisher.stop(within=0)
        for channel in waiting:
            newsroom.channels.fates[channel].clear()


async def check(newsroom: Newsroom) -> None:
    # What was surely not taken may be merged after it was attempted, and never shown under its own nonce.
    shown = [message.nonce for messages in newsroom.channels.shown.values() for message in messages]
    merged = [row for row in await newsroom.posts() if row.state == "superseded" and row.attempts]
    nonces = {nonce for _, nonce in newsroom.channels.sends}
    assert nonces >= set(shown)
    assert len(set(shown)) == len(shown) == len(nonces) - len(merged)
    for channel in CHANNELS:
        await check_channel(newsroom, channel)
    await check_numbers(newsroom)


async def check_channel(newsroom: Newsroom, channel: int) -> None:
    open_or_sent = [row for row in await newsroom.posts(channel) if row.state != "superseded"]
    assert {row.state for row in open_or_sent} <= {"sent"}
    rows = [row for row in open_or_sent if row.action == "post"]
    edits = {row.message: row.content for row in open_or_sent if row.action == "edit"}
    # What the channel shows is just that, in that order, each once; what a revision replaced says so.
    assert newsroom.channels.contents(channel) == [edits.get(row.message, row.content) for row in rows]
    for before, after in pairwise(rows):
        assert (before.message in edits) == (after.kind == "revision"), before
    assert [number_of(content) for content in newsroom.channels.contents(channel)] == [row.number for row in rows]
    assert len({row.number for row in rows}) == len(rows)
    # One post begins where the one before it ended, up to what the channel is known to have been told.
    told = await newsroom.database.row(
        """SELECT t.reading, t.due_at, s.accepted, f.id FROM follows f JOIN told t ON t.follow = f.id
           JOIN series s ON s.id = t.series WHERE f.channel = ?""",
        (channel,),
    )
    assert all(before.end == after.start for before, after in pairwise(rows))
    assert all(row.start is None or (row.end is not None and row.start < row.end) for row in rows)
    if told is None:
        assert rows == []
        return
    reached, due, accepted, _ = told
    if rows:
        assert rows[-1].end == reached
        assert (rows[0].start is None) == (rows[0].kind == "first")
    # What was not told yet waits, and is due some time.
    assert (due is not None) == (reached != accepted)
    for row in rows:
        margin = await newsroom.database.row("SELECT margin FROM changes WHERE reading = ?", (row.end,))
        assert margin is not None
        assert margin[0] == 0 or commas(margin[0]) in row.content, row


async def check_numbers(newsroom: Newsroom) -> None:
    merged = {row.superseded_by for row in await newsroom.posts()}
    for channels in ((COUNT, LIVE, LATE), (AWAY,)):
        texts: dict[int, str] = {}
        for row in await newsroom.posts():
            if row.channel in channels and row.state == "sent" and row.action == "post" and row.id not in merged:
                assert texts.setdefault(row.number, row.content) == row.content


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(steps, min_size=2, max_size=25))
def test_each_change_is_told_in_one_post_a_channel_in_order_and_once(script: list[Step]) -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            database = await Database.open(Path(folder) / "desk.sqlite3")
            try:
                newsroom = Newsroom(database, small_desk())
                newsroom.channels.nonce_lasts = 0.0  # Discord forgets them; the history has to do
                await newsroom.desk_store.join(SERVER)
                await Day(newsroom).run(script)
                await check(newsroom)
            finally:
                await database.close()

    asyncio.run(run())
