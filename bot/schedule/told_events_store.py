"""Which event a post tells of (`told_events`), keyed by its row of the outbox."""

import sqlite3
from typing import ClassVar

from msgspec import Struct

from bot.database.database import fetch
from bot.outbox.servers_store import forget_rows


class ToldEvent(Struct, frozen=True):
    """The entry of the schedule that a post, or an edit of one, tells of."""

    INSERT: ClassVar[str] = "INSERT INTO told_events (post, event, reminder, since) VALUES (?, ?, ?, ?)"

    event: int
    """The entry's id."""
    reminder: int | None = None
    """The reminder that it is."""
    since: int | None = None
    """The audit row of the first change of the entry that it tells."""

    def values(self) -> tuple[object, ...]:
        """Return what `INSERT` writes, but for the row."""
        return (self.event, self.reminder, self.since)


def event_of(connection: sqlite3.Connection, post: int) -> ToldEvent | None:
    """Return what a row of the outbox tells of; None: of no event."""
    rows = fetch(connection, "SELECT event, reminder, since FROM told_events WHERE post = ?", (post,))
    return ToldEvent(*rows[0]) if rows else None


def copy_event(connection: sqlite3.Connection, old: int, new: int) -> None:
    """Let a row that is put anew tell of what the old one was to tell."""
    connection.execute(
        """INSERT INTO told_events (post, event, reminder, since)
           SELECT ?, event, reminder, since FROM told_events WHERE post = ?""",
        (new, old),
    )


def forget_told(connection: sqlite3.Connection, server: int) -> None:
    """Delete all that was told of a server's events: by direct message, too, which belongs to no server."""
    rows = fetch(
        connection,
        "SELECT t.post FROM schedule_entries s JOIN told_events t ON t.event = s.id WHERE s.server = ?",
        (server,),
    )
    connection.executemany("DELETE FROM told_events WHERE post = ?", rows)
    forget_rows(connection, [post for (post,) in rows])
