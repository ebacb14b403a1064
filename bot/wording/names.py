"""Names of candidates, reporting units, places and counts, and lists of them. Everything that comes back is escaped."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from bot.desk.counties import counties_of, county
from bot.desk.desk_file import Contest, Style
from bot.wording.escape import escape, possessive
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
    _, kinds = unit_kind(contest, units)
    if left > 0:
        plain = all(_takes_kind(contest, unit) for unit in named) and contest.unit != "precinct"
        names = [escape(unit, _MOST) if plain else unit_name(contest, unit) for unit in named]
        return listed(names, f"{commas(left)} other {kinds}")
    if len(named) > 1 and contest.unit != "precinct" and all(_takes_kind(contest, unit) for unit in named):
        return f"{listed([escape(unit, _MOST) for unit in named])} {contest.units}"
    return listed([unit_name(contest, unit) for unit in named])


def unit_kind(contest: Contest, units: Sequence[str]) -> tuple[str, str]:
    """Return what these units are called, in the singular and the plural: ("county", "counties").

    A desk file that does not say so has counties, while a feed may have precincts: where none of the names is a county's,
    they are places.
    """
    if contest.unit in ("town", "precinct") or not units or any(_may_be_county(contest, unit) for unit in units):
        return contest.unit, contest.units
    return "place", "places"


def _may_be_county(contest: Contest, unit: str) -> bool:
    """Return True if a name can be a county's, a parish's or a borough's; without a known state, if it has no digit."""
    if contest.state and counties_of(contest.state):
        return county(contest.state, unit) is not None
    return not any(letter.isdigit() for letter in unit)


def _takes_kind(contest: Contest, unit: str) -> bool:
    """Return True if the name needs "County" or the like; a town's name stands alone, and so does a named precinct."""
    if contest.unit == "town" or _OWN_KIND.search(unit):
        return False
    return unit[:1].isdigit() if contest.unit == "precinct" else _may_be_county(contest, unit)


@lru_cache(maxsize=4096)
def _first_visible(*names: str) -> str:
    return next((shown for name in names if (shown := escape(name, _MOST))), _UNNAMED)


def name_of(who: str) -> str:
    """Return the name alone of somebody whom the audit names with an id."""
    return escape(who.rsplit(" (", 1)[0], 40)


def id_of(who: str) -> str:
    """Return Discord's id in a name as the audit has it: "olga (81)"."""
    return who.rpartition("(")[2].removesuffix(")")


STATES = {
    "AL": "Alabama",
    "AK": "Alaska",
    "AZ": "Arizona",
    "AR": "Arkansas",
    "CA": "California",
    "CO": "Colorado",
    "CT": "Connecticut",
    "DE": "Delaware",
    "DC": "the District of Columbia",
    "FL": "Florida",
    "GA": "Georgia",
    "HI": "Hawaii",
    "ID": "Idaho",
    "IL": "Illinois",
    "IN": "Indiana",
    "IA": "Iowa",
    "KS": "Kansas",
    "KY": "Kentucky",
    "LA": "Louisiana",
    "ME": "Maine",
    "MD": "Maryland",
    "MA": "Massachusetts",
    "MI": "Michigan",
    "MN": "Minnesota",
    "MS": "Mississippi",
    "MO": "Missouri",
    "MT": "Montana",
    "NE": "Nebraska",
    "NV": "Nevada",
    "NH": "New Hampshire",
    "NJ": "New Jersey",
    "NM": "New Mexico",
    "NY": "New York",
    "NC": "North Carolina",
    "ND": "North Dakota",
    "OH": "Ohio",
    "OK": "Oklahoma",
    "OR": "Oregon",
    "PA": "Pennsylvania",
    "RI": "Rhode Island",
    "SC": "South Carolina",
    "SD": "South Dakota",
    "TN": "Tennessee",
    "TX": "Texas",
    "UT": "Utah",
    "VT": "Vermont",
    "VA": "Virginia",
    "WA": "Washington",
    "WV": "West Virginia",
    "WI": "Wisconsin",
    "WY": "Wyoming",
    "AS": "American Samoa",
    "GU": "Guam",
    "MP": "the Northern Mariana Islands",
    "PR": "Puerto Rico",
    "VI": "the U.S. Virgin Islands",
}
"""Names by USPS code, as a sentence has them."""

