"""The format `ap`: an answer of the AP Elections API, version 3 or 2, with results by state, county or town.

    races[] > stateID raceID raceType officeName seatName resultsType tabulationStatus raceCallStatus eevp
            > reportingUnits[] > level reportingunitName reportingunitID fipsCode lastUpdated precincts…
                               > candidates[] > first last party polID polNum candidateID voteCount winner, vote types

The names are those of AP's response reference (developer.ap.org, Elections_Response_Data_Elements, Vote_Types, RaceTypeID_Updates, BallotMeasure_Updates, read 27
Nov. 2026) and of an answer of version 2, recorded in newsdev/elex: Florida and Maine in 2012. What they and the readers
of elex and NPR show:

- An answer can be a test: `resultsType` is test, or in version 2 `test` is true. It gets one refusal for the whole file.
- On the morning of an election all votes are zero, and before that races have no reporting units. A contest without votes
  gives no reading, since nothing is counted yet.
- Totals and time are those of the unit for the whole state. Units of districts are not read.
- Where votes are counted by town (New England), each town has its county's FIPS code, by which towns are added up. Codes come
  with and without a leading zero.
- Ids of candidates are unique within a race only. polID is 0 for some, who then have a polNum.
- Some states have votes by type; a state's types may add up to less than its votes. advanceTotal and absenteeTotal are sums
  of other types, and not read.
- A ballot measure in 2026 is a "General" race (earlier a "Ballot Issue") with the officeID "I". The state's number for it
  ("1", "2A") is in `designation`, and distinguishes two measures. Race types are read by name, not by id.
- A measure's winThreshold is the percentage of the vote that it needs, if it isn't half. It is shown to whoever writes a desk
  file, and used for nothing else. No value was seen; one of at most 1 is ignored, since it may be a share.
- A primary's party is in its race type ("GOP Primary"), or separate, as in the answers of 2016 ("Primary", `party`).
- eevp is the percentage of the expected vote that is counted. It is an estimate, from which no votes are computed.
- raceCallStatus, winner and tabulationStatus are AP's word. They are kept in `says`, and used for nothing else, except "Vote
  Certified", which gives the results status, since it says what the state did.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any, BinaryIO, TypeAlias

from pydantic import Field, ValidationError
from pydantic.alias_generators import to_camel

from bot.count.reading import MOST_VOTES, Reading, Reporting, SourceSays, Unit, Votes, VoteType
from bot.desk.counties import County, county_of
from bot.errors import BadInputError
from bot.feeds.ballot import (
    LONGEST_LABEL,
    Ballot,
    candidate_ids,
    checked_label,
    count_named,
    label,
    party_of,
    slug,
    spaced,
)
from bot.feeds.format import Format
from bot.feeds.reader import ReaderContext, Refusal, described, quoted, shortened
from bot.feeds.skeleton import FeedContest, day_of, moment_of, reader, reading_of, refused
from bot.feeds.strict_json import TextOrNumber, VendorModel, parse, read_document, shaped
from bot.feeds.vote_types import ByType, refuse_above

NAME = "ap"

Race: TypeAlias = dict[str, Any]
"""A race, or a change of a race, as parsed JSON."""

_TEST = ("test", "t")

_CERTIFIED = "Vote Certified"

_MEASURE = "I"
"""The officeID of every ballot measure (OfficeTypeID_Updates)."""

_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")


class _Candidate(VendorModel, alias_generator=to_camel):
    """A candidate and their votes in one reporting unit."""

    vote_count: Votes
    last: str | None = None
    first: str | None = None
    suffix: str | None = None
    party: str | None = None
    winner: str | None = None
    pol_id: str | None = Field(None, alias="polID")
    pol_num: str | None = Field(None, alias="polNum")
    candidate_id: str | None = Field(None, alias="candidateID")
    election_day_in_person: Votes | None = None
    early_in_person: Votes | None = None
    absentee_in_person: Votes | None = None
    absentee_mail: Votes | None = None
    provisional: Votes | None = None


_TYPES: Mapping[str, VoteType] = {
    "election_day_in_person": "election-day",
    "early_in_person": "early",
    "absentee_in_person": "early",
    "absentee_mail": "absentee-mail",
    "provisional": "provisional",
}

_TYPED = attrgetter(*_TYPES)

_NO_TYPES = (None,) * len(_TYPES)


class _Unit(VendorModel, alias_generator=to_camel):
    """A reporting unit of a race, with the votes of each candidate."""

    candidates: list[_Candidate]
    level: str | None = None
    name: str | None = Field(None, alias="reportingunitName")
    state_name: str | None = None
    state_postal: str | None = None
    fips_code: TextOrNumber | None = None
    last_updated: str | None = None
    precincts_reporting: Votes | None = None
    precincts_total: Votes | None = None
    eevp: TextOrNumber | None = None

    @property
    def called(self) -> str:
        """The unit's name for use in errors."""
        return shortened(label(self.name or self.state_name or "") or "the state")

    @property
    def precincts(self) -> tuple[int, int] | None:
        """(precincts reporting, all precincts), or None if AP does not give them."""
        done, of = self.precincts_reporting, self.precincts_total
        if done is None or not of:
            return None
        if done > of:
            raise BadInputError(f"{self.called}: {done} of {of} precincts can't be")
        return done, of


