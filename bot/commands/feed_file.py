"""A feed file on the command line: opened, read in its format, and every item handed on."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

from bot.errors import BadInputError
from bot.sources.reader import Context

Item = TypeVar("Item")

STANDARD_INPUT = "-"


def name_of(file: str) -> str:
    """Return what errors call the file given as `file`."""
    return "standard input" if file == STANDARD_INPUT else file


def items_of(file: str, read: Callable[[BinaryIO, Context], Iterator[Item]], context: Context) -> Iterator[Item]:
    """Yield what `read` finds in `file`, a path or `-`.

    Raises:
        BadInputError: it can't be opened or read, or can't be parsed at all.

    """
    try:
        with opened(file) as stream:
            yield from read(stream, context)
    except OSError as error:
        raise BadInputError(f"{context.name}: can't be read ({error.strerror or error})") from None


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """Open `file`, a path or `-`, for its bytes; an OSError says why it can't be."""
    if file != STANDARD_INPUT:
        with Path(file).open("rb") as stream:
            yield stream
    elif sys.stdin is None:
        raise BadInputError("standard input: is closed")
    else:
        yield sys.stdin.buffer
