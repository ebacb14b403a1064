"""What a dropped post was to tell is told by the next: each post begins where readers were left.

The row behind it gets a new row, number and question, since words that were shown to the desk never change; where none
waits, what its channel was told is set back.
"""

import sqlite3

from bot.database.database import fetch
from bot.outbox.approval_store import tell_decided
from bot.outbox.approval_words import Decision
from bot.outbox.kinds_store import Words
from bot.outbox.merging_store import requeue
from bot.outbox.post import COLUMNS, MERGEABLE, Post, post_of
from bot.outbox.rows import joined_messages
from bot.outbox.states import State

_WAIT = f"""
SELECT {COLUMNS} FROM outbox
WHERE channel = :channel AND state IN ('pending', 'sending') AND state = 'pending'
  AND contest = :contest AND action = 'post' AND kind <> 'board' AND approved_by IS NULL AND id > :after
UNION ALL
SELECT {COLUMNS} FROM outbox
WHERE server = :server AND channel = :channel AND state IN ('awaiting', 'doubtful') AND state = 'awaiting'
  AND contest = :contest AND action = 'post' AND kind <> 'board' AND id > :after
ORDER BY id"""  # noqa: S608 - our own names
"""What waits of a post's contest in its channel behind it."""


def tell_with_next(
    connection: sqlite3.Connection, post: Post, words: Words, now: int, *, untell: bool = True
) -> tuple[dict[int, bool], list[int]]:
    """Let the next post of its series in its channel tell what a dropped post was to tell.

    What waits behind it follows on something else now, and is shown anew. Where nothing waits, its channel is as if it
    had not been told (`untell` False: it is taken as told); where a later post has gone out already, nothing is left to
    tell it with.

    Returns:
        Channels to wake, and the numbers of posts that are shown anew.

    """
    waiting = _waiting(connection, post)
    for place, later in enumerate(waiting):
        if post.series is not None and (later.series, later.from_reading) == (post.series, post.to_reading):
            wake, numbers, first = _show_anew(connection, waiting[place:], words, now)
            kind = "first" if post.from_reading is None else post.kind if later.kind in MERGEABLE else later.kind
            connection.execute(
                "UPDATE outbox SET from_reading = ?, kind = ? WHERE id = ?", (post.from_reading, kind, first)
            )
            return wake, numbers
    if untell:
        _untell(connection, post)
    return {}, []


def show_revisions_anew(
    connection: sqlite3.Connection, post: Post, words: Words, now: int
) -> tuple[dict[int, bool], list[int]]:
    """Show the revisions anew that wait behind a post which is published: they replace it now, and link to it.

    Returns:
        Channels to wake, and the numbers of posts that are shown anew.

    """
    waiting = _waiting(connection, post)
    for place, later in enumerate(waiting):
        if later.kind == "revision" and later.source == post.source:
            wake, numbers, _ = _show_anew(connection, waiting[place:], words, now)
            return wake, numbers
    return {}, []


def naming(connection: sqlite3.Connection, post: Post) -> list[int]:
    """Return the numbers of posts that wait behind a post and name it."""
    named = f"(#{post.number})"
    return [later.number for later in _waiting(connection, post) if later.content and named in later.content]


def _waiting(connection: sqlite3.Connection, post: Post) -> list[Post]:
    values = {"server": post.server, "channel": post.channel, "contest": post.contest, "after": post.id}
    return [post_of(row) for row in connection.execute(_WAIT, values).fetchall()]


def _show_anew(
    connection: sqlite3.Connection, posts: list[Post], words: Words, now: int
) -> tuple[dict[int, bool], list[int], int]:
    """Put posts at the end of the outbox; return channels to wake, the numbers of those shown, the first one's id."""
    keys = requeue(connection, posts)
    wake, shown = {posts[0].channel: False}, []
    for old, key in zip(posts, keys, strict=True):
        if old.state is State.AWAITING:
            ((number,),) = fetch(connection, "SELECT number FROM outbox WHERE id = ?", (key,))
            wake = joined_messages(wake, tell_decided(connection, old, words, Decision("replaced", number=number), now))
            shown.append(number)
    return wake, shown, keys[0]


def _untell(connection: sqlite3.Connection, post: Post) -> None:
    """Let a channel have been told what it was before a post, unless it has been told more since."""
    told = """follow IN (SELECT id FROM follows WHERE channel = ? AND contest = ?) AND series = ? AND reading = ?"""
    key = (post.channel, post.contest, post.series, post.to_reading)
    if post.from_reading is None:
        connection.execute(f"DELETE FROM told WHERE {told}", key)  # noqa: S608 - our own names
        return
    connection.execute(
        f"""UPDATE told SET reading = ?, number = ?,
            (leader, margin) = (SELECT leader, margin FROM changes WHERE reading = ?) WHERE {told}""",  # noqa: S608
        (post.from_reading, _told_by(connection, post), post.from_reading, *key),
    )


def _told_by(connection: sqlite3.Connection, post: Post) -> int | None:
    """Return the number of the post before this one of the same series, or None."""
    rows = fetch(
        connection,
        """SELECT number FROM outbox
           WHERE channel = ? AND contest = ? AND source = ? AND state = 'sent' AND action = 'post' AND to_reading = ?
           UNION ALL
           SELECT number FROM outbox
           WHERE server = ? AND channel = ? AND state IN ('awaiting', 'doubtful') AND series = ? AND to_reading = ?""",
        (
            post.channel, post.contest, post.source, post.from_reading,
            post.server, post.channel, post.series, post.from_reading,
        ),
    )  # fmt: skip
    return rows[0][0] if rows else None
