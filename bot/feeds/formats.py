"""The formats of feed files by name, and who reads each."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeAlias

from bot.count.reading import Reading
from bot.errors import BadInputError
from bot.feeds import california, csv_sheet, enhanced_voting, knowink, los_angeles, nyt_2020, readings, texas
from bot.feeds.ap import reader as ap
from bot.feeds.clarity import settings as clarity_settings
from bot.feeds.clarity import summary as clarity_summary
from bot.feeds.clarity.settings import CountyUpload
from bot.feeds.nist import reader as nist
from bot.feeds.reader import Reader, ReaderContext, Refusal, quoted
from bot.feeds.recognise import begins_with, format_of

LineReader: TypeAlias = Callable[[BinaryIO, ReaderContext], Iterator[Reading | CountyUpload | Refusal]]
"""Reads one file, as a Reader does, but what it holds may be no readings."""

CLARITY_DETAIL, ARIZONA = "clarity-detail", "arizona"


def _read_clarity_detail(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
    # lxml takes some MiB, which a bot that follows no such site does not need.
    from bot.feeds.clarity import detail as clarity_detail  # noqa: PLC0415

    return clarity_detail.read(stream, context)


def _read_arizona(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
    from bot.feeds import arizona  # noqa: PLC0415 - as above

    return arizona.read(stream, context)


READERS: dict[str, Reader] = {
    readings.FORMAT: readings.read,
    clarity_summary.FORMAT: clarity_summary.read,
    CLARITY_DETAIL: _read_clarity_detail,
    enhanced_voting.FORMAT: enhanced_voting.read,
    enhanced_voting.OTHER_NAME: enhanced_voting.read_georgia_export,
    ap.FORMAT: ap.read,
    nist.FORMAT: nist.read,
    csv_sheet.FORMAT: csv_sheet.read,
    california.FORMAT: california.read,
    los_angeles.FORMAT: los_angeles.read,
    knowink.FORMAT: knowink.read,
    texas.FORMAT: texas.read,
    ARIZONA: _read_arizona,
    nyt_2020.FORMAT: nyt_2020.read,
}
"""The formats that can be read."""

ONE_ANSWER = frozenset({knowink.FORMAT, texas.FORMAT})
"""The formats of which several files are one answer: results and names, an election and its counties."""


def _read_recognised(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | CountyUpload | Refusal]:
    begins, stream = begins_with(stream)
    name = format_of(begins)
    if name is None:
        known = ", ".join(READERS)
        raise BadInputError(f"{context.name}: begins as no format that is known here; say which it is: {known}")
    yield from line_reader_of(name)(stream, context)


AUTO = "auto"

OTHERS: dict[str, LineReader] = {clarity_settings.FORMAT: clarity_settings.read, AUTO: _read_recognised}
"""For `tallydesk read` alone: what holds something else than readings, and what finds the format itself."""


def line_reader_of(name: str) -> LineReader:
    """Return the reader of the format called `name`, whatever it holds.

    Raises:
        BadInputError: there is none; the error says which formats there are.

    """
    return OTHERS.get(name) or reader_of(name)


def reader_of(name: str) -> Reader:
    """Return the reader of the format called `name`.

    Raises:
        BadInputError: there is none; the error says which formats there are.

    """
    if reader := READERS.get(name):
        return reader
    readable = ", ".join(READERS)
    if name == "prose":
        raise BadInputError("prose gives claims, and no readings; tallydesk read prints them")
    if name in OTHERS:
        raise BadInputError(f"the format {name} holds no readings; {readable} do")
    raise BadInputError(f"there is no format {quoted(name)}; {readable} can be read")
