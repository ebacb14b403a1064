"""Compares every contest in every recorded file with the raw bytes, which this test reads in another way.

Votes, vote types and units have to agree to the vote.
"""

import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bot.count.reading import Reading, Unit
from bot.desk.counties import county
from bot.feeds.formats import reader_of
from bot.feeds.reader import ReaderContext
from tests.feeds.conftest import RECEIVED

Told = tuple[list[int], dict[str, int], dict[str, list[int]]]
"""The votes of a contest: in ballot order, by the feed's name of a vote type, and by unit in ballot order."""
KINDS = {
    "Election Day Votes": "election-day",
    "Election Day": "election-day",
    "Absentee by Mail Votes": "absentee-mail",
    "Absentee by Mail": "absentee-mail",
    "Advanced Voting Votes": "early",
    "Advance Voting": "early",
    "Provisional Votes": "provisional",
    "Provisional": "provisional",
}


def summary(data: bytes) -> Iterator[tuple[str, Told]]:
    whole = json.loads(data)
    for one in whole if isinstance(whole, list) else whole["Contests"]:
        if one["CH"]:
            yield one["K"], (one["V"], {}, {})


def detail(data: bytes) -> Iterator[tuple[str, Told]]:
    for one in ET.fromstring(data).iter("Contest"):
        types: Counter[str] = Counter()
        units: dict[str, list[int]] = defaultdict(list)
        for place, choice in enumerate(one.findall("Choice")):
            for kind in choice.findall("VoteType"):
                types[kind.attrib["name"]] += int(kind.attrib["votes"])
                for cell in kind:
                    votes = units[cell.attrib["name"]]
                    votes += [0] * (place + 1 - len(votes))
                    votes[place] += int(cell.attrib["votes"])
        yield one.attrib["key"], ([int(choice.attrib["totalVotes"]) for choice in one.findall("Choice")], types, units)


def live(data: bytes) -> Iterator[tuple[str, Told]]:
    for one in json.loads(data)["ballotItems"]:
        options = one["summaryResults"]["ballotOptions"]
        types: Counter[str] = Counter()
        for option in options:
            for group in option.get("groupResults") or ():
                types[group["groupName"][0]["text"]] += group["voteCount"]
        yield one.get("id", one["name"][0]["text"]), ([option["voteCount"] for option in options], types, {})


def export(data: bytes) -> Iterator[tuple[str, Told]]:
    whole = json.loads(data)
    state = {one["id"] for one in whole["results"]["ballotItems"]}
    places = [(one["name"].removesuffix(" County"), one["ballotItems"]) for one in whole["localResults"]]
    for one in whole["results"]["ballotItems"]:
        units = {name: votes_of(item) for name, items in places for item in items if item["id"] == one["id"]}
        yield one["id"], (votes_of(one), types_of(one), units)
    for name, items in places:
        for item in items:
            if item["id"] not in state:
                yield f"{name} {item['id']}", (votes_of(item), types_of(item), {})


def votes_of(item: dict[str, Any]) -> list[int]:
    return [option["voteCount"] for option in item["ballotOptions"]]


def types_of(item: dict[str, Any]) -> dict[str, int]:
    types: Counter[str] = Counter()
    for option in item["ballotOptions"]:
        for group in option["groupResults"]:
            types[group["groupName"]] += group["voteCount"]
    return types


def ap(data: bytes) -> Iterator[tuple[str, Told]]:
    for race in json.loads(data)["races"]:
        state, *below = race["reportingUnits"]
        order = [one["polID"] for one in state["candidates"]]
        units: dict[str, list[int]] = {}
        for unit in below:
            votes = units.setdefault(str(unit["fipsCode"]).zfill(5), [0] * len(order))
            for one in unit["candidates"]:
                votes[order.index(one["polID"])] += one["voteCount"]
        yield f"{state['statePostal']} {race['raceID']}", ([one["voteCount"] for one in state["candidates"]], {}, units)


FILES: dict[str, tuple[str, Callable[[bytes], Iterator[tuple[str, Told]]], int]] = {
    "clarity-ga-2020-11-12/summary.json": ("clarity-summary", summary, 298),
    "clarity-today/colorado-2022-11-08-summary.json": ("clarity-summary", summary, 7),
    "clarity-today/new-jersey-atlantic-summary.json": ("clarity-summary", summary, 204),
    "clarity-ga-2020-11-20/detail.xml": ("clarity-detail", detail, 2),
    "clarity-ga-2020-11-20/atkinson-detail.xml": ("clarity-detail", detail, 25),
    "georgia-export/export-2020NovGenRec.json": ("georgia-export", export, 1),
    "enhanced-voting/georgia-2026-06-16-media-export.json": ("enhanced-voting", export, 19),
    "enhanced-voting/georgia-2026-06-16-data.json": ("enhanced-voting", live, 27),
    "enhanced-voting/georgia-2024-11-05-data.json": ("enhanced-voting", live, 3),
    "ap/20121106_me_fl_senate.json": ("ap", ap, 2),
}


@pytest.mark.parametrize("name", FILES)
def test_every_contest_agrees_with_the_raw_bytes(feeds: Path, name: str) -> None:
    form, told, contests = FILES[name]
    data = (feeds / name).read_bytes()
    items = list(reader_of(form)(io.BytesIO(data), ReaderContext(name, RECEIVED)))
    assert [item for item in items if not isinstance(item, Reading)] == []
    readings = {item.contest: item for item in items if isinstance(item, Reading)}
    expected = {re.sub(r"[ -]+", "-", key.lower()): one for key, one in told(data)}
    assert readings.keys() == expected.keys()
    assert len(readings) == contests
    for key, (votes, types, units) in expected.items():
        reading = readings[key]
        assert list(reading.votes.values()) == votes
        assert reading.total in (None, sum(votes))
        by_type = {kind: sum(cells.values()) for kind, cells in (reading.by_type or {}).items()}
        expected_types = {KINDS[kind]: cast for kind, cast in types.items() if kind in KINDS}
        assert by_type.items() <= expected_types.items()
        assert not any(
            expected_types[kind] for kind in expected_types.keys() - by_type.keys()
        )  # nothing of it reported
        found = {
            called(unit, one): [(one.votes or {}).get(who, 0) for who in reading.votes]
            for unit, one in (reading.units or {}).items()
        }
        assert found == units


def called(name: str, unit: Unit) -> str:
    """Return the name of a unit in the raw bytes. For the AP, it is the county's code."""
    codes = {known.fips for state in ("FL", "ME") if (known := county(state, name))}
    return unit.fips if unit.fips in codes else name
