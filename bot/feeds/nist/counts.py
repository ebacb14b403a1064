"""The votes of a contest of an NIST SP 1500-100 report: its VoteCounts by unit and type."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from bot.count.reading import MOST_VOTES
from bot.errors import BadInputError
from bot.feeds.nist.units import GpUnits
from bot.feeds.reader import quoted, shortened
from bot.feeds.strict_json import Count, Model
from bot.feeds.vote_types import checked_sum

_TOTAL = "total"


_ABSENTEE = "absentee"


_SUPPRESSED = -1
"""What a count is that the report keeps to itself for the voters' privacy: unknown, whatever its number says."""


_Table: TypeAlias = dict[str, dict[str, int]]
"""A selection's votes by unit and type."""


class VoteCounts(Model, rename="pascal"):
    """A number of votes of a selection."""

    count: Count | float | None = None  # the standard's JSON has "number", and some write 12.0
    gp_unit_id: str | None = None
    type: str = _TOTAL
    other_type: str | None = None
    round: int | None = None
    is_suppressed_for_privacy: bool | None = None
    device_class: object = None
    device: object = None


class Counts(Struct, frozen=True):
    """The votes of a contest's selections."""

    whole: Sequence[int]
    """All votes of each selection in the whole contest."""
    whole_by_type: Mapping[str, Mapping[int, int]]
    """In the whole contest, by type and a selection's place."""
    units: Sequence[str]
    """The ids of the units below the whole."""
    tables: Sequence[_Table]
    sums: frozenset[str]
    """The types that may be sums of others."""

    def of_unit(self, unit: str, ids: Sequence[str]) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
        """Return a unit's votes by candidate, and by type and candidate; what the report does not say is not in it.

        `ids`: of the selections.
        """
        votes: dict[str, int] = {}
        columns: dict[str, dict[str, int]] = {_TOTAL: votes}
        sums = self.sums
        for candidate, table in zip(ids, self.tables, strict=True):
            if unit not in table:
                continue
            cells = table[unit]
            for kind, cast in cells.items():
                if cast < 0 or (sums and kind in sums):  # suppressed, or not one of its own
                    continue
                if kind in columns:
                    columns[kind][candidate] = cast
                else:
                    columns[kind] = {candidate: cast}
            if _TOTAL not in cells and (total := _all(cells, "a selection")) not in (None, _SUPPRESSED):
                votes[candidate] = total
        return votes, columns


def counts_of(
    selections: Sequence[Sequence[VoteCounts]], names: Sequence[str], district: str, units: GpUnits
) -> Counts:
    """Return the votes of a contest's selections.

    The votes of the contest's district are the whole contest's. Where only units below it have any, their sum is, and of
    units within one another the topmost are read.

    Args:
        selections: the counts of each.
        names: of each, for errors.
        district: the unit that is the whole contest; empty where the report names none.
        units: of the report.

    Raises:
        BadInputError: something of it can't be used, or is not known and needed.

    """
    tables = [_table(counts, name, district) for counts, name in zip(selections, names, strict=True)]
    listed = list(dict.fromkeys(unit for table in tables for unit in table))
    for unit in listed:
        if unit not in units and unit != district:
            raise BadInputError(f"has votes of the unit {quoted(unit)}, which GpUnit does not have")
    below: Sequence[str] = [unit for unit in listed if unit != district]
    if district in listed:
        below, parts = _below(below, units), [district]
    else:
        below = units.topmost(below)
        parts = list(below)
    kinds = {kind for table in tables for cells in table.values() for kind in cells}
    types = _apart(kinds)
    whole = [_whole(table, name, parts) for table, name in zip(tables, names, strict=True)]
    by_type: dict[str, dict[int, int]] = {}
    for place, table in enumerate(tables):
        told = [unit for unit in parts if unit in table]
        for kind in types:
            said = [votes for unit in told if (votes := table[unit].get(kind)) is not None and votes != _SUPPRESSED]
            if said and len(said) == len(told):  # no type that a part of the contest leaves out
                by_type.setdefault(kind, {})[place] = checked_sum(sum(said))
    shown = [unit for unit in below if not _is_silent(unit, tables, units)]
    return Counts(whole, by_type, shown, tables, frozenset(kinds - {_TOTAL, *types}))


