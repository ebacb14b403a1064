"""Whatever was read or typed, the question about it stays within Discord's limits and lets nothing act."""

from hypothesis import given, settings

from bot.count.entry import Entry
from bot.entries.drafts_words import EntryConsequences
from bot.entries.review_words import asked_card, entry_question
from bot.wording.context import Setting
from tests.entries.hostile_entries import NASTY, NOW, check, consequences, entries, hostile_desk


@settings(max_examples=40, deadline=None)
@given(entries, consequences)
def test_a_question_is_within_limits(entry: Entry, going: EntryConsequences) -> None:
    desk = hostile_desk()
    contest, setting = desk.contests[0], Setting(desk)
    question = entry_question(1, entry, contest, going, f"{NASTY} (7)", setting, NOW)
    check(question.content(214))


def test_that_somebody_is_asked_is_within_limits() -> None:
    check(asked_card(1, 2**63).content)
