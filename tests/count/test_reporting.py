from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from bot.count.reading import Reading
from bot.count.reporting import recount_under_way, reporting_share

MakeReading = Callable[..., Reading]


@pytest.mark.parametrize(
    ("fields", "share"),
    [
        ({}, None),
        ({"reporting": {"precincts": [1, 4], "units": [1, 2]}}, Fraction(1, 4)),
        ({"reporting": {"units": [1, 2]}}, Fraction(1, 2)),
        ({"reporting": {"precincts": [0, 0], "units": [1, 2]}}, Fraction(1, 2)),  # nothing of nothing is unsaid
        ({"reporting": {"precincts": [0, 4]}}, Fraction(0)),
        ({"expected_total": 400}, Fraction(1, 4)),
        ({"expected_total": 50}, Fraction(1)),  # an estimate that was too low
        ({"expected_total": 0}, None),
    ],
)
def test_how_much_is_in_goes_by_precincts_then_units_then_the_expected_total(
    reading: MakeReading, fields: dict[str, Any], share: Fraction | None
) -> None:
    assert reporting_share(reading({"a": 60, "b": 40}, **fields)) == share


@pytest.mark.parametrize(
    ("count", "fields", "under_way"),
    [
        ("recount", {"reporting": {"units": [158, 159]}}, True),
        ("recount-2", {"reporting": {"units": [159, 159], "precincts": [2654, 2655]}}, True),
        ("recount", {"units": {"Floyd": {"total": 9, "reported": [24, 25]}, "Cobb": {"reported": [9, 9]}}}, True),
        ("recount", {"units": {"Floyd": {"total": 9, "reported": [25, 25]}, "Cobb": {"total": 9}}}, False),
        ("recount", {"reporting": {"units": [159, 159]}}, False),
        ("recount", {}, False),
        ("election", {"reporting": {"units": [158, 159]}}, False),
        ("audit", {"reporting": {"units": [158, 159]}}, False),
    ],
)
def test_a_recount_is_under_way_while_its_source_says_that_a_part_is_to_come(
    reading: MakeReading, count: str, fields: dict[str, Any], under_way: bool
) -> None:
    assert recount_under_way(reading({"a": 60, "b": 40}, count=count, **fields)) is under_way
