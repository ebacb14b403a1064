"""Publishing (crossposting): Discord copies posts of an announcement channel to the channels that follow it.

Publishing a post is a row of its own (action `publish`), added once the post was sent. Discord publishes ten posts an
hour in a channel. The most important classes of posts may use all ten, and wait if none is left. Class `rest` is
published only while more than four are left. No other row waits behind a `publish` row, and it can be repeated without
harm.

Discord copies only about three edits of published posts an hour, and refuses further edits. A published post is
therefore edited only to state that it was wrong.
"""

import json
import sqlite3
from collections.abc import Collection

from bot.database.database import fetch, from_micros
from bot.outbox.follow_up_store import notify_desk
from bot.outbox.outbox_words import unpublished_notice
from bot.outbox.rows import Action, OutboxRow, Post
from bot.outbox.states import State, Transition, next_state
from bot.outbox.tx import Tx

AN_HOUR_MICROS = 3_600_000_000

BUDGET = 10
"""The number of posts that Discord publishes in a channel per hour.

According to https://github.com/discordjs/discord.js/issues/4956, read August 2026.
"""

RESERVED = 4
"""How many of the posts in an hour's `BUDGET` class `rest` may not use."""


def set_published(
    connection: sqlite3.Connection, server: int, channel: int, contest: str, classes: Collection[str]
) -> None:
    """Store which classes of posts about a contest the channel publishes from now on."""
    if not classes:
        connection.execute(
            "DELETE FROM publishing WHERE channel = ? AND contest = ? AND server = ?", (channel, contest, server)
        )
        return
    connection.execute(
        """INSERT INTO publishing (channel, contest, server, classes) VALUES (?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET classes = excluded.classes WHERE server = excluded.server""",
        (channel, contest, server, json.dumps(sorted(classes))),
    )


def publish(tx: Tx, post: Post) -> None:
    """Queue the publishing of a sent post.

    Nothing is queued if the channel does not publish posts of this class, or if it has published too many posts in the
    last hour.
    """
    published_as = tx.kinds[post.kind].published_as
    if post.action is not Action.POST or post.thread is not None or published_as is None:
        return
    rows = tx.rows("SELECT classes FROM publishing WHERE channel = ? AND contest = ?", (post.channel, post.contest))
    if not rows or published_as not in json.loads(rows[0][0]):
        return
    if (
        tx.kinds[post.kind].is_own_correction
        and post.about is not None
        and not _is_published(tx.connection, post.about)
    ):
        return  # followers have nothing that it could correct
    if published_as == "rest":
        waiting = tx.rows(
            """SELECT 1 FROM outbox INDEXED BY outbox_open
               WHERE channel = ? AND state IN ('pending', 'sending') AND state = 'pending' AND action = 'publish'""",
            (post.channel,),
        )
        if len(_published_last_hour(tx.connection, post.channel, tx.wall)) + len(waiting) >= BUDGET - RESERVED:
            return
    at = from_micros(post.news_at)
    row = OutboxRow(post.server, post.channel, post.number, post.kind, at, about=post.id, action=Action.PUBLISH)
    tx.add([row])


def defer_publishing(tx: Tx, post: Post) -> bool:
    """Defer a `publish` row if its channel has published ten posts in the last hour.

    An edit of a published post is dropped, unless the edit states that the post was wrong. Returns True if the row was
    deferred or dropped.
    """
    if post.state is not State.PENDING:
        return False
    if post.action is Action.PUBLISH:
        times = _published_last_hour(tx.connection, post.channel, tx.wall)
        if len(times) >= BUDGET:
            tx.execute("UPDATE outbox SET wall_next = ? WHERE id = ?", (times[-BUDGET] + AN_HOUR_MICROS, post.id))
        return len(times) >= BUDGET
    if post.action is not Action.EDIT or tx.kinds[post.kind].published_as in ("revision", "certified"):
        return False
    if post.about is None or not _is_published(tx.connection, post.about):
        return False
    tx.execute(
        "UPDATE outbox SET state = ?, why = 'what it edits was published' WHERE id = ?",
        (next_state(post.state, Transition.REJECTED), post.id),
    )
    return True


def notify_unpublished(tx: Tx, post: Post, why: str) -> None:
    """Notify the desk that Discord refused to publish a post, at most once a day per channel.

    `why` is Discord's reason.
    """
    before = tx.rows(
        """SELECT 1 FROM outbox WHERE channel = ? AND action = 'publish' AND wall_last > ? AND state = 'failed' AND id <> ?
           LIMIT 1""",
        (post.channel, tx.wall - 24 * AN_HOUR_MICROS, post.id),
    )
    if not before:
        notify_desk(tx, post.server, unpublished_notice(post.number, post.channel, why, tx.setting))


def _is_published(connection: sqlite3.Connection, post: int) -> bool:
    """Return True if a post is published to the channel's followers, or is about to be."""
    published = (
        "SELECT 1 FROM outbox WHERE about = ? AND action = 'publish' AND state IN ('pending', 'sending', 'sent')"
    )
    return bool(fetch(connection, published, (post,)))


def _published_last_hour(connection: sqlite3.Connection, channel: int, now: int) -> list[int]:
    """Return the times within the last hour at which the bot tried to publish a channel's posts, oldest first."""
    rows = fetch(
        connection,
        "SELECT wall_last FROM outbox WHERE channel = ? AND action = 'publish' AND wall_last > ? ORDER BY wall_last",
        (channel, now - AN_HOUR_MICROS),
    )
    return [at for (at,) in rows]
