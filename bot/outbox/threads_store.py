"""Threads of contests, each opened from a message when the contest's first post is due.

That message is a row of kind `thread`, which is added when the contest's first post is claimed. The contest's posts
wait for the thread. A thread has the id of its message, and Discord opens no second thread from the same message.
Opening can therefore be repeated: the row is `sent` only once the thread is open.

`outbox.channel` is always the channel that follows the contest, and rows are merged by channel. `outbox.thread` is the
thread in which a row was attempted, and in which the post is searched for and edited. A thread that can't be written
to is closed under its own id (table `channels`). Its posts go into the channel until a change in the server lets the
bot write to the thread again.

A thread that people open follows the rules of its channel. The channel is stored in `channels.parent` when the first
command, button or form is used in the thread. The outbox treats such a thread as a channel of its own.
"""

import sqlite3

from bot.database.database import fetch, from_micros
from bot.outbox.follow_up_store import notify_desk
from bot.outbox.kinds import Kind, Kinds
from bot.outbox.outbox_words import no_thread_notice, thread_name, thread_post
from bot.outbox.rows import Action, OutboxRow, Post
from bot.outbox.states import State
from bot.outbox.tx import Tx

_TRY_AGAIN = "UPDATE outbox SET wall_next = NULL WHERE channel = ? AND state IN ('pending', 'sending')"

IS_PUBLIC = "SELECT 1 FROM channels c LEFT JOIN channels p ON p.id = c.parent WHERE c.id = ? AND (c.public OR p.public)"


def set_thread(connection: sqlite3.Connection, server: int, channel: int, contest: str, *, on: bool) -> bool:
    """Store whether a contest's posts go into a thread or into the channel itself.

    An earlier thread is used again if it can be written to. Otherwise a new thread will be opened.

    Returns True if the setting has changed.
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
    """Forget a contest's thread that can't be written to or could not be opened.

    Returns False if the contest has no such thread.
    """
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
    """Queue the first message of a post's thread, if the thread is wanted and its first message is not queued yet.

    Returns True if the message was queued.
    """
    if post.action is not Action.POST or post.state is not State.PENDING or tx.kinds[post.kind].skips_thread:
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
    """Return SQL that is true if the row `o` waits for its thread to be opened.

    The SQL is false if opening the thread failed.
    """
    return f"""(o.action = 'post' AND o.state = 'pending' AND o.kind NOT IN {kinds.skips_thread} AND EXISTS (
      SELECT 1 FROM threads t JOIN outbox h ON h.id = t.post AND h.state IN ('pending', 'sending', 'doubtful')
      WHERE t.channel = o.channel AND t.contest = o.contest AND t.wanted AND t.thread IS NULL))"""


def thread_to_open(connection: sqlite3.Connection, post: Post) -> str | None:
    """Return the name of the thread to open from a post, or None if no thread is opened from it."""
    if post.kind != "thread" or post.action is not Action.POST:
        return None
    rows = fetch(connection, "SELECT name FROM threads WHERE post = ?", (post.id,))
    return rows[0][0] if rows else None


class ThreadPost(Kind):
    """The kind of post from whose message a contest's thread is opened."""

    name = "thread"
    does = "opens a contest's thread"
    skips_thread = True
    corrected = False
    restored_as = State.SENDING

    def on_sent(self, tx: Tx, post: Post, message: int) -> None:
        """Record that the post's thread is open, and wake the channel, whose posts wait for the thread."""
        tx.execute("UPDATE threads SET thread = ? WHERE post = ?", (message, post.id))
        tx.wake(post.channel)

    def on_refused(self, tx: Tx, post: Post, why: str, message: int | None) -> None:
        """Notify the desk that a thread can't be opened, and delete its first message.

        The contest's posts then go into the channel. `why` is Discord's reason, and `message` the id of the first
        message.
        """
        if post.action is not Action.POST:
            return
        tx.wake(post.channel)
        for (key,) in tx.rows("SELECT contest FROM threads WHERE post = ?", (post.id,)):
            contest = tx.setting.desk.contest(key)
            notify_desk(
                tx, post.server, no_thread_notice(post.channel, contest.name if contest else key, why, tx.setting)
            )
        if message is not None:
            at = from_micros(post.news_at)
            tx.add(
                [OutboxRow(post.server, post.channel, post.number, "thread", at, about=post.id, action=Action.DELETE)]
            )


def thread_sql(kinds: Kinds) -> str:
    """Return SQL for the id of the thread into which the row `o` goes. NULL means the channel itself.

    A row that was attempted stays in its thread. Posts for a closed thread go into the channel.
    """
    return f"""CASE WHEN o.action <> 'post' THEN (SELECT a.thread FROM outbox a WHERE a.id = o.about)
      WHEN o.state = 'sending' THEN o.thread
      WHEN o.kind NOT IN {kinds.skips_thread} THEN (
        SELECT t.thread FROM threads t WHERE t.channel = o.channel AND t.contest = o.contest AND t.wanted
          AND NOT EXISTS (SELECT 1 FROM channels c WHERE c.id = t.thread AND c.closed_since IS NOT NULL)) END"""


def is_in_replaced_thread(connection: sqlite3.Connection, post: Post) -> bool:
    """Return True if a newer thread has replaced the thread that a post is in."""
    return post.thread is not None and not fetch(connection, "SELECT 1 FROM threads WHERE thread = ?", (post.thread,))


def retry_place(tx: Tx, place: int) -> None:
    """Make the rows that wait for a channel or thread due at once.

    If the place is a contest's thread, the posts of the contest become due, too.
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
    """Return True if a channel is public, or if it is a thread in a public channel."""
    return bool(fetch(connection, IS_PUBLIC, (place,)))
