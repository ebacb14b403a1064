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

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO

from pydantic import ValidationError

from bot.count.reading import Reading, Reporting, SourceSays
from bot.errors import BadInputError
from bot.feeds import strict_json
from bot.feeds.ap.ballot import RaceBallot, race_ballot_of
from bot.feeds.ap.counties import places_of
from bot.feeds.ap.units import Race, candidates_of, precincts_of, text_of
from bot.feeds.ballot import count_named, label, slug
from bot.feeds.reader import ReaderContext, Refusal, described, quoted, shortened
from bot.feeds.vote_table import trusted

FORMAT = "ap"

_WHOLE = ("state", "national")


_TEST = ("test", "t")


_CERTIFIED = "Vote Certified"


def read(stream: BinaryIO, context: ReaderContext) -> Iterator[Reading | Refusal]:
    """Yield a reading of each race that has votes, in the file's order, or why it is refused.

    Raises:
        BadInputError: the whole can't be parsed.

    """
    try:
        document = strict_json.parse(strict_json.read_document(stream))
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


def read_race(key: str, race: Race, context: ReaderContext) -> Iterator[Reading | Refusal]:
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


def _reading(key: str, race: Race, context: ReaderContext) -> Reading | None:
    if race.get("resultsType") in _TEST or race.get("test") is True:
        raise BadInputError("is test data of AP's: its numbers are no results")
    by_level = _by_level(_units(race))
    whole = _whole(by_level)
    ballot = race_ballot_of(candidates_of(whole))
    votes = ballot.votes(whole)
    precincts = precincts_of(whole)
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
            "units": places_of(by_level, ballot, str(_state(race)).upper()),
            "says": _says(race, whole, ballot),
        },
    )


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


def _is_certified(race: Race) -> bool:
    return race.get("tabulationStatus") == _CERTIFIED or race.get("resultsType") == "certified"


def _contest_name(race: Race) -> str | None:
    kind = race.get("raceType")
    parts = [
        text_of(race, "officeName"),
        text_of(race, "seatName"),
        None if kind == "General" else text_of(race, "raceType"),
    ]
    return label(", ".join(part for part in parts if part))


def _says(race: Race, whole: Race, ballot: RaceBallot) -> SourceSays | None:
    expected = race.get("eevp", whole.get("eevp"))
    said = {
        "call": text_of(race, "raceCallStatus"),
        "winners": ballot.marked(whole, "X"),
        "runoff": ballot.marked(whole, "R"),
        "tabulation": text_of(race, "tabulationStatus"),
        "expected_percent": str(expected) if type(expected) in (int, float) else expected,
    }
    if all(value is None for value in said.values()):
        return None
    return SourceSays.model_validate(said)


def _refusal(key: str, race: Race, context: ReaderContext, what: str) -> Refusal:
    name = race.get("officeName")
    shown = label(name) if isinstance(name, str) else None
    return Refusal(context.name, what, key, shortened(shown) if shown and shown.isprintable() else None)
