from bot.wording.draft import answer_card
from bot.wording.question import posts_named


def test_the_posts_that_an_answer_names_are_found_once_and_no_channel_or_heading_is_one() -> None:
    field = {"name": "Batches", "value": "told by [#12](https://discord.com/channels/1/2/3)"}
    said = answer_card(
        "Two margins (#3) in <#776053614182400001>, as #3 said.\n-# #214 · the Times",
        ({"description": "a#5 and #0 are none; #7", "fields": [field]},),
    )
    assert posts_named(said) == [3, 214, 7, 12]


def test_the_post_that_an_answer_is_about_is_not_offered_again() -> None:
    assert posts_named(answer_card("**#11 reports a margin change** at 8:46 a.m. It replaces #9.")) == [9]
