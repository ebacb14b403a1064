"""What the commands answer that correct and take back."""

from bot.entries.corrections_words import correction_answer, retraction_answer


def test_what_is_not_edited_dropped_or_still_under_way_is_said() -> None:
    said = correction_answer(7, "The correction goes out in 3 channels.", 3, 2, 1, 1).text
    assert said.startswith("The correction goes out in 3 channels. #7 will be marked Corrected")
    assert "In 1 channel the bot does not know which message it is" in said
    assert "In 2 channels where #7 still waited, the correction is posted instead." in said
    assert "1 post is on the way or in doubt: the correction follows" in said


def test_a_retraction_says_only_what_happened() -> None:
    assert retraction_answer(0, 0, 0, 0, "", (), ()).text == "**Retracted.** Nothing had been posted."
    assert retraction_answer(0, 2, 0, 0, "", (), ()).text == "**Retracted.** 2 unsent posts won't go out."
    assert "2 posts are on the way or in doubt: each is retracted" in retraction_answer(0, 0, 0, 2, "", (), ()).text
    assert "neither edit it nor link to it" in retraction_answer(2, 0, 1, 0, "", (), ()).text


def test_the_posts_that_are_marked_can_be_asked_about() -> None:
    assert retraction_answer(1, 0, 0, 0, "", (3,), (4,)).posts == (3, 4)
    assert retraction_answer(0, 2, 0, 0, "", (3,), ()).posts == ()
    assert correction_answer(7, "It goes out.", 3, 0, 0, 0).posts == (7,)
