"""The format `csv`: a table of votes, with columns mapped in the desk file or by a preset.

A row has a candidate's votes in a contest, or in one unit of it, perhaps of one vote type. The columns, by what they hold:
candidate and votes (or a column for each type), which are required; contest (without it, the table is one contest with the
source's name) and contest_name; candidate_key; unit, and part, whose votes are added up; type; party; reported and of
(precincts; 33/33 if one column has both); total (all votes); as_of; election_day.

`bot.feeds.sheet_rows` decodes the rows. Here they are grouped by contest, and each contest is added up (`_Tally`). The rules:

- A contest without any votes is skipped. If some candidates have votes and others have empty cells, it is refused.
- A row with "Total" or "Statewide" as its unit is the whole contest. It is refused if the units have more votes. A row with an
  empty unit is the whole contest if it equals the sum of the units, and one more unit if it is less; otherwise it is refused.
- A row with "Total" as its candidate has all votes of its contest or unit. Undervotes and the like are not votes, and a total
  that may include them is ignored.
- Candidates of several parties in one contest become a primary for each party, if something says that it is a primary.
- Exact duplicates of a row are ignored. Whatever would add up two people or two contests is refused, and the error names the
  column that distinguishes them: when two rows of one candidate and place differ, when a contest has two names, when a unit
  shares no candidate with the others, and when an unmapped column that may distinguish contests or candidates has two values.
- A contest's time is the latest of its rows. Before election day, its status is pre-election.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import chain
from typing import BinaryIO, Literal, TypeAlias, TypeVar

from bot.count.reading import MOST_VOTES, Pair, Reading, Reporting, Unit
from bot.errors import BadInputError
from bot.feeds.ballot import (
    OF_WRITE_INS,
    ballot_of,
    checked_label,
    count_named,
    key_of,
    label,
    party_of,
    seats_named,
    slug,
)
from bot.feeds.choices import WHOLE, is_write_ins
from bot.feeds.format import Format
from bot.feeds.reader import ReaderContext, Refusal, quoted, shortened
from bot.feeds.sheet_rows import TOTAL, Choice, Head, Place, Row, SheetRows
from bot.feeds.sheet_table import table_of
from bot.feeds.skeleton import FeedContest, reader, reading_of
from bot.feeds.vote_types import ByType, by_kind, refuse_above

NAME = "csv"

_CELLS = re.compile(r"[\t,;|][^\t,;|]*[\t,;|]")
"""Three cells in a line. A file that has them is recognized as a table."""

_Value = TypeVar("_Value")

_COUNTS = re.compile(r"\b(totals?|votes?|ballots?|counted|voters?|registered|turnout|cards|precincts?|percent|pct)\b|%")
"""Words in a choice's name that suggest a count of something, not a person."""

_PRIMARY = re.compile(r"primary|primaries", re.IGNORECASE)

_OPEN_PRIMARY = re.compile(
    r"(top[ _-]?(two|four|2|4)|jungle|open|non-?partisan|blanket|all-party)[ _-]primar", re.IGNORECASE
)
"""Names of primaries in which candidates of all parties compete."""

_GENERAL = re.compile(r"(?<!attorney[ _-])general(?![ _-]assembly)", re.IGNORECASE)
"""If a file's name or title matches, two candidates of one party run for several seats, not in a primary."""

_NO_PRIMARY_S = frozenset(
    {"i", "npa", "una", "uaf", "npp", "non", "oth", "pet", "na", "n/a", "unaffiliated", "other"}
    | {"no party affiliation", "no party preference", "no party", "none", "petitioning candidate"}
)
"""Labels that stand in a party's place for candidates without a party."""

_CERTAIN = 100
"""The fewest votes at which a row can't equal the sum of the units by chance. Also the number of rows searched for
"primary".
"""

_WHOLE_PLACE: Place = ("", "")

_Cells: TypeAlias = dict[str, dict[str, dict[Place, int | None]]]
"""Votes by type (or `TOTAL`), candidate and place."""


