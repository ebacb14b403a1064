"""Opens the feed files given on the command line, and reads their items one by one."""

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from bot.cli.terminal import MOST_COMPLAINTS, progress
from bot.count.reading import Reading, describe_refusal
from bot.desk.desk_file import load_desk
from bot.desk.sheet_layout import SheetLayout, preset
from bot.errors import BadInputError
from bot.feeds import readings
from bot.feeds.boxed import read_here, read_lines_here
from bot.feeds.clarity.settings import CountyUpload
from bot.feeds.formats import AUTO, SHEET
from bot.feeds.reader import MOST_DESCRIBED, ReaderContext, Refusal
from bot.feeds.sheet_mapping import columns_typed
from bot.wording.numbers import commas, counted

MAX_FILE_BYTES = 128 << 20
"""The most bytes of a file that is read at once."""

STANDARD_INPUT = "-"


def file_label(file: str) -> str:
    """Return the name of `file` for use in errors."""
    return "standard input" if file == STANDARD_INPUT else file


def items_of(file: str, format_name: str, context: ReaderContext) -> Iterator[Reading | Refusal | CountyUpload]:
    """Yield the readings, refusals and uploads in `file`, which is a path or `-` for standard input.

    Raises:
        BadInputError: the file can't be opened or read, or nothing in it can be parsed.

    """
    try:
        with opened(file) as stream, nullcontext() if file == STANDARD_INPUT else progress(context.name):
            if format_name == readings.NAME:
                yield from read_lines_here(stream, context)
            else:
                yield from read_here(format_name, _bytes_in(stream, context.name), context)
    except OSError as error:
        raise BadInputError(f"{context.name}: can't be read ({error.strerror or error})") from None


def no_votes_line(
    name: str, voted: Collection[str], no_votes_yet: Collection[str], zeros: Collection[str] = ()
) -> str | None:
    """Return a line about how many contests have no votes yet; None if all contests have some.

    Args:
        name: the file's or address's name.
        voted: the keys of contests with votes.
        no_votes_yet: the keys of contests that the reader skipped because they have no votes.
        zeros: the keys of contests whose candidates all have zero votes. They are included only if no
            contest has votes.
    """
    without = {*no_votes_yet, *(() if voted else zeros)} - {*voted}
    if not without:
        return None
    have = "has" if len(without) == 1 else "have"
    return f"{name}: {commas(len(without))} of {counted(len({*voted, *without}), 'contest')} {have} no votes yet"


def most_complaints(format_name: str) -> int:
    """Return the largest number of errors to print for a file in this format."""
    return MOST_DESCRIBED if format_name == readings.NAME else MOST_COMPLAINTS


def bytes_of(file: str) -> bytes:
    """Return the bytes of `file`, which is a path or `-` for standard input.

    Raises:
        BadInputError: the file can't be opened or read, or is larger than any feed.

    """
    try:
        with opened(file) as stream:
            return _bytes_in(stream, file_label(file))
    except OSError as error:
        raise BadInputError(f"{file_label(file)}: can't be read ({error.strerror or error})") from None


def _bytes_in(stream: BinaryIO, name: str) -> bytes:
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise BadInputError(f"{name}: is over {MAX_FILE_BYTES >> 20} MiB, too large for a feed")
    return data


def layout_of(
    format_name: str,
    desk_file: Path | None,
    source: str | None,
    preset_name: str | None = None,
    columns: str | None = None,
) -> SheetLayout | None:
    """Return the layout of a sheet from a preset, from `columns`, or from a source in a desk file.

    None if none is given.

    Args:
        format_name: the format. Only sheets have a layout.
        desk_file: the desk file, which is checked even if the layout comes from elsewhere.
        source: the id of the source; None for the only source that has a layout.
        preset_name: the office whose layout the sheet has.
        columns: the contents of the columns, as the person typed them.


    Raises:
        BadInputError: the desk file is invalid, lacks the source or has several with a layout, or there is no
            such preset.
    """
    if preset_name is not None and format_name != SHEET:
        raise BadInputError(f"--preset goes with --format {SHEET}, not with {format_name}")
    if columns is not None:
        if format_name not in (SHEET, AUTO) or preset_name is not None:
            raise BadInputError(f"--columns goes with --format {SHEET}, and not with --preset")
        try:
            return SheetLayout.model_validate({"columns": columns_typed(columns)})
        except ValidationError as error:
            raise BadInputError(f"--columns: {describe_refusal(error, whole=None)}") from None
    by_preset = None if preset_name is None else preset(preset_name)
    if desk_file is None:
        return by_preset
    desk = load_desk(desk_file)
    if by_preset is not None or format_name != SHEET:
        return by_preset
    sheets = [one for one in desk.sources if one.layout and source in (None, one.id)]
    if len(sheets) > 1:
        raise BadInputError(f"{desk_file}: has several sources with columns; say which with --source")
    if not sheets:
        raise BadInputError(f"{desk_file}: has no source with columns{f' called {source}' if source else ''}")
    return sheets[0].layout


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """Open `file`, a path or `-` for standard input, in binary mode.

    Raises:
        OSError: the file can't be opened.

    """
    if file != STANDARD_INPUT:
        with Path(file).open("rb") as stream:
            yield stream
    elif sys.stdin is None:
        raise BadInputError("standard input: is closed")
    else:
        yield sys.stdin.buffer
