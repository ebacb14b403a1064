from datetime import date
from typing import Any

import holidays
import pytest
from pydantic import ValidationError

from bot.desk.toml_file import load_toml, shipped
from bot.events.deadlines_by_law import ClosedDays, Law, deadlines, with_desk_file_deadlines
from bot.events.event import Event

LAW = load_toml(shipped("deadlines.toml"), Law, "the table of deadlines")
NOV_2020, NOV_2024, NOV_2026 = date(2020, 11, 3), date(2024, 11, 5), date(2026, 11, 3)
SET_BY_THE_GOVERNOR = ("State Holiday", "Washington's Birthday")
"""Names that the calendar of holidays gives to the day after Thanksgiving, among others."""


def told(election_day: date, **options: Any) -> list[tuple[str, str, bool]]:
    found = deadlines(LAW, "GA", election_day, **options)
    return [(event.wall.strftime("%m-%d %H:%M"), event.title, event.verified) for event in found]


def test_georgia_in_november_2020() -> None:
    assert told(NOV_2020, presidential=True) == [
        ("11-13 17:00", "Counties certify", False),
        ("11-20 17:00", "The state certifies", True),
        ("11-21 17:00", "The governor certifies the electors", True),
        ("11-24 23:59", "Last day to ask for a recount, if the state certifies on its last day", True),
    ]


def test_georgia_in_november_2024_moves_from_veterans_day_and_shows_the_conflict() -> None:
    assert told(NOV_2024, presidential=True) == [
        ("11-05 23:59", "Counties report how many ballots were cast", True),
        ("11-12 17:00", "Counties certify", True),
        ("11-14 17:00", "Last day to ask for a recount, counted from the counties' deadline", False),
        ("11-22 17:00", "The state certifies", True),
        ("11-23 17:00", "The governor certifies the electors", True),
        ("11-26 23:59", "Last day to ask for a recount, counted from the state's deadline", False),
    ]


def test_georgia_in_november_2026_has_its_monday_and_no_electors() -> None:
    assert [wall for wall, _, _ in told(NOV_2026)] == [
        "11-03 23:59",
        "11-09 17:00",
        "11-12 17:00",
        "11-20 17:00",
        "11-24 23:59",
    ]


def test_each_has_its_source_the_day_it_was_read_and_what_speaks_against_it() -> None:
    counties, state, *_ = deadlines(LAW, "GA", NOV_2020, contest="ga-2020-president")
    assert counties.certifies == "units"
    assert state.certifies == "state"
    assert state.contest == "ga-2020-president"
    assert state.source is not None
    assert "21-2-499" in state.source
    assert "read 2026-11-25" in state.source
    assert "but a copy at syfert.com" in state.source


def test_of_another_election_than_novembers_nothing_is_verified() -> None:
    assert {verified for _, _, verified in told(date(2026, 5, 19))} == {False}


def test_what_is_counted_from_an_unverified_day_is_unverified() -> None:
    rule = {"state": "GA", "kind": "deadline", "title": "x", "zone": "UTC", "source": "s", "as_of": "2026-01-01"}
    law = Law.model_validate(
        {
            "deadlines": [
                rule | {"id": "a", "after": "election_day", "days": 1, "verified": False},
                rule | {"id": "b", "after": "a", "days": 1, "verified": True},
            ]
        }
    )
    assert [event.verified for event in deadlines(law, "GA", NOV_2020)] == [False, False]


@pytest.mark.parametrize(
    ("state", "day"), [("WI", NOV_2020), (None, NOV_2020), ("GA", None), ("GA", date(2018, 11, 6))]
)
def test_where_nothing_is_known_there_is_none(state: str | None, day: date | None) -> None:
    assert deadlines(LAW, state, day) == ()


@pytest.mark.parametrize("year", range(2020, 2041))
def test_georgias_holidays_are_those_of_the_library(year: int) -> None:
    known = holidays.country_holidays("US", subdiv="GA", years=[year, year + 1])
    expected = {
        day
        for day, name in known.items()
        if day.year == year and day.weekday() < 5 and (day.month == 11 or not name.startswith(SET_BY_THE_GOVERNOR))
    }
    kept = {
        holiday.observed_on(each) for holiday in LAW.holidays for each in (year, year + 1) if holiday.holds_in(each)
    }
    assert {day for day in kept if day.year == year} == expected


def test_business_days_skip_weekends_and_holidays() -> None:
    closed = ClosedDays(LAW.holidays)
    assert closed.business_days_after(date(2020, 11, 20), 2) == date(2020, 11, 24)
    assert closed.business_days_after(date(2020, 11, 25), 1) == date(2020, 11, 30)  # Thanksgiving and the day after it
    assert closed.on(date(2021, 12, 31))  # New Year's Day on a Saturday


def test_the_desks_own_deadline_replaces_the_laws_for_the_same_certification() -> None:
    own = Event.model_validate(
        {
            "kind": "certification",
            "title": "Counties certify",
            "wall": "2020-11-12T12:00",
            "zone": "America/New_York",
            "certifies": "units",
            "source": "the board",
        }
    )
    titles = [event.wall.day for event in with_desk_file_deadlines(deadlines(LAW, "GA", NOV_2020), [own])]
    assert titles == [12, 20, 24]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"days": 1, "business_days": 1}, "needs one of days"),
        ({"weekday": "monday"}, "needs one of days"),
        ({"days": 1, "after": "nobody"}, "which is not above it"),
        ({"days": -1}, "greater than or equal"),
        ({"days": 1, "hour": "5 p.m."}, "such as 17:00"),
    ],
)
def test_a_rule_that_can_t_be_is_refused(wrong: dict[str, Any], why: str) -> None:
    rule = {
        "id": "x",
        "state": "GA",
        "kind": "deadline",
        "title": "x",
        "zone": "UTC",
        "source": "s",
        "as_of": "2026-01-01",
        "verified": True,
        "after": "election_day",
    }
    with pytest.raises(ValidationError, match=why):
        Law.model_validate({"deadlines": [rule | wrong]})
