"""Reads a table from a file, which may be text, a workbook, or either of them in a zip.

Cells of a text are separated by commas, semicolons, tabs or bars. Text is UTF-8, with or without a byte order mark, or
UTF-16 with one (Excel's "Unicode text"). Text that isn't valid UTF-8 is read in the layout's charset, or else in
Windows' own, cp1252. There may be titles above the headings.

All worksheets of a workbook that have the headings are read, one after the other. If there are several, a column
`worksheet` with their names is added. Workbooks are read by calamine, which may crash over a damaged file; the worker
process protects the bot.
"""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from itertools import islice, takewhile
from typing import BinaryIO, TypeAlias

from python_calamine import CalamineWorkbook

from bot.desk.sheet_layout import MOST_COLUMNS, Charset, Column, SheetLayout, UnitSheet
from bot.errors import BadInputError
from bot.feeds.ballot import spaced
from bot.feeds.reader import plain, shortened
from bot.feeds.recognise import refusal_of
from bot.feeds.sheet_headings import bare, is_party

MOST_TITLES = 20
"""The most rows above the headings."""

_DELIMITERS = ",;\t|"

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_ZIP = b"PK\x03\x04"

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_TABLES = (".csv", ".txt", ".tsv", ".xlsx", ".xls", ".xlsb", ".ods")

_OF_WORKBOOKS = frozenset({"xl/workbook.xml", "xl/workbook.bin", "content.xml"})
"""If a zip contains one of these files, it is a workbook."""

WORKSHEET = "worksheet"
"""The heading of the added column with the worksheet's name, if several are read."""

_BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""The exceptions of zipfile for damaged, encrypted and truncated files."""

_SHOWN = 8

Line: TypeAlias = tuple[int, Sequence[str]]
"""A row: the number of its last line, counted from 1, and its cells."""


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table whose headings have been found."""

    lines: Callable[[], Iterable[Line]]
    """Returns the rows below the headings, each time from the first."""
    headings: Sequence[str]
    """The headings, normalised by `bare`; empty if the table has none."""
    width: int
    """How many cells a row should have."""
    commas: bool
    """True if a comma in a number can only separate thousands, because cells are not separated by semicolons or bars."""
    titles: Sequence[str] = ()
    """The cells above the headings."""
    units: Sequence[Mapping[str, str]] = ()
    """The rows of a second worksheet with units, as cells by heading."""

    def rows(self) -> Iterator[Line]:
        """Yield the rows. Rows that are too short are filled up with empty cells, and blank rows may be skipped.

        Raises:
            BadInputError: a line is not a row of a table.

        """
        width = self.width
        for line in self.lines():
            number, cells = line
            if len(cells) >= width:
                yield line
            elif any(map(str.strip, cells)):
                if not self.headings:
                    wanted = f"the {width} of a table of votes"
                    raise BadInputError(f"line {number} has {len(cells)} columns, and not {wanted}")
                yield number, [*cells, *[""] * (width - len(cells))]

    def at(self, column: Column) -> tuple[int, ...]:
        """Return the positions of a column's cells in a row, counted from 0."""
        return tuple(heading - 1 if isinstance(heading, int) else self._place(heading) for heading in column)

    def party_column(self, layout: SheetLayout) -> str | None:
        """Return the heading of the only unmapped column with parties. None if there is none, or more than one."""
        mapped = {bare(str(heading)) for column in layout.columns.values() for heading in column}
        found = [heading for heading in self.headings if is_party(heading) and heading not in mapped]
        return found[0] if len(found) == 1 else None

    def heading(self, at: int) -> str:
        """Return the heading of the column at a position, or "column 3" if the table has no headings."""
        return self.headings[at] if at < len(self.headings) else f"column {at + 1}"

    def _place(self, heading: str) -> int:
        found = [at for at, one in enumerate(self.headings) if one == bare(heading)]
        if len(found) > 1:
            raise BadInputError(f"has two columns headed {heading}")
        return found[0]


