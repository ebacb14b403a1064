"""What the tests of the count share: readings made in one line."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.count.reading import Reading

START = datetime(2020, 11, 11, 12, 0, tzinfo=UTC)

MakeReading = Callable[..., Reading]


@pytest.fixture
def reading() -> MakeReading:
    """Return a maker of readings: votes by candidate, minutes after noon, and any other field."""

    def make(votes: Mapping[str, int], minute: float = 0, **fields: Any) -> Reading:
        said = {"source": "times", "contest": "ga-2020-president", "as_of": START + timedelta(minutes=minute)}
        return Reading.model_validate(said | {"votes": dict(votes)} | fields)

    return make
