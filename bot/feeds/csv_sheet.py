"""The format `csv`: a table of votes whose columns the desk file maps, or a preset of an office's own layout.

A row has a candidate's votes in a contest, or in one unit of it, perhaps of one type. Columns by what they hold:
candidate and votes (or, in their place, a column for each type), which are needed; contest (without it the sheet is
one contest, called as the source is) and its name, the candidate's own key, unit and its parts, which are added up,
type, party, reported and of (precincts; 33/33 where one column has both), total (all votes), as_of, election_day.
Decided here:

- An empty votes cell, a dash or NA is not said; it is never 0. A contest without any is left out. One of whose
  candidates some have votes and some have none is half typed, and refused.
- A row without a unit, or with "Total" or "Statewide" for one, is of the whole contest. Without any, the units' sum is.
- A row with "Total" for a candidate has all votes of its contest or unit. Undervotes and the like are nobody's votes.
- Separators of thousands are read as typed: spaces and apostrophes anywhere, commas where commas or tabs part the
  cells. 4.355, and 4,355 between semicolons, may be a fraction and are refused.
- A row that is there twice is taken once. What would add up two people or two contests is refused, and the column
  named that tells them apart: where two rows differ, where units have no candidate in common, and where a column that
  is not mapped sounds as if it told contests or candidates apart and says two things of one.
- A time needs its zone, its own or the layout's; a contest's time is the newest of its rows. One of before the
  election's day is pre-election.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from operator import itemgetter
from typing import BinaryIO, Literal, TypeAlias
from zoneinfo import ZoneInfo

from bot.count.reading import MOST_VOTES, Reading, Reporting, Status, Unit
from bot.desk.sheet_layout import Column, ColumnName, SheetLayout
from bot.errors import BadInputError
from bot.feeds.ballot import ballot_of, checked_label, count_named, is_residual, label, party_of, slug, spaced
from bot.feeds.clarity.time import time_of
from bot.feeds.reader import ReaderContext, Refusal, plain, quoted, shortened
from bot.feeds.sheet_table import MOST_ROWS, SheetTable, table_of
from bot.feeds.vote_table import TOTAL, Pair, Table, TableChoice, by_type, trusted, units_of

FORMAT = "csv"

_WHOLE = frozenset(
    {"", "total", "totals", "total votes", "grand total", "statewide", "state total", "all", "all counties"}
)
"""What a unit, a type or a candidate can be called that is none but all of them."""


_UNSAID = frozenset({"", "-", "\u2013", "\u2014", "NA", "N/A"})


_NOBODYS = re.compile(r"(contest|ballot)s? ?(totals?|cast)", re.IGNORECASE)
"""Rows of Wisconsin's counties that are no candidate, and of which nobody says what they count."""


_WRITE_INS = re.compile(r"(other )?(write ?-? ?ins?|scattering)", re.IGNORECASE)


_PLAIN = re.compile(r"[0-9]{1,15}")


_IN_THOUSANDS = re.compile(r"[0-9]{1,3}(?:([,' \u2019\u00a0\u2009\u202f])[0-9]{3})(?:\1[0-9]{3})*")


_WITH_CENTS = re.compile(r"([0-9]{1,15})\.0{1,2}")


_BOTH = re.compile(r"([0-9][0-9,]{0,12})\s*(?:/|of)\s*([0-9][0-9,]{0,12})")
"""33/33: precincts that have reported, and all of them."""


_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\b")


_CONTEST_WORDS = re.compile(r"race|contest|office|district|juris(?!diction)|area|question|measure|seat")


_CANDIDATE_WORDS = re.compile(r"first|given|middle|candidate|\bcan(?!cel)|choice|option")


_PART_WORDS = re.compile(r"precinct|ward|box|unit")


_NO_NAME_WORDS = re.compile(r"vote|total|percent|pct|%|report|ballot|rank|order|url|link|incumb|winner|status|note")
"""In headings of columns that name nobody and nothing, whatever else they say."""


