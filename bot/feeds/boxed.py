"""A source's answer read in the box, as the bot asks for it; `bot/feeds/answer_parts.py` is what the worker does."""

from collections.abc import Iterator
from typing import BinaryIO, cast

from bot.box.box import Box, Job, Worker, own_worker
from bot.count.reading import Reading
from bot.errors import BadInputError
from bot.feeds.answer_parts import SETTINGS, Asked, WholeAnswer
from bot.feeds.clarity.settings import CountyUpload, SiteSettings
from bot.feeds.reader import LOOKED_AT, ReaderContext, Refusal
from bot.feeds.strict_json import MOST_LINE

_PIECE, _MOST_SKIPPED = 1 << 20, 256 << 20
"""Bytes of JSON Lines that are read at a time, and of a line whose end is looked for."""


async def read_answer(
    box: Box, format_name: str, body: bytes, context: ReaderContext
) -> tuple[list[Reading], list[Refusal]]:
    """Return the readings of a source's answer, and what of it is refused.

    Raises:
        BadInputError: the whole can't be read; one sentence that begins with the context's name.

    """
    whole = WholeAnswer()
    await box.read(None, _job(format_name, body, context), whole.take)
    if whole.has_tests:
        context.takes_test()
    context.unvoted.extend(whole.unvoted)
    return whole.readings, whole.refusals


def read_here(format_name: str, body: bytes, context: ReaderContext) -> Iterator[Reading | Refusal | CountyUpload]:
    """Yield what a file holds, for a program that waits for it: the command line. Raises as `read_answer` does."""
    with own_worker() as worker:
        yield from _items(worker, _job(format_name, body, context), context)


def read_lines_here(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
    """Yield the readings of a file of JSON Lines, which may be of any length: it is read piece by piece."""
    first = 1
    with own_worker() as worker:
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
    context.unvoted.extend(whole.unvoted)


async def read_settings(box: Box, name: str, body: bytes) -> SiteSettings:
    """Return what the settings of a Clarity site say; raises as `read_answer` does."""
    (settings,) = await box.read(None, Job("settings", name, (name.encode(), body)), SETTINGS.validate_json)
    return settings


def format_here(data: bytes) -> str | None:
    """Return the format of which some bytes are, for a program that waits for it; None: of none that is known."""
    with own_worker() as worker:
        (name,) = worker.do(Job("format", "the file", (data[:LOOKED_AT],)))
    return name.decode() or None


def _job(format_name: str, body: bytes, context: ReaderContext, first_line: int | None = None) -> Job:
    asked = Asked(
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
