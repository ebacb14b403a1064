"""Tests reading the AP's answers: what is read, what is refused, and which fields are kept as the AP sent them."""

import io
import json
from copy import deepcopy
from datetime import UTC, datetime
from functools import reduce
from operator import getitem

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.count.reading import Reading, SourceSays
from bot.errors import BadInputError
from bot.feeds.ap import reader as ap
from bot.feeds.reader import ReaderContext, Refusal
from tests.feeds.ap_files import Json, answer, person, race, unit
from tests.feeds.conftest import RECEIVED, items_of, refusal_in, sole


def read(*races: object, **more: object) -> list[Reading | Refusal]:
    return items_of(ap.read, answer(*races, **more))


def one(items: list[Reading | Refusal]) -> Reading:
    item = sole(items)
    assert Reading.model_validate_json(item.to_json()) == item  # as the checked way would have it
    return item


def test_a_race_is_a_reading_of_the_state() -> None:
    reading = one(read(race(unit(None, 70, 50), unit("Floyd County", 40, 20, fipsCode="13115"))))
    assert (reading.source, reading.contest, reading.contest_name, reading.count) == (
        "ap",
        "ga-10005",
        "Lamp Keeper",
        "election",
    )
    assert (reading.as_of, reading.as_of_is) == (datetime(2026, 11, 4, 2, 10, tzinfo=UTC), None)
    assert reading.votes == {"ann-ames": 70, "bo-bell": 50}
    assert reading.names == {"ann-ames": "Ann Ames", "bo-bell": "Bo Bell"}
    assert reading.parties == {"ann-ames": "D", "bo-bell": "R"}
    assert (reading.total, reading.expected_total, reading.status, reading.says) == (None, None, None, None)
    assert reading.reporting is not None
    assert reading.reporting.precincts == (1, 2)
    assert reading.units is not None
    floyd = reading.units["Floyd"]
    assert (floyd.fips, floyd.votes, floyd.reported) == ("13115", {"ann-ames": 40, "bo-bell": 20}, (1, 2))


def test_version_2_has_the_state_in_its_units_only() -> None:
    old = race(unit(None, 70, 50), test=False)
    del old["statePostal"], old["resultsType"]
    assert one(read(old)).contest == "ga-10005"


@pytest.mark.parametrize(
    "more", [{"resultsType": "test"}, {"resultsType": "t"}, {"test": True}, {"test": True, "resultsType": "live"}]
)
def test_test_data_is_refused_and_live_data_beside_it_read(more: Json) -> None:
    items = read(race(unit(None, 70, 50), **more), race(unit(None, 7, 5), number="2"))
    assert isinstance(items[0], Reading)
    assert str(items[1]) == "feed: has 1 races of AP's test data: their numbers are no results"


def test_an_answer_that_is_a_test_as_a_whole_is_refused() -> None:
    races = [race(unit(None, 70, 50), number=number) for number in "123"]
    assert (
        refusal_in(read(*races, resultsType="test"))
        == "feed: has 3 races of AP's test data: their numbers are no results"
    )


@pytest.mark.parametrize("more", [{"reportingUnits": []}, {}])
def test_race_of_before_the_election_has_no_units_and_is_no_error(more: Json) -> None:
    before = race(tabulationStatus="Awaiting Poll Close") | more
    if not more:
        del before["reportingUnits"]
    assert read(before) == []


@pytest.mark.parametrize("where", ["", "Floyd: "])
def test_more_votes_of_a_type_than_in_all_are_refused(where: str) -> None:
    typed = [person("Ann Ames", 70, absenteeMail=71), person("Bo Bell", 50)]
    whole = unit(None, 70, 50) if where else unit(None, 0, 0, candidates=typed)
    line = refusal_in(read(race(whole, unit("Floyd", 0, 0, fipsCode="13115", candidates=typed))))
    assert line.endswith(f": {where}ann-ames has 71 votes of the type absentee-mail and 70 in all")