@dataclass(slots=True, eq=False)
class _Contest:
    """The rows of one contest. `problem` is the reason to refuse the contest, or None."""

    name: str | None
    rows: list[Row] = field(default_factory=list)
    problem: str | None = None


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[FeedContest[tuple["_Tally", SheetRows]] | Refusal]:
    if context.sheet is None:
        raise BadInputError(
            "a sheet is read by the columns that its source has in the desk file, or by a preset: "
            "give --desk and --source, or --preset"
        )
    sheet = SheetRows(table_of(stream, context.sheet), context.sheet, context.source or NAME)
    contests: dict[str, _Contest] = {}
    for row in sheet.rows():
        if isinstance(row, Row):
            cells = row.head.contest
            contest = contests.get(cells.key)
            if contest is None:
                contest = contests[cells.key] = _Contest(cells.name)
            contest.rows.append(row)
        elif row.contest is None:
            yield Refusal(f"{context.name}:{row.line}", row.what)
        else:
            refused = contests.setdefault(row.contest, _Contest(row.name))
            refused.problem = refused.problem or f"line {row.line}: {row.what}"
    titles = [context.name, *sheet.titles()]
    is_general = any(map(_GENERAL.search, titles))
    contests = _by_party(contests, sheet, is_primary=_says_primary(contests, titles), is_general=is_general)
    tallies = {key: _Adder(contest, sheet).add_up() for key, contest in contests.items()}
    contests.clear()  # frees the rows, which are many
    _settle_unnamed([*tallies.values()], sheet)
    for key, tally in tallies.items():
        yield key, tally.name, (tally, sheet), None


def _says_primary(contests: Mapping[str, _Contest], titles: Sequence[str]) -> bool:
    """Return True if the file's name, a title, a contest's name or a party shows that this is a party primary."""
    parties = {row.choice.party for contest in contests.values() for row in contest.rows[:_CERTAIN]}
    names = (contest.name or "" for contest in contests.values())
    parts = [one for one in chain(titles, names, parties) if _PRIMARY.search(one)]
    return bool(parts) and not any(map(_OPEN_PRIMARY.search, parts))


def _by_party(
    contests: Mapping[str, _Contest], sheet: SheetRows, *, is_primary: bool, is_general: bool
) -> dict[str, _Contest]:
    """Split contests by party if the table has primaries.

    If it is unclear whether there are primaries, contests with candidates of several parties are refused. `is_primary`
    and `is_general` are True if the file's texts name a primary or a general election.
    """
    asked, vouched = sheet.layout.primaries, sheet.layout.vouched
    if vouched:
        parts = bool(asked) and any(map(_looks_primary, contests.values()))
        return _split_by_party(contests, contests) if parts else dict(contests)
    partisan = {key: one for key, one in contests.items() if asked is not False and len(_parties_of(one)) > 1}
    says_primary = asked or is_primary or any(len(_parties_of(one, "not voted")) > 1 for one in partisan.values())
    shares = any(map(_shares_a_ballot, partisan.values()))
    lacks_units = any(row.head.place[0] is None for one in partisan.values() for row in one.rows)
    if partisan and (says_primary or not (shares or lacks_units)):
        return _split_by_party(contests, partisan)
    if not is_general and (not shares or any(_has_two_of_a_party(one) for one in partisan.values())):
        for one in partisan.values():
            text = " and ".join(f"{votes} of {shortened(party)}" for party, votes in sorted(_parties_of(one).items()))
            one.problem = one.problem or (
                f"has candidates of several parties, {text}: if these are the parties' primaries, put "
                f"{sheet.heading('party')} into contest or write primaries = true; if it is one contest, primaries = false"
            )
    return dict(contests)


def _parties_of(contest: _Contest, role: str = "candidate") -> Counter[str]:
    """Return the number of choices with this role, by party. Choices without a party are ignored."""
    choices = {
        (choice.key, party_of(choice.party)) for choice in {row.choice for row in contest.rows} if choice.role == role
    }
    return Counter(party for _, party in choices if party and party.casefold() not in _NO_PRIMARY_S)


