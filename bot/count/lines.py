"""On which side of its lines a count is: the recount line of the law, the majority of the contest's rule."""

from dataclasses import dataclass
from fractions import Fraction

from bot.count.margin import Margin, margin_of
from bot.count.reading import Reading
from bot.count.recount_line import RecountLine, against_line
from bot.count.rules import Outlook, Rule, outlook

_RUNOFF = 2
"""How many go on to a runoff."""


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


@dataclass(frozen=True, slots=True)
class DecidingMargin:
    """The margin that a recount could turn: between the last who gets through and the first who does not."""

    margin: Margin
    """Of the two: `leader` is the one who gets through."""
    places: int
    """How many get through if the count ends here; 1: the plain margin."""
    runoff: bool = False
    """True: nobody has the majority, and the places are those of a runoff."""


def deciding(rule: Rule, reading: Reading, led: str | None = None) -> DecidingMargin | None:
    """Return the margin that counts for a recount; None where first choices or a share other than a half decide.

    `led` is who led before, for a tie. Where a majority is needed and nobody has it, two go on to a runoff.
    """
    plain = DecidingMargin(margin_of(reading.votes, led), 1)
    if rule.name == "ranked" or (rule.name == "measure" and rule.threshold != Fraction(1, 2)):
        return None
    order = sorted(reading.votes, key=lambda key: (-reading.votes[key], key))
    runoff = rule.name == "majority-runoff" and len(order) > _RUNOFF and has_majority(rule, reading, None) is False
    places = _RUNOFF if runoff else rule.seats
    if places == 1 or rule.name == "measure":
        return plain
    if len(order) <= places:
        return None
    last, first = order[places - 1 : places + 1]
    return DecidingMargin(Margin(last, first, reading.votes[last] - reading.votes[first]), places, runoff)


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


def inside_recount(line: RecountLine | None, rule: Rule, reading: Reading) -> bool | None:
    """Return whether the margin is inside the recount line; None where there is no line or no margin."""
    if line is None or not any(reading.votes.values()) or (found := deciding(rule, reading)) is None:
        return None
    seen = against_line(line, found.margin, reading)
    return None if seen is None else seen.inside


def has_majority(rule: Rule, reading: Reading, yes: str | None) -> bool | None:
    """Return whether the majority is reached; None where that is no line of its own.

    Of a measure that takes a majority the line is where the lead changes, which is told anyway.
    """
    if rule.name == "measure" and rule.threshold == Fraction(1, 2):
        return None
    seen = majority_outlook(rule, reading, yes)
    return None if seen is None else seen.reached
