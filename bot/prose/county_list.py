"""Reads a pasted list of counties, separated by commas, bullets or lines. Nothing is guessed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.count.reading import Pair
from bot.desk.counties import counties_of, county

_BETWEEN = re.compile(r"[,;\n\r\t|•·]+")

_BULLET = re.compile(r"^\s*(?:[-–—*]|\d{1,3}[.)])\s+")

_AND = frozenset({"and", "&"})

_LEADING_AND = re.compile(r"^(?:and|&)\s+", re.IGNORECASE)

_KINDS = re.compile(r"(?<!\s)\s+(?:counties|parishes|boroughs)[\s.]*$", re.IGNORECASE)

_COUNT = re.compile(r"(?:all\s+)?([0-9][0-9,]{0,6})(?:\s*(?:of|/|out of)\s*([0-9][0-9,]{0,6}))?(?:\s+counties)?")

_LONGEST_NAME = 4
"""The most words that are tried as one county's name."""

_MOST_WORDS = 600


@dataclass(frozen=True, slots=True)
class CountyList:
    """The counties that a pasted list names."""

    units: tuple[str, ...]
    """FIPS codes, each once, in the list's order."""
    unmatched: tuple[str, ...]
    """Parts of the text that can't be matched to counties for certain, without duplicates."""


def counties_in(text: str, state: str) -> CountyList:
    """Return the counties of `state` that a list names.

    The list is cut at commas, bullets and line ends. All words of a part must belong to counties, and there must be
    only one way to read them; otherwise the whole part is unmatched.
    """
    units: dict[str, None] = {}
    unmatched: dict[str, None] = {}
    for part in _BETWEEN.split(text):
        plain = " ".join(_KINDS.sub("", _BULLET.sub("", part)).split()).strip(" .:*_\u200b")
        plain = _LEADING_AND.sub("", plain)
        if not plain or plain.upper() == state:  # "Cobb County, GA"
            continue
        found = _whole(plain, state)
        if found is None:
            unmatched[plain[:300].strip()] = None
        else:
            units |= dict.fromkeys(found)
    return CountyList(tuple(units), tuple(unmatched))


def how_many_counties(state: str | None) -> int | None:
    """Return how many counties the state has, or None if that is not known."""
    return (len(counties_of(state)) or None) if state else None


def typed_count(text: str, of_all: int | None) -> Pair | None:
    """Return (done, of) for a typed count such as "92 of 159" or "92".

    Returns None if the text is something else, or if neither the text nor `of_all` gives the total.

    Args:
        text: what was typed.
        of_all: the total, if the text does not give it; None if unknown.
    """
    match = _COUNT.fullmatch(text.strip().casefold())
    if match is None:
        return None
    done = int(match[1].replace(",", ""))
    of = int(match[2].replace(",", "")) if match[2] else of_all
    return None if of is None else (done, of)


def _whole(part: str, state: str) -> tuple[str, ...] | None:
    if one := county(state, part):
        return (one.fips,)
    words = part.split()
    return _segmented(words, state) if 1 < len(words) <= _MOST_WORDS else None


def _segmented(words: Sequence[str], state: str) -> tuple[str, ...] | None:
    """Return the counties named by words with nothing but "and" between them.

    Returns None if the words can't be read as counties, or in more than one way.
    """
    ways: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(words) + 1):
        here = list(ways[end - 1]) if words[end - 1].casefold() in _AND else []
        for start in range(max(0, end - _LONGEST_NAME), end):
            one = county(state, " ".join(words[start:end])) if ways[start] else None
            if one is not None:
                here += [(*before, one.fips) for before in ways[start]]
        ways.append(_distinct(here)[:2])
    return ways[-1][0] if len(ways[-1]) == 1 else None


def _distinct(ways: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Drop duplicates, since different ways to cut the words may name the same counties."""
    return list(dict.fromkeys(ways))
