from datetime import datetime, timedelta

import pytest

from bot.due import DueWork
from tests.conftest import COUNT, START, Newsroom, reading


@pytest.fixture
def due(newsroom: Newsroom) -> DueWork:
    return DueWork(
        newsroom.ingest,
        newsroom.rundown,
        newsroom.silences,
        newsroom.remind,
        newsroom.control,
        newsroom.clock,
    )


async def test_the_next_thing_due_is_the_earlier_of_list_and_roll_up(newsroom: Newsroom, due: DueWork) -> None:
    await newsroom.follow()
    assert await due.next_due() == START + timedelta(hours=1)  # eight in the morning
    await newsroom.take(reading(1000, 500, -30), reading(1010, 500, -30))
    newsroom.at(-20)
    await newsroom.take(reading(1011, 500, 1))
    newsroom.at(62)
    await due.look()
    assert sorted(await newsroom.kinds(COUNT)) == ["first", "roll_up", "rundown"]
    assert await due.next_due() == START + timedelta(hours=25)


async def test_after_a_look_nothing_is_overdue(newsroom: Newsroom, due: DueWork) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500), reading(1010, 500, 1))
    await newsroom.take(reading(1000, 500, 2))  # a fall, which nothing confirms
    for minute in (30, 61, 62, 300, 3000):
        newsroom.at(minute)
        await due.look()
        ahead = await due.next_due()
        assert ahead is None or ahead > newsroom.clock.now()


@pytest.mark.parametrize(
    ("due_in", "seconds"), [(None, 30.0), (3600, 30.0), (30, 30.0), (7.5, 7.5), (1, 1.0), (0, 1.0), (-3600, 1.0)]
)
async def test_it_looks_again_when_something_is_due_but_within_bounds(
    newsroom: Newsroom, due: DueWork, monkeypatch: pytest.MonkeyPatch, due_in: float | None, seconds: float
) -> None:
    async def next_due() -> datetime | None:
        return None if due_in is None else newsroom.clock.now() + timedelta(seconds=due_in)

    monkeypatch.setattr(newsroom.rundown, "next_due", next_due)
    assert await due.run() == seconds


async def test_what_fails_keeps_nothing_else_from_being_done_and_the_look_has_failed(
    newsroom: Newsroom, due: DueWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked() -> None:
        raise LookupError("the database is locked")

    await newsroom.follow()
    newsroom.at(61)
    monkeypatch.setattr(newsroom.ingest, "roll_up", locked)
    with pytest.raises(ExceptionGroup, match="in part"):
        await due.run()
    assert await newsroom.kinds(COUNT) == ["rundown"]
