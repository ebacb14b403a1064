"""Tests recorded exports and live answers of Enhanced Voting, to the vote (../shared/feeds/README.md)."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.count.margin import margin_of
from bot.count.reading import Reading
from bot.desk.counties import counties_of
from tests.feeds.conftest import Printed


@pytest.fixture
def president(printed: Printed) -> Reading:
    return printed("georgia-export", "georgia-export/export-2020NovGenRec.json")["5000"]


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


def named(readings: Mapping[str, Reading]) -> dict[str | None, Reading]:
    return {reading.contest_name: reading for reading in readings.values()}


def test_live_answer_has_the_known_answers(printed: Printed) -> None:
    readings = named(printed("enhanced-voting", "enhanced-voting/georgia-2026-06-16-data.json"))
    senate = readings["US Senate - Rep"]
    assert senate.votes == {"mike-collins": 390174, "derek-dooley": 312339}
    assert {kind: votes["mike-collins"] for kind, votes in (senate.by_type or {}).items()} == {
        "election-day": 233881,
        "early": 148354,
        "absentee-mail": 7830,
        "provisional": 109,
    }
    assert (senate.total, senate.status, senate.as_of_is) == (702513, None, None)
    assert (senate.reporting and senate.reporting.units, senate.as_of.isoformat()) == (
        (159, 159),
        "2026-07-02T15:08:30.021385+00:00",
    )
    assert sorted(
        readings["Special State Senate - District 7/ Especial Senador Estatal del Distrito 7"].votes.values()
    ) == [8131, 8510]


def test_answer_that_its_collector_cut_is_read(printed: Printed) -> None:
    readings = named(printed("enhanced-voting", "enhanced-voting/georgia-2024-11-05-data.json"))
    second = readings["US House of Representatives - District 2"]
    assert sorted(second.votes.values()) == [136473, 176028]
    assert (second.status, second.counted) == ("certified", 312501)


def test_export_of_today_has_the_known_answers(printed: Printed) -> None:
    senate = printed("enhanced-voting", "enhanced-voting/georgia-2026-06-16-media-export.json")["us2r"]
    assert (senate.contest_name, senate.as_of.isoformat()) == ("US Senate - Rep", "2026-07-02T15:44:41.840340+00:00")
    units = senate.units or {}
    assert {name: (one.votes, one.reported) for name, one in units.items()} == {
        "Appling": ({"mike-collins": 1394, "derek-dooley": 568}, (9, 9)),
        "Atkinson": ({"mike-collins": 380, "derek-dooley": 127}, (4, 4)),
    }


@pytest.mark.parametrize(
    ("name", "key", "contests"),
    [("washington-2026-11-03-staged", None, 12), ("virginia-2026-11-03-index-and-copies", "2026-November-General", 3)],
)
def test_staged_election_is_told_as_of_before_election_day(
    feeds: Path, printed: Printed, tmp_path: Path, name: str, key: str | None, contests: int
) -> None:
    whole = json.loads((feeds / "enhanced-voting" / f"{name}.json").read_bytes())
    file = tmp_path / "data.json"
    file.write_text(json.dumps(whole["payloads"][key] if key else whole["payload"]))
    readings = printed("enhanced-voting", file, notes=[f"{contests} of {contests} contests have no votes yet"]).values()
    assert {reading.status for reading in readings} == {"pre-election"}
    assert {votes for reading in readings for votes in reading.votes.values()} == {0}


def test_list_of_elections_says_which_to_ask_for(feeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = feeds / "enhanced-voting" / "georgia-jurisdiction.json"
    assert main(["read", "--format", "enhanced-voting", str(file)]) == 2
    assert "is a list of elections, no count; ask for /data of one of them: " in capsys.readouterr().err