def test_votes_by_type_are_read_where_ap_has_them() -> None:
    ann = {
        "electionDayInPerson": 30,
        "advanceTotal": 40,
        "earlyInPerson": 20,
        "absenteeInPerson": 5,
        "absenteeMail": 15,
    }
    typed = [person("Ann Ames", 70, **ann), person("Bo Bell", 50, provisional=2)]
    floyd = unit("Floyd", 0, 0, fipsCode="13115", candidates=typed)
    reading = one(read(race(unit(None, 0, 0, candidates=typed), floyd, raceType="Primary", raceTypeID="DEM")))
    by_type = {
        "election-day": {"ann-ames": 30},
        "early": {"ann-ames": 25},
        "absentee-mail": {"ann-ames": 15},
        "provisional": {"bo-bell": 2},
    }
    assert (reading.by_type, (reading.units or {})["Floyd"].by_type) == (by_type, by_type)


@pytest.mark.parametrize("more", [{"precinctsReporting": 0}, {"precinctsReporting": None, "precinctsTotal": None}])
def test_zeros_on_the_morning_of_the_election_are_no_reading(more: Json) -> None:
    assert read(race(unit(None, 0, 0, **more), tabulationStatus="Awaiting Poll Close")) == []


def test_no_votes_from_precincts_that_have_reported_are_refused() -> None:
    assert refusal_in(read(race(unit(None, 0, 0)))).endswith("has no votes, though 1 of 2 precincts have reported")


def test_calls_and_the_state_of_the_tabulation_are_aps_word_and_change_nothing_else() -> None:
    plain = one(read(race(unit(None, 70, 50))))
    units = unit(None, 70, 50, candidates=[person("Ann Ames", 70, winner="X"), person("Bo Bell", 50)])
    called = one(read(race(units, raceCallStatus="Called", tabulationStatus="End of AP Tabulation", eevp=98.5)))
    assert called.says is not None
    assert called.says.said() == {
        "call": "Called",
        "winners": ("ann-ames",),
        "tabulation": "End of AP Tabulation",
        "expected_percent": "98.5",
    }
    assert called.model_copy(update={"says": None}) == plain
    uncalled = one(read(race(unit(None, 70, 50), raceCallStatus="Uncalled")))
    assert uncalled.says is not None
    assert (uncalled.says.call, uncalled.says.winners) == ("Uncalled", None)


def test_a_runoff_is_aps_word_too() -> None:
    both = [person("Ann Ames", 70, winner="R"), person("Bo Bell", 50, winner="R")]
    says = one(read(race(unit(None, 0, 0, candidates=both), raceCallStatus="Runoff"))).says
    assert says is not None
    assert (says.winners, says.runoff) == (None, ("ann-ames", "bo-bell"))


@pytest.mark.parametrize("more", [{"tabulationStatus": "Vote Certified"}, {"resultsType": "certified"}])
def test_certified_is_the_results_status(more: Json) -> None:
    assert one(read(race(unit(None, 70, 50), **more))).status == "certified"


def test_expected_percent_is_never_made_into_votes() -> None:
    reading = one(read(race(unit(None, 70, 50, eevp=64))))
    assert reading.expected_total is None
    assert reading.says is not None
    assert reading.says.expected_percent == "64"


def test_towns_are_summed_to_their_counties_with_a_left_zero_in_the_code() -> None:
    def town(name: str, ann: int, bo: int, fips: object) -> Json:
        return unit(name, ann, bo, level="subunit", statePostal="CT", fipsCode=fips)

    state = unit(None, 60, 33, statePostal="CT")
    towns = [town("Darien", 10, 1, "9001"), town("Westport", 20, 2, 9001), town("Avon", 30, 30, "09003")]
    reading = one(read(race(state, *towns, statePostal="CT")))
    assert reading.units is not None
    assert {name: (unit.fips, unit.votes, unit.reported) for name, unit in reading.units.items()} == {
        "Fairfield": ("09001", {"ann-ames": 30, "bo-bell": 3}, (2, 4)),
        "Hartford": ("09003", {"ann-ames": 30, "bo-bell": 30}, (1, 2)),
    }


def test_precincts_of_a_county_are_unsaid_where_a_town_does_not_say() -> None:
    towns = [
        unit(name, 1, 1, level="subunit", statePostal="ME", fipsCode="23001", precinctsTotal=total)
        for name, total in (("Auburn", 2), ("Durham", 0))
    ]
    reading = one(read(race(unit(None, 2, 2, statePostal="ME"), *towns, statePostal="ME")))
    assert reading.units is not None
    assert reading.units["Androscoggin"].reported is None


