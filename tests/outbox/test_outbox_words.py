"""What is said of posts that were just written: where they go, and where they wait."""

from bot.outbox.outbox_words import Delivery, delivery_words
from bot.wording.context import Setting
from tests.conftest import START, small_desk


def said(delivery: Delivery) -> str:
    return delivery_words(delivery, Setting(small_desk()), START, "#17")


def test_a_post_for_the_public_waits_in_the_channel_that_has_its_button() -> None:
    assert said(Delivery((6,), public=(6,), desk=9)) == "#17 waits in <#9> for Publish."
    assert said(Delivery((6,), public=(6,))) == "#17 waits for Publish."


def test_of_several_channels_it_is_said_which_the_desk_publishes_to() -> None:
    assert said(Delivery((5, 6), public=(6,), desk=9)) == (
        "#17 goes out in <#5>. In <#6> it waits for Publish in <#9>."
    )
