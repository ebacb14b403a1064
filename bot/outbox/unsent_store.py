"""Changes to outbox rows that are not sent yet, in the transaction under way.

Each package makes the changes to rows about its own topic. A correction or retraction of a post waits until the bot
knows whether that post arrived. If it did not, the post is no longer sent: its correction is posted alone, and its
retraction is not posted.
"""

import sqlite3
from datetime import datetime

from bot.database.database import fetch, to_micros
from bot.outbox.rows import COLUMNS, OutboxRow, Post, post_of, stored_text
from bot.outbox.states import State, Transition, next_state
from bot.outbox.tx import Tx
from bot.wording.card import Card, buttons_json

_WAITS = """(
  SELECT max(e.id) FROM outbox e INDEXED BY outbox_about
  WHERE e.about = ? AND e.action = 'edit' AND e.state = 'pending')"""
"""SQL for the newest edit of a row's message that was never attempted."""


def drop_row(connection: sqlite3.Connection, key: int, state: State, why: str | None, by: str | None = None) -> None:
    """Mark a row as dropped, so that it is not sent. `state` is the row's present state.

    `why` is the reason to record. If an editor discarded the row, pass None as `why`, and the editor as `by`, in the
    form for the audit log.
    """
    connection.execute(
        "UPDATE outbox SET state = ?, why = ?, dropped_by = ? WHERE id = ?",
        (next_state(state, Transition.REJECTED), why, by, key),
    )


def supersede(connection: sqlite3.Connection, key: int, state: State, why: str) -> None:
    """Mark a row as superseded by a newer row, for the reason `why`. `state` is the row's present state."""
    connection.execute(
        "UPDATE outbox SET state = ?, why = ? WHERE id = ?", (next_state(state, Transition.MERGED), why, key)
    )


def supersede_kind(connection: sqlite3.Connection, channel: int, contest: str, kind: str, why: str) -> None:
    """Mark the pending posts of a kind about a contest in a channel as superseded, for the reason `why`."""
    connection.execute(
        """UPDATE outbox SET state = 'superseded', why = ?
           WHERE channel = ? AND contest = ? AND kind = ? AND state IN ('pending', 'sending') AND state = 'pending'""",
        (why, channel, contest, kind),
    )


def set_kind(connection: sqlite3.Connection, key: int, kind: str) -> None:
    """Change the kind of an unsent row."""
    connection.execute("UPDATE outbox SET kind = ? WHERE id = ?", (kind, key))


def set_subject(connection: sqlite3.Connection, key: int, source: str | None, chain: int | None, kind: str) -> None:
    """Change a row's source, chain and kind. The text is written again when the row is claimed."""
    connection.execute(
        "UPDATE outbox SET source = ?, chain = ?, kind = ?, card = NULL, content = NULL WHERE id = ?",
        (source, chain, kind, key),
    )


def replace_card(
    connection: sqlite3.Connection, key: int, server: int, number: int, card: Card, now: datetime, picture: int | None
) -> None:
    """Replace a row's text and picture with those of a new card, under the same number.

    `picture` is the id of the new picture, or None if there is none.
    """
    connection.execute(
        "UPDATE outbox SET card = ?, content = ?, embeds = ?, news_at = ?, picture = ? WHERE id = ?",
        (*stored_text(card, number, server), to_micros(now), picture, key),
    )


def use_variant(tx: Tx, server: int, about: tuple[str, str, str], case: str) -> None:
    """Switch pending posts to the text that their cards have for `case` (see `Card.with_variant`).

    `about` is the contest, source and kind of the posts. Posts that an editor approved are not changed.
    """
    rows = tx.rows(
        f"""SELECT {COLUMNS} FROM outbox INDEXED BY outbox_open
           WHERE server = ? AND contest = ? AND source = ? AND kind = ? AND action = 'post'
             AND state IN ('pending', 'sending') AND state = 'pending' AND approved_by IS NULL AND card IS NOT NULL""",
        (server, *about),
    )
    for post in map(post_of, rows):
        if post.card is not None and (card := post.card.with_variant(case)) != post.card:
            words = stored_text(card, post.number, server)
            tx.execute("UPDATE outbox SET card = ?, content = ?, embeds = ? WHERE id = ?", (*words, post.id))


def replace_pending_edit(connection: sqlite3.Connection, row: OutboxRow) -> bool:
    """Replace the contents of a pending edit with those of a newer edit of the same message.

    Returns False if no edit is pending.
    """
    assert row.card is not None  # noqa: S101 - each edit has one
    card, content, _ = stored_text(row.card, row.number, row.server)
    buttons = buttons_json(row.card.buttons) if row.buttons else None
    waiting = connection.execute(
        f"UPDATE outbox SET card = ?, content = ?, components = coalesce(?, components) WHERE id = {_WAITS}",
        (card, content, buttons, row.about),
    )
    return waiting.rowcount > 0


def drop_edit(connection: sqlite3.Connection, about: int, why: str) -> None:
    """Drop the pending edit of the message that belongs to the row `about`, for the reason `why`."""
    connection.execute(
        f"UPDATE outbox SET state = ?, why = ? WHERE id = {_WAITS}",
        (next_state(State.PENDING, Transition.REJECTED), why, about),
    )


def waiting_replacements(tx: Tx, post: Post) -> list[int]:
    """Return the row ids of a post's waiting corrections and retractions.

    A correction or retraction waits until it is known whether the post arrived.
    """
    return [key for key, _ in _waiting(tx, post)]


def drop_retractions(tx: Tx, post: Post) -> None:
    """Drop the waiting retractions of a post that did not arrive in its channel."""
    tx.executemany(
        "UPDATE outbox SET state = ?, why = 'what it takes back was not posted' WHERE id = ?",
        [
            (next_state(State.PENDING, Transition.REJECTED), key)
            for key, kind in _waiting(tx, post)
            if tx.kinds[kind].is_retraction
        ],
    )


def _waiting(tx: Tx, post: Post) -> list[tuple[int, str]]:
    return tx.rows(
        f"""SELECT id, kind FROM outbox
            WHERE about = ? AND action = 'post' AND kind IN {tx.kinds.own_words} AND state = 'pending'
            ORDER BY id""",
        (post.id,),
    )


def open_rows(connection: sqlite3.Connection, server: int) -> list[Post]:
    """Return a server's rows that are pending, sending, awaiting or doubtful, newest first."""
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
    """Set the state of a row in a restored copy of the database, without the usual transition.

    The row may have changed its state after the copy was made.

    Args:
        connection: the connection, in the transaction under way.
        key: the row's id.
        state: the new state.
        why: the reason, for column `why`.
        attempted: the time of the first attempt, by the wall clock, to be stored if the row has none.
        last: the time of the last attempt, in microseconds of the wall clock.
    """
    connection.execute(
        """UPDATE outbox SET state = ?, why = ?, wall_next = NULL, wall_attempted = coalesce(wall_attempted, ?),
             wall_last = ? WHERE id = ?""",
        (state, why, to_micros(attempted), last, key),
    )


def supersede_operators(connection: sqlite3.Connection, why: str) -> None:
    """Mark waiting direct messages (server 0), and waiting rows of unknown servers, as superseded.

    Unknown servers are those that the database does not have. `why` is the reason, as recorded in the rows.
    """
    connection.execute(
        """UPDATE outbox SET state = ?, why = ? WHERE state IN ('pending', 'awaiting', 'sending')
           AND (server = 0 OR server NOT IN (SELECT id FROM servers))""",
        (State.SUPERSEDED, why),
    )
