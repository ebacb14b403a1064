import base64
import json
from pathlib import Path
from typing import Any

import pytest

from bot.count.reading import Reading, Reporting, Unit
from bot.feeds import texas
from bot.feeds.ballot import slug
from bot.feeds.reader import Refusal
from tests.feeds.conftest import failure, items_of
from tests.feeds.state_files import ADA, BO, HOME, JUDGE, OFFICE, RACE, TEXAS, packed


def read_all(*files: bytes) -> list[Any]:
    return items_of(texas.read, *files)


@pytest.mark.parametrize("order", [1, -1])
def test_an_election_and_its_counties_are_one_answer(order: int) -> None:
    both = {"ada-quill": 70, "bo-reed": 30}
    (reading,) = read_all(*TEXAS[::order])
    assert reading == Reading(
        source="texas",
        contest="501",
        contest_name="STATE SENATOR, DISTRICT 4",
        as_of=reading.as_of,
        votes=both,
        names={"ada-quill": "ADA QUILL", "bo-reed": "BO REED"},
        parties={"ada-quill": "D", "bo-reed": "R"},
        total=100,
        reporting=Reporting(units=(1, 2)),
        by_type={"early": {"ada-quill": 50, "bo-reed": 30}},
        units={
            "GALVESTON": Unit(
                fips="48167",
                total=60,
                votes={"ada-quill": 40, "bo-reed": 20},
                reported=(1, 2),
                by_type={"early": {"ada-quill": 30, "bo-reed": 20}},
            ),
            "HARRIS": Unit(
                fips="48201",
                total=40,
                votes={"ada-quill": 30, "bo-reed": 10},
                reported=(2, 2),
                by_type={"early": {"ada-quill": 20, "bo-reed": 10}},
            ),
        },
    )
    assert reading.as_of.isoformat() == "2026-05-15T22:21:41+00:00"
    (alone,) = read_all(TEXAS[0])
    assert alone.units is None


@pytest.mark.parametrize(("total", "kept"), [(100, None), (70, 70)])
def test_what_was_not_voted_is_in_no_total_type_or_unit(total: int, kept: int | None) -> None:
    race = RACE | {"Candidates": [ADA, BO | {"N": "UNDER VOTES", "P": None}], "T": total}
    (reading,) = read_all(packed(Home=HOME, Federal={"Races": [race]}), TEXAS[1])
    assert (reading.votes, reading.total) == ({"ada-quill": 70}, kept)
    assert (reading.names, reading.parties) == ({"ada-quill": "ADA QUILL"}, {"ada-quill": "D"})
    assert reading.by_type == {"early": {"ada-quill": 50}}
    assert reading.units["HARRIS"] == Unit(
        fips="48201", votes={"ada-quill": 30}, reported=(2, 2), by_type={"early": {"ada-quill": 20}}
    )


def test_what_stands_in_the_summary_alone_is_read_from_there() -> None:
    senator, judge = read_all(packed(Home=HOME, Districted={"Races": [RACE]}, OfficeSummary={"OS": [OFFICE, JUDGE]}))
    assert (judge.contest, judge.contest_name, judge.votes) == ("777", "COUNTY JUDGE", {"cy-moss": 9})
    assert judge.total is None
    assert senator.reporting is None  # which counties have which contest is not said


def test_before_the_day_it_is_no_count() -> None:
    (reading,) = read_all(packed(Home=HOME | {"LastUpdatedTime": "May 1, 2026 10:00:00"}, Federal={"Races": [RACE]}))
    assert reading.status == "pre-election"


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ([b'{"Version": ""}'], "feed: has no contests: an election that is not known, or the counties alone"),
        ([TEXAS[1]], "feed: has no contests: an election that is not known, or the counties alone"),
        ([b'{"Home": "%"}'], "feed: Home should be JSON in base64, not '%'"),
        ([b"[]"], "feed: the answer of Civix should be an object, not a list"),
    ],
)
def test_what_is_no_answer_gives_nothing(files: list[bytes], what: str) -> None:
    assert failure(texas.read, *files) == what


@pytest.mark.parametrize(
    ("race", "counties", "what"),
    [
        (RACE | {"Candidates": [ADA | {"V": 7.5}, BO]}, {}, "Candidates[0].V should be a whole number, not 7.5"),
        (RACE | {"T": 99}, {}, "total 99 is below the sum of the votes, 100"),
        (RACE | {"Candidates": [ADA | {"EV": 71}, BO]}, {}, "ada-quill has 71 votes of the type early and 70 in all"),
        (
            RACE,
            {"7": {"N": "BEE", "Races": {"501": {"C": {"13": {"V": 1}}}}}},
            "county '7' has the candidate '13', and the race has not",
        ),
        (
            RACE,
            {"7": {"N": "BEE", "Races": {"501": {"T": 0, "C": {"11": {"V": 1}}}}}},
            "county '7': total 0 is below the sum",
        ),
    ],
)
def test_what_can_t_be_is_refused_with_its_contest(race: object, counties: object, what: str) -> None:
    (refused,) = read_all(packed(Home=HOME, Federal={"Races": [race]}), packed(upload=counties))
    assert isinstance(refused, Refusal)
    assert str(refused).startswith("feed: 501 (STATE SENATOR, DISTRICT 4): ")
    assert what in str(refused)


def test_texas_own_answers(feeds: Path) -> None:
    files = [(feeds / "texas" / f"56181-{name}.json").read_bytes() for name in ("election", "county-info")]
    (reading,) = read_all(*files)
    election, counties = (json.loads(file) for file in files)
    (race,) = json.loads(base64.b64decode(election["Districted"]))["Races"]
    assert reading.votes == {slug(one["N"]): one["V"] for one in race["Candidates"]}
    assert reading.by_type == {"early": {slug(one["N"]): one["EV"] for one in race["Candidates"]}}
    assert (reading.total, reading.reporting) == (34_830, Reporting(units=(5, 5)))
    upload = json.loads(base64.b64decode(counties["upload"]))
    for block in upload.values():
        of = block["Races"]["5031"]
        unit = reading.units[block["N"]]
        assert (unit.total, unit.reported) == (of["T"], (of["PR"], of["TP"]))
        assert unit.votes == {slug(one["N"]): one["V"] for one in of["C"].values()}
        assert unit.by_type == {"early": {slug(one["N"]): one["EV"] for one in of["C"].values()}}
    assert sum(unit.total for unit in reading.units.values()) == reading.total
    assert len(reading.units) == len(upload) == 5
