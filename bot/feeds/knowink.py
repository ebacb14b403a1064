"""The format `knowink`: KNOWiNK's TotalVote (Tally ENR), the service behind https://enr-results-api.totalresults.com.

There are several files: `Contest/GetContestResults` (votes by id), `Contest/GetContestSearchList` (names),
`Election/GetElectionInfo` (parties) and `Election/GetElectionList` (days). They are recognised by their contents, and may be in
any order. If one is missing, ids take the place of names. Seen: five contests of Arkansas of 5 November 2024 and North Dakota's
primary of June 2024 (kamoras/civitas). Counties (`locations`, by FIPS code) were in no file, only in other readers
(kelly-sos). They show:

- Ids are numbers, UUIDs or names; the key is `contestID` in one file and `contestId` in another. Choices in different contests
  may have the same id.
- The list of names has contests without results. `isWinner` contradicts itself, and is not read.
- Parties are partly left over from other states ("Nevada Green Party" in Arkansas). Only known parties become letters, by name
  or by North Dakota's ids (`REP`).
- `lastUpdated` is UTC, and years later in files that were loaded afterwards. It is in the year 1 for an unknown election.
- `isOfficial` true is read as certified.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO, TypeAlias

from pydantic import Field
from pydantic.alias_generators import to_camel

from bot.count.reading import Reading, Reporting, Unit, Votes
from bot.desk.counties import county_by_code
from bot.errors import BadInputError
from bot.feeds.as_text import utc
from bot.feeds.ballot import ballot_of, checked_label, count_named, spaced
from bot.feeds.format import Format
from bot.feeds.reader import ReaderContext, quoted
from bot.feeds.skeleton import Found, reader, reading_of
from bot.feeds.strict_json import VendorModel, Written, pair, parse, read_document, shaped
from bot.feeds.vote_table import KnownUnit

NAME = "knowink"

_PARTIES = {"republican": "R", "democrat": "D", "libertarian": "L", "green": "G", "constitution": "Constitution"}
"""Parties' letters by a word in the party's name."""

_PARTY_IDS = {"REP": "R", "DEM": "D", "LIB": "L"}
"""Parties' letters by North Dakota's ids."""


class _Choice(VendorModel, alias_generator=to_camel):
    id: Written = Field(alias="choiceID")
    total_votes: Votes
    party: Written | None = Field(None, alias="partyID")


class _Location(VendorModel, alias_generator=to_camel):
    choices: list[_Choice]
    total_votes: Votes | None = None
    precincts_reporting: Votes | None = None
    total_precincts: Votes | None = None


class _Results(VendorModel, alias_generator=to_camel):
    """A contest's votes."""

    choices: list[_Choice]
    total_votes: Votes | None = None
    precincts_reporting: Votes | None = None
    total_precincts: Votes | None = None
    locations: dict[str, _Location] | None = None


class _NamedChoice(VendorModel, alias_generator=to_camel):
    name: str | None = None
    party: Written | None = Field(None, alias="partyID")


class _Named(VendorModel, alias_generator=to_camel):
    """A contest's names."""

    contest_name: str | None = None
    choices: dict[str, _NamedChoice] = {}


class _Party(VendorModel, alias_generator=to_camel):
    abbreviation: str | None = None
    party_name: str | None = None


class _Election(VendorModel, alias_generator=to_camel):
    id: Written = Field(alias="electionID")
    election_name: str | None = None
    election_date: str | None = None


class _Response(VendorModel):
    contests: dict[str, Any] | None = None
    parties: dict[str, _Party] | None = None


class _Head(VendorModel, alias_generator=to_camel):
    """The outer fields of each file."""

    election: Written | None = Field(None, alias="electionID")
    last_updated: str | None = None
    is_official: bool | None = None
    response: object = None


