"""Notices: posts that inform or ask the desk, and report no reading or statement."""

# ruff: noqa: ARG002 - hooks take the arguments that any kind may need

from bot.outbox.kinds import Kind
from bot.outbox.rows import Post
from bot.outbox.tx import Tx


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
