"""Reads feed files in a worker process, and sends the readings to the bot in parts.

Each part has at most a few hundred readings and refusals, so that decoding it does not block the bot.
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
"""The most readings in an answer, and the most of one series in it. An answer with more is refused as a whole."""

_AT_ONCE = 200
"""The most readings and units in a part, added together."""

_MOST_IN_PART = 1 << 20
"""The most bytes in a part. The bot needs some milliseconds to decode it. Parts of real feeds have about 100 KiB."""

SETTINGS = TypeAdapter(SiteSettings)


class ReadRequest(Frozen):
    """The parameters for a worker that reads an answer. Most fields are those of `ReaderContext`."""

    format: str
    name: str
    as_of: Moment
    as_of_is: Literal["received"] | None
    source: str | None
    sheet: SheetLayout | None
    takes_tests: bool
    first_line: int | None
    """For a piece of a file of JSON Lines, the number of its first line; else None."""


@dataclass(slots=True)
class Part:
    """A part of the contents of an answer.

    The worker has validated the readings, and the bot does not validate them again.
    """

    readings: list[Reading] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    """The place of each reading, `push:12`; empty for formats without lines."""
    refusals: list[Refusal] = field(default_factory=list)
    uploads: list[CountyUpload] = field(default_factory=list)
    no_votes_yet: list[str] = field(default_factory=list)
    """The keys of contests without votes, as in `ReaderContext`."""
    has_tests: bool = False
    begins: Reading | None = None
    """A reading with many units, but without the units, which follow in parts of their own."""
    units: dict[str, Unit] = field(default_factory=dict)
    """Units of that reading."""
    races: dict[str, str] = field(default_factory=dict)
    """AP's data of each race, as JSON, by the race's key."""

    def to_json(self) -> bytes:
        """Return the part as JSON, for `from_json`."""
        return to_json(self)

    @classmethod
    def from_json(cls, data: bytes) -> "Part":
        """Decode a part that our own worker encoded."""
        fields = from_json(data)
        begins = fields.pop("begins")
        return cls(
            [_reading(one) for one in fields.pop("readings")],
            begins=_reading(begins) if begins else None,
            refusals=[Refusal(**one) for one in fields.pop("refusals")],
            uploads=[
                CountyUpload(**one | {"uploaded_at": datetime.fromisoformat(one["uploaded_at"])})
                for one in fields.pop("uploads")
            ],
            units=_units(fields.pop("units")),
            **fields,
        )


def _reading(fields: dict[str, Any]) -> Reading:
    values = _values(fields)
    values["as_of"] = datetime.fromisoformat(fields["as_of"])
    if reporting := fields["reporting"]:
        values["reporting"] = Reporting(**_values(reporting))
    if units := fields["units"]:
        values["units"] = _units(units)
    if outstanding := fields["outstanding"]:
        values["outstanding"] = tuple(OutstandingBallots(**_values(one)) for one in outstanding)
    if says := fields["says"]:
        values["says"] = SourceSays(**_values(says))
    return Reading(**values)


def _units(fields: dict[str, Any]) -> dict[str, Unit]:
    return {name: Unit(**_values(unit)) for name, unit in fields.items()}


def _values(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a record, after turning JSON's lists into tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}


@dataclass(slots=True)
class WholeAnswer:
    """The contents of an answer, joined from the parts that a worker sent. The fields are those of `Part`."""

    readings: list[Reading] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    uploads: list[CountyUpload] = field(default_factory=list)
    races: dict[str, str] = field(default_factory=dict)
    no_votes_yet: list[str] = field(default_factory=list)
    has_tests: bool = False
    _unfinished: tuple[Reading, str, dict[str, Unit]] | None = None

    def take(self, data: bytes) -> None:
        """Add a part, given as JSON."""
        part = Part.from_json(data)
        if not part.units:
            self._close()
        if part.begins is not None:
            self._unfinished = part.begins, next(iter(part.places), ""), {}
        elif part.units and self._unfinished is not None:
            self._unfinished[2].update(part.units)
        else:
            self.places += part.places
        self.readings += part.readings
        self.refusals += part.refusals
        self.uploads += part.uploads
        self.races |= part.races
        self.no_votes_yet += part.no_votes_yet
        self.has_tests |= part.has_tests

    def _close(self) -> None:
        if self._unfinished is not None:
            reading, place, units = self._unfinished
            self.readings.append(reading.model_copy(update={"units": units}))
            self.places += [place] if place else []
            self._unfinished = None


def settings(name: bytes, body: bytes) -> Iterator[bytes]:
    """Yield a Clarity site's settings as JSON, in one part. This runs in a worker for `boxed.read_settings`."""
    yield SETTINGS.dump_json(settings_of(io.BytesIO(body), name.decode()))


