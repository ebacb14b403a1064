"""The board: where a contest stands now, in one message that is edited as it changes."""

from collections.abc import Mapping
from dataclasses import replace

from pydantic_core import to_json

from bot.tally.standing_words import MarginFacts, margin_answer
from bot.wording.card import Block, Card
from bot.wording.context import Setting
from bot.wording.escape import clean
from bot.wording.message import pages, render
from bot.wording.question import SourceMark

_MOST_TITLE = 200


def board_post(facts: MarginFacts, setting: Setting, mark: SourceMark | None = None) -> Card:
    """Return the board of a contest: what /margin answers with everything known, under a title that says what it is.

    `mark`: what sets its source apart for now. It has only the calls that the newsroom repeats or has entered, since
    everybody in the channel reads it.
    """
    calls = tuple(one for one in facts.calls if one.posted)
    answer = margin_answer(replace(facts, calls=calls), setting, full=True)
    title = f"{clean(facts.contest.name, _MOST_TITLE)}: where it stands now"
    first = next(iter(pages(answer)[0].blocks), Block(colour=None))
    board = replace(answer.below(mark.words) if mark else answer, kind="board")
    return replace(board, blocks=(replace(first, title=title),))


def news_of(board: Card, *, chart: bool = False) -> str:
    """Return what has to change for a board to be edited at once: all but the small print, which has the last check.

    `chart`: it is to have a chart.
    """
    shown: list[Mapping[str, object]] = [
        {key: value for key, value in embed.items() if key != "footer"} for embed in render(board).embeds
    ]
    return to_json([board.headline, shown, *(["chart"] if chart else [])]).decode()
