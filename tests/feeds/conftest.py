import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TypeAlias, TypeVar

import pytest

from bot.__main__ import main
from bot.count.reading import Reading
from bot.errors import BadInputError
from bot.feeds.reader import ReaderContext, Refusal
from tests.recorded import recorded_feeds

RECEIVED = datetime(2020, 11, 12, 15, 57, tzinfo=UTC)

T = TypeVar("T")

Reads: TypeAlias = Callable[[BinaryIO, ReaderContext], Iterator[T]]


def items_of(reader: Reads[T], data: bytes, *beside: bytes, source: str | None = None) -> list[T]:
    """Return everything that a reader reads from a file, and from further files of the same answer."""
    return list(reader(io.BytesIO(data), ReaderContext("feed", RECEIVED, "received", source, other_files=beside)))


def sole(items: Sequence[object]) -> Reading:
    """Return the only item, which has to be a reading."""
    (found,) = items
    assert isinstance(found, Reading), found
    return found


def refusal_in(items: Sequence[object]) -> str:
    """Return why the only contest was refused."""
    (found,) = items
    assert isinstance(found, Refusal), found
    assert "\n" not in str(found)
    return str(found)


def failure(reader: Reads[T], data: bytes, *beside: bytes) -> str:
    """Return the error message for a file that can't be read."""
    with pytest.raises(BadInputError) as caught:
        items_of(reader, data, *beside)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture(scope="session")
def feeds() -> Path:
    """Return the folder of recorded public feeds, next to the project."""
    if (found := recorded_feeds()) is None:
        pytest.skip("the recorded feeds are not on this machine: no folder feeds beside the project")
    return found


def rows_in(file: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """Return the rows of a recorded table as dicts: heading → cell, unchanged."""
    text = file.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


Printed: TypeAlias = Callable[..., dict[str, Reading]]


@pytest.fixture
def printed(feeds: Path, capsys: pytest.CaptureFixture[str]) -> Printed:
    """Return a function that reads a recorded file on the command line.

    Its result is contest → reading. `notes` are the expected messages on standard error.
    """

    def read(format_name: str, file: str | Path, *options: str, notes: Sequence[str] = ()) -> dict[str, Reading]:
        path = feeds / file
        status = main(["read", "--format", format_name, str(path), *options])
        out, err = capsys.readouterr()
        assert (status, err.splitlines()) == (0, [f"{path}: {note}" for note in notes])
        return {one.contest: one for one in map(Reading.model_validate_json, out.splitlines())}

    return read
