"""A sheet's bytes to its rows: text with commas, semicolons, tabs or bars, a workbook, or either in a zip.

Text is UTF-8, with or without a byte order mark, or UTF-16 with one (Excel's "Unicode text"). Another charset is read only
where the layout names it, since a guess would spell names wrong, and only if the text is not UTF-8: text in another charset
is never UTF-8 by chance. Titles may stand above the headings.
"""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count, islice, takewhile
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, cast

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from bot.desk.sheet_layout import MOST_COLUMNS, Column, SheetLayout, UnitSheet
from bot.errors import BadInputError
from bot.feeds.ballot import spaced
from bot.feeds.reader import plain, shortened
from bot.feeds.sheet_headings import bare, is_party

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet
    from openpyxl.worksheet.worksheet import Worksheet

MOST_TITLES = 20
"""Rows above the headings."""

_DELIMITERS = ",;\t|"

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

_ZIP = b"PK\x03\x04"

_TABLES = (".csv", ".txt", ".tsv", ".xlsx")

_BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What zipfile raises at mangled, encrypted and cut-off files."""

_SHOWN = 8

Line: TypeAlias = tuple[int, Sequence[str]]
"""The number of the line on which a row ends, counted from 1, and its cells."""


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A sheet whose columns have been found."""

    lines: Callable[[], Iterable[Line]]
    """Returns what is below the headings, each time from the beginning."""
    headings: Sequence[str]
    """As `bare` has them; empty where the sheet has none."""
    width: int
    """How many cells a row should have."""
    commas: bool
    """Whether a comma within a number can be no fraction's."""
    titles: Sequence[str] = ()
    """What stands above the headings."""
    units: Sequence[Mapping[str, str]] = ()
    """The rows of a second worksheet, by the layout's headings."""

    def rows(self) -> Iterator[Line]:
        """Yield the rows, none of them too short; of blank ones some.

        Raises:
            BadInputError: one is no row of a table.

        """
        for number, cells in self.lines():
            if len(cells) >= self.width:
                yield number, cells
            elif any(map(str.strip, cells)):
                if not self.headings:
                    wanted = f"the {self.width} of a table of votes"
                    raise BadInputError(f"line {number} has {len(cells)} columns, and not {wanted}")
                yield number, [*cells, *[""] * (self.width - len(cells))]

    def at(self, column: Column) -> tuple[int, ...]:
        """Return where a column's cells are in a row, counted from 0."""
        return tuple(heading - 1 if isinstance(heading, int) else self._place(heading) for heading in column)

    def party_column(self, layout: SheetLayout) -> str | None:
        """Return the heading of the one column that has parties and is not mapped; None: there is none, or several."""
        mapped = {bare(str(heading)) for column in layout.columns.values() for heading in column}
        found = [heading for heading in self.headings if is_party(heading) and heading not in mapped]
        return found[0] if len(found) == 1 else None

    def heading(self, at: int) -> str:
        """Return what to call the column at a place."""
        return self.headings[at] if at < len(self.headings) else f"column {at + 1}"

    def _place(self, heading: str) -> int:
        found = [at for at, one in enumerate(self.headings) if one == bare(heading)]
        if len(found) > 1:
            raise BadInputError(f"has two columns headed {heading}")
        return found[0]


def table_of(stream: BinaryIO, layout: SheetLayout) -> SheetTable:
    """Return the sheet that some bytes are.

    Raises:
        BadInputError: it is too large, neither text nor a workbook, no table, or a heading is missing; of rows further
            down it is raised as they are gone through.

    """
    data = _unzipped(stream.read())
    if data.startswith(_ZIP):
        return _workbook_table(data, layout)
    return _text_table(_text(data, layout), layout)


