"""The format `csv`: a table of votes whose columns the desk file maps, or a preset of an office's own layout.

A row has a candidate's votes in a contest, or in one unit of it, perhaps of one type. Columns by what they hold:
candidate and votes (or, in their place, a column for each type), which are needed; contest (without it the sheet is
one contest, called as the source is) and its name, the candidate's own key, unit and its parts, which are added up,
type, party, reported and of (precincts; 33/33 where one column has both), total (all votes), as_of, election_day.
Decided here:

- An empty votes cell, a dash or NA is not said; it is never 0. A contest without any is left out. One of whose
  candidates some have votes and some have none is half typed, and refused.
- A row without a unit, or with "Total" or "Statewide" for one, is of the whole contest. Without any, the units' sum is.
- A row with "Total" for a candidate has all votes of its contest or unit. Undervotes and the like are nobody's votes,
   and a total that may have them counted in is left out.
- Separators of thousands are read as typed: spaces and apostrophes anywhere, commas where commas or tabs part the
  cells. 4.355, and 4,355 between semicolons, may be a fraction and are refused.
- A row that is there twice is taken once. What would add up two people or two contests is refused, and the column
  named that tells them apart: where two rows differ, where one contest has two names, where units have no candidate in
  common, and where a column that is not mapped sounds as if it told contests or candidates apart and says two things of
  one.
- A time needs its zone, its own or the layout's; a contest's time is the newest of its rows. One of before the
  election's day is pre-election.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import BinaryIO, Literal, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from bot.count.reading import MOST_VOTES, Pair, Reading, Reporting, Unit
from bot.desk.sheet_layout import Column, ColumnName, SheetLayout
from bot.errors import BadInputError
from bot.feeds.ballot import ballot_of, checked_label, count_named, is_residual, key_of, label, party_of, slug, spaced
from bot.feeds.clarity.time import time_of
from bot.feeds.format import Format
from bot.feeds.reader import ReaderContext, Refusal, quoted, shortened
from bot.feeds.sheet_table import SheetTable, table_of
from bot.feeds.skeleton import Found, reader, reading_of
from bot.feeds.vote_table import TOTAL, KnownUnit, Table, TableChoice, by_type, units_of
from bot.feeds.vote_types import refuse_above

NAME = "csv"

_CELLS = re.compile(r"[\t,;|][^\t,;|]*[\t,;|]")
"""In a first line: three cells, which no text has by chance."""

_Value = TypeVar("_Value")

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

_MOST_EXPLAINED = 5
"""Refusals of one sheet for which it is gone through again."""

Place: TypeAlias = tuple[str, str]
"""(unit, part of it); empty for the whole contest."""

_NONE: Mapping[str, dict[Place, int | None]] = {}

_WHOLE_PLACE: Place = ("", "")

Get: TypeAlias = Callable[[Sequence[str]], str]
"""Returns a row's cell, or those of several columns as one."""


@dataclass(frozen=True, slots=True)
class _County:
    """What a second worksheet says of a unit."""

    reported: Pair
    as_of: datetime


@dataclass(slots=True, eq=False)
class _Contest:
    """What the rows of one contest say."""

    name: str | None
    called: str = ""
    """By the column with its name, where that is not its key."""
    votes: dict[str, dict[str, dict[Place, int | None]]] = field(default_factory=dict)
    """By type (`TOTAL` for all of them), candidate and place."""
    others: dict[tuple[str, str, Place], int] = field(default_factory=dict)
    """A hash of what else the row of a type, candidate and place says, in sheets that nobody vouches for."""
    known: dict[object, str | None] = field(default_factory=dict)
    """Candidates by what a row says of them; None: the row is of nobody, or of all."""
    names: dict[str, str] = field(default_factory=dict)
    """Of each candidate, in the sheet's order."""
    parties: dict[str, str] = field(default_factory=dict)
    residual_parties: set[str] = field(default_factory=set)
    """Of rows that count what was not voted."""
    not_voted: dict[Place, dict[tuple[str, str], int]] = field(default_factory=dict)
    """What such rows count, by place, then by the row's name and type."""
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


