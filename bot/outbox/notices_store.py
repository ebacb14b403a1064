"""Notices: posts that are about no reading and no statement, written here."""

# ruff: noqa: ARG002 - what follows takes what any kind's may need

from bot.outbox.kinds import Kind
from bot.outbox.outbox import PostingStore
from bot.outbox.rows import OutboxRow, Post
from bot.outbox.tx import Tx
from bot.wording.card import Card


class NoticeStore(PostingStore):
    """Queues notices."""

    async def desk_channel(self, server: int) -> int | None:
        """Return where a server's desk is asked, which the public never reads; None: nobody has said."""
        rows = await self._database.rows("SELECT desk_channel FROM servers WHERE id = ?", (server,))
        return rows[0][0] if rows else None

    async def post(self, server: int, channel: int, draft: Card) -> None:
        """Queue a notice for a channel."""
        await self._outbox.write(
            lambda tx: tx.add([OutboxRow.worded(server, channel, tx.number(server), draft, tx.now)])
        )


class NoticePost(Kind):
    """What the desk is told and asked."""

    name = "notice"
    does = "is a notice to the desk"
    outside = True
    to_desk = True
    names_staff = True
    corrected = False

    def on_sent(self, tx: Tx, post: Post, message: int) -> None:
        """Wake the channel for the edit of a notice that has waited for it, as where a question was answered meanwhile."""
        edited = tx.rows("SELECT 1 FROM outbox WHERE about = ? AND kind = 'notice' LIMIT 1", (post.id,))
        if post.about is not None or edited:
            tx.wake(post.channel)
