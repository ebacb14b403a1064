from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bot.count.reading import OutstandingBallots, Reading, Reporting, Unit
from bot.errors import BadInputError
from bot.feeds import arizona
from bot.feeds.reader import Refusal
from tests.feeds.conftest import items_of
from tests.feeds.state_files import ARIZONA


def test_a_contest_becomes_a_reading() -> None:
    (reading,) = items_of(arizona.read, ARIZONA.encode())
    assert isinstance(reading, Reading)
    assert reading == Reading(
        source="arizona",
        contest="16",
        contest_name="Keeper of the Lamp (DEM)",
        as_of=reading.as_of,
        votes={"ada-addie-quill-iv": 12, "bo-reed-write-in": 5},
        names={"ada-addie-quill-iv": "Ada 'Addie' Quill IV", "bo-reed-write-in": "Bo Reed (Write-In)"},
        parties={"ada-addie-quill-iv": "D", "bo-reed-write-in": "D"},
        reporting=Reporting(precincts=(4, 9)),
        by_type={
            "election-day": {"ada-addie-quill-iv": 2},
            "early": {"ada-addie-quill-iv": 9},
            "provisional": {"ada-addie-quill-iv": 1},
        },
        units={
            "Maricopa": Unit(
                fips="04013",
                votes={"ada-addie-quill-iv": 10, "bo-reed-write-in": 5},
                reported=(3, 7),
                by_type={"election-day": {"ada-addie-quill-iv": 1}, "early": {"ada-addie-quill-iv": 9}},
            )
        },
        outstanding=(
            OutstandingBallots(ballots=70, type="early"),
            OutstandingBallots(ballots=3, type="other"),
            OutstandingBallots(ballots=60, units=("Maricopa",), type="early"),
        ),
    )
    assert reading.as_of.isoformat() == "2026-08-05T21:22:24.350000+00:00"
    assert Reading.model_validate_json(reading.to_json()) == reading


def ragged(*choices: dict[str, tuple[int, dict[str, int]]]) -> bytes:
    """Return a file with one contest. Each of its choices has its own jurisdictions, and each jurisdiction its own
    vote types.
    """
    made = ""
    for number, places in enumerate(choices, start=1):
        told = ""
        for key, (votes, types) in places.items():
            kinds = "".join(f'<voteType votes="{of}" voteTypeName="{name}" />' for name, of in types.items())
            told += f'<jurisdiction votes="{votes}" name="County {key}" key="{key}"><voteTypes>{kinds}</voteTypes></jurisdiction>'
        made += f'<choice key="{number}" choiceName="Name {number}" totalVotes="90"><jurisdictions>{told}</jurisdictions></choice>'
    contest = f'<contest key="1" contestLongName="Office"><choices>{made}</choices></contest>'
    return f"<electionResult><contests>{contest}</contests></electionResult>".encode()


def test_what_a_choice_does_not_have_somewhere_is_unsaid_there() -> None:
    polls, mail = "Polling Place", "Provisional Ballots"
    first = {"8": (3, {polls: 1, mail: 2}), "9": (4, {polls: 4}), "0": (30, {polls: 10, mail: 20}), "7": (0, {mail: 0})}
    second = {"7": (6, {}), "9": (5, {mail: 5, polls: 0}), "8": (7, {polls: 0, mail: 0})}
    (reading,) = items_of(arizona.read, ragged(first, second))
    assert isinstance(reading, Reading)
    assert reading.by_type == {"election-day": {"name-1": 10}, "provisional": {"name-1": 20}}
    assert reading.units == {
        "County 8": Unit(
            votes={"name-1": 3, "name-2": 7}, by_type={"election-day": {"name-1": 1}, "provisional": {"name-1": 2}}
        ),
        "County 9": Unit(
            votes={"name-1": 4, "name-2": 5},
            by_type={"election-day": {"name-1": 4, "name-2": 0}, "provisional": {"name-2": 5}},
        ),
        "County 7": Unit(votes={"name-1": 0, "name-2": 6}, by_type={"provisional": {"name-1": 0}}),
    }


def test_types_that_follow_each_other_as_if_all_had_two_are_those_of_their_places() -> None:
    a, b = "Polling Place", "Early Ballots"
    (reading,) = items_of(
        arizona.read, ragged({"7": (3, {a: 1, b: 2}), "8": (3, {a: 3}), "9": (9, {b: 4, a: 5}), "10": (6, {b: 6})})
    )
    assert isinstance(reading, Reading)
    assert {name: unit.by_type for name, unit in (reading.units or {}).items()} == {
        "County 7": {"election-day": {"name-1": 1}, "early": {"name-1": 2}},
        "County 8": {"election-day": {"name-1": 3}},
        "County 9": {"election-day": {"name-1": 5}, "early": {"name-1": 4}},
        "County 10": {"early": {"name-1": 6}},
    }


