"""The format `arizona`: the Secretary of State's `Results.Summary.xml`.

Seen: three contests of the primary of 21 July 2026, as on 5 August (kamoras/civitas). They show:

- Jurisdiction 0, "State", is the total, not a county.
- `resultsTimestamp` has no zone. Arizona is seven hours behind UTC all year.
- Names are "Last, First" with suffixes and nicknames ("Feely, Thomas 'Jay', IV"). The contest's name also contains the party.
- A choice had 5 votes and 0 of every vote type. Types that are all 0 for a choice with votes are not read.
- `countiesReported` was 15 of 1, and is not read. Precincts are.
- Ballots remaining are given by type for the state and each county, but not by contest. They are used for contests that are on
  every ballot (all precincts). 0 means unknown: it is there before anything is counted, and `ballotsRemaining` was 0 when
  5 early ballots remained.
- Nothing says whether results are official.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from zoneinfo import ZoneInfo

from lxml.etree import XPath, _Element

from bot.count.reading import OutstandingBallots, Reading, Reporting, Unit, VoteType
from bot.desk.counties import county
from bot.errors import BadInputError
from bot.feeds.as_text import day_of, local_time, number
from bot.feeds.ballot import ballot_of, checked_label, count_named, spaced
from bot.feeds.clarity.table import numbers
from bot.feeds.format import Format
from bot.feeds.reader import ReaderContext, quoted
from bot.feeds.skeleton import reading_of
from bot.feeds.strict_json import pair
from bot.feeds.vote_table import Table, TableChoice, UnitLabel, aligned, units_of
from bot.feeds.xml_file import XmlLayout, xml_reader

NAME = "arizona"

_PHOENIX = ZoneInfo("America/Phoenix")

_STAMPS = ("%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S")

_STATE = "0"

_REMAINING: dict[str, VoteType] = {
    "earlyBallotsRemaining": "early",
    "provisionalBallotsRemaining": "provisional",
    "ballotsReadyToProcess": "other",
}

_WRITE_IN = re.compile(r"(?<! ) *\(Write-In\) *$", re.IGNORECASE)

_SUFFIX = re.compile(r"(?:jr|sr|[ivx]+)\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Header:
    """The contents of the elements that come before the contests in a file."""

    stamp: str | None
    day: str | None
    election: str | None
    places: Mapping[str, Mapping[str, str]]
    """The attributes of the state and each county, by the jurisdiction's key."""


def _header(root: _Element) -> _Header:
    if root.tag != "electionResult":
        raise BadInputError(f"should be an electionResult, not {quoted(root.tag)}")
    stamp, day, election = (
        root.findtext(f"electionInformation/{name}") for name in ("resultsTimestamp", "electionDate", "electionName")
    )
    places = root.findall("voterTurnout/jurisdictions/jurisdiction")
    return _Header(
        stamp,
        day,
        election,
        {one.get("key", ""): {str(name): str(value) for name, value in one.items()} for one in places},
    )


def _read(contest: _Element, key: str, header: _Header, context: ReaderContext) -> Reading | None:
    choices = contest.findall("choices/choice")
    if not choices:
        return None
    ballot = ballot_of(
        tuple(_first_name_first(one.get("choiceName", "")) for one in choices),
        tuple(one.get("party") or None for one in choices),
        tuple(one.get("key", "") for one in choices),
    )
    votes = [number(one.get("totalVotes"), one.get("choiceName", "")) for one in choices]
    as_of = local_time(header.stamp, _STAMPS, _PHOENIX) if header.stamp else None
    precincts, (state, units) = _precincts(contest), _places(contest, choices, ballot.ids)
    return reading_of(
        context,
        key,
        ballot,
        votes,
        name=contest.get("contestLongName"),
        as_of=as_of,
        count=count_named(header.election, contest.get("contestLongName")),
        day=day_of(header.day, "%Y-%m-%d") if header.day else None,
        reporting=Reporting(precincts=precincts) if precincts else None,
        by_type=state.by_type if state else None,
        units=units or None,
        more={"outstanding": _remaining(header.places, contest)},
    )


def _first_name_first(name: str) -> str:
    """Move the first name to the front: `Feely, Thomas 'Jay', IV` becomes Thomas 'Jay' Feely IV."""
    mark = " (Write-In)" if _WRITE_IN.search(name) else ""
    last, *others = [spaced(part) for part in _WRITE_IN.sub("", name).split(",")]
    suffixes = [part for part in others if _SUFFIX.fullmatch(part)]
    first = [part for part in others if part not in suffixes]
    return spaced(" ".join([*first, last, *suffixes])) + mark


