"""Counties that have reported nothing for long, by a source that gives the time of each county's last report."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.answers.sources_words import UnitSilence
from bot.answers.units import unit_silence
from bot.count.change import compare
from bot.tally.standing_store import StoredStanding
from tests.conftest import START, reading, small_desk

DESK = small_desk()
GEORGIA = DESK.contests[0]
HOUR = timedelta(hours=1)
UPLOADS = {"Floyd": START, "DeKalb": START + 2 * HOUR}


def found(
    at: datetime | None,
    *,
    usual: timedelta | None = HOUR,
    night: timedelta | None = None,
    uploads: dict[str, datetime] | None = None,
    **fields: Any,
) -> UnitSilence | None:
    source = DESK.sources[0].model_copy(update={"stale_after": usual, "stale_after_night": night})
    shown = reading(20, 10, **fields)
    change = compare(None, shown, None)
    assert change is not None
    standing = StoredStanding("times", shown, change, START, START, at, None)
    return unit_silence(source, GEORGIA, standing, UPLOADS if uploads is None else uploads)


def test_counties_are_silent_up_to_the_source_s_last_answer() -> None:
    assert found(START + 2 * HOUR) == UnitSilence(HOUR, {"Floyd": START})
    assert found(START + 3 * HOUR) == UnitSilence(HOUR, UPLOADS)
    assert found(START + HOUR / 2) == UnitSilence(HOUR, {})


@pytest.mark.parametrize("unsaid", [{"usual": None}, {"uploads": {}}])
def test_without_a_limit_or_upload_times_nobody_can_say(unsaid: dict[str, Any]) -> None:
    assert found(START + 9 * HOUR, **unsaid) is None
    assert found(None) is None


def test_on_election_night_the_limit_is_shorter() -> None:
    half = HOUR / 2
    night = {"precincts": (1, 100)}
    assert found(START + half, night=half, reporting=night) == UnitSilence(half, {"Floyd": START})
    assert found(START + half, night=half, reporting={"precincts": (99, 100)}) == UnitSilence(HOUR, {})


def test_a_source_without_figures_of_counties_says_itself_when_all_are_in() -> None:
    """The summary file of a Clarity site is such a source."""
    assert found(START + 9 * HOUR, reporting={"units": (158, 159)}) == UnitSilence(HOUR, UPLOADS)
    assert found(START + 9 * HOUR, reporting={"units": (159, 159)}) == UnitSilence(HOUR, {})


def test_counties_that_are_all_in_and_those_of_other_contests_are_not_silent() -> None:
    units = {"De Kalb": {"total": 30, "reported": (3, 4)}}
    assert found(START + 9 * HOUR, units=units) == UnitSilence(HOUR, {"DeKalb": START + 2 * HOUR})
    units["De Kalb"]["reported"] = (4, 4)
    assert found(START + 9 * HOUR, units=units) == UnitSilence(HOUR, {})
