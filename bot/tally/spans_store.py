"""Which readings of a series a post tells of (`spans`), keyed by its row of the outbox; that row's chain is the series."""

import sqlite3
from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from bot.database.database import fetch, moment, to_micros


class ReadingSpan(Struct, frozen=True):
    """The changes that a post tells of: those after one reading of a series up to another, which is one of them."""

    INSERT: ClassVar[str] = (
        "INSERT INTO spans (post, from_reading, to_reading, checked_at, was, confirms) VALUES (?, ?, ?, ?, ?, ?)"
    )

    from_reading: int | None
    """None: from the first on."""
    to_reading: int
    checked_at: datetime | None = None
    """When the source had last been asked."""
    was: int | None = None
    """Where another source leads now: the reading of the one before that the channel was told last."""
    confirms: int | None = None
    """The statement that it says is now confirmed."""

    def values(self) -> tuple[object, ...]:
        """Return what `INSERT` writes, but for the row."""
        checked = None if self.checked_at is None else to_micros(self.checked_at)
        return (self.from_reading, self.to_reading, checked, self.was, self.confirms)


def span_of(connection: sqlite3.Connection, post: int) -> ReadingSpan | None:
    """Return what a row of the outbox tells of; None: of no readings."""
    rows = fetch(
        connection, "SELECT from_reading, to_reading, checked_at, was, confirms FROM spans WHERE post = ?", (post,)
    )
    if not rows:
        return None
    start, end, checked, was, confirms = rows[0]
    return ReadingSpan(start, end, moment(checked), was, confirms)


def join_spans(connection: sqlite3.Connection, earlier: int, later: int) -> None:
    """Let a later row of a series tell of what an earlier one was to tell, too."""
    connection.execute(
        """UPDATE spans SET from_reading = min(from_reading, (SELECT from_reading FROM spans WHERE post = ?))
           WHERE post = ?""",
        (earlier, later),
    )


def copy_span(connection: sqlite3.Connection, old: int, new: int) -> None:
    """Let a row that is put anew tell of what the old one was to tell."""
    connection.execute(
        """INSERT INTO spans (post, from_reading, to_reading, checked_at, was, confirms)
           SELECT ?, from_reading, to_reading, checked_at, was, confirms FROM spans WHERE post = ?""",
        (new, old),
    )
