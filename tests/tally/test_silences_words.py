from datetime import timedelta

import pytest

from bot.count.staleness import Silence
from bot.tally.silences_words import SilenceFacts, silence_over_post, silence_post
from bot.wording.context import Setting
from bot.wording.message import render
from tests.conftest import START
from tests.feeds.pushing import push_desk

TWO_HOURS = timedelta(hours=2)


@pytest.mark.parametrize(
    ("leads", "what_follows"),
    [
        (True, "Posts here follow its count, so there are none until it sends again."),
        (False, "Posts here follow another count and continue."),
    ],
)
def test_a_source_that_pushes_is_not_said_to_be_out_of_reach(leads: bool, what_follows: str) -> None:
    desk = push_desk()
    source = desk.source("county")
    assert source is not None
    now = START + TWO_HOURS
    facts = SilenceFacts(desk.contests[:1], source, Silence.UNREACHED, START, START, leads, now)
    said = render(silence_post(facts, Setting(desk)), 7).content
    assert said.startswith(f"**Nothing has come from Floyd County** since 7 a.m., for 2 hours. {what_follows}\n")
    over = silence_over_post(desk.contests[0], source, Silence.UNREACHED, now - TWO_HOURS, now, Setting(desk), now)
    assert render(over, 8).content.startswith("**Floyd County sends again,** after 2 hours.\n")
