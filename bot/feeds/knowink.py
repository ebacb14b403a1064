"""The format `knowink`: KNOWiNK's TotalVote (Tally ENR), the service behind https://enr-results-api.totalresults.com.

Several answers of it are one: `Contest/GetContestResults` (votes by id), `Contest/GetContestSearchList` (names),
`Election/GetElectionInfo` (parties) and `Election/GetElectionList` (days). They are told apart by what is in them, and
come in any order; of what is missing the ids stay. Seen in Arkansas' answers of 5 November 2024, five contests of them,
by kamoras/civitas; counties (`locations`, by FIPS code) in no file, only in readers of others (kelly-sos). What they show:

- Ids are numbers, UUIDs or names, `contestID` in one answer and `contestId` in the other. A choice's may be the same in
  several contests.
- The search has contests that have no results; `isWinner` contradicts itself and is not read.
- Parties are a vendor's leftovers ("Nevada Green Party" in Arkansas): only the known ones' letters are taken over.
- `lastUpdated` is UTC, and years later in what was loaded afterwards. An unknown election answers with the year 1.
- `isOfficial` true is taken for certified.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any, BinaryIO

from msgspec import Struct, field

from bot.count.reading import Reading, Reporting, Unit
from bot.desk.counties import county_of, states
from bot.errors import BadInputError
from bot.feeds.as_text import utc
from bot.feeds.ballot import ballot_of, checked_label, count_named, spaced
from bot.feeds.reader import ReaderContext, quoted
from bot.feeds.skeleton import Found, reader, reading_of
from bot.feeds.strict_json import Count, Model, pair, parse, read_document, shaped

FORMAT = "knowink"

_PARTIES = {"republican": "R", "democrat": "D", "libertarian": "L", "green": "G", "constitution": "Constitution"}
"""Words in a party's name, and its letter."""

Id = str | int


class _Choice(Model, rename="camel"):
    id: Id = field(name="choiceID")
    total_votes: Count
    party: Id | None = field(name="partyID", default=None)


class _Location(Model, rename="camel"):
    choices: list[_Choice]
    total_votes: Count | None = None
    precincts_reporting: Count | None = None
    total_precincts: Count | None = None


class _Results(Model, rename="camel"):
    """A contest's votes."""

    choices: list[_Choice]
    total_votes: Count | None = None
    precincts_reporting: Count | None = None
    total_precincts: Count | None = None
    locations: dict[str, _Location] | None = None


class _NamedChoice(Model, rename="camel"):
    name: str | None = None
    party: Id | None = field(name="partyID", default=None)


class _Named(Model, rename="camel"):
    """A contest's names."""

    contest_name: str | None = None
    choices: dict[str, _NamedChoice] = field(default_factory=dict)


class _Party(Model, rename="camel"):
    abbreviation: str | None = None
    party_name: str | None = None


class _Election(Model, rename="camel"):
    id: Id = field(name="electionID")
    election_name: str | None = None
    election_date: str | None = None


class _Head(Model, rename="camel"):
    """What each answer says beside its contents."""

    election: Id | None = field(name="electionID", default=None)
    last_updated: str | None = None
    is_official: bool | None = None


