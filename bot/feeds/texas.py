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
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from bot.count.reading import Reading, Reporting, Unit, VoteType
from bot.desk.counties import county
from bot.errors import BadInputError
from bot.feeds.as_text import day_of, local_time
from bot.feeds.ballot import ballot_of, checked_label, spaced
from bot.feeds.reader import ReaderContext, quoted
from bot.feeds.skeleton import Found, reader, reading_of
from bot.feeds.strict_json import Count, Model, pair, parse, read_document, shaped

FORMAT = "texas"

_CENTRAL = ZoneInfo("America/Chicago")

_TIMES = ("%B %d, %Y %H:%M:%S", "%b %d, %Y %H:%M:%S")

_SECTIONS = ("Federal", "StateWide", "Districted", "StateWideQ")


class _Candidate(Model):
    name: str = field(name="N")
    votes: Count = field(name="V")
    id: int | str = field(name="ID", default="")
    party: str | None = field(name="P", default=None)
    early: Count | None = field(name="EV", default=None)


class _Race(Model):
    candidates: list[_Candidate] = field(name="Candidates")
    name: str = field(name="N")
    total: Count | None = field(name="T", default=None)


class _Listed(Model):
    """A candidate of the summary, where `T` is the votes."""

    name: str = field(name="N")
    votes: Count = field(name="T")
    party: str | None = field(name="P", default=None)


class _Office(Model):
    candidates: list[_Listed] = field(name="C")
    name: str = field(name="ON")


class _CountyCandidate(Model):
    votes: Count = field(name="V")
    early: Count | None = field(name="EV", default=None)


class _CountyRace(Model):
    candidates: dict[str, _CountyCandidate] = field(name="C")
    total: Count | None = field(name="T", default=None)
    reported: Count | None = field(name="PR", default=None)
    precincts: Count | None = field(name="TP", default=None)


class _Counties(Model):
    reporting: Count | None = field(name="CR", default=None)
    total: Count | None = field(name="CT", default=None)


class _Home(Model):
    day: str | None = field(name="ElecDate", default=None)
    updated: str | None = field(name="LastUpdatedTime", default=None)
    counties: _Counties | None = field(name="CountiesReporting", default=None)


class _Election(Struct):
    """What both answers say of every contest alike."""

    home: _Home
    counties: Mapping[str, Any]
    """By the county's number."""
    alone: bool
    """There is one contest, and counties reporting are counties of it."""


Contest = tuple[_Election, bool, Any]
"""What is said of all, whether it stands in a section of its own, and the contest."""


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[Found[Contest]]:
    election: dict[str, Any] = {}
    counties: dict[str, Any] = {}
    for document in (parse(data) for data in (read_document(stream), *context.beside)):
        if not isinstance(document, dict):
            raise BadInputError(f"is no answer of Civix: it should be an object, not {quoted(document)}")
        sections = {key: _unpacked(key, value) for key, value in document.items() if key != "Version"}
        if isinstance(sections.get("upload"), dict):
            counties |= sections["upload"]
        else:
            election |= sections
    if not election:
        raise BadInputError("has no contests: an election that is not known, or the counties alone")
    races = [race for name in _SECTIONS for race in _list(election.get(name), "Races", name)]
    offices = _list(election.get("OfficeSummary"), "OS", "OfficeSummary")
    own = {str(race.get("id")) for race in races}
    said = _Election(shaped(election.get("Home") or {}, _Home), counties, len(races) + len(offices) - len(own) == 1)
    for race in races:
        yield str(race.get("id") or ""), race.get("N"), (said, True, race), race
    for office in offices:
        if str(office.get("OID")) not in own:
            yield str(office.get("OID") or ""), office.get("ON"), (said, False, office), office


def _unpacked(section: str, value: object) -> Any:  # noqa: ANN401 - any JSON
    if value is None:
        return None
    try:
        return parse(base64.b64decode(value, validate=True)) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        raise BadInputError(f"{section[:40]} should be JSON in base64, not {quoted(value)}") from None


def _list(section: object, of: str, what: str) -> list[dict[str, Any]]:
    """Return the contests of a section; an empty section is null."""
    found = section.get(of) if isinstance(section, dict) else None
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadInputError(f"{what}.{of} should be a list of objects, not {quoted(found)}")
    return found


def _read(contest: Contest, key: str, context: ReaderContext) -> Reading | None:
    said, whole, block = contest
    as_of = local_time(said.home.updated, _TIMES, _CENTRAL) if said.home.updated else None
    day = day_of(said.home.day, "%m%d%Y") if said.home.day else None
    if not whole:
        office = shaped(block, _Office)
        names, parties = [one.name for one in office.candidates], [one.party for one in office.candidates]
        votes = [one.votes for one in office.candidates]
        ballot = ballot_of(tuple(names), tuple(parties))
        return reading_of(context, key, ballot, votes, name=office.name, as_of=as_of, day=day) if votes else None
    race = shaped(block, _Race)
    if not race.candidates:
        return None
    ids = [str(one.id) for one in race.candidates]
    ballot = ballot_of(
        tuple(one.name for one in race.candidates), tuple(one.party for one in race.candidates), tuple(ids)
    )
    known = dict(zip(ids, ballot.ids, strict=True))
    counties = said.home.counties if said.alone else None
    reporting = pair(counties.reporting, counties.total, "counties") if counties else None
    return reading_of(
        context,
        key,
        ballot,
        [one.votes for one in race.candidates],
        name=race.name,
        as_of=as_of,
        day=day,
        total=race.total,
        by_type=_types({known[one]: (by.votes, by.early) for one, by in zip(ids, race.candidates, strict=True)}),
        reporting=Reporting(units=reporting) if reporting else None,
        units=_units(said.counties, str(block.get("id")), known) or None,
    )


def _units(counties: Mapping[str, Any], race: str, known: Mapping[str, str]) -> dict[str, Unit]:
    """Return what each county says of a race."""
    units: dict[str, Unit] = {}
    for number, block in counties.items():
        races = block.get("Races") if isinstance(block, dict) else None
        if not isinstance(races, dict) or race not in races:
            continue
        here = shaped(races[race], _CountyRace)
        if strangers := here.candidates.keys() - known.keys():
            raise BadInputError(
                f"county {quoted(number)} has the candidate {quoted(min(strangers))}, and the race has not"
            )
        votes = {known[one]: by.votes for one, by in here.candidates.items()}
        if here.total is not None and here.total < sum(votes.values()):
            raise BadInputError(f"county {quoted(number)}: total {here.total} is below the sum of the votes")
        said = block.get("N")
        name = checked_label(spaced(said) if isinstance(said, str) else number, "county")
        found = county("TX", name)
        units[name] = Unit(
            fips=found.fips if found else None,
            votes=votes,
            total=here.total,
            reported=pair(here.reported, here.precincts, "precincts of a county"),
            by_type=_types({known[one]: (by.votes, by.early) for one, by in here.candidates.items()}),
        )
    return units


def _types(votes: Mapping[str, tuple[int, int | None]]) -> dict[VoteType, dict[str, int]] | None:
    """Return the early votes, those by mail among them; of what kind the others are is not said."""
    early = {one: cast for one, (_, cast) in votes.items() if cast is not None}
    if beyond := [one for one, cast in early.items() if cast > votes[one][0]]:
        raise BadInputError(f"{beyond[0]} has more early votes than votes")
    return {"early": early} if early else None


read = reader(FORMAT, _find, _read)
