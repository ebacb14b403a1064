"""A contest's votes as a table, a column for each choice and vote type, a line for each unit; and its readings' parts.

Vote types are known by whatever name a feed gives them: "Advanced Voting Votes" is early voting. The parts are built
without pydantic (`trusted`), whose checks would take longer than parsing: everything that goes in was checked before.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial, reduce
from operator import add
from typing import Any, TypeAlias, TypeVar, cast

from bot.count.reading import MOST_VOTES, Record, Unit, VoteType
from bot.errors import BadInputError
from bot.feeds.ballot import is_residual

Pair: TypeAlias = tuple[int, int]


KnownUnit: TypeAlias = tuple[str, str | None]
"""What a unit is called, and a county's FIPS code."""


Column: TypeAlias = Sequence[int | None]
"""Votes by the table's units; None where the file does not say."""


Key = TypeVar("Key")


Value = TypeVar("Value")


ByType: TypeAlias = dict[VoteType, dict[str, int]]


@dataclass(frozen=True, slots=True)
class TableChoice:
    """A choice of the contest, with its votes; of what was not voted at all there are none."""

    key: str
    text: str
    party: str | None
    votes: int
    types: tuple[str, ...]
    """The vote types, as the file calls them."""
    by_type: Column
    """The votes of each type; None where the file does not say."""
    columns: Sequence[Column]
    """The votes of each type by unit."""


@dataclass(frozen=True, slots=True)
class Table:
    """All votes of a contest."""

    choices: Sequence[TableChoice]
    units: Sequence[str]
    """The units' names as the file has them, each once."""
    kind: str | None
    """What the units are, in the file's own word; None where there are none."""
    complete: bool
    """Whether each block lists each unit, so that no column has a None."""


def by_type(table: Table, ids: Sequence[str]) -> ByType | None:
    """Return the contest's votes by type and candidate; None where the file does not tell them apart."""
    sums: ByType = {}
    for candidate, choice in zip(ids, table.choices, strict=True):
        for kind, places in plan_of(choice.types).typed:
            said = [votes for place in places if (votes := choice.by_type[place]) is not None]
            if said:
                sums.setdefault(kind, {})[candidate] = _bounded(sum(said))
    return sums or None


def units_of(
    table: Table,
    ids: Sequence[str],
    known: Sequence[KnownUnit],
    reported: Mapping[str, Pair],
) -> dict[str, Unit]:
    """Return what the file says of each unit.

    Args:
        table: the contest's votes.
        ids: of the table's choices.
        known: what each of the table's units is to be called, and its FIPS code.
        reported: precincts by the file's own name of the unit, each pair in order.

    Raises:
        BadInputError: votes added up are more than can be.

    """
    if not table.units:
        return {}
    places = [plan_of(choice.types).all_votes for choice in table.choices]
    totals = [_added(choice, at, table) for choice, at in zip(table.choices, places, strict=True)]
    votes = _by_unit(ids, totals, complete=table.complete and all(places))
    typed = _typed_by_unit(table, ids)
    return {
        name: trusted(
            Unit,
            {
                "fips": fips,
                "total": None,
                "votes": cast_ or None,
                "reported": reported.get(unit),
                "by_type": parts or None,
            },
        )
        for unit, (name, fips), cast_, parts in zip(table.units, known, votes, typed, strict=True)
    }


def _typed_by_unit(table: Table, ids: Sequence[str]) -> Sequence[ByType]:
    """Return each unit's votes by type and candidate."""
    columns: dict[VoteType, dict[str, Column]] = {}
    for candidate, choice in zip(ids, table.choices, strict=True):
        for kind, places in plan_of(choice.types).typed:
            if kind not in columns:
                columns[kind] = {}
            columns[kind][candidate] = _added(choice, places, table)
    if not columns:
        return [{}] * len(table.units)
    lines = [_by_unit(list(of), list(of.values()), complete=table.complete) for of in columns.values()]
    if table.complete:
        return _dicts(columns, lines)
    return [
        {kind: votes for kind, votes in zip(columns, line, strict=True) if votes} for line in zip(*lines, strict=True)
    ]


