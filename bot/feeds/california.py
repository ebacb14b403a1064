"""The format `california`: answers of the Secretary of State's API, https://api.sos.ca.gov/returns/.

A contest (`attorney-general`), all districts of an office (`state-senate/district/all`) or a contest by county
(`attorney-general/county/all`: the state first, then each county). Seen in 162 answers of 9 November to 7 December 2022
(biglocalnews/local-election-results-etl), which wraps a list as `races`; none by county was seen. What they show:

- There are no ids: `raceTitle` is the same throughout and makes the key. It ends in "Statewide Results", "Districtwide
  Results" or "Alameda County Results"; in an answer with the whole of a contest its counties are units.
- Measures and justices come as a list under the contest's own name, each with yes and no: a contest each.
- Votes are texts, with commas or without. There is no total; it is the sum.
- `ReportingTime` is Pacific time without a zone, and moves whenever votes do.
- Precincts are not votes: "100% (25,554 of 25,554)" stood there on the first morning, with half of the votes to come.
  Percents are rounded (12 votes ahead is 50.0 to 50.0) and not read.
- The API always has the current election: test votes stand there for weeks before, without any mark.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, TypeAlias
from zoneinfo import ZoneInfo

from msgspec import field

from bot.count.reading import Reading, Reporting, Unit
from bot.desk.counties import county
from bot.errors import BadInputError
from bot.feeds.as_text import local_time, number
from bot.feeds.ballot import ballot_of, checked_label, key_of
from bot.feeds.reader import ReaderContext, quoted
from bot.feeds.skeleton import Found, reader, reading_of
from bot.feeds.strict_json import Model, pair, parse, read_document, shaped

FORMAT = "california"

_PACIFIC = ZoneInfo("America/Los_Angeles")

_TIMES = ("%B %d, %Y, %I:%M %p", "%B %d, %Y, %I %p")

_PRECINCTS = re.compile(r"\(([0-9,]+) of ([0-9,]+)\)")

_WHOLE = frozenset({"Statewide", "Districtwide"})


class _Candidate(Model):
    name: str = field(name="Name")
    votes: str = field(name="Votes")
    party: str | None = field(name="Party", default=None)


class _Question(Model):
    """A measure, or whether a justice stays."""

    yes: str = field(name="yesVotes")
    no: str = field(name="noVotes")


class _Answer(Model):
    """What is said of a contest, in all or in one county."""

    candidates: list[_Candidate] = []
    reporting: str | None = field(name="Reporting", default=None)
    time: str | None = field(name="ReportingTime", default=None)


Part: TypeAlias = tuple[str, Any, Any]
"""(county, empty of the whole; the answer; its question, None where it has candidates), as the file has them."""


def _find(stream: BinaryIO, _: ReaderContext) -> Iterator[Found[list[Part]]]:
    document = parse(read_document(stream))
    if isinstance(document, dict):
        document = document.get("races", [document])
    if not isinstance(document, list):
        raise BadInputError(f"the contests, or races, should be a list, not {quoted(document)}")
    contests: dict[str, list[Part]] = {}
    names: dict[str, str] = {}
    for answer in document:
        title = answer.get("raceTitle") if isinstance(answer, dict) else None
        if not isinstance(title, str):
            yield None, None, [], None
            continue
        office, place = _parts(title)
        for of, question in _questions(answer):
            whole = f"{office} {of}".strip()
            if not place:
                names.setdefault(whole, f"{title} {of}".strip())
            name = names.get(whole, f"{title} {of}".strip())
            contests.setdefault(name, []).append((place, answer, question))
    for name, parts in contests.items():
        yield key_of(name), name, parts, None


def _parts(title: str) -> tuple[str, str]:
    """Return what a title is of: the office, and the county, which is empty of the whole."""
    office, dash, place = title.rpartition(" - ")
    if not dash or not place.endswith(" Results"):
        return title, ""
    place = place.removesuffix(" Results").removesuffix(" County")
    return office, "" if place in _WHOLE else place


def _questions(answer: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what each question of an answer is called, and the question; one without a name where there is none."""
    if "candidates" in answer:
        yield "", None
        return
    found: list[tuple[str, Any]] = [
        (" ".join(str(one[key]) for key in ("Number", "Name") if one.get(key)), one)
        for listed in answer.values()
        if isinstance(listed, list)
        for one in listed
        if isinstance(one, dict) and "yesVotes" in one
    ]
    yield from found or [("", None)]


def _read(parts: list[Part], key: str, context: ReaderContext) -> Reading | None:
    (place, answer, question), *counties = parts
    said = shaped(answer, _Answer)
    names, parties, votes = _choices(said, question)
    if not votes:
        return None
    ballot = ballot_of(names, parties)
    units = {}
    for name, of, asked in parts if place else counties:
        if not name:
            raise BadInputError("is there twice")
        here = shaped(of, _Answer)
        others, _, cast = _choices(here, asked)
        if others != names or name in units:
            raise BadInputError(f"{quoted(name)} has other candidates than the whole contest, or is there twice")
        found = county("CA", name)
        units[checked_label(name, "county")] = Unit(
            fips=found.fips if found else None,
            votes=dict(zip(ballot.ids, cast, strict=True)),
            reported=_precincts(here),
        )
    precincts = _precincts(said)
    return reading_of(
        context,
        key,
        ballot,
        votes,
        name=_name(answer, question),
        as_of=local_time(said.time, _TIMES, _PACIFIC) if said.time else None,
        reporting=Reporting(precincts=precincts) if precincts else None,
        units=units or None,
    )


def _choices(answer: _Answer, question: object) -> tuple[tuple[str, ...], tuple[str | None, ...], list[int]]:
    """Return the names of what can be voted for, their parties and their votes."""
    if question is not None:
        asked = shaped(question, _Question)
        return ("Yes", "No"), (None, None), [number(asked.yes, "yesVotes"), number(asked.no, "noVotes")]
    names = tuple(one.name for one in answer.candidates)
    votes = [number(one.votes, one.name) for one in answer.candidates]
    return names, tuple(one.party for one in answer.candidates), votes


def _name(answer: dict[str, Any], question: object) -> str:
    """Return what the contest is called: `Supreme Court Justice: Patricia Guerrero`."""
    office, place = _parts(answer["raceTitle"])
    name = answer["raceTitle"] if place else office
    return f"{name}: {' '.join(of for of, one in _questions(answer) if one is question)}" if question else name


def _precincts(answer: _Answer) -> tuple[int, int] | None:
    said = _PRECINCTS.search(answer.reporting or "")
    return pair(number(said[1], "Reporting"), number(said[2], "Reporting"), "precincts") if said else None


read = reader(FORMAT, _find, _read)
