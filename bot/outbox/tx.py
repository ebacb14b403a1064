"""`Tx`: a transaction that may add posts, which are sent once it is committed."""

import sqlite3
from collections.abc import Hashable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar, overload

from bot.database.database import Row, to_micros
from bot.outbox.rows import AuditRow, OutboxRow
from bot.outbox.rows_store import INSERT_AUDIT, add_rows
from bot.outbox.servers_store import take_number
from bot.wording.context import Setting

if TYPE_CHECKING:
    from bot.outbox.kinds import Kinds

T = TypeVar("T")


class StoredRow(Protocol):
    """A frozen dataclass whose fields are the named parameters of its statement, `SQL`."""

    SQL: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


class Tx:
    """A transaction under way: its connection, the time, and the posts that it adds.

    `Outbox.write` makes the transaction and passes it to a plain function, which runs on the writing connection's
    thread. Don't use the transaction after that function has returned.
    """

    def __init__(self, connection: sqlite3.Connection, kinds: "Kinds", now: datetime, wall: int) -> None:
        """Create a transaction that writes through `connection`.

        `now` is the time by the news clock. `wall` is the time by the wall clock, in microseconds.
        """
        self.connection = connection
        self.kinds = kinds
        """Every kind of post."""
        self.now = now
        """When it began, by the news clock."""
        self.wall = wall
        """When it began, by the wall clock, in microseconds since 1970."""
        self.woken: dict[int, bool] = {}
        """The channels for which it added rows, and whether urgent ones; the dispatcher is told after the commit."""
        self._numbers: dict[tuple[int, Hashable], int] = {}

    @property
    def setting(self) -> Setting:
        """The desk file, and whether this is a rehearsal."""
        return self.kinds.setting

    @overload
    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Row]: ...

    @overload
    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any], of: type[T]) -> list[T]: ...

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = (), of: type[Any] | None = None) -> list[Any]:
        """Return the rows of a query, which sees what this transaction has written so far.

        If `of` is a dataclass, each row becomes an instance of it. The fields are named like the columns.
        """
        cursor = self.connection.execute(sql, values)
        if of is None:
            return cursor.fetchall()
        names = [column[0] for column in cursor.description]
        return [of(**dict(zip(names, row, strict=True))) for row in cursor]

    def store(self, rows: Sequence[StoredRow]) -> None:
        """Insert rows of one class with the statement in the class's `SQL`. Times are stored as microseconds."""
        if not rows:
            return
        names = [field.name for field in fields(rows[0])]
        values = ({name: _stored(getattr(row, name)) for name in names} for row in rows)
        self.connection.executemany(rows[0].SQL, values)

    def execute(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Run one SQL statement, and return its cursor."""
        return self.connection.execute(sql, values)

    def executemany(self, sql: str, values: Sequence[Sequence[Any]]) -> None:
        """Run one SQL statement for each of these rows of values."""
        self.connection.executemany(sql, values)

    def number(self, server: int, words: Hashable = None) -> int:
        """Return the number for a server's next post.

        Posts in this transaction with equal `words` share one number, as when several channels of a server get the
        same post. If the text is written later, `words` can be the facts for it.
        """
        number = None if words is None else self._numbers.get((server, words))
        if number is None:
            number = take_number(self.connection, server)
            self._numbers[server, words] = number
        return number

    def add(self, rows: Sequence[OutboxRow]) -> list[int]:
        """Insert rows into the outbox, oldest first, with the facts that they report, and return their ids."""
        for row in rows:
            self.wake(row.channel, urgent=self.kinds[row.kind].urgent)
        return add_rows(self.connection, rows, self.wall)

    def wake(self, channel: int, *, urgent: bool = False) -> None:
        """Have the dispatcher check a channel after the commit, because a row may be sent now."""
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
        """Write an audit row about the action `what` by the person `who`.

        `why` is the person's reason. `before` and `after` are the changed values. `entry` is the id of the schedule's
        entry whose history includes the row.
        """
        self.audit_row(AuditRow(self.now, server, who, what, why, before, after, entry))

    def audit_row(self, row: AuditRow) -> None:
        """Write an audit row that was created before the transaction began."""
        self.connection.execute(INSERT_AUDIT, row.values())


def _stored(value: object) -> object:
    return to_micros(value) if isinstance(value, datetime) else value
