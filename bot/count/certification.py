"""The reporting units that have certified their results, as numbers or by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from bot.count.reading import Fips, Frozen, Label, Votes, as_tuple

CertificationKind = Literal["first", "same", "more", "fewer"]


@dataclass(frozen=True, slots=True)
class CertificationCount:
    """A number of units that have certified (`done`), out of all units (`of`; None if unknown)."""

    done: int
    of: int | None
    named: bool = False
    """True if the number was counted from a list of names, so that more units may have certified."""

    def __post_init__(self) -> None:
        """Raise ValueError for a negative count, or one above the number of units."""
        if self.done < 0 or (self.of is not None and self.done > self.of):
            raise ValueError(f"{self.done} of {self.of} units can't have certified")


class UnitsCertified(Frozen):
    """A report that counties have certified, or have withdrawn their certification, by name."""

    units: Annotated[tuple[Fips, ...], BeforeValidator(as_tuple), Field(max_length=400)]
    """Their FIPS codes; empty only in an entry that is still a draft."""
    own: bool = False
    """True if the counties themselves announced it. False if the source lists them, which can be a day later."""
    taken_back: bool = False
    """True if these counties have withdrawn their certification."""
    of: Votes | None = None
    """How many counties there are in all."""
    reason: Label | None = None
    """Why it was withdrawn."""


class ResultsCertified(Frozen):
    """A certification of a contest's final results, by the state or another responsible office."""

    taken_back: bool = False
    """True if the source withdraws the certification."""
    reason: Label | None = None


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """A source's report on certifications: the number of certified counties, or their names."""

    key: int
    """The statement's id."""
    as_of: datetime
    count: CertificationCount | None = None
    units: frozenset[str] = frozenset()
    taken_back: bool = False
    of: int | None = None


def compare_counts(before: CertificationCount | None, now: CertificationCount) -> CertificationKind:
    """Return how a count of certifications compares with the source's previous count; `first` if there was none."""
    if before is None:
        return "first"
    if now.done == before.done:
        return "same"
    return "more" if now.done > before.done else "fewer"


def named_by(counts: Sequence[SourceCounts]) -> frozenset[str]:
    """Return the counties that a source's lists name as certified.

    Counties with a withdrawn certification are not included.
    """
    named: frozenset[str] = frozenset()
    for one in _in_order(counts):
        named = named - one.units if one.taken_back else named | one.units
    return named


def implied(counts: Sequence[SourceCounts]) -> Mapping[int, CertificationCount]:
    """Return the counts that follow from a source's lists of names, by the statement's id.

    If more counties are named than the last count has, the count rises to their number. Otherwise the count is
    unchanged, since a count without names may refer to other counties. A withdrawal lowers the count only if all of
    its counties were named.
    """
    named: frozenset[str] = frozenset()
    last: CertificationCount | None = None
    found = {}
    for one in _in_order(counts):
        if one.count is not None:
            last = one.count
            continue
        whole = last is not None and len(named) == last.done
        named = named - one.units if one.taken_back else named | one.units
        if last is None or len(named) > last.done or (whole and len(named) < last.done):
            of = one.of if last is None or last.of is None else last.of
            alone = last is None or last.named
            last = CertificationCount(len(named), of if of is not None and of >= len(named) else None, alone)
            found[one.key] = last
    return found


def _in_order(counts: Sequence[SourceCounts]) -> list[SourceCounts]:
    return sorted(counts, key=lambda one: (one.as_of, one.key))
