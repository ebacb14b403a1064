"""The format `ap`: an answer of the AP Elections API, version 3 or 2, of elections by state, county or town.

    races[] > stateID raceID raceType officeName seatName resultsType tabulationStatus raceCallStatus eevp
            > reportingUnits[] > level reportingunitName reportingunitID fipsCode lastUpdated precincts…
                               > candidates[] > first last party polID polNum candidateID voteCount winner

The names are those of AP's response reference (developer.ap.org, Elections_Response_Data_Elements) and of an answer of
version 2, recorded in newsdev/elex: Florida and Maine in 2012. What they and the readers of elex and NPR show:

- An answer can be a test: `resultsType` is test, in version 2 `test` is true. It is refused.
- On the morning of an election everything is zero. A contest without a vote is no reading: nothing is counted yet.
- Of the unit of the whole state are the totals and the time; units of districts stand beside it and are not read.
- Where votes are counted by towns (New England) each has its county's FIPS code; they are summed by it. Codes come with
  and without their left zero.
- Ids of candidates are unique within a race only; polID is 0 for some, who then have a polNum.
- eevp is how much of the vote AP expects is counted, in percent: an estimate that is never made into votes.
- raceCallStatus, winner, tabulationStatus are AP's word: kept in `says`, and used for nothing else. "Vote Certified" is
  the exception: it says what the state did, and so is the results status.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, BinaryIO, TypeAlias

from pydantic import ValidationError

from bot.count.reading import MOST_VOTES, Reading, Reporting, SourceSays, Unit
from bot.counties import County, counties_of
from bot.errors import BadInputError
from bot.sources import strict_json
from bot.sources.ballot_names import count_named, label, party_of
from bot.sources.reader import Context, Refusal, described, quoted, shortened
from bot.sources.slug import candidate_ids, slug
from bot.sources.trusted import trusted

FORMAT = "ap"

Race: TypeAlias = dict[str, Any]

_WHOLE = ("state", "national")
_BY_COUNTY, _BY_PLACE = "fipscode", "subunit"
_BY_TOWN = frozenset({"CT", "MA", "ME", "NH", "RI", "VT"})
"""States whose subunits are towns."""
_NUMBERED_BY = ("polID", "polNum", "candidateID")
_NOBODY = (None, "", "0")
_TEST = ("test", "t")
_CERTIFIED = "Vote Certified"


def read(stream: BinaryIO, context: Context) -> Iterator[Reading | Refusal]:
    """Yield a reading of each race that has votes, in the file's order, or why it is refused.

    Raises:
        BadInputError: the whole can't be parsed.

    """
    try:
        document = strict_json.read_document(stream)
        races = races_of(document)
    except BadInputError as error:
        raise BadInputError(f"{context.name}: {error}") from None
    seen: dict[str, object] = {}
    for number, race in enumerate(races, start=1):
        key = key_of(race)
        if key is None:
            yield race_key_refusal(number, race, context.name)
        elif key not in seen:
            seen[key] = race
            yield from read_race(key, race, context)
        elif seen[key] != race:
            yield _refusal(key, race, context, "is there twice, and the second differs from the first")


def races_of(document: object) -> list[Any]:
    """Return the races of an answer; none where it says that nothing is new.

    Raises:
        BadInputError: it is no answer of the API.

    """
    if not isinstance(document, dict) or not ({"races", "nextrequest"} & document.keys()):
        raise BadInputError(f"should be an answer of AP's with races, not {quoted(document)}")
    races = document.get("races", [])
    if not isinstance(races, list):
        raise BadInputError(f"races should be a list, not {quoted(races)}")
    if document.get("resultsType") in _TEST:
        return [race | {"resultsType": "test"} if isinstance(race, dict) else race for race in races]
    return races


def key_of(race: object) -> str | None:
    """Return a race's key, its state and its id: `fl-10005`; None where it does not say both."""
    if not isinstance(race, dict):
        return None
    state, number = _state(race), race.get("raceID")
    if not isinstance(state, str) or not isinstance(number, str) or not slug(state) or not slug(number):
        return None
    return slug(f"{state}-{number}")


def race_key_refusal(number: int, race: object, name: str) -> Refusal:
    """Return why the race that stands at a place, counted from 1, has no key."""
    if not isinstance(race, dict):
        return Refusal(name, f"race {number} of the file: should be an object, not {quoted(race)}")
    said = f"{quoted(_state(race))} and {quoted(race.get('raceID'))}"
    return Refusal(name, f"race {number} of the file: statePostal and raceID should be its key, not {said}")


