"""The times that `/desk status` tells, in a newsroom and in a rehearsal."""

from datetime import timedelta

from bot.newsroom.status_words import Closed, Status, status_answer
from bot.wording.context import Setting
from tests.conftest import START, small_desk

LATER = START + timedelta(minutes=5)


def test_what_waits_is_told_by_the_news_clock() -> None:
    answer = status_answer(Status(waiting=2, oldest=START), (), Setting(small_desk(), rehearsal=True), LATER)
    assert answer.content.endswith("\n2 posts wait to be sent, the oldest since 7 a.m.")


def test_a_closed_channel_has_the_machines_time_but_in_a_rehearsal() -> None:
    status = Status(closed=[Closed(78, 1605096000, "Missing Access")])
    in_earnest = status_answer(status, (), Setting(small_desk()), LATER).content
    assert "<#78> can't be written to since <t:1605096000:f>. Discord's reason: Missing Access" in in_earnest
    rehearsed = status_answer(status, (), Setting(small_desk(), rehearsal=True), LATER).content
    assert "<#78> can't be written to. Discord's reason: Missing Access" in rehearsed
