"""Tests the reply to an editor who decided on a post, and the new text of the question."""

from typing import Any

import pytest

from bot.outbox.approval_words import Decision, DecisionKind, PressOutcome, decided_line, outcome_answer
from bot.wording.card import Link
from bot.wording.context import Setting
from tests.conftest import COUNT, START, small_desk

ASKED = Link(3, "https://discord.com/channels/1/19/9")

ANSWERS: dict[str, tuple[PressOutcome, str]] = {
    "published": (PressOutcome("published", 2, COUNT), "**Published:** #2 in <#11>."),
    "published while posts are paused": (
        PressOutcome("published", 2, COUNT, paused=True),
        "**Published.** #2 waits until posts resume (`/pause`), then goes out in <#11>.",
    ),
    "discarded": (PressOutcome("dropped", 2, COUNT), "**Discarded.** #2 will not be posted in <#11>."),
    "discarded, and a later post covers it": (
        PressOutcome("dropped", 2, COUNT, covered_by_next=True),
        "**Discarded.** #2 will not be posted in <#11>; the next post covers its changes.",
    ),
    "discarded, and what it was to replace stays": (
        PressOutcome("dropped", 2, COUNT, covered_by_next=True, replaces=True),
        "**Discarded.** #2 will not be posted in <#11>; a post that it corrects or retracts stays as it is there.",
    ),
    "discarded, and answers in the newsroom use it still": (
        PressOutcome("dropped", 2, COUNT, entered=True),
        (
            "**Discarded.** #2 will not be posted in <#11>. The public won't see it; answers in the newsroom still use it. "
            "To take it out there, too: `/retract` #2."
        ),
    ),
    "discarded, and one behind it is shown again": (
        PressOutcome("given up", 2, COUNT, shown_again=(5,)),
        "**Discarded.** #2 will not be posted again in <#11>. #5 is shown again: an earlier post has changed.",
    ),
    "discarded, and two behind it are shown again": (
        PressOutcome("given up", 2, COUNT, shown_again=(5, 6)),
        "**Discarded.** #2 will not be posted again in <#11>. #5 and #6 are shown again: an earlier post has changed.",
    ),
    "discarded, and one behind it names it": (
        PressOutcome("given up", 2, COUNT, mentions=(3,)),
        "**Discarded.** #2 will not be posted again in <#11>. Check #3 before you publish: it names #2.",
    ),
    "it is there": (
        PressOutcome("there", 1, COUNT),
        (
            "**Noted:** #1 is in <#11>. The bot does not know which message it is, so it can't be edited or linked to "
            "when corrected."
        ),
    ),
    "it is not there": (
        PressOutcome("absent", 1, COUNT),
        "#1 is to be posted again: it goes out in <#11>.",
    ),
    "it is there, and what it replaces stays": (
        PressOutcome("there", 1, COUNT, replaces=True),
        (
            "**Noted:** #1 is in <#11>. The bot does not know which message it is, so it can't be edited or linked to "
            "when corrected, and what it replaces is not edited."
        ),
    ),
    "no such post": (PressOutcome("unknown"), "That post no longer exists in this server."),
    "an earlier one first": (
        PressOutcome("after", 4, COUNT, other=ASKED),
        "First decide on [#3](https://discord.com/channels/1/19/9), an earlier post of the same contest.",
    ),
    "a newer one waits, too": (
        PressOutcome("outdated", 2, COUNT, other=ASKED),
        (
            "#2 is out of date: [#3](https://discord.com/channels/1/19/9), which also waits, says what has changed. "
            "Discard #2, and read [#3](https://discord.com/channels/1/19/9) again before you publish it."
        ),
    ),
    "the count has moved": (
        PressOutcome("changed", 2, COUNT),
        "**Not published:** the count has moved since #2 was shown. It is shown again, as of now.",
    ),
    "its source is muted": (
        PressOutcome("muted", 2, COUNT),
        "#2 waits: its source is muted. Unmute it first (`/mute`).",
    ),
    "later news is out": (
        PressOutcome("passed", 1, COUNT, other=ASKED),
        (
            "#1 is out of date: [#3](https://discord.com/channels/1/19/9) in <#11> has later news. Discard it; if readers "
            "miss something, use `/correct` on that post."
        ),
    ),
    "corrected or taken back meanwhile": (
        PressOutcome("replaced", 1, COUNT),
        (
            "#1 was corrected or retracted since, so it will not be posted again: discard it. If it is there after all, "
            "press **It is there**, and the correction follows."
        ),
    ),
    "on its way already": (
        PressOutcome("already", 2, state="pending", by="olga (81)"),
        "#2 is already on its way, published by olga.",
    ),
    "posted already": (PressOutcome("already", 1, state="sent"), "#1 is already posted."),
    "posted already by somebody": (
        PressOutcome("already", 2, state="sent", by="olga (81)"),
        "#2 is already posted, published by olga.",
    ),
    "discarded already": (
        PressOutcome("already", 2, state="dropped", by="olga (81)"),
        "#2 was already discarded by olga.",
    ),
    "replaced already": (PressOutcome("already", 2, state="superseded", other="#6"), "#2 was replaced by #6."),
}


@pytest.mark.parametrize(("outcome", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_who_pressed_a_button_reads_what_that_did(outcome: PressOutcome, answer: str) -> None:
    assert outcome_answer(outcome) == answer


AT_SEVEN: dict[str, Any] = {"who": "olga (81)", "at": START}

DECIDED: dict[DecisionKind, tuple[Decision, str]] = {
    "published": (Decision("published", **AT_SEVEN), "**#2 published in <#11>** by olga, 7 a.m."),
    "dropped": (Decision("dropped", **AT_SEVEN), "**#2 discarded: not posted in <#11>.** By olga, 7 a.m."),
    "freed": (
        Decision("freed", **AT_SEVEN),
        "**#2 released in <#11>,** where posts no longer wait for Publish. By olga, 7 a.m.",
    ),
    "replaced": (Decision("replaced", number=6), "**#2 replaced by #6:** not posted in <#11>."),
    "corrected": (
        Decision("corrected", **AT_SEVEN),
        "**#2 corrected before it was posted:** not posted in <#11>. By olga, 7 a.m.",
    ),
    "taken back": (
        Decision("taken back", **AT_SEVEN),
        "**#2 retracted:** not posted in <#11>. By olga, 7 a.m.",
    ),
    "outdated": (
        Decision("outdated", why="the count has moved"),
        "**#2 not posted in <#11>:** the count has moved.",
    ),
    "changed": (
        Decision("changed"),
        "**#2 not posted yet in <#11>:** the count moved before it could go out, so it is shown again.",
    ),
    "there": (Decision("there", **AT_SEVEN), "**#2 is in <#11>,** says olga, 7 a.m."),
    "absent": (
        Decision("absent", **AT_SEVEN),
        "**#2 is posted again in <#11>:** it was not there, says olga, 7 a.m.",
    ),
    "given up": (
        Decision("given up", **AT_SEVEN),
        "**#2 was discarded:** it will not be posted again in <#11>. By olga, 7 a.m.",
    ),
}


@pytest.mark.parametrize(("decision", "line"), DECIDED.values(), ids=DECIDED)
def test_an_answered_question_says_what_became_of_its_post(decision: Decision, line: str) -> None:
    assert decided_line(2, COUNT, decision, Setting(small_desk())) == line
