import re
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.count.change import Change, compare
from bot.count.reading import Reading
from bot.count.recount_line import RecountLine, deciding
from bot.count.rules import Rule
from bot.desk.desk_file import Contest, Style
from bot.wording.context import ContestContext
from bot.wording.lines import law, lead_of, margin_in_range, recount_line, recount_sentence, rule_line

ASKS = (
    "The margin is 0.28 percentage points, inside the recount range of 0.5 points: "
    "a losing candidate may ask for a recount within two business days of certification."
)
LINE = RecountLine(
    "GA",
    inclusive=True,
    share=Fraction(1, 200),
    denominator="all_votes",
    kind="on_request",
    who="a losing candidate",
    deadline="within two business days of certification",
    source="law",
    as_of="2026-11-25",
    verified=True,
)
NOW = datetime(2020, 11, 11, 13, tzinfo=UTC)
NAMES = [{"id": key, "name": key, "last": key.capitalize()} for key in ("ada", "bo", "cy")]
RUNOFF = Contest.model_validate(
    {"id": "x", "name": "x", "state": "GA", "leads": "t", "rule": "majority-runoff", "candidates": NAMES}
)
TOLD = ContestContext(RUNOFF, Style(), ZoneInfo("UTC"), NOW)
READING = Reading.model_validate(
    {"source": "t", "contest": "x", "as_of": NOW, "votes": {"ada": 400, "bo": 301, "cy": 299}}
)


def test_while_votes_are_counted_second_place_is_not_a_place_in_a_runoff() -> None:
    decides = deciding(RUNOFF.contest_rule, READING)
    assert decides is not None
    assert lead_of(TOLD, decides) == "Bo is ahead of Cy by 2 votes for second place"


@pytest.mark.parametrize(
    ("who", "deadline", "says"),
    [
        ("a loser", "by Friday", "a loser may ask for a recount by Friday."),
        ("a loser", None, "a loser may ask for a recount; by when is not known here."),
        (None, "by Friday", "a recount may be asked for by Friday; by whom is not known here."),
        (None, None, "a recount may be asked for; by whom and by when is not known here."),
    ],
)
def test_the_law_says_who_may_ask_and_by_when_as_far_as_that_is_known(
    who: str | None, deadline: str | None, says: str
) -> None:
    line = replace(LINE, who=who, deadline=deadline)
    assert law(TOLD, line, limit_said=True) == f"Within the range, {says}"


def ahead_by(margin: int, count: str = "election") -> tuple[Change, Reading]:
    """Return a first reading of 10,000 votes in which `a` leads by `margin`, and its change from nothing."""
    votes = {"a": 4000 + margin, "b": 4000}
    told = {"source": "t", "contest": "x", "as_of": NOW, "votes": votes, "total": 10000, "count": count}
    reading = Reading.model_validate(told)
    change = compare(None, reading)
    assert change is not None
    return change, reading


def lines(margin: int, line: RecountLine | None, count: str = "election") -> tuple[str, str]:
    change, reading = ahead_by(margin, count)
    return recount_line(change, reading, line, Rule()), recount_sentence(change, reading, line, Rule())


def test_inside_the_line_says_who_may_ask() -> None:
    assert lines(28, LINE) == ("Within recount range: 0.28 percentage points (limit 0.5).", ASKS)


@pytest.mark.parametrize(
    ("margin", "line", "text", "side"),
    [
        (28, LINE, "0.28 percentage points", "within the range for a recount"),
        (51, LINE, "0.51 percentage points", "outside the range for a recount"),
        (300, LINE, "3.0 percentage points", ""),
        (2, None, "0.02 percentage points", ""),
        (28, None, "0.3 percentage points", ""),
        (
            28,
            replace(LINE, kind="automatic"),
            "0.28 percentage points",
            "within the range in which the law calls for a recount",
        ),
        (28, replace(LINE, votes=20), "28 votes", "outside the range for a recount"),
    ],
)
def test_copy_has_the_margin_that_decides_and_on_which_side_it_is(
    margin: int, line: RecountLine | None, text: str, side: str
) -> None:
    found = margin_in_range(*ahead_by(margin), line, Rule())
    assert found is not None
    assert (found.text, found.side) == (text, side)


def test_copy_of_several_places_has_no_margin_far_from_the_line() -> None:
    votes = {"a": 5000, "b": 4000, "c": 1000}
    reading = Reading.model_validate({"source": "t", "contest": "x", "as_of": NOW, "votes": votes})
    change = compare(None, reading)
    assert change is not None
    assert margin_in_range(change, reading, LINE, Rule("top-n", 2)) is None


def test_of_an_earlier_time_the_margin_was_and_the_law_still_is() -> None:
    change, reading = ahead_by(28)
    assert recount_sentence(change, reading, None, Rule(), "was") == "The margin was 0.28 percentage points."
    in_votes = replace(LINE, votes=20, combine="lesser")
    assert recount_sentence(change, reading, in_votes, Rule(), "was") == (
        "Outside recount range (not more than 0.5% of all votes in the contest or 20 votes, whichever is less): "
        "the margin was 28 votes."
    )


def test_exactly_on_an_inclusive_line_is_inside_and_one_vote_more_is_not() -> None:
    assert lines(50, LINE)[0] == "Within recount range: 0.50 percentage points (limit 0.5)."
    assert lines(51, LINE)[0] == "Outside recount range: 0.51 percentage points (limit 0.5)."


