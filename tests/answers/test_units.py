"""Which counties have sent nothing for long, by a source that tells when each did."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.answers.sources_words import UnitSilence
from bot.answers.units import unit_silence
from bot.answers.units_words import (
    Added,
    Basis,
    CountyFacts,
    ReportedSince,
    county_answer,
    left_beside,
    reported_since,
    unit_added,
)
from bot.count.change import compare
from bot.count.margin import Margin
from bot.tally.standing_store import StoredStanding
from bot.wording.context import Setting, contest_context
from bot.wording.corrected import Corrected
from bot.wording.question import Question
from bot.wording.viewer import seen_by
from tests.conftest import EDITOR, START, reading, small_desk

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
    """So does the summary of a Clarity site."""
    assert found(START + 9 * HOUR, reporting={"units": (158, 159)}) == UnitSilence(HOUR, UPLOADS)
    assert found(START + 9 * HOUR, reporting={"units": (159, 159)}) == UnitSilence(HOUR, {})


def test_counties_that_are_all_in_and_those_of_other_contests_are_not_silent() -> None:
    units = {"De Kalb": {"total": 30, "reported": (3, 4)}}
    assert found(START + 9 * HOUR, units=units) == UnitSilence(HOUR, {"DeKalb": START + 2 * HOUR})
    units["De Kalb"]["reported"] = (4, 4)
    assert found(START + 9 * HOUR, units=units) == UnitSilence(HOUR, {})


def test_what_a_unit_added_is_a_sentence_with_and_without_for_whom() -> None:
    told = contest_context(GEORGIA, Setting(DESK), START)
    added = Added(DESK.sources[0], 10, START)
    end = " Its total is unknown: no county totals from the Times."
    assert unit_added(told, "Floyd", added) == f"**Floyd County added 10 votes at 7 a.m.**{end}"
    split = Added(DESK.sources[0], 10, START, {"biden": 10})
    assert unit_added(told, "Floyd", split) == f"**Floyd County added 10 votes at 7 a.m.** (Biden 10).{end}"


@pytest.mark.parametrize(
    ("ballots", "places", "read"),
    [
        (
            300,
            "in two counties",
            (
                "**Biden leads by 100 votes in Georgia, with 300 ballots known to be left.** They are in two counties, "
                "reported since 7 a.m., and there may be others elsewhere."
            ),
        ),
        (
            1,
            "in one county",
            (
                "**Biden leads by 100 votes in Georgia, with 1 ballot known to be left.** It is in one county, "
                "reported since 7 a.m., and there may be others elsewhere."
            ),
        ),
    ],
)
def test_where_the_ballots_left_are_stands_in_a_sentence_of_its_own(ballots: int, places: str, read: str) -> None:
    told = contest_context(GEORGIA, Setting(DESK), START)
    words = f"{places}, reported since 7 a.m., and there may be others elsewhere"
    basis = Basis(ballots, words, START, ("ga-sos",), in_part=True)
    assert left_beside(told, "Biden leads by 100 votes", " in Georgia", basis, past=False) == read


def test_who_may_not_read_of_a_source_reads_no_correction_of_its_post_that_names_the_county() -> None:
    named = (("ga-sos", START, Corrected(3, "Floyd has certified")),)
    facts = CountyFacts("Floyd", DESK.sources[0], None, None, None, None, None, (), None, named=named)
    card = county_answer(facts, Question(GEORGIA, EDITOR, Setting(DESK), START))
    for left_out in ((), ("ga-sos",)):
        lines = seen_by(card, replace(EDITOR, left_out=frozenset(left_out))).card.all_lines
        assert any("Floyd has certified" in line.text for line in lines) == (not left_out)


LEAD = Margin("biden", "trump", 200)
COBB = ReportedSince(
    DESK.sources[0], START, 0, 0, START + timedelta(minutes=30), LEAD, checked_at=START + timedelta(hours=2)
)


@pytest.mark.parametrize(
    ("said", "until", "sent", "read"),
    [
        (
            {"new": 1824, "updates": 2, "split": {"biden": 1602, "trump": 222}},
            None,
            None,
            "**Cobb County has reported 1,824 more votes since 7 a.m.,** a net gain of 1,380 votes for Biden (Biden 1,602, Trump 222).",
        ),
        (
            {"new": 3, "updates": 1, "split": {"biden": 1, "trump": 2}},
            60,
            None,
            "**Cobb County reported three more votes between 7 a.m. and 8 a.m.,** a net gain of 1 vote for Trump (Trump 2, Biden 1).",
        ),
        (
            {"new": 4, "updates": 1, "split": {"biden": 2, "trump": 2}},
            None,
            None,
            (
                "**Cobb County has reported four more votes since 7 a.m.,** "
                "no net gain for either of the two who lead (Biden 2, Trump 2)."
            ),
        ),
        (
            {"new": 9, "updates": 1, "split": {"biden": 9, "trump": 0}},
            None,
            None,
            "**Cobb County has reported nine more votes since 7 a.m.,** all for Biden.",
        ),
        ({"new": 9, "updates": 1}, None, None, "**Cobb County has reported nine more votes since 7 a.m.**"),
        (
            {"new": 9, "updates": 1, "first_at": START + timedelta(minutes=5)},
            None,
            None,
            "**Cobb County has reported nine more votes since 7 a.m.** No figures on record before 7:05 a.m.",
        ),
        ({"new": -12, "updates": 1}, None, None, "**Cobb County's total is down 12 votes since 7 a.m.**"),
        ({"new": -1, "updates": 1}, 60, None, "**Cobb County's total was down 1 vote between 7 a.m. and 8 a.m.**"),
        (
            {},
            None,
            None,
            "**Cobb County has reported no new votes since 7 a.m.,** by the Times' count, last checked 9 a.m.",
        ),
        ({}, None, -5, "**Cobb County has sent nothing since 7 a.m.,** by the Times' count, last checked 9 a.m."),
        (
            {"updates": 2},
            60,
            5,
            "**Cobb County reported no net change between 7 a.m. and 8 a.m.,** by the Times' count.",
        ),
    ],
)
def test_a_county_says_what_it_has_reported_since_a_time(
    said: dict[str, Any], until: int | None, sent: int | None, read: str
) -> None:
    told = Question(DESK.contests[0], EDITOR, Setting(DESK), START + timedelta(hours=2)).told()
    at, sent_at = (None if one is None else START + timedelta(minutes=one) for one in (until, sent))
    assert reported_since(told, "Cobb", replace(COBB, **said), at, sent_at) == read
