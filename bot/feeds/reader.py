"""The types that every reader takes and yields, and functions to quote a feed's values in errors."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO, Literal, TypeAlias

from pydantic import ValidationError

from bot.count.reading import Reading, describe_refusal
from bot.desk.sheet_layout import SheetLayout

_SHOWN = 60

_MOST_DESCRIBED = 1000


@dataclass(frozen=True, slots=True)
class ReaderContext:
    """The inputs of a reader besides the bytes of a file."""

    name: str
    """The file's name for use in errors."""
    as_of: datetime
    """The time of the readings, aware, for feeds that give none themselves."""
    as_of_is: Literal["received"] | None = "received"
    """`received` if `as_of` is only the time of arrival; None if it is known to be the time of the count."""
    source: str | None = None
    """The source's id. If None, the one that the feed gives, or else the format's name."""
    sheet: SheetLayout | None = None
    """For the format csv, the layout of the table, from the desk file or a preset."""
    tests: set[str] | None = None
    """None means that a vendor's test data is refused. In rehearsals it is a set: test data is accepted, and the names of files
    that contain any are added to the set."""
    other_files: tuple[bytes, ...] = ()
    """The other files of an answer that consists of several (`Format.is_one_answer`), in any order."""
    no_votes_yet: list[str] = field(default_factory=list)
    """Keys of contests that have no votes yet, and so no reading. The reader adds to the list."""

    def takes_test(self) -> bool:
        """Return True if test data is accepted, and record that this file has test data."""
        if self.tests is None:
            return False
        self.tests.add(self.name)
        return True

    @property
    def as_of_utc(self) -> datetime:
        """`as_of` in UTC."""
        return self.as_of.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A contest or a line of a file that can't be used. The rest of the file is still read."""

    place: str
    """The file's name, with the line number for formats by line: `day.jsonl:12`."""
    what: str
    """What is wrong, with the value at fault."""
    contest: str | None = None
    """The contest's id, shortened for a sentence; None if it can't be read."""
    contest_name: str | None = None
    times: int = 1
    """How many lines the refusal stands for. Only the first bad lines of a file get a refusal each."""

    def __str__(self) -> str:
        """Return the refusal as one line with the place, the contest and the fault."""
        named = f"{self.contest} ({self.contest_name})" if self.contest and self.contest_name else self.contest
        return plain(": ".join(part for part in (self.place, named, self.what) if part))


Reader: TypeAlias = Callable[[BinaryIO, ReaderContext], Iterator[Reading | Refusal]]
"""Reads one file of a feed. If the file as a whole can't be parsed, it raises BadInputError before it yields
anything.
"""

BEGINNING_BYTES = 1 << 16
"""How many bytes at the beginning of a file are used to recognise its format."""

MOST_DESCRIBED = 10
"""How many bad lines of a file of readings get a refusal each. Further lines are only counted."""

MOST_REFUSED = 10_000
"""How many refusals an answer may have before all of it is refused. AP has 7,000 races."""


def described(error: ValidationError) -> str:
    """Return a short line that describes the faults of a reading. If there are very many, return only their number."""
    if (times := error.error_count()) > _MOST_DESCRIBED:
        return f"has {times} values that can't be used"
    return describe_refusal(error)


def quoted(value: object) -> str:
    """Return a feed's value for use in an error: at most 60 characters, with null, true and false as in JSON."""
    match value:
        case None | True | False:
            return {None: "null", True: "true", False: "false"}[value]
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return repr(shortened(value))
    return shortened(repr(value))


def plain(text: str) -> str:
    """Return `text` as one line, with unprintable characters escaped as in Python."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def shortened(text: str, most: int = _SHOWN) -> str:
    """Return `text` with at most `most` characters. A longer text is cut and ends with an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