def test_far_away_unverified_or_after_a_recount_the_margin_stands_alone() -> None:
    unverified = replace(LINE, verified=False)
    assert lines(200, LINE)[0] == "The margin is 2.00 percentage points."
    for line, count in ((unverified, "election"), (None, "election"), (LINE, "recount")):
        assert lines(28, line, count) == ("The margin is 0.28 percentage points.",) * 2


def test_an_automatic_recount_and_another_denominator_are_said() -> None:
    line = replace(LINE, kind="automatic", denominator="top_two")
    assert lines(28, line)[1] == (
        "The margin is 0.35 percentage points of the top two's votes, inside the recount range of 0.5 points: if "
        "it still is when the count is certified, the law calls for a recount."
    )


def line_of(votes: dict[str, int], total: int | None = None, **rule: object) -> str:
    names = [{"id": key, "name": key, "last": key.capitalize()} for key in votes]
    contest = Contest.model_validate({"id": "x", "name": "x", "leads": "t", "candidates": names} | rule)
    reading = Reading.model_validate({"source": "t", "contest": "x", "as_of": NOW, "votes": votes, "total": total})
    return rule_line(ContestContext(contest, Style(), ZoneInfo("UTC"), NOW), reading)


@pytest.mark.parametrize(
    ("votes", "rule", "said"),
    [
        ({"a": 60, "b": 40}, {}, ""),
        (
            {"perdue": 4971, "ossoff": 5029 - 300, "hazel": 300},
            {"rule": "majority-runoff"},
            "Perdue has 49.71% of the vote so far, 30 votes short of a majority of those counted.",
        ),
        (
            {"a": 60, "b": 40},
            {"rule": "majority-runoff"},
            "A has 60.00% of the vote so far, 9 votes more than a majority of those counted.",
        ),
        (
            {"a": 51, "b": 49},
            {"rule": "majority-runoff"},
            "A has 51.00% of the vote so far, just at a majority of those counted.",
        ),
        (
            {"a": 35, "b": 33, "c": 32},
            {"rule": "majority-runoff", "threshold": "40%"},
            "A has 35.00% of the vote so far, 5 votes short of the required 40%.",
        ),
        (
            {"yes": 65, "no": 35},
            {"rule": "measure", "threshold": "60%"},
            "Yes has 65.00% of the vote so far, 5 votes over the required 60%.",
        ),
        (
            {"yes": 55, "no": 45},
            {"rule": "measure", "threshold": "60%"},
            "Yes has 55.00% of the vote so far, 5 votes short of the required 60%.",
        ),
        (
            {"yes": 60, "no": 40},
            {"rule": "measure", "threshold": "60%"},
            "Yes has 60.00% of the vote so far, just at, not over, the required 60%.",
        ),
        (
            {"yes": 61, "no": 40},
            {"rule": "measure", "threshold": "60%"},
            "Yes has 60.40% of the vote so far, just over the required 60%.",
        ),
        (
            {"a": 50, "b": 30, "c": 20},
            {"rule": "top-n", "seats": 2},
            "Ahead for two places: A and B; 10 votes separate the last of them from the next.",
        ),
        ({"a": 50, "b": 30, "c": 30}, {"rule": "top-n", "seats": 2}, "Tied for the last of two places; ahead: A."),
        ({"a": 50, "b": 30}, {"seats": 2}, "No more candidates than places: 2 for 2."),
        ({"a": 50, "b": 30}, {"rule": "ranked"}, "First choices only: later choices are not in these figures."),
        ({"a": 0, "b": 0}, {"rule": "majority-runoff"}, ""),
    ],
)
def test_a_rule_is_told_in_one_line(votes: dict[str, int], rule: dict[str, Any], said: str) -> None:
    assert line_of(votes, **rule) == said


@given(yes=st.integers(0, 300), no=st.integers(0, 300), percent=st.integers(1, 99))
def test_the_votes_to_a_required_share_are_counted_to_that_share(yes: int, no: int, percent: int) -> None:
    if not yes + no or percent == 50:  # a majority is counted to its first vote
        return
    said = line_of({"yes": yes, "no": no}, rule="measure", threshold=f"{percent}%")
    [(apart, side)] = re.findall(rf"so far, (.*) (over|at, not over,|short of) the required {percent}%\.", said)
    by = 0 if apart == "just" else int(apart.split()[0])
    over = 100 * yes - percent * (yes + no)  # in hundredths of a vote
    assert side == ("over" if over > 0 else "short of" if over < 0 else "at, not over,")
    assert by == (over // 100 if over > 0 else -(over // 100))


def test_a_share_just_short_of_a_majority_does_not_look_like_one() -> None:
    votes = {"a": 4_999_999, "b": 5_000_001 - 100, "c": 100}
    assert line_of({"a": votes["a"] + 1, "b": 4_999_900, "c": 100}, rule="majority-runoff") == (
        "A has 50.00% of the vote so far, 1 vote short of a majority of those counted."
    )
    assert line_of({"a": 4_999_999, "b": 4_999_900, "c": 101}, rule="majority-runoff").startswith(
        "A has 49.99999% of the vote so far, "
    )
