"""What every reader of a feed is given and what it hands back."""

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
    """What a reader can't learn from the bytes."""

    name: str
    """The file's name, as errors say it."""
    as_of: datetime
    """Aware: when the bytes were true, for feeds that give no time of their own."""
    as_of_is: Literal["received"] | None = "received"
    """`received`: `as_of` is only when they came in; None: somebody vouches for it."""
    source: str | None = None
    """The source's id; None: the feed's own word where it has one, else the format's name."""
    sheet: SheetLayout | None = None
    """Of the format csv: how the sheet is laid out, from the source's entry in the desk file or a preset."""
    tests: set[str] | None = None
    """None: a vendor's test data is refused. In a rehearsal of one's own desk, and nowhere else, a set: it is taken, and the
    names of the files that have any are put into it."""
    beside: tuple[bytes, ...] = ()
    """The other files of an answer that comes in several, in any order: `Format.is_one_answer`."""
    unvoted: list[str] = field(default_factory=list)
    """The keys of contests in which there is no vote yet, which are no readings: the reader adds them."""

    def takes_test(self) -> bool:
        """Return True if test data is taken, and note that there is some."""
        if self.tests is None:
            return False
        self.tests.add(self.name)
        return True

    @property
    def as_of_utc(self) -> datetime:
        """`as_of` as a reading keeps it."""
        return self.as_of.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One contest, or one line, that can't be used; the others of the file are not touched by it."""

    place: str
    """The file's name, and the line where the format has lines: `day.jsonl:12`."""
    what: str
    """What is wrong, with the value at fault."""
    contest: str | None = None
    """The contest's id, where it could be made out; never longer than a sentence can bear."""
    contest_name: str | None = None
    times: int = 1
    """How many lines it stands for: of a flood only the first are described."""

    def __str__(self) -> str:
        """Return the refusal in one sentence that names the place, the contest and the value."""
        named = f"{self.contest} ({self.contest_name})" if self.contest and self.contest_name else self.contest
        return plain(": ".join(part for part in (self.place, named, self.what) if part))


Reader: TypeAlias = Callable[[BinaryIO, ReaderContext], Iterator[Reading | Refusal]]
"""Reads one feed file. Raises BadInputError, before anything is handed back, when the whole can't be parsed."""

LOOKED_AT = 1 << 16
"""Bytes by which a format is recognised."""

MOST_DESCRIBED = 10
"""Bad lines of a file of readings that are described one by one; the others are counted."""

MOST_REFUSED = 10_000
"""Parts of one answer that are refused, one by one; a site that shows more is broken as a whole. AP has 7,000 races."""


def described(error: ValidationError) -> str:
    """Return what is wrong with a reading, in one short line; of a flood of errors only how many there are."""
    if (times := error.error_count()) > _MOST_DESCRIBED:
        return f"has {times} values that can't be used"
    return describe_refusal(error)


def quoted(value: object) -> str:
    """Return a value of the feed as a sentence can show it: at most 60 characters, in JSON's own words."""
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
    """Return `text` as one line that can be shown: what no screen shows is spelled out, as Python does."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def shortened(text: str, most: int = _SHOWN) -> str:
    """Return `text`, cut to at most `most` characters; a cut shows as an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
