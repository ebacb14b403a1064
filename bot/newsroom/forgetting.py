"""Forgetting: a server that its manager wants forgotten, those that the bot left long ago, people who ask, what is old."""

from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.newsroom.forgetting_store import ForgettingStore
from bot.newsroom.settings_file_words import forgotten_answer

KEPT_AFTER_LEAVING = timedelta(days=30)
"""A bot that was removed by mistake finds everything as it was for so long."""

log = structlog.get_logger()


class Forgetting:
    """Deletes what belongs to servers, and what is old."""

    EVERY = 3600.0
    """Seconds between two looks at what is old."""

    def __init__(self, store: ForgettingStore, clock: Clock) -> None:
        """Delete from `store`; `clock` is the news clock."""
        self._store = store
        self._clock = clock

    async def forget(self, server: int, who: str) -> None:
        """Delete what belongs to a server that the bot is still in."""
        await self._store.forget(server, who)

    async def forget_person(self, person: int, server: int) -> str:
        """Take somebody who asks for it in a server out of the records of all servers; return what was done.

        Raises:
            BadInputError: something of theirs is still under way.

        """
        return forgotten_answer(await self._store.forget_person(person, server))

    async def forget_old(self) -> None:
        """Delete what is kept no longer, and what belongs to servers that the bot left 30 days ago or earlier."""
        now = self._clock.now()
        forgotten = await self._store.forget_left(now - KEPT_AFTER_LEAVING)
        if forgotten:
            log.info("servers forgotten that the bot left long ago", servers=forgotten)
        await self._store.delete_old(now)
