"""Tests the messages about a pause, to the member who pauses and to the desk, with and without an end."""

from datetime import timedelta

import pytest

from bot.newsroom.suspensions_words import pause_answer, resumed_by_itself_notice
from bot.outbox.outbox_store import PostPreview
from bot.outbox.outbox_words import paused_notice, resumed_notice
from bot.outbox.suspensions_store import Pause, PostsWaiting
from bot.wording.context import Setting
from bot.wording.credit import SetBy
from bot.wording.message import render
from tests.conftest import COUNT, START, small_desk

SETTING = Setting(small_desk())

TEN, HOUR = START + timedelta(minutes=10), START + timedelta(hours=1)

OLGA = SetBy(START, "olga (1)")

SHORT = SetBy(START, "olga (1)", "a _wrong_ number", TEN)

ANSWERS = [
    (Pause(OLGA, PostsWaiting()), "**Paused.** Posts in this server wait until someone presses **Resume**."),
    (
        Pause(SHORT, PostsWaiting()),
        "**Paused until 7:10 a.m.** Posts in this server wait until then, or until someone presses **Resume**.",
    ),
    (
        Pause(SHORT, PostsWaiting(2, 1), unchanged=True),
        (
            "Already paused, since 7 a.m. by olga, until 7:10 a.m.: a \\_wrong\\_ number. Two posts wait. One post already on the "
            "way can't be called back. **Resume** first shows what would go out."
        ),
    ),
    (
        Pause(SetBy(START, "Tallydesk"), PostsWaiting(), unchanged=True, restored=True),
        (
            "Already paused, since 7 a.m. by Tallydesk. The database was restored; posts resume once the "
            "desk answers the notice about it."
        ),
    ),
]


@pytest.mark.parametrize(("pause", "said"), ANSWERS)
def test_who_pauses_reads_until_when(pause: Pause, said: str) -> None:
    assert render(pause_answer(pause, SETTING, TEN)).content == said


NOTICES = [
    (
        paused_notice(OLGA, SETTING, START),
        "**Paused by olga.** Posts in this server wait until someone presses **Resume**.",
    ),
    (
        paused_notice(SHORT, SETTING, START),
        (
            "**Paused until 7:10 a.m. by olga:** a \\_wrong\\_ number. Posts in this server wait until then, or until someone presses "
            "**Resume**."
        ),
    ),
    (
        paused_notice(SetBy(START, "olga (1)", None, HOUR), SETTING, TEN, SetBy(TEN, "ed (2)", "they check", HOUR)),
        (
            "**Paused until 8 a.m. by olga.** Posts in this server wait until then, or until someone presses **Resume**.\n"
            "ed changed how long at 7:10 a.m.: they check."
        ),
    ),
    (
        resumed_notice(SHORT, "ed (2)", SETTING, TEN),
        (
            "**Resumed at 7:10 a.m. by ed.** Posts had been paused since 7 a.m. by olga, until 7:10 a.m.: a \\_wrong\\_ "
            "number."
        ),
    ),
    (
        resumed_notice(OLGA, None, SETTING, HOUR),
        "**Resumed at 8 a.m., as set.** Posts had been paused since 7 a.m. by olga.",
    ),
    (
        resumed_by_itself_notice(SHORT, [], SETTING, TEN),
        "**Posts resumed at 7:10 a.m.** olga had paused them until 7:10 a.m. No posts were held back.",
    ),
    (
        resumed_by_itself_notice(
            SHORT,
            [
                PostPreview(COUNT, "**Biden leads.**", shown=False),
                PostPreview(COUNT, "**Held.**", shown=True),
                PostPreview(COUNT, "**Closed.**", shown=False, closed=True),
            ],
            SETTING,
            HOUR,
        ),
        (
            "**Posts resumed at 8 a.m.** olga had paused them until 7:10 a.m. One waiting post goes out now. One post waits for "
            f"Publish. One post waits for a channel where the bot can't post.\n> **Biden leads.**\n-# in <#{COUNT}>"
        ),
    ),
    (
        resumed_by_itself_notice(SHORT, [PostPreview(COUNT, "**Lead.**", shown=False)] * 7, SETTING, TEN),
        (
            "**Posts resumed at 7:10 a.m.** olga had paused them until 7:10 a.m. Seven waiting posts go out now.\n"
            + f"> **Lead.**\n-# in <#{COUNT}>\n" * 5
            + "And 2 more."
        ),
    ),
]


@pytest.mark.parametrize(("notice", "said"), NOTICES)
def test_the_desk_reads_who_paused_and_what_goes_out(notice: object, said: str) -> None:
    content = render(notice).content  # type: ignore[arg-type]  # each is a card
    assert content.rsplit("\n", 1)[0] == said
