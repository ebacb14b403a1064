"""The format `arizona`: the Secretary of State's `Results.Summary.xml`.

Seen for the primary of 21 July 2026 as on 5 August, three contests of it (kamoras/civitas). What it shows:

- Jurisdiction 0, "State", is the total and no county.
- `resultsTimestamp` has no zone; Arizona's clocks are seven hours behind UTC all year.
- Names are "Last, First" with suffixes and nicknames ("Feely, Thomas 'Jay', IV"), the party is in the contest's name too.
- A choice has 5 votes and 0 of every type: types that say nothing of its votes are not read.
- `countiesReported` is 15 of 1, and not read; precincts are.
- Ballots that remain are said for the state and each county, by kind, and of no contest: they are taken over for contests
  on every ballot (all precincts). 0 is not said: it stands there before anything is counted, and `ballotsRemaining` was
  0 beside 5 early ballots.
- No mark says that results are official.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from zoneinfo import ZoneInfo

from lxml.etree import _Element
from msgspec import Struct

from bot.count.reading import OutstandingBallots, Reading, Reporting, Unit, VoteType
from bot.desk.counties import county
from bot.errors import BadInputError
from bot.feeds.as_text import day_of, local_time, number
from bot.feeds.ballot import ballot_of, checked_label, count_named, spaced
from bot.feeds.clarity.table import numbers
from bot.feeds.reader import ReaderContext, quoted
from bot.feeds.skeleton import reading_of
from bot.feeds.strict_json import pair
from bot.feeds.vote_table import plan_of
from bot.feeds.xml_file import XmlLayout, xml_reader

FORMAT = "arizona"

_PHOENIX = ZoneInfo("America/Phoenix")

_STAMPS = ("%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S")

_STATE = "0"

_LEFT: dict[str, VoteType] = {
    "earlyBallotsRemaining": "early", "provisionalBallotsRemaining": "provisional", "ballotsReadyToProcess": "other",
}  # fmt: skip

_WRITE_IN = re.compile(r" *\(Write-In\) *$", re.IGNORECASE)

_SUFFIX = re.compile(r"(?:jr|sr|[ivx]+)\.?", re.IGNORECASE)


class _Said(Struct, frozen=True):
    """What stands before the contests."""

    stamp: str | None
    day: str | None
    election: str | None
    places: Mapping[str, Mapping[str, str]]
    """What is said of the state and each county, by its key."""


def _said(root: _Element) -> _Said:
    if root.tag != "electionResult":
        raise BadInputError(f"should be an electionResult, not {quoted(root.tag)}")
    stamp, day, election = (
        root.findtext(f"electionInformation/{name}") for name in ("resultsTimestamp", "electionDate", "electionName")
    )
    places = root.findall("voterTurnout/jurisdictions/jurisdiction")
    return _Said(
        stamp,
        day,
        election,
        {one.get("key", ""): {str(name): str(value) for name, value in one.items()} for one in places},
    )


def _read(contest: _Element, key: str, said: _Said, context: ReaderContext) -> Reading | None:
    choices = contest.findall("choices/choice")
    if not choices:
        return None
    ballot = ballot_of(
        tuple(_turned(one.get("choiceName", "")) for one in choices),
        tuple(one.get("party") or None for one in choices),
        tuple(one.get("key", "") for one in choices),
    )
    votes = [number(one.get("totalVotes"), one.get("choiceName", "")) for one in choices]
    as_of = local_time(said.stamp, _STAMPS, _PHOENIX) if said.stamp else None
    precincts, places = _precincts(contest), _places(choices, ballot.ids)
    state = places.get(_STATE)
    return reading_of(
        context,
        key,
        ballot,
        votes,
        name=contest.get("contestLongName"),
        as_of=as_of,
        count=count_named(said.election, contest.get("contestLongName")),
        day=day_of(said.day, "%Y-%m-%d") if said.day else None,
        reporting=Reporting(precincts=precincts) if precincts else None,
        by_type=(state.by_type or None) if state else None,
        units=_units(contest, places) or None,
        more={"outstanding": _left(said.places, contest)},
    )


def _turned(name: str) -> str:
    """Return a name as one says it: `Feely, Thomas 'Jay', IV` is Thomas 'Jay' Feely IV."""
    mark = " (Write-In)" if _WRITE_IN.search(name) else ""
    last, *others = [spaced(part) for part in _WRITE_IN.sub("", name).split(",")]
    suffixes = [part for part in others if _SUFFIX.fullmatch(part)]
    first = [part for part in others if part not in suffixes]
    return spaced(" ".join([*first, last, *suffixes])) + mark


@dataclass(slots=True)
class _Place:
    """What the state or a county says of each choice."""

    name: str
    votes: dict[str, int] = field(default_factory=dict)
    by_type: dict[VoteType, dict[str, int]] = field(default_factory=dict)

    def take(self, candidate: str, kinds: Sequence[str], said: Sequence[int]) -> None:
        """Take in a choice's votes of each type; nothing of them where they say nothing of its votes."""
        if self.votes[candidate] and not any(said):
            return
        by_type = self.by_type
        for of, at in plan_of(tuple(kinds)).typed:
            votes = said[at[0]] if len(at) == 1 else sum([said[one] for one in at])
            if of in by_type:
                by_type[of][candidate] = votes
            else:
                by_type[of] = {candidate: votes}


