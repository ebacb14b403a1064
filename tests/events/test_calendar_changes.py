from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.events.calendar_changes import CalendarChange, KnownCalendarEvent, calendar_changes, merged
from bot.events.event import Event
from bot.events.icalendar import ImportedEvent

NOW = datetime(2020, 11, 11, 14, tzinfo=UTC)
BASE = {"kind": "hearing", "title": "Hearing", "wall": "2020-11-12T10:00", "zone": "America/New_York"}


def event(**fields: Any) -> Event:
    return Event.model_validate(BASE | fields)


def imported(key: str = "a", sequence: int = 0, **fields: Any) -> ImportedEvent:
    return ImportedEvent(key=key, uid=key.split("/", maxsplit=1)[0], sequence=sequence, event=event(**fields))


def known(sequence: int = 0, uid: str = "a", *, gone: bool = False, **fields: Any) -> KnownCalendarEvent:
    return KnownCalendarEvent(1, uid, event(**fields), sequence, gone)


def changes(before: dict[str, KnownCalendarEvent], *after: ImportedEvent, now: datetime = NOW) -> list[tuple[str, str]]:
    return [(change.what, change.key) for change in calendar_changes(before, after, now)]


def test_what_is_ahead_is_new_and_what_is_past_or_canceled_is_not() -> None:
    after = (imported("a"), imported("b", wall="2020-11-10T10:00"), imported("c", status="canceled"))
    assert changes({}, *after) == [("new", "a")]


def test_the_same_answer_again_changes_nothing() -> None:
    assert changes({"a": known()}, imported("a")) == []


def test_an_older_answer_changes_nothing() -> None:
    assert changes({"a": known(2)}, imported("a", 1, wall="2020-11-12T11:00")) == []
    assert changes({"a": known(2)}, imported("a", 2, wall="2020-11-12T11:00")) == [("changed", "a")]


def test_what_vanishes_is_only_expected_from_then_on_and_told_once() -> None:
    (change,) = calendar_changes({"a": known()}, (), NOW)
    assert (change.what, change.says.status) == ("gone", "expected")
    assert calendar_changes({"a": known(gone=True, status="expected")}, (), NOW) == []
    assert calendar_changes({"a": known()}, (), NOW + timedelta(days=2)) == []  # it is past


def test_what_comes_back_is_what_it_was() -> None:
    (change,) = calendar_changes({"a": known(gone=True, status="expected")}, [imported("a")], NOW)
    assert isinstance(change, CalendarChange)
    assert merged(event(status="expected"), event(status="expected"), change.says).status == "confirmed"


def test_a_series_that_moves_takes_its_recurrences_along() -> None:
    before = {"w/20201112T150000Z": known(uid="w"), "w/20201119T150000Z": known(uid="w", wall="2020-11-19T10:00")}
    after = (
        imported("w/20201112T160000Z", wall="2020-11-12T11:00"),
        imported("w/20201119T160000Z", wall="2020-11-19T11:00"),
    )
    found = calendar_changes(before, after, NOW)
    assert [(change.what, change.old_key) for change in found] == [
        ("changed", "w/20201112T150000Z"),
        ("changed", "w/20201119T150000Z"),
    ]


def test_what_staff_changed_and_the_calendar_did_not_stays() -> None:
    mine = event(title="Hearing on the challenge", place="Room 5", status="started")
    assert merged(mine, event(), event(link="https://example.org/")) == mine.model_copy(
        update={"link": "https://example.org/"}
    )


@pytest.mark.parametrize(
    ("current", "says", "status"),
    [
        ({}, {"wall": "2020-11-12T11:00"}, "moved"),
        ({"status": "expected"}, {"wall": "2020-11-12T11:00"}, "expected"),
        ({"status": "canceled"}, {"wall": "2020-11-12T11:00"}, "canceled"),
        ({}, {"status": "canceled"}, "canceled"),
        ({"status": "over"}, {"status": "expected"}, "over"),
        ({}, {"title": "Another"}, "confirmed"),
    ],
)
def test_the_status_follows_the_calendar_but_not_over_what_staff_said(
    current: dict[str, Any], says: dict[str, Any], status: str
) -> None:
    assert merged(event(**current), event(), event(**says)).status == status


def test_times_go_together_so_that_an_end_never_comes_before_its_start() -> None:
    mine = event(ends="2020-11-12T10:30")
    assert merged(mine, event(), event(wall="2020-11-12T11:00")).ends is None