_Told: TypeAlias = tuple[_Contest, Mapping[str, _County]]
"""(a contest; what a second worksheet says of every unit)"""


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[Found[_Told] | Refusal]:
    if context.sheet is None:
        raise BadInputError(
            "a sheet is read by the columns that its source has in the desk file, or by a preset: "
            "give --desk and --source, or --preset"
        )
    table = table_of(stream, context.sheet)
    sheet = _Sheet(table, context.sheet, context)
    if context.sheet.primaries and any(map(_is_primary, sheet.contests.values())):
        sheet = _Sheet(table, context.sheet, context, by_party=True)
    yield from sheet.refusals
    for key, contest in sheet.contests.items():
        yield key, contest.name, (contest, sheet.counties), None


def _is_primary(contest: _Contest) -> bool:
    """Return True of a contest that is each party's own.

    Its undervotes are counted by party; where none are counted, two of one party stand beside another's.
    """
    if contest.residual_parties:
        return len(contest.residual_parties) > 1
    parties = Counter(party_of(party) for party in contest.parties.values())
    return len(parties) > 1 and (parties["R"] > 1 or parties["D"] > 1)


_OF_CANDIDATES: frozenset[ColumnName] = frozenset({"candidate", "candidate_key", "party"})

Head: TypeAlias = tuple[_Contest, Place, str]
"""What a row says beside its candidate and the votes: contest, place, type."""


