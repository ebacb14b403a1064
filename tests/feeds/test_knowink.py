import json
from pathlib import Path
from typing import Any

import pytest

from bot.count.reading import Reading, Reporting, Unit
from bot.feeds import knowink
from bot.feeds.ballot import slug
from bot.feeds.reader import Refusal
from tests.feeds.conftest import failure, items_of
from tests.feeds.state_files import ELECTIONS, INFO, KNOWINK, RESULTS, SEARCH, choice, results, votes_of


def read_all(*files: bytes) -> list[Any]:
    return items_of(knowink.read, *files)


def of(*documents: object) -> list[Any]:
    return read_all(*(json.dumps(one).encode() for one in documents))


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 0, 3, 2)])
def test_several_files_in_any_order_are_one_answer(order: tuple[int, ...]) -> None:
    lamp, unnamed = read_all(*(KNOWINK[place] for place in order))
    both = {"senator-ada-quill-cy-moss": 7, "bo-reed": 5}
    assert lamp == Reading(
        source="knowink",
        contest="x7",
        contest_name="Keeper of the Lamp",
        as_of=lamp.as_of,
        votes=both,
        names={"senator-ada-quill-cy-moss": "Senator Ada Quill /Cy Moss", "bo-reed": "Bo Reed"},
        parties={"senator-ada-quill-cy-moss": "R"},
        total=12,
        reporting=Reporting(precincts=(3, 9)),
        units={
            "Arkansas": Unit(
                fips="05001", total=7, votes={"senator-ada-quill-cy-moss": 4, "bo-reed": 3}, reported=(1, 2)
            ),
            "hq": Unit(votes={"senator-ada-quill-cy-moss": 3}),
        },
    )
    assert lamp.as_of.isoformat() == "2024-11-06T03:04:05.123456+00:00"
    assert (unnamed.contest, unnamed.contest_name, unnamed.votes) == ("y8", None, {"9901": 12})


def test_what_is_missing_stays_an_id() -> None:
    lamp, _ = of(RESULTS)
    assert (lamp.contest_name, lamp.votes, lamp.names) == (None, {"a1": 7, "b2": 5}, {"a1": "a1", "b2": "b2"})
    assert lamp.parties is None


def test_a_party_whose_id_says_it_is_known_without_the_list_of_parties() -> None:
    (primary,) = of(results(p1=votes_of(choice("a1", 7, "REP"), choice("b2", 5, "DEM"), choice("c3", 0, "NPL"))))
    assert primary.parties == {"a1": "R", "b2": "D"}


def test_official_results_are_certified_and_those_before_the_day_are_no_count() -> None:
    assert of(RESULTS | {"isOfficial": True})[0].status == "certified"
    early = RESULTS | {"lastUpdated": "2024-11-04T03:00:00Z"}
    assert of(early, ELECTIONS)[0].status == "pre-election"
    assert of(early)[0].status is None
    assert of(RESULTS | {"lastUpdated": "0001-01-01T00:00:00"})[0].as_of_is == "received"


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ([SEARCH, INFO], "feed: has no results among its files: response.contests with votes is missing"),
        ([{"x": 1}], "feed: is no answer of TotalVote: response should be an object, not null"),
        ([RESULTS, SEARCH | {"electionID": "19"}], "feed: is of several elections: '18', '19'"),
    ],
)
def test_what_is_no_answer_gives_nothing(files: list[object], what: str) -> None:
    assert failure(knowink.read, *(json.dumps(one).encode() for one in files)) == what


@pytest.mark.parametrize(
    ("contest", "what"),
    [
        (votes_of(choice("a", -1)), "choices[0].totalVotes"),
        (votes_of(choice("a", 13)), "total 12 is below the sum of the votes, 13"),
        (votes_of(choice("a", 1), precinctsReporting=10), "precincts: 10 of 9 is more than all"),
        (
            votes_of(choice("a", 1), locations={"05001": {"choices": [choice("b", 1)]}}),
            "has the choice 'b', and the contest has not",
        ),
    ],
)
def test_one_bad_contest_does_not_cost_the_others(contest: object, what: str) -> None:
    bad, good = of(results(bad=contest, good=votes_of(choice("a", 1))))
    assert isinstance(bad, Refusal)
    assert what in str(bad)
    assert isinstance(good, Reading)


def test_arkansas_own_answers(feeds: Path) -> None:
    files = [feeds / "knowink" / f"arkansas-2024-{name}.json" for name in ("results", "search", "info", "elections")]
    found = {one.contest: one for one in read_all(*(file.read_bytes() for file in files))}
    whole, named = (json.loads(file.read_bytes())["response"]["contests"] for file in files[:2])
    assert set(found) == set(whole)
    for key, contest in whole.items():
        expected = {
            slug(named[key]["choices"][one["choiceID"]]["name"]): one["totalVotes"] for one in contest["choices"]
        }
        assert found[key].votes == expected
        assert found[key].total == contest["totalVotes"] == sum(expected.values())
        assert found[key].reporting == Reporting(precincts=(contest["precinctsReporting"], contest["totalPrecincts"]))
        assert found[key].status == "certified"
    assert found["366"].votes["donald-j-trump-jd-vance"] == 759_241