_EASTERN = ZoneInfo("America/New_York")


_MOST_EXPLAINED = 5
"""Refusals of one sheet for which it is gone through again."""


Place: TypeAlias = tuple[str, str]
"""(unit, part of it); empty for the whole contest."""


_WHOLE_PLACE: Place = ("", "")


Key: TypeAlias = tuple[str, Place, str]
"""(candidate, place, type); `TOTAL` for all types."""


Get: TypeAlias = Callable[[Sequence[str]], str]
"""Returns a row's cell, or those of several columns as one."""


@dataclass(slots=True)
class _Contest:
    """What the rows of one contest say."""

    name: str | None
    cells: dict[Key, int | None] = field(default_factory=dict)
    rows: dict[Key, tuple[int, int]] = field(default_factory=dict)
    """The line that says so, and a hash of what else it says."""
    names: dict[str, str] = field(default_factory=dict)
    """Of each candidate, in the sheet's order."""
    parties: dict[str, str] = field(default_factory=dict)
    residual_parties: set[str] = field(default_factory=set)
    """Of rows that count what was not voted."""
    totals: dict[Place, int] = field(default_factory=dict)
    """All votes."""
    reported: dict[Place, Pair] = field(default_factory=dict)
    """Precincts."""
    as_of: datetime | None = None
    election_day: date | None = None
    told: dict[tuple[int, str], str] = field(default_factory=dict)
    """What watched columns say: by the column, and the candidate where it is of candidates."""
    problem: str | None = None
    """Why it is refused: the first thing that is wrong with it."""


