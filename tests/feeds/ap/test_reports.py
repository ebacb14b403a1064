"""AP's reports, as its documentation describes them: nobody has shown us one, so the files are self-made."""

import json
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.feeds.ap.reports import Milestone, PollHours, report_of

HOURS = {"statePostal": "GA", "stateTimeZones": "ET", "pollClosingET": "7:00 PM", "lastPollClosingET": "7:00 PM"}
DAY = {
    "Day": "Tuesday",
    "Date": "11/10/2026",
    "State": "GEORGIA",
    "Election": "GE",
    "Calendar_Event": "Canvass deadline",
}


def hours(*rows: object, **more: object) -> bytes:
    return json.dumps(
        {"APPollHoursReport": {"lastUpdated": "10/28/2026", "StatePollingHours": [*rows]} | more}
    ).encode()


def milestones(rows: object) -> bytes:
    return json.dumps({"DeadlinesMilestones2026": {"EventInformation": rows}}).encode()


def test_poll_hours() -> None:
    report = report_of(
        hours(HOURS | {"notes": "Later in  Floyd"}, HOURS | {"statePostal": "hi", "lastPollClosingET": "12:00 a.m."})
    )
    assert report is not None
    assert (report.name, report.updated, report.refused) == ("Poll Hours", "10/28/2026", [])
    assert report.rows == [PollHours("GA", time(19), "Later in Floyd"), PollHours("HI", time(0), None)]


@pytest.mark.parametrize("rows", [DAY, [DAY]])
def test_milestones_and_a_single_one_that_is_no_list(rows: object) -> None:
    report = report_of(milestones(rows))
    assert report is not None
    assert (report.name, report.updated) == ("Deadlines and Milestones", None)
    assert report.rows == [Milestone("GEORGIA", date(2026, 11, 10), "Canvass deadline", "GE")]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({**HOURS, "lastPollClosingET": "19:00"}, "lastPollClosingET should be a time such as 7:30 PM, not '19:00'"),
        ({**HOURS, "lastPollClosingET": None}, "lastPollClosingET should be text, not null"),
        ({**HOURS, "statePostal": " "}, "statePostal should be text, not ' '"),
        ({**HOURS, "notes": 7}, "notes should be text, not 7"),
        (7, "it should be an object, not 7"),
    ],
)
def test_a_row_that_can_t_be_read_costs_itself(row: object, what: str) -> None:
    report = report_of(hours(HOURS, row))
    assert report is not None
    assert report.rows == [PollHours("GA", time(19), None)]
    assert report.refused == [f"AP's Poll Hours report: StatePollingHours 2: {what}"]


@pytest.mark.parametrize("day", ["2026-11-10", "13/10/2026", "11/10", ""])
def test_a_day_that_is_none_is_refused(day: str) -> None:
    report = report_of(milestones([DAY | {"Date": day}]))
    assert report is not None
    assert not report.rows
    assert report.refused[0].startswith("AP's Deadlines and Milestones report: EventInformation 1: Date should be ")


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ({"RecountRules2026": {"x": 1}}, "RecountRules2026 is a report that is not read"),
        ({"APPollHoursReport": []}, "APPollHoursReport should be an object, not a list"),
        ({"APPollHoursReport": {}}, "StatePollingHours should be a list of at most 20000, not null"),
    ],
)
def test_what_is_no_report_that_is_read_is_refused_by_its_name(document: dict[str, Any], what: str) -> None:
    with pytest.raises(BadInputError, match=what):
        report_of(json.dumps(document).encode())


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b"<x/>", b'{"races": []}', b'{"ElectionReport": {}}', b"a,b\n1,2\n"]
)
def test_a_feed_is_no_report(data: bytes) -> None:
    assert report_of(data) is None


def test_a_report_that_is_cut_short_is_refused() -> None:
    with pytest.raises(BadInputError, match="cut short"):
        report_of(hours(HOURS)[:-3])


ODD: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just([]) | st.just({})
)
KEYS = [*HOURS, *DAY, "notes"]


@given(
    st.lists(st.dictionaries(st.sampled_from(KEYS), ODD | st.sampled_from([*HOURS.values(), *DAY.values()])) | ODD), ODD
)
def test_whatever_is_in_a_report_a_row_is_read_or_refused(rows: list[object], updated: object) -> None:
    for key, listed in (("APPollHoursReport", "StatePollingHours"), ("DeadlinesMilestones2026", "EventInformation")):
        try:
            report = report_of(json.dumps({key: {listed: rows, "lastUpdated": updated}}).encode())
        except BadInputError:
            continue
        assert report is not None
        assert len(report.rows) + len(report.refused) == len(rows)
        assert all(line.isprintable() for line in report.refused)
