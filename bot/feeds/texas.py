"""The format `texas`: the Secretary of State's results, by Civix (https://goelect.txelections.civixapps.com).

There are two files, `…/enr/election/{id}` and `…/enr/election/{id}/countyInfo`, in any order. Without the second there are no
counties. Seen: both files for Senate district 4 on 2 May 2026 (CivicMirror/CivicMirror-API). They show:

- The values of the JSON object are JSON in base64, except `Version`. An unknown election has only `Version`.
- Contests are in `Races` of `Federal`, `StateWide`, `Districted` or `StateWideQ`. Early votes (`EV`) are included in all votes
  (`V`). Counties' contests are only in `OfficeSummary`. There `T` is a candidate's votes; in a race it is the total.
- Precincts were 45 of 122 when every county was complete, and the counties list 199. They are not read. `CountiesReporting` is
  read if the election has a single contest; otherwise it is unknown which counties have the contest.
- Names are in capitals, with "(I)" in one section and without it in the other. Counties use the same names for offices.
- `LastUpdatedTime` is Central time without a zone. There are no FIPS codes; `MID` is the state's own number.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.count.reading import Reading, Reporting, Unit, Votes
from bot.desk.counties import county
from bot.errors import BadInputError
from bot.feeds.as_text import day_of, local_time
from bot.feeds.ballot import ballot_of, checked_label, spaced
from bot.feeds.format import Format
from bot.feeds.reader import ReaderContext, Refusal, quoted
from bot.feeds.skeleton import FeedContest, json_contests, reader, reading_of
from bot.feeds.strict_json import TextOrNumber, VendorModel, pair, parse, read_document, shaped
from bot.feeds.vote_types import ByType, refuse_above

NAME = "texas"

Shape = TypeVar("Shape", bound=VendorModel)

_CENTRAL = ZoneInfo("America/Chicago")

_TIMES = ("%B %d, %Y %H:%M:%S", "%b %d, %Y %H:%M:%S")

_SECTIONS = ("Federal", "StateWide", "Districted", "StateWideQ")


class _Candidate(VendorModel):
    name: str = Field(alias="N")
    votes: Votes = Field(alias="V")
    id: TextOrNumber = Field("", alias="ID")
    party: str | None = Field(None, alias="P")
    early: Votes | None = Field(None, alias="EV")


class _Race(VendorModel):
    candidates: list[_Candidate] = Field(alias="Candidates")
    name: str = Field(alias="N")
    id: TextOrNumber = ""
    total: Votes | None = Field(None, alias="T")


def _race_key_and_name(race: Mapping[str, Any]) -> tuple[object, object]:
    return str(race.get("id") or ""), race.get("N")


class _SummaryCandidate(VendorModel):
    """A candidate in `OfficeSummary`, where `T` is the number of votes."""

    name: str = Field(alias="N")
    votes: Votes = Field(alias="T")
    party: str | None = Field(None, alias="P")


class _Office(VendorModel):
    candidates: list[_SummaryCandidate] = Field(alias="C")
    name: str = Field(alias="ON")
    id: TextOrNumber = Field("", alias="OID")


def _office_key_and_name(office: Mapping[str, Any]) -> tuple[object, object]:
    return str(office.get("OID") or ""), office.get("ON")


class _Races(VendorModel):
    races: list[Any] | None = Field(None, alias="Races")


class _Offices(VendorModel):
    offices: list[Any] | None = Field(None, alias="OS")


class _CountyCandidate(VendorModel):
    votes: Votes = Field(alias="V")
    early: Votes | None = Field(None, alias="EV")


class _CountyRace(VendorModel):
    candidates: dict[str, _CountyCandidate] = Field(alias="C")
    total: Votes | None = Field(None, alias="T")
    reported: Votes | None = Field(None, alias="PR")
    precincts: Votes | None = Field(None, alias="TP")


class _County(VendorModel):
    """A county's results."""

    name: str = Field(alias="N")
    races: dict[str, Any] = Field(alias="Races")


class _Counties(VendorModel):
    reporting: Votes | None = Field(None, alias="CR")
    total: Votes | None = Field(None, alias="CT")


class _Home(VendorModel):
    day: str | None = Field(None, alias="ElecDate")
    updated: str | None = Field(None, alias="LastUpdatedTime")
    counties: _Counties | None = Field(None, alias="CountiesReporting")


@dataclass(slots=True)
class _Header:
    """The fields of the files that apply to all contests."""

    as_of: datetime | None
    day: date | None
    reporting: Reporting | None
    """Counties reporting, if there is a single contest; else None."""
    counties: dict[str, list[tuple[str, str, Any]]]
    """By race number: (county's number, its name, its results of the race as unchecked JSON)."""