def read_race(key: str, race: Race, context: Context) -> Iterator[Reading | Refusal]:
    """Yield the race's reading, or why it is refused; nothing where no vote is counted yet."""
    try:
        reading = _reading(key, race, context)
    except BadInputError as error:
        yield _refusal(key, race, context, str(error))
    except ValidationError as error:
        yield _refusal(key, race, context, described(error))
    else:
        if reading is not None:
            yield reading


def _reading(key: str, race: Race, context: Context) -> Reading | None:
    if race.get("resultsType") in _TEST or race.get("test") is True:
        raise BadInputError("is test data of AP's: its numbers are no results")
    by_level = _by_level(_units(race))
    whole = _whole(by_level)
    ballot = _ballot(_candidates(whole))
    votes = ballot.votes(whole)
    precincts = _precincts(whole)
    if not any(votes.values()):
        if precincts and precincts[0]:
            raise BadInputError(f"has no votes, though {precincts[0]} of {precincts[1]} precincts have reported")
        return None
    as_of = _time(whole)
    return trusted(
        Reading,
        {
            "source": context.source or FORMAT,
            "contest": key,
            "contest_name": _contest_name(race),
            "count": count_named(race.get("officeName"), race.get("seatName"), race.get("description")),
            "as_of": as_of or context.as_of.astimezone(UTC),
            "as_of_is": None if as_of else context.as_of_is,
            "status": "certified" if _is_certified(race) else None,
            "votes": votes,
            "names": ballot.names,
            "parties": ballot.parties or None,
            "reporting": trusted(Reporting, {"precincts": precincts}) if precincts else None,
            "units": _counties(by_level, ballot, str(_state(race)).upper()),
            "says": _says(race, whole, ballot),
        },
    )


@dataclass(frozen=True, slots=True)
class _Ballot:
    """The candidates of a race."""

    numbered_by: str
    """Which of the feed's fields tells them apart."""
    ids: Mapping[str, str]
    """By that field."""
    names: dict[str, str]
    parties: dict[str, str]

    def votes(self, unit: Race) -> dict[str, int]:
        """Return a unit's votes by candidate id.

        Raises:
            BadInputError: a number is none, or a candidate is there twice or is not on the state's list.

        """
        ids, numbered_by, candidates = self.ids, self.numbered_by, _candidates(unit)
        try:
            found = {ids[one[numbered_by]]: one["voteCount"] for one in candidates}
        except (KeyError, TypeError):
            raise BadInputError(self._what_is_wrong(unit)) from None
        if len(found) != len(candidates):
            raise BadInputError(f"{_named(unit)} has a candidate twice")
        for candidate, votes in found.items():
            if type(votes) is not int or not 0 <= votes <= MOST_VOTES:
                what = f"voteCount of {candidate} in {_named(unit)}"
                raise BadInputError(f"{what} should be a whole number of votes, not {quoted(votes)}")
        return found

    def _what_is_wrong(self, unit: Race) -> str:
        for one in _candidates(unit):
            number = one.get(self.numbered_by) if isinstance(one, dict) else None
            if not isinstance(number, str) or number not in self.ids:
                return (
                    f"{_named(unit)} has a candidate whom the whole state has not: {self.numbered_by} {quoted(number)}"
                )
            if "voteCount" not in one:
                return f"voteCount of {self.ids[number]} in {_named(unit)} is missing"
        return f"{_named(unit)} has candidates that can't be read"

    def marked(self, unit: Race, mark: str) -> tuple[str, ...] | None:
        """Return the ids of those with a mark in `winner`, None where nobody has it."""
        return tuple(self.ids[one[self.numbered_by]] for one in _candidates(unit) if one.get("winner") == mark) or None


def _ballot(candidates: Sequence[Any]) -> _Ballot:
    if not candidates or not all(isinstance(one, dict) for one in candidates):
        raise BadInputError("the state's candidates should be a list of objects")
    numbered_by = next((field for field in _NUMBERED_BY if _tells_apart(field, candidates)), None)
    if numbered_by is None:
        raise BadInputError(f"its candidates can't be told apart by {', '.join(_NUMBERED_BY)}")
    numbers = [one[numbered_by] for one in candidates]
    names = [_person(one) for one in candidates]
    parties = [party_of(_text(one, "party")) for one in candidates]
    ids = candidate_ids(names, parties, [shortened(number, 40) for number in numbers])
    return _Ballot(
        numbered_by,
        dict(zip(numbers, ids, strict=True)),
        dict(zip(ids, names, strict=True)),
        {candidate: party for candidate, party in zip(ids, parties, strict=True) if party},
    )


def _tells_apart(field: str, candidates: Sequence[Race]) -> bool:
    numbers = [one.get(field) for one in candidates]
    return all(isinstance(number, str) and number not in _NOBODY for number in numbers) and len(set(numbers)) == len(
        numbers
    )


