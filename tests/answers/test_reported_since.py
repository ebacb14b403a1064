"""The answers to /county and /since about a county's reports since a time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.answers.units_words import ReportedSince, reported_since
from bot.count.margin import Margin
from bot.wording.context import Setting
from bot.wording.question import Question
from tests.conftest import EDITOR, START, small_desk

DESK = small_desk()

LEAD = Margin("biden", "trump", 200)
COBB = ReportedSince(
    DESK.sources[0], START, 0, 0, START + timedelta(minutes=30), LEAD, checked_at=START + timedelta(hours=2)
)


@pytest.mark.parametrize(
    ("said", "until", "sent", "read"),
    [
        (
            {"new": 1824, "updates": 2, "split": {"biden": 1602, "trump": 222}},
            None,
            None,
            "**Cobb County has reported 1,824 more votes since 7 a.m.,** a net gain of 1,380 votes for Biden (Biden 1,602, Trump 222).",
        ),
        (
            {"new": 3, "updates": 1, "split": {"biden": 1, "trump": 2}},
            60,
            None,
            "**Cobb County reported three more votes between 7 a.m. and 8 a.m.,** a net gain of 1 vote for Trump (Trump 2, Biden 1).",
        ),
        (
            {"new": 4, "updates": 1, "split": {"biden": 2, "trump": 2}},
            None,
            None,
            (
                "**Cobb County has reported four more votes since 7 a.m.,** "
                "no net gain for Biden or Trump (Biden 2, Trump 2)."
            ),
        ),
        (
            {"new": 9, "updates": 1, "split": {"biden": 9, "trump": 0}},
            None,
            None,
            "**Cobb County has reported nine more votes since 7 a.m.,** all for Biden.",
        ),
        ({"new": 9, "updates": 1}, None, None, "**Cobb County has reported nine more votes since 7 a.m.**"),
        (
            {"new": 9, "updates": 1, "first_at": START + timedelta(minutes=5)},
            None,
            None,
            "**Cobb County has reported nine more votes since 7 a.m.** No figures on record before 7:05 a.m.",
        ),
        ({"new": -12, "updates": 1}, None, None, "**Cobb County's total is down 12 votes since 7 a.m.**"),
        ({"new": -1, "updates": 1}, 60, None, "**Cobb County's total was down 1 vote between 7 a.m. and 8 a.m.**"),
        (
            {},
            None,
            None,
            "**Cobb County has reported no new votes since 7 a.m.,** by the Times' count, last checked at 9 a.m.",
        ),
        ({}, None, -5, "**Cobb County has sent nothing since 7 a.m.,** by the Times' count, last checked at 9 a.m."),
        (
            {"updates": 2},
            60,
            5,
            "**Cobb County reported no net change between 7 a.m. and 8 a.m.,** by the Times' count.",
        ),
    ],
)
def test_a_county_says_what_it_has_reported_since_a_time(
    said: dict[str, Any], until: int | None, sent: int | None, read: str
) -> None:
    told = Question(DESK.contests[0], EDITOR, Setting(DESK), START + timedelta(hours=2)).context()
    at, sent_at = (None if one is None else START + timedelta(minutes=one) for one in (until, sent))
    assert reported_since(told, "Cobb", replace(COBB, **said), at, sent_at) == read
