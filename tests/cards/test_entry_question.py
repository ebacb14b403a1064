"""Whatever was read or typed, the question about it stays within Discord's limits and lets nothing act."""

from hypothesis import given, settings

from bot.cards.entry_lines import Consequences
from bot.cards.entry_question import asked_card, entry_question
from bot.cards.facts import Setting
from bot.count.entry import Entry
from tests.cards.hostile_entries import NASTY, NOW, check, consequences, entries, hostile_desk


@settings(max_examples=40, deadline=None)
@given(entries, consequences)
def test_a_question_is_within_limits(entry: Entry, going: Consequences) -> None:
    desk = hostile_desk()
    contest, setting = desk.contests[0], Setting(desk)
    question = entry_question(1, entry, contest, going, f"{NASTY} (7)", setting, NOW)
    check(question.content(214))


def test_that_somebody_is_asked_is_within_limits() -> None:
    check(asked_card(1, 2**63).content)
