"""Deletes the data of a server or a person from the tables of all packages, in one transaction."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.database.anonymize import FORGOTTEN, Person, forget_named
from bot.database.database import fetch, to_micros
from bot.database.retention import delete_old
from bot.outbox.outbox import Outbox, PostingStore
from bot.outbox.servers_store import ensure_server, set_next_numbers
from bot.outbox.tx import Tx
from bot.wording.names import name_of

Forget = Callable[[sqlite3.Connection, int], None]
"""A function that deletes one package's data about a server.

It covers data that is not deleted together with the server's row, or deletes that row.
"""

ForgetPerson = Callable[[sqlite3.Connection, Person], None]
"""A function that removes a person from one package's data.

It does not change the columns with the person's name, which `forget_named` changes.
"""


class DataDeletionStore(PostingStore):
    """The deletion of data about servers and people from the database.

    Each method is one transaction.
    """

    def __init__(self, outbox: Outbox, rooms: Sequence[Forget], of_people: Sequence[ForgetPerson]) -> None:
        """Create the storage. It writes through `outbox`.

        `rooms` are the packages' functions that delete a server's data, in the order in which they are called.
        `of_people` are the functions that remove a person.
        """
        super().__init__(outbox)
        self._rooms = rooms
        self._of_people = of_people

    async def delete_left_servers(self, left_before: datetime) -> int:
        """Delete all data about servers that the bot left before a time, and return the number of servers."""
        query, values = "SELECT id FROM servers WHERE left_at < ?", (to_micros(left_before),)

        def work(connection: sqlite3.Connection) -> int:
            rows = fetch(connection, query, values)
            for (server,) in rows:
                self._forget(connection, server)
            return len(rows)

        return await self._database.write(work) if await self._database.rows(query, values) else 0

    async def delete_old(self, now: datetime) -> int:
        """Delete data past its retention, and return the number of deleted rows."""
        return await self._database.write(
            lambda connection: delete_old(connection, to_micros(now), self._database.micros())
        )

    async def forget(self, server: int, who: str) -> None:
        """Delete all data of a server that the bot is still in.

        Only an audit row with the name of the person who did it (`who`) remains. Post numbers continue, so that no
        number appears twice in a channel.
        """

        def work(tx: Tx) -> None:
            ((number,),) = tx.rows("SELECT coalesce(max(next_number), 1) FROM servers WHERE id = ?", (server,))
            self._forget(tx.connection, server)
            ensure_server(tx.connection, server)
            set_next_numbers(tx.connection, [(server, number)])
            tx.audit(server, who, "desk forget")

        await self._outbox.write(work)

    async def forget_person(self, key: int, server: int) -> int:
        """Remove a person from the records of every server, and return how many rows were changed or deleted.

        `key` is the person's id. An audit row in `server`, without the person's name, records the removal.

        Raises:
            BadInputError: a proposal by the person still waits for a second person. Nothing is changed.
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
