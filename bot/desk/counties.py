"""US counties and their equivalents, looked up by FIPS code or by any usual spelling of their names.

The table is `data/counties.csv`, whose first lines name its source and date. If a name could mean two counties, no
county is found: "Baltimore" may be Maryland's county or its independent city.
"""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, cached_property, lru_cache
from types import MappingProxyType

from bot.desk.toml_file import shipped

_CITY = "city"

_KINDS = (
    "city and borough",
    "island district",
    "planning region",
    "census area",
    "municipality",
    "municipio",
    "district",
    "borough",
    "county",
    "parish",
    "cnty",
    "co",
    _CITY,
)
"""Words for kinds of counties, longest first. `city` alone, in the Census Bureau's names, is an independent city."""

_KIND_WORDS = tuple(tuple(kind.split()) for kind in _KINDS)

_BEFORE = frozenset({"city", "county", "parish", "borough"})
"""Kinds that may come before a name, as in "City of Baltimore". Not district: "District of Columbia" is a name."""

_SAME = {"saint": "st", "sainte": "ste"}

_DROPPED = re.compile("['\u2019\u2018\u02bb\u02bc`\u00b4.]")

_WORD = re.compile(r"[a-z0-9]+")

_LONGEST = 100


@dataclass(frozen=True)
class County:
    """A county or its equivalent: parish, borough, census area, independent city, planning region, municipio."""

    state: str
    """The postal code: GA."""
    fips: str
    """Five digits, the state's two first."""
    name: str
    """The Census Bureau's name: Appling County, Orleans Parish, Baltimore city."""
    others: tuple[str, ...] = ()
    """Other names in use: Brooklyn for Kings County."""

    @cached_property
    def short(self) -> str:
        """The name without the kind: Appling, Orleans, Baltimore."""
        words, kind = self.name.split(), _kind(_words(self.name))
        if kind == (_CITY,) and not self.is_city:
            return self.name  # Carson City
        return " ".join(words[: len(words) - len(kind)])

    @property
    def is_city(self) -> bool:
        """True for an independent city, which does not belong to any county."""
        return self.name.endswith(" city")


@lru_cache(maxsize=10_000)
def county(state: str, name: str) -> County | None:
    """Return the county of `state` (a postal code) called `name`.

    None if the state has no such county, or if the name could mean two counties. Case, accents, spaces, hyphens and
    apostrophes do not matter. "St." equals "Saint", and "County" may be missing.
    """
    known = _by_state().get(state.upper())
    return known.find(name) if known and len(name) <= _LONGEST else None


def counties_of(state: str) -> Sequence[County]:
    """Return the counties of a state (a postal code) in order of FIPS code; empty if the state is unknown."""
    known = _by_state().get(state.upper())
    return known.counties if known else ()


def county_of(state: str, fips: str) -> County | None:
    """Return the county of `state` with this FIPS code; None if the state has no such county."""
    known = _by_state().get(state.upper())
    return known.by_fips.get(fips) if known else None


def county_by_code(fips: str) -> County | None:
    """Return the county with this FIPS code in any state, or None."""
    return _by_code().get(fips)


def county_name(state: str, fips: str) -> str:
    """Return a county's short name, or its full name if another county has the same short name.

    An unknown FIPS code is returned unchanged.
    """
    found = county_of(state, fips)
    if found is None:
        return fips
    return found.short if county(state, found.short) == found else found.name


def similar_counties(state: str, name: str, most: int) -> list[County]:
    """Return up to `most` counties of `state`, the most similar name first."""
    wanted = "".join(_words(name[:_LONGEST]))
    known = counties_of(state)

    def unlike(one: County) -> tuple[float, str]:
        short = "".join(_words(one.short))
        return (-SequenceMatcher(None, wanted, short).ratio(), one.name)

    return sorted(known, key=unlike)[:most]


def states() -> frozenset[str]:
    """Return the postal codes of all states and territories in the table, and of the District of Columbia."""
    return frozenset(_by_state())


class _State:
    """The counties of one state, with indexes by name and by FIPS code."""

    def __init__(self, counties: Sequence[County]) -> None:
        self.counties = counties

    def find(self, name: str) -> County | None:
        words = _kind_last(_words(name))
        if whole := self._by_name.get("".join(words)):
            return _only(whole)
        if bare := self._by_short_name.get("".join(words)):
            return _only(bare)
        kind = _kind(words)
        if not kind or kind == (_CITY,):
            return None
        alike = self._by_short_name.get("".join(words[: -len(kind)]), ())
        return _only([county for county in alike if not county.is_city])

    @cached_property
    def by_fips(self) -> Mapping[str, County]:
        """The counties by FIPS code."""
        return {one.fips: one for one in self.counties}

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[County]]:
        return _index((name, county) for county in self.counties for name in (county.name, *county.others))

    @cached_property
    def _by_short_name(self) -> Mapping[str, Sequence[County]]:
        return _index((county.short, county) for county in self.counties)


def _index(named: Iterable[tuple[str, County]]) -> Mapping[str, Sequence[County]]:
    found = defaultdict(list)
    for name, county in named:
        found["".join(_words(name))].append(county)
    return found


@cache
def _by_state() -> Mapping[str, _State]:
    """Return the table's counties by state. The table is read at the first call."""
    names: dict[tuple[str, str], list[str]] = {}
    with shipped("counties.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            names.setdefault((row["state"], row["fips"]), []).append(row["name"])
    found: dict[str, list[County]] = {}
    for (state, fips), (name, *others) in names.items():
        found.setdefault(state, []).append(County(state, fips, name, tuple(others)))
    return MappingProxyType({state: _State(tuple(counties)) for state, counties in found.items()})


@cache
def _by_code() -> Mapping[str, County]:
    return {one.fips: one for state in _by_state().values() for one in state.counties}


def _only(found: Sequence[County]) -> County | None:
    return found[0] if len(found) == 1 else None


def _kind_last(words: list[str]) -> list[str]:
    """Turn "City of Baltimore" into "Baltimore City"."""
    match words:
        case [kind, "of", _, *_] if kind in _BEFORE:
            return [*words[2:], kind]
        case _:
            return words


def _words(name: str) -> list[str]:
    """Return the normalized words of a name: `St. Mary's` gives st and marys."""
    letters = unicodedata.normalize("NFKD", _DROPPED.sub("", name.replace("&", " and ")))
    unaccented = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return [_SAME.get(word, word) for word in _WORD.findall(unaccented.casefold())]


def _kind(words: Sequence[str]) -> tuple[str, ...]:
    """Return the kind of county at the end of a name, which may have several words; empty if there is none."""
    ends = (kind for kind in _KIND_WORDS if len(kind) < len(words) and tuple(words[-len(kind) :]) == kind)
    return next(ends, ())
