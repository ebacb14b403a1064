"""Corrections and retractions of posts that may not be in their channels: they wait until that is known.

If the earlier post did not arrive it is not posted any more: its correction then goes out alone, its retraction not at
all.
"""

import sqlite3

from bot.database.database import fetch
from bot.outbox.kinds import Kinds
from bot.outbox.post import Post
from bot.outbox.states import State, Transition, moved


def replaced_by(connection: sqlite3.Connection, post: Post, kinds: Kinds) -> list[int]:
    """Return the rows of the corrections and retractions that wait for a post."""
    return [key for key, _ in _waiting(connection, post, kinds)]


def drop_retractions(connection: sqlite3.Connection, post: Post, kinds: Kinds) -> None:
    """Let nothing take back a post that is not in its channel."""
    connection.executemany(
        "UPDATE outbox SET state = ?, why = 'what it takes back was not posted' WHERE id = ?",
        [
            (moved(State.PENDING, Transition.REJECTED), key)
            for key, kind in _waiting(connection, post, kinds)
            if kinds[kind].takes_back
        ],
    )


def _waiting(connection: sqlite3.Connection, post: Post, kinds: Kinds) -> list[tuple[int, str]]:
    return fetch(
        connection,
        f"""SELECT id, kind FROM outbox
            WHERE about = ? AND action = 'post' AND kind IN {kinds.own_words} AND state = 'pending'
            ORDER BY id""",
        (post.id,),
    )
