from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.count.outstanding import Needed, needed

votes = st.integers(0, 10_000_000)


@given(votes, votes)
def test_with_the_votes_needed_the_runner_up_is_ahead_and_with_one_less_not(margin: int, ballots: int) -> None:
    need = needed(margin, ballots)
    assert need.votes - (ballots - need.votes) > margin
    assert need.votes - 1 - (ballots - (need.votes - 1)) <= margin


@given(votes, votes)
def test_a_share_is_never_over_all_of_them(margin: int, ballots: int) -> None:
    share = needed(margin, ballots).share
    assert share is None or 0 < share <= 1
    assert (share is None) == (ballots <= margin)


@pytest.mark.parametrize(
    ("margin", "ballots", "votes", "possible", "ties"),
    [
        (100, 300, 201, True, False),
        (100, 101, 101, True, False),
        (100, 100, 101, False, True),
        (100, 99, 100, False, False),
        (0, 0, 1, False, False),
        (0, 1, 1, True, False),
    ],
)
def test_what_is_needed(margin: int, ballots: int, votes: int, possible: bool, ties: bool) -> None:
    need = needed(margin, ballots)
    assert need == Needed(ballots, margin, votes)
    assert (need.possible, need.would_tie) == (possible, ties)


def test_georgias_margin_of_14101_and_14000_ballots_can_not_be_caught_up() -> None:
    assert needed(14_101, 14_000).share is None
    assert needed(14_101, 20_000).share == Fraction(17_051, 20_000)


def test_what_can_not_be_is_refused() -> None:
    with pytest.raises(ValueError, match="can't be"):
        needed(-1, 5)
