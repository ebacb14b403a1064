"""Notices: posts that inform or ask the desk, and report no reading or statement."""

# ruff: noqa: ARG002 - hooks take the arguments that any kind may need

from bot.outbox.kinds import Kind
from bot.outbox.outbox import PostingStore
from bot.outbox.rows import OutboxRow, Post
from bot.outbox.tx import Tx
from bot.wording.card import Card


class NoticeStore(PostingStore):
    """The functions with which other packages queue notices."""

    async def desk_channel(self, server: int) -> int | None:
        """Return the server's desk channel, which is never public, or None if none is set."""
        rows = await self._database.rows("SELECT desk_channel FROM servers WHERE id = ?", (server,))
        return rows[0][0] if rows else None

    async def post(self, server: int, channel: int, draft: Card) -> None:
        """Queue a notice, given as a card, for a channel."""
        await self._outbox.write(
            lambda tx: tx.add([OutboxRow.worded(server, channel, tx.number(server), draft, tx.now)])
        )


class NoticePost(Kind):
    """The kind of post for notices and questions to the desk."""

    name = "notice"
    does = "is a notice to the desk"
    skips_thread = True
    to_desk = True
    names_staff = True
    corrected = False

    def on_sent(self, tx: Tx, post: Post, message: int) -> None:
        """Wake the channel if an edit of the notice has been waiting, such as the answer to a question."""
        edited = tx.rows("SELECT 1 FROM outbox WHERE about = ? AND kind = 'notice' LIMIT 1", (post.id,))
        if post.about is not None or edited:
            tx.wake(post.channel)
