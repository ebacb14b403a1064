"""What a choice is by its name: somebody, all votes, what was not voted, or no votes at all; an answer, or write-ins."""

import re
from functools import lru_cache
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["candidate", "all votes", "not voted", "nobody"]

WHOLE = frozenset(
    {"", "total", "totals", "total votes", "grand total", "statewide", "state total", "all", "all counties"}
)
"""What a unit, a type or a candidate can be called that is none but all of them."""

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
"""What stands among the choices and counts something else, or nobody says what."""

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
    """Return what a table's row of this name counts; `vouched`: real files were seen, where scattered votes are a choice."""
    bare = name.casefold().rstrip(" :*")
    if bare in WHOLE:
        return "all votes"
    if is_empty_place(bare):
        return "candidate"  # until primaries are parted, which go by its party
    if is_residual(bare):
        return "not voted" if _NOT_VOTED.search(bare) else "nobody"
    if _NOBODY.fullmatch(bare) and not (vouched and bare.startswith("scatter")):
        return "nobody"
    return "candidate"


def is_residual(name: str) -> bool:
    """Return True of what is no candidate: undervotes, blanks, a count of ballots or voters, a party's empty place."""
    return _RESIDUAL.fullmatch(" ".join(name.split())) is not None or is_empty_place(name)


def is_empty_place(name: str) -> bool:
    """Return True where a ballot says that nobody of a party stands: No Candidate Qualified."""
    return _EMPTY_PLACE.fullmatch(" ".join(name.split())) is not None


def is_write_ins(name: str) -> bool:
    """Return True of all who were written in together."""
    return _WRITE_INS.fullmatch(name) is not None


@lru_cache(maxsize=10_000)
def is_answer(name: str) -> bool:
    """Return True of an answer to a question, or its slug: Yes, No/Against, for-the-measure."""
    return " ".join(_WORD.findall(name.casefold())) in _ANSWERS
