"""Tests the text of the scorecard."""

from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from bot.rehearsal.scorecard_words import (
    HoldDecision,
    MissedHold,
    MissedPost,
    Scorecard,
    decided_words,
    hold_line,
    opening_lines,
    reminder_line,
    scorecard_headline,
    scorecard_post,
    unread_lines,
)
from bot.wording.context import Setting
from bot.wording.limits import ALL_EMBEDS, FIELD_VALUE, embed_size, size
from bot.wording.message import render
from tests.conftest import small_desk

SETTING = Setting(small_desk(), rehearsal=True)
ZONE = ZoneInfo("America/New_York")
AT = datetime(2020, 11, 11, 12, 35, tzinfo=UTC)
NOW = AT + timedelta(hours=3)
LIMIT = timedelta(minutes=10)


def post(number: int) -> MissedPost:
    return MissedPost(number, "count", "margin", "**Biden leads**", AT)


def test_what_was_missed_is_in_the_card_and_how_much_in_the_headline() -> None:
    hold = MissedHold("ga", "times", AT, AT + timedelta(minutes=15), None)
    draft = scorecard_post(Scorecard(9, LIMIT, (post(3),), (hold,), (post(4),)), SETTING, NOW)
    assert "one post of 9 was unread" in draft.headline
    assert draft.credit == "10:35 a.m. · rehearsal"
    (card,) = render(draft).embeds
    assert {field["name"]: field["value"] for field in card["fields"]} == {
        "Unread": "#count: 1 post, #3 7:35 a.m.; never read",
        "Not answered in time": "**President**, the Times: held 7:35 a.m., to be answered by 7:50 a.m., not answered",
        "Not acknowledged": "**#4** 7:35 a.m. in #count",
    }


def decision(did: Literal["posted", "dropped", "taken back"], *, wrong: bool = False) -> HoldDecision:
    return HoldDecision("ga", "times", AT, AT + timedelta(minutes=2), did, wrong)


def test_right_decisions_are_told_from_wrong_ones() -> None:
    decisions = (decision("posted", wrong=True), decision("dropped"), decision("taken back"))
    draft = scorecard_post(Scorecard(9, LIMIT, (), (), (), decisions), SETTING, NOW)
    assert draft.headline.endswith(
        "nothing was missed; 9 posts read in time; 1 of 2 decisions on what was held was wrong."
    )
    (card,) = render(draft).embeds
    assert card["fields"][0]["value"].split("\n") == [
        "**President**, the Times: held 7:35 a.m., posted 7:37 a.m. Wrong: the source went back to its earlier numbers, and Discard was right",
        "**President**, the Times: held 7:35 a.m., discarded 7:37 a.m. Right: the source has not counted on from those numbers",
        "**President**, the Times: held 7:35 a.m., undone 7:37 a.m. The desk undid that itself",
    ]
    assert decided_words(decisions[1:]) == "the decision on what was held was right"
    assert decided_words([decision("posted"), decision("dropped")]) == "all two decisions on what was held were right"
    assert decided_words(decisions[2:]) == ""


def test_the_opening_says_what_the_day_will_ask_of_the_desk_and_nothing_that_it_won_t() -> None:
    lines = opening_lines(LIMIT, 2, True, True)
    assert "Press a button under each reminder, at its time: two events today." in lines
    assert "Decide on what is held: Post, Wait or Discard under the question, by the time it names." in lines
    assert len(opening_lines(LIMIT, 0, False, False)) == len(lines) - 3 == 2


def test_nothing_missed_needs_no_card() -> None:
    draft = scorecard_post(Scorecard(9, LIMIT, (), (), ()), SETTING, NOW)
    assert draft.headline.endswith("nothing was missed; 9 posts read in time.")
    assert render(draft).embeds == ()


def test_a_contest_that_the_desk_file_does_not_have_is_told_by_its_id() -> None:
    hold = MissedHold("gone", "away", AT, AT + timedelta(minutes=15), None)
    (card,) = render(scorecard_post(Scorecard(9, LIMIT, None, (hold,), ()), SETTING, NOW)).embeds
    assert card["fields"][0]["value"].startswith("**gone**, away: held")


def test_however_much_was_missed_the_card_fits_and_says_how_much_is_left_out() -> None:
    many = tuple(post(number) for number in range(1, 2000))
    holds = tuple(MissedHold("ga", "times", AT, AT + timedelta(minutes=15), None) for _ in range(500))
    (card,) = render(scorecard_post(Scorecard(2000, LIMIT, many, holds, many), SETTING, NOW)).embeds
    assert embed_size(card) <= ALL_EMBEDS
    for field in card["fields"]:
        assert size(field["value"]) <= FIELD_VALUE
        assert field["value"].split("\n")[-1].startswith("#count: 1,999 posts" if field["name"] == "Unread" else "and ")
    assert [field["name"] for field in card["fields"]] == ["Not answered in time", "Not acknowledged", "Unread"]


# Sentences.


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
