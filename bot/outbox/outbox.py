"""The transactions with which other packages add posts. The posts are sent once the transaction is committed."""

import sqlite3
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from bot.clock import Clock
from bot.database.database import Database, Store
from bot.outbox.kinds import Kinds
from bot.outbox.rows import Wake
from bot.outbox.tx import Tx

T = TypeVar("T")


class Outbox:
    """The entry point for transactions that may add posts (see `Database.write`).

    Each transaction is a plain function.
    """

    def __init__(self, database: Database, kinds: Kinds, clock: Clock, wake: Wake) -> None:
        """Create the entry point to the outbox of `database`.

        Args:
            database: the database that has the outbox.
            kinds: every kind of post.
            clock: the news clock, which is simulated in a rehearsal.
            wake: called after each commit with the channels that got rows (perhaps none), and for each whether a row is urgent.
        """
        self.database = database
        self.kinds = kinds
        self._clock = clock
        self._wake = wake

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run `work` as one transaction, and return its result once everything it wrote is on the disk.

        The posts are sent after that. On any error nothing is written or sent.

        Raises:
            DatabaseError: for example, the disk is full, or the file is locked or damaged. The caller may try again.
        """
        begun: list[Tx] = []

        @wraps(work)
        def run(connection: sqlite3.Connection) -> T:
            begun.append(self._begin(connection))
            return work(begun[-1])

        result = await self.database.write(run)
        self._wake(begun[-1].woken)
        return result

    async def rehearse(self, work: Callable[[Tx], T]) -> T:
        """Run `work` as `write` does and return its result, but roll back everything it wrote."""
        return await self.database.rehearse(lambda connection: work(self._begin(connection)))

    def _begin(self, connection: sqlite3.Connection) -> Tx:
        return Tx(connection, self.kinds, self._clock.now(), self.database.micros())


class PostingStore(Store):
    """The base class of stores that read and write a package's tables and may add posts."""

    def __init__(self, outbox: Outbox) -> None:
        super().__init__(outbox.database)
        self._outbox = outbox
