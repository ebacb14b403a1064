"""The format `los-angeles`: the county's own results, in JSON or in the fixed-width file of its older system.

JSON (https://results.lavote.gov/electionresults/json?electionid=4300), seen at 3:35 a.m. on 9 November and on 5 December
2022 (biglocalnews/local-election-results-etl):

- A contest has no id. Its `Title`, up to 137 characters, is the key. A justice is a contest with yes and no.
- There is no total, no precincts and no status. `Timestamp` is Pacific time without a zone.
- `VoteFor` is in words, and only there for several seats. `MeasurePassRate` says whether a measure needs a majority, 55% or
  2/3. Both belong into the desk file (`rule`, `seats`, `threshold`) and are not read.

Fixed width (`0018nov18.ets`), seen in files of test runs on 10 May and 11 October 2018 and 20 February 2020
(datadesk/la-election-night). Lines have 95 columns: 1-3 are the contest's number, which is the key since titles repeat, and
4-5 the type of the line:

- `ET` is the file's heading with election day, `TD` the time (Pacific), `EF` the number of lines.
- `CC`, `MC` and `JC` are a contest's title, `CN` a candidate, `MT` a measure's yes or no, `JN` a justice's, whose name is only
  on the line of yes. `PR` has precincts; in 2020 without the number that report. A group without a title (turnout) is not a
  contest.
- Columns are counted in characters. The one file with an accented name is in UTF-8.
- Nothing marks a test run. A time before election day is not of a count, and gives the status pre-election.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any, BinaryIO, ClassVar, TypeAlias
from zoneinfo import ZoneInfo

from pydantic.alias_generators import to_pascal

from bot.count.reading import Reading, Reporting, Status, Votes
from bot.errors import BadInputError
from bot.feeds.as_text import day_of, local_time, number
from bot.feeds.ballot import ballot_of, spaced
from bot.feeds.format import Format
from bot.feeds.reader import ReaderContext, Refusal
from bot.feeds.skeleton import FeedContest, is_before, json_contests, reader, reading_of
from bot.feeds.strict_json import VendorModel, pair, parse, read_document, shaped

NAME = "los-angeles"

_PACIFIC = ZoneInfo("America/Los_Angeles")

_STAMPS, _TIMES = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f"), ("%H:%M %m/%d/%Y",)

_DAY = re.compile(r"([A-Z]{3,9} \d{1,2}, \d{4})")

_TITLES = frozenset({"CC", "MC", "JC"})

_COLUMNS = 95

_LINE = re.compile(r"\d{3}(ET|TD|CC|MC|JC|CN|MT|JN|VF|PR|DR|BK|EF)")

_ANSWERED = re.compile(r"(.*?)(?<! ) *- (YES|NO) +([0-9,]+) ")
"""Columns 19 to 95 of a line with yes or no."""

_NAME_OF_JUSTICE = 24
"""The position in such a line at which a justice's name begins."""


class _Candidate(VendorModel, alias_generator=to_pascal):
    name: str
    votes: Votes
    party: str | None = None


class _Contest(VendorModel, alias_generator=to_pascal):
    precincts: ClassVar[tuple[int, int] | None] = None
    title: str
    candidates: list[_Candidate]


@dataclass(frozen=True, slots=True)
class _LineCandidate:
    name: str
    votes: int
    party: str | None = None


@dataclass(frozen=True, slots=True)
class _LineContest:
    """A contest in the fixed-width file, which also has precincts."""

    title: str
    candidates: Sequence[_LineCandidate]
    precincts: tuple[int, int] | None


class _Group(VendorModel, alias_generator=to_pascal):
    contests: object


class _Election(VendorModel, alias_generator=to_pascal):
    contest_groups: list[_Group]
    date: str | None = None


class _File(VendorModel, alias_generator=to_pascal):
    election: _Election
    timestamp: str | None = None


@dataclass(frozen=True, slots=True)
class _Header:
    """The fields of the file that apply to all contests."""

    as_of: datetime | None
    status: Status | None


_ContestWithHeader: TypeAlias = tuple[_Header, _Contest | _LineContest]
"""(header, contest)"""


def _find(stream: BinaryIO, context: ReaderContext) -> Iterable[FeedContest[_ContestWithHeader] | Refusal]:
    data = read_document(stream)
    if data.lstrip()[:1] == b"{":
        return _json(data, context)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return _lines(text.splitlines(), context)


def _json(data: bytes, context: ReaderContext) -> Iterable[FeedContest[_ContestWithHeader] | Refusal]:
    file = shaped(parse(data), _File)
    stamp, day = file.timestamp, file.election.date
    header = _header(
        local_time(stamp, _STAMPS, _PACIFIC) if stamp else None,
        day_of(day[:10], "%Y-%m-%d") if day else None,
        context,
    )
    groups = [
        json_contests(group.contests, _Contest, _key_and_name, header, context, "Contests")
        for group in file.election.contest_groups
    ]
    return chain.from_iterable(groups)


