from datetime import UTC, datetime, timedelta

import pytest

from bot.events.event import Event, EventStatus
from bot.events.reminder import (
    AT_ITS_TIME,
    LEAD_TIMES,
    OVER_AFTER,
    due,
    is_missed,
    over_at,
    refuse_lead_times,
    reminders,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def event(wall: str = "2020-11-11T10:30", **more: object) -> Event:
    said = {"kind": "rally", "title": "A rally", "wall": wall, "zone": "America/New_York"}
    return Event.model_validate(said | more)


def moments(of: Event, *leads: timedelta) -> list[tuple[timedelta, str]]:
    return [(one.lead_time, one.due_at.strftime("%d %H:%M")) for one in reminders(of, leads)]


def test_one_a_lead_and_one_at_its_time_in_order() -> None:
    assert moments(event(), 30 * timedelta(minutes=1), DAY) == [
        (DAY, "10 15:30"),
        (timedelta(minutes=30), "11 15:00"),
        (AT_ITS_TIME, "11 15:30"),
    ]


def test_a_lead_that_is_said_twice_and_at_its_time_count_once() -> None:
    assert [lead for lead, _ in moments(event(), HOUR, HOUR, AT_ITS_TIME)] == [HOUR, AT_ITS_TIME]


@pytest.mark.parametrize("status", ["canceled", "over"])
def test_what_is_canceled_or_over_has_none(status: EventStatus) -> None:
    assert reminders(event(status=status), [HOUR]) == []


def test_what_has_begun_has_only_those_of_places_where_it_begins_later() -> None:
    later = [{"place": "Spalding", "wall": "2020-11-11T12:00"}, {"place": "Pike", "wall": "2020-11-11T12:00"}]
    found = reminders(event(status="started", later=later), [HOUR])
    assert [(one.lead_time, one.wall.hour) for one in found] == [(AT_ITS_TIME, 12)]


@pytest.mark.parametrize(
    ("wall", "lead", "expected"),
    [
        ("2020-11-01T17:00", DAY, "2020-10-31 21:00"),  # the clocks went back in between: 25 hours
        ("2021-03-14T17:00", DAY, "2021-03-13 22:00"),  # forward: 23 hours
        ("2020-11-01T17:00", DAY + HOUR, "2020-10-31 20:00"),
        ("2020-11-01T17:00", timedelta(hours=23), "2020-10-31 23:00"),  # less than a day: by passing time
        ("2021-03-15T02:30", DAY, "2021-03-14 07:30"),  # 2:30 the day before is skipped: 3:30
        ("2020-11-02T01:30", DAY, "2020-11-01 05:30"),  # 1:30 the day before comes twice: the first
    ],
)
def test_days_are_counted_by_the_clocks_of_the_zone(wall: str, lead: timedelta, expected: str) -> None:
    assert due(event(wall), lead).strftime("%Y-%m-%d %H:%M") == expected


def test_a_day_before_a_day_that_a_zone_skipped_is_still_before_it() -> None:
    samoa = event("2011-12-31T10:00", zone="Pacific/Apia")  # there was no 30 December
    assert due(samoa, DAY) < samoa.starts_at


def test_every_kind_has_a_lead_as_the_newsroom_wants_it() -> None:
    assert (LEAD_TIMES["rally"], LEAD_TIMES["press_conference"], LEAD_TIMES["deadline"]) == (
        (timedelta(minutes=60),),
        (timedelta(minutes=30),),
        (DAY,),
    )


@pytest.mark.parametrize(
    ("now", "lead", "missed"),
    [
        ("14:30", HOUR, False),
        ("15:29", HOUR, False),
        ("15:30", HOUR, True),
        ("15:30", AT_ITS_TIME, False),
        ("16:29", AT_ITS_TIME, False),
        ("16:30", AT_ITS_TIME, True),
    ],
)
def test_a_late_one_is_told_until_it_would_say_nothing(now: str, lead: timedelta, missed: bool) -> None:
    moment = datetime.fromisoformat(f"2020-11-11T{now}:00+00:00")
    assert is_missed(lead, event().wall, event(), moment) is missed


def test_what_has_begun_is_told_by_the_one_at_its_time_alone() -> None:
    begun = event(wall="2020-11-11T10:30", status="started")
    assert not is_missed(AT_ITS_TIME, event().wall, begun, event().starts_at)
    assert is_missed(HOUR, event().wall, begun, event().starts_at - HOUR / 2)


@pytest.mark.parametrize("change", [{"status": "canceled"}, {"status": "over"}, {"wall": "2020-11-11T11:00"}])
def test_one_of_what_has_changed_is_not_told(change: dict[str, str]) -> None:
    changed = event(**{"wall": "2020-11-11T10:30", **change})
    assert is_missed(AT_ITS_TIME, event().wall, changed, event().starts_at)


def test_an_event_is_over_at_its_end_or_an_hour_after_its_start() -> None:
    assert over_at(event()) == event().starts_at + OVER_AFTER
    assert over_at(event(ends="2020-11-11T14:00")) == datetime(2020, 11, 11, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("leads", "wrong"),
    [
        ([HOUR], None),
        ([HOUR] * 6, "has 6 reminders"),
        ([timedelta(seconds=90)], "whole minutes"),
        ([timedelta(days=61)], "60 days"),
        ([AT_ITS_TIME], "from 1 minute"),
    ],
)
def test_leads_that_cannot_be_are_refused(leads: list[timedelta], wrong: str | None) -> None:
    said = refuse_lead_times(leads)
    assert (said is None) if wrong is None else (said is not None and wrong in said)
