"""Reads AP's reports, from which `tallydesk new` proposes lines for a desk file.

    APPollHoursReport > lastUpdated, StatePollingHours[] > statePostal lastPollClosingET notes
    DeadlinesMilestones2026 > lastUpdated, EventInformation[] > Date State Election Calendar_Event
    …RecountRules… > lastUpdated, …[] > State or statePostal, …

Reports are read in JSON (`format=json`), whose keys have the names of the elements in XML. The names come from AP's
documentation (developer.ap.org/ap-elections-api/docs: Poll_Hours_Report, Deadlines_Milestones_Report, read 27 Nov.
2026), and for the poll hours also from a newsroom's published script of 2024. No real report was seen; the reader was
tested with made-up files. Other reports are refused.

- No description of the Recount Rules Report was found. It is read by the shape that all described reports have, a list with a
  row for each state. Its elements are shown unchanged, for a person to read.
- A closing time before noon, Eastern time, is in the night after election day, as in Alaska and Hawaii.
- Reports are only shown. A person has to look up what AP says about a state's law.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any, TypeAlias

from pydantic import TypeAdapter

from bot.box.box import Job, own_worker
from bot.errors import BadInputError
from bot.feeds.ballot import checked_label, spaced
from bot.feeds.reader import plain, quoted, shortened
from bot.feeds.strict_json import parse, shaped

_POLL_HOURS, _DEADLINES = "APPollHoursReport", re.compile(r"DeadlinesMilestones[0-9]{0,4}")

_RECOUNT_RULES = re.compile(r"(?=[A-Za-z0-9_]*\Z)[A-Za-z]*Recount_?Rules?[A-Za-z0-9_]*")

_OTHERS = re.compile(
    r"(?=[A-Za-z0-9]*\Z)[A-Za-z]*"
    r"(Runoff|VotingRules|VoteTypes|WriteIn|VoterRegistration|ElectionCalendar|Testing)[A-Za-z0-9]*"
)
"""The known keys of AP's other reports."""

_KEY = re.compile(rb'\s*(?:\{\s*"(\w+)"|(?:<\?xml[^>]*>\s*)?<(\w+))')
"""The only key of a report in JSON, or the first element of XML."""

_LOOKED_AT, _MOST_ROWS = 1000, 20_000

_LONGEST_NAME, _LONGEST_RULE, _MOST_ELEMENTS = 100, 1000, 50
"""Limits for a state's recount rules: characters of an element's name, characters of its text, number of elements."""

_STATE = ("statepostal", "state")
"""Elements that name a row's state, in lowercase."""


@dataclass(frozen=True, slots=True)
class PollHours:
    """The time when a state's last polls close."""

    state: str
    """The state's postal code."""
    closes: time
    """The time of day, Eastern."""
    remark: str | None
    """AP's notes, or None."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A deadline set by a state's law or by an office."""

    state: str
    """The state's name, in AP's capitals: ALABAMA."""
    day: date
    what: str
    remark: str | None
    """AP's code of the election: GE general, SP primary, PP presidential primary, CA caucus; or None."""


@dataclass(frozen=True, slots=True)
class RecountRules:
    """AP's description of a state's recount rules."""

    state: str
    """The state's postal code or name, in AP's capitals."""
    elements: Sequence[tuple[str, str]]
    """(element's name, its text), each in one line."""


ReportRow: TypeAlias = PollHours | Milestone | RecountRules


@dataclass(frozen=True, slots=True)
class Report:
    """A report from AP: poll hours, milestones or recount rules."""

    name: str
    """The report's name in a sentence: Poll Hours."""
    updated: str | None
    """When AP last changed it, as AP writes it; or None."""
    rows: Sequence[ReportRow]
    """The rows, all of one class."""
    refused: Sequence[str]
    """A line for each row that can't be used."""


def report_here(data: bytes) -> Report | None:
    """Read a report in a worker process, as `report_of` does. This function blocks; it is for the command line."""
    with own_worker() as worker:
        (report,) = map(_REPORT.validate_json, worker.do(Job("report", "the report", (data,))))
    return report


_REPORT: TypeAdapter[Report | None] = TypeAdapter(Report | None)


def read(data: bytes) -> Iterator[bytes]:
    """Yield a report as JSON, in one part. This runs in a worker for `report_here`."""
    yield _REPORT.dump_json(report_of(data))


