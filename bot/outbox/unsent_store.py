"""What is not sent yet, changed by the room that it speaks for, in the transaction under way: dropped or reworded."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from bot.database.database import to_micros
from bot.outbox.states import State, Transition, moved
from bot.wording.draft import Button, Draft, PostKind, buttons_json

_WAITS = """(
  SELECT max(e.id) FROM outbox e INDEXED BY outbox_edits
  WHERE e.about = ? AND e.action = 'edit' AND e.kind <> 'board' AND e.state = 'pending')"""
"""The edit of a message that nobody has attempted yet."""


def drop(connection: sqlite3.Connection, key: int, state: State, why: str | None, by: str | None = None) -> None:
    """Let a row not be sent; `state` is the one it is in. `by`: on whose word, as the audit names them, where `why` is None."""
    connection.execute(
        "UPDATE outbox SET state = ?, why = ?, dropped_by = ? WHERE id = ?",
        (moved(state, Transition.REJECTED), why, by, key),
    )


def supersede(connection: sqlite3.Connection, key: int, state: State, why: str) -> None:
    """Let a row not be sent, since a newer one says it; `state` is the one it is in."""
    connection.execute("UPDATE outbox SET state = ?, why = ? WHERE id = ?", (moved(state, Transition.MERGED), why, key))


def supersede_kind(connection: sqlite3.Connection, channel: int, contest: str, kind: PostKind, why: str) -> None:
    """Let nothing of a kind be sent that waits in a channel about a contest."""
    connection.execute(
        """UPDATE outbox SET state = 'superseded', why = ?
           WHERE channel = ? AND contest = ? AND kind = ? AND state IN ('pending', 'sending') AND state = 'pending'""",
        (why, channel, contest, kind),
    )


def set_kind(connection: sqlite3.Connection, key: int, kind: PostKind) -> None:
    """Let a row be a post of another kind."""
    connection.execute("UPDATE outbox SET kind = ? WHERE id = ?", (kind, key))


def reword(
    connection: sqlite3.Connection, key: int, number: int, draft: Draft, now: datetime, picture: int | None
) -> None:
    """Let a row say something else, caused now, under its number; `picture`: the row of the one that it shows."""
    connection.execute(
        "UPDATE outbox SET content = ?, embeds = ?, news_at = ?, picture = ? WHERE id = ?",
        (draft.content(number), draft.embeds_json(), to_micros(now), picture, key),
    )


def reword_edit(connection: sqlite3.Connection, about: int, content: str, buttons: Sequence[Button] | None) -> bool:
    """Let the edit of a message that nobody has attempted yet say something else; return False if there is none.

    `buttons` None: those that it has stay.
    """
    waiting = connection.execute(
        f"UPDATE outbox SET content = ?, components = coalesce(?, components) WHERE id = {_WAITS}",
        (content, None if buttons is None else buttons_json(buttons), about),
    )
    return waiting.rowcount > 0


def drop_edit(connection: sqlite3.Connection, about: int, why: str) -> None:
    """Let the edit of a message that nobody has attempted yet not be sent."""
    connection.execute(
        f"UPDATE outbox SET state = ?, why = ? WHERE id = {_WAITS}",
        (moved(State.PENDING, Transition.REJECTED), why, about),
    )
