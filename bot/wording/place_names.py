"""Where a count is: states, contests, and which count of a contest it is."""

import re

from bot.desk.desk_file import Contest, Style
from bot.wording.escape import escape, possessive

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "the District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan",
    "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas",
    "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia",
    "WI": "Wisconsin", "WY": "Wyoming", "AS": "American Samoa", "GU": "Guam",
    "MP": "the Northern Mariana Islands", "PR": "Puerto Rico", "VI": "the U.S. Virgin Islands",
}  # fmt: skip
"""Names by USPS code, as a sentence has them."""

AP_STATES = {
    "AL": "Ala", "AZ": "Ariz", "AR": "Ark", "CA": "Calif", "CO": "Colo", "CT": "Conn", "DE": "Del", "FL": "Fla",
    "GA": "Ga", "IL": "Ill", "IN": "Ind", "KS": "Kan", "KY": "Ky", "LA": "La", "MD": "Md", "MA": "Mass",
    "MI": "Mich", "MN": "Minn", "MS": "Miss", "MO": "Mo", "MT": "Mont", "NE": "Neb", "NV": "Nev", "NH": "N.H",
    "NJ": "N.J", "NM": "N.M", "NY": "N.Y", "NC": "N.C", "ND": "N.D", "OK": "Okla", "OR": "Ore", "PA": "Pa",
    "RI": "R.I", "SC": "S.C", "SD": "S.D", "TN": "Tenn", "TX": "Tex", "VT": "Vt", "VA": "Va", "WA": "Wash",
    "WV": "W.Va", "WI": "Wis", "WY": "Wyo",
}  # fmt: skip
"""How agency copy shortens the states' names, without the last full stop."""

_MOST = 80


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
    if contest.where and (said := escape(contest.where, _MOST)):
        return said
    state = state_name(contest)
    if contest.rule == "measure":
        return f"{possessive(state) if state else 'the'} vote on {escape(contest.name, _MOST)}"
    office = contest.name.lower() if contest.name in _OFFICES else contest.name
    article = "the " if not state or not state.startswith("the ") else ""
    return f"{article}{state + ' ' if state else ''}{style.contest} for {escape(office, _MOST)}"


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
