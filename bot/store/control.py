"""What a newsroom stops, and where its desk is: pauses, mutes, the desk's channel, channels that the public reads."""

import sqlite3
import time
from collections.abc import Callable
from datetime import datetime

from bot.cards.control import Load, Since
from bot.store.database import Database, fetch, from_micros, to_micros
from bot.store.requeue import requeue, to_requeue
from bot.store.rows import INSERT_AUDIT, AuditRow


class ControlStore:
    """Stops and lets go; each method is one transaction or one query."""

    def __init__(self, database: Database, wall: Callable[[], float] = time.time) -> None:
        """Use `database`; `wall` is the wall clock, in seconds."""
        self._database = database
        self._wall = wall

    async def pause(self, server: int, who: str, why: str | None, now: datetime) -> tuple[Since | None, Load]:
        """Hold every post of a server; return since when it was held already, and what waits."""

        def work(connection: sqlite3.Connection) -> tuple[Since | None, Load]:
            before = _paused(connection, server)
            if before is None:
                connection.execute("INSERT INTO servers (id) VALUES (?) ON CONFLICT DO NOTHING", (server,))
                connection.execute(
                    "UPDATE servers SET paused_at = ?, paused_by = ? WHERE id = ?", (to_micros(now), who, server)
                )
                _audit(connection, AuditRow(now, server, who, "desk pause", why, None, {"paused": True}))
            return before, _load(connection, server)

        return await self._database.transact(work)

    async def resume(self, server: int, who: str, why: str | None, now: datetime) -> tuple[Since | None, Load]:
        """Let the posts of a server go; return since when they were held, and what goes out now."""

        def work(connection: sqlite3.Connection) -> tuple[Since | None, Load]:
            before = _paused(connection, server)
            if before:
                connection.execute("UPDATE servers SET paused_at = NULL, paused_by = NULL WHERE id = ?", (server,))
                was = {"paused": True, "at": before.at.isoformat(), "by": before.who}
                _audit(connection, AuditRow(now, server, who, "desk resume", why, was))
            return before, _load(connection, server, muted=False)

        return await self._database.transact(work)

    async def mute(
        self, server: int, source: str, who: str, why: str | None, now: datetime
    ) -> tuple[Since | None, Load]:
        """Hold what tells a source's word in a server; return since when it was held already, and what waits."""

        def work(connection: sqlite3.Connection) -> tuple[Since | None, Load]:
            before = _muted(connection, server, source)
            if before is None:
                connection.execute("INSERT INTO servers (id) VALUES (?) ON CONFLICT DO NOTHING", (server,))
                connection.execute(
                    "INSERT INTO mutes (server, source, muted_by, muted_at) VALUES (?, ?, ?, ?)",
                    (server, source, who, to_micros(now)),
                )
                _audit(connection, AuditRow(now, server, who, "source mute", why, None, {"source": source}))
            return before, _load(connection, server, source)

        return await self._database.transact(work)

    async def unmute(
        self, server: int, source: str, who: str, why: str | None, now: datetime
    ) -> tuple[Since | None, Load, bool]:
        """Let a source's posts go, after all that has gone out since.

        Those never attempted get new rows at the end of the outbox, with new numbers.

        Returns:
            Since when the source was muted; what goes out now; whether the server is paused.

        """

        def work(connection: sqlite3.Connection) -> tuple[Since | None, Load, bool]:
            before = _muted(connection, server, source)
            if before:
                connection.execute("DELETE FROM mutes WHERE server = ? AND source = ?", (server, source))
                requeue(connection, to_requeue(connection, server, source))
                was = {"source": source, "at": before.at.isoformat(), "by": before.who}
                _audit(connection, AuditRow(now, server, who, "source unmute", why, was))
            return before, _load(connection, server, source), _paused(connection, server) is not None

        return await self._database.transact(work)

    async def muted(self, server: int) -> dict[str, Since]:
        """Return the sources that a server muted."""
        rows = await self._database.rows(
            "SELECT source, muted_at, muted_by FROM mutes WHERE server = ? ORDER BY source", (server,)
        )
        return {source: Since(from_micros(at), who) for source, at, who in rows}


def _paused(connection: sqlite3.Connection, server: int) -> Since | None:
    rows = fetch(
        connection, "SELECT paused_at, paused_by FROM servers WHERE id = ? AND paused_at IS NOT NULL", (server,)
    )
    return Since(from_micros(rows[0][0]), rows[0][1]) if rows else None


def _muted(connection: sqlite3.Connection, server: int, source: str) -> Since | None:
    rows = fetch(connection, "SELECT muted_at, muted_by FROM mutes WHERE server = ? AND source = ?", (server, source))
    return Since(from_micros(rows[0][0]), rows[0][1]) if rows else None


def _load(connection: sqlite3.Connection, server: int, source: str | None = None, *, muted: bool = True) -> Load:
    """Return the posts on their way in a server; `source`: those that tell its word; `muted` False: but muted ones."""
    ((waiting, under_way),) = fetch(
        connection,
        """SELECT coalesce(sum(state = 'pending'), 0), coalesce(sum(state = 'sending'), 0) FROM outbox o
           WHERE state IN ('pending', 'sending') AND action = 'post' AND server = ? AND coalesce(source = ?, ? IS NULL)
             AND (? OR NOT EXISTS (SELECT 1 FROM mutes m WHERE m.server = o.server AND m.source = o.source))""",
        (server, source, source, muted),
    )
    return Load(waiting, under_way)


def _audit(connection: sqlite3.Connection, row: AuditRow) -> None:
    connection.execute(INSERT_AUDIT, row.values())