def read(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
    """Yield a reading of each contest, in the sheet's order, or why it is refused.

    Raises:
        BadInputError: the sheet is no table with these columns, or the source has none.

    """
    if context.sheet is None:
        raise BadInputError(
            f"{context.name}: a sheet is read by the columns that its source has in the desk file, or by a preset: "
            "give --desk and --source, or --preset"
        )
    try:
        table = table_of(stream, context.sheet)
        sheet = _Sheet(table, context.sheet, context)
        if context.sheet.primaries and any(map(_is_primary, sheet.contests.values())):
            sheet = _Sheet(table, context.sheet, context, by_party=True)
    except BadInputError as error:
        raise BadInputError(f"{context.name}: {plain(str(error))}") from None
    yield from sheet.refusals
    for key, contest in sheet.contests.items():
        yield from _read(key, contest, sheet.counties, context.sheet, context)


def _is_primary(contest: _Contest) -> bool:
    """Return True of a contest that is each party's own.

    Its undervotes are counted by party; where none are counted, two of one party stand beside another's.
    """
    if contest.residual_parties:
        return len(contest.residual_parties) > 1
    parties = Counter(party_of(party) for party in contest.parties.values())
    return len(parties) > 1 and (parties["R"] > 1 or parties["D"] > 1)


@dataclass(frozen=True, slots=True)
class _County:
    """What a second worksheet says of a unit."""

    reported: Pair
    as_of: datetime


class _Sheet:
    """The rows of a sheet, by contest."""

    def __init__(
        self, table: SheetTable, layout: SheetLayout, context: ReaderContext, *, by_party: bool = False
    ) -> None:
        """Go through the rows; `by_party`: a contest is each party's own.

        Raises:
            BadInputError: a row can't be taken apart.

        """
        self.contests: dict[str, _Contest] = {}
        self.refusals: list[Refusal] = []
        self._table, self._layout, self._context, self._by_party = table, layout, context, by_party
        self._get = {name: _getter(table, name, column) for name, column in layout.columns.items()}
        self._types = [(kind, _getter(table, "votes", (heading,))) for heading, kind in layout.types.items()]
        self._empty = [(heading, _getter(table, "other", (heading,))) for heading in layout.empty]
        mapped = {at for column in layout.columns.values() for at in table.at(column)}
        others = [at for at in range(len(table.headings)) if at not in mapped]
        self._others = itemgetter(*others) if others and not layout.vouched else None
        self._watched = [] if layout.vouched else _watched(table, others)
        self._zone = ZoneInfo(layout.zone) if layout.zone else None
        self._explained = 0
        self._contests: dict[str, _Contest | None] = {}
        self._candidates: dict[str, tuple[str, str] | None] = {}
        self._units: dict[str, str] = {}
        self._moments: dict[str, datetime] = {}
        codes: dict[str, str] = {}
        code = _getter(table, "other", (layout.units.unit,)) if layout.units else None
        for count, (number, cells) in enumerate(table.rows()):
            if count == MOST_ROWS:
                raise BadInputError(f"has more than {MOST_ROWS} rows")
            contest = self._contest(number, cells)
            if contest is None or contest.problem:
                continue
            try:
                self._take(number, cells, contest)
            except BadInputError as error:
                contest.problem = f"line {number}: {error}"
            if code:
                codes.setdefault(code(cells), self._unit(cells))
        self.counties = {codes.get(one, one): county for row in table.units for one, county in self._county(row)}

    def _contest(self, number: int, cells: Sequence[str]) -> _Contest | None:
        """Return the contest that a row is of; None of one that is of none."""
        get = self._get.get("contest")
        raw = get(cells) if get else self._context.source or FORMAT
        party = party_of(self._cell("party", cells)) if self._by_party else None
        raw = f"{raw} {party}" if party else raw
        if raw in self._contests:
            return self._contests[raw]
        name = spaced(raw)
        if name.casefold() in _WHOLE:
            if spaced(self._get["candidate"](cells)).casefold() not in _WHOLE:
                self._refuse(number, "contest is missing")
            return None  # blank, or a sum over contests
        if not (key := slug(name)):
            self._refuse(number, f"contest should be a name, not {quoted(name)}")
            return None
        called = self._get.get("contest_name", get)
        text = called(cells) if called else None
        if text and party and "contest_name" in self._get:
            text = f"{text} ({party})"
        return self._contests.setdefault(raw, self.contests.setdefault(key, _Contest(text and label(text))))

    def _refuse(self, number: int, what: str) -> None:
        self.refusals.append(Refusal(f"{self._context.name}:{number}", what))

    def _cell(self, name: ColumnName, cells: Sequence[str]) -> str:
        get = self._get.get(name)
        return get(cells).strip() if get else ""

    def _votes(self, name: ColumnName, cells: Sequence[str]) -> int | None:
        get = self._get.get(name)
        return _votes(get(cells), name, commas=self._table.commas) if get else None

    def _take(self, number: int, cells: Sequence[str], contest: _Contest) -> None:
        """Add a row to its contest."""
        if filled := next((heading for heading, get in self._empty if get(cells).strip()), None):
            raise BadInputError(f"{filled} is filled in, and no file that was seen shows what it then means")
        place = (self._unit(cells), self._cell("part", cells))
        self._take_days(cells, contest)
        self._take_precincts(cells, contest, place)
        votes, total, kind = self._votes("votes", cells), self._votes("total", cells), self._cell("type", cells)
        kind = TOTAL if kind.casefold() in _WHOLE else kind
        name = self._get["candidate"](cells)
        if name not in self._candidates:
            self._candidates[name] = _candidate(name, self._layout.marks)
        known, party = self._candidates[name], self._cell("party", cells)
        if known is not None:
            one = self._cell("candidate_key", cells) or known[0]
            self._take_candidate(contest, one, known[1], party)
            self._watch(cells, contest, one)
            row = (number, hash(self._others(cells)) if self._others else 0)
            if "votes" in self._get:
                self._once(contest, (one, place, kind), votes, row)
            for of_type, get in self._types:
                self._once(contest, (one, place, of_type), _votes(get(cells), of_type, commas=self._table.commas), row)
        elif spaced(name).casefold() in _WHOLE:
            total = votes if total is None and kind == TOTAL else total
        elif party:
            contest.residual_parties.add(party)
        if total is not None and contest.totals.setdefault(place, total) != total:
            raise BadInputError(f"total is there twice, as {contest.totals[place]} and as {total}")

    def _unit(self, cells: Sequence[str]) -> str:
        """Return what a row's unit is called; empty for the whole contest."""
        raw = self._cell("unit", cells)
        if raw not in self._units:
            called = spaced(raw)
            self._units[raw] = "" if called.casefold() in _WHOLE else called.removesuffix(" County")
        return self._units[raw]

    def _take_days(self, cells: Sequence[str], contest: _Contest) -> None:
        if stamp := self._cell("as_of", cells):
            moment = self._moment(stamp)
            contest.as_of = max(contest.as_of or moment, moment)
        if day := self._cell("election_day", cells):
            contest.election_day = _day(day)

    def _moment(self, stamp: str) -> datetime:
        if stamp not in self._moments:
            self._moments[stamp] = _moment(stamp, self._zone)
        return self._moments[stamp]

    def _take_precincts(self, cells: Sequence[str], contest: _Contest, place: Place) -> None:
        said = self._cell("reported", cells)
        if both := _BOTH.fullmatch(said):
            reported, of = (_votes(number, "reported", commas=True) for number in both.groups())
        else:
            reported, of = self._votes("reported", cells), self._votes("of", cells)
        if not of:
            return
        if reported is None or reported > of:
            raise BadInputError(f"reported should be a number of the {of} precincts, not {quoted(said)}")
        if (before := contest.reported.setdefault(place, (reported, of))) != (reported, of):
            raise BadInputError(f"precincts is there twice, as {before} and as {(reported, of)}")

    def _take_candidate(self, contest: _Contest, one: str, name: str, party: str) -> None:
        if (before := contest.names.setdefault(one, name)) != name and slug(before) != slug(name):
            raise BadInputError(f"the candidate {shortened(one)} is {shortened(before)} and {shortened(name)}")
        if party and (first := contest.parties.setdefault(one, party)) != party and party_of(first) != party_of(party):
            (heading,) = self._layout.columns["party"]
            raise BadInputError(
                f"{shortened(name)} is of {shortened(first)} and of {shortened(party)}: if these are two lines or two "
                f"people, {heading} tells them apart: put it into candidate"
            )

    def _watch(self, cells: Sequence[str], contest: _Contest, one: str) -> None:
        """Refuse a column that is not mapped and says two things of what would be taken for one."""
        for at, what in self._watched:
            told = cells[at].strip()
            before = contest.told.setdefault((at, one if what == "candidate" else ""), told)
            if before != told:
                heading = self._table.headings[at]
                raise BadInputError(
                    f"{heading} is {quoted(before)} above and {quoted(told)} here: if it tells two {what}s apart, put it "
                    f"into {what}, if not into other"
                )

    def _once(self, contest: _Contest, key: Key, votes: int | None, row: tuple[int, int]) -> None:
        """Note a candidate's votes; the same row a second time is nothing new, and another one is refused."""
        if key not in contest.cells:
            contest.cells[key], contest.rows[key] = votes, row
            return
        (line, of_row), before = contest.rows[key], contest.cells[key]
        if before == votes and of_row == row[1]:
            return
        said = f"votes of {shortened(contest.names[key[0]])} is there twice, as {_said(before)} and as {_said(votes)}"
        raise BadInputError(f"{said}{self._what_differs(line, row[0])}")

    def _what_differs(self, *lines: int) -> str:
        """Return which column tells two rows apart that would be taken for one."""
        self._explained += 1
        if self._explained > _MOST_EXPLAINED:
            return ""
        first, second = (cells for number, cells in self._table.rows() if number in lines)
        mapped = {
            at for name, column in self._layout.columns.items() if name != "party" for at in self._table.at(column)
        }
        names = [
            self._table.heading(at)
            for at, (one, other) in enumerate(zip(first, second, strict=False))
            if one != other and at not in mapped
        ]
        names = [name for name in names if not _NO_NAME_WORDS.search(name)]
        names.sort(key=lambda name: not (_CONTEST_WORDS.search(name) or _CANDIDATE_WORDS.search(name)))
        if not names:
            return ""
        into = "contest" if _CONTEST_WORDS.search(names[0]) else "part" if _PART_WORDS.search(names[0]) else "candidate"
        return f"; {names[0]} tells the rows apart: put it into {into}"

    def _county(self, row: Mapping[str, str]) -> Iterator[tuple[str, _County]]:
        """Yield what a second worksheet says of a unit."""
        layout = self._layout.units
        if layout is None or not (name := spaced(row[layout.unit])):
            return
        reported, of = (_votes(row[heading], heading, commas=True) for heading in (layout.reported, layout.of))
        if reported is not None and of is not None and reported <= of:
            yield name, _County((reported, of), self._moment(row[layout.as_of]))


def _getter(table: SheetTable, name: ColumnName, column: Column) -> Get:
    """Return how to get what `column` holds from a row."""
    first, *more = table.at(column)
    if not more:
        return itemgetter(first)
    between = ", " if name == "contest_name" else " "
    several = itemgetter(first, *more)
    return lambda cells: between.join(filter(None, map(str.strip, several(cells))))


def _watched(table: SheetTable, places: Sequence[int]) -> list[tuple[int, Literal["contest", "candidate"]]]:
    """Return which of some columns sound as if they told contests or candidates apart."""
    found: list[tuple[int, Literal["contest", "candidate"]]] = []
    for at in places:
        heading = table.headings[at]
        if _NO_NAME_WORDS.search(heading):
            continue
        if _CANDIDATE_WORDS.search(heading):
            found.append((at, "candidate"))
        elif _CONTEST_WORDS.search(heading):
            found.append((at, "contest"))
    return found


def _candidate(raw: str, marks: Sequence[str]) -> tuple[str, str] | None:
    """Return a candidate's key and name as the ballot has it; None of all of them together, and of nobody."""
    name = spaced(raw)
    if name.casefold() in _WHOLE or is_residual(name) or _NOBODYS.fullmatch(name):
        return None
    before, _, rest = name.partition(" ")
    if before in marks and name.endswith(")"):
        name = rest
    return slug(name) or name, name


def _said(votes: int | None) -> str:
    return "nothing" if votes is None else str(votes)


def _votes(cell: str, what: str, *, commas: bool) -> int | None:
    """Return the number in a cell, None where it is not said.

    Raises:
        BadInputError: it is no whole number, or may be read in two ways.

    """
    if cell.isdecimal() and cell.isascii() and len(cell) <= _DIGITS:
        return int(cell)
    cell = cell.strip()
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


_DIGITS = len(str(MOST_VOTES)) - 1
"""A number of so many digits is in bounds."""


def _moment(stamp: str, zone: ZoneInfo | None) -> datetime:
    """Return a cell's time: ISO 8601, or as in 11/20/2020 3:37:06 PM EST; by `zone` where it has none."""
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        try:
            return time_of(spaced(stamp))
        except BadInputError:
            moment = None
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


def _day(text: str) -> date:
    """Return a cell's day: 2026-11-03 or 11/3/2026."""
    try:
        if match := _US_DATE.match(text):
            return date(int(match[3]), int(match[1]), int(match[2]))
        return date.fromisoformat(text[:10])
    except ValueError:
        raise BadInputError(f"election_day should be a day such as 2026-11-03, not {quoted(text)}") from None


def _read(
    key: str, contest: _Contest, counties: Mapping[str, _County], layout: SheetLayout, context: ReaderContext
) -> Iterator[Reading | Refusal]:
    """Yield a contest's reading, or why it is refused; nothing where no votes are said."""
    name = contest.name and shortened(contest.name)
    if contest.problem:
        yield Refusal(context.name, contest.problem, key, name)
    elif any(votes is not None for votes in contest.cells.values()):
        try:
            yield _reading(key, contest, counties, layout, context)
        except BadInputError as error:
            yield Refusal(context.name, str(error), key, name)


def _reading(
    key: str, contest: _Contest, counties: Mapping[str, _County], layout: SheetLayout, context: ReaderContext
) -> Reading:
    names = contest.names
    ballot = ballot_of(tuple(names.values()), tuple(contest.parties.get(one) for one in names), tuple(names))
    table = _table(contest, layout)
    votes = {one: choice.votes for one, choice in zip(ballot.ids, table.choices, strict=True)}
    total = contest.totals.get(_WHOLE_PLACE)
    if total is not None and total < (cast := sum(votes.values())):
        raise BadInputError(f"total {total} is below the sum of the votes, {cast}")
    known = [(checked_label(unit, "name of a unit"), None) for unit in table.units]
    reported = {unit: county.reported for unit, county in counties.items()} | _by_unit(contest.reported)
    precincts = contest.reported.get(_WHOLE_PLACE) or _all_precincts(_by_unit(contest.reported), table.units)
    stamps = [county.as_of for unit, county in counties.items() if unit in table.units]
    as_of = max(filter(None, (*stamps, contest.as_of)), default=None)
    return trusted(
        Reading,
        {
            "source": context.source or FORMAT,
            "contest": key,
            "contest_name": contest.name and checked_label(contest.name, "contest"),
            "count": count_named(contest.name),
            "as_of": as_of or context.as_of_utc,
            "as_of_is": None if as_of else context.as_of_is,
            "status": _status(contest.election_day, as_of or context.as_of_utc),
            "votes": votes,
            "names": dict(ballot.names),
            "parties": dict(ballot.parties) or None,
            "total": total,
            "reporting": trusted(Reporting, {"precincts": precincts, "units": None}) if precincts else None,
            "by_type": by_type(table, ballot.ids),
            "units": _units(units_of(table, ballot.ids, known, reported), contest.totals) or None,
        },
    )


def _status(election_day: date | None, as_of: datetime) -> Status | None:
    """Return `pre-election` of what is dated before its day has begun anywhere in the country."""
    if election_day is None:
        return None
    begins = datetime.combine(election_day, time(), tzinfo=_EASTERN)
    return "pre-election" if as_of < begins else None


def _by_unit(reported: Mapping[Place, Pair]) -> dict[str, Pair]:
    """Return the precincts of each unit, those of its parts added up."""
    found: dict[str, Pair] = {}
    for (unit, _), (done, of) in reported.items():
        before = found.get(unit, (0, 0))
        found[unit] = (before[0] + done, before[1] + of)
    return found


def _all_precincts(reported: Mapping[str, Pair], units: Sequence[str]) -> Pair | None:
    """Return the precincts of all units together; None where one of them does not say."""
    if not units or not all(unit in reported for unit in units):
        return None
    return sum(reported[unit][0] for unit in units), sum(reported[unit][1] for unit in units)


def _units(units: Mapping[str, Unit], totals: Mapping[Place, int]) -> dict[str, Unit]:
    """Return the units with their totals, those of their parts added up."""
    sums: Counter[str] = Counter()
    for (place, _), total in totals.items():
        sums[place] += total
    with_totals = dict(units)
    for name, unit in units.items():
        if name in sums:
            if unit.votes and sums[name] < (cast := sum(unit.votes.values())):
                raise BadInputError(f"{shortened(name)}: total {sums[name]} is below the sum of the votes, {cast}")
            with_totals[name] = unit.model_copy(update={"total": sums[name]})
    return with_totals


def _table(contest: _Contest, layout: SheetLayout) -> Table:
    """Return a contest's votes by candidate, type and unit; the parts of a unit are added up."""
    cells = contest.cells
    kinds = [kind for kind in dict.fromkeys(kind for _, _, kind in cells) if kind != TOTAL]
    places = list(dict.fromkeys(place for _, place, _ in cells))
    units = list(dict.fromkeys(unit for unit, _ in places if unit))
    whole = any(place == _WHOLE_PLACE and votes is not None for (_, place, _), votes in cells.items())
    counted = [place for place in places if bool(place[0]) != whole]
    if not whole:
        _refuse_strangers(contest, layout)
    votes = {one: {place: _all(cells, one, place, kinds) for place in places} for one in contest.names}
    for place in counted:
        _refuse_half_typed(place, {one: of[place] for one, of in votes.items()}, contest)
    choices = []
    for one, name in contest.names.items():
        columns = [_folded(votes[one], units)]
        columns += [_folded({place: cells.get((one, place, kind)) for place in places}, units) for kind in kinds]
        said = [_summed([cells.get((one, place, kind)) for place in counted]) for kind in kinds]
        total = _bounded(sum(votes[one][place] or 0 for place in counted), name)
        choices.append(
            TableChoice(one, name, contest.parties.get(one), total, (TOTAL, *kinds), [total, *said], columns)
        )
    return Table(choices, units, "unit", complete=False)


def _folded(votes: Mapping[Place, int | None], units: Sequence[str]) -> list[int | None]:
    """Return the votes of each unit, those of its parts added up; None where nothing is said."""
    found: dict[str, int] = {}
    for (unit, _), cast in votes.items():
        if cast is not None:
            found[unit] = found.get(unit, 0) + cast
    return [found.get(unit) for unit in units]


def _refuse_strangers(contest: _Contest, layout: SheetLayout) -> None:
    """Refuse units of which one has none of the others' candidates: they are not one contest."""
    of_units: dict[str, set[str]] = {}
    for one, (unit, _), _ in contest.cells:
        if not _WRITE_INS.fullmatch(contest.names[one]):
            of_units.setdefault(unit, set()).add(one)
    times = Counter(one for named in of_units.values() for one in named)
    alone = [unit for unit, named in of_units.items() if all(times[one] == 1 for one in named)]
    if alone and len(of_units) > 1:
        heading = " and ".join(map(str, layout.columns["unit"]))
        raise BadInputError(
            f"{shortened(alone[0])} has none of the other units' candidates: if it is a contest of its own, put {heading} "
            "into contest"
        )


def _refuse_half_typed(place: Place, votes: Mapping[str, int | None], contest: _Contest) -> None:
    """Refuse a part of the contest in which some candidates have votes and some have none.

    Write-ins may have no row in a place where nobody was written in.
    """
    missing = [one for one, cast in votes.items() if cast is None]
    if len(missing) == len(votes):
        return
    rows = {one for one, where, _ in contest.cells if where == place} if missing else ()
    for one in missing:
        name, where = contest.names[one], " ".join(filter(None, place))
        if one in rows or not _WRITE_INS.fullmatch(name):
            raise BadInputError(
                f"votes of {shortened(name)}{f' in {shortened(where)}' if where else ''} are empty while others' are not"
            )


def _all(cells: Mapping[Key, int | None], one: str, place: Place, kinds: Sequence[str]) -> int | None:
    """Return all votes of a candidate in a place: those of all types, else the sum of what is said of each."""
    if (total := cells.get((one, place, TOTAL))) is not None:
        return total
    said = [votes for kind in kinds if (votes := cells.get((one, place, kind))) is not None]
    return _bounded(sum(said), one) if said else None


def _bounded(votes: int, name: str) -> int:
    if votes > MOST_VOTES:
        raise BadInputError(f"votes of {shortened(name)} add up to {votes}, more than any contest can hold")
    return votes


def _summed(parts: Sequence[int | None]) -> int | None:
    """Return the sum of some parts, None where one of them is not said."""
    said = [votes for votes in parts if votes is not None]
    return sum(said) if said and len(said) == len(parts) else None