def headings_of(stream: BinaryIO) -> Sequence[str]:
    """Return what seem to be a sheet's headings, as they stand there: the first of its rows that is as wide as any.

    Raises:
        BadInputError: as `table_of` does.

    """
    anyones = SheetLayout(columns={"candidate": (1,), "votes": (2,)})
    data = _unzipped(stream.read())
    if data.startswith(_ZIP):
        lines = list(islice(_worksheet(_opened(data), None), MOST_TITLES))
    else:
        text = _text(data, anyones)
        lines = list(islice(_rows(text, max(_DELIMITERS, key=partial(_widest, text))), MOST_TITLES))
    rows = [[spaced(cell) for cell in cells] for _, cells in lines[:MOST_TITLES]]
    return max(rows, key=lambda cells: sum(map(bool, cells)), default=[])


def _unzipped(data: bytes) -> bytes:
    """Return the one table of a zip, whatever it is zipped in; a workbook, which is a zip itself, stays as it is."""
    while data.startswith(_ZIP):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                names = packed.namelist()
                if "xl/workbook.xml" in names:
                    return data
                tables = [name for name in names if name.casefold().endswith(_TABLES)]
                if len(tables) != 1:
                    shown = ", ".join(shortened(plain(name), 30) for name in tables[:_SHOWN]) or "none"
                    raise BadInputError(f"should be a zip with one table in it; it has {shown}")
                data = packed.read(tables[0])
        except _BAD_ZIP as error:
            raise BadInputError(f"is a zip that can't be opened ({_why(error)})") from None
    return data


def _text(data: bytes, layout: SheetLayout) -> str:
    charset = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    try:
        try:
            text = data.decode(charset)
        except UnicodeDecodeError:
            if layout.charset == "utf-8":
                raise
            charset = layout.charset
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


def _text_table(text: str, layout: SheetLayout) -> SheetTable:
    if layout.numbered:
        delimiter = max(_DELIMITERS, key=partial(_widest, text))
        return SheetTable(partial(_rows, text, delimiter), (), _width(layout), delimiter in ",\t")
    delimiter, headings, start = _headings(text, _wanted(layout))

    def below() -> Iterator[Line]:
        lines = _rows(text, delimiter)
        next(number for number, _ in lines if number == start)
        return lines

    above = [cell for _, cells in takewhile(lambda line: line[0] < start, _rows(text, delimiter)) for cell in cells]
    return SheetTable(below, headings, len(headings), delimiter in ",\t", above)


def _width(layout: SheetLayout) -> int:
    """Return the last column of a sheet without headings of which something is read."""
    return max(heading for column in layout.columns.values() for heading in column if isinstance(heading, int))


def _widest(text: str, delimiter: str) -> int:
    """Return how many cells the widest of a sheet's first rows has; 0 of what is no table by this delimiter."""
    try:
        return max((len(cells) for _, cells in islice(_rows(text, delimiter), MOST_TITLES)), default=0)
    except BadInputError:
        return 0


def _wanted(layout: SheetLayout) -> list[str]:
    """Return the headings that have to be there, each once."""
    headings = [heading for column in layout.columns.values() for heading in column if isinstance(heading, str)]
    return list(dict.fromkeys((*headings, *layout.types, *layout.empty)))


