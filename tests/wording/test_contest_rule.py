from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.count.reading import Reading
from bot.desk.desk_file import Contest, Style
from bot.wording.contest_rule import rule_line
from bot.wording.context import ContestContext

NOW = datetime(2020, 11, 11, 13, tzinfo=UTC)


def line_of(votes: dict[str, int], total: int | None = None, **rule: object) -> str:
    names = [{"id": key, "name": key, "last": key.capitalize()} for key in votes]
    contest = Contest.model_validate({"id": "x", "name": "x", "leads": "t", "candidates": names} | rule)
    reading = Reading.model_validate({"source": "t", "contest": "x", "as_of": NOW, "votes": votes, "total": total})
    return rule_line(ContestContext(contest, Style(), ZoneInfo("UTC"), NOW), reading)


@pytest.mark.parametrize(
    ("votes", "rule", "said"),
    [
        ({"a": 60, "b": 40}, {}, ""),
        ({"perdue": 4971, "ossoff": 5029 - 300, "hazel": 300}, {"rule": "majority-runoff"},
         "Perdue has 49.71% so far, 30 votes short of a majority."),
        ({"a": 60, "b": 40}, {"rule": "majority-runoff"},
         "A has 60.00% so far, 9 votes over a majority."),
        ({"a": 51, "b": 49}, {"rule": "majority-runoff"}, "A has 51.00% so far, just at a majority."),
        ({"a": 35, "b": 33, "c": 32}, {"rule": "majority-runoff", "threshold": "40%"},
         "A has 35.00% so far, 6 votes short of the required 40%."),
        ({"yes": 65, "no": 35}, {"rule": "measure", "threshold": "60%"},
         "Yes has 65.00% so far, 4 votes over the required 60%."),
        ({"yes": 55, "no": 45}, {"rule": "measure", "threshold": "60%"},
         "Yes has 55.00% so far, 6 votes short of the required 60%."),
        ({"a": 50, "b": 30, "c": 20}, {"rule": "top-n", "seats": 2},
         "Ahead for two places: A and B; 10 votes separate the last of them from the next."),
        ({"a": 50, "b": 30, "c": 30}, {"rule": "top-n", "seats": 2}, "Tied for the last of two places; ahead: A."),
        ({"a": 50, "b": 30}, {"seats": 2}, "No more candidates than places: 2 for 2."),
        ({"a": 50, "b": 30}, {"rule": "ranked"}, "First choices only: later choices are not in these figures."),
        ({"a": 0, "b": 0}, {"rule": "majority-runoff"}, ""),
    ],
)  # fmt: skip
def test_a_rule_is_told_in_one_line(votes: dict[str, int], rule: dict[str, Any], said: str) -> None:
    assert line_of(votes, **rule) == said


def test_a_share_just_short_of_a_majority_does_not_look_like_one() -> None:
    votes = {"a": 4_999_999, "b": 5_000_001 - 100, "c": 100}
    assert line_of({"a": votes["a"] + 1, "b": 4_999_900, "c": 100}, rule="majority-runoff") == (
        "A has 50.00% so far, 1 vote short of a majority."
    )
    assert line_of({"a": 4_999_999, "b": 4_999_900, "c": 101}, rule="majority-runoff").startswith(
        "A has 49.99999% so far, "
    )
