from bot.wording.card import Block, Card, Line, Section


def test_the_posts_that_an_answer_names_are_offered_once_in_its_order() -> None:
    batches = Section("Batches", (Line("told by [#12](https://discord.com/channels/1/2/3)", posts=(12,)),))
    block = Block((Line("a#5 and #0 are none; #7", posts=(7,)),), (batches,))
    head = (Line("Two margins (#3, #9), as #3 said.", posts=(3, 9)),)
    assert Card(head, blocks=(block,)).posts == (3, 9, 7, 12)


def test_the_post_that_an_answer_is_about_is_not_offered_again() -> None:
    assert Card((Line("**#11 reports a margin change** at 8:46 a.m. It replaces #9.", posts=(9,)),)).posts == (9,)
