"""Reads the body of a push, which is readings or a statement, in a worker process."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime

from pydantic import ValidationError

from bot.box.box import Box, Job
from bot.count.reading import Reading, describe_refusal
from bot.count.statement import Statement
from bot.errors import BadInputError
from bot.feeds.answer_parts import WholeAnswer, parts_of
from bot.feeds.reader import MOST_REFUSED, ReaderContext, Refusal
from bot.feeds.readings import read_placed, read_value
from bot.feeds.strict_json import parse

_STAFFS = ("entered_by", "confirmed_by")
"""Fields of a statement that name staff. A push may not have them, since only the source itself pushes."""


async def read_pushed(box: Box, body: bytes, *, lines: bool) -> WholeAnswer:
    """Return the readings in a push with their places, and the refusals.

    Args:
        box: the worker processes.
        body: the body.
        lines: True if the body is JSON Lines, False if it is a single reading.

    Raises:
        BadInputError: the body exceeds a limit of the worker.

    """
    job = Job("pushed readings", "push", (b"lines" if lines else b"one", body))
    whole = WholeAnswer()
    await box.read(None, job, whole.take)
    return whole


async def read_pushed_statement(box: Box, body: bytes) -> Statement:
    """Return the statement in a push.

    Raises:
        BadInputError: the body isn't a statement, or exceeds a limit of the worker.

    """
    (statement,) = await box.read(None, Job("pushed statement", "push", (body,)), Statement.model_validate_json)
    return statement


def readings(kind: bytes, body: bytes) -> Iterator[bytes]:
    """Yield the readings in a push, in parts. This runs in a worker for `read_pushed`.

    `kind` is `lines` if the body is JSON Lines. Otherwise the body is a single reading.
    """
    context = ReaderContext("push", datetime.now(UTC))
    return parts_of(_lines(body, context) if kind == b"lines" else _one(body), context)


def statement(body: bytes) -> Iterator[bytes]:
    """Yield the statement in a push as JSON, in one part. This runs in a worker for `read_pushed_statement`."""
    value = parse(body)
    if isinstance(value, dict):
        for field in _STAFFS:
            if field in value:
                raise BadInputError(f"{field} is for what staff enter; a push is the source's own word")
    try:
        yield Statement.model_validate(value).model_dump_json(exclude_none=True).encode()
    except ValidationError as error:
        raise BadInputError(describe_refusal(error).replace("reading:", "statement:")) from None


def _one(body: bytes) -> Iterator[tuple[str, Reading | Refusal]]:
    try:
        value = parse(body)
    except BadInputError as error:
        yield "push", Refusal("push", f"{error}; more than one reading is sent as application/x-ndjson")
    else:
        yield "push", read_value(value, "push")


def _lines(body: bytes, context: ReaderContext) -> Iterator[tuple[str, Reading | Refusal]]:
    refused = 0
    for place, item in read_placed(io.BytesIO(body), context):
        refused += isinstance(item, Refusal)
        if refused > MOST_REFUSED:
            raise BadInputError(f"push: more than {MOST_REFUSED:,} lines of it can't be read")
        yield place, item
