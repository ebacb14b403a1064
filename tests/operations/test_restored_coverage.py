"""Whatever happened around the copy and the end: each change is told in one post a channel at most, no number twice."""

import asyncio
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.outbox.discord import number_of
from tests.conftest import COUNT, LIVE, SERVER, Fate, Newsroom, reading
from tests.operations.test_restored import NOTICE, Shop, told

CHANNELS = (COUNT, LIVE)


@dataclass(frozen=True)
class Move:
    """Votes that come in for one contest."""

    contest: str
    biden: int
    trump: int


@dataclass(frozen=True)
class Publish:
    """All that waits is sent, with some things going wrong on the way."""

    fates: tuple[tuple[int, Fate], ...]


@dataclass(frozen=True)
class Wait:
    """Nothing is sent for so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Claim:
    """A post is under way, and its answer never comes."""

    channel: int


Step = Move | Publish | Wait | Claim

votes = st.sampled_from([400, 0, 2500, 40, 5])
faults = st.tuples(st.sampled_from(CHANNELS), st.sampled_from(["later", "lost", "lost answer"]))
steps = st.one_of(
    st.builds(Move, st.sampled_from(["ga", "senate"]), votes, votes),
    st.builds(Move, st.sampled_from(["ga", "senate"]), votes, votes),
    st.builds(Publish, st.lists(faults, max_size=3).map(tuple)),
    st.just(Publish(())),
    st.builds(Wait, st.sampled_from([1.0, 61.0, 600.0])),
    st.builds(Claim, st.sampled_from(CHANNELS)),
)


class Count:
    """Both contests' counts as they go, by whichever newsroom takes them in."""

    def __init__(self) -> None:
        self.minute = 0.0
        self.votes = {contest: [10_000, 9_900] for contest in ("ga", "senate")}

    async def do(self, newsroom: Newsroom, script: list[Step]) -> None:
        for step in script:
            match step:
                case Move():
                    self.votes[step.contest][0] += step.biden
                    self.votes[step.contest][1] += step.trump
                    self.minute += 1
                    newsroom.wall.move(2)
                    await self.ask(newsroom, step.contest)
                case Publish():
                    for channel, fate in step.fates:
                        newsroom.will(channel, fate)
                    await newsroom.publish()
                case Wait():
                    newsroom.wall.move(step.seconds)
                case Claim():
                    await newsroom.outbox.claim(step.channel)

    async def ask(self, newsroom: Newsroom, *contests: str) -> None:
        newsroom.at(self.minute)
        await newsroom.ingest.take_in(
            [reading(self.votes[key][0], self.votes[key][1], self.minute, contest=key) for key in contests]
        )


async def covered(newsroom: Newsroom, channel: int, shown: set[int]) -> Counter[tuple[str, int]]:
    """Return how often each change (contest, time) is told by the shown posts that this database knows."""
    rows = await newsroom.database.rows(
        """SELECT o.number, o.contest, r.as_of FROM outbox o
           JOIN spans p ON p.post = o.id
           JOIN readings e ON e.id = p.to_reading LEFT JOIN readings s ON s.id = p.from_reading
           JOIN readings r ON r.series = o.chain AND r.id <= e.id AND (s.id IS NULL OR r.id > s.id)
           WHERE o.channel = ? AND o.state <> 'superseded'""",
        (channel,),
    )
    return Counter((contest, as_of) for number, contest, as_of in rows if number in shown)


async def to_tell(newsroom: Newsroom, channel: int) -> set[tuple[str, int]]:
    """Return the changes (contest, time) that a channel has been told by the database."""
    rows = await newsroom.database.rows(
        """SELECT f.contest, r.as_of FROM follows f JOIN told t ON t.follow = f.id
           JOIN readings r ON r.series = t.series AND r.id <= t.reading AND r.verdict = 'accepted'
           WHERE f.channel = ?""",
        (channel,),
    )
    return {(row[0], row[1]) for row in rows}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(steps, min_size=3, max_size=10),
    st.lists(steps, min_size=4, max_size=12),
    st.lists(steps, max_size=5),
    st.booleans(),
)
def test_each_change_is_told_at_most_once_across_a_restore(
    early: list[Step], lost: list[Step], later: list[Step], first_in: bool
) -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with AsyncExitStack() as stack:
                with capture_logs():
                    await check(Shop(Path(folder), stack))

    async def check(shop: Shop) -> None:
        before, count = await shop.open(), Count()
        before.forget_nonces()
        for contest in ("ga", "senate"):
            await before.follow(COUNT, contest)
        await before.follow(LIVE, "ga", least=1)
        if first_in:
            await count.ask(before, "ga", "senate")
        await count.do(before, early)
        shop.back_up()
        await count.do(before, lost)
        before.standin.faults.clear()
        shown = {channel: set(numbers(before, channel)) for channel in CHANNELS}
        known = {channel: await covered(before, channel, shown[channel]) for channel in CHANNELS}
        after = await shop.restore()
        after.wall.move(60)
        await count.ask(after, "ga", "senate")
        await told(after)
        await count.do(after, later)
        await count.ask(after, "ga", "senate")
        await told(after)
        for channel in CHANNELS:
            everything = numbers(after, channel)
            assert len(everything) == len(set(everything))
            since = await covered(after, channel, set(everything) - shown[channel])
            assert max((known[channel] + since).values(), default=0) <= 1
            notices = [text for text in after.contents(channel) if text.startswith(NOTICE)]
            assert len(notices) <= 1
            if not notices:  # nothing was posted there that the copy did not know: nothing is lost either
                assert set(await covered(after, channel, set(everything))) == await to_tell(after, channel)
        row = await after.database.row("SELECT next_number FROM servers WHERE id = ?", (SERVER,))
        assert row is not None
        assert row[0] > max((n for channel in CHANNELS for n in numbers(after, channel)), default=0)

    asyncio.run(run())


def numbers(newsroom: Newsroom, channel: int) -> list[int]:
    return [number for text in newsroom.contents(channel) if (number := number_of(text)) is not None]
