"""What waits behind a post on which an editor decides: it is shown to the desk anew where it says something else by that."""

import sqlite3

from bot.database.database import fetch
from bot.outbox.approval_questions_store import tell_decided
from bot.outbox.approval_words import Decision
from bot.outbox.kinds import Kinds
from bot.outbox.merging_store import requeue
from bot.outbox.post import COLUMNS, Post, post_of
from bot.outbox.rows import joined_messages
from bot.outbox.states import State

_WAIT = f"""
SELECT {COLUMNS} FROM outbox
WHERE channel = :channel AND state IN ('pending', 'sending') AND state = 'pending'
  AND contest = :contest AND action = 'post' AND kind NOT IN {{yielding}} AND approved_by IS NULL AND id > :after
UNION ALL
SELECT {COLUMNS} FROM outbox
WHERE server = :server AND channel = :channel AND state IN ('awaiting', 'doubtful') AND state = 'awaiting'
  AND contest = :contest AND action = 'post' AND kind NOT IN {{yielding}} AND id > :after
ORDER BY id"""
"""What waits of a post's contest in its channel behind it."""


def show_what_follows(
    connection: sqlite3.Connection, post: Post, kinds: Kinds, now: int
) -> tuple[dict[int, bool], list[int]]:
    """Show anew what waits behind a post that is published, from the first on that says something else by that.

    Returns:
        Channels to wake, and the numbers of posts that are shown anew.

    """
    waiting = waiting_behind(connection, post, kinds)
    for place, later in enumerate(waiting):
        if kinds.family(later.kind).follows_on(later, post):
            wake, numbers, _ = show_anew(connection, waiting[place:], kinds, now)
            return wake, numbers
    return {}, []


def naming(connection: sqlite3.Connection, post: Post, kinds: Kinds) -> list[int]:
    """Return the numbers of posts that wait behind a post and name it."""
    named = f"(#{post.number})"
    return [
        later.number for later in waiting_behind(connection, post, kinds) if later.content and named in later.content
    ]


def waiting_behind(connection: sqlite3.Connection, post: Post, kinds: Kinds) -> list[Post]:
    """Return what waits of a post's contest in its channel behind it, and was never attempted, oldest first."""
    values = {"server": post.server, "channel": post.channel, "contest": post.contest, "after": post.id}
    return [post_of(row) for row in connection.execute(_WAIT.format(yielding=kinds.yielding), values).fetchall()]


def show_anew(
    connection: sqlite3.Connection, posts: list[Post], kinds: Kinds, now: int
) -> tuple[dict[int, bool], list[int], int]:
    """Put posts at the end of the outbox; return channels to wake, the numbers of those shown, the first one's id."""
    keys = requeue(connection, posts, kinds)
    wake, shown = {posts[0].channel: False}, []
    for old, key in zip(posts, keys, strict=True):
        if old.state is State.AWAITING:
            ((number,),) = fetch(connection, "SELECT number FROM outbox WHERE id = ?", (key,))
            wake = joined_messages(
                wake, tell_decided(connection, old, kinds.setting, Decision("replaced", number=number), now)
            )
            shown.append(number)
    return wake, shown, keys[0]