def _looks_primary(contest: _Contest) -> bool:
    """Return True if a preset table's contest is in fact several primaries, one of each party.

    Signs of this are undervotes counted by party or, without undervotes, two candidates of one party who face another
    party's candidate.
    """
    if residual := _parties_of(contest, "not voted"):
        return len(residual) > 1
    parties = _parties_of(contest)
    return len(parties) > 1 and (parties["R"] > 1 or parties["D"] > 1)


def _has_two_of_a_party(contest: _Contest) -> bool:
    """Return True if two candidates of one party run for a single seat, as far as is known."""
    return max(_parties_of(contest).values()) > 1 and (seats_named(contest.name or "") or 1) == 1


def _shares_a_ballot(contest: _Contest) -> bool:
    """Return True if a place has candidates of two parties, or a candidate has two parties."""
    parties: dict[str, str] = {}
    for choice in {row.choice for row in contest.rows if row.choice.role == "candidate"}:
        if (party := party_of(choice.party)) and parties.setdefault(choice.key, party) != party:
            return True
    places: dict[Place, str] = {}
    for row in contest.rows:
        of = parties.get(row.choice.key) if row.choice.role == "candidate" else None
        if of and places.setdefault(row.head.place, of) != of:
            return True
    return False


def _split_by_party(contests: Mapping[str, _Contest], wanted: Collection[str]) -> dict[str, _Contest]:
    """Split the contests with the given keys by party. Choices without a party form a separate contest."""
    found: dict[str, _Contest] = {}
    for key, contest in contests.items():
        if key not in wanted:
            found[key] = contest
            continue
        parties = {
            choice.key: party for choice in {row.choice for row in contest.rows} if (party := party_of(choice.party))
        }
        for row in contest.rows:
            party = party_of(row.choice.party) or (
                parties.get(row.choice.key) if row.choice.role == "candidate" else None
            )
            name = contest.name and label(f"{contest.name} ({party})") if party else contest.name
            of_party = found.setdefault(
                key_of(f"{key} {party}") if party else key, _Contest(name, problem=contest.problem)
            )
            of_party.rows.append(row)
            if party is None and parties and row.choice.role == "candidate":
                of_party.problem = of_party.problem or (
                    f"{shortened(row.choice.name)} has no party, and nobody can tell in whose primary it is"
                )
        if not contest.rows:
            found.setdefault(key, contest)
    return found


@dataclass(slots=True, eq=False)
class _Tally:
    """The rows of one contest, added up by place."""

    name: str | None
    problem: str | None
    """The reason to refuse the contest, or None."""
    votes: _Cells = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    names: dict[str, str] = field(default_factory=dict)
    """Candidates' names by key, in the table's order."""
    parties: dict[str, str] = field(default_factory=dict)
    not_voted: dict[Place, dict[tuple[str, str], int]] = field(default_factory=dict)
    """The numbers of undervotes and the like, by place, and then by the row's (name, type)."""
    totals: dict[Place, int] = field(default_factory=dict)
    """The table's own totals of all votes."""
    precincts: dict[Place, Pair] = field(default_factory=dict)
    as_of: datetime | None = None
    day: date | None = None
    has_unnamed: bool = False
    """True if a row's unit is empty."""
    unnamed: str | None = None
    """The name given to the unit of such rows; None if they don't form a unit."""

    def places(self) -> list[Place]:
        """Return the places for which candidates have rows, each once."""
        return list(dict.fromkeys(chain.from_iterable(by for of in self.votes.values() for by in of.values())))

    def all_votes(self, one: str) -> dict[Place, int | None]:
        """Return a candidate's votes by place.

        This is the number for all vote types if there is one, or else the sum of the types.
        """
        found = self.votes.get(TOTAL, {}).get(one, {})
        if len(self.votes) == 1 and found:
            return found
        sums: dict[Place, int | None] = {}
        for of in (of for kind, of in self.votes.items() if kind != TOTAL):
            for place, votes in of.get(one, {}).items():
                before = sums.get(place)
                sums[place] = before if votes is None else _bounded(votes + (before or 0), self.names[one])
        return sums | {place: votes for place, votes in found.items() if votes is not None or place not in sums}

    def rename(self, name: str) -> None:
        """Give a name to the unit of rows with an empty unit."""
        holders: list[dict[Place, object]] = [by for of in self.votes.values() for by in of.values()]  # type: ignore[misc]
        holders += [self.not_voted, self.totals, self.precincts]  # type: ignore[list-item]
        for holder in holders:
            for unit, part in [place for place in holder if place[0] is None]:
                holder.setdefault((name, part), holder.pop((unit, part)))


