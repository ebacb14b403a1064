"""The tables about the bot's own health: the last sign of life, incidents, and channels of direct messages."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from bot.database.database import fetch, from_micros, moment, to_micros
from bot.operations.incidents import Incident, Trouble
from bot.operations.vitals import Doubtful, OutboxVitals, WaitingPosts
from bot.outbox.outbox import PostingStore
from bot.outbox.outbox_store import sendable_sql
from bot.outbox.rows import OutboxRow
from bot.outbox.servers_store import ensure_server
from bot.outbox.states import State
from bot.outbox.tx import Tx
from bot.wording.card import Card

OPERATOR = 0
"""The id of the pseudo-server to which messages to the on-call contact belong."""


class HealthStore(PostingStore):
    """The storage of facts about the bot's own health, and of incidents. All times are by the wall clock."""

    async def record_alive(self, now: datetime, gap: timedelta | None) -> None:
        """Record that the bot is alive.

        If the previous record is older than `gap`, also record an incident: the bot was down. With None, record no
        incident.
        """

        def work(connection: sqlite3.Connection) -> None:
            ((last,),) = fetch(connection, "SELECT wall_at FROM alive")
            if gap is not None and last is not None and now - from_micros(last) > gap:
                connection.execute(
                    "INSERT INTO incidents (kind, subject, wall_since, wall_ended) VALUES ('down', '', ?, ?)",
                    (last, to_micros(now)),
                )
            connection.execute("UPDATE alive SET wall_at = ?", (to_micros(now),))

        await self._database.write(work)

    async def outbox(self) -> OutboxVitals:
        """Return the waiting posts by channel, the doubtful posts, and the unlisted servers.

        An unlisted server is one that the operator no longer lists. The channel whose post has waited longest comes
        first.
        """
        # Paused and muted posts don't count. If the channel can't be written to, the reason stands in its own row.
        waiting = await self._database.rows(
            f"""SELECT o.server, o.channel, w.posts, w.oldest, coalesce(c.closed_why, o.why), c.closed_since IS NOT NULL
                FROM (SELECT min(id) AS first, count(*) AS posts, min(wall_created) AS oldest FROM outbox o
                      WHERE {sendable_sql(self._outbox.kinds)} AND o.action <> 'publish' GROUP BY channel) w
                JOIN outbox o ON o.id = w.first LEFT JOIN channels c ON c.id = o.channel ORDER BY w.oldest"""
        )
        rows = await self._database.rows(
            """SELECT id, server, channel, number, coalesce(wall_last, wall_created)
               FROM outbox WHERE state = 'doubtful' ORDER BY id LIMIT 1000"""
        )
        count = await self._database.row("SELECT count(*) FROM outbox WHERE state = 'doubtful'")
        unlisted = await self._database.rows(
            "SELECT id, unlisted_at FROM servers WHERE unlisted_at IS NOT NULL AND left_at IS NULL ORDER BY id"
        )
        return OutboxVitals(
            tuple(WaitingPosts(row[0], row[1], row[2], from_micros(row[3]), row[4], bool(row[5])) for row in waiting),
            tuple(Doubtful(row[0], row[1], row[2], row[3], from_micros(row[4])) for row in rows),
            count[0] if count else 0,
            tuple((server, from_micros(since)) for server, since in unlisted),
        )

    async def open_rows(self) -> dict[str, int]:
        """Return the number of outbox rows in each open state: pending, sending, awaiting and doubtful."""
        rows = await self._database.rows(
            """SELECT state, count(*) FROM outbox WHERE state IN ('pending', 'sending') GROUP BY 1
               UNION ALL SELECT state, count(*) FROM outbox
               WHERE state IN ('awaiting', 'doubtful') GROUP BY 1"""
        )
        none: dict[str, int] = dict.fromkeys((State.PENDING, State.SENDING, State.AWAITING, State.DOUBTFUL), 0)
        return none | dict(rows)

    async def direct_channel(self, person: int) -> int | None:
        """Return the id of the stored channel of direct messages with a person; None if the bot never opened one."""
        row = await self._database.row("SELECT channel FROM direct_channels WHERE person = ?", (person,))
        return row[0] if row else None

    async def direct_channels(self) -> list[int]:
        """Return the ids of all stored channels of direct messages."""
        return [channel for (channel,) in await self._database.rows("SELECT channel FROM direct_channels")]

    async def store_direct_channel(self, person: int, channel: int) -> None:
        """Store the channel of direct messages with a person."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO direct_channels (person, channel) VALUES (?, ?)", (person, channel)
            )

        await self._database.write(work)

    async def undelivered_since(self, person: int) -> int | None:
        """Return when a person's direct messages began to fail, in microseconds since 1970.

        Returns None if no messages fail, or if the person already knows that they fail.
        """
        row = await self._database.row(
            """SELECT c.closed_since FROM direct_channels d JOIN channels c ON c.id = d.channel
               WHERE d.person = ? AND c.closed_since IS NOT d.told_closed""",
            (person,),
        )
        return row[0] if row else None

    async def record_failure_known_to(self, person: int, since: int) -> None:
        """Record that a person was informed that direct messages to them fail.

        `since` is when the failures began, in microseconds since 1970.
        """
        await self._database.write(lambda connection: record_failure_known(connection, person, since))

    async def incidents(self) -> list[Incident]:
        """Return the incidents that are open or not yet reported, oldest first."""
        rows = await self._database.rows(
            """SELECT id, kind, subject, wall_since, wall_ended FROM incidents
               WHERE wall_ended IS NULL OR wall_told IS NULL ORDER BY id"""
        )
        return [Incident(row[0], row[1], row[2], from_micros(row[3]), moment(row[4])) for row in rows]

    async def tell(
        self,
        begun: Iterable[Trouble],
        settled: Iterable[Incident],
        draft: Card | None,
        channel: int,
        now: datetime,
    ) -> None:
        """Record the incidents that begin and end, and queue the message about them, in one transaction.

        Args:
            begun: the faults that become incidents.
            settled: the incidents that are over.
            draft: the message to the on-call contact, or None to send none.
            channel: the contact's channel of direct messages.
            now: the time.
        """
        stamp = to_micros(now)

        def work(tx: Tx) -> None:
            tx.executemany(
                "INSERT INTO incidents (kind, subject, wall_since, wall_told) VALUES (?, ?, ?, ?)",
                [(one.kind, one.subject, to_micros(one.since), stamp) for one in begun],
            )
            tx.executemany(
                "UPDATE incidents SET wall_ended = coalesce(wall_ended, ?), wall_told = coalesce(wall_told, ?) WHERE id = ?",
                [(stamp, stamp, one.id) for one in settled],
            )
            if draft is not None:
                ensure_server(tx.connection, OPERATOR)
                tx.add([OutboxRow.worded(OPERATOR, channel, tx.number(OPERATOR), draft, now)])

        await self._outbox.write(work)


def last_alive(path: Path, within: float) -> int | None:
    """Return when the bot last recorded in a database that it was alive, in microseconds since 1970.

    Returns None if it never did.

    Args:
        path: the database file.
        within: how many seconds to wait for a locked database.

    Raises:
        sqlite3.Error, ValueError: the database can't be read.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=within)) as connection:
        ((at,),) = connection.execute("SELECT wall_at FROM alive").fetchall()
    return None if at is None else int(at)


def record_failure_known(connection: sqlite3.Connection, person: int, since: int) -> None:
    """Record that a person was informed that direct messages to them fail.

    `since` is when the failures began, in microseconds since 1970.
    """
    connection.execute("UPDATE direct_channels SET told_closed = ? WHERE person = ?", (since, person))


def forget_server_links(connection: sqlite3.Connection, server: int) -> None:
    """Delete the direct-message channels of everyone who no longer has personal reminders in any server."""
    del server
    connection.execute("DELETE FROM direct_channels WHERE person NOT IN (SELECT person FROM personal_lead_times)")
