"""The answer to /margin with a number: when the margin was that number and who led, or the nearest margin."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.answers.history_words import FigureFacts, PastMargin, figure_answer
from bot.tally.standing_words import MarginFacts
from bot.wording.context import Setting
from bot.wording.question import Question
from bot.wording.viewer import seen_by
from tests.conftest import EDITOR, START, reading, small_desk

DESK = small_desk()
TIMES, SECRETARY, REPORTER, *_ = DESK.sources
GEORGIA = DESK.contests[0]
NOW = START + timedelta(minutes=30)
STANDS = MarginFacts(contest=GEORGIA, source=TIMES, now=NOW, reading=reading(600, 480, 20), changed_at=NOW)


def had(margin: int, minute: int, until: int | None = None, **fields: Any) -> PastMargin:
    since, then = (None if one is None else START + timedelta(minutes=one) for one in (minute, until))
    assert since is not None
    return replace(PastMargin(TIMES, "biden", margin, since, then), **fields)


def said(facts: FigureFacts) -> list[str]:
    answer = figure_answer(facts, Question(GEORGIA, EDITOR, Setting(DESK), NOW))
    return [line.text for line in seen_by(answer, EDITOR).card.all_lines]


MOVED_ON = "Biden leads by 120, as of 7:20 a.m."


@pytest.mark.parametrize(
    ("margin", "nearest", "lines"),
    [
        (120, had(120, 20), ["**Biden leads in Georgia by 120 votes since 7:20 a.m.,** by the Times' count."]),
        (
            94,
            had(94, 5, 20, leader="trump"),
            ["**Trump led in Georgia by 94 votes from 7:05 a.m. until 7:20 a.m.,** by the Times' count.", MOVED_ON],
        ),
        (1, had(1, 5, 5), ["**Biden led in Georgia by 1 vote at 7:05 a.m.,** by the Times' count.", MOVED_ON]),
        (
            0,
            had(0, 5, 20),
            ["**The count was tied in Georgia from 7:05 a.m. until 7:20 a.m.,** by the Times' count.", MOVED_ON],
        ),
        (
            9400,
            had(120, 20),
            [
                (
                    "**The Times' count has no margin of 9,400 votes on record in Georgia.** "
                    "The nearest is Biden's lead of 120, since 7:20 a.m."
                )
            ],
        ),
        (
            93,
            had(94, 5, 20),
            [
                (
                    "**The Times' count has no margin of 93 votes on record in Georgia.** "
                    "The nearest was Biden's lead of 94, from 7:05 a.m. until 7:20 a.m."
                ),
                MOVED_ON,
            ],
        ),
    ],
)
def test_a_figure_is_found_or_the_nearest(margin: int, nearest: PastMargin, lines: list[str]) -> None:
    assert said(FigureFacts(margin, STANDS, nearest)) == lines


def test_other_sources_that_had_the_figure_are_named() -> None:
    others = (
        had(94, 6, 9, source=SECRETARY),
        had(94, 7, source=REPORTER, entered=True),
        had(94, 8, source=REPORTER, entered=True, waits=True),
    )
    assert said(FigureFacts(94, STANDS, had(120, 20), others))[1:] == [
        "The Secretary of State: Biden +94 from 7:06 a.m. until 7:09 a.m.",
        "Our reporter: Biden +94 as of 7:07 a.m., entered by staff.",
        "Our reporter: Biden +94 as of 7:08 a.m., entered by staff, not posted yet.",
    ]


def test_where_nothing_is_in_no_figure_is_on_record() -> None:
    nothing = replace(STANDS, reading=None)
    assert said(FigureFacts(94, nothing, None)) == [
        "**No count is in yet for Georgia** from the Times. `/sources` says when each source was last checked."
    ]
