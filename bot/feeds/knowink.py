"""The format `knowink`: KNOWiNK's TotalVote (Tally ENR), the service behind https://enr-results-api.totalresults.com.

Several answers of it are one: `Contest/GetContestResults` (votes by id), `Contest/GetContestSearchList` (names),
`Election/GetElectionInfo` (parties) and `Election/GetElectionList` (days). They are told apart by what is in them, and
come in any order; of what is missing the ids stay. Seen in kamoras/civitas' copies of Arkansas' answers of 5 November 2024,
five contests of them, and of North Dakota's primary of June 2024; counties (`locations`, by FIPS code) in no file, only in
readers of others (kelly-sos). What they show:

- Ids are numbers, UUIDs or names, `contestID` in one answer and `contestId` in the other. A choice's may be the same in
  several contests.
- The search has contests that have no results; `isWinner` contradicts itself and is not read.
- Parties are a vendor's leftovers ("Nevada Green Party" in Arkansas): only the known ones' letters are taken over,
  and those of North Dakota's ids (`REP`).
- `lastUpdated` is UTC, and years later in what was loaded afterwards. An unknown election answers with the year 1.
- `isOfficial` true is taken for certified.
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
"""Words in a party's name, and its letter."""

_PARTY_IDS = {"REP": "R", "DEM": "D", "LIB": "L"}
"""Ids that say what they are of: North Dakota's."""


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
    """What each answer says beside its contents."""

    election: Written | None = Field(None, alias="electionID")
    last_updated: str | None = None
    is_official: bool | None = None
    response: object = None


@dataclass(slots=True)
class _Answer:
    """All answers of one election together."""

    head: _Head | None = None
    """Of the results."""
    results: dict[str, Any] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    parties: dict[str, _Party] = field(default_factory=dict)
    elections: list[_Election] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    """Of elections, as the answers say them."""

    def take(self, document: object) -> None:
        """Take in one of the answers."""
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
        """The election in the list of them, where that is among the answers."""
        return next((one for one in self.elections if one.id in self.ids), None)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the answers say of every contest alike."""

    answer: _Answer
    as_of: datetime | None
    day: date | None
    election: str | None


_Told: TypeAlias = tuple[_Said, str, _Results]
"""(what is said of all; the contest's own id; its votes)"""


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
    """Return what a contest is called, for a refusal."""
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
    """Return the letter of a choice's party; None where it is none that is known."""
    own = choice.party or (named.party if named else None) or ""
    party = parties.get(own)
    name = (party.party_name or "").casefold() if party else ""
    return next((letter for word, letter in _PARTIES.items() if word in name), _PARTY_IDS.get(own))


def _units(locations: Mapping[str, _Location], candidates: Mapping[str, str]) -> dict[str, Unit]:
    """Return the contest's counties."""
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
    """Return what a location is called, and its FIPS code; one that is no county's code stays an id."""
    found = county_by_code(code)
    return (found.short, found.fips) if found else (checked_label(code, "location"), None)


def _time(stamp: str | None) -> datetime | None:
    """Return a time of the service's; None where it says none, or the year 1."""
    moment = utc(stamp) if stamp else None
    return moment if moment and moment.year > 1 else None


read = reader(NAME, _find, _read)

FORMAT = Format(name=NAME, read=read, begins=lambda it: "contests" in it.inside("response"), is_one_answer=True)
