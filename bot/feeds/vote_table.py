"""A contest's votes as a table, with a column for each choice and vote type, and a line for each unit.

The table becomes the `by_type` and `units` of a reading. Its numbers have been validated before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial, reduce
from itertools import accumulate, pairwise
from operator import add
from typing import TypeAlias, TypeVar, cast

from bot.count.reading import Pair, Unit, VoteType
from bot.errors import BadInputError
from bot.feeds.choices import is_residual
from bot.feeds.reader import shortened
from bot.feeds.vote_types import ByType, checked_sum, is_total, kinds_of

UnitLabel: TypeAlias = tuple[str, str | None]
"""(name, FIPS code) of a unit; the code is None if it isn't a known county."""

VoteColumn: TypeAlias = Sequence[int | None]
"""Votes in the order of the table's units; None if the file gives no number."""

Key = TypeVar("Key")

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class TableChoice:
    """A choice of the contest, with its votes by type and by unit."""

    key: str
    text: str
    party: str | None
    votes: int
    types: tuple[str, ...]
    """The file's names of the vote types."""
    by_type: VoteColumn
    """The votes of each type in the whole contest. None if the file gives no number."""
    columns: Sequence[VoteColumn]
    """A column of votes by unit for each type."""
    by_unit: VoteColumn | None = None
    """All votes by unit; if None, they are the sum of the types."""


@dataclass(frozen=True, slots=True)
class Table:
    """All votes in a contest, by choice, unit and vote type."""

    choices: Sequence[TableChoice]
    units: Sequence[str]
    """The file's names of the units, each once."""
    kind: str | None
    """The file's word for a unit, such as County. None if the file has no units."""
    complete: bool
    """True if every block in the file lists every unit, so that no column contains None."""


def aligned(
    names: Sequence[str], columns: Sequence[Sequence[Value]], lengths: Sequence[int], among: str
) -> tuple[Sequence[str], Sequence[Sequence[Value | None]], bool]:
    """Align rows of named values, which may list different names or another order, to one list of names.

    Args:
        names: the names in all rows, one row after the other.
        columns: sequences with one value for each of `names`.
        lengths: the number of names in each row.
        among: the name of a row, for the error about a duplicate name.


    Returns:
        All names, each once; the columns, with each row's values in the order of these names, and None for a
            name that the row lacks; and True if no row lacked a name.


    Raises:
        BadInputError: a row has the same name twice.
    """
    every = list(dict.fromkeys(names[: lengths[0]] if lengths else ()))
    if lengths.count(len(every)) == len(lengths) and names == every * len(lengths):
        return every, columns, True
    every = list(dict.fromkeys(names))
    cuts = [slice(*cut) for cut in pairwise(accumulate(lengths, initial=0))]
    return every, [[one for cut in cuts for one in _spread(names[cut], of[cut], every, among)] for of in columns], False


def _spread(names: Sequence[str], values: Sequence[Value], every: Sequence[str], among: str) -> list[Value | None]:
    by_name = dict(zip(names, values, strict=True))
    if len(by_name) != len(names):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise BadInputError(f"{shortened(twice)} is there twice among {among}")
    return [by_name.get(name) for name in every]


def by_type(table: Table, ids: Sequence[str]) -> ByType | None:
    """Return the contest's votes by type and candidate; None if the file has no types.

    `ids` are the ids of the choices.
    """
    if not _has_total_or_types(table):
        return None
    sums: ByType = {}
    for candidate, choice in zip(ids, table.choices, strict=True):
        for kind, places in plan_of(choice.types).typed:
            numbers = [votes for place in places if (votes := choice.by_type[place]) is not None]
            if numbers:
                sums.setdefault(kind, {})[candidate] = checked_sum(sum(numbers))
    return sums or None


