"""The outbox as rooms write to it: a transaction whose posts go out once it is on the disk."""

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
    """Runs plain functions as transactions that may post, each as a whole (see `Database.write`)."""

    def __init__(self, database: Database, kinds: Kinds, clock: Clock, wake: Wake) -> None:
        """Write to `database`; `clock` is the news clock, and `wake` is told after each commit which channels to look at.

        Each channel comes with whether something urgent was written for it; there may be none.
        """
        self.database = database
        self.kinds = kinds
        self._clock = clock
        self._wake = wake

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run `work` as one transaction; return its result once all that it wrote is on the disk, and on its way.

        On any error nothing is written, and nothing goes out.

        Raises:
            DatabaseError: the disk is full, the file is locked or damaged, and the like; it can be tried again.

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
        """Run `work` as `write` does, and take all that it wrote back; return its result."""
        return await self.database.rehearse(lambda connection: work(self._begin(connection)))

    def _begin(self, connection: sqlite3.Connection) -> Tx:
        return Tx(connection, self.kinds, self._clock.now(), self.database.micros())


class PostingStore(Store):
    """What reads and writes the tables of a room that posts."""

    def __init__(self, outbox: Outbox) -> None:
        super().__init__(outbox.database)
        self._outbox = outbox