def _by_unit(ids: Sequence[str], columns: Sequence[Column], *, complete: bool) -> list[dict[str, int]]:
    """Turn a column for each candidate into a dict for each unit; what is not said is not in it."""
    if complete:
        return _dicts(ids, cast("Sequence[Sequence[int]]", columns))
    return [
        {candidate: votes for candidate, votes in zip(ids, line, strict=True) if votes is not None}
        for line in zip(*columns, strict=True)
    ]


def _dicts(keys: Iterable[Key], columns: Sequence[Sequence[Value]]) -> list[dict[Key, Value]]:
    """Return a dict for each line of some columns of one length, its values by the keys.

    Copies of one dict that are then filled in, which takes half as long as making each of its pairs.
    """
    empty = dict.fromkeys(keys, columns[0][0])
    lines = [empty.copy() for _ in columns[0]]
    for key, column in zip(empty, columns, strict=True):
        for line, value in zip(lines, column, strict=True):
            line[key] = value
    return lines


def _added(choice: TableChoice, places: Sequence[int], table: Table) -> Column:
    """Return the sums, by unit, of the columns at some places; of none of them nothing is said."""
    if not places:
        return [None] * len(table.units)
    if len(places) == 1:
        return choice.columns[places[0]]
    columns = [choice.columns[place] for place in places]
    if table.complete:
        sums: list[int | None] = list(reduce(partial(map, add), columns))  # type: ignore[arg-type]  # a map of maps
    else:
        said = ([votes for votes in line if votes is not None] for line in zip(*columns, strict=True))
        sums = [sum(votes) if votes else None for votes in said]
    _bounded(max(filter(None, sums), default=0))
    return sums


def _bounded(votes: int) -> int:
    if votes > MOST_VOTES:
        raise BadInputError(f"votes add up to {votes}, more than any contest can hold")
    return votes


_TYPES: Mapping[str, VoteType] = {
    "election day": "election-day", "polling place": "election-day", "polls": "election-day",
    "absentee by mail": "absentee-mail", "absentee mail": "absentee-mail", "mail": "absentee-mail",
    "by mail": "absentee-mail", "vote by mail": "absentee-mail", "mail in": "absentee-mail",
    "advanced": "early", "advance": "early", "early": "early", "advance in person": "early",
    "advanced in person": "early", "early in person": "early", "in person early": "early",
    "absentee in person": "early", "in person absentee": "early",
    "provisional": "provisional",
}  # fmt: skip
"""Names without "votes", "voting" or "ballots" at the end, as results sites have set them up."""


_ABSENTEE = "absentee"
"""By mail where early votes have a type of their own; else it may be either."""


TOTAL = "total"


_ENDING = re.compile(r"(?: (?:votes?|voting|ballots))+$")


_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Which of a contest's columns, one for each type that the feed names, are what, by their places."""

    typed: Sequence[tuple[VoteType, tuple[int, ...]]]
    """Empty where the feed does not tell types apart."""
    all_votes: tuple[int, ...]
    """Those that add up to all votes."""


@lru_cache(maxsize=1000)
def plan_of(types: tuple[str, ...]) -> ColumnPlan:
    """Return what columns of these types are; a column called Total or Total Votes holds all votes."""
    named = {place: _bare(name) for place, name in enumerate(types) if not is_residual(name)}
    kinds = {_TYPES.get(name) for name in named.values()}
    total = next((place for place, name in named.items() if name == TOTAL), None)
    typed: dict[VoteType, tuple[int, ...]] = {}
    if len(named) > 1 or kinds != {None}:  # a single one of no known type holds all votes
        for place, name in named.items():
            if name != TOTAL:
                by_mail = name == _ABSENTEE and "early" in kinds
                kind = "absentee-mail" if by_mail else _TYPES.get(name, "other")
                typed[kind] = (*typed.get(kind, ()), place)
    return ColumnPlan(tuple(typed.items()), tuple(named) if total is None else (total,))


def _bare(name: str) -> str:
    words = _BETWEEN_WORDS.sub(" ", name.casefold()).strip()
    return _ENDING.sub("", words)


Made = TypeVar("Made", bound=Record)


def trusted(record: type[Made], fields: dict[str, Any]) -> Made:
    """Return the record of `fields`."""
    return record(**fields)
