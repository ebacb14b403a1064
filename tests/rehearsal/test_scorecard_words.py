"""The scorecard as a post."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from bot.rehearsal.scorecard_words import (
    HoldDecision,
    MissedHold,
    MissedPost,
    Scorecard,
    decided_words,
    opening_lines,
    scorecard_post,
)
from bot.wording.context import Setting
from bot.wording.limits import ALL_EMBEDS, FIELD_VALUE, embed_size, size
from bot.wording.message import render
from tests.conftest import small_desk

SETTING = Setting(small_desk(), rehearsal=True)
AT = datetime(2020, 11, 11, 12, 35, tzinfo=UTC)
NOW = AT + timedelta(hours=3)
LIMIT = timedelta(minutes=10)


def post(number: int) -> MissedPost:
    return MissedPost(number, "count", "margin", "**Biden leads**", AT)


def test_what_was_missed_is_in_the_card_and_how_much_in_the_headline() -> None:
    hold = MissedHold("ga", "times", AT, AT + timedelta(minutes=15), None)
    draft = scorecard_post(Scorecard(9, LIMIT, (post(3),), (hold,), (post(4),)), SETTING, NOW)
    assert "one post of 9 was unread" in draft.headline
    assert draft.credit == "10:35 a.m. · rehearsal"
    (card,) = render(draft).embeds
    assert {field["name"]: field["value"] for field in card["fields"]} == {
        "Unread": "#count: 1 post, #3 7:35 a.m.; never read",
        "Not answered in time": "**President**, the Times: held 7:35 a.m., to be answered by 7:50 a.m., not answered",
        "Not acknowledged": "**#4** 7:35 a.m. in #count",
    }


def decision(did: Literal["posted", "dropped", "taken back"], *, wrong: bool = False) -> HoldDecision:
    return HoldDecision("ga", "times", AT, AT + timedelta(minutes=2), did, wrong)


def test_right_decisions_are_told_from_wrong_ones() -> None:
    decisions = (decision("posted", wrong=True), decision("dropped"), decision("taken back"))
    draft = scorecard_post(Scorecard(9, LIMIT, (), (), (), decisions), SETTING, NOW)
    assert draft.headline.endswith(
        "nothing was missed; 9 posts read in time; 1 of 2 decisions on what was held was wrong."
    )
    (card,) = render(draft).embeds
    assert card["fields"][0]["value"].split("\n") == [
        "**President**, the Times: held 7:35 a.m., posted 7:37 a.m. Wrong: the source went back to its earlier numbers, and Discard was right",
        "**President**, the Times: held 7:35 a.m., discarded 7:37 a.m. Right: the source has not counted on from those numbers",
        "**President**, the Times: held 7:35 a.m., undone 7:37 a.m. The desk undid that itself",
    ]
    assert decided_words(decisions[1:]) == "the decision on what was held was right"
    assert decided_words([decision("posted"), decision("dropped")]) == "all two decisions on what was held were right"
    assert decided_words(decisions[2:]) == ""


def test_the_opening_says_what_the_day_will_ask_of_the_desk_and_nothing_that_it_won_t() -> None:
    lines = opening_lines(LIMIT, 2, True, True)
    assert "Press a button under each reminder, at its time: two events today." in lines
    assert "Decide on what is held: Post, Wait or Discard under the question, by the time it names." in lines
    assert len(opening_lines(LIMIT, 0, False, False)) == len(lines) - 3 == 2


def test_nothing_missed_needs_no_card() -> None:
    draft = scorecard_post(Scorecard(9, LIMIT, (), (), ()), SETTING, NOW)
    assert draft.headline.endswith("nothing was missed; 9 posts read in time.")
    assert render(draft).embeds == ()


def test_a_contest_that_the_desk_file_does_not_have_is_told_by_its_id() -> None:
    hold = MissedHold("gone", "away", AT, AT + timedelta(minutes=15), None)
    (card,) = render(scorecard_post(Scorecard(9, LIMIT, None, (hold,), ()), SETTING, NOW)).embeds
    assert card["fields"][0]["value"].startswith("**gone**, away: held")


def test_however_much_was_missed_the_card_fits_and_says_how_much_is_left_out() -> None:
    many = tuple(post(number) for number in range(1, 2000))
    holds = tuple(MissedHold("ga", "times", AT, AT + timedelta(minutes=15), None) for _ in range(500))
    (card,) = render(scorecard_post(Scorecard(2000, LIMIT, many, holds, many), SETTING, NOW)).embeds
    assert embed_size(card) <= ALL_EMBEDS
    for field in card["fields"]:
        assert size(field["value"]) <= FIELD_VALUE
        assert field["value"].split("\n")[-1].startswith("#count: 1,999 posts" if field["name"] == "Unread" else "and ")
    assert [field["name"] for field in card["fields"]] == ["Not answered in time", "Not acknowledged", "Unread"]