class _RaceName(VendorModel, alias_generator=to_camel):
    """The fields that make up a race's name."""

    name: str | None = Field(None, alias="officeName")
    seat_name: str | None = None
    description: str | None = None
    designation: str | None = None
    race_type: str | None = None
    party: str | None = None

    @property
    def full_name(self) -> str:
        """The race's full name: `U.S. House, District 4, GOP Primary`."""
        measure = None if self.designation in spaced(self.seat_name or "").split() else self.designation
        kind, party = None if self.race_type == "General" else self.race_type, self.party
        if kind and party and party.casefold() not in kind.casefold():
            kind = f"{party} {kind}"
        return ", ".join(part for one in (self.name, measure, self.seat_name, kind) if one and (part := label(one)))


class _Race(_RaceName, alias_generator=to_camel):
    reporting_units: list[_Unit] = []
    race_id: str | None = Field(None, alias="raceID")
    state_postal: str | None = None
    office_id: object = Field(None, alias="officeID")
    win_threshold: object = None
    results_type: str | None = None
    test: object = None
    tabulation_status: str | None = None
    race_call_status: str | None = None
    eevp: TextOrNumber | None = None

    @property
    def state(self) -> str | None:
        """The state's postal code. In version 2 only the units have it."""
        first = self.reporting_units[0] if self.reporting_units else None
        return self.state_postal or (first.state_postal if first else None)


_DatedRace: TypeAlias = tuple[date | None, _Race]
"""(election day, race)"""


class _Head(VendorModel, alias_generator=to_camel):
    """The fields of an answer besides its races."""

    nextrequest: object = None
    is_truncated: object = None
    results_type: object = None
    election_date: object = None


@dataclass(frozen=True, slots=True)
class ApAnswer:
    """An answer of the API. Its races are parsed JSON, and not validated."""

    head: _Head
    races: Sequence[Any]
    day: date | None


def answer_of(document: bytes) -> ApAnswer:
    """Parse an answer of the API. The answer has no races if nothing is new.

    Raises:
        BadInputError: the document isn't an answer of the API.

    """
    answer = shaped(parse(document), dict[str, Any], "AP's answer")
    if not {"races", "nextrequest"} & answer.keys():
        raise BadInputError("should be an answer of AP's with races, not an object without any")
    head = shaped(answer, _Head)
    day = head.election_date
    return ApAnswer(
        head,
        shaped(answer.get("races", []), list[Any], "races"),
        day_of(day, "electionDate") if isinstance(day, str) else None,
    )


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[FeedContest[_DatedRace] | Refusal]:
    answer = answer_of(read_document(stream))
    tests = 0
    for number, race in enumerate(answer.races, start=1):
        key = key_of(race)
        if is_test(race, answer.head) and not context.takes_test():
            tests += 1
        elif key is None:
            yield race_key_refusal(number, race, context.name)
        else:
            try:
                parts: _DatedRace | BadInputError = answer.day, shaped(race, _Race)
            except BadInputError as error:
                parts = error
            yield key, race.get("officeName"), parts, race
    if tests:
        yield test_refusal(tests, context.name)


