"""Contest rules: what it takes to get through, and how far the count is from it.

The terms are those of NIST SP 1500-100: `VotesAllowed`, `NumberElected`, `NumberRunoff`, and for a ballot
measure the `PassageThreshold`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from bot.count.margin import share

RuleName = Literal["plurality", "majority-runoff", "top-n", "measure", "ranked"]


@dataclass(frozen=True, slots=True)
class Rule:
    """How a contest is decided."""

    name: RuleName = "plurality"
    seats: int = 1
    """How many get through: elected, or advancing from a top-n primary."""
    threshold: Fraction = Fraction(1, 2)
    """Of a majority-runoff or a measure: the share that has to be passed (a majority is more than 1/2)."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """How the count stands against the contest's rule. It says nothing about what will be."""

    ahead: tuple[str, ...]
    """Who would get through if the count ended here, in order of votes; a tie at the cut leaves it shorter."""
    line: int | None = None
    """The fewest votes that pass the threshold of what is counted so far; None where there is no threshold."""
    over_line: int | None = None
    """The leader's (a measure's yes) votes less `line`: negative when short of it."""
    share: Fraction | None = None
    """The leader's (a measure's yes) share of all votes."""
    cut: int | None = None
    """Top-n: votes between the last who gets through and the first who does not; 0 in a tie."""


def outlook(rule: Rule, votes: Mapping[str, int], counted: int, yes: str | None = None) -> Outlook:
    """Return how `votes` (by candidate id) stand against `rule`.

    Args:
        rule: the contest's rule. Of a ranked contest only first choices are known, so nobody is through.
        votes: votes by candidate id, at least one candidate.
        counted: all votes in the contest, the denominator of shares.
        yes: of a measure, the choice that has to pass; by default the one named `yes`.

    """
    order = sorted(votes, key=lambda candidate: (-votes[candidate], candidate))
    match rule.name:
        case "plurality":
            return Outlook(ahead=_first(rule.seats, order, votes), cut=_cut(rule.seats, order, votes))
        case "top-n":
            return Outlook(ahead=_first(rule.seats, order, votes), cut=_cut(rule.seats, order, votes))
        case "majority-runoff":
            return _against_line(order[0], votes, counted, rule.threshold)
        case "measure":
            choice = yes or ("yes" if "yes" in votes else order[0])
            return _against_line(choice, votes, counted, rule.threshold)
        case "ranked":
            line = _line(counted, Fraction(1, 2))
            through = (order[0],) if votes[order[0]] >= line and counted else ()
            return Outlook(through, line, votes[order[0]] - line, share(votes[order[0]], counted))


def _line(counted: int, threshold: Fraction) -> int:
    """Return the fewest votes that are more than `threshold` of `counted`."""
    return counted * threshold.numerator // threshold.denominator + 1


def _against_line(choice: str, votes: Mapping[str, int], counted: int, threshold: Fraction) -> Outlook:
    line = _line(counted, threshold)
    over = votes[choice] - line
    return Outlook((choice,) if over >= 0 and counted else (), line, over, share(votes[choice], counted))


def _cut(seats: int, order: list[str], votes: Mapping[str, int]) -> int | None:
    return votes[order[seats - 1]] - votes[order[seats]] if len(order) > seats else None


def _first(seats: int, order: list[str], votes: Mapping[str, int]) -> tuple[str, ...]:
    if _cut(seats, order, votes) != 0:
        return tuple(order[:seats])
    at_cut = votes[order[seats]]
    return tuple(candidate for candidate in order[:seats] if votes[candidate] > at_cut)
