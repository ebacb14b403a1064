"""Maps a feed's names of vote types to ours: "Advanced Voting Votes" are early votes."""

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
"""Names that results sites use, without "votes", "voting" or "ballots" at the end."""

_ABSENTEE = "absentee"
"""This type means votes by mail if early votes have a type of their own. Otherwise it may include them."""

_TOTAL = re.compile(r"(?:grand |county |precinct )?totals?")

_ENDINGS = frozenset({"vote", "votes", "voting", "ballots"})
"""Words that may end the name of a type."""

_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


def by_kind(columns: Mapping[str, dict[str, int]]) -> ByType:
    """Return the votes by our vote types, then by candidate. Empty if the feed has no types.

    Args:
        columns: the votes by the feed's name for a type, then by candidate.

    Raises:
        BadInputError: several of the feed's types map to one of ours, and their sum is more than `MOST_VOTES`.

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
    """Return our vote type for each of a feed's names; None for a name that isn't a vote type.

    Names such as Total or Total Votes are not vote types, and neither is a single unknown name: both mean all votes.
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
    """Return True for a name that means all votes, or all units: Total, Total Votes, Grand Totals."""
    return _TOTAL.fullmatch(_bare(name)) is not None


def checked_sum(votes: int) -> int:
    """Return a sum of votes unchanged.

    Raises:
        BadInputError: the sum is more than `MOST_VOTES`.

    """
    if votes > MOST_VOTES:
        raise BadInputError(f"votes add up to {votes}, more than any contest can hold")
    return votes


def refuse_above(by_type: ByType, votes: Mapping[str, int], where: str = "") -> None:
    """Refuse votes if a candidate has more votes of one type than in total. It is unknown which number is wrong.

    Types that together exceed the total are accepted, because types may overlap.

    Raises:
        BadInputError: a candidate has more. `where` is the unit, or empty for the whole contest.

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