class _Adder:
    """An accumulator that adds up the rows of one contest."""

    def __init__(self, contest: _Contest, sheet: SheetRows) -> None:
        self.tally = _Tally(contest.name, contest.problem)
        self._contest, self._sheet = contest, sheet
        self._called = ""
        self._others: dict[tuple[str, str, Place], int] = {}
        self._watched: dict[tuple[int, str], str] = {}

    def add_up(self) -> _Tally:
        """Add up the rows. At the first row that contradicts an earlier one, stop and set the tally's `problem`."""
        heads, choices = set[Head](), set[Choice]()
        for row in self._contest.rows if self.tally.problem is None else ():
            try:
                if row.head not in heads:
                    heads.add(row.head)
                    self._take_head(row.head)
                if row.choice not in choices:
                    choices.add(row.choice)
                    self._take_choice(row.choice)
                if row.choice.role == "candidate":
                    self._take_votes(row)
                else:
                    self._take_others(row)
            except BadInputError as error:
                self.tally.problem = f"line {row.line}: {error}"
                break
        return self.tally

    def _take_head(self, head: Head) -> None:
        tally, contest = self.tally, head.contest
        tally.has_unnamed |= head.place[0] is None
        if "contest_name" in self._sheet.columns and contest.called:
            self._called = self._called or contest.called
            if contest.called != self._called and key_of(contest.called) != key_of(self._called):
                raise BadInputError(
                    f"is {quoted(self._called)} above and {quoted(contest.called)} here: if these are two contests, put "
                    f"{self._sheet.heading('contest_name')} into contest"
                )
        if contest.as_of:
            tally.as_of = max(tally.as_of or contest.as_of, contest.as_of)
        tally.day = contest.day or tally.day
        if head.precincts:
            _set_once(tally.precincts, head.place, head.precincts, "precincts")
        if head.total is not None:
            _set_once(tally.totals, head.place, head.total, "total")

    def _take_choice(self, choice: Choice) -> None:
        tally = self.tally
        if choice.role != "candidate":
            return
        one, name, party = choice.key, choice.name, choice.party
        if (before := tally.names.setdefault(one, name)) != name and slug(before) != slug(name):
            raise BadInputError(f"the candidate {shortened(one)} is {shortened(before)} and {shortened(name)}")
        if party and (first := tally.parties.setdefault(one, party)) != party and party_of(first) != party_of(party):
            raise BadInputError(
                f"{shortened(name)} is of {shortened(first)} and of {shortened(party)}: if these are two lines or two "
                f"people, {self._sheet.heading('party')} tells them apart: put it into candidate"
            )
        for (at, what), cell in zip(self._sheet.watched, choice.watched, strict=True):
            if (text := self._watched.setdefault((at, one if what == "candidate" else ""), cell)) != cell:
                raise BadInputError(
                    f"{self._sheet.watched_heading(at)} is {quoted(text)} above and {quoted(cell)} here: if it tells two {what}s "
                    f"apart, put it into {what}, if not into other"
                )

    def _take_votes(self, row: Row) -> None:
        """Add a row's votes for a candidate.

        An exact duplicate of a row is ignored, and a contradicting row is refused.
        """
        one, place = row.choice.key, row.head.place
        for of_column, votes in zip(self._sheet.kinds, row.votes, strict=True):
            kind = row.head.kind if of_column is TOTAL else of_column
            by_place = self.tally.votes[kind][one]
            if place not in by_place:
                by_place[place] = votes
                if row.others:
                    self._others[kind, one, place] = row.others
            elif place[0] is None or by_place[place] != votes or self._others.get((kind, one, place), 0) != row.others:
                raise BadInputError(
                    f"votes of {shortened(self.tally.names[one])} is there twice, as {_votes_text(by_place[place])} and as "
                    f"{_votes_text(votes)}{self._what_differs(row)}"
                )

    def _what_differs(self, row: Row) -> str:
        """Return the column that distinguishes a row from an earlier row of the same candidate and place.

        The text is the end of an error.
        """
        if row.head.place[0] is None:
            return f"; {self._sheet.heading('unit')} is empty in both"
        first = next(
            one
            for one in self._contest.rows
            if (one.head.place, one.head.kind, one.choice.key) == (row.head.place, row.head.kind, row.choice.key)
        )
        return self._sheet.what_differs(first, row)

    def _take_others(self, row: Row) -> None:
        """Add a row with a total, undervotes or the like."""
        head, choice = row.head, row.choice
        if choice.role == "all votes":
            if self._sheet.kinds[0] is TOTAL and row.votes[0] is not None and head.kind == TOTAL and head.total is None:
                _set_once(self.tally.totals, head.place, row.votes[0], "total")
        elif choice.role == "not voted":
            found = self.tally.not_voted.setdefault(head.place, {})
            for of_column, votes in zip(self._sheet.kinds, row.votes, strict=True):
                found[choice.name, head.kind if of_column is TOTAL else of_column] = votes or 0


