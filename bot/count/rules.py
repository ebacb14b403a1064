"""Contest rules: the requirements to win or advance, and how the count compares with them.

The terms are those of NIST SP 1500-100: `VotesAllowed`, `NumberElected`, `NumberRunoff`, and for a ballot measure the
`PassageThreshold`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from bot.count.margin import share
from bot.count.reading import Reading

RuleName = Literal["plurality", "majority-runoff", "top-n", "measure", "ranked"]


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule that decides a contest: how many candidates are elected or advance, and the share that they need."""

    name: RuleName = "plurality"
    seats: int = 1
    """How many are elected, or advance from a top-n primary."""
    threshold: Fraction = Fraction(1, 2)
    """For majority-runoff and measure: the share that must be exceeded (a majority is more than 1/2)."""

    def __post_init__(self) -> None:
        """Raise ValueError for fewer than one seat, or a threshold outside 0 to 1."""
        if self.seats < 1 or not 0 <= self.threshold <= 1:
            raise ValueError(f"a rule with {self.seats} seats and a threshold of {self.threshold} can't be")


@dataclass(frozen=True, slots=True)
class Outlook:
    """A comparison of the count so far with the contest's rule. It is not a prediction."""

    ahead: tuple[str, ...]
    """The candidates who would be elected or advance if the count ended now, most votes first. Those tied at the
    cut are not included.
    """
    line: int | None = None
    """The fewest votes that exceed the threshold of what is counted so far; None if there is no threshold."""
    over_line: int | None = None
    """The votes of the leader (for a measure, of yes) less `line`; negative if there are too few."""
    share: Fraction | None = None
    """The share of all votes that the leader (for a measure, yes) has."""
    cut: int | None = None
    """For plurality and top-n: votes between the last who is in and the first who is out; 0 in a tie."""


@dataclass(frozen=True, slots=True)
class Majority:
    """A comparison of a candidate's votes with the share that the rule requires."""

    outlook: Outlook
    choice: str
    """The leader or, for a measure, the choice that has to pass."""

    @property
    def reached(self) -> bool:
        """True if the choice has the required share of the votes counted so far."""
        return (self.outlook.over_line or 0) >= 0


def outlook(rule: Rule, votes: Mapping[str, int], counted: int, yes: str | None = None) -> Outlook:
    """Return how `votes` compare with `rule`.

    Args:
        rule: the contest's rule. For a ranked contest only first choices are known, and a majority of these is
            needed.
        votes: votes by candidate id, for at least one candidate.
        counted: all votes in the contest, the denominator of shares.
        yes: for a measure, the choice that has to pass. By default it is the choice named `yes` or `for`. If
            there is none, only `line` is set.

    """
    order = sorted(votes, key=lambda candidate: (-votes[candidate], candidate))
    match rule.name:
        case "plurality" | "top-n":
            return Outlook(ahead=_first(rule.seats, order, votes), cut=_cut(rule.seats, order, votes))
        case "majority-runoff":
            return _against_line(order[0], votes, counted, rule.threshold)
        case "measure":
            choice = next((named for named in (yes, "yes", "for") if named in votes), None)
            return _against_line(choice, votes, counted, rule.threshold)
        case "ranked":
            return _against_line(order[0], votes, counted, Fraction(1, 2))


def majority_outlook(rule: Rule, reading: Reading, yes: str | None) -> Majority | None:
    """Compare a count with the share that the rule requires.

    Returns None if no share is required, or nothing is counted.
    """
    if rule.name not in ("majority-runoff", "measure") or not any(reading.votes.values()) or not reading.counted:
        return None
    choice = yes if rule.name == "measure" else min(reading.votes, key=lambda key: (-reading.votes[key], key))
    seen = outlook(rule, reading.votes, reading.counted, choice)
    return Majority(seen, choice) if choice is not None and seen.over_line is not None else None


def has_majority(rule: Rule, reading: Reading, yes: str | None) -> bool | None:
    """Return True if the required share is reached, False if not.

    Returns None if no share is required, or for a measure that needs a simple majority. Such a measure reaches its
    share when the lead changes, which is posted anyway.
    """
    if rule.name == "measure" and rule.threshold == Fraction(1, 2):
        return None
    seen = majority_outlook(rule, reading, yes)
    return None if seen is None else seen.reached


def passing_choice(first: str, reading: Reading) -> str | None:
    """Return the choice of a measure that has to pass: `yes`, or else the desk file's `first` choice.

    Returns None if the reading has votes for neither.
    """
    return next((key for key in ("yes", first) if key in reading.votes), None)


def _against_line(choice: str | None, votes: Mapping[str, int], counted: int, threshold: Fraction) -> Outlook:
    line = counted * threshold.numerator // threshold.denominator + 1  # the fewest votes that are more than the share
    if choice is None:
        return Outlook((), line)
    over = votes[choice] - line
    return Outlook((choice,) if over >= 0 and counted else (), line, over, share(votes[choice], counted))


def _first(seats: int, order: list[str], votes: Mapping[str, int]) -> tuple[str, ...]:
    if _cut(seats, order, votes) != 0:
        return tuple(order[:seats])
    at_cut = votes[order[seats]]
    return tuple(candidate for candidate in order[:seats] if votes[candidate] > at_cut)


def _cut(seats: int, order: list[str], votes: Mapping[str, int]) -> int | None:
    return votes[order[seats - 1]] - votes[order[seats]] if len(order) > seats else None
