"""What channels were told of each series, where anything but a change sets it: a restore, or a server or person to forget.

What a server was told and chose is forgotten with it; readings are shared, and stay. Each function runs in the
transaction under way.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.database.database import fetch
from bot.database.forgotten import Person
from bot.follows.follows_store import choices_in


def forget_server_tally(connection: sqlite3.Connection, server: int) -> None:
    """Delete what belongs to a server and not to its follows, with which the rest goes."""
    for sql in (
        "DELETE FROM agreements WHERE server = ?",
        "DELETE FROM silences WHERE server = ?",
        "DELETE FROM source_silences WHERE server = ?",
        "DELETE FROM hold_waits WHERE server = ?",
        "DELETE FROM boards WHERE server = ?",
        "UPDATE holds SET settled_by = NULL WHERE settled_in = ?",
        "DELETE FROM hold_notices WHERE post IN (SELECT id FROM outbox WHERE server = ?)",
        "DELETE FROM spans WHERE post IN (SELECT id FROM outbox WHERE server = ?)",
        "DELETE FROM comparisons WHERE post IN (SELECT id FROM outbox WHERE server = ?)",
        "DELETE FROM crossings WHERE post IN (SELECT id FROM outbox WHERE server = ?)",
    ):
        connection.execute(sql, (server,))


def take_next_as_told(connection: sqlite3.Connection, server: int) -> None:
    """Take what each series says first from now on as told in a server's channels, which may know it already.

    What they had been told before is stored, until the desk has decided about what changed since.
    """
    connection.execute(
        """INSERT INTO restored_told (follow, series, reading)
           SELECT f.id, s.id, t.reading FROM follows f JOIN series s ON s.contest = f.contest
           LEFT JOIN told t ON t.follow = f.id AND t.series = s.id WHERE f.server = ?
           ON CONFLICT DO UPDATE SET heard = 0""",
        (server,),
    )
    ours = "follow IN (SELECT id FROM follows WHERE server = ?)"
    connection.execute(f"UPDATE told SET waiting_since = NULL, due_at = NULL WHERE {ours}", (server,))
    connection.execute(f"DELETE FROM lines_told WHERE {ours}", (server,))


@dataclass(frozen=True, slots=True)
class SinceCopy:
    """What changed in a series after what a channel had been told by a restored copy, up to what it is taken to know."""

    follow: int
    channel: int
    contest: str
    source: str
    series: int
    start: int | None
    """The reading that was told last by the copy; None: nothing was."""
    end: int
    """The newest accepted reading."""


def changed_since_copy(
    connection: sqlite3.Connection, server: int, leading: Callable[[str, str | None], str | None]
) -> list[SinceCopy]:
    """Return what changed since a restored copy, by the sources that lead and have been heard since, in order of follows.

    `leading` returns which source leads a contest where a server chose one.
    """
    chosen = choices_in(connection, server)
    rows = fetch(
        connection,
        """SELECT f.id, f.channel, f.contest, s.source, s.id, q.reading, s.accepted
           FROM follows f JOIN restored_told q ON q.follow = f.id AND q.heard JOIN series s ON s.id = q.series
           WHERE f.server = ? AND s.accepted IS NOT q.reading ORDER BY f.contest, s.id, f.id""",
        (server,),
    )
    found = [SinceCopy(*row) for row in rows]
    leads = {
        one.contest: leading(one.contest, chosen[one.contest].source if one.contest in chosen else None)
        for one in found
    }
    return [one for one in found if leads[one.contest] == one.source]


def tell_since_copy(connection: sqlite3.Connection, told: Sequence[tuple[SinceCopy, int]]) -> None:
    """Record the number of the post by which each channel was told what changed since a copy."""
    connection.executemany(
        """UPDATE told SET reading = ?1, number = ?2, waiting_since = NULL, due_at = NULL,
             (leader, margin) = (SELECT leader, margin FROM changes WHERE reading = ?1)
           WHERE follow = ?3 AND series = ?4""",
        [(one.end, number, one.follow, one.series) for one, number in told],
    )


def forget_since_copy(connection: sqlite3.Connection, server: int) -> None:
    """Forget what changed since a copy and has been heard."""
    connection.execute(
        "DELETE FROM restored_told WHERE heard AND follow IN (SELECT id FROM follows WHERE server = ?)", (server,)
    )


def forget_person_tally(connection: sqlite3.Connection, person: Person) -> None:
    """Take a person's name off what they decided of readings that were held."""
    connection.execute("UPDATE holds SET settled_by = unname(settled_by) WHERE settled_by LIKE ?", (person.like,))
    connection.execute("UPDATE hold_waits SET waited_by = unname(waited_by) WHERE waited_by LIKE ?", (person.like,))
