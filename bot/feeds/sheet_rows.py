"""Decodes the rows of a table of votes. Each row has one choice's votes in one place of one contest.

A row's other contents are its `Head`. Many rows share a head or a choice, and each is decoded only once.
`bot.feeds.csv_sheet` adds up the rows.

- An empty votes cell, a dash or NA means unknown, never 0.
- Thousands may be separated by spaces or apostrophes, and by commas if cells are separated by commas or tabs. 4.355, and
  4,355 between semicolons, are refused, since they may be fractions.
- A time needs a zone, its own or the layout's.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import TypeAlias
from zoneinfo import ZoneInfo

from bot.count.reading import MOST_VOTES, Pair
from bot.desk.sheet_layout import Column, ColumnName, SheetLayout
from bot.errors import BadInputError
from bot.feeds.as_text import local_time
from bot.feeds.ballot import key_of, label, slug, spaced
from bot.feeds.choices import WHOLE, Role, role_of
from bot.feeds.clarity.time import time_of
from bot.feeds.reader import quoted
from bot.feeds.sheet_headings import watched_columns, where_it_goes
from bot.feeds.sheet_table import SheetTable

TOTAL = "total"
"""The vote type that means all votes together."""

_UNKNOWN = frozenset({"", "-", "\u2013", "\u2014", "NA", "N/A"})

_PLAIN = re.compile(r"[0-9]{1,15}")

_IN_THOUSANDS = re.compile(r"[0-9]{1,3}(?:([,' \u2019\u00a0\u2009\u202f])[0-9]{3})(?:\1[0-9]{3})*")

_WITH_CENTS = re.compile(r"([0-9]{1,15})\.0{1,2}")

_BOTH = re.compile(r"([0-9][0-9,]{0,12})\s*(?:/|of)\s*([0-9][0-9,]{0,12})")
"""Precincts that have reported and all precincts in one cell: 33/33, 33 of 33."""

_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\b")

_MOST_DIGITS = 10
"""The most digits of a number that can't be too large, whatever the digits are."""


Place: TypeAlias = tuple[str | None, str]
"""(unit, part of the unit). An empty unit means the whole contest. None means that the row's cell for the unit is
empty.
"""

_MOST_EXPLAINED = 5
"""For how many refusals the table is read again, in order to find the column that distinguishes two rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The choice for which a row has votes."""

    key: str
    """The choice's key, the same in all rows of a candidate."""
    name: str
    party: str
    """The party's cell, unchanged."""
    role: Role
    watched: tuple[str, ...]
    """The cells of unmapped columns that may distinguish contests or candidates."""


@dataclass(frozen=True, slots=True, eq=False)
class ContestCells:
    """The cells of a row that describe its contest."""

    key: str
    name: str | None
    called: str
    """The name's cell, unchanged."""
    as_of: datetime | None
    day: date | None


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """The contents of a row besides its choice and votes: contest, place, vote type, total and precincts."""

    contest: ContestCells
    place: Place
    kind: str
    """The vote type, or `TOTAL`."""
    total: int | None
    precincts: Pair | None


@dataclass(slots=True, eq=False)
class Row:
    """One row of the table, decoded."""

    line: int
    head: Head
    choice: Choice
    votes: Sequence[int | None]
    """The votes in each column of votes; None if unknown."""
    others: int
    """A hash of the unmapped cells; 0 for presets."""


@dataclass(frozen=True, slots=True)
class UnitReport:
    """The second worksheet's contents for one unit: the precincts reporting, and the time."""

    reported: Pair
    as_of: datetime


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can't be decoded."""

    line: int
    what: str
    contest: str | None = None
    """The contest's key; None if it can't be read."""
    name: str | None = None


