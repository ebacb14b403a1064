from datetime import datetime, timedelta

import pytest

from bot.events.event import Event
from bot.events.moving import misleads, move_is_news, moved_to, pushed

QUARTER = timedelta(minutes=15)


def event(wall: str = "2020-11-11T10:30", **more: object) -> Event:
    said = {"kind": "rally", "title": "A rally", "wall": wall, "zone": "America/New_York"}
    return Event.model_validate(said | more)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(("before", "after"), [("confirmed", "moved"), ("expected", "expected"), ("canceled", "moved")])
def test_what_is_moved_is_on_again_and_what_was_expected_still_is(before: str, after: str) -> None:
    assert moved_to(event(status=before), wall("2020-11-11T11:00")).status == after


@pytest.mark.parametrize(
    ("start", "later"),
    [
        ("2020-11-11T10:30", "2020-11-11T10:45"),
        ("2021-03-14T01:50", "2021-03-14T03:05"),  # the clocks skip an hour in between
    ],
)
def test_pushed_is_by_passing_time(start: str, later: str) -> None:
    moved = pushed(event(start), QUARTER)
    assert moved is not None
    assert moved.wall == wall(later)
    assert moved.starts_at - event(start).starts_at == QUARTER


def test_pushed_into_an_hour_that_comes_again_has_no_wall_time() -> None:
    assert pushed(event("2020-11-01T01:50"), QUARTER) is None


@pytest.mark.parametrize(
    ("change", "does"),
    [
        ({"title": "Another"}, False),
        ({"status": "expected"}, False),
        ({"status": "started"}, False),
        ({"wall": "2020-11-11T11:00"}, True),
        ({"place": "Macon"}, True),
        ({"status": "canceled"}, True),
        ({"later": [{"place": "Macon", "wall": "2020-11-11T12:00"}]}, True),
    ],
)
def test_a_change_misleads_who_knew_another_time_place_or_that_it_is_on(change: dict[str, object], does: bool) -> None:
    changed = event(**{"wall": "2020-11-11T10:30", **change})  # type: ignore[arg-type]  # fields by name
    assert misleads(event(), changed) == does
    assert move_is_news(event(), changed, event().starts_at) == does


def test_a_change_of_what_is_over_is_no_news_unless_it_is_ahead_again() -> None:
    later = event().starts_at + timedelta(hours=2)
    assert not move_is_news(event(), event("2020-11-11T10:45"), later)
    assert move_is_news(event(), event("2020-11-12T10:30"), later)
