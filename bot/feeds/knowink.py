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
from bot.feeds.skeleton import FeedContest, reader, reading_of
from bot.feeds.strict_json import TextOrNumber, VendorModel, pair, parse, read_document, shaped
from bot.feeds.vote_table import UnitLabel

NAME = "knowink"

_PARTIES = {"republican": "R", "democrat": "D", "libertarian": "L", "green": "G", "constitution": "Constitution"}
"""Parties' letters by a word in the party's name."""

_PARTY_IDS = {"REP": "R", "DEM": "D", "LIB": "L"}
"""Parties' letters by North Dakota's ids."""


class _Choice(VendorModel, alias_generator=to_camel):
    id: TextOrNumber = Field(alias="choiceID")
    total_votes: Votes
    party: TextOrNumber | None = Field(None, alias="partyID")


class _Location(VendorModel, alias_generator=to_camel):
    choices: list[_Choice]
    total_votes: Votes | None = None
    precincts_reporting: Votes | None = None
    total_precincts: Votes | None = None


class _Results(VendorModel, alias_generator=to_camel):
    """A contest's results, without names."""

    choices: list[_Choice]
    total_votes: Votes | None = None
    precincts_reporting: Votes | None = None
    total_precincts: Votes | None = None
    locations: dict[str, _Location] | None = None


class _NamedChoice(VendorModel, alias_generator=to_camel):
    name: str | None = None
    party: TextOrNumber | None = Field(None, alias="partyID")


class _ContestNames(VendorModel, alias_generator=to_camel):
    """The names of a contest and its choices."""

    contest_name: str | None = None
    choices: dict[str, _NamedChoice] = {}


class _Party(VendorModel, alias_generator=to_camel):
    abbreviation: str | None = None
    party_name: str | None = None


class _Election(VendorModel, alias_generator=to_camel):
    id: TextOrNumber = Field(alias="electionID")
    election_name: str | None = None
    election_date: str | None = None


class _Response(VendorModel):
    contests: dict[str, Any] | None = None
    parties: dict[str, _Party] | None = None


class _Envelope(VendorModel, alias_generator=to_camel):
    """The outer fields of each file."""

    election: TextOrNumber | None = Field(None, alias="electionID")
    last_updated: str | None = None
    is_official: bool | None = None
    response: object = None


@dataclass(slots=True)
class _Answers:
    """The contents of all files together."""

    envelope: _Envelope | None = None
    """The outer fields of the file that has the results."""
    results: dict[str, Any] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    parties: dict[str, _Party] = field(default_factory=dict)
    elections: list[_Election] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    """The election ids that appear in the files."""

    def take(self, document: object) -> None:
        """Add the contents of one file."""
        if isinstance(document, list):
            self.elections += shaped(document, list[_Election])
            return
        envelope = shaped(document, _Envelope, "an answer of TotalVote")
        if envelope.election is not None:
            self.ids.add(envelope.election)
        response = shaped(envelope.response, _Response, "is no answer of TotalVote: response")
        self.parties |= response.parties or {}
        if response.contests is None:
            return
        if any("contestName" in one for one in response.contests.values() if isinstance(one, dict)):
            self.names |= response.contests
        else:
            self.envelope = self.envelope or envelope
            self.results |= response.contests

    @property
    def election(self) -> _Election | None:
        """The election in the list of elections; None if that file is missing."""
        return next((one for one in self.elections if one.id in self.ids), None)


@dataclass(frozen=True, slots=True)
class _Header:
    """The fields of the files that apply to all contests."""

    answers: _Answers
    as_of: datetime | None
    day: date | None
    election: str | None


_ContestWithHeader: TypeAlias = tuple[_Header, str, _Results]
"""(header, contest's id in the files, results)"""


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[FeedContest[_ContestWithHeader]]:
    answers = _Answers()
    for data in (read_document(stream), *context.other_files):
        answers.take(parse(data))
    if answers.envelope is None:
        raise BadInputError("has no results among its files: response.contests with votes is missing")
    if len(answers.ids) > 1:
        raise BadInputError(f"is of several elections: {', '.join(map(quoted, sorted(answers.ids)))}")
    election = answers.election
    day = _time(election.election_date) if election else None
    header = _Header(
        answers,
        _time(answers.envelope.last_updated),
        day.date() if day else None,
        election.election_name if election else None,
    )
    for key, value in answers.results.items():
        try:
            parts: _ContestWithHeader | BadInputError = header, key, shaped(value, _Results)
        except BadInputError as error:
            parts = error
        yield key, _name(answers.names.get(key)), parts, value


def _name(named: object) -> str | None:
    """Return a contest's name for use in a refusal."""
    try:
        return shaped(named or {}, _ContestNames).contest_name
    except BadInputError:
        return None


def _read(parts: _ContestWithHeader, key: str, context: ReaderContext) -> Reading | None:
    header, own, contest = parts
    if not contest.choices:
        return None
    answers, contest_names = header.answers, shaped(header.answers.names.get(own, {}), _ContestNames)
    ids, names, parties, votes = [], [], [], []
    for choice in contest.choices:
        its = contest_names.choices.get(choice.id)
        ids.append(choice.id)
        names.append(spaced(its.name or choice.id) if its else choice.id)
        parties.append(_party(answers.parties, its, choice))
        votes.append(choice.total_votes)
    ballot = ballot_of(tuple(names), tuple(parties), tuple(ids))
    precincts = pair(contest.precincts_reporting, contest.total_precincts, "precincts")
    return reading_of(
        context,
        key,
        ballot,
        votes,
        name=contest_names.contest_name,
        as_of=header.as_of,
        total=contest.total_votes,
        count=count_named(contest_names.contest_name, header.election),
        day=header.day,
        status="certified" if answers.envelope and answers.envelope.is_official else None,
        reporting=Reporting(precincts=precincts) if precincts else None,
        units=_units(contest.locations, dict(zip(ids, ballot.ids, strict=True))) if contest.locations else None,
    )


def _party(parties: Mapping[str, _Party], named: _NamedChoice | None, choice: _Choice) -> str | None:
    """Return the letter of a choice's party; None if the party is unknown."""
    own = choice.party or (named.party if named else None) or ""
    party = parties.get(own)
    name = (party.party_name or "").casefold() if party else ""
    return next((letter for word, letter in _PARTIES.items() if word in name), _PARTY_IDS.get(own))


def _units(locations: Mapping[str, _Location], candidates: Mapping[str, str]) -> dict[str, Unit]:
    """Return the contest's counties by name. `candidates` maps the file's candidate ids to ours."""
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


def _county(code: str) -> UnitLabel:
    """Return a location's name and FIPS code. If the code is not a county's, it is also used as the name."""
    found = county_by_code(code)
    return (found.short, found.fips) if found else (checked_label(code, "location"), None)


def _time(stamp: str | None) -> datetime | None:
    """Parse a time. None if it is missing or in the year 1."""
    moment = utc(stamp) if stamp else None
    return moment if moment and moment.year > 1 else None


read = reader(NAME, _find, _read)

FORMAT = Format(name=NAME, read=read, begins=lambda it: "contests" in it.inside("response"), is_one_answer=True)
