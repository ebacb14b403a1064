"""A source's answer read in the box: asked for by the bot, done by the worker.

Readings and refusals come back some hundred at a time, so that taking them apart never holds the bot up.
"""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Literal, cast

from pydantic import TypeAdapter

from bot.box.box import Box, Job, Worker, working
from bot.count.reading import Frozen, Label, Moment, Reading, Unit
from bot.desk.sheet_layout import SheetLayout
from bot.errors import BadInputError
from bot.feeds.clarity.settings import CountyUpload, SiteSettings, settings_of
from bot.feeds.formats import LineReader, line_reader_of
from bot.feeds.reader import LOOKED_AT, MOST_DESCRIBED, MOST_REFUSED, ReaderContext, Refusal
from bot.feeds.readings import read_placed
from bot.feeds.strict_json import MOST_LINE

MOST_READINGS, MOST_OF_SERIES = 50_000, 5_000
"""Readings in an answer, and of one contest's count in it; a site that has more is broken as a whole."""

_PIECE, _MOST_SKIPPED = 1 << 20, 256 << 20
"""Bytes of JSON Lines that are read at a time, and of a line whose end is looked for."""

_AT_ONCE = 200
"""Readings and their units in one part of an answer."""

_MOST_IN_PART = 1 << 20
"""Bytes of a part, which takes the bot some milliseconds; one of real readings has some 100 KiB."""

_SETTINGS = TypeAdapter(SiteSettings)


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

    readings: list[Reading] = []
    places: list[str] = []
    """Where each reading stands, in what has lines: `push:12`."""
    refusals: list[Refusal] = []
    uploads: list[CountyUpload] = []
    has_tests: bool = False
    begins: Reading | None = None
    """A reading without its units, which are in the parts that follow."""
    units: dict[Label, Unit] = {}
    """Of that reading."""
    races: dict[str, str] = {}
    """What AP has said of races, as JSON, by their keys."""


@dataclass(slots=True)
class WholeAnswer:
    """What was read in an answer, put together again."""

    readings: list[Reading] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    uploads: list[CountyUpload] = field(default_factory=list)
    races: dict[str, str] = field(default_factory=dict)
    has_tests: bool = False
    _begun: tuple[Reading, str, dict[str, Unit]] | None = None

    def take(self, words: bytes) -> None:
        """Add a part."""
        part = Part.model_validate_json(words)
        if not part.units:
            self._close()
        if part.begins is not None:
            self._begun = part.begins, next(iter(part.places), ""), {}
        elif part.units and self._begun is not None:
            self._begun[2].update(part.units)
        else:
            self.places += part.places
        self.readings += part.readings
        self.refusals += part.refusals
        self.uploads += part.uploads
        self.races |= part.races
        self.has_tests |= part.has_tests

    def _close(self) -> None:
        if self._begun is not None:
            reading, place, units = self._begun
            self.readings.append(reading.model_copy(update={"units": units}))
            self.places += [place] if place else []
            self._begun = None


async def read_answer(
    box: Box, format_name: str, body: bytes, context: ReaderContext
) -> tuple[list[Reading], list[Refusal]]:
    """Return the readings of a source's answer, and what of it is refused.

    Raises:
        BadInputError: the whole can't be read; one sentence that begins with the context's name.

    """
    whole = WholeAnswer()
    await box.read("feeds", _job(format_name, body, context), whole.take)
    if whole.has_tests:
        context.takes_test()
    return whole.readings, whole.refusals


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
    whole = WholeAnswer()
    for words in worker.do(job):
        whole.take(words)
        yield from whole.readings
        yield from whole.uploads
        yield from whole.refusals
        for taken in (whole.readings, whole.uploads, whole.refusals):
            taken.clear()
    if whole.has_tests:
        context.takes_test()


async def read_settings(box: Box, name: str, body: bytes) -> SiteSettings:
    """Return what the settings of a Clarity site say; raises as `read_answer` does."""
    (settings,) = await box.read("feeds", Job("settings", name, (name.encode(), body)), _SETTINGS.validate_json)
    return settings


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
        format=format_name,
        name=context.name,
        as_of=context.as_of,
        as_of_is=context.as_of_is,
        source=context.source,
        sheet=context.sheet,
        takes_tests=context.tests is not None,
        first_line=first_line,
    )
    return Job("answer", context.name, (asked.model_dump_json().encode(), body, *context.beside))


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
        lines = read_placed(io.BytesIO(body), context, said.first_line, MOST_DESCRIBED)
        return parts_of((("", item) for _, item in lines), context)
    return _read(line_reader_of(said.format), body, context)


def _read(reader: LineReader, body: bytes, context: ReaderContext) -> Iterator[bytes]:
    items = [*bounded(reader(io.BytesIO(body), context), context.name)]  # of what can't be read whole nothing is used
    yield from parts_of((("", item) for item in items), context)


def parts_of(items: Iterable[tuple[str, Reading | Refusal | CountyUpload]], context: ReaderContext) -> Iterator[bytes]:
    """Yield items, each with the place where it stands (empty: nobody asks), some hundred at a time, as a `Part` each.

    Raises:
        BadInputError: a contest says too much beside its units.

    """
    part, size = Part(), 0
    for place, item in items:
        if isinstance(item, Reading):
            part.places.extend([place] if place else [])
            if len(item.units or ()) > _AT_ONCE:
                at = [part.places.pop()] if place else []
                yield _words(part)
                yield from _in_pieces(item, at)
                part, size = Part(), 0
                continue
            part.readings.append(item)
            size += len(item.units or ())
        elif isinstance(item, Refusal):
            part.refusals.append(item)
        else:
            part.uploads.append(item)
        size += 1
        if size >= _AT_ONCE:
            yield _words(part)
            part, size = Part(), 0
    yield _words(part.model_copy(update={"has_tests": bool(context.tests)}))


def _in_pieces(reading: Reading, place: list[str]) -> Iterator[bytes]:
    """Yield a reading with many units, some hundred of these at a time."""
    units = [*(reading.units or {}).items()]
    yield _words(Part(begins=reading.model_copy(update={"units": None}), places=place))
    for start in range(0, len(units), _AT_ONCE):
        yield _words(Part(units=dict(units[start : start + _AT_ONCE])))


def _words(part: Part) -> bytes:
    words = part.model_dump_json(exclude_defaults=True, exclude_none=True).encode()
    if len(words) > _MOST_IN_PART:
        first = next(iter([*([part.begins] if part.begins else []), *part.readings]), None)
        raise BadInputError(f"{first.contest if first else 'it'}: says over {_MOST_IN_PART >> 10} KiB beside its units")
    return words


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