_Verdict: TypeAlias = Literal["whole", "sum", "more", "unit", "unclear"]


def _settle_unnamed(tallies: Sequence[_Tally], sheet: SheetRows) -> None:
    """Decide whether rows with an empty unit are the whole contest or one more unit.

    A table that uses such rows for the whole contest does so in every contest with several units.
    """
    if not any(tally.has_unnamed for tally in tallies):
        return
    units = {id(one): {unit for unit, _ in one.places()} for one in tallies}
    has_it_always = all(None in of for of in units.values() if len(of - {None, ""}) > 1)
    verdicts = [(one, _verdict_on_unnamed(one)) for one in tallies if None in units[id(one)] and not one.problem]
    has_sums = any(verdict == "sum" and _is_certain(one) for one, verdict in verdicts)
    for tally, verdict in verdicts:
        if verdict == "whole" or (verdict == "sum" and (has_it_always or has_sums)) or (verdict == "more" and has_sums):
            tally.rename("")
        elif verdict == "unit" and not has_sums:
            tally.unnamed = f"no {sheet.heading('unit')}"
            tally.rename(tally.unnamed)
        else:
            tally.problem = (
                f"has rows without {sheet.heading('unit')}, and nobody can tell whether they are the whole contest or one more "
                f"of its units: write Total there, or a name"
            )
    for tally in tallies:
        tally.rename("")  # what is left without a unit is of the whole contest: totals, precincts


def _verdict_on_unnamed(tally: _Tally) -> _Verdict:
    """Decide from a contest's votes alone whether its rows with an empty unit are the whole contest or a unit."""
    named, unnamed, whole = dict[str, int](), dict[str, int](), set[str]()
    for one in tally.names:
        for (unit, _), votes in tally.all_votes(one).items():
            if unit == "":
                whole.add(one)
            elif votes is not None:
                of = unnamed if unit is None else named
                of[one] = of.get(one, 0) + votes
    if whole:
        return "whole" if not whole & unnamed.keys() and whole | unnamed.keys() >= named.keys() else "unit"
    if any(part for unit, part in tally.places() if unit is None):
        return "unit"
    if not named:
        return "whole"
    if not unnamed.keys() >= named.keys():
        return "unit"
    if all(unnamed[one] == named.get(one, 0) for one in unnamed):
        return "sum"
    if all(unnamed[one] >= named.get(one, 0) for one in unnamed):
        return "more"
    return "unit" if 2 * sum(unnamed.values()) < sum(named.values()) else "unclear"


