"""Tests recent Clarity files to the vote: Colorado's, and a New Jersey county's (../shared/feeds/README.md)."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.count.margin import margin_of
from tests.feeds.conftest import Printed

COLORADO, ATLANTIC = (f"clarity-today/{name}-summary.json" for name in ("colorado-2022-11-08", "new-jersey-atlantic"))


def test_states_object_has_the_known_answers(printed: Printed) -> None:
    readings = printed("clarity-summary", COLORADO)
    assert list(readings) == ["20", "110", "180", "210", "380", "410", "480"]
    senator, house, regent = (readings[key] for key in ("20", "180", "480"))
    assert senator.votes["michael-bennet"] == 1397170
    assert senator.votes["joe-o-dea"] == 1031693
    assert (senator.counted, senator.total) == (2500130, None)
    assert senator.reporting is not None
    assert senator.reporting.units == (64, 64)
    assert house.votes == {"yadira-caraveo": 114377, "barbara-kirkmeyer": 112745, "richard-ward": 9280}
    assert (margin_of(house.votes).votes, house.counted) == (1632, 236402)
    assert regent.votes == {"mark-vandriel": 120151, "yolanda-ortega": 112328}


def test_countys_list_has_the_known_answers(printed: Printed) -> None:
    readings = printed("clarity-summary", ATLANTIC)
    assert len(readings) == 204
    senator = readings["0010"]
    assert senator.votes == {
        "robert-s-lebovics": 1747,
        "justin-murphy": 2200,
        "alex-zdan": 792,
        "richard-tabor": 5598,
    }
    assert senator.total == 10337
    assert senator.reporting is not None
    assert senator.reporting.units == (143, 145)
    assert readings["0090"].votes == {"cory-booker": 14931}
    assert all(reading.counted == sum(reading.votes.values()) for reading in readings.values())


def test_candidates_of_one_name_are_kept_apart(printed: Printed) -> None:
    nobody = printed("clarity-summary", ATLANTIC)["0030"]
    assert list(nobody.votes.values()) == [282, 255, 245, 0, 0]
    assert nobody.names is not None
    assert list(nobody.names.values())[3:] == ["NO PETITION FILED"] * 2


def test_settings_have_every_countys_last_upload(feeds: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = feeds / "clarity-today" / "colorado-2026-06-30-electionsettings.json"
    assert main(["read", "--format", "clarity-settings", str(file)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert [json.loads(line) for line in out.splitlines()] == [
        {"unit": "Adams", "version": "377379", "uploaded_at": "2026-07-21T16:59:18Z"},
        {"unit": "Alamosa", "version": "377347", "uploaded_at": "2026-07-20T19:37:35Z"},
    ]
