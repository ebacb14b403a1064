"""The reports of the AP Elections API that lines for a desk file are proposed of: Poll Hours, Deadlines and Milestones.

    APPollHoursReport > lastUpdated, StatePollingHours[] > statePostal lastPollClosingET notes
    DeadlinesMilestones2026 > lastUpdated, EventInformation[] > Date State Election Calendar_Event

In JSON (`format=json`), whose properties are called as the elements of XML are. The names are those of AP's documentation
(developer.ap.org/ap-elections-api/docs: Poll_Hours_Report, Deadlines_Milestones_Report, read 27 Nov. 2026), and those of the
poll hours also of a newsroom's published script of 2024. No report of AP's was seen: read from self-made files only. What a
recount is asked for by stands in a Recount Rules Report, of whose elements no description was found: it is refused, as every
other report is.

- A last poll that closes before noon, Eastern time, closes in the night after election day: in Alaska and Hawaii.
- Nothing of a report is acted on. What AP says of a state's law a person looks up.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from msgspec import Struct

from bot.errors import BadInputError
from bot.feeds.ballot import checked_label, spaced
from bot.feeds.reader import quoted, shortened
from bot.feeds.strict_json import parse, shaped

_POLL_HOURS, _DEADLINES = "APPollHoursReport", re.compile(r"DeadlinesMilestones[0-9]{0,4}")

_OTHERS = re.compile(
    r"(AP)?[A-Za-z]*(RecountRules|Runoff|VotingRules|VoteTypes|WriteIn|VoterRegistration|ElectionCalendar|Testing)[A-Za-z0-9]*"
)
"""How the one key of another report is called, as far as is known."""

_KEY = re.compile(rb'\s*\{\s*"(\w+)"')

_LOOKED_AT, _MOST_ROWS = 1000, 20_000


class PollHours(Struct, frozen=True):
    """When a state's last polls close."""

    state: str
    """A postal code."""
    closes: time
    """Eastern time."""
    remark: str | None
    """AP's notes."""


class Milestone(Struct, frozen=True):
    """A day that a state's law, or an office, sets."""

    state: str
    """Its name, in whatever capitals: ALABAMA."""
    day: date
    what: str
    remark: str | None
    """Of which election: GE a general one, SP a primary, PP one for president, CA a caucus."""


class Report(Struct, frozen=True):
    """A report of AP's."""

    name: str
    """As a sentence says it: Poll Hours."""
    updated: str | None
    """When AP last changed it, in AP's words."""
    rows: Sequence[PollHours] | Sequence[Milestone]
    refused: Sequence[str]
    """Why rows are left out, a line each."""


def report_of(data: bytes) -> Report | None:
    """Return the report that a file is; None of one that is none.

    Raises:
        BadInputError: it is a report that is not read here, or has not its shape.

    """
    found = _KEY.match(data.removeprefix(b"\xef\xbb\xbf")[:_LOOKED_AT])
    key = found[1].decode() if found else ""
    if key != _POLL_HOURS and not _DEADLINES.fullmatch(key):
        if _OTHERS.fullmatch(key):
            raise BadInputError(
                f"{key} is a report that is not read; of AP's are Poll Hours, and Deadlines and Milestones"
            )
        return None
    report = parse(data)[key]
    if not isinstance(report, dict):
        raise BadInputError(f"{key} should be an object, not {quoted(report)}")
    if key == _POLL_HOURS:
        return _read("Poll Hours", report, "StatePollingHours", _hours)
    return _read("Deadlines and Milestones", report, "EventInformation", _milestone)


def _read(name: str, report: Mapping[str, Any], key: str, read_row: Any) -> Report:  # noqa: ANN401 - one of the two below
    rows = report.get(key)
    listed = rows if isinstance(rows, list) else [rows]  # of one row XML turned into JSON has no list
    if rows is None or len(listed) > _MOST_ROWS:
        raise BadInputError(f"{key} should be a list of at most {_MOST_ROWS}, not {quoted(rows)}")
    found, refused = [], []
    for number, row in enumerate(listed, start=1):
        try:
            found.append(read_row(shaped(row, dict[str, Any])))
        except BadInputError as error:
            refused.append(f"AP's {name} report: {key} {number}: {error}")
    updated = report.get("lastUpdated")
    return Report(name, _text(updated, "lastUpdated") if updated else None, found, refused)


def _hours(row: Mapping[str, Any]) -> PollHours:
    said = _text(row.get("lastPollClosingET"), "lastPollClosingET")
    try:
        closes = datetime.strptime(said.upper().replace(".", ""), "%I:%M %p").time()  # noqa: DTZ007 - a time of day
    except ValueError:
        raise BadInputError(f"lastPollClosingET should be a time such as 7:30 PM, not {quoted(said)}") from None
    notes = row.get("notes")
    return PollHours(
        _text(row.get("statePostal"), "statePostal").upper(), closes, _text(notes, "notes") if notes else None
    )


def _milestone(row: Mapping[str, Any]) -> Milestone:
    said = _text(row.get("Date"), "Date")
    try:
        day = datetime.strptime(said, "%m/%d/%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise BadInputError(f"Date should be a day such as 11/10/2026, not {quoted(said)}") from None
    election = row.get("Election")
    return Milestone(
        _text(row.get("State"), "State"), day, _text(row.get("Calendar_Event"), "Calendar_Event"),
        _text(election, "Election") if election else None,
    )  # fmt: skip


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or not (text := spaced(value)):
        raise BadInputError(f"{what} should be text, not {quoted(value)}")
    return checked_label(shortened(text, 200), what)
