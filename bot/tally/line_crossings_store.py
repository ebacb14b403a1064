"""Which line a post says that a count crossed."""

import sqlite3
from dataclasses import dataclass
from typing import ClassVar

from bot.database.database import fetch
from bot.tally.line_crossings_words import LineName


@dataclass(frozen=True, slots=True)
class Crossing:
    """A line that the count of a post's series crossed."""

    INSERT: ClassVar[str] = "INSERT INTO crossings (post, line, inside) VALUES (?, ?, ?)"

    line: LineName
    inside: bool
    """Recount: it is within the line now; majority: the leader has it now."""

    def values(self) -> tuple[object, ...]:
        """Return what `INSERT` writes, but for the row."""
        return (self.line, int(self.inside))


def crossing_of(connection: sqlite3.Connection, post: int) -> Crossing | None:
    """Return the line that a row of the outbox tells of; None: it tells of none."""
    rows = fetch(connection, "SELECT line, inside FROM crossings WHERE post = ?", (post,))
    return Crossing(rows[0][0], bool(rows[0][1])) if rows else None


def copy_crossing(connection: sqlite3.Connection, old: int, new: int) -> None:
    """Make a new row of the outbox tell of the line that an old one tells of."""
    connection.execute(
        "INSERT INTO crossings (post, line, inside) SELECT ?, line, inside FROM crossings WHERE post = ?", (new, old)
    )
