"""Tests with random days that each change is in exactly one post in each channel, in order, whatever goes wrong."""

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.count.margin import margin_of
from bot.count.post_threshold import LEAST_ALONE
from bot.desk.desk_file import Desk
from bot.feeds.receivers import Delivery
from bot.follows.preferences import FollowPreferences
from bot.outbox.discord import number_of
from bot.outbox.dispatcher import Dispatcher
from bot.outbox.pacing import Pacing
from bot.wording.numbers import commas
from tests.conftest import (
    AWAY,
    COUNT,
    EDITS,
    FAST,
    LIVE,
    OTHER_SERVER,
    SERVER,
    SOON,
    WHO,
    Fate,
    Newsroom,
    buttons,
    delivery,
    lay_new,
    reading,
    share,
    small_desk,
)
from tests.outbox.test_dispatcher import forever

DESK = 19
LATE = 13
"""A channel that follows the contest only from the middle of the day."""
CHANNELS = (COUNT, LIVE, AWAY, LATE)

SURVIVABLE: tuple[Fate, ...] = ("later", "closed", "lost", "lost answer")
few = st.sampled_from([0, 1, 5, 12])
many = st.sampled_from([0, 30, 400, 2500])


@dataclass(frozen=True)
class Move:
    """A reading with new votes for two candidates. A negative number takes votes back."""

    biden: int
    trump: int
    minutes: float


@dataclass(frozen=True)
class Pause:
    """A time without new votes. Delayed changes are rolled up, and a held revision is confirmed."""

    minutes: float


@dataclass(frozen=True)
class Publish:
    """An attempt to send all waiting posts, with some failures."""

    fates: tuple[tuple[int, Fate], ...]


@dataclass(frozen=True)
class Outage:
    """A number of seconds in which nothing can be sent."""

    seconds: float


@dataclass(frozen=True)
class Die:
    """The death of the process while a post to each channel is in flight. The posts may have arrived."""

    fate: Fate


Step = Move | Pause | Publish | Outage | Die


@dataclass(frozen=True)
class Control:
    """An editor's action: pause or resume, mute or unmute, or change whether a channel is public."""

    what: Literal["pause", "resume", "mute", "unmute", "public", "private"]


@dataclass(frozen=True)
class Decide:
    """An editor's answer to one of the open questions, in any order."""

    what: Literal["publish", "drop"]
    place: int


EditorStep = Step | Control | Decide

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

told = st.sampled_from([0, 30, 60, 400])
asked: st.SearchStrategy[list[EditorStep]] = st.builds(Move, told, told, st.sampled_from([0.5, 1])).map(
    lambda move: [move, Publish(())]
)
"""A change large enough for a post, and the question whether to publish it."""
fallen: st.SearchStrategy[list[EditorStep]] = st.sampled_from([-20, -40]).map(
    lambda votes: [Move(votes, 0, 0.5), Pause(1.5), Publish(())]
)
"""A revision that the source repeats."""
decided: st.SearchStrategy[list[EditorStep]] = st.builds(
    Decide, st.sampled_from(["publish", "drop"]), st.integers(0, 3)
).map(lambda decision: [decision])
controlled: st.SearchStrategy[list[EditorStep]] = st.builds(
    Control, st.sampled_from(["pause", "resume", "mute", "unmute", "unmute", "public", "public", "private"])
).map(lambda control: [control])
anything: st.SearchStrategy[list[EditorStep]] = steps.map(lambda step: [step])
editor_days = st.lists(
    st.one_of(asked, asked, fallen, decided, decided, controlled, anything), min_size=8, max_size=24
).map(lambda parts: [step for part in parts for step in part])


def desk_of_no_state() -> Desk:
    """Return the small desk file without a state, and so without a recount line. Crossing the line would cause
    extra posts.
    """
    desk = small_desk()
    contests = [contest.model_copy(update={"state": None}) for contest in desk.contests]
    return desk.model_copy(update={"contests": contests})