class SheetRows:
    """A decoder of a table's rows, based on the table's layout."""

    def __init__(self, table: SheetTable, layout: SheetLayout, source: str) -> None:
        """Create a decoder of the rows of `table`, whose columns are described by `layout`.

        If the table has no column for the contest, all its rows belong to one contest with the name `source`.
        """
        self.layout = layout
        self._table, self._source = table, source
        columns = dict(layout.columns)
        if "party" not in columns and not layout.vouched and (party := table.party_column(layout)) is not None:
            columns["party"] = (party,)
        self.columns = columns
        self._get = {name: _getter(table, name, column) for name, column in columns.items()}
        self._at = {name: table.at(column) for name, column in columns.items()}
        mapped = {place for places in self._at.values() for place in places}
        self._unmapped = [place for place in range(len(table.headings)) if place not in mapped]
        self.watched = (
            () if layout.vouched else watched_columns(table.headings, self._unmapped, has_units="unit" in columns)
        )
        self._zone = ZoneInfo(layout.zone) if layout.zone else None
        self.kinds = ([TOTAL] if "votes" in columns else []) + list(layout.types.values())
        """The vote type of each column of votes. `TOTAL` means the type that the row names."""
        self._contest_of = _key_getter(self._places_of("contest", "contest_name", "as_of", "election_day"))
        self._place_of = _key_getter(self._places_of("unit", "part"))
        self._contests: dict[object, ContestCells | BadRow] = {}
        self._places: dict[object, Place] = {}
        self._codes: dict[str, str] = {}
        """Units by their codes, for the second worksheet."""
        self._explained = 0

    def rows(self) -> Iterator[Row | BadRow]:
        """Yield the rows in order. Blank rows, and sums over several contests, are skipped."""
        empty = [place for heading in self.layout.empty for place in self._table.at((heading,))]
        head_of = _key_getter(
            [
                *self._places_of("contest", "contest_name", "as_of", "election_day", "unit", "part"),
                *self._places_of("type", "total", "reported", "of"),
                *empty,
            ]
        )
        watched = (place for place, _ in self.watched)
        choice_of = _key_getter([*self._places_of("candidate", "candidate_key", "party"), *watched])
        others_of = _key_getter(self._unmapped) if self._unmapped and not self.layout.vouched else None
        vote_columns = [*self._at.get("votes", ()), *(self._table.at((one,))[0] for one in self.layout.types)]
        commas = self._table.commas
        heads: dict[object, Head | BadRow] = {}
        choices: dict[object, Choice] = {}
        before: object = None
        for line, cells in self._table.rows():
            if (head_key := head_of(cells)) != before:  # rows of one place mostly follow one another
                before = head_key
                if head_key not in heads:
                    heads[head_key] = self._head(line, cells)
                head = heads[head_key]
            if isinstance(head, BadRow):
                is_sum = head.contest is None and spaced(self._get["candidate"](cells)).casefold() in WHOLE
                if not is_sum and head.line:  # blank, or a sum over contests
                    yield replace(head, line=line)
                    head = heads[head_key] = replace(head, line=0)  # one refusal for all rows with this head
                continue
            if (choice := choices.get(choice_key := choice_of(cells))) is None:
                choice = choices[choice_key] = self._choice(cells)
            try:
                votes = [_votes(cells[at], "votes", commas=commas) for at in vote_columns]
            except BadInputError as error:
                if choice.role in ("candidate", "all votes"):  # numbers in residual rows don't matter
                    yield BadRow(line, str(error), head.contest.key, head.contest.name)
                continue
            yield Row(line, head, choice, votes, hash(others_of(cells)) if others_of else 0)

    def titles(self) -> list[str]:
        """Return texts that may describe the election.

        These are the cells above the headings, and the first row's unmapped cells.
        """
        first = next(iter(self._table.rows()), (0, ()))[1]
        return [*self._table.titles, *(first[at] for at in self._unmapped if at < len(first))]

    def heading(self, name: ColumnName) -> str:
        """Return the heading of the column that contains `name`. Several headings are joined by "and"."""
        return " and ".join(map(str, self.columns[name]))

    def watched_heading(self, at: int) -> str:
        """Return the heading of a column that may distinguish contests, given its position."""
        return self._table.heading(at)

    def what_differs(self, first: Row, second: Row) -> str:
        """Return the column that distinguishes two rows of the same candidate and place, as the end of an error."""
        self._explained += 1
        if self._explained > _MOST_EXPLAINED:
            return ""
        one, *_, other = [cells for line, cells in self._table.rows() if line in (first.line, second.line)]
        mapped = {
            place for name, column in self.layout.columns.items() if name != "party" for place in self._table.at(column)
        }
        differ = [
            self._table.heading(at)
            for at, (before, now) in enumerate(zip(one, other, strict=False))
            if before != now and at not in mapped
        ]
        found = where_it_goes(differ, [*self.layout.columns])
        return f"; {found[0]} tells the rows apart: put it into {found[1]}" if found else ""

    @cached_property
    def unit_reports(self) -> dict[str, UnitReport]:
        """Return the second worksheet's contents for each unit.

        Call this method only after all rows have been decoded.
        """
        found: dict[str, UnitReport] = {}
        if (layout := self.layout.units) is None:
            return found
        for row in self._table.units:
            if not (code := spaced(row[layout.unit])):
                continue
            reported, of = (_votes(row[heading], heading, commas=True) for heading in (layout.reported, layout.of))
            if reported is not None and of is not None and reported <= of:
                found[self._codes.get(code, code)] = UnitReport(
                    (reported, of), moment_in(row[layout.as_of], self._zone)
                )
        return found

    def _places_of(self, *names: ColumnName) -> list[int]:
        return [place for name in names for place in self._at.get(name, ())]

    def _head(self, line: int, cells: Sequence[str]) -> Head | BadRow:
        raw = self._contest_of(cells)
        if (contest := self._contests.get(raw)) is None:
            contest = self._contests[raw] = self._contest(line, cells)
        if isinstance(contest, BadRow):
            return contest
        where = self._place_of(cells)
        if (place := self._places.get(where)) is None:
            place = self._places[where] = self._place(cells)
        try:
            if self.layout.empty:
                self._refuse_filled(cells)
            return Head(contest, place, self._kind(cells), self._total(cells), self._precincts(cells))
        except BadInputError as error:
            return BadRow(line, str(error), contest.key, contest.name)

    def _contest(self, line: int, cells: Sequence[str]) -> ContestCells | BadRow:
        get = self._get
        text = spaced(get["contest"](cells) if "contest" in get else self._source)
        missing = text.casefold() in WHOLE
        key = "" if missing else key_of(text)
        if not key:
            return BadRow(line, "contest is missing" if missing else f"contest should be a name, not {quoted(text)}")
        called = self._cell("contest_name" if "contest_name" in get else "contest", cells)
        name = label(called) if called else None
        stamp, day = self._cell("as_of", cells), self._cell("election_day", cells)
        try:
            return ContestCells(
                key, name, called, moment_in(stamp, self._zone) if stamp else None, _day(day) if day else None
            )
        except BadInputError as error:
            return BadRow(line, str(error), key, name)

    def _place(self, cells: Sequence[str]) -> Place:
        unit = _unit(self._get["unit"](cells)) if "unit" in self._get else ""
        unit = "" if unit is None and self.layout.vouched else unit
        if self.layout.units:
            (code,) = self._table.at((self.layout.units.unit,))
            self._codes.setdefault(cells[code], unit or "")
        return unit, self._cell("part", cells)

    def _kind(self, cells: Sequence[str]) -> str:
        if "type" not in self._get:
            return TOTAL
        kind = self._cell("type", cells)
        return TOTAL if kind.casefold() in WHOLE else kind

    def _total(self, cells: Sequence[str]) -> int | None:
        get = self._get.get("total")
        return _votes(get(cells), "total", commas=self._table.commas) if get else None

    def _choice(self, cells: Sequence[str]) -> Choice:
        name = spaced(self._get["candidate"](cells))
        mark, _, rest = name.partition(" ")
        if mark in self.layout.marks and name.endswith(")"):
            name = rest
        role = role_of(name, vouched=self.layout.vouched)
        key = self._cell("candidate_key", cells) or slug(name) or name
        watched = tuple(cells[at].strip() for at, _ in self.watched)
        return Choice(key, name, self._cell("party", cells), role, watched)

    def _refuse_filled(self, cells: Sequence[str]) -> None:
        for heading in self.layout.empty:
            if cells[self._table.at((heading,))[0]].strip():
                raise BadInputError(f"{heading} is filled in, and no file that was seen shows what it then means")

    def _cell(self, name: ColumnName, cells: Sequence[str]) -> str:
        get = self._get.get(name)
        return get(cells).strip() if get else ""

    def _precincts(self, cells: Sequence[str]) -> Pair | None:
        if "reported" not in self._get:
            return None
        of = self._get["of"](cells) if "of" in self._get else ""
        return _precincts(self._get["reported"](cells), of, commas=self._table.commas)


