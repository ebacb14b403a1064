from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wording.numbers import (
    begins,
    commas,
    counted,
    more_votes,
    percent_beside,
    points,
    round_percent,
    share_percent,
    signed,
    votes,
)


def test_large_numbers_have_commas_and_a_true_minus_sign() -> None:
    assert commas(14101) == "14,101"
    assert commas(-4608) == "\u22124,608"


def test_one_is_singular() -> None:
    assert [votes(0), votes(1), votes(2)] == ["0 votes", "1 vote", "2 votes"]
    assert more_votes(1) == "one more vote"
    assert counted(2, "county", "counties") == "2 counties"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "None"),
        (1, "One"),
        (10, "Ten"),
        (13, "Thirteen"),
        (20, "Twenty"),
        (96, "Ninety-six"),
        (100, "One hundred"),
        (111, "One hundred eleven"),
        (254, "Two hundred fifty-four"),
        (305, "Three hundred five"),
        (1_000, "1,000"),
    ],
)
def test_a_sentence_begins_with_a_number_in_words(number: int, words: str) -> None:
    assert begins(number) == words


def test_a_change_carries_its_sign() -> None:
    assert [signed(13), signed(0), signed(-61)] == ["+13", "+0", "\u221261"]


def test_a_share_is_of_all_votes_and_of_nothing_unknown() -> None:
    assert share_percent(2471895, 4992198) == "49.52%"
    assert share_percent(0, 0) is None


def test_a_few_votes_are_not_none_and_nearly_all_is_not_all() -> None:
    assert share_percent(1, 1_000_000) == "less than 0.01%"
    assert share_percent(999_999, 1_000_000) == "more than 99.99%"
    assert share_percent(0, 5) == "0.00%"
    assert share_percent(5, 5) == "100.00%"


def test_a_margin_is_in_percentage_points() -> None:
    assert points(14101, 4992198) == "0.28 percentage points"
    assert points(1, 10**6) == "less than 0.01 percentage points"
    assert points(0, 5) == "0.00 percentage points"


@pytest.mark.parametrize(
    ("exact", "shown"),
    [(Fraction(1, 2), "50%"), (Fraction(1, 200), "0.5%"), (Fraction(3, 5), "60%"), (Fraction(1), "100%")],
)
def test_a_share_set_by_law_has_no_zeros_at_its_end(exact: Fraction, shown: str) -> None:
    assert round_percent(exact) == shown


def test_a_share_just_short_of_a_line_does_not_look_like_the_line() -> None:
    assert percent_beside(Fraction(49_999_999, 100_000_000), Fraction(1, 2)) == "49.999999"
    assert percent_beside(Fraction(4971, 10000), Fraction(1, 2)) == "49.7"
    assert percent_beside(Fraction(4997, 10000), Fraction(1, 2)) == "49.97"
    assert percent_beside(Fraction(4971, 10000), Fraction(1, 2), 2) == "49.71"
    assert percent_beside(Fraction(1, 2), Fraction(1, 2)) == "50.0"


@given(part=st.integers(0, 10**9), rest=st.integers(0, 10**9))
def test_a_share_is_within_half_a_hundredth_of_the_exact_one(part: int, rest: int) -> None:
    shown = share_percent(part, part + rest)
    if shown is None:
        assert part + rest == 0
        return
    exact = Fraction(part, part + rest) * 100
    digits = Fraction(shown.rstrip("%").rsplit(" ", 1)[-1])
    if shown.startswith("less"):
        assert 0 < exact < digits
    elif shown.startswith("more"):
        assert digits < exact < 100
    else:
        assert abs(exact - digits) <= Fraction(1, 200)
