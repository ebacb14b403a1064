"""A source's answer read in the box: asked for by the bot, done by the worker.

Readings and refusals come back some hundred at a time, so that taking them apart never holds the bot up.
"""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Literal, cast

from pydantic import TypeAdapter

from bot.box.box import Box, Job, Worker, working
from bot.count.reading import Frozen, Moment, Reading
from bot.desk.sheet_layout import SheetLayout
from bot.errors import BadInputError
from bot.feeds.clarity.settings import CountyUpload, SiteSettings, settings_of
from bot.feeds.formats import line_reader_of
from bot.feeds.reader import MOST_REFUSED, ReaderContext, Refusal
from bot.feeds.readings import read_placed
from bot.feeds.strict_json import MOST_LINE

MOST_READINGS, MOST_OF_SERIES = 50_000, 5_000
"""Readings in an answer, and of one contest's count in it; a site that has more is broken as a whole."""

LOOKED_AT = 1 << 16
"""Bytes by which a format is recognised."""

_PIECE, _MOST_SKIPPED = 4 << 20, 256 << 20
"""Bytes of JSON Lines that are read at a time, and of a line whose end is looked for."""

_AT_ONCE = 200
"""Readings and their units in one part of an answer."""


class _Asked(Frozen):
    """What a worker is asked to read."""

    format: str
    name: str
    as_of: Moment
    as_of_is: Literal["received"] | None
    source: str | None
    sheet: SheetLayout | None
    takes_tests: bool
    first_line: int | None
    """Of a piece of a file of JSON Lines, which may have any number of readings: the number of its first line."""


class Part(Frozen):
    """Some of what was read."""

    readings: list[Reading]
    refusals: list[Refusal]
    uploads: list[CountyUpload]
    has_tests: bool


async def read_answer(
    box: Box, format_name: str, body: bytes, context: ReaderContext
) -> tuple[list[Reading], list[Refusal]]:
    """Return the readings of a source's answer, and what of it is refused.

    Raises:
        BadInputError: the whole can't be read; one sentence that begins with the context's name.

    """
    parts = await box.read("feeds", _job(format_name, body, context), Part.model_validate_json)
    _note_tests(parts, context)
    return [one for part in parts for one in part.readings], [one for part in parts for one in part.refusals]


def read_here(format_name: str, body: bytes, context: ReaderContext) -> Iterator[Reading | Refusal | CountyUpload]:
    """Yield what a file holds, for a program that waits for it: the command line. Raises as `read_answer` does."""
    with working() as worker:
        yield from _items(worker, _job(format_name, body, context), context)


