"""The format `california`: answers of the Secretary of State's API, https://api.sos.ca.gov/returns/.

An answer has a contest (`attorney-general`), all districts of an office (`state-senate/district/all`) or a contest by county
(`attorney-general/county/all`: the state first, then each county). Seen: 162 answers of 9 November to 7 December 2022
(biglocalnews/local-election-results-etl), which wrap a list as `races`. None of them is by county. They show:

- There are no ids. `raceTitle` never changes, and is the key. It ends in "Statewide Results", "Districtwide Results" or
  "Alameda County Results". In an answer with the whole contest, its counties become units.
- Measures and justices are lists under the contest's name. Each has yes and no, and becomes a contest.
- Votes are texts, with or without commas. There is no total; it is the sum.
- `ReportingTime` is Pacific time without a zone, and changes whenever votes do.
- Precincts say little about the votes: they were "100% (25,554 of 25,554)" on the first morning, with half of the votes still
  to come. Percentages are rounded (50.0 to 50.0 for a lead of 12 votes), and not read.
- The API always has the current election. For weeks before it has test votes, which nothing marks as such.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.count.reading import Reading, Reporting, Unit
from bot.desk.counties import county
from bot.errors import BadInputError
from bot.feeds.as_text import local_time, number
from bot.feeds.ballot import ballot_of, checked_label
from bot.feeds.format import Format
from bot.feeds.reader import ReaderContext, Refusal, quoted
from bot.feeds.skeleton import FeedContest, reader, reading_of
from bot.feeds.strict_json import VendorModel, pair, parse, read_document, shaped
from bot.feeds.vote_table import UnitLabel

NAME = "california"

_PACIFIC = ZoneInfo("America/Los_Angeles")

_TIMES = ("%B %d, %Y, %I:%M %p", "%B %d, %Y, %I %p")

_PRECINCTS = re.compile(r"\(([0-9,]+) of ([0-9,]+)\)")

_WHOLE = frozenset({"Statewide", "Districtwide"})


class _Candidate(VendorModel):
    name: str = Field(alias="Name")
    votes: str = Field(alias="Votes")
    party: str | None = Field(None, alias="Party")


class _Question(VendorModel):
    """A measure, or a vote on the retention of a justice."""

    yes: str = Field(alias="yesVotes")
    no: str = Field(alias="noVotes")


class _Answer(VendorModel):
    """A contest's results, for the whole contest or for one county."""

    title: str = Field(alias="raceTitle")
    candidates: list[_Candidate] = []
    reporting: str | None = Field(None, alias="Reporting")
    time: str | None = Field(None, alias="ReportingTime")


_Part: TypeAlias = tuple[str, str, str, _Answer | BadInputError, object]
"""(county, title, question's name, answer, question). The county is empty for the whole contest. The question is unchecked
JSON; for contests with candidates its name is empty and it is None."""


def _find(stream: BinaryIO, context: ReaderContext) -> Iterator[FeedContest[list[_Part]] | Refusal]:
    contests: dict[str, list[_Part]] = {}
    names: dict[str, str] = {}
    for number_, value in enumerate(_listed(parse(read_document(stream))), start=1):
        questions = _ALONE
        try:
            answer: _Answer | BadInputError = shaped(value, _Answer)
        except BadInputError as error:
            answer = error
        title = value.get("raceTitle") if isinstance(value, dict) else None
        if not isinstance(title, str):
            yield Refusal(context.name, f"contest {number_} of the file: {answer}")
            continue
        if isinstance(answer, _Answer) and "candidates" not in value:
            questions = _questions(value)
        office, place = _parts(title)
        for of, question in questions:
            whole = f"{office} {of}" if of else office
            called = f"{title} {of}" if of else title
            if not place:
                names.setdefault(whole, called)
            name = names.get(whole, called)
            contests.setdefault(name, []).append((place, title, of, answer, question))
    for name, parts in contests.items():
        yield name, name, parts, None


def _listed(document: object) -> list[Any]:
    """Return the answers in a file, which may be a list, an object with `races`, or a single answer."""
    if isinstance(document, dict):
        document = document.get("races", [document])
    return shaped(document, list[Any], "the contests, or races,")


def _parts(title: str) -> tuple[str, str]:
    """Split a title into the office and the county. The county is empty for the whole contest."""
    office, dash, place = title.rpartition(" - ")
    if not dash or not place.endswith(" Results"):
        return title, ""
    place = place.removesuffix(" Results").removesuffix(" County")
    return office, "" if place in _WHOLE else place


_ALONE: list[tuple[str, object]] = [("", None)]


def _questions(answer: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Return (name, question) for each question in an answer.

    If there are no questions, the result is `_ALONE`, which stands for a contest between candidates.
    """
    found: list[tuple[str, object]] = [
        (" ".join(str(one[key]) for key in ("Number", "Name") if one.get(key)) if isinstance(one, dict) else "", one)
        for listed in answer.values()
        if isinstance(listed, list)
        for one in listed
        if not isinstance(one, dict) or "yesVotes" in one
    ]
    return found or _ALONE


def _read(parts: list[_Part], key: str, context: ReaderContext) -> Reading | None:
    (place, title, of, answer, question), *counties = parts
    whole, choices = _choices(answer, question)
    if not choices:
        return None
    names = tuple([one.name for one in choices])
    ballot = ballot_of(names, tuple([one.party for one in choices]))
    units = {}
    for county_, _, _, here, asked in parts if place else counties:
        if not county_:
            raise BadInputError("is there twice")
        answered, those = _choices(here, asked)
        name, fips = _county(county_)
        votes = {
            one: number(its.votes, its.name)
            for one, its, called in zip(ballot.ids, those, names)  # noqa: B905 - so many as agree; strict takes twice as long
            if its.name == called
        }
        if not len(votes) == len(those) == len(names) or name in units:
            raise BadInputError(f"{quoted(name)} has other candidates than the whole contest, or is there twice")
        units[name] = Unit(fips=fips, votes=votes, reported=_precincts(answered.reporting or ""))
    precincts = _precincts(whole.reporting or "")
    name = title if place else _parts(title)[0]
    return reading_of(
        context,
        key,
        ballot,
        [number(one.votes, one.name) for one in choices],
        name=f"{name}: {of}" if question else name,
        as_of=local_time(whole.time, _TIMES, _PACIFIC) if whole.time else None,
        reporting=Reporting(precincts=precincts) if precincts else None,
        units=units or None,
    )


def _choices(answer: _Answer | BadInputError, question: object) -> tuple[_Answer, Sequence[_Candidate]]:
    """Return an answer, and its choices with their votes.

    For a `question`, the choices are Yes and No. If `answer` is an error, it is raised.
    """
    if isinstance(answer, BadInputError):
        raise answer
    if question is not None:
        votes = shaped(question, _Question)
        return answer, [
            _Candidate.model_construct(name="Yes", votes=votes.yes),
            _Candidate.model_construct(name="No", votes=votes.no),
        ]
    return answer, answer.candidates


def _county(name: str) -> UnitLabel:
    """Return a county's name and FIPS code. The code is None if the county is unknown."""
    found = county("CA", name)
    return checked_label(name, "county"), found.fips if found else None


def _precincts(reporting: str) -> tuple[int, int] | None:
    match = _PRECINCTS.search(reporting)
    return pair(number(match[1], "Reporting"), number(match[2], "Reporting"), "precincts") if match else None


read = reader(NAME, _find, _read)

FORMAT = Format(
    name=NAME,
    read=read,
    begins=lambda it: "raceTitle" in it.first or it.has("raceTitle") or "raceTitle" in it.first_in("races"),
    every="3m",
)
