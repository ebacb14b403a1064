"""How many reporting units have certified their results: counts without names, and units by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from bot.count.reading import Fips, Frozen, Label, Votes, as_tuple

CertificationKind = Literal["first", "same", "more", "fewer"]


@dataclass(frozen=True, slots=True)
class CertificationCount:
    """How many units have certified, and of how many; `of` is None where nobody has said."""

    done: int
    of: int | None
    named: bool = False
    """True: the source named units and gave no count, so there may be more."""

    def __post_init__(self) -> None:
        """Refuse a count that can't be."""
        if self.done < 0 or (self.of is not None and self.done > self.of):
            raise ValueError(f"{self.done} of {self.of} units can't have certified")


class UnitsCertified(Frozen):
    """Counties that have certified, by name."""

    units: Annotated[tuple[Fips, ...], BeforeValidator(as_tuple), Field(max_length=400)]
    """Their FIPS codes; empty only in an entry that is still a draft."""
    own: bool = False
    """True: the counties themselves say so. False: listed by the source, which can be a day later."""
    taken_back: bool = False
    """True: their certification is taken back."""
    of: Votes | None = None
    """How many counties there are in all."""
    reason: Label | None = None
    """Why it is taken back."""


class ResultsCertified(Frozen):
    """A contest's results as a whole are certified, by the state or whoever certifies them."""

    taken_back: bool = False
    """True: the source takes back that they are."""
    reason: Label | None = None


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """What one source listed at one time: a count without names, or counties by name."""

    key: int
    """The statement's id."""
    as_of: datetime
    count: CertificationCount | None = None
    units: frozenset[str] = frozenset()
    taken_back: bool = False
    of: int | None = None


def compare_counts(before: CertificationCount | None, now: CertificationCount) -> CertificationKind:
    """Return what a new count says after an earlier one of the same source. A first one is no news yet."""
    if before is None:
        return "first"
    if now.done == before.done:
        return "same"
    return "more" if now.done > before.done else "fewer"


def named_by(counts: Sequence[SourceCounts]) -> frozenset[str]:
    """Return the counties that a source lists after all it has said."""
    named: frozenset[str] = frozenset()
    for one in _in_order(counts):
        named = named - one.units if one.taken_back else named | one.units
    return named


def implied(counts: Sequence[SourceCounts]) -> Mapping[int, CertificationCount]:
    """Return the counts that follow from a source's lists of names, by the statement's id.

    A list longer than the last count raises it. One that is not leaves it: which counties a count without names
    meant, nobody knows. One that shrinks lowers the count only where the list was all of it.
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
