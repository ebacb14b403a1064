"""Sentences about what a desk missed."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.rehearsal.scorecard_words import (
    MissedHold,
    MissedPost,
    hold_line,
    reminder_line,
    scorecard_headline,
    unread_lines,
)
from bot.wording.context import Setting
from tests.conftest import small_desk

SETTING = Setting(small_desk(), rehearsal=True)
ZONE = ZoneInfo("America/New_York")
AT = datetime(2020, 11, 11, 12, 35, tzinfo=UTC)
NOW = AT + timedelta(hours=3)
LIMIT = timedelta(minutes=10)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (
            (111, 3, 1, 2),
            "three posts of 111 were unread for over 10 minutes; one hold was not answered in time; two reminders were not acknowledged.",
        ),
        ((1111, 1, 0, 0), "one post of 1,111 was unread for over 10 minutes."),
        ((111, None, 2, 1), "two holds were not answered in time; one reminder was not acknowledged."),
        ((111, 0, 0, 0), "nothing was missed; 111 posts read in time."),
        ((111, None, 0, 0), "nothing that waited for an answer was missed."),
    ],
)
def test_the_headline_says_what_was_missed_and_no_more(counts: tuple[int, int | None, int, int], words: str) -> None:
    assert scorecard_headline(*counts, LIMIT) == f"**The rehearsal's scorecard:** {words}"


def unread(number: int, channel: str | None, minutes: int = 0, *, late: bool = False) -> MissedPost:
    at = AT + timedelta(minutes=minutes)
    return MissedPost(number, channel, "margin", "", at, at + timedelta(minutes=25) if late else None)


def test_posts_that_were_read_late_or_never_are_one_line_a_channel() -> None:
    posts = [unread(42, "count"), unread(43, "live", late=True), unread(44, "count", 5, late=True), unread(45, None)]
    assert unread_lines([*posts, unread(51, "count", 60)], NOW, ZONE) == [
        "#count: 3 posts, #42 7:35 a.m. to #51 8:35 a.m.; 2 never read",
        "#live: 1 post, #43 7:35 a.m.; read late",
        "Direct messages: 1 post, DM 45 7:35 a.m.; never read",
    ]


def test_a_reminder_that_nobody_acknowledged() -> None:
    assert reminder_line(7, None, AT, NOW, ZONE) == "**#7** 7:35 a.m. in a direct message"
    assert reminder_line(7, "count", AT, NOW, ZONE) == "**#7** 7:35 a.m. in #count"


def test_a_hold_that_was_answered_late_or_not_at_all() -> None:
    until, late = AT + timedelta(minutes=15), AT + timedelta(hours=1)
    told = "**President**, the \\*Wire: held 7:35 a.m., to be answered by 7:50 a.m., "
    assert hold_line(MissedHold("ga", "the *Wire", AT, until, late), SETTING, NOW) == told + "answered 8:35 a.m."
    assert hold_line(MissedHold("ga", "the *Wire", AT, until, None), SETTING, NOW) == told + "not answered"


def test_a_hold_on_which_the_desk_pressed_wait_is_not_said_to_be_unanswered() -> None:
    until, waited = AT + timedelta(minutes=45), AT + timedelta(minutes=15)
    told = "**President**, the Wire: held 7:35 a.m., to be answered by 8:20 a.m., "
    hold = MissedHold("ga", "the Wire", AT, until, None, waited)
    assert hold_line(hold, SETTING, NOW) == told + "Wait pressed 7:50 a.m., not decided since"
