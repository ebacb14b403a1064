"""Holds as they are read from the database. A hold whose reading was replaced by newer readings is still one hold."""

from datetime import timedelta
from typing import Any

from bot.count.judgement import DROPPED
from bot.tally.holds_store import HoldHistory
from tests.conftest import START, Newsroom, reading

ALL_IN: dict[str, Any] = {"reporting": {"precincts": [100, 100]}}


def everywhere(votes: int, minute: float) -> dict[str, Any]:
    """Return the fields of a reading with new votes in ten units."""
    return {"minute": minute, "unit_batch": {f"unit {place}": votes for place in range(10)}, **ALL_IN}


async def test_a_hold_is_told_from_its_first_reading_to_its_end(newsroom: Newsroom) -> None:
    holds = HoldHistory(newsroom.database)
    await newsroom.follow()
    await newsroom.take(reading(1000, 900, **ALL_IN))
    assert await holds.all() == []
    await newsroom.take(reading(1010, 900, **everywhere(1, 1)), reading(1020, 900, **everywhere(1, 2)))
    (hold,) = await holds.all()
    assert (hold.contest, hold.source, hold.reason) == ("ga", "times", "many_units")
    assert (hold.since, hold.deadline) == (START + timedelta(minutes=1), START + timedelta(minutes=16))
    assert (hold.settled_at, hold.outcome) == (None, None)
    newsroom.at(20)
    await newsroom.settle(post=False)
    (hold,) = await holds.all()
    assert (hold.since, hold.settled_at, hold.outcome) == (
        START + timedelta(minutes=1),
        START + timedelta(minutes=20),
        DROPPED,
    )


async def test_two_holds_are_two(newsroom: Newsroom) -> None:
    await newsroom.take(reading(1000, 900), reading(990, 900, 1), reading(1000, 900, 2), reading(980, 900, 3))
    first, second = await HoldHistory(newsroom.database).all()
    assert (first.reason, first.outcome) == ("fall", "the source went back to its earlier figures")
    assert (second.since, second.outcome) == (START + timedelta(minutes=3), None)


async def wrongs(newsroom: Newsroom) -> list[bool]:
    return [hold.wrong for hold in await HoldHistory(newsroom.database).all()]


async def test_posting_what_its_source_leaves_again_was_wrong(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 900, **ALL_IN), reading(1200, 900, **everywhere(20, 1)))
    await newsroom.settle(post=True)
    assert await wrongs(newsroom) == [False]
    await newsroom.take(reading(1001, 900, 5, **ALL_IN), reading(1001, 900, 7, **ALL_IN))
    assert await wrongs(newsroom) == [True, False]


async def test_dropping_what_its_source_goes_on_from_was_wrong(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 900), reading(950, 900, 1))
    await newsroom.settle(post=False)
    assert await wrongs(newsroom) == [False]
    await newsroom.take(reading(960, 900, 5), reading(960, 900, 7))
    assert await wrongs(newsroom) == [True, False]


async def test_dropping_what_its_source_takes_back_was_right(newsroom: Newsroom) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 900), reading(950, 900, 1))
    await newsroom.settle(post=False)
    await newsroom.take(reading(1010, 900, 5))
    assert await wrongs(newsroom) == [False]