_ContestWithHeader: TypeAlias = tuple[_Header, _Race | _Office]


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[FeedContest[_ContestWithHeader] | Refusal]:
    election: dict[str, Any] = {}
    counties: dict[str, Any] = {}
    for document in (read_document(stream), *context.other_files):
        answer = shaped(parse(document), dict[str, Any], "the answer of Civix")
        if "upload" in answer:
            counties |= shaped(_unpacked("upload", answer["upload"]), dict[str, Any], "upload")
        else:
            election |= answer
    if not election.keys() - {"Version"}:
        raise BadInputError("has no contests: an election that is not known, or the counties alone")
    home = _section(_Home, "Home", election)
    races = [race for name in _SECTIONS for race in _section(_Races, name, election).races or ()]
    offices = _section(_Offices, "OfficeSummary", election).offices or []
    header = _Header(
        local_time(home.updated, _TIMES, _CENTRAL) if home.updated else None,
        day_of(home.day, "%m%d%Y") if home.day else None,
        None,
        _by_race(counties),
    )
    found = list(json_contests(races, _Race, _race_key_and_name, header, context))
    own = {one[0] for one in found if not isinstance(one, Refusal)}
    listed = json_contests(offices, _Office, _office_key_and_name, header, context)
    summed = [one for one in listed if isinstance(one, Refusal) or one[0] not in own]
    if len(found) + len(summed) == 1 and home.counties:
        reporting = pair(home.counties.reporting, home.counties.total, "counties")
        header.reporting = Reporting(units=reporting) if reporting else None
    yield from found
    yield from summed


def _section(shape: type[Shape], name: str, election: Mapping[str, Any]) -> Shape:
    """Return a section of the file. A missing section is returned without values."""
    value = _unpacked(name, election.get(name)) or {}
    try:
        return shaped(value, shape)
    except BadInputError as error:
        raise BadInputError(f"{name}: {error}") from None


def _unpacked(section: str, value: object) -> object:
    """Decode a section from base64 and JSON; None if it is missing."""
    try:
        return parse(base64.b64decode(value, validate=True)) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        raise BadInputError(f"{section} should be JSON in base64, not {quoted(value)}") from None
    except BadInputError as error:
        raise BadInputError(f"{section}: {error}") from None


def _by_race(counties: Mapping[str, Any]) -> dict[str, list[tuple[str, str, Any]]]:
    """Return the counties' results, by race number."""
    races: dict[str, list[tuple[str, str, Any]]] = {}
    for number, value in counties.items():
        county_ = shaped(value, _County)
        for race, one in county_.races.items():
            races.setdefault(race, []).append((number, county_.name, one))
    return races


def _read(parts: _ContestWithHeader, key: str, context: ReaderContext) -> Reading | None:
    header, race = parts
    names, parties, keys, votes, early = [], [], [], [], []
    for one in race.candidates:
        names.append(one.name)
        parties.append(one.party)
        votes.append(one.votes)
        if isinstance(one, _Candidate):
            keys.append(one.id)
            early.append(one.early)
    if not votes:
        return None
    ballot = ballot_of(tuple(names), tuple(parties), tuple(keys))
    counties = header.counties.get(key)
    return reading_of(
        context,
        key,
        ballot,
        votes,
        name=race.name,
        as_of=header.as_of,
        day=header.day,
        total=race.total if isinstance(race, _Race) else None,
        by_type=_early(ballot.ids, votes, early) if early else None,
        reporting=header.reporting,
        units=_units(counties, dict(zip(keys, ballot.ids, strict=True))) if counties and keys else None,
    )


def _units(counties: Sequence[tuple[str, str, Any]], known: Mapping[str, str]) -> dict[str, Unit]:
    """Return the counties in a race, by name."""
    units: dict[str, Unit] = {}
    for number, called, value in counties:
        try:
            here = shaped(value, _CountyRace)
        except BadInputError as error:
            raise BadInputError(f"county {quoted(number)}: {error}") from None
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
    """Return early votes, which include votes by mail, as the only vote type. None if there are none."""
    found = {one: before for one, before in zip(ids, early, strict=True) if before is not None}
    by_type: ByType = {"early": found} if found else {}
    refuse_above(by_type, dict(zip(ids, votes, strict=True)))
    return by_type or None


read = reader(NAME, _find, _read)

FORMAT = Format(
    name=NAME,
    read=read,
    begins=lambda it: str(it.keys.get("Version")).startswith("enr/") or isinstance(it.keys.get("upload"), str),
    every="3m",
    is_one_answer=True,
)
