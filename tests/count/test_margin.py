from fractions import Fraction

import pytest

from bot.count.margin import Margin, margin_for, margin_of, percent, share


@pytest.mark.parametrize(
    ("votes", "led_before", "expected"),
    [
        ({"a": 5, "b": 9}, None, Margin("b", "a", 4)),
        ({"a": 5, "b": 9}, "a", Margin("b", "a", 4)),
        ({"b": 7, "a": 7}, None, Margin("a", "b", 0)),
        ({"a": 7, "b": 7}, "b", Margin("b", "a", 0)),
        ({"a": 7, "b": 7}, "c", Margin("a", "b", 0)),  # who led is out of it
        ({"c": 3, "b": 3, "a": 9}, None, Margin("a", "b", 6)),
        ({"a": 9}, None, Margin("a", None, None)),
        ({"a": 0, "b": 0}, None, Margin("a", "b", 0)),
    ],
)
def test_the_margin_is_the_leader_s_votes_less_the_runner_up_s(
    votes: dict[str, int], led_before: str | None, expected: Margin
) -> None:
    assert margin_of(votes, led_before) == expected


@pytest.mark.parametrize(
    ("candidate", "votes", "expected"),
    [
        ("a", {"a": 5, "b": 9, "c": 1}, -4),
        ("b", {"a": 5, "b": 9, "c": 1}, 4),
        ("a", {"a": 5}, None),
        ("d", {"a": 5, "b": 9}, None),
    ],
)
def test_a_candidate_s_margin_is_against_the_best_of_all_others(
    candidate: str, votes: dict[str, int], expected: int | None
) -> None:
    assert margin_for(candidate, votes) == expected


@pytest.mark.parametrize(
    ("exact", "decimals", "digits"),
    [
        (Fraction(1, 8), 2, "12.50"),
        (Fraction(14_101, 4_992_198), 4, "0.2825"),
        (Fraction(1, 2_000_000), 4, "0.0001"),  # 0.00005: a half goes up
        (Fraction(-1, 2_000_000), 4, "-0.0001"),
        (Fraction(1, 2_000_001), 4, "0.0000"),
        (Fraction(-1, 2_000_001), 4, "0.0000"),
        (Fraction(1), 0, "100"),
        (Fraction(0), 1, "0.0"),
    ],
)
def test_a_percentage_is_rounded_half_up_from_the_exact_share(exact: Fraction, decimals: int, digits: str) -> None:
    assert percent(exact, decimals) == digits


def test_a_share_of_nothing_is_unknown() -> None:
    assert share(0, 0) is None
    assert share(1, 3) == Fraction(1, 3)