def _below(listed: Sequence[str], units: GpUnits) -> Sequence[str]:
    """Return the units to tell of where the whole has votes of its own: none where it is unclear what is in what."""
    try:
        return units.topmost(listed)
    except BadInputError:
        return []


def _is_silent(unit: str, tables: Sequence[_Table], units: GpUnits) -> bool:
    """Return True of a unit of which nothing has been processed: its zeros say nothing."""
    return units[unit].is_untouched and not any(any(table.get(unit, {}).values()) for table in tables)


def _table(counts: Iterable[VoteCounts], name: str, whole: str) -> _Table:
    """Return the votes of a selection by unit and type.

    Of a ranked contest's rounds only the first is read: those are the choices that voters made first, which only grow
    as ballots are counted; what later rounds hold depends on who has been eliminated so far. Counts by device are added
    up where there is no other.
    """
    found: _Table = {}
    by_device: _Table = {}
    is_empty = True
    for one in counts:
        is_empty = False
        if one.round is not None and one.round != 1:
            continue
        unit, kind = whole if one.gp_unit_id is None else one.gp_unit_id, one.type
        if kind == "other" and one.other_type is not None:
            kind = f"other {one.other_type}"
        votes = _SUPPRESSED if one.is_suppressed_for_privacy else one.count
        if type(votes) is not int:
            votes = _number(votes, name)
        if one.device_class is not None or one.device is not None:
            cells = by_device.setdefault(unit, {})
            before = cells.get(kind, 0)
            cells[kind] = _SUPPRESSED if _SUPPRESSED in (before, votes) else checked_sum(before + votes)
            continue
        if unit not in found:
            found[unit] = {kind: votes}
            continue
        cells = found[unit]
        if kind in cells:
            raise BadInputError(
                f"has two counts of {shortened(name)} for the unit {shortened(unit)} and the type {shortened(kind)}"
            )
        cells[kind] = votes
    for unit, cells in by_device.items():
        found[unit] = cells | found.get(unit, {})
    if not found and not is_empty:
        raise BadInputError(f"has no first round for {shortened(name)}")
    return found


def _number(number: float | None, name: str) -> int:
    if number is not None and 0 <= number <= MOST_VOTES and number == int(number):
        return int(number)
    raise BadInputError(f"Count of {shortened(name)} should be a whole number, not {quoted(number)}")


def _whole(table: _Table, name: str, parts: Sequence[str]) -> int:
    """Return a selection's votes in all of some units.

    Raises:
        BadInputError: some are not known.

    """
    known = [votes for unit in parts if unit in table and (votes := _all(table[unit], name)) is not None]
    if _SUPPRESSED in known:
        raise BadInputError(f"votes of {shortened(name)} are suppressed for privacy")
    if not known:
        raise BadInputError(f"has no votes of {shortened(name)}")
    return _summed(known, name)


def _apart(kinds: Iterable[str]) -> list[str]:
    """Return the types without all votes, and without what may be a sum of others: "absentee" beside its parts."""
    apart = [kind for kind in kinds if kind != _TOTAL]
    has_parts = any(kind.startswith(f"{_ABSENTEE}-") for kind in apart)
    return [kind for kind in apart if kind != _ABSENTEE] if has_parts else apart


def _all(cells: Mapping[str, int], name: str) -> int | None:
    """Return all votes of a selection in a unit: the count of that type, else the sum of all types."""
    if (total := cells.get(_TOTAL)) is not None:
        return total
    if _ABSENTEE in cells and len(_apart(cells)) < len(cells):
        raise BadInputError(f"has absentee votes of {shortened(name)} beside a part of them, and no total")
    if not cells:
        return None
    return _SUPPRESSED if _SUPPRESSED in cells.values() else _summed(cells.values(), name)


def _summed(votes: Iterable[int], name: str) -> int:
    total = sum(one for one in votes if one != _SUPPRESSED)
    if total > MOST_VOTES:
        raise BadInputError(f"votes of {shortened(name)} add up to {total}, more than any contest can hold")
    return total
