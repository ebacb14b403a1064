"""Inserts and reads rows of the outbox, their pictures and the audit, in the transaction under way."""

import sqlite3
from collections.abc import Sequence

from bot.database.database import fetch
from bot.outbox.rows import COLUMNS, OutboxRow, Post, post_of
from bot.wording.card import Picture

_INSERT = """
INSERT INTO outbox (server, channel, action, number, kind, contest, source, chain, about, card, content, embeds, components,
                    quiet, news_at, wall_created, picture, states)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

INSERT_AUDIT = "INSERT INTO audit (at, server, who, what, why, before, after, entry) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


def add_rows(connection: sqlite3.Connection, rows: Sequence[OutboxRow], wall: int) -> list[int]:
    """Insert rows into the outbox, and the facts that they report into their topics' tables.

    Returns the new outbox ids.

    Args:
        connection: the connection, in the transaction under way.
        rows: the rows, oldest first.
        wall: the wall clock in microseconds.
    """
    if not rows:
        return []
    connection.executemany(_INSERT, [row.values(wall) for row in rows])
    ((last,),) = fetch(connection, "SELECT max(id) FROM outbox")
    ids = list(range(last - len(rows) + 1, last + 1))  # AUTOINCREMENT: one after another
    topics: dict[str, list[tuple[object, ...]]] = {}
    for key, row in zip(ids, rows, strict=True):
        if row.topic is not None:
            topics.setdefault(row.topic.INSERT, []).append((key, *row.topic.values()))
    for sql, values in topics.items():
        connection.executemany(sql, values)
    return ids


def store_picture(connection: sqlite3.Connection, server: int, picture: Picture) -> int:
    """Store a picture for a server's post, and return the picture's id."""
    key = connection.execute(
        "INSERT INTO pictures (server, png, words) VALUES (?, ?, ?)", (server, picture.png, picture.words)
    ).lastrowid
    assert key is not None  # noqa: S101 - SQLite gives every new row one
    return key


def picture_of(connection: sqlite3.Connection, key: int) -> Picture | None:
    """Return a picture by its id, or None if it was deleted because a newer picture replaced it."""
    rows = fetch(connection, "SELECT png, words FROM pictures WHERE id = ?", (key,))
    return Picture(*rows[0]) if rows else None


def drop_picture(connection: sqlite3.Connection, key: int) -> None:
    """Delete a picture that no post shows any longer."""
    connection.execute("DELETE FROM pictures WHERE id = ?", (key,))


def read_post(connection: sqlite3.Connection, key: int) -> Post | None:
    """Return a row of the outbox by its id, or None if the outbox has no such row."""
    rows = fetch(connection, f"SELECT {COLUMNS} FROM outbox WHERE id = ?", (key,))
    return post_of(rows[0]) if rows else None