def is_test(race: object, head: _Head) -> bool:
    """Return True if a race's numbers are AP's test data."""
    if head.results_type in _TEST:
        return True
    return isinstance(race, dict) and (race.get("resultsType") in _TEST or race.get("test") is True)


def test_refusal(tests: int, name: str) -> Refusal:
    """Return a single record that all test data in a file can't be used. `tests` is the number of races."""
    return Refusal(name, f"has {tests} races of AP's test data: their numbers are no results")


def key_of(race: object) -> str | None:
    """Return a race's key, which consists of its state and its id: `fl-10005`. None if either is missing."""
    if not isinstance(race, dict):
        return None
    state, number = _state(race), race.get("raceID")
    if not isinstance(state, str) or not isinstance(number, str) or not slug(state) or not slug(number):
        return None
    return slug(f"{state}-{number}")


def race_key_refusal(number: int, race: object, name: str) -> Refusal:
    """Return a record that a race can't be used because it has no key.

    `number` is the race's position in the file, counted from 1.
    """
    if not isinstance(race, dict):
        return Refusal(name, f"race {number} of the file: should be an object, not {quoted(race)}")
    text = f"{quoted(_state(race))} and {quoted(race.get('raceID'))}"
    return Refusal(name, f"race {number} of the file: statePostal and raceID should be its key, not {text}")


def _state(race: Race) -> object:
    """Return a race's postal code, unchecked. In version 2 only the units have it."""
    if (state := race.get("statePostal")) is not None:
        return state
    units = race.get("reportingUnits")
    first = units[0] if isinstance(units, list) and units else None
    return first.get("statePostal") if isinstance(first, dict) else None


def read_race(key: str, race: Race, day: date | None, context: ReaderContext) -> Reading | Refusal | None:
    """Return a race's reading, or a `Refusal` if the race can't be used. None if no vote is counted yet.

    `day` is election day.
    """
    try:
        return _read((day, shaped(race, _Race)), key, context)
    except BadInputError as error:
        return refused(str(error), key, race.get("officeName"), context)


def _read(parts: _DatedRace, key: str, context: ReaderContext) -> Reading | None:
    day, race = parts
    if not race.reporting_units:
        return None
    by_level: dict[str, list[_Unit]] = {}
    for unit in race.reporting_units:
        by_level.setdefault((unit.level or "").casefold(), []).append(unit)
    wholes = [*by_level.get("state", ()), *by_level.get("national", ())]
    if len(wholes) != 1:
        raise BadInputError(f"has {len(wholes) or 'no'} reporting unit{'s' * (len(wholes) > 1)} of the whole state")
    (whole,) = wholes
    people = _people(whole.candidates)
    votes, precincts = people.votes(whole), whole.precincts
    if not any(votes.values()):
        if precincts and precincts[0]:
            raise BadInputError(f"has no votes, though {precincts[0]} of {precincts[1]} precincts have reported")
        return None
    certified = race.tabulation_status == _CERTIFIED or race.results_type == "certified"
    return reading_of(
        context,
        key,
        people.ballot,
        list(votes.values()),
        name=race.full_name,
        as_of=None if whole.last_updated is None else moment_of(whole.last_updated, "lastUpdated"),
        day=day,
        count=count_named(race.name, race.seat_name, race.description),
        status="certified" if certified else None,
        reporting=Reporting(precincts=precincts) if precincts else None,
        by_type=people.by_type(whole),
        units=_units(by_level, people, str(race.state).upper()),
        more={"says": _says(race, whole, people)},
    )


# The candidates.


_NUMBERED_BY = {
    "polID": attrgetter("pol_id"),
    "polNum": attrgetter("pol_num"),
    "candidateID": attrgetter("candidate_id"),
}

_NOBODY = (None, "", "0")