def _key_and_name(contest: Mapping[str, Any]) -> tuple[object, object]:
    """Return a contest's title both as its key and as its name."""
    return contest.get("Title"), contest.get("Title")


def _header(as_of: datetime | None, day: date | None, context: ReaderContext) -> _Header:
    before = day is not None and is_before(as_of or context.as_of, day)
    return _Header(as_of, "pre-election" if before else None)


def _lines(lines: Sequence[str], context: ReaderContext) -> Iterator[FeedContest[_ContestWithHeader]]:
    if not lines or lines[0][3:5] != "ET":
        raise BadInputError("is neither JSON nor a file of fixed width: its first line should be one of ET")
    if lines[-1][3:5] != "EF" or _columns_of(lines[-1], 15, 25) != str(len(lines)):
        raise BadInputError(f"is cut short: its last line should be one of EF and say {len(lines)} lines")
    head = [line for line in lines if line.startswith("000")]
    days = [match[1] for line in head if line[3:5] == "ET" and (match := _DAY.search(line))]
    stamps = [_columns_of(line, 16, 40) for line in head if line[3:5] == "TD"]
    header = _header(
        local_time(stamps[0], _TIMES, _PACIFIC) if stamps else None,
        day_of(days[0].title(), "%B %d, %Y") if days else None,
        context,
    )
    contests: dict[str, list[str]] = {}
    for line in lines:
        contests.setdefault(line[:3], []).append(line)
    for number_, of in contests.items():
        if title := next((_columns_of(line, 16, 70) for line in of if line[3:5] in _TITLES), None):
            yield number_, title, _contest_of(header, of), of


def _columns_of(line: str, first: int, last: int) -> str:
    """Return the text in a range of columns, counted from 1. It is stripped and has single spaces."""
    return spaced(line[first - 1 : last])


def _contest_of(header: _Header, lines: list[str]) -> _ContestWithHeader | BadInputError:
    """Parse the lines of a contest. Returns an error if the contest has to be refused."""
    title = next(line for line in lines if line[3:5] in _TITLES)
    called = [_columns_of(title, 16, 44), _columns_of(title, 45, 70)]
    candidates: list[_LineCandidate] = []
    try:
        for line in lines:
            kind = line[3:5]
            if kind == "CN":
                name = _columns_of(line, 19, 41)
                candidates.append(
                    _LineCandidate(name, number(line[73:82], f"votes of {name}"), _columns_of(line, 42, 45) or None)
                )
            elif kind in {"MT", "JN"}:
                what, answer, votes = _split_answer(line)
                if answer == "YES":
                    at = _NAME_OF_JUSTICE if kind == "JN" else 0
                    called += [spaced(what[:at]), spaced(what[at:])]
                candidates.append(_LineCandidate(answer.title(), number(votes, answer)))
        return header, _LineContest(", ".join(filter(None, called)), candidates, _precincts(lines))
    except BadInputError as error:
        return error


def _split_answer(line: str) -> Sequence[str]:
    """Split a line with yes or no into three texts: the text before the answer, YES or NO, and the votes."""
    if found := _ANSWERED.match(line[18:_COLUMNS]):
        return found.groups()
    raise BadInputError(f"should have yes or no and the votes, not {_columns_of(line, 19, 85)}")


def _read(contest: _ContestWithHeader, key: str, context: ReaderContext) -> Reading | None:
    header, one = contest
    names: list[str] = []
    parties: list[str | None] = []
    votes: list[int] = []
    for candidate in one.candidates:
        names.append(candidate.name)
        parties.append(candidate.party)
        votes.append(candidate.votes)
    if not votes:
        return None
    ballot = ballot_of(tuple(names), tuple(parties))
    reporting = Reporting(precincts=one.precincts) if one.precincts else None
    return reading_of(
        context, key, ballot, votes, name=one.title, as_of=header.as_of, status=header.status, reporting=reporting
    )


def _precincts(lines: Sequence[str]) -> tuple[int, int] | None:
    line = next((line for line in lines if line[3:5] == "PR"), None)
    if line is None:
        return None
    if not (reported := line[77:85].strip()):
        return None
    return pair(number(reported, "precincts reporting"), number(line[36:44], "precincts"), "precincts")


read = reader(NAME, _find, _read)

FORMAT = Format(
    name=NAME, read=read, begins=lambda it: "ContestGroups" in it.inside("Election") or bool(_LINE.match(it.line))
)