def _is_certain(tally: _Tally) -> bool:
    """Return True if a contest has so many votes that equal sums in its rows can't be a coincidence."""
    sums = [sum(filter(None, tally.all_votes(one).values())) for one in tally.names]
    return len(sums) > 1 and sum(sums) >= _CERTAIN


def _set_once(holder: dict[Place, _Value], place: Place, value: _Value, what: str) -> None:
    """Store a value for a place. Raises BadInputError if the place already has a different value.

    `what` is the value's name in the error.
    """
    if holder.setdefault(place, value) != value:
        raise BadInputError(f"{what} is there twice, as {holder[place]} and as {value}")


def _votes_text(votes: int | None) -> str:
    return "nothing" if votes is None else str(votes)


def _read(found: tuple[_Tally, SheetRows], key: str, context: ReaderContext) -> Reading | None:
    tally, sheet = found
    if tally.problem:
        raise BadInputError(tally.problem)
    numbers = [votes for of in tally.votes.values() for by in of.values() for votes in by.values() if votes is not None]
    names = tally.names
    if not numbers:
        return None
    ballot = ballot_of(tuple(names.values()), tuple(tally.parties.get(one) for one in names), tuple(names))
    if not ballot.names:
        return None
    ids = dict(zip(names, ballot.ids, strict=True))
    by_place = {one: tally.all_votes(one) for one in names}
    places = tally.places()
    has_whole = any(by.get(_WHOLE_PLACE) is not None for by in by_place.values())
    _refuse_sums(places, sheet)
    if not has_whole:
        _refuse_strangers(tally, by_place, sheet)
    counted = [place for place in places if bool(place[0]) != has_whole]
    _refuse_half_typed(tally, by_place, counted)
    votes = [_bounded(sum(filter(None, map(by_place[one].get, counted))), name) for one, name in names.items()]
    if has_whole:
        _refuse_more_than_the_whole(tally, by_place)
    if any(numbers) and not any(votes):
        raise BadInputError("comes out as 0 votes for everybody, and the column of votes has others")
    if not sheet.layout.vouched:
        _refuse_counts(names, votes)
    units = list(dict.fromkeys(unit for unit, _ in places if unit))
    by_unit = _precincts_by_unit(tally.precincts)
    precincts = tally.precincts.get(_WHOLE_PLACE) or _all_precincts(by_unit, units)
    second = {unit: county for unit, county in sheet.unit_reports.items() if unit in units}
    reported = {unit: county.reported for unit, county in second.items()} | by_unit
    not_voted = _not_voted(tally)
    return reading_of(
        context,
        key,
        ballot,
        votes,
        name=tally.name,
        as_of=max(filter(None, (*(county.as_of for county in second.values()), tally.as_of)), default=None),
        total=_clean_total(tally.totals.get(_WHOLE_PLACE), sum(votes), not_voted[""]),
        count=count_named(tally.name),
        day=tally.day,
        reporting=Reporting(precincts=precincts) if precincts else None,
        by_type=_by_type(tally, ids, counted),
        units=_units(tally, units, ids, by_place, reported, not_voted) or None,
    )


def _by_type(tally: _Tally, ids: Mapping[str, str], counted: Sequence[Place]) -> ByType | None:
    """Return the contest's votes by type.

    If a candidate has no number for a type in some place, that type is skipped for the candidate.
    """
    columns: dict[str, dict[str, int]] = {}
    for kind, of in tally.votes.items():
        if kind != TOTAL:
            columns[kind] = {}
            for one, by in of.items():
                numbers = [votes for place in counted if (votes := by.get(place)) is not None]
                if numbers and len(numbers) == len(counted):
                    columns[kind][ids[one]] = sum(numbers)
    return _by_kind(columns)


def _by_kind(columns: Mapping[str, dict[str, int]]) -> ByType | None:
    """Return the votes by our vote types.

    An empty total is added, so that a single type is not taken for all votes.
    """
    return {kind: of for kind, of in by_kind({TOTAL: {}, **columns}).items() if of} or None


