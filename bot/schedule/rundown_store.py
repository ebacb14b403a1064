"""The morning lists in the database: one a server and day, with its posts, in one transaction."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from bot.database.database import Store, to_micros
from bot.outbox.outbox_store import SentPost, SentPosts
from bot.outbox.rows import Numbers, to_wake
from bot.outbox.rows_store import add_rows, next_numbers
from bot.wording.draft import Draft


class RundownStore(Store):
    """Keeps which day's list has been posted."""

    async def sent(self, message: int) -> list[SentPost]:
        """Return the list that became a message and the edits of it, oldest first; nothing if it is not ours."""
        return await SentPosts(self._database).of(message)

    async def is_done(self, day: str, due: datetime) -> bool:
        """Return True if every server that followed something at `due` has the list of a day (ISO date)."""
        row = await self._database.row(
            """SELECT 1 FROM follows f JOIN servers s ON s.id = f.server AND s.left_at IS NULL
               WHERE f.followed_at <= ? AND f.server NOT IN (SELECT server FROM rundowns WHERE day = ?) LIMIT 1""",
            (to_micros(due), day),
        )
        return row is None

    async def post(self, day: str, drafts: Mapping[tuple[int, int], Draft], now: datetime) -> dict[int, bool]:
        """Store the list of a day for each (server, channel) whose server has none yet; return channels to wake."""

        def work(connection: sqlite3.Connection) -> dict[int, bool]:
            numbers = Numbers(next_numbers(connection))
            fresh = set()
            for server in {server for server, _ in drafts}:
                done = connection.execute(
                    "INSERT INTO rundowns (server, day) VALUES (?, ?) ON CONFLICT DO NOTHING", (server, day)
                )
                if done.rowcount:
                    fresh.add(server)
            posts = [
                numbers.worded(server, channel, draft, now)
                for (server, channel), draft in drafts.items()
                if server in fresh
            ]
            add_rows(connection, posts, self._database.micros(), numbers)
            return to_wake(posts)

        return await self._database.transact(work)


def take_as_listed(connection: sqlite3.Connection, server: int, day: str) -> None:
    """Let the list of a day (ISO date) not be posted in a server, as if it had been."""
    connection.execute("INSERT INTO rundowns VALUES (?, ?) ON CONFLICT DO NOTHING", (server, day))