def _person(candidate: Race) -> str:
    name = " ".join(part for field in ("first", "last", "suffix") if (part := _text(candidate, field)))
    if not (found := label(name)):
        raise BadInputError("has a candidate without a name")
    return found


def _text(part: Race, field: str) -> str | None:
    """Return what a field says in plain text, None for nothing."""
    value = part.get(field)
    if value is None:
        return None
    if not isinstance(value, str) or not (label(value) or "").isprintable():
        raise BadInputError(f"{field} should be plain text, not {quoted(value)}")
    return label(value)


def _units(race: Race) -> list[Race]:
    units = race.get("reportingUnits")
    if not isinstance(units, list) or not all(isinstance(unit, dict) for unit in units):
        raise BadInputError(f"reportingUnits should be a list of objects, not {quoted(units)}")
    return units


def _by_level(units: Sequence[Race]) -> Mapping[str, Sequence[Race]]:
    found: dict[str, list[Race]] = {}
    for unit in units:
        level = unit.get("level")
        found.setdefault(level.casefold() if isinstance(level, str) else "", []).append(unit)
    return found


def _whole(by_level: Mapping[str, Sequence[Race]]) -> Race:
    wholes = [unit for level in _WHOLE for unit in by_level.get(level, ())]
    if len(wholes) != 1:
        what = "no reporting unit" if not wholes else f"{len(wholes)} reporting units"
        raise BadInputError(f"has {what} of the whole state")
    return wholes[0]


def _candidates(unit: Race) -> Sequence[Any]:
    candidates = unit.get("candidates")
    if not isinstance(candidates, list):
        raise BadInputError(f"{_named(unit)}: candidates should be a list, not {quoted(candidates)}")
    return candidates


def _named(unit: Race) -> str:
    name = unit.get("reportingunitName") or unit.get("stateName") or "the state"
    shown = label(name) if isinstance(name, str) else None
    return shortened(shown) if shown and shown.isprintable() else "a reporting unit"


def _state(race: Race) -> object:
    """Return the postal code; in version 2 it is in the units only."""
    if (state := race.get("statePostal")) is not None:
        return state
    units = race.get("reportingUnits")
    first = units[0] if isinstance(units, list) and units else None
    return first.get("statePostal") if isinstance(first, dict) else None


def _time(whole: Race) -> datetime | None:
    said = whole.get("lastUpdated")
    if said is None:
        return None
    try:
        moment = datetime.fromisoformat(said)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        pass
    raise BadInputError(f"lastUpdated should be a time with its zone, not {quoted(said)}")


def _precincts(unit: Race) -> tuple[int, int] | None:
    """Return (reporting, total); None where AP does not say."""
    done, of = unit.get("precinctsReporting"), unit.get("precinctsTotal")
    if done is None or of is None or of == 0:
        return None
    if type(done) is type(of) is int and 0 <= done <= of <= MOST_VOTES:
        return done, of
    raise BadInputError(f"{_named(unit)}: {quoted(done)} of {quoted(of)} precincts can't be")


def _is_certified(race: Race) -> bool:
    return race.get("tabulationStatus") == _CERTIFIED or race.get("resultsType") == "certified"


def _contest_name(race: Race) -> str | None:
    kind = race.get("raceType")
    parts = [_text(race, "officeName"), _text(race, "seatName"), None if kind == "General" else _text(race, "raceType")]
    return label(", ".join(part for part in parts if part))


def _says(race: Race, whole: Race, ballot: _Ballot) -> SourceSays | None:
    expected = race.get("eevp", whole.get("eevp"))
    said = {
        "call": _text(race, "raceCallStatus"),
        "winners": ballot.marked(whole, "X"),
        "runoff": ballot.marked(whole, "R"),
        "tabulation": _text(race, "tabulationStatus"),
        "expected_percent": str(expected) if type(expected) in (int, float) else expected,
    }
    if all(value is None for value in said.values()):
        return None
    return SourceSays.model_validate(said)


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


def _counties(by_level: Mapping[str, Sequence[Race]], ballot: _Ballot, state: str) -> dict[str, Unit] | None:
    """Return the units below the state: counties, summed from towns where need be, else as AP names them."""
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
        votes, precincts = ballot.votes(unit), _precincts(unit)
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
        raise BadInputError(f"{_named(unit)}: fipsCode should be a county's, five digits, not {quoted(code)}")
    return text.zfill(5)


@lru_cache(maxsize=100)
def _by_fips(state: str) -> Mapping[str, County]:
    return {county.fips: county for county in counties_of(state)}


def _refusal(key: str, race: Race, context: Context, what: str) -> Refusal:
    name = race.get("officeName")
    shown = label(name) if isinstance(name, str) else None
    return Refusal(context.name, what, key, shortened(shown) if shown and shown.isprintable() else None)
