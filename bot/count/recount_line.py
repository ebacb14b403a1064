"""Recount lines: how close a contest must be for a recount by law, and which margin counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from bot.count.margin import Margin, margin_of
from bot.count.reading import Reading
from bot.count.rules import Rule, has_majority

Denominator = Literal["all_votes", "top_two", "leader"]

RecountKind = Literal["on_request", "automatic", "none"]
"""`none`: the law provides for no recount."""

_RUNOFF = 2
"""How many candidates go to a runoff."""


@dataclass(frozen=True, slots=True)
class RecountLine:
    """One kind of recount in a state's law. With neither `share` nor `votes`, no margin is required."""

    state: str
    inclusive: bool
    """True if a margin exactly on the line is inside it (`<=`)."""
    share: Fraction | None
    """The line as a share of `denominator`; None if the law sets no share."""
    denominator: Denominator
    kind: RecountKind
    who: str | None
    """Who may request it; None if nobody has to, or it is not known."""
    deadline: str | None
    source: str
    as_of: str
    """The date on which the source was read."""
    verified: bool
    """False if nobody has checked it against the law yet. It is then never stated as fact."""
    votes: int | None = None
    """The line in votes; None if the law sets no number."""
    combine: Literal["lesser", "greater"] = "lesser"
    """Which counts if the law has both a share and votes. `lesser`: the margin has to be within both."""
    cited_by: str | None = None
    """Who cites `source`, if that was read instead of the law itself."""
    only: str | None = None
    """The contests it applies to, if not all: "statewide contests"."""

    @property
    def has_limit(self) -> bool:
        """True if the law requires a margin: a share, a number of votes, or both."""
        return self.share is not None or self.votes is not None


@dataclass(frozen=True, slots=True)
class RecountOutlook:
    """A margin compared with a recount line: inside or outside, and by how much."""

    inside: bool
    share: Fraction
    """The margin as a share of the law's denominator."""
    votes_to_line: int
    """Votes by which the margin can grow and stay inside or, if it is outside, must shrink to come inside."""


@dataclass(frozen=True, slots=True)
class DecidingMargin:
    """The margin that a recount could change: between the last candidate to get through and the first who does not."""

    margin: Margin
    """The margin between these two; `leader` is the one who gets through."""
    places: int
    """How many are elected or advance if the count ends here. With 1 it is the plain margin."""
    runoff: bool = False
    """True if nobody has the majority, so the places are those in a runoff."""


def inside_recount(line: RecountLine | None, rule: Rule, reading: Reading) -> bool | None:
    """Return True if the margin is inside the recount line, False if outside.

    None if there is no line, no margin, or no votes yet.
    """
    if line is None or not any(reading.votes.values()) or (found := deciding(rule, reading)) is None:
        return None
    seen = against_line(line, found.margin, reading)
    return None if seen is None else seen.inside


def deciding(rule: Rule, reading: Reading, led: str | None = None) -> DecidingMargin | None:
    """Return the margin that a recount could change. `led` is the previous leader, who matters in a tie.

    If a majority is needed and nobody has it, this is the margin between second and third place, who compete for a
    place in the runoff. Returns None for ranked contests, for measures that need a share other than half, and if there
    are no more candidates than places.
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
    """Compare `margin` with a recount line.

    Returns None if there is no margin, the line has no limit, or no votes are in.
    """
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
    """Return the state's first verified line with a limit, or None. Posts and cards use this line."""
    return next((line for line in lines if line.state == state and line.verified and line.has_limit), None)


def _largest(line: RecountLine, whole: int) -> int | None:
    """Return the largest margin inside the line, in votes; None if the law requires no margin."""
    limits = []
    if line.share is not None:
        most = line.share * whole
        limits.append(most.numerator // most.denominator - (not line.inclusive and most.denominator == 1))
    if line.votes is not None:
        limits.append(line.votes if line.inclusive else line.votes - 1)
    return (min if line.combine == "lesser" else max)(limits) if limits else None
