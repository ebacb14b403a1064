"""Names as ballots and results sites write them: `Donald J. Trump (I) (Rep)` is a name, a mark and a party."""

import re
from functools import lru_cache
from typing import Literal

from bot.sources.reader import shortened

_PARTIES = {
    "rep": "R", "republican": "R", "gop": "R", "dem": "D", "democrat": "D", "democratic": "D",
    "lib": "L", "libertarian": "L", "ind": "I", "independent": "I", "grn": "G", "green": "G",
}  # fmt: skip
_NO_PARTY = frozenset({"", "np", "nonpartisan", "non-partisan"})
_INCUMBENT = frozenset({"i", "inc", "incumbent"})
_MOST_MARKS = 4
_PARTY_MARK = re.compile(r"(?!write)[a-z][a-z .&/-]{0,39}", re.IGNORECASE)
_LONGEST_NAME = 300
_RESIDUAL = re.compile(r"(times )?(under|over|blank)[ -]?(votes?|voted)|number of precincts.*", re.IGNORECASE)
_RECOUNT = re.compile(r"\brecount\b", re.IGNORECASE)


@lru_cache(maxsize=1000)
def is_residual(name: str) -> bool:
    """Return True of what counts what was not voted: undervotes, overvotes, blanks."""
    return _RESIDUAL.fullmatch(spaced(name)) is not None


def spaced(text: str) -> str:
    """Return `text` with one space between words and none around."""
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def split_marks(ballot_name: str) -> tuple[str, str | None]:
    """Return the ballot name without its marks, and the party's mark: `("Donald J. Trump", "Rep")`."""
    name, party = " ".join(ballot_name.split()), None
    for _ in range(_MOST_MARKS):
        rest, bracket, mark = name.removesuffix(")").rpartition("(")
        if not name.endswith(")") or not bracket or not rest.strip():
            break
        if mark.strip().casefold() not in _NO_PARTY | _INCUMBENT:
            if party or not _PARTY_MARK.fullmatch(mark.strip()):
                break
            party = mark
        name = rest.strip()
    return name, party


def party_of(label: str | None) -> str | None:
    """Return a party's letter, or its own short name where it has none here; None: no party."""
    text = " ".join((label or "").split())
    return None if text.casefold() in _NO_PARTY else _PARTIES.get(text.casefold(), text)


@lru_cache(maxsize=8192)
def label(text: str) -> str | None:
    """Return a name in one line and not too long, None for an empty one."""
    return shortened(" ".join(text.split()), _LONGEST_NAME) or None


def count_named(*texts: object) -> Literal["recount", "election"]:
    """Return which count these names (an election's, a contest's) speak of: `recount` where one says so."""
    return "recount" if any(isinstance(text, str) and _RECOUNT.search(text) for text in texts) else "election"
