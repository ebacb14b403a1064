from datetime import UTC, datetime
from typing import get_args

import pytest

from bot.answers.provenance_words import KINDS, PostFate, PostProvenance, why_answer
from bot.wording.context import Setting
from tests.conftest import small_desk

AT = datetime(2020, 11, 11, 12, 35, tzinfo=UTC)


def test_every_kind_of_post_says_what_it_does() -> None:
    assert set(KINDS) == set(get_args(str))


@pytest.mark.parametrize(
    ("kind", "first_line"),
    [
        ("lead_change", "**#7 reports a lead change** at 7:35 a.m."),
        ("rundown", "**#7 is the morning list** of 7:35 a.m."),
        ("thread", "**#7 opens a contest's thread** at 7:35 a.m."),
    ],
)
def test_a_post_is_called_by_what_it_does(kind: str, first_line: str) -> None:
    post = PostProvenance(1, 7, kind, None, None, AT, PostFate("sent"))
    assert why_answer([post], 1, Setting(small_desk()), AT).content.split("\n")[0] == first_line
