"""One transaction of a room that posts: what it writes goes out once it is on the disk, or is not written at all."""

import sqlite3
from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.database.database import Row
from bot.outbox.rows import AuditRow, OutboxRow
from bot.outbox.rows_store import INSERT_AUDIT, add_rows
from bot.outbox.servers_store import take_number
from bot.wording.context import Setting

if TYPE_CHECKING:
    from bot.outbox.kinds import Kinds


class Tx:
    """A transaction under way, as `Outbox.write` gives it: its connection, the time, and what it posts.

    Plain functions take it as their first argument. It is used on the writing connection's thread, and only until the
    function that `Outbox.write` was given returns.
    """

    def __init__(self, connection: sqlite3.Connection, kinds: "Kinds", now: datetime, wall: int) -> None:
        """Write through `connection`; `now` is the news clock's time, `wall` the wall clock's, in microseconds."""
        self.connection = connection
        self.kinds = kinds
        """Every kind of post."""
        self.now = now
        """When it began, by the news clock."""
        self.wall = wall
        """When it began, by the wall clock, in microseconds since 1970."""
        self.woken: dict[int, bool] = {}
        """The channels for which it wrote something, each with whether that is urgent: the dispatcher looks there afterwards."""
        self._numbers: dict[tuple[int, Hashable], int] = {}

    @property
    def setting(self) -> Setting:
        """The desk file, and whether this is a rehearsal."""
        return self.kinds.setting

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Row]:
        """Return the rows of a query, which sees what this transaction has written so far."""
        return self.connection.execute(sql, values).fetchall()

    def execute(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self.connection.execute(sql, values)

    def executemany(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each of these values."""
        self.connection.executemany(sql, values)

    def number(self, server: int, words: Hashable = None) -> int:
        """Return the number of a server's next post, which no other post has.

        The same `words` (or the facts that they will be made of) in several channels of a server have one number.
        """
        given = None if words is None else self._numbers.get((server, words))
        if given is None:
            given = take_number(self.connection, server)
            self._numbers[server, words] = given
        return given

    def add(self, rows: Sequence[OutboxRow]) -> list[int]:
        """Write rows of the outbox, oldest first, each with what it tells of; return their ids."""
        for row in rows:
            self.wake(row.channel, urgent=self.kinds[row.kind].urgent)
        return add_rows(self.connection, rows, self.wall)

    def wake(self, channel: int, *, urgent: bool = False) -> None:
        """Have the dispatcher look at a channel after the commit, because something waits there that could not go before."""
        self.woken[channel] = self.woken.get(channel, False) or urgent

    def audit(
        self,
        server: int | None,
        who: str,
        what: str,
        why: str | None = None,
        before: object = None,
        after: object = None,
        entry: int | None = None,
    ) -> None:
        """Keep who did what, why, and what it was before and after; `entry` is the schedule's, of whose history it is part."""
        self.audit_row(AuditRow(self.now, server, who, what, why, before, after, entry))

    def audit_row(self, row: AuditRow) -> None:
        """Keep who did what, as a row that was made before the transaction began."""
        self.connection.execute(INSERT_AUDIT, row.values())