def _getter(table: SheetTable, name: ColumnName, column: Column) -> Callable[[Sequence[str]], str]:
    """Return a function that returns a row's cell for `column`.

    If there are several columns, their cells are joined.
    """
    first, *more = table.at(column)
    if not more:
        return itemgetter(first)
    between = ", " if name == "contest_name" else " "
    several = itemgetter(first, *more)
    return lambda cells: between.join(filter(None, map(str.strip, several(cells))))


def _key_getter(places: Sequence[int]) -> Callable[[Sequence[str]], object]:
    """Return a function that returns a row's cells at some positions, for use as a key."""
    return itemgetter(*places) if places else lambda _: ""


def _votes(cell: str, what: str, *, commas: bool) -> int | None:
    """Parse the number in a cell. None if the cell means that the number is unknown.

    `what` is the number's name in errors.

    Raises:
        BadInputError: the cell is not a whole number, or could be read in two ways.
    """
    if cell.isdecimal() and cell.isascii() and len(cell) <= _MOST_DIGITS:
        return int(cell)
    cell = cell.strip()
    if cell in _UNKNOWN:
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


@lru_cache(maxsize=1000)
def moment_in(stamp: str, zone: ZoneInfo | None) -> datetime:
    """Parse a cell's time, and return it in UTC.

    Args:
        stamp: the cell: ISO 8601, or as in 11/20/2020 3:37:06 PM EST.
        zone: the zone of a time without one.

    Raises:
        BadInputError: the cell is not a time, or has no zone.

    """
    moment = _parse_time(stamp)
    if moment is not None and moment.tzinfo is None and zone is not None:
        moment = moment.replace(tzinfo=zone)
    try:
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except OverflowError:
        moment = None
    why = "has no zone" if moment else "is no time"
    raise BadInputError(
        f"as_of {why}: {quoted(stamp)}; write it as 2020-11-20T15:37-05:00 or 11/20/2020 3:37:06 PM EST"
    )


