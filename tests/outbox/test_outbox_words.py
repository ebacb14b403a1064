"""What is said of posts that were just written: where they go, and where they wait."""

from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.discord import number_of
from bot.outbox.outbox_words import Delivery, delivery_words, updated_content
from bot.wording.card import Link
from bot.wording.context import Setting
from bot.wording.limits import CONTENT, size
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


LINK = Link(215, "https://discord.com/channels/1/11/1001")
text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=3000)


def test_it_begins_with_the_word_and_keeps_the_old_words_struck_through_and_the_number_last() -> None:
    content = updated_content(
        "Corrected", "**Old.** Said so.\n-# #214 · the Times", "**Correction:** new.\n-# #215 · us", LINK
    )
    assert content.split("\n") == [
        "**Corrected; see [#215](https://discord.com/channels/1/11/1001).** New.",
        "> ~~**Old.** Said so.~~",
        "-# #214 · the Times",
    ]


@given(text, text)
def test_it_never_takes_more_than_discord_takes_and_is_always_found_by_its_number(old: str, new: str) -> None:
    content = updated_content("Revised", f"{old}\n-# #214 · the Times", f"{new}\n-# #215 · the Times", LINK)
    assert size(content) <= CONTENT
    assert number_of(content) == 214
    assert content.startswith("**Revised; see [#215]")
