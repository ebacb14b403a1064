"""The format `readings`: JSON Lines with one reading in each line, in Tallydesk's own format."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from pydantic import ValidationError

from bot.count.reading import Reading
from bot.errors import BadInputError
from bot.feeds import strict_json
from bot.feeds.format import Format
from bot.feeds.reader import ReaderContext, Refusal, described, plain, shortened

NAME = "readings"

_CONTEST = re.compile(rb'"contest"\s*:\s*"([^"\\]{1,100})"')

_LOOKED_AT = 1 << 16
"""If a line isn't JSON, how many of its bytes are searched for the contest, to name it in the refusal."""


def read(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
    """Yield a reading or a refusal for each line, in order. Blank lines are skipped.

    Each line contains its time and, unless `context.source` is set, its source.
    """
    try:
        for _, item in read_placed(stream, context):
            yield item
    except BadInputError as error:
        raise BadInputError(f"{context.name}: {error}") from None


def read_placed(
    stream: BinaryIO, context: ReaderContext, first: int = 1, most: int | None = None
) -> Iterator[tuple[str, Reading | Refusal]]:
    """Yield a reading or a refusal for each line, as `read` does, with its place: `day.jsonl:12`.

    Args:
        stream: the lines.
        context: the context of the file.
        first: the number of the first line.
        most: how many bad lines get a refusal each. All others share one refusal at the end. None means no
            limit.

    """
    lines = (
        (f"{context.name}:{number}", line)
        for number, line in strict_json.read_lines(stream, first)
        if line is None or line.strip()
    )
    refused = counted = 0
    for place, line in lines:
        item = _read_line(line, place, context.source)
        yield place, item
        refused += isinstance(item, Refusal)
        if refused == most:
            break
    for place, line in lines:
        if (reading := _reading(line, context.source)) is not None:
            yield place, reading
        else:
            counted, last = counted + 1, place
    if counted:
        yield last, Refusal(last, "is the last of many bad lines", times=counted)


def _reading(line: bytes | None, source: str | None) -> Reading | None:
    """Return a line's reading, or None. Lines that can't be a reading are not parsed, which saves time."""
    if line is None or not (line.lstrip().startswith(b"{") and (b'"votes"' in line or b"\\" in line)):
        return None
    with suppress(BadInputError, ValidationError):
        return Reading.model_validate(_value(line, source))
    return None


def _read_line(line: bytes | None, place: str, source: str | None) -> Reading | Refusal:
    if line is None:
        return Refusal(place, f"is over {strict_json.MOST_LINE // strict_json.MIB} MiB, too long for a line")
    try:
        return read_value(_value(line, source), place)
    except BadInputError as error:
        named = _CONTEST.search(line[:_LOOKED_AT])
        contest = named[1].decode("utf-8", "replace") if named else None
        return Refusal(place, str(error), contest and shortened(contest))


def _value(line: bytes, source: str | None) -> object:
    value = strict_json.parse(line)
    if source is not None and isinstance(value, dict):
        value["source"] = source
    return value


def read_value(value: object, place: str) -> Reading | Refusal:
    """Return a JSON value as a reading, or as a `Refusal` if it isn't a reading.

    `place` is the value's place in the file, for the refusal.
    """
    try:
        return Reading.model_validate(value)
    except ValidationError as error:
        return Refusal(place, described(error), _text(value, "contest"), _text(value, "contest_name"))


def _text(value: object, field: str) -> str | None:
    found = value.get(field) if isinstance(value, dict) else None
    return plain(shortened(found)) if isinstance(found, str) and found else None


FORMAT = Format(
    name=NAME, read=read, begins=lambda it: it.has("contest", "votes") and not it.has("candidates"), every="60s"
)
