"""The votes of a contest of an NIST SP 1500-100 report: its VoteCounts as a table of units and types."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, Literal, TypeAlias

from bot.count.reading import MOST_VOTES
from bot.errors import BadInputError
from bot.feeds.nist.units import GpUnits
from bot.feeds.reader import quoted, shortened
from bot.feeds.strict_json import are_whole, objects
from bot.feeds.vote_table import TOTAL

_UNIT, _TYPE, _COUNT, _CLASS = map(itemgetter, ("GpUnitId", "Type", "Count", "@type"))


_FIELDS = 3
"""How many fields a count has that says only these; with its @type one more."""


_ABSENTEE = "absentee"


_DEVICES = ("DeviceClass", "Device")


Key: TypeAlias = tuple[str, str]
"""(unit, type)."""


Suppressed: TypeAlias = Literal["suppressed"]


SUPPRESSED: Suppressed = "suppressed"
"""What a count is that the report keeps to itself for the voters' privacy: unknown, whatever its number says."""


_Pick: TypeAlias = Callable[[Sequence[Any]], tuple[int, ...]]


Cells: TypeAlias = Mapping[Key, "int | Suppressed"]


@dataclass(frozen=True, slots=True)
class Counts:
    """The votes of a contest's selections."""

    whole: Sequence[Mapping[str, int]]
    """By selection, the votes of each type in the whole contest, and all of them under `TOTAL`."""
    units: Sequence[str]
    """The ids of the units below the whole."""
    types: tuple[str, ...]
    """What types there are in a unit, `TOTAL` the first."""
    columns: Sequence[Sequence[Sequence[int | None]]]
    """By selection and type: votes by unit, None where the report does not say."""
    complete: bool
    """Whether no column has a None."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """The counts of a contest: a line for each selection, a column for each unit and type, which are side by side."""

    units: Sequence[str]
    types: Sequence[str]
    lines: "Sequence[Sequence[int | Suppressed | None]]"
    complete: bool
    """Whether each is a number."""


def counts_of(
    selections: Sequence[Mapping[str, Any]], names: Sequence[str], district: object, units: GpUnits
) -> Counts:
    """Return the votes of a contest's selections.

    Args:
        selections: of the contest.
        names: of the selections, for errors.
        district: the id of the unit that is the whole contest.
        units: of the report.

    Raises:
        BadInputError: the votes can't be used, or some of the whole contest's are not known.

    """
    whole = district if isinstance(district, str) else ""
    grid = _regular(selections) or _any(
        [_cells(selection, name, whole) for selection, name in zip(selections, names, strict=True)]
    )
    listed = list(dict.fromkeys(grid.units))
    for unit in listed:
        if unit not in units and unit != whole:
            raise BadInputError(f"has votes of the unit {quoted(unit)}, which GpUnit does not have")
    below: Sequence[str] = [unit for unit in listed if unit != whole]
    parts: Sequence[str]
    if whole in listed:
        below, parts = _below(below, units), [whole]
    else:
        below = parts = units.topmost(below)
    kinds = list(dict.fromkeys(grid.types))
    if (
        grid.complete
        and not any(units[unit].is_untouched for unit in below)
        and (found := _picked(grid, parts, below, kinds))
    ):
        return found
    tables = [
        {
            (unit, kind): votes
            for unit, kind, votes in zip(grid.units, grid.types, line, strict=True)
            if votes is not None
        }
        for line in grid.lines
    ]
    total = [_whole(table, name, parts, kinds) for table, name in zip(tables, names, strict=True)]
    below = [unit for unit in below if not _is_silent(unit, tables, kinds, units)]
    return _columns(total, tables, below, kinds)


def _below(listed: Sequence[str], units: GpUnits) -> Sequence[str]:
    """Return the units to tell of where the whole has votes of its own: none where it is unclear what is in what."""
    try:
        return units.topmost(listed)
    except BadInputError:
        return []


def _is_silent(unit: str, tables: Sequence[Cells], kinds: Sequence[str], units: GpUnits) -> bool:
    """Return True of a unit of which nothing has been processed: its zeros say nothing."""
    return units[unit].is_untouched and not any(table.get((unit, kind)) for table in tables for kind in kinds)


def _regular(selections: Sequence[Mapping[str, Any]]) -> _Grid | None:
    """Return the grid of selections whose counts all have the same units and types in one order, else None.

    Their counts have a whole number and nothing else: nothing suppressed, no rounds, no devices.
    """
    lines: list[Sequence[int]] = []
    units: list[str] = []
    kinds: list[str] = []
    try:
        for selection in selections:
            counts = selection["VoteCounts"]
            here, of, numbers = list(map(_UNIT, counts)), list(map(_TYPE, counts)), list(map(_COUNT, counts))
            fields = set(map(len, counts))
            if fields != {_FIELDS} and (fields != {_FIELDS + 1} or not all(map(_CLASS, counts))):
                return None
            if not lines:
                units, kinds = here, of
            if here != units or of != kinds or not are_whole(numbers):
                return None
            lines.append(numbers)
        if not _are_apart(tuple(units), tuple(kinds)):
            return None
    except (KeyError, TypeError):
        return None
    return _Grid(units, kinds, lines, complete=True)


def _any(tables: Sequence[Cells]) -> _Grid:
    keys = list(dict.fromkeys(chain.from_iterable(tables)))
    return _Grid(
        [unit for unit, _ in keys],
        [kind for _, kind in keys],
        [[table.get(key) for key in keys] for table in tables],
        complete=False,
    )


def _picked(grid: _Grid, parts: Sequence[str], below: Sequence[str], kinds: Sequence[str]) -> Counts | None:
    """Return the counts of a complete grid, picked out by their places; None where not every unit has every type."""
    apart = tuple(kind for kind in kinds if kind != TOTAL)
    if TOTAL not in kinds or not below:
        return None
    asked = tuple(parts), tuple(below), (TOTAL, *apart)
    found = _layout(tuple(grid.units), tuple(grid.types), *asked)
    if found is None:
        return None
    sums, picks = found
    whole = [dict(zip(asked[2], (sum(pick(line)) for pick in sums), strict=True)) for line in grid.lines]
    if max(said[TOTAL] for said in whole) > MOST_VOTES:
        return None
    return Counts(whole, below, asked[2], [[pick(line) for pick in picks] for line in grid.lines], complete=True)


@lru_cache(maxsize=64)
def _layout(
    units: tuple[str, ...],
    types: tuple[str, ...],
    parts: tuple[str, ...],
    below: tuple[str, ...],
    kinds: tuple[str, ...],
) -> tuple[Sequence[_Pick], Sequence[_Pick]] | None:
    """Return what picks out of a line the votes of each type in `parts`, and in `below`; None where one is not there.

    It stays the same from contest to contest, and from fetch to fetch.
    """
    places = dict(zip(zip(units, types, strict=True), range(len(units)), strict=True))
    try:
        return (
            [_pick([places[unit, kind] for unit in parts]) for kind in kinds],
            [_pick([places[unit, kind] for unit in below]) for kind in kinds],
        )
    except KeyError:
        return None


def _pick(places: Sequence[int]) -> _Pick:
    if len(places) == 1:
        return lambda line: (line[places[0]],)
    return itemgetter(*places)


@lru_cache(maxsize=64)
def _are_apart(units: tuple[str, ...], types: tuple[str, ...]) -> bool:
    """Return True if they are texts, no unit has a type twice, and no type may be a sum of others."""
    if set(map(type, units + types)) != {str} or _ABSENTEE in types:
        return False
    return len(set(zip(units, types, strict=True))) == len(units)


def _cells(selection: Mapping[str, Any], name: str, whole: str) -> dict[Key, "int | Suppressed"]:
    """Return the votes of any selection by unit and type.

    Of a ranked contest's rounds only the first is read: those are the choices that voters made first, which only grow
    as ballots are counted; what later rounds hold depends on who has been eliminated so far.
    """
    found: dict[Key, int | Suppressed] = {}
    by_device: dict[Key, int | Suppressed] = {}
    for count in objects(selection, "VoteCounts", needed=False):
        if count.get("Round") not in (None, 1):
            continue
        unit, kind = count.get("GpUnitId", whole), count.get("Type", TOTAL)
        if not isinstance(unit, str) or not isinstance(kind, str):
            raise BadInputError(
                f"a count of {shortened(name)} should have GpUnitId and Type as texts, not {quoted(unit)} and {quoted(kind)}"
            )
        key = (unit, f"{kind} {count['OtherType']}" if kind == "other" and "OtherType" in count else kind)
        votes = _number(count, name)
        if any(device in count for device in _DEVICES):
            before = by_device.get(key, 0)
            by_device[key] = SUPPRESSED if isinstance(before, str) or isinstance(votes, str) else before + votes
        elif key in found:
            raise BadInputError(
                f"has two counts of {shortened(name)} for the unit {shortened(unit)} and the type {shortened(kind)}"
            )
        else:
            found[key] = votes
    if not found and not by_device and selection.get("VoteCounts"):
        raise BadInputError(f"has no first round for {shortened(name)}")
    return by_device | found


def _number(count: Mapping[str, Any], name: str) -> "int | Suppressed":
    if count.get("IsSuppressedForPrivacy") not in (None, False):
        return SUPPRESSED
    number = count.get("Count")
    if isinstance(number, float) and number.is_integer() and number <= MOST_VOTES:
        number = int(number)  # the standard's JSON has "number", and some write 12.0
    if type(number) is int and 0 <= number <= MOST_VOTES:
        return number
    raise BadInputError(f"Count of {shortened(name)} should be a whole number, not {quoted(number)}")


def _whole(cells: Cells, name: str, parts: Sequence[str], kinds: Sequence[str]) -> dict[str, int]:
    """Return a selection's votes by type in all of some units, all of them under `TOTAL`; no type that some leave out.

    Raises:
        BadInputError: some are not known.

    """
    known = [votes for unit in parts if (votes := _all(cells, unit, kinds, name)) is not None]
    if SUPPRESSED in known:
        raise BadInputError(f"votes of {shortened(name)} are suppressed for privacy")
    if not known:
        raise BadInputError(f"has no votes of {shortened(name)}")
    total = sum(votes for votes in known if not isinstance(votes, str))
    if total > MOST_VOTES:
        raise BadInputError(f"votes of {shortened(name)} add up to {total}, more than any contest can hold")
    sums = {TOTAL: total}
    for kind in _apart(kinds):
        said = [votes for unit in parts if (votes := cells.get((unit, kind))) is not None]
        if kind != TOTAL and len(said) == len(known) and SUPPRESSED not in said:
            sums[kind] = sum(votes for votes in said if not isinstance(votes, str))
    return sums


def _apart(kinds: Sequence[str]) -> list[str]:
    """Return the types without what may be a sum of others: "absentee" beside its parts."""
    has_parts = any(kind.startswith(f"{_ABSENTEE}-") for kind in kinds)
    return [kind for kind in kinds if kind != _ABSENTEE or not has_parts]


def _all(cells: Cells, unit: str, kinds: Sequence[str], name: str) -> "int | Suppressed | None":
    """Return all votes of a selection in a unit: the count of that type, else the sum of all types."""
    if (total := cells.get((unit, TOTAL))) is not None:
        return total
    said = {kind: votes for kind in kinds if (votes := cells.get((unit, kind))) is not None}
    if _ABSENTEE in said and len(_apart(list(said))) < len(said):
        raise BadInputError(f"has absentee votes of {shortened(name)} beside a part of them, and no total")
    if not said:
        return None
    if SUPPRESSED in said.values():
        return SUPPRESSED
    total = sum(votes for votes in said.values() if not isinstance(votes, str))
    if total > MOST_VOTES:
        raise BadInputError(f"votes of {shortened(name)} add up to {total}, more than any contest can hold")
    return total


def _columns(
    whole: Sequence[Mapping[str, int]], tables: Sequence[Cells], below: Sequence[str], kinds: Sequence[str]
) -> Counts:
    """Return the counts with a column for each selection and type."""
    apart = [kind for kind in _apart(kinds) if kind != TOTAL]
    columns: list[list[list[int | None]]] = []
    for table in tables:
        totals = [_all(table, unit, kinds, "a selection") for unit in below]
        lines = [totals, *([table.get((unit, kind)) for unit in below] for kind in apart)]
        columns.append([[None if votes == SUPPRESSED else votes for votes in line] for line in lines])
    complete = not any(None in line for lines in columns for line in lines)
    return Counts(whole, below, (TOTAL, *apart), columns, complete)