def read_lines_here(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
    """Yield the readings of a file of JSON Lines, which may be of any length: it is read piece by piece."""
    first = 1
    with working() as worker:
        while piece := _piece(stream, context.name):
            for item in _items(worker, _job("readings", piece, context, first), context):
                yield cast("Reading | Refusal", item)
            first += piece.count(b"\n")


def _piece(stream: BinaryIO, name: str) -> bytes:
    """Return the next lines of a stream, whole ones; of one that is too long the beginning."""
    piece = stream.read(_PIECE)
    if piece.endswith(b"\n") or not piece:
        return piece
    piece += stream.readline(MOST_LINE + 1)
    skipped = 0
    while not piece.endswith(b"\n") and (rest := stream.readline(_PIECE)):
        skipped += len(rest)
        if skipped > _MOST_SKIPPED:
            raise BadInputError(f"{name}: has a line of over {_MOST_SKIPPED >> 20} MiB: it may never end")
        piece = piece if not rest.endswith(b"\n") else piece + b"\n"
    return piece


def _items(worker: Worker, job: Job, context: ReaderContext) -> Iterator[Reading | Refusal | CountyUpload]:
    for words in worker.do(job):
        part = Part.model_validate_json(words)
        _note_tests([part], context)
        yield from part.readings
        yield from part.uploads
        yield from part.refusals


async def read_settings(box: Box, name: str, body: bytes) -> SiteSettings:
    """Return what the settings of a Clarity site say; raises as `read_answer` does."""
    (settings,) = await box.read("feeds", Job("settings", name, (name.encode(), body)), _SETTINGS.validate_json)
    return settings


_SETTINGS = TypeAdapter(SiteSettings)


def format_here(data: bytes) -> str | None:
    """Return the format of which some bytes are, for a program that waits for it; None: of none that is known."""
    with working() as worker:
        (name,) = worker.do(Job("format", "the file", (data[:LOOKED_AT],)))
    return name.decode() or None


def recognised(data: bytes) -> Iterator[bytes]:
    """Yield the name of a format, in one part; empty where none is known: the worker's side of `format_here`."""
    from bot.feeds.recognise import format_of  # noqa: PLC0415 - only a worker needs it

    yield (format_of(data) or "").encode()


def _job(format_name: str, body: bytes, context: ReaderContext, first_line: int | None = None) -> Job:
    asked = _Asked(
        format=format_name, name=context.name, as_of=context.as_of, as_of_is=context.as_of_is, source=context.source,
        sheet=context.sheet, takes_tests=context.tests is not None, first_line=first_line,
    )  # fmt: skip
    return Job("answer", context.name, (asked.model_dump_json().encode(), body, *context.beside))


def _note_tests(parts: Sequence[Part], context: ReaderContext) -> None:
    if any(part.has_tests for part in parts):
        context.takes_test()


def settings(name: bytes, body: bytes) -> Iterator[bytes]:
    """Yield the settings of a Clarity site, in one part: the worker's side of `read_settings`."""
    yield _SETTINGS.dump_json(settings_of(io.BytesIO(body), name.decode()))


def read(asked: bytes, body: bytes, *beside: bytes) -> Iterator[bytes]:
    """Return the parts of an answer: the worker's side of `read_answer`."""
    said = _Asked.model_validate_json(asked)
    context = ReaderContext(
        said.name, said.as_of, said.as_of_is, said.source, said.sheet, set() if said.takes_tests else None, beside
    )
    if said.first_line is not None:
        return parts_of((item for _, item in read_placed(io.BytesIO(body), context, said.first_line)), context)
    return parts_of(bounded(line_reader_of(said.format)(io.BytesIO(body), context), said.name), context)


def parts_of(items: Iterator[Reading | Refusal | CountyUpload], context: ReaderContext) -> Iterator[bytes]:
    """Yield items some hundred at a time, as a `Part` each."""
    readings: list[Reading] = []
    refusals: list[Refusal] = []
    uploads: list[CountyUpload] = []
    size = 0

    def part() -> bytes:
        words = Part(readings=readings, refusals=refusals, uploads=uploads, has_tests=bool(context.tests))
        return words.model_dump_json(exclude_none=True).encode()

    for item in items:
        if isinstance(item, Reading):
            readings.append(item)
            size += len(item.units or ())
        elif isinstance(item, Refusal):
            refusals.append(item)
        else:
            uploads.append(item)
        size += 1
        if size >= _AT_ONCE:
            yield part()
            readings, refusals, uploads, size = [], [], [], 0
    yield part()


def bounded(items: Iterator[Reading | Refusal | CountyUpload], name: str) -> Iterator[Reading | Refusal | CountyUpload]:
    """Yield what a reader makes of an answer.

    Raises:
        BadInputError: there is more of it than any results site has.

    """
    refused = read = 0
    of_series = Counter[tuple[str, str, str]]()
    for item in items:
        if isinstance(item, Refusal):
            refused += 1
            if refused > MOST_REFUSED:
                raise BadInputError(
                    f"{name}: more than {MOST_REFUSED:,} parts of it can't be read, the last one: {item}"
                )
        elif isinstance(item, Reading):
            read += 1
            of_series[item.series] += 1
            if of_series[item.series] > MOST_OF_SERIES:
                raise BadInputError(f"{name}: {item.contest} has more than {MOST_OF_SERIES:,} readings")
            if read > MOST_READINGS:
                raise BadInputError(f"{name}: has more than {MOST_READINGS:,} readings")
        yield item
