"""Has feed files read in worker processes.

This is the bot's side; `bot/feeds/answer_parts.py` is the worker's side.
"""

from collections.abc import Iterator
from typing import BinaryIO, cast

from bot.box.box import Box, Job, Worker, own_worker
from bot.count.reading import Reading
from bot.errors import BadInputError
from bot.feeds.answer_parts import SETTINGS, ReadRequest, WholeAnswer
from bot.feeds.clarity.settings import CountyUpload, SiteSettings
from bot.feeds.reader import BEGINNING_BYTES, ReaderContext, Refusal
from bot.feeds.strict_json import MOST_LINE

_PIECE, _MOST_SKIPPED = 1 << 20, 256 << 20
"""Bytes of JSON Lines that are read at a time; bytes of an overlong line that are skipped before giving up."""


async def read_answer(
    box: Box, format_name: str, body: bytes, context: ReaderContext
) -> tuple[list[Reading], list[Refusal]]:
    """Read a source's answer in a worker process. Returns the readings and the refusals.

    Raises:
        BadInputError: the answer as a whole can't be read. The message begins with the context's name.

    """
    whole = WholeAnswer()
    await box.read(None, _job(format_name, body, context), whole.take)
    if whole.has_tests:
        context.takes_test()
    context.no_votes_yet.extend(whole.no_votes_yet)
    return whole.readings, whole.refusals


def read_here(format_name: str, body: bytes, context: ReaderContext) -> Iterator[Reading | Refusal | CountyUpload]:
    """Read a file in a worker process, and yield its contents. This function blocks; it is for the command line.

    Raises:
        BadInputError: as in `read_answer`.

    """
    with own_worker() as worker:
        yield from _items(worker, _job(format_name, body, context), context)


def read_lines_here(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
    """Yield the readings in a file of JSON Lines. The file is read piece by piece, so it may have any length.

    This function blocks; it is for the command line.
    """
    first = 1
    with own_worker() as worker:
        while piece := _piece(stream, context.name):
            for item in _items(worker, _job("readings", piece, context, first), context):
                yield cast("Reading | Refusal", item)
            first += piece.count(b"\n")


def _piece(stream: BinaryIO, name: str) -> bytes:
    """Return the next whole lines of a stream. A line that is too long is cut, so that it will be refused."""
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
    for data in worker.do(job):
        whole.take(data)
        yield from whole.readings
        yield from whole.uploads
        yield from whole.refusals
        for items in (whole.readings, whole.uploads, whole.refusals):
            items.clear()
    if whole.has_tests:
        context.takes_test()
    context.no_votes_yet.extend(whole.no_votes_yet)


async def read_settings(box: Box, name: str, body: bytes) -> SiteSettings:
    """Return a Clarity site's settings. `name` is the file's name for errors.

    Raises:
        BadInputError: the file can't be read.

    """
    (settings,) = await box.read(None, Job("settings", name, (name.encode(), body)), SETTINGS.validate_json)
    return settings


def format_here(data: bytes) -> str | None:
    """Return the name of a file's format, recognized by its bytes. None if no format fits.

    This function blocks; it is for the command line.
    """
    with own_worker() as worker:
        (name,) = worker.do(Job("format", "the file", (data[:BEGINNING_BYTES],)))
    return name.decode() or None


def _job(format_name: str, body: bytes, context: ReaderContext, first_line: int | None = None) -> Job:
    request = ReadRequest(
        format=format_name,
        name=context.name,
        as_of=context.as_of,
        as_of_is=context.as_of_is,
        source=context.source,
        sheet=context.sheet,
        takes_tests=context.tests is not None,
        first_line=first_line,
    )
    return Job("answer", context.name, (request.model_dump_json().encode(), body, *context.other_files))
