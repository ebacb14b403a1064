"""The board: where a contest stands now, in one message that is edited as it changes."""

from collections.abc import Mapping
from dataclasses import replace

from pydantic_core import to_json

from bot.tally.standing_words import MarginFacts, margin_answer
from bot.wording.context import Setting
from bot.wording.draft import Draft
from bot.wording.escape import clean
from bot.wording.pages import pages_of
from bot.wording.question import SourceMark, marked

_MOST_TITLE = 200


def board_post(facts: MarginFacts, setting: Setting, mark: SourceMark | None = None) -> Draft:
    """Return the board of a contest: what /margin answers with everything known, under a title that says what it is.

    `mark`: what sets its source apart for now. It has only the calls that the newsroom repeats or has entered, since
    everybody in the channel reads it.
    """
    calls = tuple(one for one in facts.calls if one.posted)
    answer = margin_answer(replace(facts, calls=calls), setting, full=True)
    content = marked(answer.content, [mark.words]) if mark else answer.content
    headline, _, last = content.rpartition("\n")
    title = f"{clean(facts.contest.name, _MOST_TITLE)}: where it stands now"
    embeds = tuple({"title": title, **embed} for embed in pages_of(answer)[0].embeds[:1]) or ({"title": title},)
    return Draft("board", headline, last.removeprefix("-# "), embeds)


def news_of(board: Draft, *, chart: bool = False) -> str:
    """Return what has to change for a board to be edited at once: all but the small print, which has the last check.

    `chart`: it is to have a chart.
    """
    shown: list[Mapping[str, object]] = [
        {key: value for key, value in embed.items() if key != "footer"} for embed in board.embeds
    ]
    return to_json([board.headline, shown, *(["chart"] if chart else [])]).decode()
