"""Tells by its name what a choice in a feed is: a candidate, a total, undervotes and the like, an answer, write-ins."""

import re
from functools import lru_cache
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["candidate", "all votes", "not voted", "nobody"]

WHOLE = frozenset(
    {"", "total", "totals", "total votes", "grand total", "statewide", "state total", "all", "all counties"}
)
"""Names in place of a unit's, a vote type's or a candidate's that mean all of them together."""

_RESIDUAL = re.compile(
    r"(times |number of )?(under|over|blank)[ -]?(votes?|voted|ballots?)|blanks?|void|number of precincts.*|"
    r"(ballots cast|registered voters)( - .*)?|(times|cards) (cast|counted)",
    re.IGNORECASE,
)

_NOT_VOTED = re.compile(r"(under|over|blank).*|void.*", re.IGNORECASE)

_NOBODY = re.compile(
    r"(contest|ballot|race|card|sheet)s? ?(totals?|cast|counted)|(total )?(votes?|ballots?|cards?|sheets?) (cast|counted)|"
    r"(total |number of )?(times|cards|sheets) (cast|counted)|total (ballots?|voters?|undervotes?|overvotes?)|"
    r"(rejected|exhausted|unresolved|unqualified|invalid|spoiled|uncounted|continuing|inactive|unassigned|not assigned)"
    r"( (votes?|ballots?|write ?-? ?ins?))?|write ?-? ?ins? (rejected|unresolved|not assigned|unqualified)|"
    r"scatter(ing|ed)s?( votes?| write ?-? ?ins?)?|(percent(age)?|pct\.?|%)( .*)?|.* (percent(age)?|pct\.?|%)|"
    r"(voter )?turnout.*|(number of |total )?(registered|eligible|active) voters.*|(voter )?registration|"
    r"precincts? (reporting|reported|counted).*|(total )?residual votes?",
    re.IGNORECASE,
)
"""Names among the choices that count something else than votes, or something unclear."""

_EMPTY_PLACE = re.compile(r"no candidates?( (qualified|filed))?", re.IGNORECASE)

_WRITE_INS = re.compile(r"(other )?(write ?-? ?ins?( votes?)?|scattering)", re.IGNORECASE)

_ANSWERS = frozenset(
    {
        "yes",
        "no",
        "for",
        "against",
        "yes for",
        "no against",
        "approve",
        "reject",
        "for the measure",
        "against the measure",
    }
)

_WORD = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=10_000)
def role_of(name: str, *, vouched: bool = False) -> Role:
    """Return what a table's row with this name in place of a candidate's counts.

    Args:
        name: the name in the row.
        vouched: whether the table has a preset; in the offices' own files "scattered" votes are a choice.

    """
    bare = name.casefold().rstrip(" :*")
    if bare in WHOLE:
        return "all votes"
    if is_empty_place(bare):
        return "candidate"  # kept until primaries are split by party, for which its party is needed
    if is_residual(bare):
        return "not voted" if _NOT_VOTED.search(bare) else "nobody"
    if _NOBODY.fullmatch(bare) and not (vouched and bare.startswith("scatter")):
        return "nobody"
    return "candidate"


def is_residual(name: str) -> bool:
    """Return True for a choice that is no candidate: undervotes, blanks, a count of ballots or voters, "No Candidate"."""
    return _RESIDUAL.fullmatch(" ".join(name.split())) is not None or is_empty_place(name)


def is_empty_place(name: str) -> bool:
    """Return True for the text in place of a party's candidate if it has none: "No Candidate Qualified"."""
    return _EMPTY_PLACE.fullmatch(" ".join(name.split())) is not None


def is_write_ins(name: str) -> bool:
    """Return True for the sum of all write-in votes: "Write-ins", "Scattering"."""
    return _WRITE_INS.fullmatch(name) is not None


@lru_cache(maxsize=10_000)
def is_answer(name: str) -> bool:
    """Return True for a measure's answer, or its slug: Yes, No/Against, for-the-measure."""
    return " ".join(_WORD.findall(name.casefold())) in _ANSWERS
