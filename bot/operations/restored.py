"""After a restore from a backup, nothing is posted until each newsroom has decided about its waiting posts.

The database in a backup is marked as a copy (`bot/database/backup.py`), and lacks the posts that were sent after the
copy was made. So before anything is sent or read, one transaction (`pause_newsrooms`) pauses every newsroom and queues
a notice to each desk. Until a desk answers, readings are stored and reminders fall due, but their posts wait, since
channels may have had some of them already. The desk can see the waiting posts, and resume or discard them. Post
numbers skip ahead, and boards are posted again.
"""

from datetime import datetime
from typing import Literal, get_args

import structlog

from bot.clock import Clock
from bot.database.database import to_micros
from bot.operations.restored_store import RestoredStore
from bot.operations.restored_words import (
    answered_already,
    answered_line,
    decided_answer,
    gone_answer,
    restored_notice,
    waiting_answer,
)
from bot.outbox.room import OutboxRoom
from bot.outbox.suspensions_store import unpause
from bot.wording.card import Card
from bot.wording.context import Setting

RestorePress = Literal["show", "post", "drop"]
"""The buttons under the notice, as in the buttons' keys."""

RESTORE_PRESSES: tuple[RestorePress, ...] = get_args(RestorePress)

log = structlog.get_logger()


class Restore:
    """A service that pauses newsrooms after a restore, until each desk decides about its waiting posts.

    Args:
        store: the database.
        outbox: the package that queues and sends posts.
        setting: the desk file and clock for the texts.
        clock: the news clock.
    """

    def __init__(self, store: RestoredStore, outbox: OutboxRoom, setting: Setting, clock: Clock) -> None:
        self._store = store
        self._outbox = outbox
        self._setting = setting
        self._clock = clock

    async def pause_newsrooms(self) -> None:
        """Pause every newsroom if the database is a restored copy that no bot has used yet. Otherwise do nothing.

        Call this method before anything is sent or read.
        """
        copied_at = await self._store.copied_at()
        if copied_at is None:
            return
        log.warning("the database was restored from a copy", made_at=copied_at.isoformat(timespec="seconds"))

        def notice(now: datetime, board: bool) -> Card:
            return restored_notice(copied_at, now, to_micros(now), self._setting, board=board)

        for row in await self._store.pause_newsrooms(copied_at, notice):
            log.warning("restored", server=row.server, **row.after if isinstance(row.after, dict) else {})

    async def press(self, press: RestorePress, key: int, server: int, who: str) -> Card:
        """Handle a press of one of the buttons below the notice to the desk. Returns the answer to the person.

        Args:
            press: the button.
            key: when the desk was asked, in microseconds since 1970.
            server: the newsroom's server.
            who: the person's name.
        """
        if not await self._store.awaits_answer(server, key):
            by = await self._store.answered_by(server, key)
            return Card.of(gone_answer() if by is None else answered_already(by))
        waiting = await self._outbox.store.preview_posts(server, lambda tx: unpause(tx.connection, server))
        if press == "show":
            return waiting_answer(waiting, await self._store.unpolled_contests(server, key), key, self._setting)
        post = press == "post"
        text = answered_line(len(waiting), who, self._clock.now(), self._setting, post=post)
        if not await self._store.answer(server, key, who, text, post=post):
            return Card.of(answered_already(await self._store.answered_by(server, key) or who))
        await self._outbox.dispatcher.wake_server(server)
        return Card.of(decided_answer(len(waiting), post=post))
