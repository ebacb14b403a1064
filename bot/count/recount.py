"""Recount lines: how close a contest has to be before the law lets somebody ask for a recount."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from bot.count.margin import Margin
from bot.count.reading import Reading

Denominator = Literal["all_votes", "top_two", "leader"]


@dataclass(frozen=True, slots=True)
class RecountLine:
    """One state's rule, as its law puts it."""

    state: str
    inclusive: bool
    """True: a margin exactly on the line is inside it (`<=`)."""
    share: Fraction
    """The line, as a share of `denominator`."""
    denominator: Denominator
    kind: Literal["on_request", "automatic"]
    who: str
    """Who may ask."""
    deadline: str
    source: str
    as_of: str
    """The date on which the source was read."""
    verified: bool
    """False: somebody still has to check it against the law; it is never stated as fact."""


@dataclass(frozen=True, slots=True)
class RecountOutlook:
    """Where a margin stands against the line."""

    inside: bool
    share: Fraction
    """The margin as a share of the law's own denominator."""
    votes_to_line: int
    """How many votes the margin could grow and stay inside (or, outside, has to shrink to come inside)."""


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
    most = line.share * whole
    largest = most.numerator // most.denominator
    if not line.inclusive and largest == most:
        largest -= 1
    inside = margin.votes <= largest
    return RecountOutlook(inside, Fraction(margin.votes, whole), abs(largest - margin.votes))
