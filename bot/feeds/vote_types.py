"""Votes by how the ballots came in, by whatever names a feed gives the types: "Advanced Voting Votes" is early voting."""

import re
from collections.abc import Mapping
from typing import TypeAlias

from bot.count.reading import MOST_VOTES, VoteType
from bot.errors import BadInputError
from bot.feeds.choices import is_residual
from bot.feeds.reader import shortened

ByType: TypeAlias = dict[VoteType, dict[str, int]]

_TYPES: Mapping[str, VoteType] = {
    "election day": "election-day",
    "polling place": "election-day",
    "polls": "election-day",
    "election night": "election-day",
    "absentee by mail": "absentee-mail",
    "absentee mail": "absentee-mail",
    "mail": "absentee-mail",
    "by mail": "absentee-mail",
    "vote by mail": "absentee-mail",
    "mail in": "absentee-mail",
    "advanced": "early",
    "advance": "early",
    "early": "early",
    "advance in person": "early",
    "advanced in person": "early",
    "early in person": "early",
    "in person early": "early",
    "absentee in person": "early",
    "in person absentee": "early",
    "provisional": "provisional",
}
"""Names without "votes", "voting" or "ballots" at the end, as results sites have set them up."""

_ABSENTEE = "absentee"
"""By mail where early votes have a type of their own; else it may be either."""

_TOTAL = re.compile(r"(?:grand |county |precinct )?totals?")

_ENDINGS = frozenset({"vote", "votes", "voting", "ballots"})
"""Words that may end the name of a type."""

_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


def by_kind(columns: Mapping[str, dict[str, int]]) -> ByType:
    """Return votes by type and candidate; empty where the feed does not tell types apart.

    Args:
        columns: votes by candidate, by the feed's own name of a type.

    Raises:
        BadInputError: votes of types that are one here add up to more than any contest can hold.

    """
    found: ByType = {}
    for kind, column in zip(kinds_of(tuple(columns)), columns.values(), strict=True):
        if kind is None:
            continue
        if (there := found.get(kind)) is None:
            found[kind] = column
        else:
            more = {one: checked_sum(there.get(one, 0) + votes) for one, votes in column.items()}
            found[kind] = there | more
    return found


def kinds_of(names: tuple[str, ...]) -> tuple[VoteType | None, ...]:
    """Return the type that each of a place's groups of votes is, by their names; None for what is no type.

    None are those called Total or Total Votes, which hold all votes, and a single one of no known name, which does too.
    """
    bare = [_bare(name) for name in names]
    kinds = [_TYPES.get(name) for name in bare]
    found: list[VoteType | None] = []
    if sum(not is_residual(name) for name in bare) == 1 and not any(kinds):
        return (None,) * len(names)
    for name, kind in zip(bare, kinds, strict=True):
        if _TOTAL.fullmatch(name) or is_residual(name):
            found.append(None)
        elif name == _ABSENTEE and "early" in kinds:
            found.append("absentee-mail")
        else:
            found.append(kind or "other")
    return tuple(found)


def is_total(name: str) -> bool:
    """Return True of what holds all votes, or those of all places: Total, Total Votes, Grand Totals."""
    return _TOTAL.fullmatch(_bare(name)) is not None


def checked_sum(votes: int) -> int:
    """Return votes that were added up.

    Raises:
        BadInputError: they are more than any contest can hold.

    """
    if votes > MOST_VOTES:
        raise BadInputError(f"votes add up to {votes}, more than any contest can hold")
    return votes


def refuse_above(by_type: ByType, votes: Mapping[str, int], where: str = "") -> None:
    """Refuse a candidate with more votes of one type than in all: which of the two is wrong nobody can tell.

    Where a place's votes are the sum of its types there is nothing to look at. Types that add up to more than the votes
    may overlap, and are passed on.

    Raises:
        BadInputError: there is one; `where` says in which unit.

    """
    for kind, cells in by_type.items():
        for one, cast in cells.items():
            if one in votes and cast > votes[one]:
                place = f"{shortened(where)}: " if where else ""
                raise BadInputError(f"{place}{one} has {cast} votes of the type {kind} and {votes[one]} in all")


def _bare(name: str) -> str:
    words = _BETWEEN_WORDS.sub(" ", name.casefold()).split()
    while len(words) > 1 and words[-1] in _ENDINGS:
        words.pop()
    return " ".join(words)
