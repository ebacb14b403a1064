"""How ballots came in, by whatever name a feed gives it: "Advanced Voting Votes" is early voting."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.count.reading import VoteType
from bot.sources.ballot_names import is_residual

_TYPES: Mapping[str, VoteType] = {
    "election day": "election-day", "polling place": "election-day", "polls": "election-day",
    "absentee by mail": "absentee-mail", "absentee mail": "absentee-mail", "mail": "absentee-mail",
    "by mail": "absentee-mail", "vote by mail": "absentee-mail", "mail in": "absentee-mail",
    "advanced": "early", "advance": "early", "early": "early", "advance in person": "early",
    "advanced in person": "early", "early in person": "early", "in person early": "early",
    "absentee in person": "early", "in person absentee": "early",
    "provisional": "provisional",
}  # fmt: skip
"""Names without "votes", "voting" or "ballots" at the end, as results sites have set them up."""
_ABSENTEE = "absentee"
"""By mail where early votes have a type of their own; else it may be either."""
TOTAL = "total"
_ENDING = re.compile(r"(?: (?:votes?|voting|ballots))+$")
_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Plan:
    """Which of a contest's columns, one for each type that the feed names, are what, by their places."""

    typed: Sequence[tuple[VoteType, tuple[int, ...]]]
    """Empty where the feed does not tell types apart."""
    all_votes: tuple[int, ...]
    """Those that add up to all votes."""


@lru_cache(maxsize=1000)
def plan_of(types: tuple[str, ...]) -> Plan:
    """Return what columns of these types are; a column called Total or Total Votes holds all votes."""
    named = {place: _bare(name) for place, name in enumerate(types) if not is_residual(name)}
    kinds = {_TYPES.get(name) for name in named.values()}
    total = next((place for place, name in named.items() if name == TOTAL), None)
    typed: dict[VoteType, tuple[int, ...]] = {}
    if len(named) > 1 or kinds != {None}:  # a single one of no known type holds all votes
        for place, name in named.items():
            if name != TOTAL:
                by_mail = name == _ABSENTEE and "early" in kinds
                kind = "absentee-mail" if by_mail else _TYPES.get(name, "other")
                typed[kind] = (*typed.get(kind, ()), place)
    return Plan(tuple(typed.items()), tuple(named) if total is None else (total,))


def _bare(name: str) -> str:
    words = _BETWEEN_WORDS.sub(" ", name.casefold()).strip()
    return _ENDING.sub("", words)
