"""What is known to work in each feed: what proves it, what does not, and how it is reported."""

from collections.abc import Sequence
from datetime import timedelta

from bot.count.reading import Reading
from bot.desk.desk_file import Desk
from bot.feeds.receivers import Delivery
from bot.tally.feed_proofs_store import read_proofs
from bot.tally.feed_proofs_words import FeedProof, proof_lines
from bot.wording.context import Setting
from tests.conftest import START, Newsroom, reading, small_desk


def asked(**more: object) -> Desk:
    """Return the small desk file with a feed address for the Times."""
    desk = small_desk()
    times = {"format": "readings", "url": "https://a.org/x"} | more
    sources = [one.model_copy(update=times if one.id == "times" else {}) for one in desk.sources]
    return desk.model_copy(update={"sources": sources})


async def proof(newsroom: Newsroom, desk: Desk | None = None) -> FeedProof:
    return (await read_proofs(newsroom.database, desk or newsroom.desk))["times"]


async def read(newsroom: Newsroom, readings: Sequence[Reading]) -> None:
    """Process an answer of the Times' feed, as polling does."""
    counted = [one for one in readings if one.status != "pre-election"]
    await newsroom.ingest.accept(Delivery("times", counted, contests={one.contest for one in readings}))


async def test_a_feed_that_was_read_and_moved_is_proven_at_its_address_alone(newsroom: Newsroom) -> None:
    await newsroom.restart(asked())
    assert await proof(newsroom) == FeedProof()
    early = reading(0, 0).model_copy(update={"status": "pre-election"})
    await read(newsroom, [early])
    assert await proof(newsroom) == FeedProof(read_at=START)
    await read(newsroom, [reading(1000, 500)])
    first = await proof(newsroom)
    assert (first.moved_at, first.changed_at) == (None, None)  # the first figures moved nothing
    await read(newsroom, [reading(1010, 500, 1)])
    then = await proof(newsroom)
    assert (then.moved_at, then.changed_at) == (START, START + timedelta(minutes=1))
    moved = asked(url="https://a.org/y")
    assert await proof(newsroom, moved) == FeedProof(elsewhere_at=START)


async def test_votes_of_a_count_that_is_long_over_are_not_seen_to_move(newsroom: Newsroom) -> None:
    await newsroom.restart(asked())
    await read(newsroom, [reading(1000, 500)])
    newsroom.at(24 * 60)
    await read(newsroom, [reading(1010, 500, 1)])
    assert (await proof(newsroom)).moved_at is None


async def test_a_contest_of_nobodys_proves_nothing(newsroom: Newsroom) -> None:
    await newsroom.restart(asked())
    await read(newsroom, [reading(1, 0).model_copy(update={"contest": "elsewhere"})])
    assert await proof(newsroom) == FeedProof()


def test_each_proof_has_its_words() -> None:
    setting = Setting(asked())
    later = START + timedelta(days=1)
    said = [
        proof_lines({"times": one}, setting, later)[0]
        for one in (
            FeedProof(),
            FeedProof(START),
            FeedProof(START, later, checked_at=later),
            FeedProof(START, later, checked_at=later, changed_at=START + timedelta(minutes=65)),
            FeedProof(START, later, checked_at=later, changed_at=later),
            FeedProof(elsewhere_at=START),
        )
    ]
    assert said == [
        "The Times: not read yet.",
        "The Times: read Wednesday, no vote change seen yet.",
        "The Times: last checked 7 a.m., votes changed today.",
        "The Times: last checked 7 a.m., votes changed 8:05 a.m. Wednesday.",
        "The Times: last checked 7 a.m., votes changed 7 a.m.",
        "The Times: not read yet; last read Wednesday, from its earlier address.",
    ]
