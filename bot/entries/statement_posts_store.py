"""Which statement a post came of (`statement_posts`), keyed by its row of the outbox."""

import sqlite3
from collections.abc import Sequence

from bot.outbox.rows import OutboxRow


def keep_posts(connection: sqlite3.Connection, statement: int, keys: Sequence[int], posts: Sequence[OutboxRow]) -> None:
    """Keep that posts came of a statement; `keys` are their rows."""
    connection.executemany(
        "INSERT INTO statement_posts (post, server, number, statement) VALUES (?, ?, ?, ?)",
        [(key, post.server, post.number, statement) for key, post in zip(keys, posts, strict=True)],
    )


def copy_statement(connection: sqlite3.Connection, old: int, new: int) -> None:
    """Let a row that is put anew have come of what the old one came of."""
    connection.execute(
        """INSERT INTO statement_posts (post, server, number, statement)
           SELECT o.id, o.server, o.number, p.statement FROM statement_posts p JOIN outbox o ON o.id = ?
           WHERE p.post = ?""",
        (new, old),
    )
