from datetime import UTC, datetime

import pytest

from bot.answers.provenance_words import PostFate, PostProvenance, why_answer
from bot.app import post_kinds
from bot.wording.context import Setting
from bot.wording.message import render
from tests.conftest import EDITOR, small_desk

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
