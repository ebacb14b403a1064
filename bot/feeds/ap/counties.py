"""The counties of one of AP's races, or its units as AP names them: towns are summed by their county's FIPS code."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.count.reading import MOST_VOTES, Unit
from bot.desk.counties import County, counties_of
from bot.errors import BadInputError
from bot.feeds.ap.ballot import RaceBallot
from bot.feeds.ap.units import Race, name_of, precincts_of
from bot.feeds.ballot import label
from bot.feeds.reader import quoted, shortened
from bot.feeds.vote_table import trusted

_BY_COUNTY, _BY_PLACE = "fipscode", "subunit"


_BY_TOWN = frozenset({"CT", "MA", "ME", "NH", "RI", "VT"})
"""States whose subunits are towns."""


@dataclass(slots=True)
class _Place:
    """A county, or another unit, whose parts are added up."""

    name: str
    county: County | None
    votes: dict[str, int]
    precincts: tuple[int, int] | None
    parts: int = 1

    def add(self, votes: Mapping[str, int], precincts: tuple[int, int] | None) -> None:
        self.parts += 1
        for candidate, more in votes.items():
            self.votes[candidate] = self.votes.get(candidate, 0) + more
        if self.precincts is None or precincts is None:
            self.precincts = None  # of a county of which a part is not known the whole is not
        else:
            self.precincts = self.precincts[0] + precincts[0], self.precincts[1] + precincts[1]


def places_of(by_level: Mapping[str, Sequence[Race]], ballot: RaceBallot, state: str) -> dict[str, Unit] | None:
    """Return the units below the state: counties, summed from towns where need be, else as AP names them; None: there are none.

    Raises:
        BadInputError: a unit is there twice, or has no name, code or votes that can be.

    """
    below = by_level.get(_BY_COUNTY) or by_level.get(_BY_PLACE)
    if not below:
        return None
    known, places = _by_fips(state), dict[str | tuple[str | None], _Place]()
    for unit in below:
        code = unit.get("fipsCode")
        county = known.get(code) if type(code) is str else None  # as nearly all are
        county = county or known.get(_fips(unit) or "")
        own = label(name) if isinstance(name := unit.get("reportingunitName"), str) else None
        if own is None and county is None:
            raise BadInputError("has a reporting unit without a name")
        key = county.fips if county else (own,)
        votes, precincts = ballot.votes(unit), precincts_of(unit)
        if (place := places.get(key)) is None:
            places[key] = _Place(own or "", county, votes, precincts)
        elif county is None:
            raise BadInputError(f"has {shortened(own or '')} twice")
        else:
            place.add(votes, precincts)
    towns = state in _BY_TOWN and _BY_COUNTY not in by_level
    return _named_apart([*places.values()], towns=towns)


def _named_apart(places: Sequence[_Place], *, towns: bool) -> dict[str, Unit]:
    names = [_called(place, towns=towns) for place in places]
    if len(set(names)) != len(names):
        times = Counter(names)
        names = [
            place.county.name if place.county and times[name] > 1 else name
            for place, name in zip(places, names, strict=True)
        ]
    if len(set(names)) != len(names):
        raise BadInputError(f"has {shortened(Counter(names).most_common(1)[0][0])} twice")
    if odd := next((name for name in names if not name.isprintable()), None):
        raise BadInputError(f"reportingunitName should be plain text, not {quoted(odd)}")
    for name, place in zip(names, places, strict=True):
        if sum(place.votes.values()) > MOST_VOTES or (place.precincts and place.precincts[1] > MOST_VOTES):
            raise BadInputError(f"{shortened(name)}: its towns add up to more than any contest can hold")
    return {
        name: trusted(
            Unit,
            {
                "fips": place.county.fips if place.county else None,
                "total": None,
                "votes": place.votes or None,
                "reported": place.precincts,
                "by_type": None,
            },
        )
        for name, place in zip(names, places, strict=True)
    }


def _called(place: _Place, *, towns: bool) -> str:
    """Return AP's name for a county; its own where AP names only its towns."""
    if place.county and (towns or place.parts > 1 or not place.name):
        return place.county.short
    return place.name.removesuffix(" County")


def _fips(unit: Race) -> str | None:
    code = unit.get("fipsCode")
    if code is None or code == "":
        return None
    text = str(code)
    if type(code) not in (str, int) or not (len(text) <= 5 and text.isascii() and text.isdecimal()):  # noqa: PLR2004 - a county's
        raise BadInputError(f"{name_of(unit)}: fipsCode should be a county's, five digits, not {quoted(code)}")
    return text.zfill(5)


@lru_cache(maxsize=100)
def _by_fips(state: str) -> Mapping[str, County]:
    return {county.fips: county for county in counties_of(state)}
