"""Ballots that are left: how many of them the runner-up would need. Exact, and only of what somebody said."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Needed:
    """What it takes to be ahead once `ballots` more are counted, each for one of the two in front."""

    ballots: int
    margin: int
    """By how much the leader leads now, in votes."""
    votes: int
    """The fewest of the ballots with which the runner-up would be ahead, strictly."""

    @property
    def possible(self) -> bool:
        """False: all of the ballots would not be enough."""
        return self.votes <= self.ballots

    @property
    def would_tie(self) -> bool:
        """True where all of them for the runner-up would make a tie, and no more."""
        return self.ballots == self.margin > 0

    @property
    def share(self) -> Fraction | None:
        """`votes` as a share of the ballots, never over 1; None where it is not possible."""
        return Fraction(self.votes, self.ballots) if self.possible and self.ballots else None


def needed(margin: int, ballots: int) -> Needed:
    """Return how many of `ballots` the runner-up needs to pass a leader who is `margin` votes ahead.

    With x of the ballots for the runner-up and the rest for the leader, x - (ballots - x) has to be over the margin:
    x is the smallest whole number over (ballots + margin) / 2. A ballot for anybody else, or for nobody, lowers it.

    Raises:
        ValueError: one of them is negative.

    """
    if margin < 0 or ballots < 0:
        raise ValueError(f"a margin of {margin} and {ballots} ballots can't be")
    return Needed(ballots, margin, (ballots + margin) // 2 + 1)
