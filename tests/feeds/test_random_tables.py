"""Tests that any table of votes is read correctly or refused.

`python -m tests.feeds.random_tables 20000` tries more tables.
"""

from collections import Counter

import pytest

from tests.feeds.random_tables import outcome_of, table_of_number


@pytest.mark.parametrize("guessed", [False, True])
@pytest.mark.parametrize("first", [0, 20])
def test_random_tables_are_right_or_refused_and_few_are_refused(first: int, guessed: bool) -> None:
    outcomes = {number: outcome_of(table_of_number(number), guessed=guessed) for number in range(first, first + 20)}
    assert not {number: why for number, (outcome, why) in outcomes.items() if outcome == "wrong"}
    assert Counter(outcome for outcome, _ in outcomes.values())["refused"] <= 4