AP_STATES = {
    "AL": "Ala",
    "AZ": "Ariz",
    "AR": "Ark",
    "CA": "Calif",
    "CO": "Colo",
    "CT": "Conn",
    "DE": "Del",
    "FL": "Fla",
    "GA": "Ga",
    "IL": "Ill",
    "IN": "Ind",
    "KS": "Kan",
    "KY": "Ky",
    "LA": "La",
    "MD": "Md",
    "MA": "Mass",
    "MI": "Mich",
    "MN": "Minn",
    "MS": "Miss",
    "MO": "Mo",
    "MT": "Mont",
    "NE": "Neb",
    "NV": "Nev",
    "NH": "N.H",
    "NJ": "N.J",
    "NM": "N.M",
    "NY": "N.Y",
    "NC": "N.C",
    "ND": "N.D",
    "OK": "Okla",
    "OR": "Ore",
    "PA": "Pa",
    "RI": "R.I",
    "SC": "S.C",
    "SD": "S.D",
    "TN": "Tenn",
    "TX": "Tex",
    "VT": "Vt",
    "VA": "Va",
    "WA": "Wash",
    "WV": "W.Va",
    "WI": "Wis",
    "WY": "Wyo",
}
"""How agency copy shortens the states' names, without the last full stop."""

_MOST_OF_A_PLACE = 80

_OFFICES = frozenset(
    {"President", "Governor", "Lieutenant Governor", "Attorney General", "Secretary of State", "Mayor", "Sheriff"}
)
"""Offices that AP writes small when no name follows."""

_PLAIN = re.compile(r"[A-Z][\w.\- ]*")

_ORDINALS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def state_name(contest: Contest) -> str | None:
    """Return the name of the contest's state, "Georgia"; None for a contest without one. An unknown code is itself."""
    return STATES.get(contest.state, contest.state) if contest.state else None


def where(contest: Contest, style: Style) -> str:
    """Return what a headline says after "in", escaped.

    That is the desk file's own words where it has them ("Georgia"), else made of the state and the contest's
    name: "the Georgia race for U.S. Senate", "Georgia's vote on Amendment 1".
    """
    if contest.where and (said := escape(contest.where, _MOST_OF_A_PLACE)):
        return said
    state = state_name(contest)
    if contest.rule == "measure":
        return f"{possessive(state) if state else 'the'} vote on {escape(contest.name, _MOST_OF_A_PLACE)}"
    office = contest.name.lower() if contest.name in _OFFICES else contest.name
    article = "the " if not state or not state.startswith("the ") else ""
    return f"{article}{state + ' ' if state else ''}{style.contest} for {escape(office, _MOST_OF_A_PLACE)}"


def place_of_count(contest: Contest, style: Style, count: str = "election") -> str:
    """Return what a headline says after "in" of one count: "Georgia", "Georgia's recount", "the audit in …"."""
    return where(contest, style) if count == "election" else count_in(contest, style, count)


def count_in(contest: Contest, style: Style, count: str = "election") -> str:
    """Return the count itself: "Georgia's count", "Georgia's second recount", "the count in the race for mayor"."""
    place = where(contest, style)
    what = "count" if count == "election" else count_name(count)
    return f"{possessive(place)} {what}" if is_plain(place) else f"the {what} in {place}"


def count_name(count: str) -> str:
    """Return which count it is, in words: "count", "audit", "recount", "second recount", "recount No. 11"."""
    if count == "election":
        return "count"
    kind, _, number = count.partition("-")
    if not number:
        return kind
    place = int(number) - 2
    return f"{_ORDINALS[place]} {kind}" if place < len(_ORDINALS) else f"{kind} No. {number}"


def is_plain(place: str) -> bool:
    """Return True if `place` is a bare name such as "Georgia", which can stand before a noun."""
    return bool(_PLAIN.fullmatch(place))
