"""The format `texas`: the Secretary of State's results, by Civix (https://goelect.txelections.civixapps.com).

Two answers are one: `…/enr/election/{id}` and `…/enr/election/{id}/county`-info, in any order; without the second there
are no counties. Seen for Senate district 4 of 2 May 2026, whole answers (CivicMirror/CivicMirror-API). What they show:

- A JSON object whose values are base64 of JSON; `Version` alone is plain, and of an unknown election all there is.
- A contest stands in `Federal`, `StateWide`, `Districted` or `StateWideQ` (`Races`), with early votes (`EV`) within all
  (`V`); those of the counties stand in `OfficeSummary` alone. There `T` is a candidate's votes, in a race the total.
- Precincts were 45 of 122 with every county complete, and the counties have 199: they are not read. Counties are
  (`CountiesReporting`), where the election has one contest only; else which of them have it is not known.
- Names are capitals; "(I)" is on them in one section and not in the other. Office names repeat over counties.
- `LastUpdatedTime` is Central time without a zone. No FIPS codes: `MID` is the state's own numbering.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Raw, field
from msgspec.structs import fields

from bot.count.reading import Reading, Reporting, Unit
from bot.desk.counties import county
from bot.errors import BadInputError
from bot.feeds.as_text import day_of, local_time
from bot.feeds.ballot import ballot_of, checked_label, spaced
from bot.feeds.reader import ReaderContext, Refusal, quoted
from bot.feeds.skeleton import ContestModel, Found, json_contests, reader, reading_of
from bot.feeds.strict_json import Count, Counted, Json, Model, decoded, each, members, pair, read_document
from bot.feeds.vote_types import ByType, refuse_above

FORMAT = "texas"

Shape = TypeVar("Shape", bound=Model)

_CENTRAL = ZoneInfo("America/Chicago")

_TIMES = ("%B %d, %Y %H:%M:%S", "%b %d, %Y %H:%M:%S")

_SECTIONS = ("Federal", "StateWide", "Districted", "StateWideQ")


class _Candidate(Model):
    name: str = field(name="N")
    votes: Count = field(name="V")
    id: int | str = field(name="ID", default="")
    party: str | None = field(name="P", default=None)
    early: Count | None = field(name="EV", default=None)


class _Contest(ContestModel):
    """A contest, which has an `id`, a `name` and `candidates`."""

    @property
    def key(self) -> str:
        """Its number; empty where it has none."""
        return str(self.id or "")  # type: ignore[attr-defined]  # each has one, under a key of its own

    @property
    def times(self) -> int:
        """How often votes were read in it."""
        return len(self.candidates)  # type: ignore[attr-defined]  # of the classes below

    @classmethod
    def named(cls, value: Mapping[str, Any]) -> tuple[object, object]:
        """Return the key and the name of a contest that has not its shape."""
        names = {one.name: one.encode_name for one in fields(cls)}
        return str(value.get(names["id"]) or ""), value.get(names["name"])


class _Race(_Contest):
    VOTES = b'"V"'
    candidates: list[_Candidate] = field(name="Candidates")
    name: str = field(name="N")
    id: int | str = ""
    total: Count | None = field(name="T", default=None)


class _Listed(Model):
    """A candidate of the summary, where `T` is the votes."""

    name: str = field(name="N")
    votes: Count = field(name="T")
    party: str | None = field(name="P", default=None)


class _Office(_Contest):
    VOTES = b'"T"'
    candidates: list[_Listed] = field(name="C")
    name: str = field(name="ON")
    id: int | str = field(name="OID", default="")


class _Races(Model):
    races: list[Raw] | None = field(name="Races", default=None)


class _Offices(Model):
    offices: list[Raw] | None = field(name="OS", default=None)


class _CountyCandidate(Model):
    votes: Count = field(name="V")
    early: Count | None = field(name="EV", default=None)


class _CountyRace(Counted):
    VOTES = b'"V"'
    candidates: dict[str, _CountyCandidate] = field(name="C")
    total: Count | None = field(name="T", default=None)
    reported: Count | None = field(name="PR", default=None)
    precincts: Count | None = field(name="TP", default=None)

    @property
    def times(self) -> int:
        """How often votes were read in it."""
        return len(self.candidates)


class _County(Model):
    """A county's answer."""

    name: str = field(name="N")
    races: Raw = field(name="Races")


class _Counties(Model):
    reporting: Count | None = field(name="CR", default=None)
    total: Count | None = field(name="CT", default=None)


class _Home(Model):
    day: str | None = field(name="ElecDate", default=None)
    updated: str | None = field(name="LastUpdatedTime", default=None)
    counties: _Counties | None = field(name="CountiesReporting", default=None)


@dataclass(slots=True)
class _Election:
    """What both answers say of every contest alike."""

    as_of: datetime | None
    day: date | None
    reporting: Reporting | None
    """Counties, where there is one contest only, and they are counties of it."""
    counties: dict[str, list[tuple[str, str, Json]]]
    """By a race's number: a county's number, its name and what it says of the race."""


