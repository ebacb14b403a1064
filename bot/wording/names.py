"""Candidates' and reporting units' names, and lists of them. Everything that comes back is escaped."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot.desk.desk_file import Contest
from bot.wording.escape import escape
from bot.wording.numbers import commas

_MOST = 50


_UNNAMED = "a candidate without a name"


_UNNAMED_UNIT = "a place without a name"


_OWN_KIND = re.compile(
    r"\b(county|parish|borough|precinct|city|town|township|municipality|census area)\b", re.IGNORECASE
)
"""A name that says what it is: Virginia's "Richmond City" is no county."""


def last_name(contest: Contest, key: str, said: Mapping[str, str] | None = None) -> str:
    """Return what a headline calls the candidate with the id `key`: "Biden".

    Args:
        contest: the desk's own names come first; two who share a last name are called by their full names.
        key: the candidate's id.
        said: the reading's own names by id, for one whom the desk file does not list; else the id is used.

    """
    known = contest.candidate(key)
    if known is None or contest.shares_last_name(known):
        return full_name(contest, key, said)
    return _first_visible(known.last, known.name, key)


def full_name(contest: Contest, key: str, said: Mapping[str, str] | None = None) -> str:
    """Return the candidate's full name, "Joseph R. Biden": the desk's, else the reading's own, else the id."""
    known = contest.candidate(key)
    return _first_visible(known.name if known else "", (said or {}).get(key, ""), key)


def listed(items: Sequence[str], rest: str = "") -> str:
    """Return "A", "A and B", "A, B and C"; with `rest` at the end: "A, B and 7 other counties"."""
    parts = [*items, rest] if rest else list(items)
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def unit_name(contest: Contest, unit: str) -> str:
    """Return a reporting unit's name as a sentence has it: "Floyd County", "Precinct 12", "Hartford" (a town)."""
    shown = escape(unit, _MOST) or _UNNAMED_UNIT
    if not _takes_kind(contest, unit):
        return shown
    if contest.unit == "precinct":
        return f"Precinct {shown}"
    return f"{shown} {contest.unit.capitalize()}"


def unit_list(contest: Contest, units: Sequence[str], most: int = 3) -> str:
    """Return units as a sentence has them: "Floyd County", "Floyd and Bibb counties", "A, B, C and 7 other counties".

    Args:
        contest: says what its units are called.
        units: at least one, in the order in which they are to be named.
        most: how many are named.

    """
    most += len(units) == most + 1  # rather the last name than "1 other county"
    named, left = units[:most], len(units) - most
    if left > 0:
        plain = all(_takes_kind(contest, unit) for unit in named) and contest.unit != "precinct"
        names = [escape(unit, _MOST) if plain else unit_name(contest, unit) for unit in named]
        return listed(names, f"{commas(left)} other {contest.units}")
    if len(named) > 1 and contest.unit != "precinct" and all(_takes_kind(contest, unit) for unit in named):
        return f"{listed([escape(unit, _MOST) for unit in named])} {contest.units}"
    return listed([unit_name(contest, unit) for unit in named])


def _takes_kind(contest: Contest, unit: str) -> bool:
    """Return True if the name needs "County" or the like; a town's name stands alone, and so does a named precinct."""
    if contest.unit == "town" or _OWN_KIND.search(unit):
        return False
    return contest.unit != "precinct" or unit[:1].isdigit()


@lru_cache(maxsize=4096)
def _first_visible(*names: str) -> str:
    return next((shown for name in names if (shown := escape(name, _MOST))), _UNNAMED)


def name_of(who: str) -> str:
    """Return the name alone of somebody whom the audit names with an id."""
    return escape(who.rsplit(" (", 1)[0], 40)


def id_of(who: str) -> str:
    """Return Discord's id in a name as the audit has it: "olga (81)"."""
    return who.rpartition("(")[2].removesuffix(")")