class _Sheet:
    """The rows of a sheet, by contest.

    What rows say of their place and of their candidate is the same in many of them, and looked at once.
    """

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
        at = {name: table.at(column) for name, column in layout.columns.items()}
        mapped = {place for places in at.values() for place in places}
        others = [place for place in range(len(table.headings)) if place not in mapped]
        self._others = _together(others) if others and not layout.vouched else None
        self._watched = [] if layout.vouched else _watched(table, others)
        self._zone = ZoneInfo(layout.zone) if layout.zone else None
        self._explained = 0
        empty = [place for heading in layout.empty for place in table.at((heading,))]
        of_head = [
            place for name, places in at.items() if name not in {*_OF_CANDIDATES, "votes", "other"} for place in places
        ]
        of_head += at["party"] if by_party else ()
        of_candidate = [place for name in sorted(_OF_CANDIDATES & at.keys()) for place in at[name]]
        of_contest = [
            place for name in ("contest", "contest_name", "as_of", "election_day") for place in at.get(name, ())
        ]
        self._contest_of = _together([*of_contest, *(at["party"] if by_party else ())])
        self._place_of = _together([place for name in ("unit", "part") for place in at.get(name, ())])
        self._head_of = _together([*of_head, *empty])
        self._candidate_of = _together([*of_candidate, *(place for place, _ in self._watched)])
        self._columns = [(TOTAL, at["votes"][0])] if "votes" in at else []
        self._columns += [(kind, table.at((heading,))[0]) for heading, kind in layout.types.items()]
        self._contests: dict[object, _Contest | None] = {}
        self._places: dict[object, Place] = {}
        self._codes: dict[str, str] = {}
        self._take_all()
        self.counties = {self._codes.get(one, one): county for row in table.units for one, county in self._county(row)}

    def _take_all(self) -> None:
        head_of, candidate_of, columns = self._head_of, self._candidate_of, self._columns
        others, commas = self._others, self._table.commas
        raw, head = None, None
        for number, cells in self._table.rows():
            if (now := head_of(cells)) != raw or head is None:  # rows of one place mostly stand together
                raw, head = now, self._head(number, cells)
            if head is None or head[0].problem is not None:
                continue
            contest, place, kind = head
            who = candidate_of(cells)
            try:
                one = contest.known[who] if who in contest.known else self._candidate(contest, who, cells)
                if one is None:
                    self._take_nobody_s(contest, place, kind, cells)
                    continue
                for of_type, at in columns:
                    cell = cells[at]
                    votes = int(cell) if _is_number(cell) else _votes(cell, "votes", commas=commas)
                    of_type = kind if of_type is TOTAL else of_type  # noqa: PLW2901 - a column of totals has the row's type
                    by_place = contest.votes.get(of_type, _NONE).get(one)
                    if by_place is None or others or by_place.setdefault(place, votes) != votes:
                        self._once(contest, place, of_type, one, votes, cells)
            except BadInputError as error:
                contest.problem = f"line {number}: {error}"

    def _head(self, number: int, cells: Sequence[str]) -> Head | None:
        """Return what a row says beside its candidate and the votes; None of one that is of no contest."""
        raw, get = self._contest_of(cells), self._get
        contest = self._contests[raw] if raw in self._contests else self._contest(raw, number, cells)
        if contest is None:
            return None
        place = self._place(cells)
        try:
            if self._layout.empty:
                self._refuse_filled(cells)
            if "reported" in get:
                self._take_precincts(cells, contest, place)
            if "total" in get and (total := self._votes("total", cells)) is not None:
                _same(contest.totals, place, total, "total")
        except BadInputError as error:
            contest.problem = contest.problem or f"line {number}: {error}"
        return contest, place, self._type(cells)

    def _place(self, cells: Sequence[str]) -> Place:
        """Return the unit and the part that a row is of; the same object for the same, of which there are many."""
        raw, get = self._place_of(cells), self._get
        if (known := self._places.get(raw)) is None:
            unit = _unit(get["unit"](cells)) if "unit" in get else ""
            known = self._places[raw] = (unit, get["part"](cells).strip() if "part" in get else "")
            if self._layout.units:
                (code,) = self._table.at((self._layout.units.unit,))
                self._codes.setdefault(cells[code], unit)
        return known

    def _type(self, cells: Sequence[str]) -> str:
        kind = self._cell("type", cells)
        return TOTAL if kind.casefold() in _WHOLE else kind

    def _contest(self, raw: object, number: int, cells: Sequence[str]) -> _Contest | None:
        """Return the contest that a row is of, with what the row says of all of it; None of one that is of none."""
        get = self._get
        name = spaced(get["contest"](cells) if "contest" in get else self._context.source or NAME)
        missing = name.casefold() in _WHOLE
        if missing and spaced(get["candidate"](cells)).casefold() in _WHOLE:
            return None  # blank, or a sum over contests
        party = party_of(self._cell("party", cells)) if self._by_party else None
        key = "" if missing else key_of(f"{name} {party}" if party else name)
        if not key:
            what = "contest is missing" if missing else f"contest should be a name, not {quoted(name)}"
            self.refusals.append(Refusal(f"{self._context.name}:{number}", what))
            self._contests[raw] = None  # one line for all rows that are alike
            return None
        called = get.get("contest_name", get.get("contest"))
        text = called(cells) if called else None
        new = _Contest(text and label(f"{text} ({party})" if party else text), text or "")
        contest = self._contests[raw] = self.contests.setdefault(key, new)
        try:
            if "contest_name" in get and text != contest.called:
                self._refuse_another(contest, text or "")
            if "as_of" in get and (stamp := get["as_of"](cells).strip()):
                moment = _moment(stamp, self._zone)
                contest.as_of = max(contest.as_of or moment, moment)
            if "election_day" in get and (day := get["election_day"](cells).strip()):
                contest.election_day = _day(day)
        except BadInputError as error:
            contest.problem = contest.problem or f"line {number}: {error}"
        return contest

    def _refuse_another(self, contest: _Contest, called: str) -> None:
        if called.strip() and key_of(called) != key_of(contest.called):
            heading = " and ".join(map(str, self._layout.columns["contest_name"]))
            raise BadInputError(
                f"is {quoted(contest.called)} above and {quoted(called)} here: if these are two contests, put {heading} into "
                "contest"
            )

    def _refuse_filled(self, cells: Sequence[str]) -> None:
        for heading in self._layout.empty:
            if cells[self._table.at((heading,))[0]].strip():
                raise BadInputError(f"{heading} is filled in, and no file that was seen shows what it then means")

    def _cell(self, name: ColumnName, cells: Sequence[str]) -> str:
        get = self._get.get(name)
        return get(cells).strip() if get else ""

    def _votes(self, name: ColumnName, cells: Sequence[str]) -> int | None:
        get = self._get.get(name)
        return _votes(get(cells), name, commas=self._table.commas) if get else None

    def _take_precincts(self, cells: Sequence[str], contest: _Contest, place: Place) -> None:
        of = self._get["of"](cells) if "of" in self._get else ""
        if pair := _precincts(self._get["reported"](cells), of, commas=self._table.commas):
            _same(contest.reported, place, pair, "precincts")

    def _take_nobody_s(self, contest: _Contest, place: Place, kind: str, cells: Sequence[str]) -> None:
        """Take in a row with all votes, or with what was not voted."""
        name = spaced(self._get["candidate"](cells))
        if name.casefold() in _WHOLE:
            votes = self._votes("votes", cells)
            if (
                votes is not None
                and kind == TOTAL
                and ("total" not in self._get or self._votes("total", cells) is None)
            ):
                _same(contest.totals, place, votes, "total")
            return
        if party := self._cell("party", cells):
            contest.residual_parties.add(party)
        if is_residual(name):
            found = contest.not_voted.setdefault(place, {})
            for of_type, at in self._columns:
                with suppress(BadInputError):  # of nobody's votes it is no matter what they say
                    found[name, kind if of_type == TOTAL else of_type] = (
                        _votes(cells[at], "votes", commas=self._table.commas) or 0
                    )

    def _candidate(self, contest: _Contest, who: object, cells: Sequence[str]) -> str | None:
        """Return the key of the candidate that a row is of, as the contest's rows know it."""
        name = spaced(self._get["candidate"](cells))
        if name.casefold() in _WHOLE or is_residual(name) or _NOBODYS.fullmatch(name):
            return contest.known.setdefault(who, None)
        mark, _, rest = name.partition(" ")
        if mark in self._layout.marks and name.endswith(")"):
            name = rest
        one = self._cell("candidate_key", cells) or slug(name) or name
        if (before := contest.names.setdefault(one, name)) != name and slug(before) != slug(name):
            raise BadInputError(f"the candidate {shortened(one)} is {shortened(before)} and {shortened(name)}")
        party = self._cell("party", cells)
        if party and (first := contest.parties.setdefault(one, party)) != party and party_of(first) != party_of(party):
            (heading,) = self._layout.columns["party"]
            raise BadInputError(
                f"{shortened(name)} is of {shortened(first)} and of {shortened(party)}: if these are two lines or two "
                f"people, {heading} tells them apart: put it into candidate"
            )
        for at, what in self._watched:
            told = cells[at].strip()
            if (said := contest.told.setdefault((at, one if what == "candidate" else ""), told)) != told:
                raise BadInputError(
                    f"{self._table.headings[at]} is {quoted(said)} above and {quoted(told)} here: if it tells two {what}s "
                    f"apart, put it into {what}, if not into other"
                )
        return contest.known.setdefault(who, one)

    def _once(
        self, contest: _Contest, place: Place, kind: str, one: str, votes: int | None, cells: Sequence[str]
    ) -> None:
        """Note a candidate's votes; the same row a second time is nothing new, and another one is refused."""
        of_kind = contest.votes.setdefault(kind, {})
        by_place = of_kind[one] if one in of_kind else of_kind.setdefault(one, {})
        also = hash(self._others(cells)) if self._others else 0
        if place not in by_place:
            by_place[place] = votes
            if also:
                contest.others[kind, one, place] = also
        elif by_place[place] != votes or contest.others.get((kind, one, place), 0) != also:
            said = f"votes of {shortened(contest.names[one])} is there twice, as {_said(by_place[place])} and as"
            head = (contest, place, kind if kind not in self._layout.types.values() else TOTAL)
            raise BadInputError(f"{said} {_said(votes)}{self._what_differs(head, one, cells)}")

    def _what_differs(self, head: Head, one: str, cells: Sequence[str]) -> str:
        """Return which column tells a row apart from the earlier one that would be taken for the same."""
        self._explained += 1
        if self._explained > _MOST_EXPLAINED:
            return ""
        first = next(
            row
            for _, row in self._table.rows()
            if (self._contests.get(self._contest_of(row)), self._place(row), self._type(row)) == head
            and head[0].known.get(self._candidate_of(row)) == one
        )
        mapped = {
            at for name, column in self._layout.columns.items() if name != "party" for at in self._table.at(column)
        }
        names = [
            self._table.heading(at)
            for at, (before, now) in enumerate(zip(first, cells, strict=False))
            if before != now and at not in mapped
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
            yield name, _County((reported, of), _moment(row[layout.as_of], self._zone))


def _getter(table: SheetTable, name: ColumnName, column: Column) -> Get:
    """Return how to get what `column` holds from a row."""
    first, *more = table.at(column)
    if not more:
        return itemgetter(first)
    between = ", " if name == "contest_name" else " "
    several = itemgetter(first, *more)
    return lambda cells: between.join(filter(None, map(str.strip, several(cells))))


def _together(places: Sequence[int]) -> Callable[[Sequence[str]], object]:
    """Return how to get the cells at some places from a row, to look something up by them."""
    return itemgetter(*places) if places else lambda _: ""


def _same(holder: dict[Place, _Value], place: Place, value: _Value, what: str) -> None:
    """Keep what is said of a place, which can't be said twice in two ways."""
    if holder.setdefault(place, value) != value:
        raise BadInputError(f"{what} is there twice, as {holder[place]} and as {value}")


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


def _said(votes: int | None) -> str:
    return "nothing" if votes is None else str(votes)


def _votes(cell: str, what: str, *, commas: bool) -> int | None:
    """Return the number in a cell, None where it is not said.

    Raises:
        BadInputError: it is no whole number, or may be read in two ways.

    """
    if _is_number(cell):
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


_is_number = re.compile(r"[0-9]{1,10}").fullmatch
"""A number that is in bounds."""


@lru_cache(maxsize=1000)
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


@lru_cache(maxsize=10_000)
def _unit(raw: str) -> str:
    """Return what a cell's unit is called; empty for the whole contest."""
    unit = spaced(raw)
    return "" if unit.casefold() in _WHOLE else unit.removesuffix(" County")


@lru_cache(maxsize=10_000)
def _known(unit: str) -> KnownUnit:
    """Return what a unit is called; whether it is a county nobody says."""
    return checked_label(unit, "name of a unit"), None


@lru_cache(maxsize=10_000)
def _precincts(said: str, all_of_them: str, *, commas: bool) -> Pair | None:
    """Return the precincts that two cells say, or one that has both; None where they say none.

    Raises:
        BadInputError: they are no numbers, or the first is more than the second.

    """
    if both := _BOTH.fullmatch(said.strip()):
        reported, of = (_votes(number, "reported", commas=True) for number in both.groups())
    else:
        reported, of = _votes(said, "reported", commas=commas), _votes(all_of_them, "of", commas=commas)
    if not of:
        return None
    if reported is None or reported > of:
        raise BadInputError(f"reported should be a number of the {of} precincts, not {quoted(said.strip())}")
    return reported, of


@lru_cache(maxsize=100)
def _day(text: str) -> date:
    """Return a cell's day: 2026-11-03 or 11/3/2026."""
    try:
        if match := _US_DATE.match(text):
            return date(int(match[3]), int(match[1]), int(match[2]))
        return date.fromisoformat(text[:10])
    except ValueError:
        raise BadInputError(f"election_day should be a day such as 2026-11-03, not {quoted(text)}") from None


def _read(told: _Told, key: str, context: ReaderContext) -> Reading | None:
    contest, counties = told
    if contest.problem:
        raise BadInputError(contest.problem)
    if not any(cast is not None for of in contest.votes.values() for by in of.values() for cast in by.values()):
        return None
    names = contest.names
    ballot = ballot_of(tuple(names.values()), tuple(contest.parties.get(one) for one in names), tuple(names))
    table = _table(contest, context.sheet)
    known = list(map(_known, table.units))
    by_unit = _by_unit(contest.reported)
    precincts = contest.reported.get(_WHOLE_PLACE) or _all_precincts(by_unit, table.units)
    said = {unit: county for unit, county in counties.items() if unit in table.units}
    reported = {unit: county.reported for unit, county in said.items()} | by_unit
    as_of = max(filter(None, (*(county.as_of for county in said.values()), contest.as_of)), default=None)
    votes, not_voted = [choice.votes for choice in table.choices], _not_voted(contest)
    return reading_of(
        context,
        key,
        ballot,
        votes,
        name=contest.name,
        as_of=as_of,
        total=_voted(contest.totals.get(_WHOLE_PLACE), sum(votes), not_voted[""]),
        count=count_named(contest.name),
        day=contest.election_day,
        reporting=Reporting(precincts=precincts) if precincts else None,
        by_type=by_type(table, ballot.ids),
        units=_units(units_of(table, ballot.ids, known, reported), contest.totals, not_voted) or None,
    )


def _voted(total: int | None, cast: int, not_voted: int) -> int | None:
    """Return a total of all votes; None of one that may have what was not voted counted in, which is none of the votes."""
    return None if total is not None and not_voted and total >= cast + not_voted else total


def _not_voted(contest: _Contest) -> dict[str, int]:
    """Return what was not voted by unit, and under "" in the whole contest: by its own rows, else in all units."""
    sums: dict[str, int] = {}
    for (unit, _), votes in contest.not_voted.items():
        whole = {name: cast for (name, kind), cast in votes.items() if kind == TOTAL}
        of_types = sum(cast for (name, _), cast in votes.items() if name not in whole)
        sums[unit] = sums.get(unit, 0) + sum(whole.values()) + of_types
    return {"": sum(sums.values())} | sums


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


def _units(units: Mapping[str, Unit], totals: Mapping[Place, int], not_voted: Mapping[str, int]) -> dict[str, Unit]:
    """Return the units with their totals, those of their parts added up."""
    sums: Counter[str] = Counter()
    for (place, _), total in totals.items():
        sums[place] += total
    with_totals = dict(units)
    for name, unit in units.items():
        if unit.by_type:
            refuse_above(unit.by_type, unit.votes or {}, name)
        if name in sums:
            cast = sum((unit.votes or {}).values())
            if sums[name] < cast:
                raise BadInputError(f"{shortened(name)}: total {sums[name]} is below the sum of the votes, {cast}")
            with_totals[name] = unit.model_copy(update={"total": _voted(sums[name], cast, not_voted.get(name, 0))})
    return with_totals


def _table(contest: _Contest, layout: SheetLayout | None) -> Table:
    """Return a contest's votes by candidate, type and unit; the parts of a unit are added up."""
    kinds = [kind for kind in contest.votes if kind != TOTAL]
    places = list(dict.fromkeys(chain.from_iterable(by for of in contest.votes.values() for by in of.values())))
    units = list(dict.fromkeys(unit for unit, _ in places if unit))
    votes = {one: _all_types(contest, one, kinds) for one in contest.names}
    whole = any(by.get(_WHOLE_PLACE) is not None for by in votes.values())
    if layout and "part" in layout.columns:
        _refuse_sums(places, layout)
    if layout and not whole:
        _refuse_strangers(contest, votes, layout)
    counted = [place for place in places if bool(place[0]) != whole]
    _refuse_half_typed(contest, votes, counted)
    choices = []
    for one, name in contest.names.items():
        by_type = [contest.votes[kind].get(one, {}) for kind in kinds]
        said = [_summed(list(map(by.get, counted))) for by in by_type]
        total = _bounded(sum(filter(None, map(votes[one].get, counted))), name)
        columns = [_by_units(by, units) for by in (votes[one], *by_type)]
        choices.append(
            TableChoice(one, name, contest.parties.get(one), total, (TOTAL, *kinds), [total, *said], columns)
        )
    return Table(choices, units, "unit", complete=False)


def _all_types(contest: _Contest, one: str, kinds: Sequence[str]) -> Mapping[Place, int | None]:
    """Return all votes of a candidate by place: those of all types, else the sum of what is said of each."""
    found = contest.votes.get(TOTAL, {}).get(one, {})
    if not kinds:
        return found
    sums: dict[Place, int | None] = {}
    for kind in kinds:
        for place, votes in contest.votes[kind].get(one, {}).items():
            before = sums.get(place)
            sums[place] = before if votes is None else votes + (before or 0)
    _bounded(max((votes or 0 for votes in sums.values()), default=0), contest.names[one])
    return sums | {place: votes for place, votes in found.items() if votes is not None or place not in sums}


def _by_units(votes: Mapping[Place, int | None], units: Sequence[str]) -> list[int | None]:
    """Return the votes of each unit, those of its parts added up; None where nothing is said."""
    found: dict[str, int] = {}
    for (unit, _), cast in votes.items():
        if cast is not None:
            found[unit] = found.get(unit, 0) + cast
    return list(map(found.get, units))


def _refuse_sums(places: Sequence[Place], layout: SheetLayout) -> None:
    """Refuse a unit that has rows of its parts and rows of none, or of all: these may be the sum of those."""
    of_all = {unit for unit, part in places if unit and part.casefold() in _WHOLE}
    for unit, part in places:
        if unit in of_all and part.casefold() not in _WHOLE:
            heading = " and ".join(map(str, layout.columns["part"]))
            raise BadInputError(
                f"{shortened(unit)} has rows with {heading} and rows without, or with a total: if these are sums, leave them out"
            )


def _refuse_strangers(contest: _Contest, votes: Mapping[str, Mapping[Place, int | None]], layout: SheetLayout) -> None:
    """Refuse units of which one has none of the others' candidates: they are not one contest."""
    units = {one: {unit for unit, _ in by} for one, by in votes.items() if not _WRITE_INS.fullmatch(contest.names[one])}
    shared = {unit for of in units.values() if len(of) > 1 for unit in of}
    alone = [unit for of in units.values() for unit in of if unit not in shared]
    if alone and len(shared) + len(set(alone)) > 1:
        heading = " and ".join(map(str, layout.columns["unit"]))
        raise BadInputError(
            f"{shortened(alone[0])} has none of the other units' candidates: if it is a contest of its own, put {heading} "
            "into contest"
        )


def _refuse_half_typed(
    contest: _Contest, votes: Mapping[str, Mapping[Place, int | None]], places: Sequence[Place]
) -> None:
    """Refuse a part of the contest in which some candidates have votes and some have none.

    Write-ins may have no row in a place where nobody was written in.
    """
    filled = {one: {place for place, cast in by.items() if cast is not None} for one, by in votes.items()}
    said = set().union(*filled.values()).intersection(places)
    for one, name in contest.names.items():
        if not (empty := said - filled[one]):
            continue
        may_lack = _WRITE_INS.fullmatch(name)
        for place in places:
            if place in empty and not (may_lack and place not in votes[one]):
                where = " ".join(filter(None, place))
                raise BadInputError(
                    f"votes of {shortened(name)}{f' in {shortened(where)}' if where else ''} are empty while others' are not"
                )


def _bounded(votes: int, name: str) -> int:
    if votes > MOST_VOTES:
        raise BadInputError(f"votes of {shortened(name)} add up to {votes}, more than any contest can hold")
    return votes


def _summed(parts: Sequence[int | None]) -> int | None:
    """Return the sum of some parts, None where one of them is not said."""
    said = [votes for votes in parts if votes is not None]
    return sum(said) if said and len(said) == len(parts) else None


read = reader(NAME, _find, _read)

FORMAT = Format(
    name=NAME,
    read=read,
    begins=lambda it: (
        (bool(_CELLS.search(it.line)) and not it.root)
        or any(name.startswith(("xl/", "[content_types]")) for name in it.names)
    ),
    every="5m",
)
