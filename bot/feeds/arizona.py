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
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, TypeAlias
from zoneinfo import ZoneInfo

from lxml.etree import _Element, tostring

from bot.count.reading import OutstandingBallots, Reading, Reporting, Status, Unit, VoteType
from bot.desk.counties import county
from bot.errors import BadInputError
from bot.feeds.as_text import local_time, number, status_on
from bot.feeds.ballot import ballot_of, checked_label, count_named, spaced
from bot.feeds.clarity.xml import XmlFile, parts_of
from bot.feeds.reader import ReaderContext, quoted
from bot.feeds.skeleton import Found, reader, reading_of
from bot.feeds.strict_json import pair
from bot.feeds.vote_table import plan_of

FORMAT = "arizona"

_PHOENIX = ZoneInfo("America/Phoenix")

_STAMPS = ("%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S")

_STATE = "0"

_LEFT: dict[str, VoteType] = {
    "earlyBallotsRemaining": "early", "provisionalBallotsRemaining": "provisional", "ballotsReadyToProcess": "other",
}  # fmt: skip

_WRITE_IN = re.compile(r" *\(Write-In\) *$", re.IGNORECASE)

_SUFFIX = re.compile(r"(?:jr|sr|[ivx]+)\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Said:
    """What stands before the contests."""

    stamp: str | None
    day: str | None
    election: str | None
    places: Mapping[str, Mapping[str, str]]
    """What is said of the state and each county, by its key."""


Contest: TypeAlias = tuple[_Said, _Element]


def _find(stream: BinaryIO, _: ReaderContext) -> Iterator[Found[Contest]]:
    found: list[Contest] = []
    with XmlFile(stream) as file:
        for root, contests in parts_of(file, "contests"):
            if root.tag != "electionResult":
                raise BadInputError(f"should be an electionResult, not {quoted(root.tag)}")
            if contests is not None:
                said = _said(root)
                found += [(said, one) for one in contests]
    if not found:
        raise BadInputError("has no contests")
    times = Counter(one.get("key") for _, one in found)
    for said, one in found:  # once the whole file is known to be XML
        words = tostring(one) if times[one.get("key")] > 1 else None
        yield one.get("key"), one.get("contestLongName"), (said, one), words


def _said(root: _Element) -> _Said:
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


def _read(found: Contest, key: str, context: ReaderContext) -> Reading | None:
    said, contest = found
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
    precincts = _precincts(contest)
    return reading_of(
        context,
        key,
        ballot,
        votes,
        name=contest.get("contestLongName"),
        as_of=as_of,
        count=count_named(said.election, contest.get("contestLongName")),
        status=_status(said.day, as_of or context.as_of),
        reporting=Reporting(precincts=precincts) if precincts else None,
        by_type=_types(ballot.ids, [one.find(f"jurisdictions/jurisdiction[@key='{_STATE}']") for one in choices]),
        units=_units(contest, choices, ballot.ids) or None,
        outstanding=_left(said.places, contest),
    )


def _turned(name: str) -> str:
    """Return a name as one says it: `Feely, Thomas 'Jay', IV` is Thomas 'Jay' Feely IV."""
    mark = " (Write-In)" if _WRITE_IN.search(name) else ""
    last, *others = [spaced(part) for part in _WRITE_IN.sub("", name).split(",")]
    suffixes = [part for part in others if _SUFFIX.fullmatch(part)]
    first = [part for part in others if part not in suffixes]
    return spaced(" ".join([*first, last, *suffixes])) + mark


def _units(contest: _Element, choices: Sequence[_Element], ids: Sequence[str]) -> dict[str, Unit]:
    """Return what each county says."""
    reported = {one.get("key"): _precincts(one) for one in contest.findall("participatingJurisdictions/jurisdiction")}
    here: dict[str, dict[str, _Element]] = {}
    names: dict[str, str] = {}
    for candidate, choice in zip(ids, choices, strict=True):
        for one in choice.iter("jurisdiction"):
            key = one.get("key", "")
            if key not in names:
                names[key] = checked_label(spaced(one.get("name", "")).removesuffix(" County"), "county")
            if key != _STATE:
                here.setdefault(key, {})[candidate] = one
    units = {}
    for key, by in here.items():
        found = county("AZ", names[key])
        units[names[key]] = Unit(
            fips=found.fips if found else None,
            votes={candidate: number(one.get("votes"), names[key]) for candidate, one in by.items()},
            reported=reported.get(key),
            by_type=_types(list(by), list(by.values())),
        )
    if len(units) != len(here):
        raise BadInputError("has two counties of one name")
    return units


def _types(ids: Sequence[str], places: Sequence[_Element | None]) -> dict[VoteType, dict[str, int]] | None:
    """Return the votes of one place by type; nothing of a choice whose types say nothing of its votes."""
    sums: dict[VoteType, dict[str, int]] = {}
    for candidate, place in zip(ids, places, strict=True):
        if place is None:
            continue
        kinds, said = [], []
        for one in place.iter("voteType"):
            kinds.append(one.get("voteTypeName", ""))
            said.append(number(one.get("votes"), kinds[-1]))
        if any(said) or place.get("votes") == "0":
            for kind, at in plan_of(tuple(kinds)).typed:
                sums.setdefault(kind, {})[candidate] = sum([said[one] for one in at])
    return sums or None


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
        for field, kind in _LEFT.items():
            said = place.get(field)
            if said and (ballots := number(said, field)):
                found.append(OutstandingBallots(ballots=ballots, units=units, type=kind))
    return tuple(found) or None


def _status(day: str | None, as_of: datetime) -> Status | None:
    return status_on(local_time(day, ("%Y-%m-%d",), _PHOENIX).date(), as_of, _PHOENIX) if day else None


read = reader(FORMAT, _find, _read)
