"""A server is forgotten by all rooms in one transaction."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.database.database import Database, fetch, to_micros
from bot.outbox.rows import AuditRow
from bot.outbox.rows_store import INSERT_AUDIT
from bot.outbox.servers_store import know_server, set_next_numbers

Forget = Callable[[sqlite3.Connection, int], None]
"""Deletes what belongs to a server in one room."""


class ForgettingStore:
    """Deletes servers; each method is one transaction."""

    def __init__(self, database: Database, rooms: Sequence[Forget]) -> None:
        """Use `database`; `rooms` come in an order that leaves nothing pointing at what is gone, the server last."""
        self._database = database
        self._rooms = rooms

    async def forget_left(self, left_before: datetime) -> int:
        """Delete all that belongs to servers that the bot left before a time; return how many there were."""
        query, values = "SELECT id FROM servers WHERE left_at < ?", (to_micros(left_before),)

        def work(connection: sqlite3.Connection) -> int:
            rows = fetch(connection, query, values)
            for (server,) in rows:
                self._forget(connection, server)
            return len(rows)

        return await self._database.transact(work) if await self._database.rows(query, values) else 0

    async def forget(self, server: int, who: str, now: datetime) -> None:
        """Delete all that belongs to a server that the bot is still in; who wanted that is all that is kept.

        Its numbers go on, so that none comes twice in a channel's history.
        """

        def work(connection: sqlite3.Connection) -> None:
            ((number,),) = fetch(
                connection, "SELECT coalesce(max(next_number), 1) FROM servers WHERE id = ?", (server,)
            )
            self._forget(connection, server)
            know_server(connection, server)
            set_next_numbers(connection, [(server, number)])
            connection.execute(INSERT_AUDIT, AuditRow(now, server, who, "desk forget").values())

        await self._database.transact(work)

    def _forget(self, connection: sqlite3.Connection, server: int) -> None:
        for forget in self._rooms:
            forget(connection, server)
