"""Makes readings in one line."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.count.reading import Reading

NOON = datetime(2020, 11, 11, 12, 0, tzinfo=UTC)


def reading(votes: Mapping[str, int], minute: float = 0, **fields: Any) -> Reading:
    """Return a reading with these votes by candidate, `minute` minutes after noon."""
    said = {"source": "times", "contest": "ga-2020-president", "as_of": NOON + timedelta(minutes=minute)}
    return Reading.model_validate(said | {"votes": dict(votes)} | fields)
