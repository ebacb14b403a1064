"""Writes shared answers to the outbox, each only once however often its button is pressed."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.database.database import to_micros
from bot.outbox.outbox import PostingStore
from bot.outbox.rows import OutboxRow, Post
from bot.outbox.rows_store import store_picture
from bot.outbox.servers_store import ensure_server
from bot.outbox.tx import Tx
from bot.wording.card import Card


@dataclass(frozen=True, slots=True)
class Shared:
    """The result of sharing an answer: the post's number, and whether the post is new."""

    number: int
    """The post's number."""
    again: bool
    """True if the answer was shared before, so that nothing was written."""


class SharingStore(PostingStore):
    """The outbox's posts that share answers."""

    async def shared(self, message: int, server: int) -> int | None:
        """Return the number of the post that shares an answer, or None if the answer is not shared."""
        row = await self._database.row(
            "SELECT number FROM shared_answers WHERE message = ? AND server = ?", (message, server)
        )
        return row[0] if row else None

    async def was_corrected_since(self, contest: str, server: int, at: datetime) -> bool:
        """Return True if an entry about a contest was retracted, or a post in the server corrected, since a time."""
        row = await self._database.row(
            """SELECT 1 FROM statements WHERE contest = ?1 AND server = ?2 AND retracted_at >= ?3
               UNION ALL SELECT 1 FROM proposals WHERE server = ?2 AND kind = 'correct' AND state = 'done' AND decided_at >= ?3
               LIMIT 1""",
            (contest, server, to_micros(at)),
        )
        return row is not None

    async def share(
        self, message: int, server: int, channel: int, draft: Card, contest: str | None, source: str | None, who: str
    ) -> Shared:
        """Post an answer in a channel, unless it was shared before.

        Args:
            message: the id of the answer's message.
            server: the server in which to post.
            channel: the channel in which to post.
            draft: the card to post.
            contest: the id of the answer's contest, if it is about a contest.
            source: the id of the answer's source, if it has one. The post waits while the source is muted.
            who: the name of the person who shares the answer, as recorded in the audit.
        """

        def work(tx: Tx) -> Shared:
            for (number,) in tx.rows("SELECT number FROM shared_answers WHERE message = ?", (message,)):
                return Shared(number, again=True)
            ensure_server(tx.connection, server)
            number = tx.number(server)
            row = OutboxRow.worded(server, channel, number, draft, tx.now, contest, source)
            if draft.picture is not None:
                row = replace(row, picture=store_picture(tx.connection, server, draft.picture))
            tx.add([row])
            tx.execute("INSERT INTO shared_answers VALUES (?, ?, ?)", (message, server, number))
            after = {"number": number, "channel": channel, "content": draft.headline, "said": draft.first_line}
            tx.audit(server, who, "share", contest, after=after)
            return Shared(number, again=False)

        return await self._outbox.write(work)


def muted_beside(tx: Tx, post: Post) -> set[str]:
    """Return the ids of the muted sources in a post's server, except for the post's own source.

    A mute of the post's own source stops the post anyway.
    """
    rows = tx.rows("SELECT source FROM mutes WHERE server = ? AND source IS NOT ?", (post.server, post.source))
    return {source for (source,) in rows}
