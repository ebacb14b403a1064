"""Georgia's recorded export of the 2020 recount, to the vote (source: ../shared/feeds/README.md)."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.count.margin import margin_of
from bot.count.reading import Reading
from bot.desk.counties import counties_of


@pytest.fixture
def president(feeds: Path, capsys: pytest.CaptureFixture[str]) -> Reading:
    status = main(["read", "--format", "georgia-export", str(feeds / "georgia-export" / "export-2020NovGenRec.json")])
    out, err = capsys.readouterr()
    assert (status, err) == (0, "")
    (reading,) = map(Reading.model_validate, map(json.loads, out.splitlines()))
    return reading


def test_president_has_the_known_answer(president: Reading) -> None:
    assert (president.contest, president.count) == ("5000", "recount")
    assert president.votes == {"joseph-r-biden": 2473633, "donald-j-trump": 2461854, "jo-jorgensen": 62229}
    assert president.parties == {"joseph-r-biden": "D", "donald-j-trump": "R", "jo-jorgensen": "L"}
    assert margin_of(president.votes).votes == 11779
    assert president.counted == 4997716
    assert (president.as_of_is, president.status, president.reporting) == ("received", None, None)


def test_counties_and_types_add_up_to_the_state(president: Reading) -> None:
    units = (president.units or {}).values()
    sums: Counter[str] = Counter()
    for unit in units:
        sums.update(unit.votes or {})
    assert sums == president.votes
    for kind, votes in (president.by_type or {}).items():
        for candidate, cast in votes.items():
            assert sum((unit.by_type or {})[kind][candidate] for unit in units) == cast
    assert set(president.by_type or ()) == {"election-day", "absentee-mail", "early", "provisional"}
    assert sum(sum(votes.values()) for votes in (president.by_type or {}).values()) == president.counted


def test_every_county_has_its_code(president: Reading) -> None:
    codes = {unit.fips for unit in (president.units or {}).values()}
    assert codes == {county.fips for county in counties_of("GA")}


def test_one_county_is_right_to_the_vote(president: Reading) -> None:
    appling = (president.units or {})["Appling"]
    assert appling.votes == {"donald-j-trump": 6570, "joseph-r-biden": 1784, "jo-jorgensen": 36}
    assert appling.reported is None
