"""Threads of contests: opened when first needed, each on a message of its own.

The message is a row of kind `thread`, written when the first post of the contest is claimed; the contest's rows wait
for it. A thread that is started from a message has that message's id, and Discord starts no second one from it, so the
number finds the message again and the opening can be repeated: the row is `sent` only when the thread is open.

`outbox.channel` is always the channel that follows, by which rows are counted and merged; `outbox.thread` is where a
row was attempted, and where it is looked for and edited. A thread that can't be written to is closed by itself
(`channels`, under its id): its contest's posts go into the channel until the thread is tried again, which is when
something changed in the server that lets the bot write to it.

A thread that people open goes by its channel, kept in `channels.parent` when the first command, button or form comes
from it. To the outbox it is a channel: what is shared there is counted, merged and closed under the thread's own id.
"""

import sqlite3

from bot.database.database import fetch, from_micros
from bot.outbox.follow_up_store import tell_desk
from bot.outbox.kinds import Kind, Kinds
from bot.outbox.outbox_words import no_thread_notice, thread_name, thread_post
from bot.outbox.rows import Action, OutboxRow, Post
from bot.outbox.states import State
from bot.outbox.tx import Tx

_TRY_AGAIN = "UPDATE outbox SET wall_next = NULL WHERE channel = ? AND state IN ('pending', 'sending')"

IS_PUBLIC = "SELECT 1 FROM channels c LEFT JOIN channels p ON p.id = c.parent WHERE c.id = ? AND (c.public OR p.public)"


def set_thread(connection: sqlite3.Connection, server: int, channel: int, contest: str, *, on: bool) -> bool:
    """Send a contest's posts in a channel into its thread, or into the channel; return True if that is a change.

    An earlier thread is used again, unless it can't be written to: then another is opened.
    """
    was = fetch(connection, "SELECT wanted FROM threads WHERE channel = ? AND contest = ?", (channel, contest))
    if not was and not on:
        return False
    left = on and _leave_closed(connection, channel, contest)
    connection.execute(
        """INSERT INTO threads (channel, contest, server, wanted) VALUES (?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET wanted = excluded.wanted WHERE server = excluded.server""",
        (channel, contest, server, int(on)),
    )
    if left or bool(was and was[0][0]) != on:
        connection.execute(f"{_TRY_AGAIN} AND contest = ?", (channel, contest))
        return True
    return False


def _leave_closed(connection: sqlite3.Connection, channel: int, contest: str) -> bool:
    """Forget a thread that can't be written to or could not be opened; return whether there was one."""
    rows = fetch(
        connection,
        """SELECT t.thread FROM threads t JOIN outbox h ON h.id = t.post
           LEFT JOIN channels c ON c.id = t.thread
           WHERE t.channel = ? AND t.contest = ? AND (c.closed_since IS NOT NULL
             OR (t.thread IS NULL AND h.state NOT IN ('pending', 'sending', 'doubtful')))""",
        (channel, contest),
    )
    if not rows:
        return False
    thread = rows[0][0]
    connection.execute("UPDATE channels SET closed_since = NULL, closed_why = NULL WHERE id = ?", (thread,))
    connection.execute(
        """UPDATE outbox SET state = 'superseded', why = 'its thread was given up' WHERE channel = ? AND state = 'pending'
           AND state IN ('pending', 'sending') AND action <> 'post'
           AND (SELECT a.thread FROM outbox a WHERE a.id = outbox.about) = ?""",
        (channel, thread),
    )
    connection.execute(
        "UPDATE threads SET post = NULL, thread = NULL WHERE channel = ? AND contest = ?", (channel, contest)
    )
    return True


def queue_thread_post(tx: Tx, post: Post) -> bool:
    """Queue the message that the thread of a post hangs on, if the thread is still to be opened; return True if it was queued."""
    if post.action is not Action.POST or post.state is not State.PENDING or tx.kinds[post.kind].outside:
        return False
    key = (post.channel, post.contest)
    wanted = tx.rows("SELECT 1 FROM threads WHERE channel = ? AND contest = ? AND wanted AND post IS NULL", key)
    contest = tx.setting.desk.contest(post.contest) if wanted and post.contest is not None else None
    if contest is None:
        return False
    name, draft = thread_name(contest), thread_post(contest, tx.setting)
    row = OutboxRow.worded(post.server, post.channel, tx.number(post.server), draft, from_micros(post.news_at))
    (begun,) = tx.add([row])
    tx.execute("UPDATE threads SET post = ?, name = ? WHERE channel = ? AND contest = ?", (begun, name, *key))
    return True