def test_units_of_districts_are_not_counted_beside_counties() -> None:
    district = unit("District 1", 35, 25, level="district")
    reading = one(read(race(unit(None, 70, 50), district, unit("Floyd", 70, 50, fipsCode="13115"))))
    assert list(reading.units or {}) == ["Floyd"]
    assert one(read(race(unit(None, 70, 50), district))).units is None


def test_a_city_and_a_county_of_one_name_are_told_apart() -> None:
    def place(fips: str, ann: int) -> Json:
        return unit("Baltimore", ann, 0, statePostal="MD", fipsCode=fips)

    state = unit(None, 3, 0, statePostal="MD")
    reading = one(read(race(state, place("24005", 1), place("24510", 2), statePostal="MD")))
    assert {name: unit.fips for name, unit in (reading.units or {}).items()} == {
        "Baltimore County": "24005",
        "Baltimore city": "24510",
    }


def test_a_unit_that_is_no_county_keeps_its_name() -> None:
    reading = one(read(race(unit(None, 70, 50), unit("State UOCAVA", 1, 2), unit("Far Out", 1, 2, fipsCode="13999"))))
    assert {name: unit.fips for name, unit in (reading.units or {}).items()} == {"State UOCAVA": None, "Far Out": None}


def test_candidates_without_a_poll_id_are_told_apart_by_another() -> None:
    def people(ann: int, bo: int) -> list[Json]:
        return [person("Bo Bell", bo, polID="0"), person("Ann Ames", ann, polID="0")]

    county = unit("Floyd", 0, 0, fipsCode="13115", candidates=people(4, 3)[::-1])
    reading = one(read(race(unit(None, 0, 0, candidates=people(7, 5)), county)))
    assert reading.votes == {"ann-ames": 7, "bo-bell": 5}
    assert (reading.units or {})["Floyd"].votes == {"ann-ames": 4, "bo-bell": 3}


def test_two_of_one_name_are_told_apart_by_party_and_then_by_aps_id() -> None:
    def ann(party: str, number: str, votes: int) -> Json:
        return person("Ann Ames", votes, party=party, polID=number)

    assert list(one(read(race(unit(None, 0, 0, candidates=[ann("Dem", "1", 5), ann("GOP", "2", 4)])))).votes) == [
        "ann-ames-d",
        "ann-ames-r",
    ]
    alike = [ann("Dem", "1", 5), ann("Dem", "2", 4)]
    assert list(one(read(race(unit(None, 0, 0, candidates=alike)))).votes) == ["ann-ames-d-1", "ann-ames-d-2"]


def test_seat_and_primary_are_in_the_name() -> None:
    reading = one(read(race(unit(None, 70, 50), seatName="District 4", raceType="GOP Primary")))
    assert reading.contest_name == "Lamp Keeper, District 4, GOP Primary"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"raceType": "Primary", "party": "Dem"}, "Lamp Keeper, Dem Primary"),
        ({"raceType": "Caucus", "party": "GOP"}, "Lamp Keeper, GOP Caucus"),
        ({"raceType": "GOP Primary", "party": "GOP"}, "Lamp Keeper, GOP Primary"),
        ({"raceType": "Open Primary", "party": ""}, "Lamp Keeper, Open Primary"),
    ],
)
def test_whose_primary_it_is_is_in_the_name(said: dict[str, str], name: str) -> None:
    assert one(read(race(unit(None, 70, 50), **said))).contest_name == name


def test_the_answers_of_a_measure_are_no_parties() -> None:
    answers = [{"last": last, "party": last, "polID": last, "voteCount": 5} for last in ("Yes", "No")]
    reading = one(read(race(unit(None, 0, 0, candidates=answers))))
    assert (reading.names, reading.parties) == ({"yes": "Yes", "no": "No"}, None)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"designation": "2A"}, "Question, 2A"),
        ({"designation": "1", "seatName": "1 - Lamps"}, "Question, 1 - Lamps"),
        (
            {"designation": "1", "seatName": "Lamps", "raceType": "Special General", "raceTypeID": "W"},
            "Question, 1, Lamps, Special General",
        ),
        ({"raceType": "All-Party Special Primary", "raceTypeID": "SAP"}, "Question, All-Party Special Primary"),
    ],
)
def test_measures_and_races_of_2026_are_told_apart_by_their_names(said: dict[str, str], name: str) -> None:
    reading = one(read(race(unit(None, 3, 2), officeName="Question", officeID="I", suppOfficeID="IQU", **said)))
    assert reading.contest_name == name