def _units(
    tally: _Tally,
    units: Sequence[str],
    ids: Mapping[str, str],
    by_place: Mapping[str, Mapping[Place, int | None]],
    reported: Mapping[str, Pair],
    not_voted: Mapping[str, int],
) -> dict[str, Unit]:
    """Return the units by name. The parts of a unit are added up."""
    votes: dict[str, dict[str, int]] = {unit: {} for unit in units}
    totals = Counter[str]()
    typed: dict[str, dict[str, dict[str, int]]] = {}
    for one, by in by_place.items():
        for unit, cast in _by_unit(by).items():
            votes[unit][ids[one]] = cast
    for kind, of in tally.votes.items():
        if kind == TOTAL:
            continue
        for one, by in of.items():
            for unit, cast in _by_unit(by).items():
                typed.setdefault(unit, {}).setdefault(kind, {})[ids[one]] = cast
    for (place, _), total in tally.totals.items():
        totals[place or ""] += total
    found: dict[str, Unit] = {}
    for unit in units:
        by_type = _by_kind(typed[unit]) if unit in typed else None
        if by_type:
            refuse_above(by_type, votes[unit], unit)
        unit_total = None
        if unit in totals:
            if totals[unit] < (cast := sum(votes[unit].values())):
                raise BadInputError(f"{shortened(unit)}: total {totals[unit]} is below the sum of the votes, {cast}")
            unit_total = _clean_total(totals[unit], cast, not_voted.get(unit, 0))
        found[_checked_unit(unit)] = Unit(
            votes=votes[unit] or None, total=unit_total, reported=reported.get(unit), by_type=by_type or None
        )
    return found


@lru_cache(maxsize=10_000)
def _checked_unit(name: str) -> str:
    return checked_label(name, "name of a unit")


def _by_unit(votes: Mapping[Place, int | None]) -> dict[str, int]:
    """Return the votes by unit. The parts of a unit are added up."""
    found: dict[str, int] = {}
    for (unit, _), cast in votes.items():
        if unit and cast is not None:
            found[unit] = found.get(unit, 0) + cast
    return found


def _clean_total(total: int | None, cast: int, not_voted: int) -> int | None:
    """Return `total`, or None if it may include undervotes and the like.

    `cast` is the number of votes for candidates, and `not_voted` the number of undervotes and the like.
    """
    return None if total is not None and not_voted and total >= cast + not_voted else total


def _not_voted(tally: _Tally) -> dict[str, int]:
    """Return the number of undervotes and the like, by unit. The key "" is for the whole contest."""
    sums: dict[str, int] = {}
    for (place, _), votes in tally.not_voted.items():
        unit = place or ""
        whole = {name: cast for (name, kind), cast in votes.items() if kind == TOTAL}
        of_types = sum(cast for (name, _), cast in votes.items() if name not in whole)
        sums[unit] = sums.get(unit, 0) + sum(whole.values()) + of_types
    return {"": sum(sums.values())} | sums


def _precincts_by_unit(precincts: Mapping[Place, Pair]) -> dict[str, Pair]:
    """Return the precincts by unit. The parts of a unit are added up."""
    found: dict[str, Pair] = {}
    for (place, _), (done, of) in precincts.items():
        unit = place or ""
        before = found.get(unit, (0, 0))
        found[unit] = (before[0] + done, before[1] + of)
    return found


def _all_precincts(precincts: Mapping[str, Pair], units: Sequence[str]) -> Pair | None:
    """Return the precincts of all units together; None if a unit has none."""
    if not units or not all(unit in precincts for unit in units):
        return None
    return sum(precincts[unit][0] for unit in units), sum(precincts[unit][1] for unit in units)


