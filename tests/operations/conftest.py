"""Fixtures: the health check's results for a healthy bot. Each test then makes one of them bad."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAlias

import pytest

from bot.operations.vitals import Gateway, OutboxVitals, SourceVitals, Vitals
from tests.conftest import START

MakeVitals: TypeAlias = Callable[..., Vitals]

HOUR = timedelta(hours=1)


def source(key: str = "times", **fields: Any) -> SourceVitals:
    well = SourceVitals(key, f"the {key.title()}", timedelta(seconds=60), START, None, 0, None)
    return replace(well, **fields)


@pytest.fixture
def vitals() -> MakeVitals:
    def make(**fields: Any) -> Vitals:
        gateway = Gateway(connected=True, since=START - HOUR)
        return replace(Vitals(START, START - 2 * HOUR, gateway, None, OutboxVitals((), (), 0), (source(),)), **fields)

    return make
