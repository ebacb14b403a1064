"""What kinds of post let follow: a notice to the desk, the edit of the post that a newer one replaces, posts shown anew."""

from bot.database.database import from_micros
from bot.outbox.outbox_words import updated_content
from bot.outbox.rows import Action, OutboxRow, Post
from bot.outbox.tx import Tx
from bot.wording.card import Card, Link, address_of


def tell_desk(tx: Tx, server: int, draft: Card) -> None:
    """Post a notice in the server's desk channel, if it has one that can be written to."""
    rows = tx.rows(
        """SELECT s.desk_channel FROM servers s LEFT JOIN channels c ON c.id = s.desk_channel
           WHERE s.id = ? AND s.desk_channel IS NOT NULL AND s.left_at IS NULL AND c.closed_since IS NULL""",
        (server,),
    )
    for (channel,) in rows:
        tx.add([OutboxRow.worded(server, channel, tx.number(server), draft, from_micros(tx.wall))])


def update_earlier(tx: Tx, post: Post, message: int, word: str) -> None:
    """Edit the post that this one, in its channel as `message`, replaces; it begins with `word`."""
    rows = tx.rows(
        """SELECT number, content,
             coalesce((SELECT e.content FROM outbox e INDEXED BY outbox_about
                       WHERE e.about = o.id AND e.action = 'edit' AND e.state = 'sent' ORDER BY e.id DESC LIMIT 1), '')
           FROM outbox o WHERE id = ? AND message IS NOT NULL AND content IS NOT NULL""",
        (post.about,),
    )
    if not rows or post.content is None:
        return
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
    )
    tx.add([row])
