import io
import json
import re
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.cli.changes import Follower
from bot.count.change import Change
from bot.count.reading import Reading, Reporting, Unit
from bot.errors import BadInputError
from bot.feeds import california
from bot.feeds.ballot import slug
from bot.feeds.reader import Refusal
from tests.feeds.conftest import items_of


def answer(
    title: str = "Keeper - Statewide Results", ada: object = "1,200", bo: object = "900", **more: object
) -> dict[str, Any]:
    candidates = [
        {"Name": "Ada Quill", "Party": "Dem", "Votes": ada, "Percent": "50.0", "incumbent": False},
        {"Name": "Bo Reed", "Party": "Rep", "Votes": bo, "Percent": "50.0", "incumbent": True},
    ]
    said = {
        "Reporting": "100% (1,034 of 1,034) precincts reporting",
        "ReportingTime": "November 9, 2022, 8:05 a.m.",
    }
    return {"raceTitle": title, **said, "candidates": candidates} | more


def questions(*names: str, **more: object) -> dict[str, Any]:
    asked = [{"Number": "01", "Name": name, "yesVotes": "7", "noVotes": "1234567"} for name in names]
    whole = answer("State Ballot Measures - Statewide Results") | {"ballot-measures": asked} | more
    del whole["candidates"]
    return whole


GOOD = json.dumps([answer(), answer("Keeper - Lake County Results", "200", "90"), questions("Fish", "Lakes")]).encode()


def read_all(document: object) -> list[Any]:
    return items_of(california.read, json.dumps(document).encode())


def test_a_contest_becomes_a_reading() -> None:
    expected = Reading(
        source="california",
        contest="keeper-statewide-results",
        contest_name="Keeper",
        as_of=datetime(2022, 11, 9, 16, 5, tzinfo=UTC),
        votes={"ada-quill": 1200, "bo-reed": 900},
        names={"ada-quill": "Ada Quill", "bo-reed": "Bo Reed"},
        parties={"ada-quill": "D", "bo-reed": "R"},
        reporting=Reporting(precincts=(1034, 1034)),
    )
    assert read_all(answer()) == read_all([answer()]) == read_all({"races": [answer()], "slug": "x"}) == [expected]


def test_all_precincts_reporting_is_not_said_to_be_done() -> None:
    (reading,) = read_all(answer())
    assert (reading.status, reading.expected_total) == (None, None)


@pytest.mark.parametrize(
    ("said", "utc"),
    [
        ("July 4, 2022, 12:30 p.m.", "2022-07-04T19:30:00+00:00"),
        ("November 9, 2022, 12:05 a.m.", "2022-11-09T08:05:00+00:00"),
    ],
)
def test_times_are_pacific(said: str, utc: str) -> None:
    assert read_all(answer(ReportingTime=said))[0].as_of.isoformat() == utc
    (unsaid,) = read_all(answer(ReportingTime=None))
    assert unsaid.as_of_is == "received"


def test_counties_are_units_of_the_whole_and_alone_a_contest_of_their_own() -> None:
    lake = answer("Keeper - Lake County Results", "200", "90", Reporting="50.0% (1 of 2) precincts reporting")
    (whole,) = read_all([answer(), lake])
    unit = Unit(fips="06033", votes={"ada-quill": 200, "bo-reed": 90}, reported=(1, 2))
    assert (whole.contest, whole.units) == ("keeper-statewide-results", {"Lake": unit})
    (alone,) = read_all(lake)
    assert (alone.contest, alone.contest_name) == ("keeper-lake-county-results", "Keeper - Lake County Results")
    assert (alone.votes, alone.units) == ({"ada-quill": 200, "bo-reed": 90}, {"Lake": unit})


def test_each_measure_is_a_contest_with_yes_and_no() -> None:
    fish, lakes = read_all(questions("Fish", "Lakes"))
    assert (fish.contest, fish.contest_name) == (
        "state-ballot-measures-statewide-results-01-fish",
        "State Ballot Measures: 01 Fish",
    )
    assert fish.votes == lakes.votes == {"yes": 7, "no": 1234567}


@pytest.mark.parametrize(
    ("document", "what"),
    [
        (answer(ada="1,20"), "Ada Quill should be a number in text, such as 3,082,098, not '1,20'"),
        (answer(ada=12), "candidates[0].Votes should be text, not 12"),
        (answer(ReportingTime="yesterday"), "'yesterday' is no time that is known here"),
        (answer(Reporting="9% (3 of 2) precincts"), "precincts: 3 of 2 is more than all"),
        ([answer(), answer(ada="7")], "is there twice"),
        ([answer(), answer("Keeper - Lake County Results", candidates=[])], "'Lake' has other candidates than"),
    ],
)
def test_what_can_t_be_is_refused_with_its_contest(document: object, what: str) -> None:
    (refused,) = read_all(document)
    assert isinstance(refused, Refusal)
    assert what in str(refused)
    assert refused.contest == "keeper-statewide-results"