@dataclass(slots=True)
class _Answer:
    """The contents of all files together."""

    head: _Head | None = None
    """The outer fields of the file with results."""
    results: dict[str, Any] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    parties: dict[str, _Party] = field(default_factory=dict)
    elections: list[_Election] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    """The election ids that the files name."""

    def take(self, document: object) -> None:
        """Add the contents of one file."""
        if isinstance(document, list):
            self.elections += shaped(document, list[_Election])
            return
        head = shaped(document, _Head, "an answer of TotalVote")
        if head.election is not None:
            self.ids.add(head.election)
        said = shaped(head.response, _Response, "is no answer of TotalVote: response")
        self.parties |= said.parties or {}
        if said.contests is None:
            return
        if any("contestName" in one for one in said.contests.values() if isinstance(one, dict)):
            self.names |= said.contests
        else:
            self.head = self.head or head
            self.results |= said.contests

    @property
    def election(self) -> _Election | None:
        """The election in the list of elections; None if that file is missing."""
        return next((one for one in self.elections if one.id in self.ids), None)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the files say about all contests."""

    answer: _Answer
    as_of: datetime | None
    day: date | None
    election: str | None


_Told: TypeAlias = tuple[_Said, str, _Results]
"""(header, contest's id in the files, results)"""


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[Found[_Told]]:
    answer = _Answer()
    for data in (read_document(stream), *context.beside):
        answer.take(parse(data))
    if answer.head is None:
        raise BadInputError("has no results among its files: response.contests with votes is missing")
    if len(answer.ids) > 1:
        raise BadInputError(f"is of several elections: {', '.join(map(quoted, sorted(answer.ids)))}")
    election = answer.election
    day = _time(election.election_date) if election else None
    said = _Said(
        answer,
        _time(answer.head.last_updated),
        day.date() if day else None,
        election.election_name if election else None,
    )
    for key, value in answer.results.items():
        try:
            told: _Told | BadInputError = said, key, shaped(value, _Results)
        except BadInputError as error:
            told = error
        yield key, _name(answer.names.get(key)), told, value


def _name(named: object) -> str | None:
    """Return a contest's name, for a refusal."""
    try:
        return shaped(named or {}, _Named).contest_name
    except BadInputError:
        return None


def _read(told: _Told, key: str, context: ReaderContext) -> Reading | None:
    said, own, contest = told
    if not contest.choices:
        return None
    answer, named = said.answer, shaped(said.answer.names.get(own, {}), _Named)
    ids, names, parties, votes = [], [], [], []
    for choice in contest.choices:
        its = named.choices.get(choice.id)
        ids.append(choice.id)
        names.append(spaced(its.name or choice.id) if its else choice.id)
        parties.append(_party(answer.parties, its, choice))
        votes.append(choice.total_votes)
    ballot = ballot_of(tuple(names), tuple(parties), tuple(ids))
    precincts = pair(contest.precincts_reporting, contest.total_precincts, "precincts")
    return reading_of(
        context,
        key,
        ballot,
        votes,
        name=named.contest_name,
        as_of=said.as_of,
        total=contest.total_votes,
        count=count_named(named.contest_name, said.election),
        day=said.day,
        status="certified" if answer.head and answer.head.is_official else None,
        reporting=Reporting(precincts=precincts) if precincts else None,
        units=_units(contest.locations, dict(zip(ids, ballot.ids, strict=True))) if contest.locations else None,
    )


def _party(parties: Mapping[str, _Party], named: _NamedChoice | None, choice: _Choice) -> str | None:
    """Return the letter of a choice's party, or None if it is unknown."""
    own = choice.party or (named.party if named else None) or ""
    party = parties.get(own)
    name = (party.party_name or "").casefold() if party else ""
    return next((letter for word, letter in _PARTIES.items() if word in name), _PARTY_IDS.get(own))


def _units(locations: Mapping[str, _Location], candidates: Mapping[str, str]) -> dict[str, Unit]:
    """Return the contest's counties by name. `candidates` are our ids by the file's."""
    units = {}
    for code, place in locations.items():
        votes: dict[str, int] = {}
        for one in place.choices:
            if one.id not in candidates:
                raise BadInputError(f"location {quoted(code)} has the choice {quoted(one.id)}, and the contest has not")
            votes[candidates[one.id]] = one.total_votes
        if place.total_votes is not None and place.total_votes < sum(votes.values()):
            raise BadInputError(f"location {quoted(code)}: total {place.total_votes} is below the sum of the votes")
        name, fips = _county(code)
        reported = pair(place.precincts_reporting, place.total_precincts, "precincts of a location")
        units[name] = Unit(fips=fips, votes=votes, total=place.total_votes, reported=reported)
    return units


def _county(code: str) -> KnownUnit:
    """Return a location's name and FIPS code. A code that is not a county's is used as the name."""
    found = county_by_code(code)
    return (found.short, found.fips) if found else (checked_label(code, "location"), None)


def _time(stamp: str | None) -> datetime | None:
    """Parse a time; None if it is missing or in the year 1."""
    moment = utc(stamp) if stamp else None
    return moment if moment and moment.year > 1 else None


read = reader(NAME, _find, _read)

FORMAT = Format(name=NAME, read=read, begins=lambda it: "contests" in it.inside("response"), is_one_answer=True)