def units_of(
    table: Table,
    ids: Sequence[str],
    labels: Sequence[UnitLabel],
    reported: Mapping[str, Pair],
) -> dict[str, Unit]:
    """Return the table's units by name, with their votes.

    Args:
        table: the contest's votes.
        ids: the ids of the table's choices.
        labels: the name and FIPS code of each unit in the table.
        reported: (precincts reported, all precincts) by the file's name of the unit.

    Raises:
        BadInputError: a sum of votes is more than `MOST_VOTES`.

    """
    if not table.units:
        return {}
    totals = [choice.by_unit or _added(choice, plan_of(choice.types).all_votes, table) for choice in table.choices]
    complete = table.complete and all(choice.by_unit or plan_of(choice.types).all_votes for choice in table.choices)
    votes = _by_unit(ids, totals, complete=complete)
    typed = _typed_by_unit(table, ids)
    return {
        name: Unit(fips=fips, votes=cast_ or None, reported=reported.get(unit), by_type=parts or None)
        for unit, (name, fips), cast_, parts in zip(table.units, labels, votes, typed, strict=True)
    }


def _typed_by_unit(table: Table, ids: Sequence[str]) -> Sequence[ByType]:
    """Return each unit's votes by type and candidate."""
    if not _has_total_or_types(table):
        return [{}] * len(table.units)
    columns: dict[VoteType, dict[str, VoteColumn]] = {}
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


def _has_total_or_types(table: Table) -> bool:
    """Return True if the file distinguishes vote types.

    A file with the single type Election Day and no total does not distinguish them. In West Virginia's file of 2020,
    that type meant all votes.
    """
    return any(plan_of(choice.types).has_total_or_types for choice in table.choices)


def _by_unit(ids: Sequence[str], columns: Sequence[VoteColumn], *, complete: bool) -> list[dict[str, int]]:
    """Turn a column for each candidate into a dictionary for each unit. Numbers that the file lacks are skipped."""
    if complete:
        return _dicts(ids, cast("Sequence[Sequence[int]]", columns))
    return [
        {candidate: votes for candidate, votes in zip(ids, line, strict=True) if votes is not None}
        for line in zip(*columns, strict=True)
    ]


def _dicts(keys: Iterable[Key], columns: Sequence[Sequence[Value]]) -> list[dict[Key, Value]]:
    """Return a dictionary for each line of the columns, with the line's values by `keys`.

    Copying one dictionary and filling in the values takes half the time of building each from pairs.
    """
    empty = dict.fromkeys(keys, columns[0][0])
    lines = [empty.copy() for _ in columns[0]]
    for key, column in zip(empty, columns, strict=True):
        for line, value in zip(lines, column, strict=True):
            line[key] = value
    return lines


def _added(choice: TableChoice, places: Sequence[int], table: Table) -> VoteColumn:
    """Return the sums by unit of the choice's columns at `places`. All are None if there are no places."""
    if not places:
        return [None] * len(table.units)
    if len(places) == 1:
        return choice.columns[places[0]]
    columns = [choice.columns[place] for place in places]
    if table.complete:
        sums: list[int | None] = list(reduce(partial(map, add), columns))  # type: ignore[arg-type]  # a map of maps
    else:
        numbers = ([votes for votes in line if votes is not None] for line in zip(*columns, strict=True))
        sums = [sum(votes) if votes else None for votes in numbers]
    checked_sum(max(filter(None, sums), default=0))
    return sums


TOTAL = "total"


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """The meaning of a contest's columns, by position. A contest has a column for each of the feed's vote types."""

    typed: Sequence[tuple[VoteType, tuple[int, ...]]]
    """The columns for each of our vote types; empty if the feed has no types."""
    all_votes: tuple[int, ...]
    """The columns whose sum is the number of all votes."""
    has_total_or_types: bool
    """True if there is a total, or a type other than Election Day."""


@lru_cache(maxsize=1000)
def plan_of(types: tuple[str, ...]) -> ColumnPlan:
    """Return the meaning of a contest's columns, given the names of the columns' types.

    A column called Total or Total Votes has all votes.
    """
    typed: dict[VoteType, tuple[int, ...]] = {}
    for place, kind in enumerate(kinds_of(types)):
        if kind is not None:
            typed[kind] = (*typed.get(kind, ()), place)
    named = tuple(place for place, name in enumerate(types) if not is_residual(name))
    total = next((place for place in named if is_total(types[place])), None)
    has_total_or_types = total is not None or bool(typed.keys() - {"election-day"})
    return ColumnPlan(tuple(typed.items()), named if total is None else (total,), has_total_or_types)
