import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.count.reading import Reading
from bot.feeds.reader import Reader, ReaderContext, Refusal
from tests.recorded import recorded_feeds

RECEIVED = datetime(2020, 11, 12, 15, 57, tzinfo=UTC)

ReadBytes: TypeAlias = Callable[..., list[Reading | Refusal]]


@pytest.fixture
def read_bytes() -> ReadBytes:
    def read(reader: Reader, data: bytes, source: str | None = None) -> list[Reading | Refusal]:
        items: Iterator[Reading | Refusal] = reader(
            io.BytesIO(data), ReaderContext("feed", RECEIVED, "received", source)
        )
        return list(items)

    return read


@pytest.fixture(scope="session")
def feeds() -> Path:
    """The folder of recorded public feeds, beside the project."""
    if (found := recorded_feeds()) is None:
        pytest.skip("the recorded feeds are not on this machine: no folder feeds beside the project")
    return found
