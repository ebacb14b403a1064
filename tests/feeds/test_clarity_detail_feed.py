"""Tests recorded Clarity files to the vote: Georgia's detail, a county's detail and the settings
(../shared/feeds/README.md).
"""

import io
import json
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.count.margin import margin_of
from bot.count.reading import Reading
from bot.desk.counties import counties_of
from tests.feeds.conftest import Printed

Read = dict[str, Reading]


@pytest.fixture
def state(printed: Printed) -> Read:
    return printed("clarity-detail", "clarity-ga-2020-11-20/detail.xml")


@pytest.fixture
def atkinson(printed: Printed) -> Read:
    return printed("clarity-detail", "clarity-ga-2020-11-20/atkinson-detail.xml")


def test_president_has_the_known_answer(state: Read) -> None:
    president = state["5000"]
    assert president.votes == {"joseph-r-biden": 2474507, "donald-j-trump": 2461837, "jo-jorgensen": 62138}
    assert margin_of(president.votes).votes == 12670
    assert president.counted == 4998482
    assert president.reporting is not None
    assert (president.reporting.precincts, president.reporting.units) == ((2656, 2656), (159, 159))
    assert (president.as_of.isoformat(), president.as_of_is) == ("2020-11-20T20:37:06+00:00", None)
    assert (president.total, president.status, president.count) == (None, None, "election")


@pytest.mark.parametrize("contest", ["5000", "40100"])
def test_counties_and_types_add_up_to_the_state(state: Read, contest: str) -> None:
    reading = state[contest]
    units = (reading.units or {}).values()
    by_county: Counter[str] = Counter()
    for unit in units:
        by_county.update(unit.votes or {})
        for votes in (unit.by_type or {}).values():
            by_county.subtract(votes)
    assert not any(by_county.values())
    assert sum((unit.counted or 0) for unit in units) == reading.counted
    for kind, votes in (reading.by_type or {}).items():
        for candidate, cast in votes.items():
            assert sum((unit.by_type or {})[kind][candidate] for unit in units) == cast
    assert sum(sum(votes.values()) for votes in (reading.by_type or {}).values()) == reading.counted
    assert set(reading.by_type or ()) == {"election-day", "absentee-mail", "early", "provisional"}


def test_every_county_has_its_code(state: Read) -> None:
    codes = {unit.fips for unit in (state["5000"].units or {}).values()}
    assert codes == {county.fips for county in counties_of("GA")}
    assert set(state["40100"].units or ()) == {"Bryan", "Chatham", "Liberty"}


def test_one_county_is_right_to_the_vote(state: Read) -> None:
    appling = (state["5000"].units or {})["Appling"]
    assert appling.votes == {"donald-j-trump": 6526, "joseph-r-biden": 1779, "jo-jorgensen": 36}
    assert appling.reported == (9, 9)


def test_county_file_is_by_precinct(atkinson: Read) -> None:
    president = atkinson["1"]
    assert president.votes == {"donald-j-trump": 2300, "joseph-r-biden": 825, "jo-jorgensen": 30}
    assert set(president.units or ()) == {"Pearson County", "Axson", "Willacoochee", "Pearson City"}
    assert president.reporting is not None
    assert president.reporting.precincts == (4, 4)
    assert all(unit.fips is None for unit in (president.units or {}).values())
    assert president.as_of.isoformat() == "2020-11-06T18:05:50+00:00"


def test_precincts_add_up_to_the_county_but_where_the_recording_itself_does_not(atkinson: Read) -> None:
    # In the recorded president's contest Willacoochee has no election-day votes; the county's sum does have them.
    differing = [
        key
        for key, reading in atkinson.items()
        if sum((unit.counted or 0) for unit in (reading.units or {}).values()) != reading.counted
    ]
    assert differing == ["1"]
    assert len(atkinson) == 25


def test_zip_of_it_says_the_same(feeds: Path, tmp_path: Path, state: Read, printed: Printed) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(feeds / "clarity-ga-2020-11-20" / "detail.xml", "detail.xml")
    file = tmp_path / "detailxml.zip"
    file.write_bytes(packed.getvalue())
    assert printed("clarity-detail", file) == state


def test_settings_have_every_countys_last_upload(feeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = feeds / "clarity-ga-2020-11-20" / "electionsettings.json"
    assert main(["read", "--format", "clarity-settings", str(file)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    uploads = {line["unit"]: line for line in map(json.loads, out.splitlines())}
    assert len(uploads) == 159
    assert uploads["Ben Hill"] == {"unit": "Ben Hill", "version": "270230", "uploaded_at": "2020-11-09T13:24:49Z"}
    assert uploads["Berrien"]["uploaded_at"] == "2020-11-20T14:52:11Z"