def table_of(stream: BinaryIO, layout: SheetLayout) -> SheetTable:
    """Read a table, and find its headings.

    Raises:
        BadInputError: the file is neither text nor a workbook, or not a table, or lacks a heading. Errors in
            rows further down are raised when those rows are read.

    """
    data = _unzipped(stream.read())
    if data.startswith((_ZIP, _OLD_EXCEL)):
        return _workbook_table(data, layout)
    return _text_table(_text(data, layout.charset), layout)


def first_rows_of(stream: BinaryIO) -> tuple[Sequence[Sequence[str]], Charset | None]:
    """Return the first rows of a table, and its charset if that isn't UTF-8 or UTF-16.

    Raises:
        BadInputError: the file is neither text nor a workbook.

    """
    data = _unzipped(stream.read())
    if data.startswith((_ZIP, _OLD_EXCEL)):
        book = _opened(data)
        sheets = [list(islice(_cells_of(book, name), MOST_TITLES)) for name in book.sheet_names]
        lines = max(sheets, key=len, default=[])
        return [cells for _, cells in lines], None
    text = _text(data, None)
    lines = list(islice(text.rows(_delimiter_of(text)), MOST_TITLES))
    return [cells for _, cells in lines], text.charset if text.charset == WINDOWS else None


def _unzipped(data: bytes) -> bytes:
    """Return the only table in a zip. A workbook, which is itself a zip, is returned unchanged."""
    while data.startswith(_ZIP):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                names = packed.namelist()
                if not _OF_WORKBOOKS.isdisjoint(names):
                    return data
                tables = [name for name in names if name.casefold().endswith(_TABLES)]
                if len(tables) != 1:
                    text = ", ".join(shortened(plain(name), 30) for name in tables[:_SHOWN]) or "none"
                    raise BadInputError(f"should be a zip with one table in it; it has {text}")
                data = packed.read(tables[0])
        except _BAD_ZIP as error:
            raise BadInputError(f"is a zip that can't be opened ({_why(error)})") from None
    return data


WINDOWS: Charset = "cp1252"

_HALF_UTF_8 = re.compile(rb"[\xc3-\xf4][\x80-\xbf]+")

