"""Tests a recorded answer of the AP: the Senate races of 2012 in Florida (by county) and Maine (by town), from
newsdev/elex.
"""

from collections import Counter

import pytest

from bot.count.margin import margin_of
from bot.count.reading import Reading
from bot.desk.counties import counties_of
from tests.feeds.conftest import Printed


@pytest.fixture
def readings(printed: Printed) -> dict[str, Reading]:
    return printed("ap", "ap/20121106_me_fl_senate.json")


def test_both_races_have_the_known_answer(readings: dict[str, Reading]) -> None:
    assert list(readings) == ["fl-10005", "me-20978"]
    florida, maine = readings.values()
    assert florida.votes == {
        "bill-nelson": 184935,
        "connie-mack": 122658,
        "william-gaylor": 4124,
        "chris-borgia": 2392,
    }
    assert maine.votes == {
        "angus-king": 346821,
        "charles-summers": 200209,
        "cynthia-dill": 85805,
        "stephen-woods": 9693,
        "andrew-dodge": 5951,
        "danny-dalton": 5440,
    }
    assert [margin_of(one.votes).votes for one in readings.values()] == [62277, 146612]
    assert [one.as_of.isoformat() for one in readings.values()] == [
        "2015-11-10T19:19:22+00:00",
        "2015-11-10T19:29:03+00:00",
    ]
    assert [one.reporting and one.reporting.precincts for one in readings.values()] == [(17, 6089), (533, 599)]
    assert florida.parties is not None
    assert florida.parties["bill-nelson"] == "D"
    assert florida.says is None
    assert maine.says is not None
    assert maine.says.winners == ("angus-king",)


@pytest.mark.parametrize(("contest", "state"), [("fl-10005", "FL"), ("me-20978", "ME")])
def test_counties_add_up_to_the_state_and_are_all_there(readings: dict[str, Reading], contest: str, state: str) -> None:
    reading = readings[contest]
    assert reading.units is not None
    sums: Counter[str] = Counter()
    for unit in reading.units.values():
        sums.update(unit.votes or {})
    assert dict(sums) == reading.votes
    assert {unit.fips for unit in reading.units.values()} == {county.fips for county in counties_of(state)}
    pairs = [unit.reported for unit in reading.units.values() if unit.reported]
    assert reading.reporting is not None
    assert (sum(done for done, _ in pairs), sum(of for _, of in pairs)) == reading.reporting.precincts


def test_towns_are_summed_to_counties_by_name(readings: dict[str, Reading]) -> None:
    maine = readings["me-20978"].units or {}
    assert sorted(maine)[:4] == ["Androscoggin", "Aroostook", "Cumberland", "Franklin"]
    assert len(maine) == 16
