"""Typed events: refused, read or asked about, including nights when the clocks change."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import BadInputError
from bot.events.event import Event, ScheduleEntry
from bot.schedule.planning import EventInput
from bot.wording.message import render
from tests.conftest import COUNT, SERVER, WHO, Newsroom

PERSON = 5
SATURDAY = datetime(2020, 10, 31, 16, tzinfo=UTC)
"""Noon in Atlanta, on the day before the clocks go back."""


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


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"at": "yesterday 5pm"}, "past"),
        ({"at": "soon"}, '"soon" is not clearly a time'),
        ({"ends": "9 a.m."}, 'the end "9 a.m." is no time after its start'),
        ({"title": "x" * 5000}, "the title has 5,000 letters; 300 go"),
        ({"title": "@everyone come"}, "the title mentions somebody or a channel"),
        ({"title": "ask <@123456>"}, "the title mentions somebody or a channel"),
        ({"zone": "Atlanta"}, '"Atlanta" is no zone of the IANA list'),
        ({"zone": "localtime"}, '"localtime" is no zone of the IANA list'),
        ({"zone": "Factory"}, '"Factory" is no zone of the IANA list'),
        ({"contest": "mayor of nowhere"}, 'no contest is called "mayor of nowhere"'),
        (
            {"later": "Cobb County"},
            '"Cobb County" is not clearly a place and its hour; write each as Cobb County 9 p.m.',
        ),
        ({"later": "Cobb County 9 a.m."}, 'the hour of Cobb County "9 a.m." is no time after its start'),
        ({"later": "@everyone 9 p.m."}, "the list of places mentions somebody or a channel"),
        ({"link": "javascript:alert(1)"}, "link: should be the address of a page, such as https"),
        ({"remind": "often"}, '"often" is not a reminder time'),
        ({"remind": "1m, 2m, 3m, 4m, 5m, 6m"}, "the event has 6 reminders, more than 5"),
    ],
)
async def test_what_is_no_event_is_refused_and_nothing_is_kept(
    room: Newsroom, typed: dict[str, Any], refusal: str
) -> None:
    given = EventInput(**({"title": "An event", "at": "1:30 p.m."} | typed))
    with pytest.raises(BadInputError, match=re.escape(refusal)):
        await room.planning.add(SERVER, PERSON, given)
    assert await room.count("event_proposals") == 0


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (EventInput("A rally", "1 p.m."), "Rally, expected"),
        (EventInput("A rally", "1 p.m.", source="the governor's office"), "Rally, confirmed"),
        (EventInput("A rally", "1 p.m.", status="confirmed"), "Rally, confirmed"),
        (EventInput("Rally: Atlanta", "1 p.m.", kind="debate"), "Debate, expected"),
        (EventInput("Rally ", "1 p.m. ", place=" Macon ", zone="America/New_York "), "Where: Macon"),
        (EventInput("Polls close", "1 p.m.", later="Ward 7: 1:20"), "Later in Ward 7: 1:20 p.m."),
        (EventInput("Polls close", "1 p.m.", later="Cobb County until 9 p.m."), "Later in Cobb County: 9 p.m."),
        (
            EventInput("Polls close", "1 p.m.", later="Ward 7: 1:20; Macon Monday 12:30 a.m."),
            "Later in Macon: Monday, Nov. 2, 12:30 a.m.",
        ),
    ],
    ids=[
        "no source",
        "a source",
        "a status",
        "a kind",
        "a phone's spaces",
        "an hour without its half",
        "until",
        "a second place, on another day",
    ],
)
async def test_what_is_left_out_or_typed_loosely_is_read(room: Newsroom, given: EventInput, line: str) -> None:
    assert line in render(await room.planning.add(SERVER, PERSON, given)).content.split("\n")


async def test_a_time_that_could_be_two_is_asked_about_with_a_button_for_each(room: Newsroom) -> None:
    asked = await room.planning.add(SERVER, PERSON, EventInput("An event", "8:30"))
    assert render(asked).content == (
        '**Which time do you mean by "8:30"?** It could be a.m. or p.m. Nothing is saved yet.'
    )
    assert [button.label for button in asked.buttons] == [
        "8:30 p.m. EDT Saturday, Oct. 31",
        "8:30 a.m. EST Sunday, Nov. 1",
    ]


async def test_an_hour_without_its_half_of_the_day_is_the_one_beside_what_is_moved(room: Newsroom) -> None:
    there = await entry(room, "2020-11-02T10:30")
    (beside, far) = [await room.planning.move(SERVER, PERSON, there, to, None) for to in ("11:30", "4:30")]
    assert "\nMonday, Nov. 2, 11:30 a.m.\n" in render(beside).content
    assert len(far.buttons) == 2


async def test_what_changes_nothing_is_refused(room: Newsroom) -> None:
    there = await entry(room, "2020-11-02T10:30")
    with pytest.raises(BadInputError, match="nothing would change"):
        await room.planning.edit(SERVER, PERSON, there, EventInput("An event "), None)
    with pytest.raises(BadInputError, match=r"it is at 10:30 a\.m\. Monday already"):
        await room.planning.move(SERVER, PERSON, there, "10:30 a.m.", None)
    await room.schedule.cancel(SERVER, there.id, WHO)
    with pytest.raises(BadInputError, match="canceled or over already"):
        await room.planning.cancel(SERVER, PERSON, await room.schedule.entry(SERVER, there.id), None)


async def test_what_is_known_of_an_event_is_taken_away_by_none(room: Newsroom) -> None:
    later = [{"place": "Macon", "wall": "2020-11-02T21:00"}]
    event = {"kind": "polls_close", "title": "Polls close", "wall": "2020-11-02T19:00", "zone": "America/New_York"}
    (key,) = await room.schedule.add(
        SERVER, [Event.model_validate(event | {"place": "Cobb County", "later": later})], WHO
    )
    there = await room.schedule.entry(SERVER, key)
    said = render(
        await room.planning.edit(SERVER, PERSON, there, EventInput(place="none ", later="none"), None)
    ).content
    assert "\nBefore: later in: Macon 9 p.m.; place: Cobb County\n" in said
    assert "Later in" not in said
    assert "Where" not in said
