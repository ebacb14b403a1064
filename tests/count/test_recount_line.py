from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from bot.count.margin import margin_of
from bot.count.reading import Reading
from bot.count.recount_line import (
    Denominator,
    RecountLine,
    RecountOutlook,
    against_line,
    deciding,
    inside_recount,
    watched,
)
from bot.count.rules import Rule
from tests.count.readings import reading

GEORGIA = RecountLine(
    state="GA",
    inclusive=True,
    share=Fraction(5, 1000),
    denominator="all_votes",
    kind="on_request",
    who="a losing candidate",
    deadline="two business days after certification",
    source="O.C.G.A. 21-2-495",
    as_of="2020-11-11",
    verified=False,
)


def outlook(line: RecountLine, reading: Reading) -> RecountOutlook | None:
    return against_line(line, margin_of(reading.votes), reading)


@pytest.mark.parametrize(
    ("inclusive", "margin", "inside", "votes_to_line"),
    [
        (True, 4, True, 1),
        (True, 5, True, 0),  # exactly half a percent is inside: "not more than"
        (True, 6, False, 1),
        (False, 4, True, 0),
        (False, 5, False, 1),  # "less than"
        (False, 6, False, 2),
    ],
)
def test_a_margin_exactly_on_the_line_is_inside_only_where_the_law_says_so(
    inclusive: bool, margin: int, inside: bool, votes_to_line: int
) -> None:
    votes = {"a": 450 + margin, "b": 450}
    seen = outlook(replace(GEORGIA, inclusive=inclusive), reading(votes, total=1000))
    assert seen == RecountOutlook(inside, Fraction(margin, 1000), votes_to_line)


@pytest.mark.parametrize(("denominator", "whole"), [("all_votes", 1000), ("top_two", 900), ("leader", 500)])
def test_the_share_is_of_the_law_s_own_denominator(denominator: Denominator, whole: int) -> None:
    line = replace(GEORGIA, denominator=denominator, share=Fraction(1, 10))
    seen = outlook(line, reading({"a": 500, "b": 400, "c": 50}, total=1000))
    assert seen is not None
    assert seen.share == Fraction(100, whole)
    assert seen.inside is (whole == 1000)


def test_georgia_on_11_november_2020_is_inside_the_line() -> None:
    seen = outlook(GEORGIA, reading({"biden": 2_471_895, "trump": 2_457_794}, total=4_992_198))
    assert seen is not None
    assert (seen.inside, seen.votes_to_line) == (True, 24_960 - 14_101)


def test_a_tie_only_line_takes_a_tie_only() -> None:
    line = replace(GEORGIA, share=Fraction(0))
    tied, apart = outlook(line, reading({"a": 5, "b": 5})), outlook(line, reading({"a": 6, "b": 5}))
    assert tied is not None
    assert apart is not None
    assert (tied.inside, apart.inside) == (True, False)


@pytest.mark.parametrize("votes", [{"a": 5}, {"a": 0, "b": 0}])
def test_without_a_margin_or_votes_there_is_nothing_to_say(votes: dict[str, int]) -> None:
    assert outlook(GEORGIA, reading(votes)) is None


def of(**votes: int) -> Reading:
    return Reading.model_validate(
        {"source": "t", "contest": "x", "as_of": datetime(2020, 11, 11, tzinfo=UTC), "votes": votes}
    )


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
    assert inside_recount(replace(GEORGIA, verified=True), rule, of(**votes)) is None


def test_two_places_apart_are_not_inside_because_the_third_is_near_the_second() -> None:
    close = of(a=50_000, b=30_000, c=29_900)
    assert inside_recount(replace(GEORGIA, verified=True), Rule("top-n", 2), close) is True
    assert inside_recount(replace(GEORGIA, verified=True), Rule(), close) is False


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
