"""Recount lines: how close a contest has to be before the law lets somebody ask for a recount."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from bot.count.margin import Margin
from bot.count.reading import Reading

Denominator = Literal["all_votes", "top_two", "leader"]


RecountKind = Literal["on_request", "automatic", "none"]
"""`none`: the law knows no recount."""


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