def report_of(data: bytes) -> Report | None:
    """Read a report. None if the file isn't one of AP's reports.

    Raises:
        BadInputError: the report is malformed, or of a kind that isn't supported.

    """
    found = _KEY.match(data.removeprefix(b"\xef\xbb\xbf")[:_LOOKED_AT])
    key = (found[1] or found[2]).decode() if found else ""
    if _OTHERS.fullmatch(key):
        raise BadInputError(
            f"{key} is a report that is not read; of AP's are Poll Hours, Deadlines and Milestones, and Recount Rules"
        )
    if key != _POLL_HOURS and not _DEADLINES.fullmatch(key) and not _RECOUNT_RULES.fullmatch(key):
        return None
    if found and found[2]:
        raise BadInputError(f"{key} is in XML; save it with format=json in its address")
    report = parse(data)[key]
    if not isinstance(report, dict):
        raise BadInputError(f"{key} should be an object, not {quoted(report)}")
    if key == _POLL_HOURS:
        return _read("Poll Hours", report, "StatePollingHours", _hours)
    if _DEADLINES.fullmatch(key):
        return _read("Deadlines and Milestones", report, "EventInformation", _milestone)
    return _read("Recount Rules", report, _only_list(key, report), _recount_rules)


def _only_list(key: str, report: Mapping[str, Any]) -> str:
    """Return the name of the only list in a report."""
    lists = [name for name, value in report.items() if isinstance(value, list | dict)]
    if len(lists) != 1:
        raise BadInputError(f"{key} should have one list, of a row a state, not {len(lists)}")
    return lists[0]


def _read(name: str, report: Mapping[str, Any], key: str, read_row: Callable[[Mapping[str, Any]], ReportRow]) -> Report:
    rows, key = report.get(key), plain(shortened(key))
    listed = rows if isinstance(rows, list) else [rows]  # JSON made from XML has no list if there is one row
    if rows is None or len(listed) > _MOST_ROWS:
        raise BadInputError(f"{key} should be a list of at most {_MOST_ROWS}, not {quoted(rows)}")
    found, refused = [], []
    for number, row in enumerate(listed, start=1):
        try:
            found.append(read_row(shaped(row, dict[str, Any])))
        except BadInputError as error:
            refused.append(f"AP's {name} report: {key} {number}: {error}")
    if refused and not found:
        raise BadInputError(f"none of its rows can be read; {refused[0]}")
    updated = report.get("lastUpdated")
    return Report(name, _text(updated, "lastUpdated") if updated else None, found, refused)


def _hours(row: Mapping[str, Any]) -> PollHours:
    text = _text(row.get("lastPollClosingET"), "lastPollClosingET")
    try:
        closes = datetime.strptime(text.upper().replace(".", ""), "%I:%M %p").time()  # noqa: DTZ007 - a time of day
    except ValueError:
        raise BadInputError(f"lastPollClosingET should be a time such as 7:30 PM, not {quoted(text)}") from None
    notes = row.get("notes")
    return PollHours(
        _text(row.get("statePostal"), "statePostal").upper(), closes, _text(notes, "notes") if notes else None
    )


def _milestone(row: Mapping[str, Any]) -> Milestone:
    text = _text(row.get("Date"), "Date")
    try:
        day = datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise BadInputError(f"Date should be a day such as 11/10/2026, not {quoted(text)}") from None
    election = row.get("Election")
    return Milestone(
        _text(row.get("State"), "State"),
        day,
        _text(row.get("Calendar_Event"), "Calendar_Event"),
        _text(election, "Election") if election else None,
    )


def _recount_rules(row: Mapping[str, Any]) -> RecountRules:
    called = {name.casefold(): name for name in row}
    of = next((called[name] for name in _STATE if name in called), None)
    if of is None:
        raise BadInputError("has no State or statePostal")
    texts = (one for name, value in row.items() if name.casefold() not in _STATE for one in _element_texts(name, value))
    elements = list(islice(texts, _MOST_ELEMENTS + 1))
    if not elements or len(elements) > _MOST_ELEMENTS:
        raise BadInputError(f"should say something beside its state, in at most {_MOST_ELEMENTS} elements")
    return RecountRules(_text(row[of], of), elements)


def _element_texts(name: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield (name, text) for an element, or for each element inside it. Empty elements are skipped."""
    name = shortened(name, _LONGEST_NAME)
    if isinstance(value, dict):
        for inner, one in value.items():
            yield from _element_texts(f"{name} > {inner}", one)
    elif isinstance(value, list):
        for one in value:
            yield from _element_texts(name, one)
    elif value is not None and (text := spaced(value if isinstance(value, str) else quoted(value))):
        yield plain(spaced(name)), plain(shortened(text, _LONGEST_RULE))


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or not (text := spaced(value)):
        raise BadInputError(f"{what} should be text, not {quoted(value)}")
    return checked_label(shortened(text, 200), what)
