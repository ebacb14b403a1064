"""Follow-ups to posts that several kinds share: notices to the desk, and edits of posts that newer posts replace."""

import sqlite3
from dataclasses import replace

from bot.database.database import fetch, from_micros
from bot.outbox.rows import OutboxRow, Post
from bot.outbox.rows_store import read_post
from bot.outbox.tx import Tx
from bot.wording.card import Card, Link, address_of, card_of


def notify_desk(tx: Tx, server: int, draft: Card) -> int | None:
    """Queue a notice for the server's desk channel, and return the row's id.

    Returns None if the server has no desk channel that can be written to.
    """
    rows = tx.rows(
        """SELECT s.desk_channel FROM servers s LEFT JOIN channels c ON c.id = s.desk_channel
           WHERE s.id = ? AND s.desk_channel IS NOT NULL AND s.left_at IS NULL AND c.closed_since IS NULL""",
        (server,),
    )
    if not rows:
        return None
    ((channel,),) = rows
    (key,) = tx.add([OutboxRow.worded(server, channel, tx.number(server), draft, from_micros(tx.wall))])
    return key


def update_earlier(tx: Tx, post: Post, message: int, word: str, key: int | None = None, *, quoted: bool = True) -> None:
    """Edit an earlier post to state that a newer post replaces it, with a link.

    Args:
        tx: the transaction under way.
        post: the newer post.
        message: the newer post's message id.
        word: what became of the earlier post, such as "Corrected" (see `Replaced`).
        key: the earlier post's row. None means the post that `post` is about.
        quoted: True if the edit quotes the newer post.
    """
    rows = tx.rows("SELECT id FROM outbox WHERE id = ? AND message IS NOT NULL", (key or post.about,))
    earlier = read_post(tx.connection, rows[0][0]) if rows else None
    card = latest_card(tx.connection, earlier) if earlier else None
    if earlier is None or card is None or post.card is None:
        return
    see = str(Link(post.number, address_of(post.server, post.destination, message)))
    marked_replaced = card.marked_replaced(word, post.card.says if quoted else (), post.number, see)
    tx.add(
        [
            replace(
                OutboxRow.edit(earlier, marked_replaced, from_micros(post.news_at), post.kind),
                contest=post.contest,
                source=post.source,
            )
        ]
    )


def latest_card(connection: sqlite3.Connection, post: Post) -> Card | None:
    """Return a post's card after its last edit, even if that edit still waits, or None if the post has no text yet."""
    rows = fetch(
        connection,
        """SELECT coalesce((SELECT e.card FROM outbox e INDEXED BY outbox_about
                 WHERE e.about = o.id AND e.action = 'edit' AND e.card IS NOT NULL
                   AND e.state NOT IN ('failed', 'dropped', 'superseded') ORDER BY e.id DESC LIMIT 1), o.card)
           FROM outbox o WHERE o.id = ? AND o.card IS NOT NULL""",
        (post.id,),
    )
    return card_of(rows[0][0]) if rows else None


def marked_card(connection: sqlite3.Connection, post: Post) -> Card | None:
    """Return a post's card as it was posted, with marks such as "Corrected" from later posts.

    Only later posts that were sent leave a mark. Returns None if the post has no card.
    """
    card = latest_card(connection, post)
    return replace(post.card, replaced=card.without_replaced_mark(None).replaced) if post.card and card else None