def _refuse_sums(places: Sequence[Place], sheet: SheetRows) -> None:
    """Refuse a unit that has rows for its parts and also a row without a part, which may be their sum."""
    if "part" not in sheet.columns:
        return
    of_all = {unit for unit, part in places if unit and part.casefold() in WHOLE}
    for unit, part in places:
        if unit in of_all and part.casefold() not in WHOLE:
            raise BadInputError(
                f"{shortened(unit or '')} has rows with {sheet.heading('part')} and rows without, or with a total: if these "
                "are sums, leave them out"
            )


def _refuse_more_than_the_whole(tally: _Tally, by_place: Mapping[str, Mapping[Place, int | None]]) -> None:
    for one, by in by_place.items():
        units, whole = sum(_by_unit(by).values()), by.get(_WHOLE_PLACE) or 0
        if units > whole:
            raise BadInputError(
                f"the units have {units} votes for {shortened(tally.names[one])}, and the row of the whole contest has {whole}"
            )


def _refuse_counts(names: Mapping[str, str], votes: Sequence[int]) -> None:
    """Refuse a choice that is named like a count of ballots and has more votes than all others together."""
    for name, cast in zip(names.values(), votes, strict=True):
        if len(votes) > 1 and 2 * cast > sum(votes) and _COUNTS.search(name.casefold()) and not is_write_ins(name):
            raise BadInputError(
                f"{shortened(name)} has {cast} votes, more than all others together, and sounds like a count and no choice: "
                "take such rows out, or call it otherwise"
            )


def _refuse_strangers(tally: _Tally, by_place: Mapping[str, Mapping[Place, int | None]], sheet: SheetRows) -> None:
    """Refuse a contest if a unit shares no candidate with the others, since it is probably several contests."""
    units = {
        one: {unit for unit, _ in by if unit != tally.unnamed}
        for one, by in by_place.items()
        if not is_write_ins(tally.names[one])
    }
    shared = {unit for of in units.values() if len(of) > 1 for unit in of}
    alone = [unit for of in units.values() for unit in of if unit not in shared]
    if alone and len(shared) + len(set(alone)) > 1:
        raise BadInputError(
            f"{shortened(alone[0] or '')} has none of the other units' candidates: if each is a contest of its own, add a second "
            f"source with {sheet.heading('unit')} in contest"
        )


def _refuse_half_typed(
    tally: _Tally, by_place: Mapping[str, Mapping[Place, int | None]], counted: Sequence[Place]
) -> None:
    """Refuse a contest if some candidates have votes in a place where others have empty cells.

    A row for write-ins may be missing, since perhaps nobody was written in. A candidate's row may be missing in the
    unit without a name. If the candidate has a row there, it may be missing in one other unit.
    """
    filled = {one: {place for place, cast in by.items() if cast is not None} for one, by in by_place.items()}
    filled_places = set[Place]().union(*filled.values()).intersection(counted)
    for one, name in tally.names.items():
        if not (empty := filled_places - filled[one]):
            continue
        without_row = {place for place in empty if place not in by_place[one]}
        named = {place for place in without_row if place[0] != tally.unnamed}
        has_unnamed = any(unit == tally.unnamed for unit, _ in by_place[one])
        is_write_in = "write" in name.casefold() or (tally.parties.get(one) or "").casefold() in OF_WRITE_INS
        may_lack = is_write_in or (tally.unnamed and len(named) <= has_unnamed)
        if wrong := empty - without_row if may_lack else empty:
            where = " ".join(filter(None, next(place for place in counted if place in wrong)))
            raise BadInputError(
                f"votes of {shortened(name)}{f' in {shortened(where)}' if where else ''} are empty while others' are not"
            )


def _bounded(votes: int, name: str) -> int:
    if votes > MOST_VOTES:
        raise BadInputError(f"votes of {shortened(name)} add up to {votes}, more than any contest can hold")
    return votes


read = reader(NAME, _find, _read)

FORMAT = Format(
    name=NAME,
    read=read,
    begins=lambda it: (
        (bool(_CELLS.search(it.line)) and not it.line.startswith("<"))
        or it.is_old_excel
        or any(name.startswith(("xl/", "[content_types]", "mimetype")) for name in it.names)
    ),
    every="5m",
)