def test_ballots_that_remain_are_not_those_of_a_contest_in_some_precincts() -> None:
    part = ARIZONA.replace('countiesReported="15" precinctsParticipating="9"', 'precinctsParticipating="8"')
    (reading,) = items_of(arizona.read, part.encode())
    assert isinstance(reading, Reading)
    assert reading.outstanding is None


def test_before_the_day_it_is_no_count() -> None:
    early = ARIZONA.replace("2026-08-05T14:22:24.35", "2026-07-20T23:59:59")
    (reading,) = items_of(arizona.read, early.encode())
    assert isinstance(reading, Reading)
    assert reading.status == "pre-election"


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('totalVotes="12"', 'totalVotes="x"', "Quill, Ada 'Addie', IV should be a number in text"),
        ('precinctsReported="4"', 'precinctsReported="10"', "precincts: 10 of 9 is more than all"),
        ("2026-08-05T14:22:24.35", "later", "'later' is no time that is known here"),
        ('choiceName="Reed, Bo (Write-In)"', 'choiceName=""', "name of a choice"),
        ('voteTypeName="Polling Place" votes="2"', 'votes="2"', "or a vote type without its name or votes"),
        ('voteTypeName="Polling Place" votes="2"', 'voteTypeName="Polling Place" votes="-2"', "not '-2'"),
        ('"Polling Place" votes="2"', '"Early Ballots" votes="2"', "Early Ballots is there twice among the vote types"),
        ('key="8" name="Maricopa" votes="10"', 'key="0" name="Maricopa" votes="10"', "0 is there twice among the"),
        (
            'key="8" name="Maricopa" votes="10"',
            'key="7" name="Maricopa" votes="10"',
            "has a jurisdiction twice, by one",
        ),
    ],
)
def test_what_can_t_be_is_refused_with_its_contest(old: str, new: str, what: str) -> None:
    (refused,) = items_of(arizona.read, ARIZONA.replace(old, new).encode())
    assert isinstance(refused, Refusal)
    assert str(refused).startswith("feed: 16 (Keeper of the Lamp (DEM)): ")
    assert what in str(refused)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (ARIZONA[:-20], "feed: is cut short"),
        ("<ElectionResult><contests/></ElectionResult>", "feed: should be an electionResult, not 'ElectionResult'"),
        ("{}", "feed: is not XML"),
    ],
)
def test_what_is_no_such_file_gives_nothing(data: str, what: str) -> None:
    with pytest.raises(BadInputError, match=what):
        items_of(arizona.read, data.encode())


def test_a_file_without_contests_tells_nothing() -> None:
    assert items_of(arizona.read, b"<electionResult/>") == []


def test_arizona_s_own_file(feeds: Path) -> None:
    data = (feeds / "arizona" / "primary-2026-07-21-summary.xml").read_bytes()
    found = {one.contest: one for one in items_of(arizona.read, data) if isinstance(one, Reading)}
    contests = ET.fromstring(data).findall("contests/contest")
    assert set(found) == {one.get("key") for one in contests}
    for contest in contests:
        reading = found[contest.get("key", "")]
        for (candidate, votes), choice in zip(reading.votes.items(), contest.findall("choices/choice"), strict=True):
            assert votes == int(choice.get("totalVotes", ""))
            assert choice.get("choiceName", "").split(",")[0] in (reading.names or {})[candidate]
            for place in choice.findall("jurisdictions/jurisdiction"):
                state = place.get("key") == "0"
                unit = None if state else (reading.units or {})[place.get("name", "")]
                cast = reading.votes if unit is None else unit.votes or {}
                assert cast[candidate] == int(place.get("votes", ""))
                types = (reading.by_type if unit is None else unit.by_type) or {}
                said = {one.get("voteTypeName"): int(one.get("votes", "")) for one in place.iter("voteType")}
                for name, kind in (("Polling Place", "election-day"), ("Early Ballots", "early")):
                    if any(said.values()):
                        assert types[kind][candidate] == said[name]  # type: ignore[index]  # a word of the file
    assert found["16058"].votes["amish-shah"] == 29_002
    assert found["16058"].reporting == Reporting(precincts=(210, 210))
