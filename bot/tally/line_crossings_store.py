"""Which line a post says that a count crossed."""

import sqlite3
from dataclasses import dataclass
from typing import ClassVar, Self

from bot.database.database import fetch
from bot.outbox.rows import TopicRow
from bot.tally.line_crossings_words import LineName


@dataclass(frozen=True, slots=True)
class Crossing(TopicRow):
    """A line that the count of a post's series crossed."""

    INSERT: ClassVar[str] = "INSERT INTO crossings (post, line, inside) VALUES (?, ?, ?)"

    line: LineName
    inside: bool
    """Recount: it is within the line now; majority: the leader has it now."""

    def values(self) -> tuple[object, ...]:
        """Return what `INSERT` writes, but for the row."""
        return (self.line, int(self.inside))

    @classmethod
    def of(cls, connection: sqlite3.Connection, post: int) -> Self | None:
        """Return the line that a row of the outbox tells of; None: it tells of none."""
        rows = fetch(connection, "SELECT line, inside FROM crossings WHERE post = ?", (post,))
        return cls(rows[0][0], bool(rows[0][1])) if rows else None
