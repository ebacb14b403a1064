from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.operations import incidents_words as say
from tests.conftest import START

ZONE = ZoneInfo("America/New_York")


def test_whole_sentences() -> None:
    lasted = timedelta(minutes=12)
    assert [
        say.feed_is_down("the Secretary of State", lasted, None),
        say.feed_is_down("the Times", lasted, "times: the answer is empty."),
        say.feed_is_back("the Times", timedelta(hours=3)),
        say.posts_wait(11, 1, lasted, None),
        say.posts_wait(11, 1200, lasted, "Discord answered 403: Missing Access"),
        say.posts_no_longer_wait(11, lasted),
        say.bot_was_down(START - timedelta(days=1), START, START, ZONE),
        say.and_more(1200),
    ] == [
        "**The Secretary of State's feed has been down for 12 minutes.**",
        "**The Times' feed has been down for 12 minutes.** Times: the answer is empty.",
        "**The Times' feed is back,** after three hours.",
        "**1 post waits for <#11>,** for 12 minutes.",
        "**1,200 posts wait for <#11>,** the oldest for 12 minutes. Discord answered 403: Missing Access.",
        "**Posts for <#11> no longer wait,** after 12 minutes.",
        "**Tallydesk was down for 24 hours,** from 7 a.m. Tuesday to 7 a.m.",
        "And 1,200 more.",
    ]


def test_nothing_from_outside_acts() -> None:
    said = say.feed_is_down("the *Times*", timedelta(hours=1), "@everyone <@1>\n# loud " + "x" * 5000)
    assert "\\*Times\\*" in said
    assert "@everyone" not in said
    assert "<@" not in said.replace("\\<@", "")
    assert "\n" not in said
    assert len(said) < 700
