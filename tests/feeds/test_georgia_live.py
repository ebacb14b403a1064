"""Tests real files with the desk file of a live count: they match its contests, with all of its candidates."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.count.reading import Reading
from bot.desk.desk_file import Desk, load_desk
from bot.desk.toml_file import shipped
from bot.feeds.formats import reader_of
from bot.feeds.reader import ReaderContext


@pytest.fixture
def desk() -> Desk:
    return load_desk(shipped("desks", "georgia-live.toml"))


def ours(desk: Desk, source: str, format_name: str, file: Path) -> dict[str, Reading]:
    """Return the readings of one source from a file, with the desk file's ids."""
    with file.open("rb") as stream:
        items = list(reader_of(format_name)(stream, ReaderContext(file.name, datetime.now(UTC), source=source)))
    readings = [desk.translate(item) for item in items if isinstance(item, Reading)]
    return {reading.contest: reading for reading in readings if reading is not None}


def test_the_state_s_detail_is_the_president(desk: Desk, feeds: Path) -> None:
    found = ours(desk, "ga-sos", "clarity-detail", feeds / "clarity-ga-2020-11-20" / "detail.xml")
    assert found.keys() == {"ga-2020-president"}
    president = found["ga-2020-president"]
    assert president.votes == {"biden": 2_474_507, "trump": 2_461_837, "jorgensen": 62_138}
    assert all((unit.votes or {}).keys() == president.votes.keys() for unit in (president.units or {}).values())


def test_the_state_s_summary_has_both_contests(desk: Desk, feeds: Path) -> None:
    found = ours(desk, "ga-sos", "clarity-summary", feeds / "clarity-ga-2020-11-12" / "summary.json")
    assert found.keys() == {"ga-2020-president", "ga-2020-senate"}
    for key, reading in found.items():
        contest = desk.contest(key)
        assert contest is not None
        assert reading.votes.keys() == {candidate.id for candidate in contest.candidates}


def test_a_county_s_detail_is_the_president_there(desk: Desk, feeds: Path) -> None:
    found = ours(desk, "atkinson", "clarity-detail", feeds / "clarity-ga-2020-11-20" / "atkinson-detail.xml")
    assert {key: reading.votes for key, reading in found.items()} == {
        "atkinson-2020-president": {"biden": 825, "trump": 2300, "jorgensen": 30}
    }
