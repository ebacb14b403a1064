"""What staff type on the nights when the clocks change: asked, never guessed, also of an end and of a move."""

from datetime import UTC, datetime

import pytest

from bot.errors import BadInputError
from bot.events.event import Event, ScheduleEntry
from bot.schedule.planning import EventInput
from bot.wording.message import render
from tests.conftest import COUNT, SERVER, WHO, Newsroom

PERSON = 5
SATURDAY = datetime(2020, 10, 31, 16, tzinfo=UTC)
"""The day before the clocks go back in Atlanta, at noon."""


@pytest.fixture
async def room(newsroom: Newsroom) -> Newsroom:
    await newsroom.follow()
    newsroom.clock.set(SATURDAY)
    return newsroom


async def entry(room: Newsroom, wall: str, zone: str = "America/New_York") -> ScheduleEntry:
    event = Event.model_validate({"kind": "other", "title": "An event", "wall": wall, "zone": zone})
    (key,) = await room.schedule.add(SERVER, [event], WHO)
    found = await room.schedule_store.entry(SERVER, key)
    assert found is not None
    return found


async def added(room: Newsroom, at: str, ends: str) -> str:
    return render(await room.planning.add(SERVER, PERSON, EventInput("An event", at, ends), COUNT)).content


async def test_an_end_that_comes_twice_is_asked_about(room: Newsroom) -> None:
    with pytest.raises(BadInputError, match=r'the end "1:30 a\.m\." could be more than one time'):
        await added(room, "tomorrow 12:30 a.m.", "1:30 a.m.")


async def test_an_end_that_is_skipped_is_asked_about(room: Newsroom) -> None:
    room.clock.set(datetime(2021, 3, 13, 16, tzinfo=UTC))
    with pytest.raises(BadInputError, match=r'the end "2:30 a\.m\." could be more than one time'):
        await added(room, "tomorrow 1 a.m.", "2:30 a.m.")


async def test_an_end_after_the_second_of_an_hour_that_comes_twice_is_by_the_desks_clock(room: Newsroom) -> None:
    said = await added(room, "Nov. 1 1:30 a.m. EST", "3 a.m.")
    assert "Sunday, Nov. 1, 6:30 a.m. UTC to 8 a.m. UTC\nIn newsroom time: Sunday, Nov. 1, 1:30 a.m. EST." in said


async def test_a_move_without_a_day_of_the_second_of_such_an_hour_is_by_the_desks_clock(room: Newsroom) -> None:
    second = await entry(room, "2020-11-01T06:30", "UTC")  # 1:30 a.m. EST
    said = await room.planning.move(SERVER, PERSON, second, "10 a.m.", None)
    assert "\nSunday, Nov. 1, 10 a.m.\n" in render(said).content


async def test_a_move_into_an_hour_that_comes_twice_is_asked_about(room: Newsroom) -> None:
    there = await entry(room, "2020-11-01T10:00")
    asked = await room.planning.move(SERVER, PERSON, there, "1:30 a.m.", None)
    assert "that hour comes twice" in render(asked).content
    assert len(asked.buttons) == 2


async def test_an_end_that_is_changed_is_of_the_events_own_night(room: Newsroom) -> None:
    there = await entry(room, "2020-11-01T00:30")
    with pytest.raises(BadInputError, match="could be more than one time"):
        await room.planning.edit(SERVER, PERSON, there, EventInput(ends="1:15 a.m."), None)
    said = await room.planning.edit(SERVER, PERSON, there, EventInput(ends="2:15 a.m."), None)
    assert "12:30 a.m. to 2:15 a.m." in render(said).content