_FIXED = re.compile(r"(?<![ ,;\t|]) {2,40}[\d,.%]{1,12}$")
"""The end of a line in a text of fixed columns: a number after several spaces."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A table as text."""

    data: bytes
    charset: str

    def lines(self) -> Iterator[str]:
        """Return the lines with their newlines. They are decoded one by one."""
        return io.TextIOWrapper(io.BytesIO(self.data), self.charset, newline="")

    def rows(self, delimiter: str) -> Iterator[Line]:
        """Yield each row's line number and cells. A cell in quotes may continue over several lines."""
        reader = csv.reader(self.lines(), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                if len(cells) > MOST_COLUMNS:
                    raise BadInputError(f"line {reader.line_num} has more than {MOST_COLUMNS} cells")
                yield reader.line_num, cells
        except csv.Error as error:
            raise BadInputError(f"line {reader.line_num} is no line of a table ({error})") from None


def _text(data: bytes, charset: str | None) -> _Text:
    """Return the text of a table, after detecting its charset.

    `charset` is used if the text isn't UTF-8. None means the charset of Windows.
    """
    named = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    try:
        text = data.decode(named)
    except UnicodeDecodeError as error:
        mixed = charset in (None, "utf-8") and _HALF_UTF_8.search(data)
        if named == "utf-16" or mixed:
            raise BadInputError(
                f"is not {named.removesuffix('-sig').upper()} text (offset {error.start}); save it as CSV UTF-8"
            ) from None
        named = WINDOWS if charset in (None, "utf-8") else str(charset)
        try:
            text = data.decode(named)
        except UnicodeDecodeError as other:
            raise BadInputError(
                f"is not UTF-8 text, and not {named.upper()} (offset {other.start}); save it as CSV UTF-8"
            ) from None
    if "\0" in text:
        raise BadInputError("has characters that no text has (NUL); save it as CSV UTF-8")
    if not text.strip():
        raise BadInputError("is empty")
    if what := refusal_of(data):
        raise BadInputError(what)
    return _Text(data, named)


def _text_table(text: _Text, layout: SheetLayout) -> SheetTable:
    if layout.numbered:
        delimiter = _delimiter_of(text)
        return SheetTable(partial(text.rows, delimiter), (), _width(layout), delimiter in ",\t")
    delimiter, headings, start = _headings(text, _wanted(layout))

    def below() -> Iterator[Line]:
        lines = text.rows(delimiter)
        next(number for number, _ in lines if number == start)
        return lines

    above = [cell for _, cells in takewhile(lambda line: line[0] < start, text.rows(delimiter)) for cell in cells]
    return SheetTable(below, headings, len(headings), delimiter in ",\t", above)


def _width(layout: SheetLayout) -> int:
    """Return the number of the last column that is needed, for a table without headings."""
    return max(heading for column in layout.columns.values() for heading in column if isinstance(heading, int))


def _delimiter_of(text: _Text) -> str:
    return max(_DELIMITERS, key=partial(_widest, text))


def _widest(text: _Text, delimiter: str) -> int:
    """Return the largest number of cells in one of the first rows with this delimiter.

    0 if the text is not a table with this delimiter.
    """
    try:
        return max((len(cells) for _, cells in islice(text.rows(delimiter), MOST_TITLES)), default=0)
    except BadInputError:
        return 0


def _wanted(layout: SheetLayout) -> list[str]:
    """Return the headings that the layout needs, each once."""
    headings = [heading for column in layout.columns.values() for heading in column if isinstance(heading, str)]
    return list(dict.fromkeys((*headings, *layout.types, *layout.empty)))


@dataclass(slots=True)
class _Search:
    """A search for the row of headings among the first rows of a table. It remembers the best row for errors."""

    wanted: Sequence[str]
    missing: Sequence[str] = ()
    there: Sequence[str] = ()
    """The cells of the row with the most headings. `missing` has the headings that this row lacks."""

    def among(self, lines: Iterable[Line]) -> tuple[int, Sequence[str]] | None:
        """Return the line number of the headings, and the headings normalized by `bare`.

        None if no row has all of them. A heading may be spread over two rows.
        """
        above: Sequence[str] = ()
        for number, cells in islice(lines, MOST_TITLES + 1):
            both = [f"{upper} {lower}" for upper, lower in zip(above, cells, strict=False)]
            for row in (cells, [*both, *cells[len(both) :]]):
                found = [bare(cell) for cell in row]
                missing = _missing(self.wanted, found)
                if not missing:
                    return number, found
                if not self.there or (len(missing), -len(row)) < (len(self.missing), -len(self.there)):
                    self.missing, self.there = missing, [cell for cell in cells if cell.strip()]
            above = cells
        return None


def _headings(text: _Text, wanted: Sequence[str]) -> tuple[str, Sequence[str], int]:
    """Return the delimiter, the headings normalized by `bare`, and their line number."""
    search, problem = _Search(wanted), None
    for delimiter in _DELIMITERS:
        try:
            if (found := search.among(text.rows(delimiter))) is not None:
                return delimiter, found[1], found[0]
        except BadInputError as error:
            problem = problem or error
    if not search.there or (problem and len(search.missing) == len(wanted)):
        raise problem or BadInputError("is empty")
    if sum(bool(_FIXED.search(line.rstrip())) for line in islice(text.lines(), MOST_TITLES)) > 1:
        raise BadInputError("is a text of fixed columns, which isn't read: have it saved as CSV")
    raise _no_heading(search.missing, search.there)


def _missing(wanted: Sequence[str], found: Sequence[str]) -> list[str]:
    return [heading for heading in wanted if bare(heading) not in found]


def _no_heading(missing: Sequence[str], there: Sequence[str]) -> BadInputError:
    named = ", ".join(shortened(plain(spaced(cell)), 30) for cell in there[:_SHOWN])
    return BadInputError(
        f"has no column headed {' or '.join(missing)}; it has {named or 'none'}{', …' if len(there) > _SHOWN else ''}"
    )


def _opened(data: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_object(io.BytesIO(data))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - calamine raises whatever it stumbles over
        raise BadInputError(f"is a workbook that can't be opened ({_why(error)})") from None


def _workbook_table(data: bytes, layout: SheetLayout) -> SheetTable:
    book = _opened(data)
    names = book.sheet_names if layout.worksheet is None else [_known(book, layout.worksheet)]
    units = _unit_rows(book, layout.units) if layout.units else ()
    if layout.numbered:
        if len(names) != 1:
            raise BadInputError(f"is a workbook with the sheets {_listed(names)}; save one as CSV")
        return SheetTable(partial(_cells_of, book, names[0]), (), _width(layout), commas=True)
    wanted = [heading for heading in _wanted(layout) if len(names) == 1 or bare(heading) != WORKSHEET]
    search = _Search(wanted)
    found = [(name, *at) for name in names if (at := search.among(_cells_of(book, name))) is not None]
    if not found:
        if len(names) > 1:
            raise BadInputError(f"is a workbook with the sheets {_listed(names)}, and none has {' and '.join(wanted)}")
        raise _no_heading(search.missing, search.there)
    first = found[0][2]
    if others := [name for name, _, headings in found if headings != first]:
        raise BadInputError(
            f"is a workbook whose sheets {_listed([found[0][0], others[0]])} have other headings; say which with worksheet"
        )
    name, start, _ = found[0]
    titles = [cell for _, row in takewhile(lambda line: line[0] < start, _cells_of(book, name)) for cell in row]
    if len(found) == 1:
        return SheetTable(
            partial(_below, book, name, start), first, len(first), commas=True, titles=titles, units=units
        )

    def below() -> Iterator[Line]:
        for name, start, _ in found:
            for number, cells in _below(book, name, start):
                yield number, [*cells, name]

    return SheetTable(below, [*first, WORKSHEET], len(first) + 1, commas=True, titles=titles, units=units)


def _below(book: CalamineWorkbook, name: str, start: int) -> Iterator[Line]:
    return (line for line in _cells_of(book, name) if line[0] > start)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(shortened(plain(name)) for name in names[:_SHOWN])


def _known(book: CalamineWorkbook, name: str) -> str:
    if name not in book.sheet_names:
        raise BadInputError(f"is a workbook without a sheet {name}; it has {_listed(book.sheet_names)}")
    return name


def _why(error: Exception) -> str:
    return shortened(plain(" ".join(str(error).split())) or type(error).__name__)


def _cells_of(book: CalamineWorkbook, name: str) -> Iterator[Line]:
    """Yield each row's number in the worksheet, and its cells."""
    try:
        sheet = book.get_sheet_by_name(name)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        raise BadInputError(
            f"is a workbook whose sheet {shortened(plain(name))} can't be read ({_why(error)})"
        ) from None
    top, left = sheet.start or (0, 0)
    if sheet.end is not None and sheet.end[1] >= MOST_COLUMNS:
        raise BadInputError(f"row {top + 1} has more than {MOST_COLUMNS} cells")
    for number, row in enumerate(sheet.iter_rows(), start=top + 1):
        yield number, [""] * left + [_cell(value) for value in row]


def _cell(value: object) -> str:
    """Return a workbook's cell as the text that a CSV file would have."""
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def _unit_rows(book: CalamineWorkbook, layout: UnitSheet) -> list[Mapping[str, str]]:
    """Return the rows of the second worksheet, as cells by the layout's headings."""
    wanted = [layout.unit, layout.reported, layout.of, layout.as_of]
    lines = list(_cells_of(book, _known(book, layout.worksheet)))
    headings = [bare(cell) for cell in lines[0][1]] if lines else []
    if missing := _missing(wanted, headings):
        raise _no_heading(missing, headings)
    places = {heading: headings.index(bare(heading)) for heading in wanted}
    return [{heading: cells[at] if at < len(cells) else "" for heading, at in places.items()} for _, cells in lines[1:]]