def read(request: bytes, body: bytes, *other_files: bytes) -> Iterator[bytes]:
    """Read an answer, and yield its contents in parts. This runs in a worker for `boxed.read_answer`.

    Args:
        request: the parameters, a `ReadRequest` as JSON.
        body: the file.
        other_files: the other files, if the answer consists of several.

    """
    parameters = ReadRequest.model_validate_json(request)
    context = ReaderContext(
        parameters.name,
        parameters.as_of,
        parameters.as_of_is,
        parameters.source,
        parameters.sheet,
        set() if parameters.takes_tests else None,
        other_files,
    )
    if parameters.first_line is not None:
        lines = read_placed(io.BytesIO(body), context, parameters.first_line, MOST_DESCRIBED)
        return parts_of((("", item) for _, item in lines), context)
    return _read(line_reader_of(parameters.format), body, context)


def _read(reader: LineReader, body: bytes, context: ReaderContext) -> Iterator[bytes]:
    items = bounded(reader(io.BytesIO(body), context), context.name)
    yield from [
        *parts_of((("", item) for item in items), context)
    ]  # if an error comes at the end, nothing of the answer may be used


def parts_of(items: Iterable[tuple[str, Reading | Refusal | CountyUpload]], context: ReaderContext) -> Iterator[bytes]:
    """Yield readings, refusals and uploads in parts. Each part is a `Part` as JSON.

    Args:
        items: pairs of a place, which may be empty, and a reading, refusal or upload.
        context: the context in which the items were read. Its test files and contests without votes go into the
            last part.

    Raises:
        BadInputError: a contest is too large for a part, even without its units.

    """
    part, size = Part(), 0
    for place, item in items:
        if isinstance(item, Reading):
            part.places.extend([place] if place else [])
            if len(item.units or ()) > _AT_ONCE:
                at = [part.places.pop()] if place else []
                yield _encoded(part, context.name)
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
            yield _encoded(part, context.name)
            part, size = Part(), 0
    part.has_tests = bool(context.tests)
    part.no_votes_yet = context.no_votes_yet
    yield _encoded(part, context.name)


def _in_pieces(reading: Reading, place: list[str], name: str) -> Iterator[bytes]:
    """Yield a reading without its units, then its units, a few hundred at a time."""
    units = [*(reading.units or {}).items()]
    yield _encoded(Part(begins=reading.model_copy(update={"units": None}), places=place), name)
    for start in range(0, len(units), _AT_ONCE):
        yield _encoded(Part(units=dict(units[start : start + _AT_ONCE])), name)


def _encoded(part: Part, name: str) -> bytes:
    data = part.to_json()
    if len(data) > _MOST_IN_PART:
        first = next(iter([*([part.begins] if part.begins else []), *part.readings]), None)
        contest = f", {first.contest}" if first else ""
        raise BadInputError(f"{name}{contest}: says over {_MOST_IN_PART >> 10} KiB beside its units")
    return data


def bounded(items: Iterator[Reading | Refusal | CountyUpload], name: str) -> Iterator[Reading | Refusal | CountyUpload]:
    """Yield the readings, refusals and uploads in an answer, and refuse the answer if there are too many.

    `name` is the answer's name for errors.

    Raises:
        BadInputError: the answer has more refusals or readings than any real site.

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


def recognise(data: bytes) -> Iterator[bytes]:
    """Yield the name of a file's format, or nothing if no format fits.

    This runs in a worker for `boxed.format_here`.
    """
    from bot.feeds.recognise import format_of  # noqa: PLC0415 - only a worker needs it

    yield (format_of(data) or "").encode()
