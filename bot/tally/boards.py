"""Boards: one message a followed contest that says where it stands now, edited as that changes.

Checked every half a minute, and two seconds after something has come in. A board has at most one row under way, which
is changed in place while it waits. While a board's post is doubtful none is posted beside it.
"""

from dataclasses import replace
from datetime import timedelta

from bot.clock import Clock
from bot.outbox.rows import Wake
from bot.tally.boards_store import Board, BoardStore
from bot.tally.boards_words import board_post, news_of
from bot.tally.source_marks import SourceMarks
from bot.tally.standing import Standings
from bot.wording.context import Setting
from bot.wording.draft import Draft

CHECKED_EVERY = timedelta(minutes=10)
"""A board on which nothing but the time of the last check has changed is edited so often; when its message is older
than an hour, a sixth as often, since Discord limits edits of old messages."""


class Boards:
    """Looks at what boards should show, and lets them."""

    EVERY = 30.0
    """Seconds between two looks, however quiet it is."""
    REST = 2.0
    """Seconds between two looks, however much comes in: Discord limits edits too."""

    def __init__(
        self, store: BoardStore, standings: Standings, marks: SourceMarks, setting: Setting, clock: Clock, wake: Wake
    ) -> None:
        """Read through `standings`, store into `store`; `marks` says what sets a source apart for now.

        `wake` is called with the channels that have something to send.
        """
        self._marks = marks
        self._store = store
        self._standings = standings
        self._setting = setting
        self._clock = clock
        self._wake = wake

    async def look(self) -> None:
        """Bring every board up to date that is not."""
        drafts: dict[tuple[str, int], Draft | None] = {}
        for board in await self._store.wanted():
            key = (board.contest, board.server)
            if key not in drafts:
                drafts[key] = await self._draft(*key)
            if (draft := drafts[key]) is not None:
                await self._show(board, draft)

    async def _draft(self, contest: str, server: int) -> Draft | None:
        """Return what a contest's boards in a server should show; None before the first reading."""
        known = self._setting.desk.contest(contest)
        if known is None:
            return None
        facts = await self._standings.margin(known, server)
        if facts.reading is None:
            return None
        for_all = replace(self._setting, names_staff=False)  # who reads the channel is nobody's to say
        marks = await self._marks.of(server, for_all, self._clock.now())
        return board_post(facts, self._setting, marks.get(facts.source.id))

    async def _show(self, board: Board, draft: Draft) -> None:
        now, shown = self._clock.now(), news_of(draft)
        again = CHECKED_EVERY * 6 if board.is_old else CHECKED_EVERY
        if board.shown == shown and board.shown_at is not None and now - board.shown_at < again:
            return
        self._wake(await self._store.show(board, draft, shown, now))
