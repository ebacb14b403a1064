"""Tests times that are typed about an event whose start is known."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.errors import BadInputError
from bot.events.time_meaning import TimeAhead, later_places

ATLANTA = ZoneInfo("America/New_York")
START = TimeAhead(datetime.fromisoformat("2020-11-03T19:00"), "America/New_York")


@pytest.mark.parametrize(
    ("typed", "place", "hour"),
    [
        ("Cobb County 9 p.m.", "Cobb County", "2020-11-03T21:00"),
        ("Cobb County: 9 p.m.", "Cobb County", "2020-11-03T21:00"),
        ("Cobb County until 9:10", "Cobb County", "2020-11-03T21:10"),
        ("Cobb, Ward 7, 8 p.m.", "Cobb, Ward 7", "2020-11-03T20:00"),
        ("Macon Wednesday 12:30 a.m.;", "Macon", "2020-11-04T00:30"),
    ],
)
def test_a_place_and_its_hour(typed: str, place: str, hour: str) -> None:
    (later,) = later_places(typed, START, ATLANTA)
    assert (later.place, later.wall.isoformat(timespec="minutes")) == (place, hour)


@pytest.mark.parametrize(
    "typed",
    ["Cobb County", "9 p.m.", "Cobb County Tuesday", "Cobb County 6 p.m.", "Cobb County in 20 min", "a 8; " * 51],
)
def test_what_is_no_place_with_a_later_hour_is_refused(typed: str) -> None:
    with pytest.raises(BadInputError):
        later_places(typed, START, ATLANTA)
