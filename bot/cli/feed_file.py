"""A feed file on the command line: opened, and read in its format item by item."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO, TypeVar

from bot.cli.terminal import progress
from bot.desk.desk_file import load_desk
from bot.desk.sheet_layout import SheetLayout, preset
from bot.errors import BadInputError
from bot.feeds import csv_sheet
from bot.feeds.reader import ReaderContext
from bot.feeds.strict_json import read_document

Item = TypeVar("Item")

STANDARD_INPUT = "-"


def file_label(file: str) -> str:
    """Return what errors call the file given as `file`."""
    return "standard input" if file == STANDARD_INPUT else file


def items_of(
    file: str, read: Callable[[BinaryIO, ReaderContext], Iterator[Item]], context: ReaderContext
) -> Iterator[Item]:
    """Yield what `read` finds in `file`, a path or `-`.

    Raises:
        BadInputError: it can't be opened or read, or can't be parsed at all.

    """
    try:
        with opened(file) as stream, nullcontext() if file == STANDARD_INPUT else progress(context.name):
            yield from read(stream, context)
    except OSError as error:
        raise BadInputError(f"{context.name}: can't be read ({error.strerror or error})") from None


def bytes_of(file: str) -> bytes:
    """Return what is in `file`, a path or `-`.

    Raises:
        BadInputError: it can't be opened or read, or is larger than any feed.

    """
    try:
        with opened(file) as stream:
            return read_document(stream)
    except OSError as error:
        raise BadInputError(f"{file_label(file)}: can't be read ({error.strerror or error})") from None
    except BadInputError as error:
        raise BadInputError(f"{file_label(file)}: {error}") from None


def layout_of(
    format_name: str, desk_file: Path | None, source: str | None, preset_name: str | None = None
) -> SheetLayout | None:
    """Return the layout of a sheet: a preset's, or that of a source in a desk file, which is checked in any case.

    `source` None means the desk file's only source with a layout.

    Raises:
        BadInputError: the desk file is bad, or has no such source, or several, or there is no such preset.

    """
    if preset_name is not None and format_name != csv_sheet.FORMAT:
        raise BadInputError(f"--preset goes with --format {csv_sheet.FORMAT}, not with {format_name}")
    by_preset = None if preset_name is None else preset(preset_name)
    if desk_file is None:
        return by_preset
    desk = load_desk(desk_file)
    if by_preset is not None or format_name != csv_sheet.FORMAT:
        return by_preset
    sheets = [one for one in desk.sources if one.layout and source in (None, one.id)]
    if len(sheets) > 1:
        raise BadInputError(f"{desk_file}: has several sources with columns; say which with --source")
    if not sheets:
        raise BadInputError(f"{desk_file}: has no source with columns{f' called {source}' if source else ''}")
    return sheets[0].layout


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
