"""Stores which channels have got the morning list, for each day."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from bot.database.database import to_micros
from bot.outbox.outbox import PostingStore
from bot.outbox.outbox_store import SentPost, SentPosts
from bot.outbox.rows import OutboxRow
from bot.outbox.tx import Tx
from bot.wording.card import Card


class RundownStore(PostingStore):
    """The storage of the morning lists that were posted, by channel and day."""

    async def sent(self, message: int) -> list[SentPost]:
        """Return the morning list posted as this message, and its edits, oldest first; empty for any other message."""
        return await SentPosts(self._database).of(message)

    async def is_done(self, day: str, due: datetime) -> bool:
        """Return True if every channel that followed a contest at `due` has the list of `day`, an ISO date."""
        row = await self._database.row(
            """SELECT 1 FROM follows f JOIN servers s ON s.id = f.server AND s.left_at IS NULL
               WHERE f.followed_at <= ?1 AND NOT EXISTS (
                 SELECT 1 FROM rundowns r WHERE r.server = f.server AND r.channel IN (0, f.channel) AND r.day = ?2) LIMIT 1""",
            (to_micros(due), day),
        )
        return row is None

    async def post(self, day: str, drafts: Mapping[tuple[int, int], Card], now: datetime) -> None:
        """Queue the list of a day for each (server, channel) in `drafts` that does not have that list yet.

        The posts are dated `now`.
        """

        def work(tx: Tx) -> None:
            posts = [
                OutboxRow.worded(server, channel, tx.number(server, draft.words), draft, now)
                for (server, channel), draft in drafts.items()
                if _begins(tx.connection, server, channel, day)
            ]
            tx.add(posts)

        await self._outbox.write(work)


def _begins(connection: sqlite3.Connection, server: int, channel: int, day: str) -> bool:
    """Mark that a channel has the list of a day. Returns False if the channel was already marked."""
    return bool(
        connection.execute(
            """INSERT INTO rundowns (server, channel, day) SELECT ?1, ?2, ?3
               WHERE NOT EXISTS (SELECT 1 FROM rundowns WHERE server = ?1 AND channel IN (0, ?2) AND day = ?3)""",
            (server, channel, day),
        ).rowcount
    )


def list_again(connection: sqlite3.Connection, server: int, channel: int, day: str) -> None:
    """Request a new list of a day for a channel that did not get the previous one."""
    connection.execute("DELETE FROM rundowns WHERE (server, channel, day) = (?, ?, ?)", (server, channel, day))