class _Answer(Struct):
    """All answers of one election together."""

    head: _Head | None = None
    """Of the results."""
    results: dict[str, Any] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    parties: dict[str, _Party] = field(default_factory=dict)
    elections: list[_Election] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    """Of elections, as the answers say them."""

    def take(self, document: Any) -> None:  # noqa: ANN401 - any JSON
        """Take in one of the answers."""
        if isinstance(document, list):
            self.elections += shaped(document, list[_Election])
            return
        said = document.get("response") if isinstance(document, dict) else None
        if not isinstance(said, dict):
            raise BadInputError(f"is no answer of TotalVote: response should be an object, not {quoted(said)}")
        head = shaped(document, _Head)
        if head.election is not None:
            self.ids.add(str(head.election))
        self.parties |= shaped(said.get("parties") or {}, dict[str, _Party])
        contests = said.get("contests")
        if not isinstance(contests, dict):
            return
        if any(isinstance(one, dict) and "contestName" in one for one in contests.values()):
            self.names |= contests
        else:
            self.head = self.head or head
            self.results |= contests

    @property
    def election(self) -> _Election | None:
        """The election in the list of them, where that is among the answers."""
        return next((one for one in self.elections if str(one.id) in self.ids), None)


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[Found[tuple[_Answer, str, Any]]]:
    answer = _Answer()
    for data in (read_document(stream), *context.beside):
        answer.take(parse(data))
    if answer.head is None:
        raise BadInputError("has no results among its files: response.contests with votes is missing")
    if len(answer.ids) > 1:
        raise BadInputError(f"is of several elections: {', '.join(map(quoted, sorted(answer.ids)))}")
    for key, one in answer.results.items():
        named = answer.names.get(key)
        yield key, named.get("contestName") if isinstance(named, dict) else None, (answer, key, one), one


def _read(found: tuple[_Answer, str, Any], key: str, context: ReaderContext) -> Reading | None:
    answer, own, block = found
    contest, named = shaped(block, _Results), shaped(answer.names.get(own, {}), _Named)
    if not contest.choices:
        return None
    ids = [str(one.id) for one in contest.choices]
    names = [spaced(named.choices[one].name or one) if one in named.choices else one for one in ids]
    parties = [
        _party(answer.parties, named.choices.get(one), choice) for one, choice in zip(ids, contest.choices, strict=True)
    ]
    ballot = ballot_of(tuple(names), tuple(parties), tuple(ids))
    precincts = pair(contest.precincts_reporting, contest.total_precincts, "precincts")
    head = answer.head or _Head()
    election, as_of = answer.election, _time(head.last_updated)
    day = _time(election.election_date) if election else None
    return reading_of(
        context,
        key,
        ballot,
        [one.total_votes for one in contest.choices],
        name=named.contest_name,
        as_of=as_of,
        total=contest.total_votes,
        count=count_named(named.contest_name, election.election_name if election else None),
        day=day.date() if day else None,
        status="certified" if head.is_official else None,
        reporting=Reporting(precincts=precincts) if precincts else None,
        units=_units(contest, dict(zip(ids, ballot.ids, strict=True))) or None,
    )


def _party(parties: Mapping[str, _Party], named: _NamedChoice | None, choice: _Choice) -> str | None:
    """Return the letter of a choice's party; None where it is none that is known."""
    own = choice.party if choice.party is not None else named.party if named else None
    party = parties.get(str(own))
    name = (party.party_name or "").casefold() if party else ""
    return next((letter for word, letter in _PARTIES.items() if word in name), None)


def _units(contest: _Results, candidates: Mapping[str, str]) -> dict[str, Unit]:
    """Return the contest's counties."""
    units = {}
    for code, place in (contest.locations or {}).items():
        if strangers := [one.id for one in place.choices if str(one.id) not in candidates]:
            raise BadInputError(
                f"location {quoted(code)} has the choice {quoted(strangers[0])}, and the contest has not"
            )
        votes = {candidates[str(one.id)]: one.total_votes for one in place.choices}
        if place.total_votes is not None and place.total_votes < sum(votes.values()):
            raise BadInputError(f"location {quoted(code)}: total {place.total_votes} is below the sum of the votes")
        name, fips = _county(code)
        reported = pair(place.precincts_reporting, place.total_precincts, "precincts of a location")
        units[checked_label(name, "location")] = Unit(
            fips=fips, votes=votes, total=place.total_votes, reported=reported
        )
    return units


@cache
def _county(code: str) -> tuple[str, str | None]:
    """Return what a location is called, and its FIPS code; one that is no county's code stays an id."""
    found = next((one for state in states() if (one := county_of(state, code))), None)
    return (found.short, found.fips) if found else (code, None)


def _time(stamp: str | None) -> datetime | None:
    """Return a time of the service's; None where it says none, or the year 1."""
    moment = utc(stamp) if stamp else None
    return moment if moment and moment.year > 1 else None


read = reader(FORMAT, _find, _read)
