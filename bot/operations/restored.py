"""After a restore: nothing is posted until each newsroom has said what becomes of what waits.

A copy of the database is marked as one (`bot/database/backup.py`), and does not know what was posted after it was made.
So before anything is sent or taken in, it is taken up in one transaction (`take_up`), which asks Discord nothing: every
newsroom is paused, and one notice says so and asks. Readings are taken in meanwhile, reminders fall due, and their posts
wait, some of which channels may have had. The desk sees what would go out, and resumes or discards it.
Numbers skip ahead, and boards are shown anew.
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
"""What a button under the notice says, as its key has it."""

RESTORE_PRESSES: tuple[RestorePress, ...] = get_args(RestorePress)

log = structlog.get_logger()


class Restore:
    """Takes up a restored copy, and does what the desk answers."""

    def __init__(self, store: RestoredStore, outbox: OutboxRoom, setting: Setting, clock: Clock) -> None:
        """Write to `store`; `outbox` says what waits, and sends it."""
        self._store = store
        self._outbox = outbox
        self._setting = setting
        self._clock = clock

    async def take_up(self) -> None:
        """Pause every newsroom if the database is a restored copy that has not been used yet; else do nothing.

        Call it before anything is sent or taken in.
        """
        copied_at = await self._store.copied_at()
        if copied_at is None:
            return
        log.warning("the database was restored from a copy", made_at=copied_at.isoformat(timespec="seconds"))

        def notice(now: datetime, board: bool) -> Card:
            return restored_notice(copied_at, now, to_micros(now), self._setting, board=board)

        for row in await self._store.take_up(copied_at, notice):
            log.warning("restored", server=row.server, **row.after if isinstance(row.after, dict) else {})

    async def press(self, press: RestorePress, key: int, server: int, who: str) -> Card:
        """Do what a button under the notice says; return the answer to who pressed it.

        `key`: when the desk was asked, in microseconds since 1970.
        """
        if not await self._store.asks(server, key):
            by = await self._store.answered_by(server, key)
            return Card.of(gone_answer() if by is None else answered_already(by))
        waiting = await self._outbox.store.preview_posts(server, lambda tx: unpause(tx.connection, server))
        if press == "show":
            return waiting_answer(waiting, await self._store.unheard(server, key), key, self._setting)
        post = press == "post"
        text = answered_line(len(waiting), who, self._clock.now(), self._setting, post=post)
        if not await self._store.answer(server, key, who, text, post=post):
            return Card.of(answered_already(await self._store.answered_by(server, key) or who))
        await self._outbox.dispatcher.wake_server(server)
        return Card.of(decided_answer(len(waiting), post=post))