class Day:
    """A random day in progress."""

    def __init__(self, newsroom: Newsroom, wanted: Mapping[int, FollowPreferences] | None = None) -> None:
        self.newsroom = newsroom
        self.wanted = wanted or {}
        self.biden, self.trump, self.minute = 10_000, 9_900, 0.0

    async def run(self, script: Sequence[EditorStep]) -> None:
        newsroom = self.newsroom
        await newsroom.follow(COUNT)
        await newsroom.follow(LIVE, least=1)
        await newsroom.follow(AWAY, least=300, server=OTHER_SERVER)
        for channel, preferences in self.wanted.items():
            await self.want(channel, preferences)
        for number, step in enumerate(script):
            if number == len(script) // 2:
                await newsroom.follow(LATE)
            await self.do(step)
        await self.do(Pause(2))
        await newsroom.publish()

    async def want(self, channel: int, preferences: FollowPreferences) -> None:
        server = OTHER_SERVER if channel == AWAY else SERVER
        (follow,) = [row for row in await self.newsroom.desk_store.following(server) if row.channel == channel]
        await self.newsroom.follow(
            channel, follow.contest, follow.least, server, board=follow.board, preferences=preferences
        )

    async def run_with_preferences(self, script: Sequence[Step]) -> None:
        await self.run(script)
        await self.do(Pause(24 * 60))  # after all quiet hours, when delayed posts are due
        await self.newsroom.publish()

    async def run_with_editors(self, script: list[EditorStep]) -> None:
        await self.newsroom.control.set_desk_channel(DESK, SERVER, WHO)
        await self.do(Control("public"))
        await self.run(script)
        for what in ("resume", "unmute"):
            await self.do(Control(what))
        await self.newsroom.publish()
        while await self.awaiting():
            await self.do(Decide("publish", 0))
            await self.newsroom.publish()

    async def awaiting(self) -> list[int]:
        rows = await self.newsroom.database.rows("SELECT id FROM outbox WHERE state = 'awaiting' ORDER BY id")
        return [row[0] for row in rows]

    async def do(self, step: EditorStep) -> None:
        newsroom = self.newsroom
        match step:
            case Control():
                await self.control(step.what)
            case Decide():
                if awaiting := await self.awaiting():
                    await newsroom.queue.press(step.what, awaiting[step.place % len(awaiting)], SERVER, WHO)
            case Move():
                self.pass_by(step.minutes)
                self.biden, self.trump = self.biden + step.biden, self.trump + step.trump
                await newsroom.ingest.accept(delivery([reading(self.biden, self.trump, self.minute)]))
            case Pause():
                self.pass_by(step.minutes)
                await newsroom.ingest.accept(Delivery("times", unchanged={("ga", "election")}))
                await newsroom.ingest.roll_up()
            case Publish():
                for channel, fate in step.fates:
                    newsroom.will(channel, fate)
                    newsroom.will(channel, fate, route=EDITS)
                await newsroom.publish()
            case Outage():
                newsroom.wall.move(step.seconds)
            case Die():
                await self.die(step.fate)

    async def control(self, what: str) -> None:
        control = self.newsroom.control
        match what:
            case "pause":
                await control.pause(SERVER, WHO, None)
            case "resume":
                await control.resume(SERVER, WHO, None)
            case "mute":
                await control.mute("times", SERVER, WHO)
            case "unmute":
                await control.unmute("times", SERVER, WHO, None)
            case "public" | "private":
                await control.set_public(LIVE, SERVER, WHO, public=what == "public")

    def pass_by(self, minutes: float) -> None:
        self.minute += minutes
        self.newsroom.at(self.minute)
        self.newsroom.wall.move(5)

    async def die(self, fate: Fate) -> None:
        """Start the dispatcher, and stop it at the first post in each channel that gets no answer."""
        newsroom = self.newsroom
        await newsroom.connect()
        newsroom.standin.faults.clear()
        for channel in await newsroom.outbox.channels():
            newsroom.will(channel, fate)

        publisher = Dispatcher(newsroom.outbox, newsroom.channels, Pacing(FAST), forever)
        before = len(newsroom.sends)
        await publisher.start()
        async with asyncio.timeout(SOON):
            while publisher._tasks.keys() - {channel for channel, _ in newsroom.sends[before:]}:
                await asyncio.sleep(0)
        await publisher.stop(within=0)
        newsroom.app.bot.http._buckets.clear()  # discord.py's state of a route is lost with the process
        newsroom.standin.faults.clear()


async def check(newsroom: Newsroom, never_due: Collection[int] = ()) -> None:
    # What was surely not taken may be merged after it was attempted, and never shown under its own nonce.
    shown = [message.nonce for channel in (*CHANNELS, DESK) for message in newsroom.shown(channel)]
    merged = [row for row in await newsroom.posts() if row.state in ("superseded", "dropped") and row.attempts]
    nonces = {nonce for _, nonce in newsroom.sends}
    assert nonces >= set(shown)
    assert len(set(shown)) == len(shown) == len(nonces) - len(merged)
    for channel in CHANNELS:
        await check_channel(newsroom, channel, due_some_time=channel not in never_due)
    await check_numbers(newsroom)