def waits_for_thread_sql(kinds: Kinds) -> str:
    """Return the SQL of whether a row `o` waits for its thread, whose message is on its way.

    One that could not be opened keeps nothing waiting.
    """
    return f"""(o.action = 'post' AND o.state = 'pending' AND o.kind NOT IN {kinds.outside} AND EXISTS (
      SELECT 1 FROM threads t JOIN outbox h ON h.id = t.post AND h.state IN ('pending', 'sending', 'doubtful')
      WHERE t.channel = o.channel AND t.contest = o.contest AND t.wanted AND t.thread IS NULL))"""


def thread_to_open(connection: sqlite3.Connection, post: Post) -> str | None:
    """Return the name of the thread that hangs on a post, or None."""
    if post.kind != "thread" or post.action is not Action.POST:
        return None
    rows = fetch(connection, "SELECT name FROM threads WHERE post = ?", (post.id,))
    return rows[0][0] if rows else None


class ThreadPost(Kind):
    """The message that a contest's thread hangs on."""

    name = "thread"
    does = "opens a contest's thread"
    outside = True
    corrected = False
    restored_as = State.SENDING

    def on_sent(self, tx: Tx, post: Post, message: int) -> None:
        """Record that the thread on this post is open; wake its channel for what waited for the thread."""
        tx.execute("UPDATE threads SET thread = ? WHERE post = ?", (message, post.id))
        tx.wake(post.channel)

    def on_refused(self, tx: Tx, post: Post, why: str, message: int | None) -> None:
        """Tell the desk that a thread can't be opened, and delete the message it was to hang on.

        What waits for it goes into the channel.
        """
        if post.action is not Action.POST:
            return
        tx.wake(post.channel)
        for (key,) in tx.rows("SELECT contest FROM threads WHERE post = ?", (post.id,)):
            contest = tx.setting.desk.contest(key)
            tell_desk(
                tx, post.server, no_thread_notice(post.channel, contest.name if contest else key, why, tx.setting)
            )
        if message is not None:
            at = from_micros(post.news_at)
            tx.add(
                [OutboxRow(post.server, post.channel, post.number, "thread", at, about=post.id, action=Action.DELETE)]
            )


def thread_sql(kinds: Kinds) -> str:
    """Return the SQL of the thread into which a row `o` of the outbox goes; NULL: into its channel.

    What was attempted stays where it was. What a closed thread surely did not take goes into the channel.
    """
    return f"""CASE WHEN o.action <> 'post' THEN (SELECT a.thread FROM outbox a WHERE a.id = o.about)
      WHEN o.state = 'sending' THEN o.thread
      WHEN o.kind NOT IN {kinds.outside} THEN (
        SELECT t.thread FROM threads t WHERE t.channel = o.channel AND t.contest = o.contest AND t.wanted
          AND NOT EXISTS (SELECT 1 FROM channels c WHERE c.id = t.thread AND c.closed_since IS NOT NULL)) END"""


def is_in_replaced_thread(connection: sqlite3.Connection, post: Post) -> bool:
    """Return whether a post is in a thread for which another was opened."""
    return post.thread is not None and not fetch(connection, "SELECT 1 FROM threads WHERE thread = ?", (post.thread,))


def retry_place(tx: Tx, place: int) -> None:
    """Retry what waits for a channel or a thread at once.

    For a contest's thread that is the contest's own posts, and answers that somebody shared there.
    """
    tx.execute(_TRY_AGAIN, (place,))
    tx.execute(
        """UPDATE channels SET closed_since = NULL, closed_why = NULL
           WHERE id = ? AND EXISTS (SELECT 1 FROM threads t WHERE t.thread = channels.id)""",
        (place,),
    )
    tx.wake(place)
    for channel, contest in tx.rows("SELECT channel, contest FROM threads WHERE thread = ?", (place,)):
        tx.execute(f"{_TRY_AGAIN} AND contest = ?", (channel, contest))
        tx.wake(channel)


def is_public(connection: sqlite3.Connection, place: int) -> bool:
    """Return whether the public reads a channel, or the channel that a thread is in."""
    return bool(fetch(connection, IS_PUBLIC, (place,)))
