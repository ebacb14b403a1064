"""Pauses and mutes, which hold posts from being claimed, and whatever else stands between a post and its channel.

A mute holds no correction or retraction, which are the newsroom's own word.
"""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from bot.database.database import fetch, from_micros, to_micros
from bot.outbox.merging_store import requeue, to_requeue
from bot.outbox.outbox import PostingStore
from bot.outbox.outbox_words import Delivery
from bot.outbox.servers_store import know_server
from bot.outbox.tx import Tx
from bot.wording.context import source_name
from bot.wording.credit import SetBy

_PAUSED = "SELECT paused_at, paused_by FROM servers WHERE id = ? AND paused_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class PostsWaiting:
    """Posts on their way."""

    waiting: int = 0
    under_way: int = 0
    """Attempted, and not known to have arrived."""


class SuspensionStore(PostingStore):
    """Pauses and mutes posts, and resumes them; each method is one transaction or one query."""

    async def pause(self, server: int, who: str, why: str | None) -> tuple[SetBy | None, PostsWaiting]:
        """Pause posting in a server; return since when it was paused already, or None, and what waits."""

        def work(tx: Tx) -> tuple[SetBy | None, PostsWaiting]:
            before = _paused(tx.connection, server)
            if before is None:
                know_server(tx.connection, server)
                tx.execute(
                    "UPDATE servers SET paused_at = ?, paused_by = ? WHERE id = ?", (to_micros(tx.now), who, server)
                )
                tx.audit(server, who, "pause", why, None, {"paused": True})
            return before, _load(tx, server)

        return await self._outbox.write(work)

    async def ask_to_let_go(self, server: int, who: str, what: str, why: str | None) -> None:
        """Record why somebody wants to resume posts of a server; they are shown the posts first."""
        await self._outbox.write(lambda tx: tx.audit(server, who, what, why))

    async def resume(self, server: int, who: str, why: str | None) -> tuple[SetBy | None, PostsWaiting]:
        """Resume posting in a server; return since when it was paused, and the posts now released."""

        def work(tx: Tx) -> tuple[SetBy | None, PostsWaiting]:
            before = _paused(tx.connection, server)
            if before:
                unpause(tx.connection, server)
                was = {"paused": True, "at": before.at.isoformat(), "by": before.who}
                tx.audit(server, who, "resume", why, was)
            return before, _load(tx, server, muted=False)

        return await self._outbox.write(work)

    async def mute(self, server: int, source: str, who: str) -> PostsWaiting:
        """Mute a source in a server, if it is not muted already; return what waits."""

        def work(tx: Tx) -> PostsWaiting:
            if _muted(tx.connection, server, source) is None:
                know_server(tx.connection, server)
                tx.execute(
                    "INSERT INTO mutes (server, source, muted_by, muted_at) VALUES (?, ?, ?, ?)",
                    (server, source, who, to_micros(tx.now)),
                )
                tx.audit(server, who, "source mute", None, None, {"source": source})
            return _load(tx, server, source)

        return await self._outbox.write(work)

    async def say_why_muted(self, server: int, source: str, who: str, why: str) -> bool:
        """Store why a source is muted; return False if it is not muted, or a reason is stored already."""

        def work(tx: Tx) -> bool:
            said = tx.execute(
                "UPDATE mutes SET why = ? WHERE server = ? AND source = ? AND why IS NULL", (why, server, source)
            )
            if said.rowcount:
                tx.audit(server, who, "source mute why", why, None, {"source": source})
            return bool(said.rowcount)

        return await self._outbox.write(work)

    async def unmute(
        self, server: int, source: str, who: str, why: str | None
    ) -> tuple[SetBy | None, PostsWaiting, bool]:
        """Unmute a source in a server; its posts go out after all that were sent since.

        Those never attempted get new rows at the end of the outbox, with new numbers.

        Returns:
            Since when the source was muted; what goes out now; whether the server is paused.

        """

        def work(tx: Tx) -> tuple[SetBy | None, PostsWaiting, bool]:
            before = _muted(tx.connection, server, source)
            if before:
                unmute_in(tx, server, source)
                was = {"source": source, "at": before.at.isoformat(), "by": before.who}
                tx.audit(server, who, "source unmute", why, was)
            return before, _load(tx, server, source), _paused(tx.connection, server) is not None

        return await self._outbox.write(work)

    async def paused(self, server: int) -> SetBy | None:
        """Return since when posting in a server is paused, and by whom, or None."""
        row = await self._database.row(_PAUSED, (server,))
        return SetBy(from_micros(row[0]), row[1]) if row else None

    async def muted(self, server: int) -> dict[str, SetBy]:
        """Return the sources that a server muted."""
        rows = await self._database.rows(
            "SELECT source, muted_at, muted_by, why FROM mutes WHERE server = ? ORDER BY source", (server,)
        )
        return {source: SetBy(from_micros(at), who, why) for source, at, who, why in rows}

    async def delivery(self, server: int, channels: Collection[int], sources: Collection[str] = ()) -> Delivery:
        """Return what stands between posts and these channels of a server; `sources`: whose word they tell."""
        rows = await self._database.rows(
            f"""SELECT c.id, c.public OR coalesce((SELECT p.public FROM channels p WHERE p.id = c.parent), 0), c.closed_since
                FROM channels c WHERE c.id IN ({", ".join("?" for _ in channels)})""",
            tuple(channels),
        )
        muted = await self.muted(server) if sources else {}
        named = {source: self._outbox.kinds.setting.desk.source(source) for source in sources if source in muted}
        desk = await self._database.row("SELECT desk_channel FROM servers WHERE id = ?", (server,))
        return Delivery(
            tuple(dict.fromkeys(channels)),
            await self.paused(server),
            {source_name(known) if known else source: muted[source] for source, known in named.items()},
            tuple(channel for channel, public, _ in rows if public),
            desk[0] if desk else None,
            tuple(channel for channel, _, closed in rows if closed is not None),
        )


