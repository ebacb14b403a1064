"""What kinds of post let follow: a notice to the desk, the edit of the post that a newer one replaces, posts shown anew."""

import sqlite3

from bot.database.database import fetch, from_micros
from bot.outbox.outbox_words import updated_content
from bot.outbox.rows import Action, OutboxRow, Post, to_wake
from bot.outbox.rows_store import add_rows
from bot.outbox.servers_store import skip_numbers
from bot.wording.draft import Draft, Link, address_of


def add(connection: sqlite3.Connection, now: int, *rows: OutboxRow) -> dict[int, bool]:
    """Insert rows that carry the numbers of other posts, or have taken theirs; return channels to wake."""
    add_rows(connection, rows, now)
    return to_wake(rows)


def tell_desk(connection: sqlite3.Connection, server: int, draft: Draft, now: int) -> dict[int, bool]:
    """Post a notice in the server's desk channel, if it has one that can be written to; return channels to wake."""
    rows = fetch(
        connection,
        """SELECT s.desk_channel, s.next_number FROM servers s LEFT JOIN channels c ON c.id = s.desk_channel
           WHERE s.id = ? AND s.desk_channel IS NOT NULL AND s.left_at IS NULL AND c.closed_since IS NULL""",
        (server,),
    )
    if not rows:
        return {}
    channel, number = rows[0]
    skip_numbers(connection, server, 1)
    return add(connection, now, OutboxRow.worded(server, channel, number, draft, from_micros(now)))


def update_earlier(
    connection: sqlite3.Connection, post: Post, message: int, word: str, now: int, *, urgent: bool
) -> dict[int, bool]:
    """Edit the post that this one, in its channel as `message`, replaces; it begins with `word`. Return channels to wake."""
    rows = fetch(
        connection,
        """SELECT number, content,
             coalesce((SELECT e.content FROM outbox e INDEXED BY outbox_edits WHERE e.about = o.id AND e.action = 'edit'
                         AND e.kind <> 'board' AND e.state = 'sent' ORDER BY e.id DESC LIMIT 1), '')
           FROM outbox o WHERE id = ? AND message IS NOT NULL AND content IS NOT NULL""",
        (post.about,),
    )
    if not rows or post.content is None:
        return {}
    number, old, shown = rows[0]
    link = Link(post.number, address_of(post.server, post.destination, message))
    row = OutboxRow(
        post.server,
        post.channel,
        number,
        post.kind,
        from_micros(post.news_at),
        post.contest,
        post.source,
        about=post.about,
        action=Action.EDIT,
        content=updated_content(word, old, post.content, link, shown),
        urgent=urgent,
    )
    return add(connection, now, row)
