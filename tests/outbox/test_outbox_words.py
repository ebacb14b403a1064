"""Tests the outbox's own texts: the status of posts and channels, and notices to the desk about posts that did not
arrive.
"""

import pytest

from bot.outbox.outbox_words import (
    Delivery,
    closed_notice,
    delivery_words,
    doubtful_notice,
    no_thread_notice,
    opened_notice,
    refused_notice,
    text_error_notice,
    thread_post,
    unattached_notice,
    uncarded_notice,
    unpublished_notice,
)
from bot.wording.card import Card, lines
from bot.wording.context import Setting
from tests.conftest import COUNT, START, small_desk

SETTING = Setting(small_desk())

DELIVERIES = {
    "for the public, with a desk channel": (
        Delivery((6,), public=(6,), desk=9),
        "#17 waits in <#9> for Publish.",
    ),
    "for the public, without one": (Delivery((6,), public=(6,)), "#17 waits for Publish."),
    "for several channels": (
        Delivery((5, 6), public=(6,), desk=9),
        "#17 goes out in <#5>. In <#6> it waits for Publish in <#9>.",
    ),
}


@pytest.mark.parametrize(("delivery", "said"), DELIVERIES.values(), ids=DELIVERIES)
def test_who_writes_a_post_reads_where_it_goes_and_what_it_waits_for(delivery: Delivery, said: str) -> None:
    assert delivery_words(delivery, SETTING, START, "#17") == said


WHY = "Missing Access"
POST = Card(lines("**Biden leads**", "He led before"), "the Times")

NOTICES = {
    "a channel that is closed": (
        closed_notice(COUNT, WHY, SETTING),
        (
            "**The bot can't post in <#11>.** Nothing is lost: settings stay, and what waits becomes one post per contest "
            "once it can. Discord's reason: Missing Access"
        ),
    ),
    "a thread that is closed": (
        closed_notice(COUNT, WHY, SETTING, is_thread=True),
        (
            "**<#11> can't be posted to,** so its posts go into the channel itself until that is fixed. If the thread is "
            "gone or stays locked, open another under `/following`. Discord's reason: Missing Access"
        ),
    ),
    "a channel that is open again": (
        opened_notice(COUNT, 1605096000, SETTING),
        "**The bot can post in <#11> again.** It could not since <t:1605096000:f>.",
    ),
    "a thread that can't be opened": (
        no_thread_notice(COUNT, "President", WHY, SETTING),
        (
            "**The thread of President could not be opened in <#11>,** so its posts go into the channel itself. Once that is "
            "fixed, turn the thread on again under `/following`. Discord's reason: Missing Access"
        ),
    ),
    "a card that is refused": (
        uncarded_notice(1, COUNT, WHY, SETTING),
        (
            "**The card of #1 could not be shown in <#11>,** so it and later ones appear as text. Give the bot's role the "
            "permission Embed Links in the channel's settings. Discord's reason: Missing Access"
        ),
    ),
    "a post that is not published": (
        unpublished_notice(1, COUNT, WHY, SETTING),
        (
            "**#1 was not published to the followers of <#11>;** it did post in the channel. Discord publishes in "
            "announcement channels only, and the bot needs the permission to send messages there. Discord's reason: "
            "Missing Access"
        ),
    ),
    "a chart that is refused": (
        unattached_notice(1, COUNT, WHY, SETTING),
        (
            "**The chart of #1 could not be attached in <#11>,** so its figures appear as text. The bot may lack the "
            "permission to attach files there: once it has that, share the chart again. Discord's reason: Missing Access"
        ),
    ),
    "a post that is refused": (
        refused_notice(1, COUNT, POST, WHY, SETTING),
        (
            "**Discord refuses #1 in <#11>,** and it was not posted. The next post there covers its changes. Discord's "
            "reason: Missing Access\n> **Biden leads**\n> He led before"
        ),
    ),
    "a post without words": (
        text_error_notice(1, COUNT, SETTING),
        (
            "**#1 could not be worded,** and was not posted in <#11>. That is the bot's fault; its operator can read the "
            "reason in the log. The next post there covers its changes if one already waits; `/margin` has the count."
        ),
    ),
    "a post that may have arrived": (
        doubtful_notice(7, 1, COUNT, POST, "no history", SETTING),
        (
            "**Is #1 in <#11>?** It was sent, Discord did not answer, and the bot could not look: no history. Until you "
            "answer, it will not be posted again.\n> **Biden leads**\n> He led before"
        ),
    ),
}


@pytest.mark.parametrize(("notice", "said"), NOTICES.values(), ids=NOTICES)
def test_the_desk_is_told_what_discord_did_not_take(notice: Card, said: str) -> None:
    assert notice.headline == said


def test_a_thread_hangs_on_a_message_that_says_what_it_is_for() -> None:
    opening = thread_post(small_desk().contests[0], SETTING).headline
    assert opening == "**President · Georgia:** updates on the count are posted in this thread."