@pytest.mark.parametrize(
    ("said", "percent"),
    [
        (60, "60"),
        ("66.67", "66.67"),
        ("60%", "60"),
        (55.0, "55.0"),
        (0.6, None),
        ("3/5", None),
        (101, None),
        (True, None),
        (None, None),
    ],
)
def test_a_ballot_measure_and_what_it_needs_are_ap_s_word(said: object, percent: str | None) -> None:
    whole = race(unit(None, 70, 50), officeID="I", winThreshold=said, tabulationStatus="Active Tabulation")
    says = one(read(whole)).says or SourceSays()
    assert (says.measure, says.threshold_percent) == (True, percent)


def test_an_office_is_no_ballot_measure() -> None:
    says = one(read(race(unit(None, 70, 50), officeID="S", tabulationStatus="Active Tabulation"))).says
    assert says == SourceSays(tabulation="Active Tabulation")


def test_an_answer_without_a_time_is_as_of_its_receipt() -> None:
    reading = one(read(race(unit(None, 70, 50, lastUpdated=None))))
    assert (reading.as_of, reading.as_of_is) == (RECEIVED, "received")


@pytest.mark.parametrize("more", [{}, {"precinctsTotal": 10**10}])
def test_towns_that_add_up_to_more_than_can_be_are_refused(more: Json) -> None:
    ann = 1 if more else 10**10
    towns = [unit(name, ann, 1, level="subunit", statePostal="ME", fipsCode="23001") | more for name in ("A", "B")]
    line = refusal_in(read(race(unit(None, 2, 2, statePostal="ME"), *towns, statePostal="ME")))
    assert line.endswith("Androscoggin: its towns add up to more than any contest can hold")


JUNK: list[object] = [
    None,
    True,
    0,
    -1,
    10**10,
    10**11,
    1.5,
    "",
    "0",
    "x",
    "\x00",
    "\u2028",
    "A" * 500,
    [],
    {},
    [[]],
    {"a": 1},
    "2026-01-01",
    "0001-01-01T00:00:00+23:00",
    "state",
    "subunit",
    "X",
    "R",
    "test",
]
WHOLE = race(
    unit(None, 70, 50),
    unit("Floyd", 3, 4, fipsCode="13115"),
    unit("Bibb", 3, 4, level="subunit", fipsCode="13021"),
    raceCallStatus="Called",
    eevp=50,
    tabulationStatus="Active Tabulation",
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path to every item inside a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, one in inside for found in [(*path, key), *places(one, (*path, key))]]


@given(st.lists(st.tuples(st.sampled_from(places(WHOLE)), st.sampled_from(JUNK) | st.just("gone")), max_size=4))
def test_whatever_a_race_holds_it_is_a_reading_that_can_be_or_a_refusal(
    changes: list[tuple[tuple[str | int, ...], object]],
) -> None:
    mutant = json.loads(json.dumps(WHOLE))
    for path, junk in changes:
        try:
            inner = reduce(getitem, path[:-1], mutant)
            if junk == "gone":
                del inner[path[-1]]
            else:
                inner[path[-1]] = deepcopy(junk)
        except (KeyError, IndexError, TypeError):
            continue  # a change before has taken it away
    for item in ap.read(io.BytesIO(answer(mutant)), ReaderContext("feed", RECEIVED)):
        if isinstance(item, Reading):
            assert Reading.model_validate_json(item.to_json()) == item
        else:
            assert str(item).isprintable()
            assert len(str(item)) < 600


