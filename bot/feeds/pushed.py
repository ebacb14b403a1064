"""What a push holds, read in the box: readings, or a statement."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime

from pydantic import ValidationError

from bot.box.box import Box, Job
from bot.count.reading import Frozen, Reading, describe_refusal
from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.feeds import strict_json
from bot.feeds.reader import MOST_REFUSED, ReaderContext, Refusal
from bot.feeds.readings import read_placed, read_value

_AT_ONCE = 200
"""Readings and their units in one part of an answer."""

_STAFFS = ("entered_by", "confirmed_by")
"""Fields of a statement that say which of the staff stands behind it: nobody does, it is the source's own word."""


class PushedReading(Frozen):
    """A reading of a push, or why there is none."""

    place: str
    """Where it stands: `push:12`."""
    reading: Reading | None = None
    refusal: Refusal | None = None


class _Part(Frozen):
    items: list[PushedReading]


async def read_pushed(box: Box, body: bytes, *, lines: bool) -> list[PushedReading]:
    """Return the readings in a push, and what in it can't be one; `lines`: it is JSON Lines.

    Raises:
        BadInputError: it passes a limit of the box.

    """
    job = Job("pushed readings", "push", (b"lines" if lines else b"one", body))
    parts = await box.read("feeds", job, _Part.model_validate_json)
    return [item for part in parts for item in part.items]


async def read_pushed_statement(box: Box, body: bytes) -> Statement:
    """Return the statement in a push.

    Raises:
        BadInputError: it is none, or passes a limit of the box.

    """
    (statement,) = await box.read("feeds", Job("pushed statement", "push", (body,)), Statement.model_validate_json)
    return statement


def readings(kind: bytes, body: bytes) -> Iterator[bytes]:
    """Yield the readings of a push in parts: the worker's side of `read_pushed`."""
    items: list[PushedReading] = []
    size = 0
    for item in _lines(body) if kind == b"lines" else _one(body):
        items.append(item)
        size += 1 + len(item.reading.units or () if item.reading else ())
        if size >= _AT_ONCE:
            yield _Part(items=items).model_dump_json(exclude_none=True).encode()
            items, size = [], 0
    yield _Part(items=items).model_dump_json(exclude_none=True).encode()


def statement(body: bytes) -> Iterator[bytes]:
    """Yield the statement of a push, in one part: the worker's side of `read_pushed_statement`."""
    value = strict_json.parse(body)
    if isinstance(value, dict):
        for field in _STAFFS:
            if field in value:
                raise BadInputError(f"{field} is for what staff enter; a push is the source's own word")
    try:
        yield Statement.model_validate(value).model_dump_json(exclude_none=True).encode()
    except ValidationError as error:
        raise BadInputError(describe_refusal(error).replace("reading:", "statement:")) from None


def _one(body: bytes) -> Iterator[PushedReading]:
    try:
        value = strict_json.parse(body)
    except BadInputError as error:
        what = f"{error}; more than one reading is sent as application/x-ndjson"
        yield PushedReading(place="push", refusal=Refusal("push", what))
    else:
        yield _pushed("push", read_value(value, "push"))


def _lines(body: bytes) -> Iterator[PushedReading]:
    refused = 0
    for place, item in read_placed(io.BytesIO(body), ReaderContext("push", datetime.now(UTC))):
        refused += isinstance(item, Refusal)
        if refused > MOST_REFUSED:
            raise BadInputError(f"push: more than {MOST_REFUSED:,} lines of it can't be read")
        yield _pushed(place, item)


def _pushed(place: str, item: Reading | Refusal) -> PushedReading:
    if isinstance(item, Reading):
        return PushedReading(place=place, reading=item)
    return PushedReading(place=place, refusal=item)
