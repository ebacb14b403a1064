"""Notices: posts that are about no reading and no statement, written here."""

# ruff: noqa: ARG002 - what follows takes what any family's may need

import sqlite3
from datetime import datetime

from bot.database.database import Store, fetch
from bot.outbox.kinds import Family, Kind
from bot.outbox.rows import Numbers, Post
from bot.outbox.rows_store import add_rows, next_numbers
from bot.wording.draft import Draft


class NoticeStore(Store):
    """Queues notices."""

    async def desk_channel(self, server: int) -> int | None:
        """Return where a server's desk is asked, which the public never reads; None: nobody has said."""
        rows = await self._database.rows("SELECT desk_channel FROM servers WHERE id = ?", (server,))
        return rows[0][0] if rows else None

    async def post(self, server: int, channel: int, draft: Draft, now: datetime) -> None:
        """Queue a notice for a channel; wake the dispatcher afterwards."""

        def work(connection: sqlite3.Connection) -> None:
            numbers = Numbers(next_numbers(connection))
            row = numbers.worded(server, channel, draft, now)
            add_rows(connection, [row], self._database.micros(), numbers)

        await self._database.transact(work)


class Notices(Family):
    """What the desk is told and asked."""

    kinds = (Kind("notice", outside=True),)

    def sent(self, connection: sqlite3.Connection, post: Post, message: int, now: int) -> dict[int, bool]:
        """Wake the channel for the edit of a notice that has waited for it, as where a question was answered meanwhile."""
        edited = fetch(
            connection,
            "SELECT 1 FROM outbox WHERE about = ? AND kind = 'notice' LIMIT 1",
            (post.id,),
        )
        return {post.channel: False} if post.about is not None or edited else {}