@dataclass(frozen=True, slots=True)
class _People:
    """The candidates of a race. Each of AP's ids is mapped to the candidate's id in the reading."""

    numbered_by: str
    """The name of AP's id field that is unique in this race: polID, polNum or candidateID."""
    number: Callable[[_Candidate], str]
    ids: Mapping[str, str]
    """The candidates' ids in the reading, by the value of that field."""
    ballot: Ballot

    def votes(self, unit: _Unit) -> dict[str, int]:
        """Return a unit's votes by candidate.

        Raises:
            BadInputError: a candidate is listed twice, or is missing from the state's list.

        """
        ids, number = self.ids, self.number
        try:
            found = {ids[number(one)]: one.vote_count for one in unit.candidates}
        except KeyError as error:
            raise BadInputError(
                f"{unit.called} has a candidate whom the whole state has not: {self.numbered_by} {quoted(error.args[0])}"
            ) from None
        if len(found) != len(unit.candidates):
            raise BadInputError(f"{unit.called} has a candidate twice")
        return found

    def by_type(self, unit: _Unit) -> ByType | None:
        """Return a unit's votes by type and candidate; None if AP has no votes by type."""
        found: ByType = {}
        for one in unit.candidates:
            typed = _TYPED(one)
            if typed == _NO_TYPES:
                continue
            candidate = self.ids[self.number(one)]
            for kind, votes in zip(_TYPES.values(), typed, strict=True):
                if votes is not None:
                    cells = found.setdefault(kind, {})
                    cells[candidate] = min(cells.get(candidate, 0) + votes, MOST_VOTES)
        return found or None

    def marked(self, unit: _Unit, mark: str) -> tuple[str, ...] | None:
        """Return the ids of candidates whose `winner` is `mark`; None if there are none."""
        return tuple(self.ids[self.number(one)] for one in unit.candidates if one.winner == mark) or None


def _people(candidates: Sequence[_Candidate]) -> _People:
    """Return the candidates in the state's list. They are identified by the first of AP's ids that is unique."""
    if not candidates:
        raise BadInputError("the state's candidates should be a list of some")
    by = next((name for name, number in _NUMBERED_BY.items() if _tells_apart(list(map(number, candidates)))), None)
    if by is None:
        raise BadInputError(f"its candidates can't be told apart by {', '.join(_NUMBERED_BY)}")
    number = _NUMBERED_BY[by]
    numbers = [number(one) for one in candidates]
    named = [(_person(one), party_of(one.party)) for one in candidates]
    people = tuple(
        (name, None if name == party else party) for name, party in named
    )  # a measure's Yes has the party Yes
    ballot = _ballot(people, tuple(shortened(one, 40) for one in numbers))
    return _People(by, number, dict(zip(numbers, ballot.ids, strict=True)), ballot)


def _tells_apart(numbers: Sequence[str | None]) -> bool:
    return len(set(numbers)) == len(numbers) and not any(one in _NOBODY for one in numbers)


def _ballot(people: tuple[tuple[str, str | None], ...], numbers: tuple[str, ...]) -> Ballot:
    ids = candidate_ids([name for name, _ in people], [party for _, party in people], numbers)
    names = [checked_label(name, "name of a candidate") for name, _ in people]
    parties = {one: checked_label(party, "party") for one, (_, party) in zip(ids, people, strict=True) if party}
    return Ballot(tuple(ids), dict(zip(ids, names, strict=True)), parties)


def _person(candidate: _Candidate) -> str:
    parts = (candidate.first, candidate.last, candidate.suffix)
    if not (found := spaced(" ".join(part for part in parts if part))):
        raise BadInputError("has a candidate without a name")
    return found


# The units below the state: counties, or its units as AP names them; towns are summed by their county's FIPS code.


_BY_COUNTY, _BY_PLACE = "fipscode", "subunit"

BY_TOWN = frozenset({"CT", "MA", "ME", "NH", "RI", "VT"})
"""States in which AP's subunits are towns."""


@dataclass(slots=True)
class _Place:
    """A county, with the votes of its towns added up, or another unit."""

    name: str
    county: County | None
    votes: dict[str, int]
    precincts: tuple[int, int] | None
    by_type: ByType | None
    parts: int = 1

    def add(self, votes: Mapping[str, int], precincts: tuple[int, int] | None) -> None:
        self.parts += 1
        self.by_type = None  # some towns may have types that others lack
        for candidate, more in votes.items():
            self.votes[candidate] = self.votes.get(candidate, 0) + more
        if self.precincts is None or precincts is None:
            self.precincts = None  # unknown for one town, so unknown for the county
        else:
            self.precincts = self.precincts[0] + precincts[0], self.precincts[1] + precincts[1]