_PLACES = "choices/choice/jurisdictions/jurisdiction"

_JURISDICTIONS = XPath(_PLACES)

_COLUMNS = tuple(
    XPath(f"{_PLACES}/{one}", smart_strings=False)
    for one in ("@key", "@votes", "voteTypes/voteType/@voteTypeName", "voteTypes/voteType/@votes")
)
"""XPaths that return all cells of a contest at once, without an object for each cell. Nine tenths of a file are
cells.
"""


def _places(contest: _Element, choices: Sequence[_Element], ids: Sequence[str]) -> tuple[Unit | None, dict[str, Unit]]:
    """Return the unit for the whole state, and the counties by name.

    Raises:
        BadInputError: a value is wrong. The message names it.

    """
    table, names = _table(contest, choices)
    known = [_unit_label(names[key]) for key in table.units]
    counties = contest.findall("participatingJurisdictions/jurisdiction")
    reported = {one.get("key", ""): pair for one in counties if (pair := _precincts(one))}
    units = units_of(table, ids, known, reported)
    if len(units) != len(known):
        raise BadInputError("has a jurisdiction twice, by one name and two keys")
    state = units.pop(known[table.units.index(_STATE)][0]) if _STATE in table.units else None
    return state, units


def _table(contest: _Element, choices: Sequence[_Element]) -> tuple[Table, dict[str, str]]:
    """Return a contest's votes as a table, and the jurisdictions' names by key.

    The table's units are the jurisdictions' keys.
    """
    keys, parts, types, typed = (cast("list[str]", path(contest)) for path in _COLUMNS)
    places = cast("list[_Element]", _JURISDICTIONS(contest))
    listed, sizes = ([sum(map(len, one)) for one in above] for above in (choices, places))
    if not len(keys) == len(parts) == sum(listed) or not len(types) == len(typed) == sum(sizes):
        raise BadInputError("has a jurisdiction without its key or votes, or a vote type without its name or votes")
    votes = numbers(parts, lambda at: f"votes of {places[at].get('name')}")
    counts = numbers(typed, lambda at: f"votes of the type {quoted(types[at])}")
    kinds, (by_place,), has_types = aligned(types, [counts], sizes, "the vote types of a jurisdiction")
    columns = [by_place[at :: len(kinds)] for at in range(len(kinds))]
    silent = [bool(of) and not any(line) for of, line in zip(votes, zip(*columns))]  # noqa: B905 - no lines: no types
    if any(silent):  # types that say nothing of a choice's votes are not read
        columns = [[None if no else of for no, of in zip(silent, column, strict=True)] for column in columns]
    units, (by_unit, *by_type), has_units = aligned(keys, [votes, *columns], listed, "the jurisdictions of a choice")
    cuts = [slice(start, start + len(units)) for start in range(0, len(by_unit), len(units) or 1)]
    unsaid = [None] * len(kinds)
    made = [
        TableChoice("", "", None, 0, tuple(kinds), unsaid, [column[cut] for column in by_type], by_unit[cut])
        for cut in cuts
    ]
    table = Table(made, units, "jurisdiction", has_types and has_units and not any(silent))
    return table, {key: places[keys.index(key)].get("name", "") for key in units}


def _unit_label(name: str) -> UnitLabel:
    called = checked_label(spaced(name).removesuffix(" County"), "county")
    found = county("AZ", called)
    return called, found.fips if found else None


def _precincts(element: _Element) -> tuple[int, int] | None:
    reported, of = element.get("precinctsReported"), element.get("precinctsParticipating")
    return pair(number(reported, "precincts"), number(of, "precincts"), "precincts") if reported and of else None


def _remaining(places: Mapping[str, Mapping[str, str]], contest: _Element) -> tuple[OutstandingBallots, ...] | None:
    """Return the ballots remaining; None if the contest is not on every ballot in the state."""
    whole = places.get(_STATE, {}).get("precinctsParticipating")
    if not whole or whole != contest.get("precinctsParticipating"):
        return None
    found = []
    for key, place in places.items():
        units = () if key == _STATE else (checked_label(spaced(place.get("name", "")), "county"),)
        for name, kind in _REMAINING.items():
            text = place.get(name)
            if text and (ballots := number(text, name)):
                found.append(OutstandingBallots(ballots=ballots, units=units, type=kind))
    return tuple(found) or None


read = xml_reader(NAME, XmlLayout("contest", "key", "contestLongName", _header, _read, within="contests"))

FORMAT = Format(name=NAME, read=read, begins=lambda it: it.root == "electionResult" or "electionInformation" in it.line)
