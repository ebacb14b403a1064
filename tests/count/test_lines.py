from datetime import UTC, datetime
from fractions import Fraction

import pytest

from bot.count.lines import deciding, inside_recount
from bot.count.reading import Reading
from bot.count.recount_line import RecountLine, watched
from bot.count.rules import Rule

NOW = datetime(2020, 11, 11, tzinfo=UTC)
LINE = RecountLine(
    "GA",
    True,
    Fraction(1, 200),
    "all_votes",
    "on_request",
    "the losing candidate",
    "in two days",
    "law",
    "2026-11-25",
    True,
)


def of(**votes: int) -> Reading:
    return Reading.model_validate({"source": "t", "contest": "x", "as_of": NOW, "votes": votes})


@pytest.mark.parametrize(
    ("rule", "votes", "margin", "places"),
    [
        (Rule(), {"a": 500, "b": 300, "c": 299}, ("a", "b", 200), 1),
        (Rule("top-n", 2), {"a": 500, "b": 300, "c": 299}, ("b", "c", 1), 2),
        (Rule("plurality", 3), {"a": 5, "b": 4, "c": 3, "d": 3}, ("c", "d", 0), 3),
        (Rule("majority-runoff"), {"a": 501, "b": 300, "c": 199}, ("a", "b", 201), 1),
        (Rule("majority-runoff"), {"a": 450, "b": 280, "c": 270}, ("b", "c", 10), 2),
        (Rule("majority-runoff"), {"a": 500, "b": 500}, ("a", "b", 0), 1),
        (Rule("measure"), {"yes": 500, "no": 499}, ("yes", "no", 1), 1),
    ],
)
def test_the_margin_that_counts_is_between_the_last_through_and_the_first_who_is_not(
    rule: Rule, votes: dict[str, int], margin: tuple[str, str, int], places: int
) -> None:
    found = deciding(rule, of(**votes))
    assert found is not None
    assert (found.margin.leader, found.margin.runner_up, found.margin.votes) == margin
    assert found.places == places


@pytest.mark.parametrize(
    ("rule", "votes"),
    [
        (Rule("ranked"), {"a": 5, "b": 4}),
        (Rule("measure", threshold=Fraction(3, 5)), {"yes": 60, "no": 40}),
        (Rule("top-n", 2), {"a": 5, "b": 4}),
    ],
)
def test_where_a_lead_decides_nothing_no_margin_counts(rule: Rule, votes: dict[str, int]) -> None:
    assert deciding(rule, of(**votes)) is None
    assert inside_recount(LINE, rule, of(**votes)) is None


def test_two_places_apart_are_not_inside_because_the_third_is_near_the_second() -> None:
    close = of(a=50_000, b=30_000, c=29_900)
    assert inside_recount(LINE, Rule("top-n", 2), close) is True
    assert inside_recount(LINE, Rule(), close) is False


def test_a_verified_line_in_votes_alone_is_gone_by() -> None:
    line = RecountLine(
        "MI", True, None, "all_votes", "automatic", None, None, "law", "2026-11-25", verified=True, votes=2000
    )
    bare = RecountLine(
        "MI", True, None, "all_votes", "on_request", "anybody", "soon", "law", "2026-11-25", verified=True
    )
    assert watched([bare, line], "MI") is line
    assert inside_recount(line, Rule(), of(a=502_000, b=500_000)) is True
    assert inside_recount(line, Rule(), of(a=502_001, b=500_000)) is False