_LOCAL_FORMS = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M")


def _parse_time(stamp: str) -> datetime | None:
    """Parse a cell's time. The time is naive if the cell has no zone, and None if the cell isn't a time."""
    with suppress(ValueError):
        return datetime.fromisoformat(stamp)
    with suppress(BadInputError):
        return time_of(stamp)
    with suppress(BadInputError):
        return local_time(stamp, _LOCAL_FORMS, ZoneInfo("UTC")).replace(tzinfo=None)
    return None


@lru_cache(maxsize=10_000)
def _unit(raw: str) -> str | None:
    """Return the name of a unit from its cell. "" stands for the whole contest, and None for an empty cell."""
    unit = spaced(raw)
    if not unit:
        return None
    return "" if unit.casefold() in WHOLE else unit.removesuffix(" County")


@lru_cache(maxsize=10_000)
def _precincts(text: str, all_of_them: str, *, commas: bool) -> Pair | None:
    """Return (precincts reported, all precincts), from two cells or from one such as 33/33. None if unknown.

    Raises:
        BadInputError: a cell is not a number, or the first is more than the second.

    """
    if both := _BOTH.fullmatch(text.strip()):
        reported, of = (_votes(number, "reported", commas=True) for number in both.groups())
    else:
        reported, of = _votes(text, "reported", commas=commas), _votes(all_of_them, "of", commas=commas)
    if not of:
        return None
    if reported is None or reported > of:
        raise BadInputError(f"reported should be a number of the {of} precincts, not {quoted(text.strip())}")
    return reported, of


@lru_cache(maxsize=100)
def _day(text: str) -> date:
    """Parse a cell's day, such as 2026-11-03 or 11/3/2026."""
    try:
        if match := _US_DATE.match(text):
            return date(int(match[3]), int(match[1]), int(match[2]))
        return date.fromisoformat(text[:10])
    except ValueError:
        raise BadInputError(f"election_day should be a day such as 2026-11-03, not {quoted(text)}") from None
