"""Consequences of sending an outbox row: further rows, which are added in the same transaction.

A sent correction edits the post that it corrects. A new board is pinned and replaces the earlier board. A refused post
is reported to the desk. An edit of a message waits until the message is sent.
"""

from bot.outbox.approval_store import arrival_question, ask
from bot.outbox.follow_up_store import notify_desk
from bot.outbox.outbox_words import (
    closed_notice,
    opened_notice,
    text_error_notice,
    unattached_notice,
    uncarded_notice,
)
from bot.outbox.publishing_store import notify_unpublished, publish
from bot.outbox.rows import Action, Post
from bot.outbox.rows_store import read_post
from bot.outbox.states import State, Transition, next_state
from bot.outbox.threads_store import retry_place
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_retractions, waiting_replacements

_A_DAY_MICROS = 86_400_000_000


def after_sent(tx: Tx, post: Post, message: int) -> None:
    """Add the rows that follow once a post is sent, such as pins and edits.

    `message` is the id of the post's message.
    """
    _opened(tx, post)
    if post.file_refused is not None:
        card = unattached_notice(post.number, post.destination, post.file_refused, tx.setting)
        notify_desk(tx, post.server, card)
    if post.cards_refused is not None and _is_first_without_cards(tx, post):
        card = uncarded_notice(post.number, post.destination, post.cards_refused, tx.setting)
        notify_desk(tx, post.server, card)
    if post.action is not Action.POST:
        _wake_next_change(tx, post)
        return
    publish(tx, post)
    if waiting_replacements(tx, post):
        tx.wake(post.channel, urgent=True)  # its corrections had to wait until it was known to have arrived
    tx.kinds[post.kind].on_sent(tx, post, message)


def after_closed(tx: Tx, post: Post, why: str) -> None:
    """Record that a post's channel or thread can't be written to, and notify the desk the first time.

    `why` is Discord's reason.
    """
    fresh = tx.execute(
        """INSERT INTO channels (id, server, closed_since, closed_why) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
           SET closed_since = excluded.closed_since, closed_why = excluded.closed_why
           WHERE closed_since IS NULL AND server = excluded.server""",
        (post.destination, post.server, tx.wall, why),
    ).rowcount
    if fresh:
        card = closed_notice(post.destination, why, tx.setting, is_thread=post.thread is not None)
        notify_desk(tx, post.server, card)


def after_doubtful(tx: Tx, post: Post, why: str) -> None:
    """Ask the desk whether a post arrived. `why` is the reason why the bot can't find out."""
    ask(tx, post, (arrival_question(post, why, tx.setting),))


def after_declined(tx: Tx, post: Post) -> None:
    """Drop a post that Discord surely did not take, if the post was corrected or retracted meanwhile.

    The correction is posted alone. A retraction is not posted.
    """
    if not waiting_replacements(tx, post):
        return
    tx.execute(
        "UPDATE outbox SET state = ?, why = 'replaced before it was posted' WHERE id = ?",
        (next_state(State.PENDING, Transition.REJECTED), post.id),
    )
    drop_retractions(tx, post)
    tx.kinds[post.kind].on_dropped(tx, post)
    tx.wake(post.channel, urgent=True)


def after_refused(tx: Tx, post: Post, why: str, message: int | None = None) -> None:
    """Notify the desk that Discord refused a post for good, and drop the retractions that wait for the post.

    The notice depends on the post's kind (`Kind.on_refused`). `why` is Discord's reason. `message` is the id of the
    message if the post was sent but no thread can be opened from it.
    """
    if post.action is Action.PUBLISH:
        notify_unpublished(tx, post, why)
        return
    drop_retractions(tx, post)
    tx.kinds[post.kind].on_refused(tx, post, why, message)
    if post.action is not Action.POST:
        _wake_next_change(tx, post)


def after_text_error(tx: Tx, post: Post) -> None:
    """Notify the desk that the text of a post could not be written, and have the next post cover its changes.

    If no other post waits, the changes are recorded as posted. One faulty reading therefore does not stop all later
    posts.
    """
    if (failed := read_post(tx.connection, post.id)) is None:
        return
    tx.kinds[failed.kind].on_dropped(tx, failed, counted_as_posted=True)
    notify_desk(tx, failed.server, text_error_notice(failed.number, failed.channel, tx.setting))


def _opened(tx: Tx, post: Post) -> None:
    """Record that a post's channel or thread can be written to. The desk is notified if that was not so before."""
    rows = tx.rows("SELECT closed_since FROM channels WHERE id = ? AND closed_since IS NOT NULL", (post.destination,))
    if not rows:
        return
    tx.execute("UPDATE channels SET closed_since = NULL, closed_why = NULL WHERE id = ?", (post.destination,))
    retry_place(tx, post.destination)
    tx.wake(post.channel)
    notify_desk(tx, post.server, opened_notice(post.destination, rows[0][0] // 1_000_000, tx.setting))


def _is_first_without_cards(tx: Tx, post: Post) -> bool:
    """Return True if no other post in the channel was sent without its cards in the last 24 hours."""
    return not tx.rows(
        """SELECT 1 FROM outbox
           WHERE channel = ? AND cards_refused IS NOT NULL AND state = 'sent' AND wall_last > ? AND id <> ? LIMIT 1""",
        (post.channel, tx.wall - _A_DAY_MICROS, post.id),
    )


def _wake_next_change(tx: Tx, post: Post) -> None:
    """Wake the dispatcher for the channel if a later change to the same message has been waiting for `post`."""
    waits = tx.rows(
        """SELECT 1 FROM outbox
           WHERE channel = ? AND state IN ('pending', 'sending') AND about = ? AND id > ? LIMIT 1""",
        (post.channel, post.about, post.id),
    )
    if waits:
        tx.wake(post.channel)
