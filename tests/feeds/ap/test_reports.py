"""Tests the AP's reports. The files are invented from its documentation, since no real report was available."""

import json
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.feeds.ap.reports import Milestone, PollHours, RecountRules, report_of

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


def recounts(*rows: object, **more: object) -> bytes:
    return json.dumps({"RecountRules2026": {"lastUpdated": "10/28/2026", "StateRules": [*rows]} | more}).encode()


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
def test_a_day_that_is_none_is_refused_and_a_report_of_such_alone(day: str) -> None:
    what = "none of its rows can be read; AP's Deadlines and Milestones report: EventInformation 1: Date should be "
    with pytest.raises(BadInputError, match=what):
        report_of(milestones([DAY | {"Date": day}]))


@pytest.mark.parametrize("rows", [[{"State": "GEORGIA", "Kind": "x"}], {"State": "GEORGIA", "Kind": "x"}])
@pytest.mark.parametrize("key", ["RecountRules", "APRecountRulesReport", "RecountRules2026"])
def test_recount_rules_are_read_by_their_shape(key: str, rows: object) -> None:
    report = report_of(json.dumps({key: {"lastUpdated": "10/28/2026", "AnyName": rows}}).encode())
    assert report is not None
    assert (report.name, report.updated, report.refused) == ("Recount Rules", "10/28/2026", [])
    assert report.rows == [RecountRules("GEORGIA", [("Kind", "x")])]


@pytest.mark.parametrize(
    ("value", "elements"),
    [
        ("At  most\n0.5%", [("Rule", "At most 0.5%")]),
        ("a\x1b[31m\u202eb\x7f", [("Rule", "a\\x1b[31m\\u202eb\\x7f")]),
        ("x" * 9000, [("Rule", "x" * 999 + "…")]),
        (0.5, [("Rule", "0.5")]),
        (True, [("Rule", "true")]),
        (
            {"Share": "0.5%", "Who": ["the loser", None, "a voter"]},
            [("Rule > Share", "0.5%"), ("Rule > Who", "the loser"), ("Rule > Who", "a voter")],
        ),
        ({"\n" * 2 + "k" * 9000: "y"}, [("Rule > " + "k" * 90 + "…", "y")]),
    ],
)
def test_what_ap_says_of_recounts_stands_there_in_lines_that_can_be_shown(
    value: object, elements: list[tuple[str, str]]
) -> None:
    report = report_of(recounts({"statePostal": "GA", "Empty": " ", "Rule": value}))
    assert report is not None
    assert report.rows == [RecountRules("GA", elements)]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({"Rule": "x"}, "has no State or statePostal"),
        ({"State": ["GA"], "Rule": "x"}, "State should be text, not a list"),
        ({"State": "GA", "Rule": None}, "should say something beside its state, in at most 50 elements"),
        ({"State": "GA", "Rule": ["x"] * 51}, "should say something beside its state, in at most 50 elements"),
        ("GA", "it should be an object, not 'GA'"),
    ],
)
def test_a_row_that_is_none_of_a_state_s_costs_itself_or_the_report_where_it_is_alone(row: object, what: str) -> None:
    report = report_of(recounts({"State": "FL", "Rule": "y"}, row))
    assert report is not None
    assert report.refused == [f"AP's Recount Rules report: StateRules 2: {what}"]
    with pytest.raises(BadInputError, match="none of its rows can be read"):
        report_of(recounts(row))


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ({"WriteInRules2026": {"x": 1}}, "WriteInRules2026 is a report that is not read"),
        ({"RecountRules2026": {"x": 1}}, "RecountRules2026 should have one list, of a row a state, not 0"),
        ({"RecountRules2026": {"x": [], "y": {}}}, "RecountRules2026 should have one list, of a row a state, not 2"),
        ({"RecountRules2026": "x"}, "RecountRules2026 should be an object, not 'x'"),
        ({"APPollHoursReport": []}, "APPollHoursReport should be an object, not a list"),
        ({"APPollHoursReport": {}}, "StatePollingHours should be a list of at most 20000, not null"),
    ],
)
def test_what_is_no_report_that_is_read_is_refused_by_its_name(document: dict[str, Any], what: str) -> None:
    with pytest.raises(BadInputError, match=what):
        report_of(json.dumps(document).encode())


@pytest.mark.parametrize("key", ["APPollHoursReport", "DeadlinesMilestones2026", "RecountRules2026"])
def test_a_report_in_xml_is_refused_with_how_to_get_it_in_json(key: str) -> None:
    for data in (f'<?xml version="1.0"?>\n<{key} lastUpdated="x"/>', f"<{key}>"):
        with pytest.raises(BadInputError, match=f"{key} is in XML; save it with format=json in its address"):
            report_of(data.encode())


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b"<x/>", b'{"races": []}', b'{"ElectionReport": {}}', b"a,b\n1,2\n"]
)
def test_a_feed_is_no_report(data: bytes) -> None:
    assert report_of(data) is None


def test_a_report_that_is_cut_short_is_refused() -> None:
    with pytest.raises(BadInputError, match="cut short"):
        report_of(hours(HOURS)[:-3])


ODD: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
KEYS = [*HOURS, *DAY, "notes"]
REPORTS = {
    "APPollHoursReport": "StatePollingHours",
    "DeadlinesMilestones2026": "EventInformation",
    "RecountRules2026": "Rules",
}


@given(
    st.lists(st.dictionaries(st.sampled_from(KEYS), ODD | st.sampled_from([*HOURS.values(), *DAY.values()])) | ODD), ODD
)
def test_whatever_is_in_a_report_a_row_is_read_or_refused(rows: list[object], updated: object) -> None:
    for key, listed in REPORTS.items():
        try:
            report = report_of(json.dumps({key: {listed: rows, "lastUpdated": updated}}).encode())
        except BadInputError as error:
            shown = [str(error)]
        else:
            assert report is not None
            assert len(report.rows) + len(report.refused) == len(rows)
            rules = [one for row in report.rows if isinstance(row, RecountRules) for one in row.elements]
            shown = [*report.refused, *(text for one in rules for text in one)]
        assert all(line.isprintable() for line in shown)
