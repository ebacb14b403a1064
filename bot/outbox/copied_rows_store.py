"""Rows of a restored copy, moved past what may have happened to them out of sight, in the transaction under way."""

import sqlite3
from datetime import datetime

from bot.database.database import fetch, to_micros
from bot.outbox.post import COLUMNS, Post, post_of
from bot.outbox.states import State


def open_rows(connection: sqlite3.Connection, server: int) -> list[Post]:
    """Return what was not sent, or not for certain, of a server when the copy was made; the newest first."""
    rows = fetch(
        connection,
        f"""SELECT {COLUMNS} FROM outbox INDEXED BY outbox_open WHERE server = ?1 AND state IN ('pending', 'sending')
            UNION ALL
            SELECT {COLUMNS} FROM outbox INDEXED BY outbox_awaiting
            WHERE server = ?1 AND state IN ('awaiting', 'doubtful')
            ORDER BY id DESC""",
        (server,),
    )
    return [post_of(row) for row in rows]


def settle_row(
    connection: sqlite3.Connection, key: int, state: State, why: str, attempted: datetime, last: int
) -> None:
    """Keep what became of a row; the steps between are nobody's to see.

    Args:
        connection: in the transaction under way.
        key: the row's id.
        state: the one it is in now.
        why: it is so.
        attempted: by the wall clock: when it was first attempted, if that is not known.
        last: the wall clock, in microseconds: when it was last.

    """
    connection.execute(
        """UPDATE outbox SET state = ?, why = ?, wall_next = NULL, wall_attempted = coalesce(wall_attempted, ?),
             wall_last = ? WHERE id = ?""",
        (state, why, to_micros(attempted), last, key),
    )


def supersede_operators(connection: sqlite3.Connection, why: str) -> None:
    """Let nothing be sent that is for the operator, or for no server that is known."""
    connection.execute(
        """UPDATE outbox SET state = ?, why = ? WHERE state IN ('pending', 'awaiting', 'sending')
           AND (server = 0 OR server NOT IN (SELECT id FROM servers))""",
        (State.SUPERSEDED, why),
    )
