"""The text of a board: where a contest stands now, in one message that is edited as the count changes."""

from collections.abc import Mapping
from dataclasses import replace

from pydantic_core import to_json

from bot.tally.standing_words import MarginFacts, margin_answer
from bot.wording.card import Block, Card
from bot.wording.context import Setting
from bot.wording.escape import clean
from bot.wording.message import pages, render
from bot.wording.question import SourceWarning

_MOST_TITLE = 200


def board_post(facts: MarginFacts, setting: Setting, mark: SourceWarning | None = None) -> Card:
    """Return a contest's board: the full answer of /margin under a board title.

    The board lists only the calls that the newsroom repeats or has entered, since the whole channel reads it. `mark`
    is the warning about the contest's source, such as a mute.
    """
    calls = tuple(one for one in facts.calls if one.posted)
    answer = margin_answer(replace(facts, calls=calls), setting, full=True)
    title = f"{clean(facts.contest.name, _MOST_TITLE)}: where it stands now"
    first = next(iter(pages(answer)[0].blocks), Block(colour=None))
    board = replace(answer.below(mark.words) if mark else answer, kind="board")
    return replace(board, blocks=(replace(first, title=title),))


def news_of(board: Card, *, chart: bool = False) -> str:
    """Return the parts of a board that cause an immediate edit when they change, as JSON.

    That is everything but the small print, which has the time of the last check. `chart` adds a marker for a board with a
    chart.
    """
    shown: list[Mapping[str, object]] = [
        {key: value for key, value in embed.items() if key != "footer"} for embed in render(board).embeds
    ]
    return to_json([board.headline, shown, *(["chart"] if chart else [])]).decode()
