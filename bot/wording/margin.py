"""A margin in words: who has the most votes, and who is ahead by how much."""

from collections.abc import Mapping

from bot.wording.context import ContestContext
from bot.wording.names import listed
from bot.wording.numbers import commas, spelled

MOST_NAMED = 3


def voters_for(context: ContestContext, votes: Mapping[str, int]) -> str:
    """Return the names of those who have the most votes: "Biden and Trump"."""
    most = max(votes.values())
    tied = sorted(key for key, number in votes.items() if number == most)
    rest = len(tied) - MOST_NAMED
    return listed([context.who(key) for key in tied[:MOST_NAMED]], spelled(rest, "other") if rest > 0 else "")


def ahead_by(context: ContestContext, leader: str, margin: int, *, about: bool = False) -> str:
    """Return "Biden ahead by 14,101", to follow "has"; in a tie "the count tied"."""
    if not margin:
        return "the count nearly tied" if about else "the count tied"
    return f"{context.who(leader)} ahead by {'about ' if about else ''}{commas(margin)}"
