"""A sheet exported as CSV, from bytes to rows by what their columns hold, however the export was set up.

Read are UTF-8, with or without a byte order mark, and UTF-16 with one (Excel's "Unicode text"); commas, semicolons, tabs
or bars between cells, cells in quotes, any line ends; titles above the headings. Any other charset is refused: a guess
would spell names wrong.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from bot.desk_values import ColumnName
from bot.errors import BadInputError
from bot.sources.ballot_names import spaced
from bot.sources.reader import shortened

MIB = 1024 * 1024
MOST_SHEET = 16 * MIB
"""Bytes of the largest sheet; a hundred thousand rows have some ten."""
MOST_ROWS, MOST_CELLS, LONGEST_CELL = 200_000, 500, 10_000
MOST_TITLES = 20
"""Rows above the headings."""
_DELIMITERS = ",;\t|"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet."""

    number: int
    """The line of the file on which it ends, counted from 1."""
    cells: Mapping[ColumnName, str]
    """By what the column holds; of columns that are mapped only, without spaces around."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet whose headings have been found."""

    rows: Sequence[Row]
    """Those that are not blank."""
    delimiter: str


def sheet_of(stream: BinaryIO, columns: Mapping[ColumnName, str]) -> Sheet:
    """Return a sheet's rows.

    Args:
        stream: the bytes.
        columns: the heading of each column that is read, by what it holds.

    Raises:
        BadInputError: it is too large, not text, no table, or a heading is missing or there twice.

    """
    text = _text(stream)
    delimiter, places, start = _headings(text, columns)
    rows: list[Row] = []
    for number, cells in _lines(text, delimiter):
        if number <= start or not any(map(str.strip, cells)):
            continue
        if len(rows) == MOST_ROWS:
            raise BadInputError(f"has more than {MOST_ROWS} rows")
        rows.append(Row(number, {what: cells[at].strip() if at < len(cells) else "" for what, at in places.items()}))
    return Sheet(rows, delimiter)


def _text(stream: BinaryIO) -> str:
    data = stream.read(MOST_SHEET + 1)
    if len(data) > MOST_SHEET:
        raise BadInputError(f"is over {MOST_SHEET // MIB} MiB, too large for a sheet")
    charset = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    try:
        text = data.decode(charset)
    except UnicodeDecodeError as error:
        raise BadInputError(
            f"is not {charset.removesuffix('-sig').upper()} text (offset {error.start}); save it as CSV UTF-8"
        ) from None
    if "\0" in text:
        raise BadInputError("has characters that no text has (NUL); save it as CSV UTF-8")
    if not text.strip():
        raise BadInputError("is empty")
    return text


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line's number and cells; a cell in quotes may go on over lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if len(cells) > MOST_CELLS:
                raise BadInputError(f"line {reader.line_num} has more than {MOST_CELLS} cells")
            if max(map(len, cells), default=0) > LONGEST_CELL:
                raise BadInputError(f"line {reader.line_num} has a cell of more than {LONGEST_CELL} characters")
            yield reader.line_num, cells
    except csv.Error as error:
        raise BadInputError(f"line {reader.line_num} is no line of a table ({error})") from None


def _headings(text: str, columns: Mapping[ColumnName, str]) -> tuple[str, dict[ColumnName, int], int]:
    """Return what is between the cells, where each column is, and on which line the headings are."""
    wanted = {what: _bare(heading) for what, heading in columns.items()}
    best: tuple[int, Sequence[str], Sequence[str]] | None = None
    problem: BadInputError | None = None
    for delimiter in _DELIMITERS:
        try:
            for count, (number, line) in enumerate(_lines(text, delimiter)):
                if count > MOST_TITLES:
                    break
                found = [_bare(cell) for cell in line]
                missing = [columns[what] for what, heading in wanted.items() if heading not in found]
                if not missing:
                    return delimiter, _places(found, wanted, columns), number
                if best is None or (len(missing), -len(line)) < (best[0], -len(best[2])):
                    best = (len(missing), missing, [cell for cell in line if cell.strip()])
        except BadInputError as error:
            problem = problem or error
    if best is None or (problem and best[0] == len(wanted)):
        raise problem or BadInputError("is empty")
    _, absent, there = best
    named = ", ".join(shortened(cell.strip(), 30) for cell in there[:_SHOWN]) + (", …" if len(there) > _SHOWN else "")
    raise BadInputError(f"has no column headed {' or '.join(absent)}; it has {spaced(named) or 'none'}")


def _places(
    found: Sequence[str], wanted: Mapping[ColumnName, str], columns: Mapping[ColumnName, str]
) -> dict[ColumnName, int]:
    for what, heading in wanted.items():
        if found.count(heading) > 1:
            raise BadInputError(f"has two columns headed {columns[what]}")
    return {what: found.index(heading) for what, heading in wanted.items()}


def _bare(heading: str) -> str:
    return spaced(heading).casefold()