async def check_channel(newsroom: Newsroom, channel: int, *, due_some_time: bool = True) -> None:
    all_rows = await newsroom.posts(channel)
    open_or_sent = [row for row in all_rows if row.state not in ("superseded", "dropped")]
    assert {row.state for row in open_or_sent} <= {"sent"}
    rows = [row for row in open_or_sent if row.action == "post"]
    edits = {row.message: row.content for row in open_or_sent if row.action == "edit"}
    # The channel shows exactly these posts, in this order, each once. Posts with votes that were taken back are marked.
    assert newsroom.contents(channel) == [edits.get(row.message, row.content) for row in rows]
    votes = {
        key: json.loads(body)["votes"] for key, body in await newsroom.database.rows("SELECT id, body FROM readings")
    }
    for before, after in pairwise(rows):
        told, left = votes[before.end], votes[after.end]
        taken_back = any(left[candidate] < told[candidate] for candidate in told)
        assert (before.message in edits) == (after.kind == "revision" and taken_back), before
    assert [number_of(content) for content in newsroom.contents(channel)] == [row.number for row in rows]
    assert len({row.number for row in rows}) == len(rows)
    # One post begins where the one before it ended, up to what the channel is known to have been told.
    told = await newsroom.database.row(
        """SELECT t.reading, t.due_at, s.accepted, f.id FROM follows f JOIN last_posts t ON t.follow = f.id
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
    # What was not told yet waits, and is due some time, unless an editor decided against it.
    dropped = any(row.state == "dropped" for row in all_rows)
    # A few votes wait for the next post, whose time is unknown.
    stood, stands = (margin_of(votes[one]).votes or 0 if one in votes else 0 for one in (reached, accepted))
    may_wait = dropped or not due_some_time or abs(stands - stood) < LEAST_ALONE
    assert (due is not None) == (reached != accepted) or (may_wait and due is None)
    for row in rows:
        margin = await newsroom.database.row("SELECT margin FROM changes WHERE reading = ?", (row.end,))
        assert margin is not None
        assert margin[0] == 0 or commas(margin[0]) in row.content, row


async def check_numbers(newsroom: Newsroom) -> None:
    """Check that posts with the same number have the same text.

    A post that waited longer in one channel may differ.
    """
    merged = {row.superseded_by for row in await newsroom.posts()}
    for channels in ((COUNT, LIVE, LATE), (AWAY,)):
        texts: dict[tuple[int, int | None], str] = {}
        for row in await newsroom.posts():
            if row.channel in channels and row.state == "sent" and row.action == "post" and row.id not in merged:
                assert texts.setdefault((row.number, row.end), row.content) == row.content


@share(0.2)
@given(st.lists(steps, min_size=2, max_size=25))
def test_each_change_is_told_in_one_post_a_channel_in_order_and_once(script: list[Step]) -> None:
    live_through(lambda day: day.run(script), check)


@pytest.mark.timeout(240)  # some hundreds of commits a day, each to disk
@share(0.2)
@given(editor_days)
@example(
    [
        *[Move(0, 0, 0.5), Publish(()), Move(0, 0, 0.5), Publish(()), Decide("publish", 0)],
        *[Control("pause"), Control("resume"), Publish(()), Move(-20, 0, 0.5), Pause(1.5), Publish(())],
        Move(2500, 2500, 0.5),
    ]
).via("the post that waited for Publish tells of the next reading, too")
def test_so_it_is_whatever_editors_stop_let_go_publish_and_drop(script: list[EditorStep]) -> None:
    async def check_with_questions(newsroom: Newsroom) -> None:
        await check(newsroom)
        assert [shown for shown in newsroom.shown(DESK) if buttons(shown)] == []
        numbers = [number_of(content) for content in newsroom.contents(DESK)]
        assert len(numbers) == len(set(numbers))

    live_through(lambda day: day.run_with_editors(script), check_with_questions)


hours = st.sampled_from([(7 * 60, 9 * 60), (7 * 60 + 5, 7 * 60 + 12), (6 * 60, 7 * 60 + 10), (23 * 60, 8 * 60)])
wants = st.builds(
    FollowPreferences,
    without=st.sets(st.sampled_from(["margin", "lead_change", "status"])).map(tuple),
    roll_up=st.sampled_from([None, 0, 5, 90]),
    quiet=st.none() | hours,
    through=st.booleans(),
    night=st.booleans(),
)


@share(0.2)
@given(st.lists(steps, min_size=2, max_size=25), st.tuples(wants, wants, wants))
def test_so_it_is_whatever_a_channel_wants_to_be_told(
    script: list[Step], each: tuple[FollowPreferences, FollowPreferences, FollowPreferences]
) -> None:
    wanted = dict(zip((COUNT, LIVE, AWAY), each, strict=True))
    never = [channel for channel, preferences in wanted.items() if preferences.roll_up == 0]
    live_through(lambda day: day.run_with_preferences(script), lambda newsroom: check(newsroom, never), wanted)


def live_through(
    live: Callable[[Day], Awaitable[None]],
    check: Callable[[Newsroom], Awaitable[None]],
    wanted: Mapping[int, FollowPreferences] | None = None,
) -> None:
    """Play a day on a new database, and check the result."""

    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "desk.sqlite3"
            await lay_new(path)
            async with Newsroom(path, desk_of_no_state()) as newsroom:
                newsroom.forget_nonces()  # the history has to do
                await newsroom.desk_store.join(SERVER)
                await live(Day(newsroom, wanted))
                await check(newsroom)

    asyncio.run(run())
