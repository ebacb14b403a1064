"""The question about an entry. It stays within Discord's limits, and hostile text in it has no effect."""

from hypothesis import given

from bot.count.entry import Entry, Piece
from bot.entries.drafts_words import EntryConsequences
from bot.entries.review_words import asked_card, entry_question
from bot.wording.context import Setting
from bot.wording.limits import CONTENT, size
from bot.wording.message import render
from tests.conftest import share, small_desk
from tests.entries.hostile_entries import NASTY, NOW, check, consequences, entries, hostile_desk


def test_the_question_names_who_entered_what_and_why() -> None:
    desk, piece = small_desk(), Piece(leader="biden", margin=14_101)
    entry = Entry(contest="ga", source="reporter", as_of=NOW, pieces=(piece,), reason="on the phone")
    contest, going = desk.contests[0], EntryConsequences(why="a reason")
    card = entry_question(2, entry, contest, going, "olga (1)", Setting(desk), NOW, picture=True)
    assert card.headline.split("\n") == [
        "**Is this right? olga entered it for President.**",
        "-# Entry 2, with a picture",
        "1. Biden ahead by 14,101",
        "Source: **our reporter** · as of 8:25 a.m.",
        "Reason: on the phone",
        "**Will not be posted:** a reason; answers will use it.",
    ]
    assert [button.label for button in card.buttons] == ["Confirm", "Reject", "Picture"]


@share(0.4)
@given(entries, consequences)
def test_a_question_is_within_limits(entry: Entry, going: EntryConsequences) -> None:
    desk = hostile_desk()
    contest, setting = desk.contests[0], Setting(desk)
    question = entry_question(1, entry, contest, going, f"{NASTY} (7)", setting, NOW, picture=False)
    check(render(question, 214).content)
    assert size(render(question, 10**11).content) <= CONTENT


def test_who_enters_is_told_that_the_desk_is_asked_but_not_in_which_channel() -> None:
    card = asked_card(1)
    check(card.headline)
    assert card.headline == "**Sent to the desk to confirm.** Nothing is posted or used in answers until then."
    assert [button.key for button in card.buttons] == ["entry:1:back"]
