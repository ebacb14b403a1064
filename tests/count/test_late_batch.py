from collections.abc import Callable
from typing import Any

import pytest

from bot.count.late_batch import gives_units
from bot.count.reading import Reading

MakeReading = Callable[..., Reading]


@pytest.mark.parametrize(
    ("fields", "gives"),
    [
        ({}, False),
        ({"reporting": {"units": [1, 2]}}, False),  # how many have reported is not where from
        ({"units": {"Floyd": {"total": 9}}}, True),
        ({"unit_batch": {"Floyd": 9}}, True),
        ({"unit_batch": {}}, True),
    ],
)
def test_a_source_gives_units_where_it_says_where_votes_come_from(
    reading: MakeReading, fields: dict[str, Any], gives: bool
) -> None:
    assert gives_units(reading({"a": 60, "b": 40}, **fields)) is gives
