"""Boards: one message for each followed contest, edited so that it always shows where the contest stands.

Boards are checked every 30 seconds, and two seconds after a reading was stored. A board has at most one outbox row in
progress. While that row waits, it is changed in place. No new post is made while it is unclear whether the last one
was sent.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.desk.desk_file import Contest
from bot.errors import TallydeskError
from bot.tally.boards_store import Board, BoardStore
from bot.tally.boards_words import board_post, news_of
from bot.tally.silences import SourceWarnings
from bot.tally.standing import Standings
from bot.wording.card import Card, Picture
from bot.wording.context import Setting
from bot.wording.question import muted_sources

CHECKED_EVERY = timedelta(minutes=10)
"""How often a board is edited when only the time of the last check has changed. Boards older than an hour are edited a
sixth as often, since Discord limits edits of old messages.
"""

DrawBoard = Callable[[Contest, int, int], Awaitable[Picture]]
"""Draws the chart of a contest, with the sources that a channel may see. Takes contest, server and channel."""

log = structlog.get_logger()


class Boards:
    """Keeps each followed contest's board message up to date."""

    EVERY = 30.0
    """Seconds between two checks when no new readings arrive."""
    REST = 2.0
    """The least seconds between two checks when readings arrive, since Discord limits edits."""

    def __init__(
        self, store: BoardStore, standings: Standings, marks: SourceWarnings, setting: Setting, clock: Clock
    ) -> None:
        """Create the service that keeps boards up to date.

        Standings are read from `standings`, and boards are stored in `store`. `marks` has the warnings about sources
        (muted, silent).
        """
        self._marks = marks
        self._store = store
        self._standings = standings
        self._setting = setting
        self._clock = clock

    async def look(self, draw: DrawBoard | None = None) -> None:
        """Update the boards that are out of date. `draw` draws their charts; without `draw`, boards have no charts."""
        drafts: dict[tuple[str, int], Card | None] = {}
        for board in await self._store.wanted():
            key = (board.contest, board.server)
            if key not in drafts:
                drafts[key] = await self._draft(*key)
            if (draft := drafts[key]) is not None:
                await self._show(board, draft, draw)

    async def _draft(self, contest: str, server: int) -> Card | None:
        """Return the text for a contest's boards in a server.

        None before the first reading, or if the leading source is for the newsroom only.
        """
        known = self._setting.desk.contest(contest)
        if known is None:
            return None
        facts = await self._standings.margin(known, server, reader="newsroom")
        inside = self._setting.inside(server)
        if facts.reading is None or facts.source.id in inside:
            return None
        marks = await self._marks.of(server, self._setting, self._clock.now())
        setting = replace(self._setting, left_out=muted_sources(marks, facts.source.id) | inside)
        return board_post(facts, setting, marks.get(facts.source.id))

    async def _show(self, board: Board, draft: Card, draw: DrawBoard | None) -> None:
        now, text = self._clock.now(), news_of(draft, chart=board.chart)
        again = CHECKED_EVERY * 6 if board.is_old else CHECKED_EVERY
        if board.shown == text and board.shown_at is not None and now - board.shown_at < again:
            return
        if board.chart and draw is not None:
            draft = replace(draft, picture=await self._drawn(board, draw))
        await self._store.show(board, draft, text)

    async def _drawn(self, board: Board, draw: DrawBoard) -> Picture | None:
        """Return a board's chart.

        None if there is nothing to draw yet or drawing failed; the board then has only text.
        """
        contest = self._setting.desk.contest(board.contest)
        try:
            return await draw(contest, board.server, board.channel) if contest else None
        except TallydeskError as error:
            log.warning("a board goes without its chart", contest=board.contest, channel=board.channel, why=str(error))
            return None
