from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from bot.count.change import compare
from bot.count.reading import Reading
from bot.count.recount_line import RecountLine, deciding
from bot.desk.desk_file import Contest, Style
from bot.wording.context import ContestContext
from bot.wording.recount_line import lead_of, recount_line, recount_sentence

ASKS = (
    "The margin is 0.28 percentage points, within the recount range of 0.5: "
    "the losing candidate may ask for a recount within two business days of certification."
)
LINE = RecountLine(
    "GA", inclusive=True, share=Fraction(1, 200), denominator="all_votes", kind="on_request",
    who="the losing candidate", deadline="within two business days of certification", source="law",
    as_of="2026-11-25", verified=True,
)  # fmt: skip
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


def lines(margin: int, line: RecountLine | None, count: str = "election") -> tuple[str, str]:
    reading = Reading.model_validate(
        {
            "source": "t",
            "contest": "x",
            "as_of": NOW,
            "votes": {"a": 4000 + margin, "b": 4000},
            "total": 10000,
            "count": count,
        }
    )
    change = compare(None, reading)
    assert change is not None
    return recount_line(change, reading, line), recount_sentence(change, reading, line)


def test_inside_the_line_says_who_may_ask() -> None:
    assert lines(28, LINE) == (
        "Within recount range: 0.28 points (limit 0.5).",
        ASKS,
    )


def test_exactly_on_an_inclusive_line_is_inside_and_one_vote_more_is_not() -> None:
    assert lines(50, LINE)[0] == "Within recount range: 0.50 points (limit 0.5)."
    assert lines(51, LINE)[0] == "Outside recount range: 0.51 points (limit 0.5)."


def test_far_away_unverified_or_after_a_recount_the_margin_stands_alone() -> None:
    unverified = replace(LINE, verified=False)
    assert lines(200, LINE)[0] == "The margin is 2.00 percentage points."
    for line, count in ((unverified, "election"), (None, "election"), (LINE, "recount")):
        assert lines(28, line, count) == ("The margin is 0.28 percentage points.",) * 2


def test_an_automatic_recount_and_another_denominator_are_said() -> None:
    line = replace(LINE, kind="automatic", denominator="top_two")
    assert lines(28, line)[1] == (
        "The margin is 0.35 percentage points of the votes for the top two, within the recount range of 0.5: if "
        "it is when the count is certified, the law calls for a recount."
    )
