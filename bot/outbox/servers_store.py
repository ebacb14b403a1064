"""Functions that write the tables of servers and channels, in the caller's transaction."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from bot.database.anonymize import Person
from bot.database.database import fetch, to_micros
from bot.outbox.rows import stored_text
from bot.wording.card import card_of


def ensure_server(connection: sqlite3.Connection, server: int) -> None:
    """Insert a row for a server, unless the table already has one."""
    connection.execute("INSERT INTO servers (id) VALUES (?) ON CONFLICT DO NOTHING", (server,))


def join_server(connection: sqlite3.Connection, server: int) -> None:
    """Record that the bot has joined a server, for the first time or again."""
    connection.execute(
        """INSERT INTO servers (id) VALUES (?) ON CONFLICT DO UPDATE SET left_at = NULL, unlisted_at = NULL
           WHERE left_at IS NOT NULL OR unlisted_at IS NOT NULL""",
        (server,),
    )


def suspend_server(connection: sqlite3.Connection, server: int, wall: int) -> bool:
    """Stop a server's posts until the operator lists the server again.

    `wall` is the time of the call, in microseconds of the wall clock. Only the time of the first call is stored.

    Returns False if the server has no row.
    """
    sql = "UPDATE servers SET left_at = NULL, unlisted_at = coalesce(unlisted_at, ?) WHERE id = ?"
    return bool(connection.execute(sql, (wall, server)).rowcount)


def leave_server(connection: sqlite3.Connection, server: int, now: datetime) -> None:
    """Record when the bot left a server, and mark the server's posts that were never attempted as failed.

    If the function is called again, the first time is kept.
    """
    connection.execute(
        "UPDATE servers SET left_at = ?, unlisted_at = NULL WHERE id = ? AND left_at IS NULL", (to_micros(now), server)
    )
    for few, states, one in (
        ("outbox_open", "'pending', 'sending'", "pending"),
        ("outbox_awaiting", "'awaiting', 'doubtful'", "awaiting"),
    ):
        connection.execute(
            f"""UPDATE outbox INDEXED BY {few} SET state = 'failed', why = 'the bot left the server'
                WHERE server = ? AND state IN ({states}) AND state = ?""",
            (server, one),
        )


def set_role(
    connection: sqlite3.Connection, server: int, may: Literal["reporter", "desk", "manager"], role: int | None
) -> int | None:
    """Store a server's role for reporters, the desk or managers, and return the earlier role.

    None means that there is no role.
    """
    column = {"reporter": "reporter_role", "desk": "desk_role", "manager": "manager_role"}[may]
    rows = fetch(connection, f"SELECT {column} FROM servers WHERE id = ?", (server,))
    connection.execute(f"UPDATE servers SET {column} = ? WHERE id = ?", (role, server))
    return rows[0][0] if rows else None


def set_mirrored(connection: sqlite3.Connection, server: int, *, on: bool) -> None:
    """Store whether the bot copies a server's schedule to the server's own Discord events."""
    connection.execute("UPDATE servers SET mirrored = ? WHERE id = ?", (on, server))


def take_number(connection: sqlite3.Connection, server: int) -> int:
    """Return the next post number of a server, and advance the server's counter."""
    ((number,),) = fetch(
        connection, "UPDATE servers SET next_number = next_number + 1 WHERE id = ? RETURNING next_number - 1", (server,)
    )
    return int(number)


def skip_numbers(connection: sqlite3.Connection, server: int, count: int) -> None:
    """Advance the next post number of a server by `count`."""
    connection.execute("UPDATE servers SET next_number = next_number + ? WHERE id = ?", (count, server))


def set_next_numbers(connection: sqlite3.Connection, numbers: Iterable[tuple[int, int]]) -> None:
    """Set the next post numbers of several servers, given as pairs (server, number)."""
    connection.executemany(
        "UPDATE servers SET next_number = ? WHERE id = ?", [(number, server) for server, number in numbers]
    )


def record_thread(connection: sqlite3.Connection, server: int, thread: int, channel: int) -> None:
    """Record the channel that a thread is in."""
    connection.execute(
        """INSERT INTO channels (id, server, parent) VALUES (?, ?, ?)
           ON CONFLICT DO UPDATE SET parent = excluded.parent WHERE server = excluded.server""",
        (thread, server, channel),
    )


def forget_rows(connection: sqlite3.Connection, keys: Iterable[int]) -> None:
    """Delete rows of the outbox by their ids."""
    connection.executemany("DELETE FROM outbox WHERE id = ?", [(key,) for key in keys])


def forget_server(connection: sqlite3.Connection, server: int) -> None:
    """Delete a server and everything that belongs to it, such as its posts, follows and audit.

    The tables do that by ON DELETE CASCADE.
    """
    connection.execute("DELETE FROM servers WHERE id = ?", (server,))


def forget_person_posts(naming: Sequence[str], connection: sqlite3.Connection, person: Person) -> None:
    """Remove a person's names from posts of the kinds in `naming`.

    The text of direct messages to the person is deleted.
    """
    rows = fetch(
        connection,
        """SELECT id, server, number, card FROM outbox
           WHERE kind IN (SELECT value FROM json_each(?)) AND card IS NOT NULL
             AND state IN ('sent', 'failed', 'superseded', 'dropped')""",
        (json.dumps(naming),),
    )
    for key, server, number, stored in rows:
        card = card_of(stored)
        if (unnamed := card.reworded(person.unname_words)) != card:
            connection.execute(
                "UPDATE outbox SET card = ?, content = ?, embeds = iif(embeds IS NULL, NULL, ?) WHERE id = ?",
                (*stored_text(unnamed, number, server), key),
            )
    connection.execute(
        """UPDATE outbox SET channel = 0, card = NULL, content = '', embeds = NULL
           WHERE server = 0 AND state IN ('sent', 'failed', 'superseded', 'dropped')
           AND channel IN (SELECT channel FROM direct_channels WHERE person = ?)""",
        (person.id,),
    )