def unpause(connection: sqlite3.Connection, server: int) -> None:
    """Resume posting in a server, in the transaction under way."""
    connection.execute(
        "UPDATE servers SET paused_at = NULL, paused_by = NULL, restored_notice = NULL WHERE id = ?", (server,)
    )


def pause_restored(tx: Tx, server: int, who: str, notice: int | None) -> None:
    """Pause posting in a server after a restore, from now on; the row `notice`, which says so, goes out all the same."""
    tx.execute(
        "UPDATE servers SET paused_at = ?, paused_by = ?, restored_notice = ? WHERE id = ?",
        (to_micros(tx.now), who, notice, server),
    )


def unmute_in(tx: Tx, server: int, source: str) -> None:
    """Unmute a source, in the transaction under way; its posts go out after all that were sent since."""
    tx.execute("DELETE FROM mutes WHERE server = ? AND source = ?", (server, source))
    requeue(tx, to_requeue(tx, server, source))


def _paused(connection: sqlite3.Connection, server: int) -> SetBy | None:
    rows = fetch(connection, _PAUSED, (server,))
    return SetBy(from_micros(rows[0][0]), rows[0][1]) if rows else None


def _muted(connection: sqlite3.Connection, server: int, source: str) -> SetBy | None:
    rows = fetch(
        connection, "SELECT muted_at, muted_by, why FROM mutes WHERE server = ? AND source = ?", (server, source)
    )
    return SetBy(from_micros(rows[0][0]), *rows[0][1:]) if rows else None


def _load(tx: Tx, server: int, source: str | None = None, *, muted: bool = True) -> PostsWaiting:
    """Return the posts on their way in a server; `source`: those that tell its word; `muted` False: but muted ones."""
    ((waiting, under_way),) = tx.rows(
        f"""SELECT coalesce(sum(state = 'pending'), 0), coalesce(sum(state = 'sending'), 0)
           FROM outbox o INDEXED BY outbox_open
           WHERE state IN ('pending', 'sending') AND action = 'post' AND server = ?
             AND (? IS NULL OR (source = ? AND kind NOT IN {tx.kinds.own_words}))
             AND (? OR kind IN {tx.kinds.own_words}
                  OR NOT EXISTS (SELECT 1 FROM mutes m WHERE m.server = o.server AND m.source = o.source))""",
        (server, source, source, muted),
    )
    return PostsWaiting(waiting, under_way)
