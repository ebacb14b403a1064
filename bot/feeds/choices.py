"""Recognizes the kind of a choice by its name.

The kinds are candidates, totals, undervotes and the like, answers, and write-ins.
"""

import re
from functools import lru_cache
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["candidate", "all votes", "not voted", "nobody"]

WHOLE = frozenset(
    {"", "total", "totals", "total votes", "grand total", "statewide", "state total", "all", "all counties"}
)
"""Names of a unit, a vote type or a candidate that mean all of them together."""

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
"""Names among the choices for counts of something other than votes, or for something unclear."""

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
    """Return the role of a table's row, recognized by the name in the candidate's column.

    Args:
        name: the name in the row.
        vouched: True if the table has a preset. In the offices' own files "scattered" votes are a choice.

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
    """Return True for a choice that is not a candidate, such as undervotes, blanks or a count of ballots."""
    return _RESIDUAL.fullmatch(" ".join(name.split())) is not None or is_empty_place(name)


def is_empty_place(name: str) -> bool:
    """Return True for the text that some tables have if a party has no candidate: "No Candidate Qualified"."""
    return _EMPTY_PLACE.fullmatch(" ".join(name.split())) is not None


def is_write_ins(name: str) -> bool:
    """Return True for the name of all write-in votes together: "Write-ins", "Scattering"."""
    return _WRITE_INS.fullmatch(name) is not None


@lru_cache(maxsize=10_000)
def is_answer(name: str) -> bool:
    """Return True for a measure's answer, or its slug: Yes, No/Against, for-the-measure."""
    return " ".join(_WORD.findall(name.casefold())) in _ANSWERS
