"""The format `csv`: a sheet that somebody exports now and then, its columns mapped in the desk file.

A row has a candidate's votes in a contest, or in one unit of it, perhaps of one type. Columns by what they hold:
candidate and votes, which are needed; contest (without it the sheet is one contest, called as the source is), unit,
type, party, reported and of (precincts), total (all votes), as_of. Decided here:

- An empty votes cell, or a dash, is not said; it is never 0. A contest without any is left out. One of whose candidates
  some have votes and some have none is half typed, and refused.
- A row without a unit, or with "Total" or "Statewide" for one, is of the whole contest. Without any, the units' sum is.
- A row with "Total" for a candidate has all votes of its contest or unit. Undervotes and the like are nobody's votes.
- Separators of thousands are read as typed: spaces and apostrophes anywhere, commas where commas or tabs part the
  cells. 4.355, and 4,355 between semicolons, may be a fraction and are refused.
- A row that is there twice is taken once; if the two differ the contest is refused.
- A time needs its zone; a contest's time is the newest of its rows.
- The file is UTF-8, with or without a byte order mark, or UTF-16 with one (Excel's "Unicode text"); any other charset
  is refused, since a guess would spell names wrong. Commas, semicolons, tabs or bars part the cells; titles may stand
  above the headings.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO, TypeAlias, TypeVar

from bot.count.reading import MOST_VOTES, Reading, Reporting, Unit
from bot.desk.desk_file import ColumnName
from bot.errors import BadInputError
from bot.feeds.ballot import ballot_of, checked_label, count_named, is_residual, label, slug, spaced
from bot.feeds.clarity.time import time_of
from bot.feeds.reader import ReaderContext, Refusal, plain, quoted, shortened
from bot.feeds.vote_table import TOTAL, Pair, Table, TableChoice, by_type, units_of

FORMAT = "csv"

_WHOLE = frozenset(
    {"", "total", "totals", "total votes", "grand total", "statewide", "state total", "all", "all counties"}
)
"""What a unit, a type or a candidate can be called that is none but all of them."""


_UNSAID = frozenset({"", "-", "\u2013", "\u2014"})


_PLAIN = re.compile(r"[0-9]{1,15}")


_IN_THOUSANDS = re.compile(r"[0-9]{1,3}(?:([,' \u2019\u00a0\u2009\u202f])[0-9]{3})(?:\1[0-9]{3})*")


_WITH_CENTS = re.compile(r"([0-9]{1,15})\.0{1,2}")


_K = TypeVar("_K")


_V = TypeVar("_V")


Key: TypeAlias = tuple[str, str, str]
"""(candidate, unit, type), each as the sheet calls it; empty for all units; `TOTAL` for all types."""


@dataclass(slots=True)
class _Contest:
    """What the rows of one contest say."""

    name: str | None
    cells: dict[Key, int | None] = field(default_factory=dict)
    parties: dict[str, str | None] = field(default_factory=dict)
    """Of each candidate, in the sheet's order."""
    totals: dict[str, int] = field(default_factory=dict)
    """All votes, by unit."""
    reported: dict[str, Pair] = field(default_factory=dict)
    as_of: datetime | None = None
    problem: str | None = None
    """Why it is refused: the first thing that is wrong with it."""