def _rows(text: str, delimiter: str) -> Iterator[Line]:
    """Yield each line's number and cells; a cell in quotes may go on over lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS:
                raise BadInputError(f"line {reader.line_num} has more than {MOST_COLUMNS} cells")
            yield reader.line_num, cells
    except csv.Error as error:
        raise BadInputError(f"line {reader.line_num} is no line of a table ({error})") from None


def _headings(text: str, wanted: Sequence[str]) -> tuple[str, Sequence[str], int]:
    """Return what is between the cells, the headings as `bare` has them, and on which line they are."""
    best: tuple[int, Sequence[str], Sequence[str]] | None = None
    problem: BadInputError | None = None
    for delimiter in _DELIMITERS:
        try:
            for number, cells in islice(_rows(text, delimiter), MOST_TITLES + 1):
                found = [bare(cell) for cell in cells]
                missing = _missing(wanted, found)
                if not missing:
                    return delimiter, found, number
                if best is None or (len(missing), -len(cells)) < (best[0], -len(best[2])):
                    best = (len(missing), missing, [cell for cell in cells if cell.strip()])
        except BadInputError as error:
            problem = problem or error
    if best is None or (problem and best[0] == len(wanted)):
        raise problem or BadInputError("is empty")
    raise _no_heading(best[1], best[2])


def _missing(wanted: Sequence[str], found: Sequence[str]) -> list[str]:
    return [heading for heading in wanted if bare(heading) not in found]


def _no_heading(missing: Sequence[str], there: Sequence[str]) -> BadInputError:
    named = ", ".join(shortened(plain(spaced(cell)), 30) for cell in there[:_SHOWN])
    return BadInputError(
        f"has no column headed {' or '.join(missing)}; it has {named or 'none'}{', …' if len(there) > _SHOWN else ''}"
    )


def _opened(data: bytes) -> Workbook:
    try:
        return load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever it stumbles over
        raise BadInputError(f"is a workbook that can't be opened ({_why(error)})") from None


def _workbook_table(data: bytes, layout: SheetLayout) -> SheetTable:
    book = _opened(data)
    lines = list(_worksheet(book, layout.worksheet))
    if layout.numbered:
        return SheetTable(partial(iter, lines), (), _width(layout), commas=True)
    units = _unit_rows(book, layout.units) if layout.units else ()
    wanted, titles = _wanted(layout), lines[: MOST_TITLES + 1]
    for number, cells in titles:
        found = [bare(cell) for cell in cells]
        if not _missing(wanted, found):
            above = [cell for _, row in lines[: number - 1] for cell in row]
            return SheetTable(partial(iter, lines[number:]), found, len(found), commas=True, titles=above, units=units)
    best = max((cells for _, cells in titles), key=lambda cells: sum(map(bool, cells)), default=())
    raise _no_heading(_missing(wanted, [bare(cell) for cell in best]), [cell for cell in best if cell])


def _why(error: Exception) -> str:
    return shortened(plain(" ".join(str(error).split())) or type(error).__name__)


def _worksheet(book: Workbook, name: str | None) -> Iterator[Line]:
    names = book.sheetnames
    if name is None and len(names) != 1:
        raise BadInputError(
            f"is a workbook with the sheets {', '.join(map(shortened, names[:_SHOWN]))}; save one as CSV"
        )
    if name is not None and name not in names:
        raise BadInputError(f"is a workbook without a sheet {name}; it has {', '.join(map(shortened, names[:_SHOWN]))}")
    sheet = cast("ReadOnlyWorksheet", book[name or names[0]])
    sheet.reset_dimensions()  # what the file says of its own size is often wrong
    return _cells_of(cast("Worksheet", sheet))


def _cells_of(sheet: "Worksheet") -> Iterator[Line]:
    rows = sheet.iter_rows(values_only=True)
    for number in count(1):
        try:
            row = next(rows, None)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            raise BadInputError(f"row {number} of the workbook can't be read ({_why(error)})") from None
        if row is None:
            return
        if len(row) > MOST_COLUMNS:
            raise BadInputError(f"row {number} has more than {MOST_COLUMNS} cells")
        yield number, [_cell(value) for value in row]


def _cell(value: object) -> str:
    """Return a workbook's cell as a sheet of text would have it."""
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def _unit_rows(book: Workbook, layout: UnitSheet) -> list[Mapping[str, str]]:
    """Return the rows of the second worksheet by its headings as the layout has them."""
    wanted = [layout.unit, layout.reported, layout.of, layout.as_of]
    lines = list(_worksheet(book, layout.worksheet))
    headings = [bare(cell) for cell in lines[0][1]] if lines else []
    if missing := _missing(wanted, headings):
        raise _no_heading(missing, headings)
    places = {heading: headings.index(bare(heading)) for heading in wanted}
    return [{heading: cells[at] if at < len(cells) else "" for heading, at in places.items()} for _, cells in lines[1:]]
