from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from bot.count.reading import describe_refusal
from bot.events.event import EVENT_KINDS, Event, EventKind, kind_in_text

RALLY = {"kind": "rally", "title": "Rally: Sens. Rubio, Loeffler and Perdue", "zone": "America/New_York"}


def event(wall: str, **fields: Any) -> Event:
    return Event.model_validate(RALLY | {"wall": wall} | fields)


@pytest.mark.parametrize(
    ("wall", "zone", "utc"),
    [
        ("2020-11-11T10:00", "America/New_York", "2020-11-11T15:00"),
        ("2020-07-11T10:00", "America/New_York", "2020-07-11T14:00"),
        ("2020-11-01T01:30", "America/New_York", "2020-11-01T05:30"),  # comes twice: the first one
        ("2021-03-14T02:30", "America/New_York", "2021-03-14T07:30"),  # never comes: half an hour after the skip
        ("2020-11-11T10:00", "Asia/Kathmandu", "2020-11-11T04:15"),
        ("2999-12-31T23:59", "Pacific/Kiritimati", "2999-12-31T09:59"),
        ("1900-01-01T00:00", "UTC", "1900-01-01T00:00"),
    ],
)
def test_the_moment_is_derived_from_wall_time_and_zone(wall: str, zone: str, utc: str) -> None:
    assert event(wall, zone=zone).starts_at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_wall_time_that_comes_twice_is_the_first_however_it_is_given() -> None:
    second = datetime(2020, 11, 1, 1, 30, fold=1)  # noqa: DTZ001 - a wall time
    twice = Event.model_validate(RALLY | {"wall": second})
    assert twice.starts_at == event("2020-11-01T01:30").starts_at
    assert Event.model_validate_json(twice.model_dump_json()) == twice


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ("wall: should be a wall time without an offset", {"wall": "2020-11-11T10:00-05:00"}),
        ("wall: should be a wall time such as", {"wall": "Friday"}),
        ("wall: should be a wall time such as", {"wall": "x" * 5000}),
        ("wall: should be of the years", {"wall": "0020-11-11T10:00"}),
        ("wall", {"wall": 1_605_000_000}),
        ("reading: ends at 2020-11-11T10:00:00, which is not after its start", {"ends": "2020-11-11T10:00"}),
        ("ends: should be a wall time", {"ends": "noon"}),
        ("link", {"link": "javascript:alert(1)"}),
        ("link", {"link": "https://example.org/<@1>"}),
        ("link", {"link": "https://user:secret@example.org/"}),
        (
            "reading: has 51 places with another hour",
            {"later": [{"place": "Spalding", "wall": "2020-11-03T21:00"}] * 51},
        ),
        ("zone: should be a zone of the IANA list", {"zone": "EST5"}),
        ("zone", {"zone": "../../etc/passwd"}),
        ("zone", {"zone": ""}),
        ("zone", {"zone": "America"}),
        ("zone", {"zone": "x" * 5000}),
        ("kind", {"kind": "party"}),
        ("status", {"status": "delayed"}),
        ("title", {"title": "two\nlines"}),
        ("nope", {"nope": 1}),
    ],
)
def test_an_event_that_can_t_be_is_refused_in_one_short_line(place: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        event("2020-11-11T10:00", **wrong) if "wall" not in wrong else Event.model_validate(RALLY | wrong)
    line = describe_refusal(caught.value)
    assert line.startswith(place)
    assert line.isprintable()
    assert len(line) <= 600


def test_an_end_is_a_wall_time_of_the_same_zone() -> None:
    assert event("2020-11-11T10:00").ends_at is None
    ended = event("2020-11-11T10:00", ends="2020-11-11T11:30")
    assert ended.ends_at == datetime(2020, 11, 11, 16, 30, tzinfo=UTC)


def test_polls_can_close_later_in_some_places() -> None:
    polls = event("2020-11-03T19:00", later=[{"place": "Spalding", "wall": "2020-11-03T21:00"}])
    (later,) = polls.later
    assert polls.moment(later.wall) == datetime(2020, 11, 4, 2, tzinfo=UTC)
    assert Event.model_validate_json(polls.model_dump_json()) == polls


def test_each_kind_of_event_has_its_row() -> None:
    assert set(EVENT_KINDS) == set(get_args(EventKind))


@pytest.mark.parametrize("kind", [kind for kind in get_args(EventKind) if kind != "other"])
def test_a_kind_is_found_by_its_own_name(kind: EventKind) -> None:
    assert kind_in_text(f"A {EVENT_KINDS[kind].name.lower()} at the Capitol")[0] == kind
