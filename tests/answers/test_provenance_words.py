from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.answers.provenance_words import NotTold, PostFate, PostProvenance, WaitingChange, not_told_answer, why_answer
from bot.app import post_kinds
from bot.count.change import compare
from bot.wording.context import Setting
from bot.wording.message import render
from bot.wording.question import Question
from tests.conftest import EDITOR, reading, small_desk

AT = datetime(2020, 11, 11, 12, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "first_line"),
    [
        ("lead_change", "**#7 reports a lead change** at 7:35 a.m."),
        ("rundown", "**#7 is the morning list** of 7:35 a.m."),
        ("thread", "**#7 opens a contest's thread** at 7:35 a.m."),
    ],
)
def test_a_post_is_called_by_what_it_does(kind: str, first_line: str) -> None:
    setting = Setting(small_desk())
    post = PostProvenance(1, 7, post_kinds(setting)[kind].does, None, None, AT, PostFate("sent"))
    assert render(why_answer([post], EDITOR, setting, AT)).content.split("\n")[0] == first_line


@pytest.mark.parametrize(("left_out", "reads"), [((), True), (("ga-sos",), False)])
def test_who_may_not_read_of_a_source_reads_of_none_of_its_changes_that_wait(
    left_out: tuple[str, ...], reads: bool
) -> None:
    desk = small_desk()
    change = compare(reading(1000, 900, source="ga-sos"), reading(1003, 900, 1, source="ga-sos"))
    assert change is not None
    waits = WaitingChange(9, AT, AT, (change,), 3, 25)
    facts = NotTold((), (waits,), (), None, {}, followed=True)
    asked = Question(desk.contests[0], replace(EDITOR, left_out=frozenset(left_out)), Setting(desk), AT)
    said = render(not_told_answer(facts, asked)).content
    assert ("moved by 3 votes" in said, "(Biden 3)" in said) == (reads, reads)
