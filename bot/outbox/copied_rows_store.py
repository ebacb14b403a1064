"""Rows of a restored copy, moved past what happened to them out of the bot's sight, in the transaction under way."""

import sqlite3
from datetime import datetime

from bot.database.database import to_micros
from bot.outbox.states import State


def settle_row(
    connection: sqlite3.Connection, key: int, state: State, message: int | None, why: str | None,
    attempted: datetime, last: int,
) -> None:  # fmt: skip
    """Keep what became of a row; the steps between are nobody's to see.

    Args:
        connection: in the transaction under way.
        key: the row's id.
        state: the one it is in now.
        message: the message that it became; None: it is none, or known already.
        why: it is so.
        attempted: by the wall clock: when it was first attempted, if that is not known.
        last: the wall clock, in microseconds: when it was last.

    """
    connection.execute(
        """UPDATE outbox SET state = ?, message = coalesce(?, message), why = ?, wall_next = NULL,
             wall_attempted = coalesce(wall_attempted, ?), wall_last = ? WHERE id = ?""",
        (state, message, why, to_micros(attempted), last, key),
    )


def merge_into(connection: sqlite3.Connection, key: int, later: int) -> None:
    """Keep that a later row tells what this one was to tell, as when the bot merged them."""
    connection.execute("UPDATE outbox SET superseded_by = ? WHERE id = ?", (later, key))


def supersede_changes(connection: sqlite3.Connection, channel: int, why: str) -> None:
    """Let no edit, pin or deletion that waits for a channel be made: it may be older than one that was made since."""
    connection.execute(
        """UPDATE outbox SET state = ?, why = ?
           WHERE channel = ? AND action <> 'post' AND state IN ('pending', 'sending')""",
        (State.SUPERSEDED, why, channel),
    )


def supersede_questions(connection: sqlite3.Connection, server: int, why: str) -> None:
    """Let no question to the desk be sent about a post that it has still to decide on."""
    connection.execute(
        """UPDATE outbox SET state = ?, why = ?
           WHERE kind = 'notice' AND action = 'post' AND state IN ('pending', 'sending', 'doubtful') AND about IN (
             SELECT id FROM outbox INDEXED BY outbox_awaiting
             WHERE server = ? AND state IN ('awaiting', 'doubtful'))""",
        (State.SUPERSEDED, why, server),
    )


def supersede_operators(connection: sqlite3.Connection, why: str) -> None:
    """Let nothing be sent that is for the operator, or for no server that is known."""
    connection.execute(
        """UPDATE outbox SET state = ?, why = ? WHERE state IN ('pending', 'awaiting', 'sending')
           AND (server = 0 OR server NOT IN (SELECT id FROM servers))""",
        (State.SUPERSEDED, why),
    )
