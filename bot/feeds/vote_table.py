"""A contest's votes as a table, a column for each choice and vote type, a line for each unit; and its readings' parts.

Everything that goes into a record was checked before.
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

KnownUnit: TypeAlias = tuple[str, str | None]
"""What a unit is called, and a county's FIPS code."""

VoteColumn: TypeAlias = Sequence[int | None]
"""Votes by the table's units; None where the file does not say."""

Key = TypeVar("Key")

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class TableChoice:
    """A choice of the contest, with its votes; of what was not voted at all there are none."""

    key: str
    text: str
    party: str | None
    votes: int
    types: tuple[str, ...]
    """The vote types, as the file calls them."""
    by_type: VoteColumn
    """The votes of each type; None where the file does not say."""
    columns: Sequence[VoteColumn]
    """The votes of each type by unit."""
    by_unit: VoteColumn | None = None
    """All votes by unit; None: they are those of the types, added up."""


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


def aligned(
    names: Sequence[str], columns: Sequence[Sequence[Value]], lengths: Sequence[int], among: str
) -> tuple[Sequence[str], Sequence[Sequence[Value | None]], bool]:
    """Return rows of named values with each name in each row: the names, the columns, and whether nothing was missing.

    The values of a row stand in a column one after the other, in the order of the names; what is missing is None.

    Args:
        names: of all rows, one row after the other.
        columns: values, one for each name.
        lengths: how many names each row has.
        among: what a row is, for the sentence that refuses a name that it has twice.

    Raises:
        BadInputError: a row has a name twice.

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
    """Return the contest's votes by type and candidate; None where the file does not tell them apart."""
    if not _tells_apart(table):
        return None
    sums: ByType = {}
    for candidate, choice in zip(ids, table.choices, strict=True):
        for kind, places in plan_of(choice.types).typed:
            said = [votes for place in places if (votes := choice.by_type[place]) is not None]
            if said:
                sums.setdefault(kind, {})[candidate] = checked_sum(sum(said))
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
    totals = [choice.by_unit or _added(choice, plan_of(choice.types).all_votes, table) for choice in table.choices]
    complete = table.complete and all(choice.by_unit or plan_of(choice.types).all_votes for choice in table.choices)
    votes = _by_unit(ids, totals, complete=complete)
    typed = _typed_by_unit(table, ids)
    return {
        name: Unit(fips=fips, votes=cast_ or None, reported=reported.get(unit), by_type=parts or None)
        for unit, (name, fips), cast_, parts in zip(table.units, known, votes, typed, strict=True)
    }


def _typed_by_unit(table: Table, ids: Sequence[str]) -> Sequence[ByType]:
    """Return each unit's votes by type and candidate."""
    if not _tells_apart(table):
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


def _tells_apart(table: Table) -> bool:
    """Return whether the file tells types apart; a single one called Election Day, with no total beside it, has all votes.

    It had those by mail, too, in West Virginia's file of 2020.
    """
    return any(plan_of(choice.types).tells_apart for choice in table.choices)


def _by_unit(ids: Sequence[str], columns: Sequence[VoteColumn], *, complete: bool) -> list[dict[str, int]]:
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


def _added(choice: TableChoice, places: Sequence[int], table: Table) -> VoteColumn:
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
    checked_sum(max(filter(None, sums), default=0))
    return sums


TOTAL = "total"


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Which of a contest's columns, one for each type that the feed names, are what, by their places."""

    typed: Sequence[tuple[VoteType, tuple[int, ...]]]
    """Empty where the feed does not tell types apart."""
    all_votes: tuple[int, ...]
    """Those that add up to all votes."""
    tells_apart: bool
    """True: there are types beside Election Day, or a total."""


@lru_cache(maxsize=1000)
def plan_of(types: tuple[str, ...]) -> ColumnPlan:
    """Return what columns of these types are; a column called Total or Total Votes holds all votes."""
    typed: dict[VoteType, tuple[int, ...]] = {}
    for place, kind in enumerate(kinds_of(types)):
        if kind is not None:
            typed[kind] = (*typed.get(kind, ()), place)
    named = tuple(place for place, name in enumerate(types) if not is_residual(name))
    total = next((place for place in named if is_total(types[place])), None)
    tells_apart = total is not None or bool(typed.keys() - {"election-day"})
    return ColumnPlan(tuple(typed.items()), named if total is None else (total,), tells_apart)
