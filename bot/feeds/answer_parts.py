"""What a worker reads for the bot, and how it comes back: in parts.

A part has some hundred readings and refusals, so that taking them apart never holds the bot up.
"""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from bot.count.reading import Frozen, Moment, OutstandingBallots, Reading, Reporting, SourceSays, Unit
from bot.desk.sheet_layout import SheetLayout
from bot.errors import BadInputError
from bot.feeds.clarity.settings import CountyUpload, SiteSettings, settings_of
from bot.feeds.format import LineReader
from bot.feeds.formats import line_reader_of
from bot.feeds.reader import MOST_DESCRIBED, MOST_REFUSED, ReaderContext, Refusal
from bot.feeds.readings import read_placed

MOST_READINGS, MOST_OF_SERIES = 50_000, 5_000
"""Readings in an answer, and of one contest's count in it; a site that has more is broken as a whole."""

_AT_ONCE = 200
"""Readings and their units in one part of an answer."""

_MOST_IN_PART = 1 << 20
"""Bytes of a part, which takes the bot some milliseconds; one of real readings has some 100 KiB."""

SETTINGS = TypeAdapter(SiteSettings)


class Asked(Frozen):
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


@dataclass(slots=True)
class Part:
    """Some of what was read: the readings were checked in the worker, and are not checked a second time."""

    readings: list[Reading] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    """Where each reading stands, in what has lines: `push:12`."""
    refusals: list[Refusal] = field(default_factory=list)
    uploads: list[CountyUpload] = field(default_factory=list)
    unvoted: list[str] = field(default_factory=list)
    """As in `ReaderContext`."""
    has_tests: bool = False
    begins: Reading | None = None
    """A reading without its units, which are in the parts that follow."""
    units: dict[str, Unit] = field(default_factory=dict)
    """Of that reading."""
    races: dict[str, str] = field(default_factory=dict)
    """What AP has said of races, as JSON, by their keys."""

    def to_json(self) -> bytes:
        """Return it as `from_json` takes it."""
        return to_json(self)

    @classmethod
    def from_json(cls, words: bytes) -> "Part":
        """Return the part that a worker of ours has written."""
        said = from_json(words)
        begins = said.pop("begins")
        return cls(
            [_reading(one) for one in said.pop("readings")],
            begins=_reading(begins) if begins else None,
            refusals=[Refusal(**one) for one in said.pop("refusals")],
            uploads=[
                CountyUpload(**one | {"uploaded_at": datetime.fromisoformat(one["uploaded_at"])})
                for one in said.pop("uploads")
            ],
            units=_units(said.pop("units")),
            **said,
        )


def _reading(said: dict[str, Any]) -> Reading:
    values = _values(said)
    values["as_of"] = datetime.fromisoformat(said["as_of"])
    if reporting := said["reporting"]:
        values["reporting"] = Reporting(**_values(reporting))
    if units := said["units"]:
        values["units"] = _units(units)
    if outstanding := said["outstanding"]:
        values["outstanding"] = tuple(OutstandingBallots(**_values(one)) for one in outstanding)
    if says := said["says"]:
        values["says"] = SourceSays(**_values(says))
    return Reading(**values)


def _units(said: dict[str, Any]) -> dict[str, Unit]:
    return {name: Unit(**_values(unit)) for name, unit in said.items()}


def _values(said: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a record, whose lists are tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}


@dataclass(slots=True)
class WholeAnswer:
    """What was read in an answer, put together again."""

    readings: list[Reading] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    uploads: list[CountyUpload] = field(default_factory=list)
    races: dict[str, str] = field(default_factory=dict)
    unvoted: list[str] = field(default_factory=list)
    has_tests: bool = False
    _begun: tuple[Reading, str, dict[str, Unit]] | None = None

    def take(self, words: bytes) -> None:
        """Add a part."""
        part = Part.from_json(words)
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
        self.unvoted += part.unvoted
        self.has_tests |= part.has_tests

    def _close(self) -> None:
        if self._begun is not None:
            reading, place, units = self._begun
            self.readings.append(reading.model_copy(update={"units": units}))
            self.places += [place] if place else []
            self._begun = None


def settings(name: bytes, body: bytes) -> Iterator[bytes]:
    """Yield the settings of a Clarity site, in one part: the worker's side of `read_settings`."""
    yield SETTINGS.dump_json(settings_of(io.BytesIO(body), name.decode()))


def read(asked: bytes, body: bytes, *beside: bytes) -> Iterator[bytes]:
    """Return the parts of an answer: the worker's side of `read_answer`."""
    said = Asked.model_validate_json(asked)
    context = ReaderContext(
        said.name, said.as_of, said.as_of_is, said.source, said.sheet, set() if said.takes_tests else None, beside
    )
    if said.first_line is not None:
        lines = read_placed(io.BytesIO(body), context, said.first_line, MOST_DESCRIBED)
        return parts_of((("", item) for _, item in lines), context)
    return _read(line_reader_of(said.format), body, context)


def _read(reader: LineReader, body: bytes, context: ReaderContext) -> Iterator[bytes]:
    items = bounded(reader(io.BytesIO(body), context), context.name)
    yield from [*parts_of((("", item) for item in items), context)]  # of what can't be read whole nothing is used


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
                yield _words(part, context.name)
                yield from _in_pieces(item, at, context.name)
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
            yield _words(part, context.name)
            part, size = Part(), 0
    part.has_tests = bool(context.tests)
    part.unvoted = context.unvoted
    yield _words(part, context.name)


def _in_pieces(reading: Reading, place: list[str], name: str) -> Iterator[bytes]:
    """Yield a reading with many units, some hundred of these at a time."""
    units = [*(reading.units or {}).items()]
    yield _words(Part(begins=reading.model_copy(update={"units": None}), places=place), name)
    for start in range(0, len(units), _AT_ONCE):
        yield _words(Part(units=dict(units[start : start + _AT_ONCE])), name)


def _words(part: Part, name: str) -> bytes:
    words = part.to_json()
    if len(words) > _MOST_IN_PART:
        first = next(iter([*([part.begins] if part.begins else []), *part.readings]), None)
        contest = f", {first.contest}" if first else ""
        raise BadInputError(f"{name}{contest}: says over {_MOST_IN_PART >> 10} KiB beside its units")
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


def recognised(data: bytes) -> Iterator[bytes]:
    """Yield the name of a format, in one part; empty where none is known: the worker's side of `format_here`."""
    from bot.feeds.recognise import format_of  # noqa: PLC0415 - only a worker needs it

    yield (format_of(data) or "").encode()
