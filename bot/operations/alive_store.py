"""What the bot keeps of its own health: when it last lived, what is unsettled, what the on-call contact was told."""

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
"""The operator's own server: what the on-call contact is told belongs to it."""


class AliveStore(PostingStore):
    """What the bot keeps of its own health; each method is one transaction or a few reads. Times: the wall clock's."""

    async def live(self, now: datetime, gap: timedelta | None) -> None:
        """Keep that the bot is alive. After more than `gap` since it last was, keep also that it was down."""

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
        """Return what waits for each channel, the longest wait first, and the doubtful posts."""
        # Not what a newsroom has paused or muted. Of a channel that can't be written to, why is kept with the channel.
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
        """Return how many rows of the outbox are in each state that is not settled."""
        rows = await self._database.rows(
            """SELECT state, count(*) FROM outbox WHERE state IN ('pending', 'sending') GROUP BY 1
               UNION ALL SELECT state, count(*) FROM outbox
               WHERE state IN ('awaiting', 'doubtful') GROUP BY 1"""
        )
        none: dict[str, int] = dict.fromkeys((State.PENDING, State.SENDING, State.AWAITING, State.DOUBTFUL), 0)
        return none | dict(rows)

    async def direct_channel(self, person: int) -> int | None:
        """Return the channel of direct messages with a person, or None if it is not known yet."""
        row = await self._database.row("SELECT channel FROM direct_channels WHERE person = ?", (person,))
        return row[0] if row else None

    async def direct_channels(self) -> list[int]:
        """Return the channels of direct messages that are known."""
        return [channel for (channel,) in await self._database.rows("SELECT channel FROM direct_channels")]

    async def keep_direct_channel(self, person: int, channel: int) -> None:
        """Keep the channel of direct messages with a person."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO direct_channels (person, channel) VALUES (?, ?)", (person, channel)
            )

        await self._database.write(work)

    async def undelivered_since(self, person: int) -> int | None:
        """Return since when a person's channel of direct messages can't be written to, if they were not told of it."""
        row = await self._database.row(
            """SELECT c.closed_since FROM direct_channels d JOIN channels c ON c.id = d.channel
               WHERE d.person = ? AND c.closed_since IS NOT d.told_closed""",
            (person,),
        )
        return row[0] if row else None

    async def keep_told(self, person: int, since: int) -> None:
        """Keep that a person was told that their channel can't be written to since then."""
        await self._database.write(lambda connection: keep_told_closed(connection, person, since))

    async def incidents(self) -> list[Incident]:
        """Return the incidents that are open, and those of which nobody was told yet, oldest first."""
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
        """Keep what begins and what is over, and the message that says so, all or nothing.

        Args:
            begun: what is told to be wrong.
            settled: the incidents that are over.
            draft: what the on-call contact is told; None: nothing.
            channel: the channel of direct messages with them.
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
    """Return when the bot of a database last knew itself to be alive, in microseconds since 1970; None: never.

    Raises:
        sqlite3.Error, ValueError: the database does not say it within so many seconds.

    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=within)) as there:
        ((at,),) = there.execute("SELECT wall_at FROM alive").fetchall()
    return None if at is None else int(at)


def keep_told_closed(connection: sqlite3.Connection, person: int, since: int) -> None:
    """Keep that a person was told that their channel of direct messages can't be written to since then."""
    connection.execute("UPDATE direct_channels SET told_closed = ? WHERE person = ?", (since, person))


def forget_server_links(connection: sqlite3.Connection, server: int) -> None:
    """Delete the channels of direct messages of people who are reminded of nothing any more, of whatever server."""
    del server
    connection.execute("DELETE FROM direct_channels WHERE person NOT IN (SELECT person FROM personal_lead_times)")
