"""On which side of its lines a count is: the recount line of the law, the majority of the contest's rule."""

from dataclasses import dataclass
from fractions import Fraction

from bot.count.margin import Margin
from bot.count.reading import Reading
from bot.count.recount import RecountLine, against_line
from bot.count.rules import Outlook, Rule, outlook


@dataclass(frozen=True, slots=True)
class Majority:
    """Where a contest stands against the share that its rule asks for."""

    outlook: Outlook
    choice: str
    """The leader, or of a measure the choice that has to pass."""

    @property
    def reached(self) -> bool:
        """True if the choice has the share of what is counted so far."""
        return (self.outlook.over_line or 0) >= 0


def yes_of(first: str, reading: Reading) -> str | None:
    """Return the choice of a measure that has to pass: `yes`, else the first one of the desk file; None: neither is there."""
    return next((key for key in ("yes", first) if key in reading.votes), None)


def majority_outlook(rule: Rule, reading: Reading, yes: str | None = None) -> Majority | None:
    """Return where a count stands against the rule's majority; None where the rule has none, or nothing is counted."""
    if rule.name not in ("majority-runoff", "measure") or not any(reading.votes.values()) or not reading.counted:
        return None
    choice = yes if rule.name == "measure" else min(reading.votes, key=lambda key: (-reading.votes[key], key))
    seen = outlook(rule, reading.votes, reading.counted, choice)
    return Majority(seen, choice) if choice is not None and seen.over_line is not None else None


def inside_recount(line: RecountLine | None, reading: Reading, margin: Margin) -> bool | None:
    """Return whether the margin is inside the recount line; None where there is no line or no margin."""
    if line is None or not any(reading.votes.values()):
        return None
    seen = against_line(line, margin, reading)
    return None if seen is None else seen.inside


def has_majority(rule: Rule, reading: Reading, yes: str | None) -> bool | None:
    """Return whether the majority is reached; None where that is no line of its own.

    Of a measure that takes a majority the line is where the lead changes, which is told anyway.
    """
    if rule.name == "measure" and rule.threshold == Fraction(1, 2):
        return None
    seen = majority_outlook(rule, reading, yes)
    return None if seen is None else seen.reached
