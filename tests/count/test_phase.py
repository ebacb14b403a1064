"""Tests the phases of a count: election night, counting, certified."""

from fractions import Fraction
from typing import Any

import pytest

from bot.count.phase import Phase, phase_of
from tests.property.strategies import reading_of


@pytest.mark.parametrize(
    ("fields", "phase"),
    [
        ({"reporting": {"precincts": [1, 10]}}, Phase.NIGHT),
        ({"reporting": {"precincts": [9, 10]}}, Phase.COUNT),
        ({"expected_total": 100}, Phase.NIGHT),
        ({}, Phase.COUNT),
        ({"status": "certified"}, Phase.CERTIFIED),
        ({"status": "certified", "reporting": {"precincts": [1, 10]}}, Phase.CERTIFIED),
        ({"status": "unofficial-complete", "reporting": {"precincts": [10, 10]}}, Phase.COUNT),
        ({"count": "recount", "reporting": {"precincts": [1, 10]}}, Phase.COUNT),
    ],
)
def test_phase_is_what_the_source_says_of_its_count(fields: dict[str, Any], phase: Phase) -> None:
    assert phase_of(reading_of({"a": 2, "b": 1}, **fields), Fraction(9, 10)) is phase