def _units(by_level: Mapping[str, Sequence[_Unit]], people: _People, state: str) -> dict[str, Unit] | None:
    """Return the units below the state, by name; None if there are none.

    Raises:
        BadInputError: a unit is listed twice, or has no valid name, code or votes.

    """
    below = by_level.get(_BY_COUNTY) or by_level.get(_BY_PLACE)
    if not below:
        return None
    places = dict[str | tuple[str], _Place]()
    for unit in below:
        county = county_of(state, _fips(unit) or "")
        own = spaced(unit.name or "") or None
        if own is None and county is None:
            raise BadInputError("has a reporting unit without a name")
        key = county.fips if county else (own or "",)
        votes, precincts, by_type = people.votes(unit), unit.precincts, people.by_type(unit)
        if by_type:
            refuse_above(by_type, votes, unit.called)
        if (place := places.get(key)) is None:
            places[key] = _Place(own or "", county, votes, precincts, by_type)
        elif county is None:
            raise BadInputError(f"has {shortened(own or '')} twice")
        else:
            place.add(votes, precincts)
    towns = state in BY_TOWN and _BY_COUNTY not in by_level
    return _named_apart([*places.values()], towns=towns)


def _named_apart(places: Sequence[_Place], *, towns: bool) -> dict[str, Unit]:
    names = [_place_name(place, towns=towns) for place in places]
    if len(set(names)) != len(names):
        times = Counter(names)
        names = [
            place.county.name if place.county and times[name] > 1 else name
            for place, name in zip(places, names, strict=True)
        ]
    if len(set(names)) != len(names):
        raise BadInputError(f"has {shortened(Counter(names).most_common(1)[0][0])} twice")
    for name, place in zip(names, places, strict=True):
        if not name.isprintable() or len(name) > LONGEST_LABEL:
            checked_label(name, "reportingunitName")
        most = max([*place.votes.values(), place.precincts[1] if place.precincts else 0])
        if place.parts > 1 and most > MOST_VOTES:
            raise BadInputError(f"{shortened(name)}: its towns add up to more than any contest can hold")
    return {
        name: Unit(
            fips=place.county.fips if place.county else None,
            votes=place.votes or None,
            reported=place.precincts,
            by_type=place.by_type,
        )
        for name, place in zip(names, places, strict=True)
    }


def _place_name(place: _Place, *, towns: bool) -> str:
    """Return a unit's name: AP's name, or the county's name if AP names only its towns."""
    if place.county and (towns or place.parts > 1 or not place.name):
        return place.county.short
    return place.name.removesuffix(" County")


def _fips(unit: _Unit) -> str | None:
    code = unit.fips_code
    if not code:
        return None
    if not (len(code) <= 5 and code.isascii() and code.isdecimal()):  # a county's
        raise BadInputError(f"{unit.called}: fipsCode should be a county's, five digits, not {quoted(code)}")
    return code.zfill(5)


# What AP says about the outcome.


def _says(race: _Race, whole: _Unit, people: _People) -> SourceSays | None:
    expected = whole.eevp if race.eevp is None else race.eevp
    values: dict[str, Any] = {
        "call": label(race.race_call_status or ""),
        "winners": people.marked(whole, "X"),
        "runoff": people.marked(whole, "R"),
        "tabulation": label(race.tabulation_status or ""),
        "expected_percent": expected and expected.removesuffix(".0"),
    }
    if all(value is None for value in values.values()):
        return None
    values |= {"measure": race.office_id == _MEASURE or None, "threshold_percent": _percent(race.win_threshold)}
    try:
        return SourceSays.model_validate(values)
    except ValidationError as error:
        raise BadInputError(described(error)) from None


def _percent(threshold: object) -> str | None:
    """Return winThreshold if it is certainly a percentage.

    None if it isn't a number, or is at most 1 and may be a share.
    """
    text = str(threshold).removesuffix("%").strip() if isinstance(threshold, str | int | float) else ""
    return text if _PERCENT.fullmatch(text) and 1 < float(text) <= 100 else None  # percent


read = reader(NAME, _find, _read)

FORMAT = Format(
    name=NAME,
    read=read,
    begins=lambda it: (it.has("races") and "raceTitle" not in it.first_in("races")) or it.has("nextrequest"),
    every="30s",
)