_Told: TypeAlias = tuple[_Election, _Race | _Office]


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[Found[_Told] | Refusal]:
    election: dict[str, Json] = {}
    counties: dict[str, Json] = {}
    for document in (read_document(stream), *context.beside):
        answer = members(document, "the answer of Civix")
        if "upload" in answer:
            counties |= members(_unpacked("upload", answer["upload"]), "upload")
        else:
            election |= answer
    if not election.keys() - {"Version"}:
        raise BadInputError("has no contests: an election that is not known, or the counties alone")
    home = decoded(_unpacked("Home", election.get("Home")), _Home | None) or _Home()  # type: ignore[arg-type]  # a union is no type to mypy
    races = [race for name in _SECTIONS for race in (_section(_Races, name, election) or _Races()).races or ()]
    offices = (_section(_Offices, "OfficeSummary", election) or _Offices()).offices or []
    said = _Election(
        local_time(home.updated, _TIMES, _CENTRAL) if home.updated else None,
        day_of(home.day, "%m%d%Y") if home.day else None,
        None,
        _by_race(counties),
    )
    found = list(json_contests(races, _Race, said, context))
    own = {one[0] for one in found if not isinstance(one, Refusal)}
    summed = [
        one for one in json_contests(offices, _Office, said, context) if isinstance(one, Refusal) or one[0] not in own
    ]
    if len(found) + len(summed) == 1 and home.counties:
        reporting = pair(home.counties.reporting, home.counties.total, "counties")
        said.reporting = Reporting(units=reporting) if reporting else None
    yield from found
    yield from summed


def _section(shape: type[Shape], name: str, election: Mapping[str, Json]) -> Shape | None:
    """Return a section; None of an empty one."""
    try:
        return decoded(_unpacked(name, election.get(name)), shape | None)  # type: ignore[arg-type]  # a union is no type to mypy
    except BadInputError as error:
        raise BadInputError(f"{name}: {error}") from None


def _unpacked(section: str, value: Json | None) -> bytes:
    """Return the JSON that a section is in base64; null of one that is missing."""
    said = decoded(value or b"null", object)
    try:
        return base64.b64decode(said, validate=True) if isinstance(said, str) else b"null"
    except (binascii.Error, ValueError):
        raise BadInputError(f"{section} should be JSON in base64, not {quoted(said)}") from None


def _by_race(counties: Mapping[str, Json]) -> dict[str, list[tuple[str, str, Json]]]:
    """Return what the counties say, by the race's number."""
    races: dict[str, list[tuple[str, str, Json]]] = {}
    for number, words in counties.items():
        county_ = decoded(words, _County)
        for race, one in members(county_.races, "Races").items():
            races.setdefault(race, []).append((number, county_.name, one))
    return races


def _read(told: _Told, key: str, context: ReaderContext) -> Reading | None:
    said, race = told
    names, parties, keys, votes, early = [], [], [], [], []
    for one in race.candidates:
        names.append(one.name)
        parties.append(one.party)
        votes.append(one.votes)
        if isinstance(one, _Candidate):
            keys.append(str(one.id))
            early.append(one.early)
    if not votes:
        return None
    ballot = ballot_of(tuple(names), tuple(parties), tuple(keys))
    counties = said.counties.get(key)
    return reading_of(
        context,
        key,
        ballot,
        votes,
        name=race.name,
        as_of=said.as_of,
        day=said.day,
        total=race.total if isinstance(race, _Race) else None,
        by_type=_early(ballot.ids, votes, early) if early else None,
        reporting=said.reporting,
        units=_units(counties, dict(zip(keys, ballot.ids, strict=True))) if counties and keys else None,
    )


def _units(counties: Sequence[tuple[str, str, Json]], known: Mapping[str, str]) -> dict[str, Unit]:
    """Return what each county says of a race."""
    units: dict[str, Unit] = {}
    for (number, called, _), (_, here) in zip(
        counties, each([one for _, _, one in counties], _CountyRace), strict=True
    ):
        if isinstance(here, BadInputError):
            raise BadInputError(f"county {quoted(number)}: {here}")
        if strangers := here.candidates.keys() - known.keys():
            raise BadInputError(
                f"county {quoted(number)} has the candidate {quoted(min(strangers))}, and the race has not"
            )
        ids = [known[one] for one in here.candidates]
        votes = [one.votes for one in here.candidates.values()]
        if here.total is not None and here.total < sum(votes):
            raise BadInputError(f"county {quoted(number)}: total {here.total} is below the sum of the votes")
        name = checked_label(spaced(called), "county")
        found = county("TX", name)
        units[name] = Unit(
            fips=found.fips if found else None,
            votes=dict(zip(ids, votes, strict=True)),
            total=here.total,
            reported=pair(here.reported, here.precincts, "precincts of a county"),
            by_type=_early(ids, votes, [one.early for one in here.candidates.values()]),
        )
    return units


def _early(ids: Sequence[str], votes: Sequence[int], early: Sequence[int | None]) -> ByType | None:
    """Return the early votes, those by mail among them; of what kind the others are is not said."""
    found = {one: before for one, before in zip(ids, early, strict=True) if before is not None}
    by_type: ByType = {"early": found} if found else {}
    refuse_above(by_type, dict(zip(ids, votes, strict=True)))
    return by_type or None


read = reader(FORMAT, _find, _read)
