"""The pictures of posts, as bytes: a crash loses none. Written in the transaction of the row that shows one."""

import sqlite3

from bot.database.database import fetch
from bot.wording.draft import Picture


def keep_picture(connection: sqlite3.Connection, server: int, picture: Picture) -> int:
    """Keep a picture of a server's post; return its row, which the post's row names."""
    key = connection.execute(
        "INSERT INTO pictures (server, png, words) VALUES (?, ?, ?)", (server, picture.png, picture.words)
    ).lastrowid
    assert key is not None  # noqa: S101 - SQLite gives every new row one
    return key


def picture_of(connection: sqlite3.Connection, key: int) -> Picture | None:
    """Return a picture, or None where a newer one has taken its place."""
    rows = fetch(connection, "SELECT png, words FROM pictures WHERE id = ?", (key,))
    return Picture(*rows[0]) if rows else None


def drop_picture(connection: sqlite3.Connection, key: int) -> None:
    """Forget a picture that nothing shows any more."""
    connection.execute("DELETE FROM pictures WHERE id = ?", (key,))


def forget_server_pictures(connection: sqlite3.Connection, server: int) -> None:
    """Forget all pictures of a server's posts."""
    connection.execute("DELETE FROM pictures WHERE server = ?", (server,))
