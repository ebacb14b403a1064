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
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import BinaryIO, TypeAlias

from msgspec import Raw, Struct, field

from bot.count.reading import Reading, Reporting, Unit
from bot.desk.counties import county_of, states
from bot.errors import BadInputError
from bot.feeds.as_text import utc
from bot.feeds.ballot import ballot_of, checked_label, count_named, spaced
from bot.feeds.reader import ReaderContext, quoted
from bot.feeds.skeleton import Found, reader, reading_of
from bot.feeds.strict_json import Count, Counted, Json, Model, decoded, each, members, pair, read_document
from bot.feeds.vote_table import KnownUnit

FORMAT = "knowink"

_PARTIES = {"republican": "R", "democrat": "D", "libertarian": "L", "green": "G", "constitution": "Constitution"}
"""Words in a party's name, and its letter."""

_PARTY_IDS = {"REP": "R", "DEM": "D", "LIB": "L"}
"""Ids that say what they are of: North Dakota's."""

KnowInkId = str | int


class _Choice(Model, rename="camel"):
    id: KnowInkId = field(name="choiceID")
    total_votes: Count
    party: KnowInkId | None = field(name="partyID", default=None)


class _Location(Model, rename="camel"):
    choices: list[_Choice]
    total_votes: Count | None = None
    precincts_reporting: Count | None = None
    total_precincts: Count | None = None


class _Results(Counted, rename="camel"):
    """A contest's votes."""

    VOTES = b'"totalVotes"'
    choices: list[_Choice]
    total_votes: Count | None = None
    precincts_reporting: Count | None = None
    total_precincts: Count | None = None
    locations: dict[str, _Location] | None = None
    write_in_choices: list[Raw] | None = None

    @property
    def times(self) -> int:
        """How often votes were read in it, and stand in what is not read: a write-in's."""
        places = self.locations or {}
        named = len(self.choices) + len(self.write_in_choices or ())
        return 1 + named + sum([1 + len(place.choices) for place in places.values()])


class _NamedChoice(Model, rename="camel"):
    name: str | None = None
    party: KnowInkId | None = field(name="partyID", default=None)


class _Named(Model, rename="camel"):
    """A contest's names."""

    contest_name: str | None = None
    choices: dict[str, _NamedChoice] = field(default_factory=dict)


class _Party(Model, rename="camel"):
    abbreviation: str | None = None
    party_name: str | None = None


class _Election(Model, rename="camel"):
    id: KnowInkId = field(name="electionID")
    election_name: str | None = None
    election_date: str | None = None


class _Head(Model, rename="camel"):
    """What each answer says beside its contents."""

    election: KnowInkId | None = field(name="electionID", default=None)
    last_updated: str | None = None
    is_official: bool | None = None


class _Answer(Struct):
    """All answers of one election together."""

    head: _Head | None = None
    """Of the results."""
    results: dict[str, Json] = field(default_factory=dict)
    names: dict[str, Json] = field(default_factory=dict)
    parties: dict[str, _Party] = field(default_factory=dict)
    elections: list[_Election] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    """Of elections, as the answers say them."""

    def take(self, document: Json) -> None:
        """Take in one of the answers."""
        if bytes(document[:1]) == b"[":
            self.elections += decoded(document, list[_Election])
            return
        said = members(document, "an answer of TotalVote").get("response", b"null")
        response = members(said, "is no answer of TotalVote: response")
        head = decoded(document, _Head)
        if head.election is not None:
            self.ids.add(str(head.election))
        self.parties |= decoded(response.get("parties", b"null"), dict[str, _Party] | None) or {}  # type: ignore[arg-type]  # a union is no type to mypy
        contests = response.get("contests", b"null")
        if bytes(contests) == b"null":
            return
        if b'"contestName"' in bytes(contests):
            self.names |= members(contests, "contests")
        else:
            self.head = self.head or head
            self.results |= members(contests, "contests")

    @property
    def election(self) -> _Election | None:
        """The election in the list of them, where that is among the answers."""
        return next((one for one in self.elections if str(one.id) in self.ids), None)


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
        answer.take(data.lstrip())
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
    for key, (words, one) in zip(answer.results, each([*answer.results.values()], _Results), strict=True):
        yield key, _name(answer.names.get(key)), one if isinstance(one, BadInputError) else (said, key, one), words


def _name(named: Json | None) -> str | None:
    """Return what a contest is called, for a refusal."""
    try:
        return decoded(named or b"{}", _Named).contest_name
    except BadInputError:
        return None


def _read(told: _Told, key: str, context: ReaderContext) -> Reading | None:
    said, own, contest = told
    if not contest.choices:
        return None
    answer, named = said.answer, decoded(said.answer.names.get(own, b"{}"), _Named)
    ids, names, parties, votes = [], [], [], []
    for choice in contest.choices:
        one = str(choice.id)
        its = named.choices.get(one)
        ids.append(one)
        names.append(spaced(its.name or one) if its else one)
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
    own = str(choice.party if choice.party is not None else named.party if named else None)
    party = parties.get(own)
    name = (party.party_name or "").casefold() if party else ""
    return next((letter for word, letter in _PARTIES.items() if word in name), _PARTY_IDS.get(own))


def _units(locations: Mapping[str, _Location], candidates: Mapping[str, str]) -> dict[str, Unit]:
    """Return the contest's counties."""
    units = {}
    for code, place in locations.items():
        votes: dict[str, int] = {}
        for one in place.choices:
            choice = one.id if isinstance(one.id, str) else str(one.id)
            if choice not in candidates:
                raise BadInputError(f"location {quoted(code)} has the choice {quoted(one.id)}, and the contest has not")
            votes[candidates[choice]] = one.total_votes
        if place.total_votes is not None and place.total_votes < sum(votes.values()):
            raise BadInputError(f"location {quoted(code)}: total {place.total_votes} is below the sum of the votes")
        name, fips = _county(code)
        reported = pair(place.precincts_reporting, place.total_precincts, "precincts of a location")
        units[name] = Unit(fips=fips, votes=votes, total=place.total_votes, reported=reported)
    return units


@lru_cache(maxsize=5000)
def _county(code: str) -> KnownUnit:
    """Return what a location is called, and its FIPS code; one that is no county's code stays an id."""
    found = next((one for state in states() if (one := county_of(state, code))), None)
    return (found.short, found.fips) if found else (checked_label(code, "location"), None)


def _time(stamp: str | None) -> datetime | None:
    """Return a time of the service's; None where it says none, or the year 1."""
    moment = utc(stamp) if stamp else None
    return moment if moment and moment.year > 1 else None


read = reader(FORMAT, _find, _read)