def read(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
    """Yield a reading of each contest, in the sheet's order, or why it is refused.

    Raises:
        BadInputError: the sheet is no table with these columns, or the source has none.

    """
    if not {"candidate", "votes"} <= context.columns.keys():
        raise BadInputError(
            f"{context.name}: a sheet is read by the columns that its source has in the desk file: give --desk, --source"
        )
    try:
        sheet = sheet_of(stream, context.columns)
    except BadInputError as error:
        raise BadInputError(f"{context.name}: {plain(str(error))}") from None
    contests: dict[str, _Contest] = {}
    for row in sheet.rows:
        name = spaced(row.cells.get("contest", context.source or FORMAT))
        if name.casefold() in _WHOLE:
            if spaced(row.cells["candidate"]).casefold() not in _WHOLE:
                yield Refusal(f"{context.name}:{row.number}", "contest is missing")
            continue  # a sum over contests
        key = slug(name)
        if not key:
            yield Refusal(f"{context.name}:{row.number}", f"contest should be a name, not {quoted(name)}")
            continue
        contest = contests.setdefault(key, _Contest(label(name) if "contest" in row.cells else None))
        try:
            _take(row, contest, commas=sheet.delimiter in ",\t")
        except BadInputError as error:
            contest.problem = contest.problem or f"line {row.number}: {error}"
    for key, contest in contests.items():
        yield from _read(key, contest, context)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet."""

    number: int
    """The line of the file on which it ends, counted from 1."""
    cells: Mapping[ColumnName, str]
    """By what the column holds; of columns that are mapped only, without spaces around."""


def _take(row: Row, contest: _Contest, *, commas: bool) -> None:
    """Add a row to its contest."""
    cells = row.cells
    candidate, unit = spaced(cells["candidate"]), _unit(cells.get("unit", ""))
    if stamp := cells.get("as_of"):
        moment = _moment(stamp)
        contest.as_of = max(contest.as_of or moment, moment)
    votes, total = (_votes(cells.get(what, ""), what, commas=commas) for what in ("votes", "total"))
    kind = cells.get("type", "")
    kind = TOTAL if kind.casefold() in _WHOLE else kind
    reported, of = (_votes(cells.get(what, ""), what, commas=commas) for what in ("reported", "of"))
    if of:
        if reported is None or reported > of:
            raise BadInputError(
                f"reported should be a number of the {of} precincts, not {quoted(cells.get('reported'))}"
            )
        _once(contest.reported, unit, (reported, of), "precincts")
    if candidate.casefold() in _WHOLE:
        total = votes if total is None and kind == TOTAL else total
    elif not is_residual(candidate):
        party = cells.get("party") or None
        contest.parties[candidate] = contest.parties.get(candidate) or party
        _once(contest.cells, (candidate, unit, kind), votes, f"votes of {candidate}")
    if total is not None:
        _once(contest.totals, unit, total, "total")


def _once(holder: dict[_K, _V], key: _K, value: _V, what: str) -> None:
    if holder.setdefault(key, value) != value:
        raise BadInputError(f"{shortened(what)} is there twice, as {holder[key]} and as {value}")


def _unit(name: str) -> str:
    """Return what a unit is called; empty for the whole contest."""
    called = spaced(name)
    return "" if called.casefold() in _WHOLE else called.removesuffix(" County")


def _votes(cell: str, what: str, *, commas: bool) -> int | None:
    """Return the number in a cell, None where it is not said.

    Raises:
        BadInputError: it is no whole number, or may be read in two ways.

    """
    if cell in _UNSAID:
        return None
    digits = cell
    if match := _IN_THOUSANDS.fullmatch(cell):
        if match[1] == "," and not commas:
            raise BadInputError(f"{what} may be a fraction: {quoted(cell)}; write it without a separator")
        digits = cell.replace(match[1], "")
    elif match := _WITH_CENTS.fullmatch(cell):
        digits = match[1]
    if _PLAIN.fullmatch(digits) and (number := int(digits)) <= MOST_VOTES:
        return number
    raise BadInputError(f"{what} should be a whole number, not {quoted(cell)}")


def _moment(stamp: str) -> datetime:
    """Return a cell's time: ISO 8601, or as in 11/20/2020 3:37:06 PM EST."""
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        try:
            return time_of(spaced(stamp))
        except BadInputError:
            moment = None
    try:
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except OverflowError:
        moment = None
    why = "has no zone" if moment else "is no time"
    raise BadInputError(
        f"as_of {why}: {quoted(stamp)}; write it as 2020-11-20T15:37-05:00 or 11/20/2020 3:37:06 PM EST"
    )


def _read(key: str, contest: _Contest, context: ReaderContext) -> Iterator[Reading | Refusal]:
    """Yield a contest's reading, or why it is refused; nothing where no votes are said."""
    name = contest.name and shortened(contest.name)
    if contest.problem:
        yield Refusal(context.name, contest.problem, key, name)
    elif any(votes is not None for votes in contest.cells.values()):
        try:
            yield _reading(key, contest, context)
        except BadInputError as error:
            yield Refusal(context.name, str(error), key, name)


def _reading(key: str, contest: _Contest, context: ReaderContext) -> Reading:
    table = _table(contest)
    names = tuple(choice.text for choice in table.choices)
    ballot = ballot_of(
        names, tuple(choice.party for choice in table.choices), tuple(choice.key for choice in table.choices)
    )
    known = [(checked_label(unit, "name of a unit"), None) for unit in table.units]
    votes = {one: choice.votes for one, choice in zip(ballot.ids, table.choices, strict=True)}
    total = contest.totals.get("")
    if total is not None and total < (cast := sum(votes.values())):
        raise BadInputError(f"total {total} is below the sum of the votes, {cast}")
    precincts = contest.reported.get("")
    return Reading(
        source=context.source or FORMAT,
        contest=key,
        contest_name=contest.name and checked_label(contest.name, "contest"),
        count=count_named(contest.name),
        as_of=contest.as_of or context.as_of_utc,
        as_of_is=None if contest.as_of else context.as_of_is,
        votes=votes,
        names=dict(ballot.names),
        parties=dict(ballot.parties) or None,
        total=total,
        reporting=Reporting(precincts=precincts) if precincts else None,
        by_type=by_type(table, ballot.ids),
        units=_units(units_of(table, ballot.ids, known, contest.reported), contest.totals) or None,
    )


def _units(units: Mapping[str, Unit], totals: Mapping[str, int]) -> dict[str, Unit]:
    """Return the units with their totals."""
    with_totals = dict(units)
    for name, unit in units.items():
        if (total := totals.get(name)) is not None:
            if unit.votes and total < sum(unit.votes.values()):
                raise BadInputError(
                    f"{shortened(name)}: total {total} is below the sum of the votes, {sum(unit.votes.values())}"
                )
            with_totals[name] = unit.model_copy(update={"total": total})
    return with_totals


def _table(contest: _Contest) -> Table:
    """Return a contest's votes by candidate, type and unit."""
    cells, candidates = contest.cells, list(contest.parties)
    units = list(dict.fromkeys(unit for _, unit, _ in cells if unit))
    types = (TOTAL, *dict.fromkeys(kind for _, _, kind in cells if kind != TOTAL))
    whole = any(not unit and votes is not None for (_, unit, _), votes in cells.items())
    parts = [""] if whole else units
    choices = []
    for place, candidate in enumerate(candidates, start=1):
        columns = [[cells.get((candidate, unit, kind)) for unit in units] for kind in types]
        columns[0] = [_all(cells, candidate, unit, types) for unit in units]
        votes = sum(_needed(cells, candidate, unit, candidates, types) for unit in parts)
        if votes > MOST_VOTES:
            raise BadInputError(f"votes of {shortened(candidate)} add up to {votes}, more than any contest can hold")
        said = [votes, *(_summed([cells.get((candidate, unit, kind)) for unit in parts]) for kind in types[1:])]
        choices.append(TableChoice(str(place), candidate, contest.parties[candidate], votes, types, said, columns))
    return Table(choices, units, "unit", complete=False)


def _all(cells: Mapping[Key, int | None], candidate: str, unit: str, types: Sequence[str]) -> int | None:
    """Return all votes of a candidate in a unit: those of all types, else the sum of what is said of each."""
    if (total := cells.get((candidate, unit, TOTAL))) is not None:
        return total
    said = [votes for kind in types[1:] if (votes := cells.get((candidate, unit, kind))) is not None]
    if sum(said) > MOST_VOTES:
        raise BadInputError(f"votes of {shortened(candidate)} add up to {sum(said)}, more than any contest can hold")
    return sum(said) if said else None


def _needed(
    cells: Mapping[Key, int | None], candidate: str, unit: str, candidates: Sequence[str], types: Sequence[str]
) -> int:
    """Return a candidate's votes in a part of the contest, where they are a part of the whole contest's votes.

    Raises:
        BadInputError: they are not said though others' are.

    """
    if (votes := _all(cells, candidate, unit, types)) is not None:
        return votes
    if any(_all(cells, other, unit, types) is not None for other in candidates):
        where = f" in {shortened(unit)}" if unit else ""
        raise BadInputError(f"votes of {shortened(candidate)}{where} are empty while others' are not")
    return 0


def _summed(parts: Sequence[int | None]) -> int | None:
    """Return the sum of some parts, None where one of them is not said."""
    said = [votes for votes in parts if votes is not None]
    return sum(said) if said and len(said) == len(parts) else None


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
