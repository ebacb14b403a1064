"""The previews of corrections and retractions, and the answers to them."""

from datetime import timedelta

import pytest

from bot.count.statement import Statement
from bot.entries.corrections_words import (
    Preview,
    Replacement,
    correction_answer,
    correction_post,
    replacement_preview,
    retraction_answer,
    retraction_post,
)
from bot.entries.pieces_words import StandingStatement
from bot.outbox.outbox_words import Delivery
from bot.wording.card import Line
from bot.wording.context import Setting
from tests.conftest import COUNT, START, small_desk

SETTING = Setting(small_desk())
SAID = Statement(source="ga-sos", contest="ga", as_of=START, leader="biden", margin=14_000)
RETRACT, CORRECT = Replacement("retract", "misread", 2), Replacement("correct", "it is 14,100", 2)
RETRACTION = retraction_post([2], None, "misread", [SAID], [], SETTING, START)
CORRECTION = correction_post(2, None, "it is 14,100", SETTING, START)


def preview(*same: StandingStatement, numbers: tuple[int, ...] = (2,)) -> Preview:
    """Return the preview of a retraction that is posted in one channel."""
    return Preview((), RETRACTION, Delivery((COUNT,)), numbers, same=same)


PLAYED_BACK = {
    "**Retract #2?** Answers will no longer use it.\n"
    "**This will go out in <#11>:**\n"
    "> **We retract #2** (the Secretary of State: Biden +14,000). Misread.": (RETRACT, preview(), ()),
    "**Retract #2?** Answers will no longer use it. The rest of its entry stands: Biden +14,000 (#3); Biden +14,000.\n": (
        RETRACT,
        preview(),
        (StandingStatement(SAID, (3,)), StandingStatement(SAID, ())),
    ),
    "**Retract #2 and #3?** They came from one entry. Answers will no longer use it.\n": (
        RETRACT,
        preview(numbers=(2, 3)),
        (),
    ),
    "**Retract #2?** Entry 4 and entry 3 say the same and stay: Biden +14,000, as of 7 a.m.; Biden +14,000, as of 7 a.m. "
    "To take them back, too: `/retract` each.\n": (
        RETRACT,
        preview(StandingStatement(SAID, (), 4), StandingStatement(SAID, (), 3)),
        (),
    ),
    "**Retract #2?** Entry 3 says the same and stays: Biden +14,000, as of 7 a.m. To take it back, too: `/retract` entry 3.\n": (
        RETRACT,
        preview(StandingStatement(SAID, (), 3)),
        (),
    ),
    "**Retract entry 1?** The Secretary of State: Biden +14,000, as of 7 a.m. Answers will no longer use it.\n"
    "Nothing will go out: it was not posted.": (
        Replacement("retract", "misread", None, 1),
        Preview((), None, Delivery()),
        (),
    ),
    "**Correct #2?** “We retract #2 (the Secretary of State: Biden +14,000). Misread.”\n"
    "**This will go out in <#11>:**\n"
    "> **Correction** to #2: It is 14,100.\n"
    "Answers and the board still use the entry, Biden +14,000: to replace it, retract #2 and enter it again.": (
        CORRECT,
        Preview((RETRACTION,), CORRECTION, Delivery((COUNT,))),
        (),
    ),
}
"""The start of a preview → the replacement, its effects, and the entry's other statements."""


@pytest.mark.parametrize("said", PLAYED_BACK)
def test_it_is_played_back_before_anything_is_done(said: str) -> None:
    what, seen, rest = PLAYED_BACK[said]
    card = replacement_preview(1, what, seen, [SAID], 2, None, SETTING, START, rest, may_take_all=False)
    assert card.headline.startswith(said)


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"results_certified": {}}, "results certified"),
        ({"results_certified": {"taken_back": True, "reason": "a court"}}, "certification of the results withdrawn"),
        ({"units_certified": {"units": ("13003",)}}, "Atkinson County certified"),
        (
            {"units_certified": {"units": [f"130{number:02}" for number in range(3, 33, 2)]}},
            "Atkinson, Bacon, Baker, Baldwin, Banks, Barrow, Bartow, Ben Hill and seven other counties certified",
        ),
        ({"last_updated": START - timedelta(hours=14)}, "last updated 5 p.m. Tuesday"),
        (
            {"last_updated": START - timedelta(hours=14), "approximate": ["last_updated"]},
            "last updated about 5 p.m. Tuesday",
        ),
    ],
)
def test_a_retraction_says_what_is_retracted_in_short(said: dict[str, object], what: str) -> None:
    stated = Statement.model_validate({"source": "ga-sos", "contest": "ga", "as_of": START} | said)
    post = retraction_post([2], None, "misread", [stated], [], SETTING, START)
    assert post.headline == f"**We retract #2** (the Secretary of State: {what}). Misread."


def test_figures_of_one_source_are_retracted_together_the_margin_first() -> None:
    count = Statement(source="ga-sos", contest="ga", as_of=START, certified=(96, 159))
    post = retraction_post([2, 3], None, "misread", [count, SAID], [], SETTING, START)
    assert post.headline.startswith(
        "**We retract #2 and #3** (the Secretary of State: Biden +14,000, 96 of 159 counties certified)."
    )


UNKNOWN = "In 1 channel an editor said that the post is there, but the bot does not know which message it is, and can neither edit it nor link to it."


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (correction_answer(7, "It goes out.", 3, 0, 0, 0), "It goes out. #7 will be marked Corrected."),
        (
            correction_answer(7, "It goes out.", 3, 2, 1, 1),
            (
                f"It goes out. #7 will be marked Corrected. {UNKNOWN} In 2 channels where #7 still waited, the "
                "correction will be posted instead. 1 post is on the way or in doubt: the correction will follow once the bot "
                "knows whether it has arrived."
            ),
        ),
        (retraction_answer(0, 0, 0, 0, "", (), ()), "**Retracted.** Nothing had been posted."),
        (retraction_answer(0, 2, 0, 0, "", (), ()), "**Retracted.** 2 unsent posts won't go out."),
        (
            retraction_answer(1, 0, 0, 0, "", (3,), (4,)),
            "**Retracted.** #3 and its correction #4 will be marked Retracted.",
        ),
        (
            retraction_answer(2, 0, 1, 0, "It goes out.", (2, 3), ()),
            f"**Retracted.** It goes out. #2 and #3 will be marked Retracted. {UNKNOWN}",
        ),
        (
            retraction_answer(0, 0, 0, 2, "", (), ()),
            "**Retracted.** 2 posts are on the way or in doubt: each will be retracted once the bot knows that it has arrived.",
        ),
    ],
)
def test_what_was_done_is_answered_and_nothing_else(answer: Line, text: str) -> None:
    assert answer.text == text


def test_the_posts_that_are_marked_can_be_asked_about() -> None:
    assert retraction_answer(1, 0, 0, 0, "", (3,), (4,)).posts == (3, 4)
    assert retraction_answer(0, 2, 0, 0, "", (3,), ()).posts == ()
    assert correction_answer(7, "It goes out.", 3, 0, 0, 0).posts == (7,)
