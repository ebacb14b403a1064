"""Names of candidates, reporting units, places and counts, and lists of names. All names are escaped."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot.desk.counties import counties_of, county
from bot.desk.desk_file import Contest, Style
from bot.wording.escape import escape, possessive
from bot.wording.numbers import ordinal, spelled
from bot.wording.states import STATES

_MOST_NAME = 50

_UNNAMED = "a candidate without a name"

_UNNAMED_UNIT = "a place without a name"

_OWN_KIND = re.compile(
    r"\b(county|parish|borough|precinct|city|town|township|municipality|census area)\b", re.IGNORECASE
)
"""A word in a unit's name for its kind: Virginia's "Richmond City" is not a county."""

_MOST_PLACE = 80

_OFFICES = frozenset(
    {"President", "Governor", "Lieutenant Governor", "Attorney General", "Secretary of State", "Mayor", "Sheriff"}
)
"""Offices that AP writes in lower case when no name follows."""

_PLAIN = re.compile(r"[A-Z][\w.\- ]*")

_NUMBERED_FROM = 10


def last_name(contest: Contest, key: str, names: Mapping[str, str] | None) -> str:
    """Return a candidate's name for a headline: "Biden".

    Args:
        contest: has the desk's names, which take precedence. Candidates with the same last name get their full names.
        key: the candidate's id.
        names: the reading's names by id, for candidates missing from the desk file. Without a name, the id is used.
    """
    known = contest.candidate(key)
    if known is None or contest.shares_last_name(known):
        return full_name(contest, key, names)
    return _first_visible(known.last, known.name, key)


def full_name(contest: Contest, key: str, names: Mapping[str, str] | None) -> str:
    """Return a candidate's full name, "Joseph R. Biden": from the desk file, else from the reading, else the id."""
    known = contest.candidate(key)
    return _first_visible(known.name if known else "", (names or {}).get(key, ""), key)


def listed(items: Sequence[str], rest: str = "") -> str:
    """Join items as in a sentence: "A", "A and B", "A, B and C". `rest` comes last: "A, B and seven other counties"."""
    parts = [*items, rest] if rest else list(items)
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def unit_name(contest: Contest, unit: str) -> str:
    """Return a reporting unit's name for a sentence: "Floyd County", "Precinct 12", "Hartford" (a town)."""
    text = escape(unit, _MOST_NAME) or _UNNAMED_UNIT
    if not _takes_kind(contest, unit):
        return text
    if contest.unit == "precinct":
        return f"Precinct {text}"
    return f"{text} {contest.unit.capitalize()}"


def unit_list(contest: Contest, units: Sequence[str], most: int = 3) -> str:
    """Return a list of units for a sentence: "Floyd and Bibb counties", "A, B, C and seven other counties".

    Args:
        contest: the contest, for the noun of its units.
        units: at least one, in the order to name them.
        most: how many to name.
    """
    most += len(units) == most + 1  # rather the last name than "1 other county"
    named, left = units[:most], len(units) - most
    kind, kinds = unit_kind(contest, units)
    if left > 0:
        plain = all(_takes_kind(contest, unit) for unit in named) and contest.unit != "precinct"
        names = [escape(unit, _MOST_NAME) if plain else unit_name(contest, unit) for unit in named]
        return listed(names, spelled(left, f"other {kind}", f"other {kinds}"))
    if len(named) > 1 and contest.unit != "precinct" and all(_takes_kind(contest, unit) for unit in named):
        return f"{listed([escape(unit, _MOST_NAME) for unit in named])} {contest.units}"
    return listed([unit_name(contest, unit) for unit in named])


def unit_kind(contest: Contest, units: Sequence[str]) -> tuple[str, str]:
    """Return the noun for these units, singular and plural: ("county", "counties").

    The desk file's default is counties, but the feed may have precincts. If no name can be a county's, the noun is
    ("place", "places").
    """
    if contest.unit in ("town", "precinct") or not units or any(_may_be_county(contest, unit) for unit in units):
        return contest.unit, contest.units
    return "place", "places"


def _may_be_county(contest: Contest, unit: str) -> bool:
    """Return True if a unit is a county of the contest's state.

    If the state is unknown, any name without a digit passes.
    """
    if contest.state and counties_of(contest.state):
        return county(contest.state, unit) is not None
    return not any(letter.isdigit() for letter in unit)


def _takes_kind(contest: Contest, unit: str) -> bool:
    """Return True if "County" or a similar noun has to follow a unit's name. Towns and named precincts have none."""
    if contest.unit == "town" or _OWN_KIND.search(unit):
        return False
    return unit[:1].isdigit() if contest.unit == "precinct" else _may_be_county(contest, unit)


@lru_cache(maxsize=4096)
def _first_visible(*names: str) -> str:
    return next((text for name in names if (text := escape(name, _MOST_NAME))), _UNNAMED)


def name_of(who: str) -> str:
    """Return the escaped name from a person's form in the audit log: "olga" for "olga (81)"."""
    return escape(who.rsplit(" (", 1)[0], 40)


def id_of(who: str) -> str:
    """Return the Discord id from a person's form in the audit log: "81" for "olga (81)"."""
    return who.rpartition("(")[2].removesuffix(")")


def state_name(contest: Contest) -> str | None:
    """Return the name of the contest's state, "Georgia"; None without a state. An unknown code is returned unchanged."""
    return STATES.get(contest.state, contest.state) if contest.state else None


def where(contest: Contest, style: Style) -> str:
    """Return a contest's place, to follow "in" in a headline.

    This is the desk file's wording if there is one ("Georgia"), else state and contest: "the Georgia race for
    U.S. Senate", "Georgia's vote on Amendment 1".
    """
    if contest.where and (place := escape(contest.where, _MOST_PLACE)):
        return place
    state = state_name(contest)
    if contest.rule == "measure":
        return f"{possessive(state) if state else 'the'} vote on {escape(contest.name, _MOST_PLACE)}"
    office = contest.name.lower() if contest.name in _OFFICES else contest.name
    article = "the " if not state or not state.startswith("the ") else ""
    return f"{article}{state + ' ' if state else ''}{style.contest} for {escape(office, _MOST_PLACE)}"


def place_of_count(contest: Contest, style: Style, count: str) -> str:
    """Return the place of one count, to follow "in" in a headline: "Georgia", "Georgia's recount", "the audit in …"."""
    return where(contest, style) if count == "election" else count_in(contest, style, count)


def count_in(contest: Contest, style: Style, count: str) -> str:
    """Return a count with its place: "Georgia's count", "Georgia's second recount", "the count in the race for mayor"."""
    place = where(contest, style)
    what = "count" if count == "election" else count_name(count)
    return f"{possessive(place)} {what}" if is_plain(place) else f"the {what} in {place}"


def count_name(count: str) -> str:
    """Return the name of a count: "count", "audit", "recount", "second recount", "recount No. 11"."""
    if count == "election":
        return "count"
    kind, _, number = count.partition("-")
    if not number:
        return kind
    return f"{ordinal(int(number))} {kind}" if int(number) < _NUMBERED_FROM else f"{kind} No. {number}"


def is_plain(place: str) -> bool:
    """Return True if `place` is a bare name such as "Georgia", which can be put before a noun."""
    return bool(_PLAIN.fullmatch(place))
