"""Margins, shares and percentages in exact arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Margin:
    """The leader, the runner-up and the votes between them.

    With one candidate, `runner_up` and `votes` are None. In a tie `votes` is 0, and `leader` is one of those tied.
    """

    leader: str
    runner_up: str | None
    votes: int | None


def margin_of(votes: Mapping[str, int], led_before: str | None = None) -> Margin:
    """Return the margin between the two candidates with the most votes. `votes` has at least one candidate.

    In a tie for first place the leader is `led_before` if among those tied, or else the lowest id. In a tie for second
    place the runner-up is the lowest id.
    """
    order = sorted(votes, key=lambda candidate: (-votes[candidate], candidate))
    leader = order[0]
    if led_before is not None and votes.get(led_before) == votes[leader]:
        leader = led_before
    if len(order) == 1:
        return Margin(leader, None, None)
    runner_up = order[0] if order[0] != leader else order[1]
    return Margin(leader, runner_up, votes[leader] - votes[runner_up])


def margin_for(candidate: str, votes: Mapping[str, int]) -> int | None:
    """Return `candidate`'s votes less those of the strongest other candidate.

    The result is negative if `candidate` is behind. Returns None if `votes` lacks the candidate, or has nobody else.
    """
    others = [count for other, count in votes.items() if other != candidate]
    if candidate not in votes or not others:
        return None
    return votes[candidate] - max(others)


def share(part: int, whole: int) -> Fraction | None:
    """Return `part` / `whole` exactly; None if `whole` is 0."""
    return Fraction(part, whole) if whole else None


def percent(exact: Fraction, decimals: int) -> str:
    """Return an exact share as a percentage in digits, halves rounded away from zero: 1/8 → "12.50"."""
    return percent_of(exact.numerator, exact.denominator, decimals)


def percent_of(part: int, whole: int, decimals: int) -> str:
    """Return `part` / `whole` as a percentage in digits, see `percent`. `whole` must be more than zero."""
    rounded = (200 * abs(part) * 10**decimals + whole) // (2 * whole)
    digits = str(rounded).rjust(decimals + 1, "0")
    sign = "-" if part < 0 and rounded else ""
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)
