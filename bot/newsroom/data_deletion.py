"""Deletes data: of a server on request, of servers that the bot left long ago, of people who ask, and old data."""

from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.newsroom.data_deletion_store import DataDeletionStore
from bot.newsroom.settings_file_words import forgotten_answer

DELETED_AFTER_LEAVING = timedelta(days=30)
"""How long a server's data is kept after the bot left. The bot may have been removed by mistake."""

log = structlog.get_logger()


class DataDeletion:
    """A service that deletes data about servers and people, and data past its retention."""

    EVERY = 3600.0
    """Seconds between two runs of `delete_expired`."""

    def __init__(self, store: DataDeletionStore, clock: Clock) -> None:
        """Create the service. It deletes data through `store`.

        `clock` is the news clock, which is simulated in a rehearsal.
        """
        self._store = store
        self._clock = clock

    async def forget(self, server: int, who: str) -> None:
        """Delete the data of a server that the bot is still in, on behalf of the person `who`."""
        await self._store.forget(server, who)

    async def forget_person(self, person: int, server: int) -> str:
        """Remove a person from the records of all servers, and return the answer to the person.

        `server` is where the person asked for the removal.

        Raises:
            BadInputError: a proposal by the person still waits for a second person.
        """
        return forgotten_answer(await self._store.forget_person(person, server))

    async def delete_expired(self) -> None:
        """Delete data past its retention, and the data of servers that the bot left more than 30 days ago."""
        now = self._clock.now()
        forgotten = await self._store.delete_left_servers(now - DELETED_AFTER_LEAVING)
        if forgotten:
            log.info("servers forgotten that the bot left long ago", servers=forgotten)
        await self._store.delete_old(now)