def test_an_answer_that_can_t_be_read_costs_itself_alone() -> None:
    untitled, twice, asked = answer(raceTitle=None), json.dumps(answer("B")), json.dumps(questions("Fish"))
    texts = [
        json.dumps(untitled),
        twice.replace('"Votes": "900"', '"Votes": "900", "Votes": "901"'),
        asked.replace('"noVotes"', '"noVotes": "1", "noVotes"'),
        json.dumps(answer()),
    ]
    *refused, reading = items_of(california.read, f"[{','.join(texts)}]".encode())
    assert isinstance(reading, Reading)
    assert [str(one) for one in refused] == [
        "feed: contest 1 of the file: raceTitle should be text, not null",
        "feed: b (B): candidates[1] has the key 'Votes' twice",
        "feed: state-ballot-measures-statewide-results (State Ballot Measures - Statewide Results): it has the key 'noVotes' twice",
    ]


@pytest.mark.parametrize("document", [7, "x", {"races": 7}])
def test_what_is_no_answer_gives_nothing(document: object) -> None:
    with pytest.raises(BadInputError, match="feed: the contests, or races, should be a list"):
        read_all(document)


# The Secretary of State's own answers of November and December 2022, read here in another way.


def versions(feeds: Path, office: str) -> Iterator[bytes]:
    with tarfile.open(feeds / "california" / f"{office}.tar.gz") as archive:
        for member in sorted(archive.getmembers(), key=lambda one: one.name):
            if member.isfile() and member.name.endswith(".json"):
                file = archive.extractfile(member)
                assert file is not None
                yield file.read()


def raw(data: bytes) -> dict[str, dict[str, int]]:
    """Return title → candidate → votes, found with regular expressions instead of a parser."""
    found: dict[str, dict[str, int]] = {}
    votes: dict[str, int] = {}
    for line in data.decode().splitlines():
        if match := re.fullmatch(r'\s*"(Name|Votes|raceTitle)": "(.*)",?', line):
            if match[1] == "Name":
                name = slug(match[2])
            elif match[1] == "Votes":
                votes[name] = int(match[2].replace(",", ""))
            else:
                found[slug(match[2])] = votes
                votes = {}
    return found


@pytest.mark.parametrize(("office", "contests"), [("attorney-general", 1), ("state-senate", 20)])
def test_california_s_162_versions_agree_in_each_vote_and_change(feeds: Path, office: str, contests: int) -> None:
    follower, before = Follower(), dict[str, dict[str, int]]()
    changes: list[Change] = []
    files = list(versions(feeds, office))
    assert len(files) == 162
    for data in files:
        readings = items_of(california.read, data)
        expected = raw(data)
        assert {one.contest: one.votes for one in readings if isinstance(one, Reading)} == expected
        assert len(readings) == len(expected) == contests
        for one in readings:
            assert isinstance(one, Reading)
            change = follower.follow(one)
            earlier, votes = before.get(one.contest), expected[one.contest]
            before[one.contest] = votes
            if change is None:
                assert votes == earlier
                continue
            changes.append(change)
            lead, second = sorted(votes.values(), reverse=True)[:2]
            assert (change.margin, change.total) == (lead - second, sum(votes.values()))
            if earlier is not None and change.kind != "first":
                assert change.batch == {name: votes[name] - earlier[name] for name in votes}
                assert change.new_votes == sum(votes.values()) - sum(earlier.values())
                assert (change.kind == "revision") == any(votes[name] < earlier[name] for name in votes)
    assert sum(change.lead_changed for change in changes) == (2 if office == "state-senate" else 0)
    assert not [change for change in changes if change.kind == "revision"]


def test_california_s_known_answers(feeds: Path) -> None:
    last = list(versions(feeds, "state-senate"))[-1]
    found = {one.contest: one for one in items_of(california.read, last) if isinstance(one, Reading)}
    close = found["state-senate-district-16-districtwide-results"]
    assert close.votes == {"melissa-hurtado": 68_302, "david-shepard": 68_290}
    assert close.reporting == Reporting(precincts=(618, 618))
    justices = (feeds / "california" / "supreme-court-2022-11-09T0831.json").read_bytes()
    document = json.load(io.BytesIO(justices))
    readings = [one for one in items_of(california.read, justices) if isinstance(one, Reading)]
    assert [list(one.votes.values()) for one in readings] == [
        [int(one["yesVotes"]), int(one["noVotes"])] for one in document["supreme-court"]
    ]