def _places(choices: Sequence[_Element], ids: Sequence[str]) -> dict[str, _Place]:
    """Return what the state and each county say, by its key."""
    places: dict[str, _Place] = {}
    for candidate, choice in zip(ids, choices, strict=True):
        place = None
        kinds: list[str] = []
        said: list[int] = []
        found = list(choice.iter("jurisdiction", "voteType"))  # in one go: nine tenths of a file are these
        votes = numbers([one.get("votes") for one in found], lambda _, of=candidate: f"votes of {of}")  # type: ignore[misc]  # mypy infers no default
        for one, cast in zip(found, votes, strict=True):
            if (kind := one.get("voteTypeName")) is not None and place:
                kinds.append(kind)
                said.append(cast)
                continue
            if place:
                place.take(candidate, kinds, said)
                kinds, said = [], []
            if (key := one.get("key")) is None:
                raise BadInputError("has a jurisdiction without its key, or a vote type without its name")
            if (place := places.get(key)) is None:
                place = places[key] = _Place(_county(one.get("name", "")))
            if candidate in place.votes:
                raise BadInputError(f"{place.name} is there twice")
            place.votes[candidate] = cast
        if place:
            place.take(candidate, kinds, said)
    return places


@lru_cache(maxsize=1000)
def _county(name: str) -> str:
    return checked_label(spaced(name).removesuffix(" County"), "county")


def _units(contest: _Element, places: Mapping[str, _Place]) -> dict[str, Unit]:
    """Return what each county says."""
    reported = {one.get("key"): _precincts(one) for one in contest.findall("participatingJurisdictions/jurisdiction")}
    units = {}
    for key, place in places.items():
        if key == _STATE:
            continue
        if place.name in units:
            raise BadInputError(f"{place.name} is there twice")
        found = county("AZ", place.name)
        units[place.name] = Unit(
            fips=found.fips if found else None,
            votes=place.votes,
            reported=reported.get(key),
            by_type=place.by_type or None,
        )
    return units


def _precincts(element: _Element) -> tuple[int, int] | None:
    reported, of = element.get("precinctsReported"), element.get("precinctsParticipating")
    return pair(number(reported, "precincts"), number(of, "precincts"), "precincts") if reported and of else None


def _left(places: Mapping[str, Mapping[str, str]], contest: _Element) -> tuple[OutstandingBallots, ...] | None:
    """Return the ballots that remain, of a contest that is on every ballot of the state."""
    whole = places.get(_STATE, {}).get("precinctsParticipating")
    if not whole or whole != contest.get("precinctsParticipating"):
        return None
    found = []
    for key, place in places.items():
        units = () if key == _STATE else (checked_label(spaced(place.get("name", "")), "county"),)
        for name, kind in _LEFT.items():
            said = place.get(name)
            if said and (ballots := number(said, name)):
                found.append(OutstandingBallots(ballots=ballots, units=units, type=kind))
    return tuple(found) or None


read = xml_reader(FORMAT, XmlLayout("contest", "key", "contestLongName", _said, _read, within="contests"))
