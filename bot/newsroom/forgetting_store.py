"""A server, or a person, is forgotten by all rooms in one transaction."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.database.database import fetch, to_micros
from bot.database.forgotten import FORGOTTEN, Person, forget_named
from bot.database.retention import delete_old
from bot.outbox.outbox import Outbox, PostingStore
from bot.outbox.servers_store import ensure_server, set_next_numbers
from bot.outbox.tx import Tx
from bot.wording.names import name_of

Forget = Callable[[sqlite3.Connection, int], None]
"""Deletes what belongs to a server in one room and does not go with the server's row; or that row."""

ForgetPerson = Callable[[sqlite3.Connection, Person], None]
"""Takes a person out of what one room keeps, beside the columns that name them."""


class ForgettingStore(PostingStore):
    """Deletes servers and people; each method is one transaction."""

    def __init__(self, outbox: Outbox, rooms: Sequence[Forget], of_people: Sequence[ForgetPerson]) -> None:
        """Write through `outbox`; `rooms` come in order, the server's own row among them."""
        super().__init__(outbox)
        self._rooms = rooms
        self._of_people = of_people

    async def forget_left(self, left_before: datetime) -> int:
        """Delete all that belongs to servers that the bot left before a time; return how many there were."""
        query, values = "SELECT id FROM servers WHERE left_at < ?", (to_micros(left_before),)

        def work(connection: sqlite3.Connection) -> int:
            rows = fetch(connection, query, values)
            for (server,) in rows:
                self._forget(connection, server)
            return len(rows)

        return await self._database.write(work) if await self._database.rows(query, values) else 0

    async def delete_old(self, now: datetime) -> int:
        """Delete what is kept no longer; return how many rows that were."""
        return await self._database.write(
            lambda connection: delete_old(connection, to_micros(now), self._database.micros())
        )

    async def forget(self, server: int, who: str) -> None:
        """Delete all that belongs to a server that the bot is still in; who wanted that is all that is kept.

        Its numbers go on, so that none comes twice in a channel's history.
        """

        def work(tx: Tx) -> None:
            ((number,),) = tx.rows("SELECT coalesce(max(next_number), 1) FROM servers WHERE id = ?", (server,))
            self._forget(tx.connection, server)
            ensure_server(tx.connection, server)
            set_next_numbers(tx.connection, [(server, number)])
            tx.audit(server, who, "desk forget")

        await self._outbox.write(work)

    async def forget_person(self, key: int, server: int) -> int:
        """Take a person out of the records of every server; that somebody wanted it is kept, where they said so.

        Returns: how many rows spoke of them.

        Raises:
            BadInputError: something of theirs is still under way; nothing was changed.

        """

        def work(tx: Tx) -> int:
            before = tx.connection.total_changes
            who = tx.rows("SELECT DISTINCT who FROM audit WHERE who LIKE ?", (Person(key).like,))
            names = {name_of(one).replace("\\", "\\\\") for (one,) in who} | {name_of(one) for (one,) in who}
            person = Person(key, tuple(names))
            tx.connection.create_function("unname", 1, person.unname, deterministic=True)
            for forget in self._of_people:
                forget(tx.connection, person)
            forget_named(tx.connection, person)
            found = tx.connection.total_changes - before
            ensure_server(tx.connection, server)
            tx.audit(server, FORGOTTEN, "tally forget")
            return found

        return await self._outbox.write(work)

    def _forget(self, connection: sqlite3.Connection, server: int) -> None:
        for forget in self._rooms:
            forget(connection, server)
