"""The formats of feed files by name, and who reads each.

A reader is loaded when its first file comes: a bot needs those of its own sources, and no other's memory.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, cast

from bot.count.reading import Reading
from bot.errors import BadInputError
from bot.feeds.reader import Reader, ReaderContext, Refusal, quoted

if TYPE_CHECKING:
    from bot.feeds.clarity.settings import CountyUpload

LineReader: TypeAlias = Callable[[BinaryIO, ReaderContext], "Iterator[Reading | CountyUpload | Refusal]"]
"""Reads one file, as a Reader does, but what it holds may be no readings."""

AP, ENHANCED_VOTING, KNOWINK, TEXAS = "ap", "enhanced-voting", "knowink", "texas"
CLARITY_SUMMARY, CLARITY_DETAIL = "clarity-summary", "clarity-detail"
SHEET = "csv"

READERS: dict[str, str] = {
    "readings": "readings",
    CLARITY_SUMMARY: "clarity.summary",
    CLARITY_DETAIL: "clarity.detail",
    ENHANCED_VOTING: "enhanced_voting",
    "georgia-export": "enhanced_voting:read_georgia_export",
    AP: "ap.reader",
    "nist": "nist.reader",
    SHEET: "csv_sheet",
    "california": "california",
    "los-angeles": "los_angeles",
    KNOWINK: "knowink",
    TEXAS: "texas",
    "arizona": "arizona",
    "nyt-2020": "nyt_2020",
}
"""The formats that can be read, and where in this room the reader of each is."""

ONE_ANSWER = frozenset({KNOWINK, TEXAS})
"""The formats of which several files are one answer: results and names, an election and its counties."""


def read_recognised(stream: BinaryIO, context: ReaderContext) -> "Iterator[Reading | CountyUpload | Refusal]":
    """Read a file of whichever format it is, by how it begins."""
    from bot.feeds.recognise import begins_with, format_of, refusal_of  # noqa: PLC0415 - as a reader is

    begins, stream = begins_with(stream)
    name = format_of(begins)
    if name is None:
        if what := refusal_of(begins):
            raise BadInputError(f"{context.name}: {what}")
        known = ", ".join(READERS)
        raise BadInputError(f"{context.name}: begins as no format that is known here; say which it is: {known}")
    yield from line_reader_of(name)(stream, context)


AUTO = "auto"

OTHERS = {"clarity-settings": "clarity.settings", AUTO: "formats:read_recognised"}
"""For `tallydesk read` alone: what holds something else than readings, and what finds the format itself."""


def line_reader_of(name: str) -> LineReader:
    """Return the reader of the format called `name`, whatever it holds; raises as `refuse_unknown`."""
    refuse_unknown(name)
    return _loaded((READERS | OTHERS)[name])


def reader_of(name: str) -> Reader:
    """Return the reader of the format called `name`; raises as `refuse_unread`."""
    refuse_unread(name)
    return cast("Reader", _loaded(READERS[name]))


def refuse_unknown(name: str) -> None:
    """Raise a BadInputError for a format that there is not; it says which there are."""
    if name not in OTHERS:
        refuse_unread(name)


def refuse_unread(name: str) -> None:
    """Raise a BadInputError for a format that holds no readings, or that there is not; it says which there are."""
    if name in READERS:
        return
    readable = ", ".join(READERS)
    if name == "prose":
        raise BadInputError("prose gives claims, and no readings; tallydesk read prints them")
    if name in OTHERS:
        raise BadInputError(f"the format {name} holds no readings; {readable} do")
    raise BadInputError(f"there is no format {quoted(name)}; {readable} can be read")


def _loaded(where: str) -> LineReader:
    """Return what reads a format, from its module."""
    module, _, name = where.partition(":")
    return cast("LineReader", getattr(import_module(f"bot.feeds.{module}"), name or "read"))
