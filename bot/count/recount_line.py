"""The recount line: how close a contest has to be before the law lets somebody ask for a recount, and which margin counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from bot.count.margin import Margin, margin_of
from bot.count.reading import Reading
from bot.count.rules import Rule, has_majority

Denominator = Literal["all_votes", "top_two", "leader"]

RecountKind = Literal["on_request", "automatic", "none"]
"""`none`: the law knows no recount."""

_RUNOFF = 2
"""How many go on to a runoff."""


@dataclass(frozen=True, slots=True)
class RecountLine:
    """One state's rule of one kind, as its law puts it; with neither share nor votes no margin is asked for."""

    state: str
    inclusive: bool
    """True: a margin exactly on the line is inside it (`<=`)."""
    share: Fraction | None
    """The line, as a share of `denominator`; None: the law has none."""
    denominator: Denominator
    kind: RecountKind
    who: str | None
    """Who may ask; None: nobody has to, or it is not known."""
    deadline: str | None
    source: str
    as_of: str
    """The date on which the source was read."""
    verified: bool
    """False: somebody still has to check it against the law; it is never stated as fact."""
    votes: int | None = None
    """The line in votes; None: the law has none."""
    combine: Literal["lesser", "greater"] = "lesser"
    """Which of share and votes counts, where the law has both; `lesser`: the margin has to be within both."""
    cited_by: str | None = None
    """Who cites `source`, where that was read and not the law itself."""
    only: str | None = None
    """What it holds for, where that is not every contest: "statewide contests"."""

    @property
    def has_limit(self) -> bool:
        """True where the law asks for a margin: a share, a number of votes, or both."""
        return self.share is not None or self.votes is not None


@dataclass(frozen=True, slots=True)
class RecountOutlook:
    """Where a margin stands against the line."""

    inside: bool
    share: Fraction
    """The margin as a share of the law's own denominator."""
    votes_to_line: int
    """How many votes the margin could grow and stay inside (or, outside, has to shrink to come inside)."""


@dataclass(frozen=True, slots=True)
class DecidingMargin:
    """The margin that a recount could turn: between the last who gets through and the first who does not."""

    margin: Margin
    """Of the two: `leader` is the one who gets through."""
    places: int
    """How many get through if the count ends here; 1: the plain margin."""
    runoff: bool = False
    """True: nobody has the majority, and the places are those of a runoff."""


def inside_recount(line: RecountLine | None, rule: Rule, reading: Reading) -> bool | None:
    """Return whether the margin is inside the recount line; None where there is no line or no margin."""
    if line is None or not any(reading.votes.values()) or (found := deciding(rule, reading)) is None:
        return None
    seen = against_line(line, found.margin, reading)
    return None if seen is None else seen.inside


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


def against_line(line: RecountLine, margin: Margin, reading: Reading) -> RecountOutlook | None:
    """Return where `margin` stands against `line`; None where there is no margin or nothing is counted."""
    if margin.votes is None or margin.runner_up is None:
        return None
    leader = reading.votes[margin.leader]
    whole = {
        "all_votes": reading.counted,
        "top_two": leader + reading.votes[margin.runner_up],
        "leader": leader,
    }[line.denominator]
    if not whole:
        return None
    largest = _largest(line, whole)
    if largest is None:
        return None
    inside = margin.votes <= largest
    return RecountOutlook(inside, Fraction(margin.votes, whole), abs(largest - margin.votes))


def watched(lines: Sequence[RecountLine], state: str | None) -> RecountLine | None:
    """Return the line of a state that posts and cards go by: a verified one with a line, or None."""
    return next((line for line in lines if line.state == state and line.verified and line.has_limit), None)


def _largest(line: RecountLine, whole: int) -> int | None:
    """Return the largest margin inside the line, in votes; None where no margin is asked for."""
    limits = []
    if line.share is not None:
        most = line.share * whole
        limits.append(most.numerator // most.denominator - (not line.inclusive and most.denominator == 1))
    if line.votes is not None:
        limits.append(line.votes if line.inclusive else line.votes - 1)
    return (min if line.combine == "lesser" else max)(limits) if limits else None
