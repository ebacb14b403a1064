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
    """Return what a reader makes of a file, and of those that are one answer with it."""
    return list(reader(io.BytesIO(data), ReaderContext("feed", RECEIVED, "received", source, other_files=beside)))


def sole(items: Sequence[object]) -> Reading:
    """Return the one reading that there is."""
    (found,) = items
    assert isinstance(found, Reading), found
    return found


def refusal_in(items: Sequence[object]) -> str:
    """Return why the one contest that there is can't be read."""
    (found,) = items
    assert isinstance(found, Refusal), found
    assert "\n" not in str(found)
    return str(found)


def failure(reader: Reads[T], data: bytes, *beside: bytes) -> str:
    """Return why a file can't be read."""
    with pytest.raises(BadInputError) as caught:
        items_of(reader, data, *beside)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture(scope="session")
def feeds() -> Path:
    """The folder of recorded public feeds, beside the project."""
    if (found := recorded_feeds()) is None:
        pytest.skip("the recorded feeds are not on this machine: no folder feeds beside the project")
    return found


def rows_in(file: Path, delimiter: str = ",") -> list[dict[str, str]]:
    """Return a recorded table's rows by its headings, each cell as the file has it."""
    text = file.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


Printed: TypeAlias = Callable[..., dict[str, Reading]]


@pytest.fixture
def printed(feeds: Path, capsys: pytest.CaptureFixture[str]) -> Printed:
    """Read a recorded file on the command line: its readings by contest; `notes` are what is said of it beside these."""

    def read(format_name: str, file: str | Path, *options: str, notes: Sequence[str] = ()) -> dict[str, Reading]:
        path = feeds / file
        status = main(["read", "--format", format_name, str(path), *options])
        out, err = capsys.readouterr()
        assert (status, err.splitlines()) == (0, [f"{path}: {note}" for note in notes])
        return {one.contest: one for one in map(Reading.model_validate_json, out.splitlines())}

    return read