WRONG = [
    (race(unit("Floyd", 1, 1)), "has no reporting unit of the whole state"),
    (race(unit(None, 1, 1), unit(None, 1, 1)), "has 2 reporting units of the whole state"),
    (race(reportingUnits="x"), "reportingUnits should be a list, not 'x'"),
    (race(unit(None, "7", 5)), "reportingUnits[0].candidates[0].voteCount should be a whole number, not '7'"),
    (race(unit(None, -1, 5)), "is -1; votes are 0 or more"),
    (race(unit(None, True, 5)), "should be a whole number, not true"),
    (race(unit(None, 1.5, 5)), "should be a whole number, not 1.5"),
    (race(unit(None, 10**10 + 1, 5)), "is 10000000001; votes are 10,000,000,000 at most"),
    (race(unit(None, 1, 1, lastUpdated="2026-11-04T02:10:00")), "lastUpdated has no zone"),
    (race(unit(None, 1, 1, lastUpdated=5)), "lastUpdated should be text, not 5"),
    (race(unit(None, 1, 1, precinctsReporting=3)), "Georgia: 3 of 2 precincts can't be"),
    (race(unit(None, 1, 1, precinctsReporting="1")), "precinctsReporting should be a whole number, not '1'"),
    (race(unit(None, 1, 1, candidates=[])), "the state's candidates should be a list of some"),
    (race(unit(None, 1, 1, candidates={})), "candidates should be a list, not an object"),
    (race(unit(None, 1, 1, candidates=[person("Ann Ames", 1), person("Ann Ames", 2)])), "can't be told apart"),
    (race(unit(None, 1, 1, candidates=[{"polID": "1", "voteCount": 1}])), "has a candidate without a name"),
    (
        race(unit(None, 1, 1, candidates=[{"polID": "1", "last": "A\x00B", "voteCount": 1}])),
        "the name of a candidate should be plain text",
    ),
    (
        race(unit(None, 1, 1, candidates=[{"polID": "1", "last": "A"}])),
        "reportingUnits[0].candidates[0].voteCount is missing",
    ),
    (
        race(unit(None, 1, 1), unit("Floyd", 1, 1, candidates=[person("Cy Cole", 1)])),
        "Floyd has a candidate whom the whole state has not: polID '13'",
    ),
    (race(unit(None, 1, 1), unit("X", 1, 1, candidates=[person("Ann Ames", 1)] * 2)), "X has a candidate twice"),
    (race(unit(None, 1, 1), unit("X", 1, 1), unit("X", 2, 2)), "has X twice"),
    (race(unit(None, 1, 1), unit("X", 1, 1, fipsCode="131155")), "fipsCode should be a county's, five digits"),
    (race(unit(None, 1, 1), unit("X", 1, 1, fipsCode=1.5)), "fipsCode should be a county's, five digits, not '1.5'"),
    (race(unit(None, 1, 1), unit("X", 1, 1, reportingunitName=None)), "has a reporting unit without a name"),
    (race(unit(None, 1, 1), unit("a\x00b", 1, 1)), "the reportingunitName should be plain text"),
    (race(unit(None, 1, 1), eevp=True), "eevp should be"),
    (race(unit(None, 1, 1), eevp="most"), "expected_percent"),
    (race(unit(None, 1, 1), raceCallStatus=["Called"]), "raceCallStatus should be text, not a list"),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG, ids=[words[:40] for _, words in WRONG])
def test_a_race_that_cannot_be_costs_only_itself(wrong: Json, words: str) -> None:
    items = read(wrong, race(unit(None, 7, 5), number="2"))
    assert isinstance(items[1], Reading)
    line = refusal_in(items[:1])
    assert line.startswith("feed: ga-10005 (Lamp Keeper): ") or "ga-10005" in line
    assert words in line
    assert len(line) < 400


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (5, "race 1 of the file: should be an object, not 5"),
        ({}, "race 1 of the file: statePostal and raceID should be its key, not null and null"),
        (race(unit(None, 1, 1), number="??"), "statePostal and raceID should be its key, not 'GA' and '??'"),
    ],
)
def test_a_race_without_a_key_is_named_by_its_place(wrong: object, words: str) -> None:
    assert words in refusal_in(read(wrong))


def test_a_race_that_comes_twice_is_dropped_and_one_that_differs_refused() -> None:
    same, other = race(unit(None, 7, 5)), race(unit(None, 8, 5))
    assert one(read(same, same)).votes == {"ann-ames": 7, "bo-bell": 5}
    assert str(read(same, other)[1]).endswith("is there twice, and the second differs from the first")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"[]", "AP's answer should be an object, not a list"),
        (b"{}", "should be an answer of AP's"),
        (b'{"races": 5}', "races should be a list, not 5"),
        (b'{"races": [], "races": []}', "twice"),
        (answer(race(unit(None, 7, 5)))[:-3], "cut short"),
        (b'{"races": [NaN]}', "NaN"),
    ],
)
def test_what_is_no_answer_gives_nothing(data: bytes, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        items_of(ap.read, data)


def test_an_answer_that_has_nothing_new_gives_nothing() -> None:
    assert items_of(ap.read, b'{"nextrequest": "https://api.ap.org/v3/x"}') == []
