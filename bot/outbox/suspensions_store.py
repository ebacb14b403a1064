"""Pauses of a server and mutes of a source. The posts that they stop are not claimed.

A mute does not stop corrections and retractions, because they are the newsroom's own.
"""

import sqlite3
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from bot.database.database import fetch, from_micros, to_micros
from bot.outbox.follow_up_store import notify_desk
from bot.outbox.merging_store import posts_to_requeue, requeue
from bot.outbox.outbox import PostingStore
from bot.outbox.outbox_words import Delivery, paused_notice, resumed_notice
from bot.outbox.rows import OutboxRow, Post
from bot.outbox.rows_store import read_post
from bot.outbox.servers_store import ensure_server
from bot.outbox.states import State
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_row
from bot.wording.card import Card
from bot.wording.context import source_name
from bot.wording.credit import SetBy

PauseLength = Literal["10 minutes", "1 hour", "until resumed"]
"""The lengths of a pause among which editors choose."""

_LENGTHS: Mapping[PauseLength, timedelta | None] = {
    "10 minutes": timedelta(minutes=10),
    "1 hour": timedelta(hours=1),
    "until resumed": None,
}

BOT_AUDIT_NAME = "Tallydesk"
"""The name that the audit gives when a pause ends by itself."""

_PAUSED = "SELECT paused_at, paused_by, paused_why, paused_until FROM servers WHERE id = ? AND paused_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class PostsWaiting:
    """The number of posts that were not sent yet, because they wait or are in flight."""

    waiting: int = 0
    under_way: int = 0
    """How many posts were attempted and are not known to have arrived."""


@dataclass(frozen=True, slots=True)
class Pause:
    """The result of pausing a server: the pause that is in force, and the number of posts that wait."""

    paused: SetBy
    """The pause that is now in force."""
    load: PostsWaiting
    """The posts that wait."""
    unchanged: bool = False
    """True if posting was already paused and nothing changed."""
    restored: bool = False
    """True if posting is paused after a restore. The end of that pause can't be set."""


class SuspensionStore(PostingStore):
    """The database's record of pauses and mutes.

    Each method is one transaction or one query.
    """

    async def pause(self, server: int, who: str, why: str | None, length: PauseLength | None = None) -> Pause:
        """Pause posting in a server, and notify its desk.

        `who` and `why` are the person and the reason. Without a `length`, posting is paused until somebody resumes it,
        and an existing pause is not changed. A `length` also replaces the end of an existing pause, except for a pause
        after a restore, which ends with the desk's answer.
        """

        def work(tx: Tx) -> Pause:
            span = _LENGTHS[length] if length else None
            new = SetBy(tx.now, who, why, tx.now + span if span else None)
            before, load = _paused(tx.connection, server), _load(tx, server)
            if before is None:
                ensure_server(tx.connection, server)
                _store_pause(tx, server, new)
                after = {"paused": True, "until": new.until} if new.until else {"paused": True}
                tx.audit(server, who, "pause", why, None, after)
                return Pause(new, load)
            restored = length is not None and _is_restored(tx, server)
            if length is None or before.until == new.until or restored:
                return Pause(before, load, unchanged=True, restored=restored)
            _store_end(tx, server, before, new)
            tx.audit(server, who, "pause until", why, {"until": before.until}, {"until": new.until})
            return Pause(replace(before, until=new.until), load)

        return await self._outbox.write(work)

    async def record_resume_reason(self, server: int, who: str, what: str, why: str | None) -> None:
        """Write an audit row with the reason why somebody wants to resume posting or unmute a source.

        The person is shown the waiting posts before anything is resumed. `what` names the action in the audit.
        """
        await self._outbox.write(lambda tx: tx.audit(server, who, what, why))

    async def resume(self, server: int, who: str, why: str | None) -> tuple[SetBy | None, PostsWaiting]:
        """Resume posting in a server, for the reason `why`.

        Returns the pause that has ended (None if posting was not paused), and how many posts are now released.
        """

        def work(tx: Tx) -> tuple[SetBy | None, PostsWaiting]:
            before = _paused(tx.connection, server)
            if before:
                end_pause(tx, server, who)
                tx.audit(server, who, "resume", why, _audited(before))
            return before, _load(tx, server, muted=False)

        return await self._outbox.write(work)

    async def ended_pauses(self, now: datetime) -> list[int]:
        """Return the servers whose pause should have ended by `now`."""
        rows = await self._database.rows(
            "SELECT id FROM servers WHERE paused_until <= ? AND left_at IS NULL ORDER BY id", (to_micros(now),)
        )
        return [server for (server,) in rows]

    async def next_pause_end(self) -> datetime | None:
        """Return when the next pause ends by itself, or None if no pause has an end."""
        row = await self._database.row("SELECT min(paused_until) FROM servers WHERE left_at IS NULL")
        return from_micros(row[0]) if row and row[0] is not None else None

    async def resume_ended(self, server: int, notice: Callable[[SetBy], Card]) -> bool:
        """Resume posting in a server whose pause is over, and post `notice` in its desk channel.

        Returns False if posting was already resumed, or the end of the pause has been postponed.
        """

        def work(tx: Tx) -> bool:
            paused = _paused(tx.connection, server)
            if paused is None or paused.until is None or paused.until > tx.now:
                return False
            end_pause(tx, server, None)
            tx.audit(server, BOT_AUDIT_NAME, "resume", None, _audited(paused))
            notify_desk(tx, server, notice(paused))
            return True

        return await self._outbox.write(work)

    async def mute(self, server: int, source: str, who: str) -> PostsWaiting:
        """Mute a source in a server, unless it is already muted, and return how many of its posts wait."""

        def work(tx: Tx) -> PostsWaiting:
            if _muted(tx.connection, server, source) is None:
                ensure_server(tx.connection, server)
                tx.execute(
                    "INSERT INTO mutes (server, source, muted_by, muted_at) VALUES (?, ?, ?, ?)",
                    (server, source, who, to_micros(tx.now)),
                )
                tx.audit(server, who, "source mute", None, None, {"source": source})
            return _load(tx, server, source)

        return await self._outbox.write(work)

    async def set_mute_reason(self, server: int, source: str, who: str, why: str) -> bool:
        """Store why a source is muted.

        Returns False if the source is not muted, or already has a reason.
        """

        def work(tx: Tx) -> bool:
            updated = tx.execute(
                "UPDATE mutes SET why = ? WHERE server = ? AND source = ? AND why IS NULL", (why, server, source)
            )
            if updated.rowcount:
                tx.audit(server, who, "source mute why", why, None, {"source": source})
            return bool(updated.rowcount)

        return await self._outbox.write(work)

    async def unmute(
        self, server: int, source: str, who: str, why: str | None
    ) -> tuple[SetBy | None, PostsWaiting, bool]:
        """Unmute a source in a server, and queue its posts again, at the end of the outbox and with new numbers.

        `who` and `why` are the person and the reason, for the audit.

        Returns:
            The mute that has ended, or None if the source was not muted; how many posts are released; and True if the
                server is paused.
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
        """Return who paused posting in a server and when, or None if posting is not paused."""
        row = await self._database.row(_PAUSED, (server,))
        return paused_of(*row) if row else None

    async def muted(self, server: int) -> dict[str, SetBy]:
        """Return who muted each source in a server, and when, by the source's id."""
        rows = await self._database.rows(
            "SELECT source, muted_at, muted_by, why FROM mutes WHERE server = ? ORDER BY source", (server,)
        )
        return {source: SetBy(from_micros(at), who, why) for source, at, who, why in rows}

    async def delivery(self, server: int, channels: Collection[int], sources: Collection[str] = ()) -> Delivery:
        """Return what stops posts to these channels of a server. `sources` are the sources that the posts quote."""
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
        """UPDATE servers SET paused_at = NULL, paused_by = NULL, paused_why = NULL, paused_until = NULL,
           pause_notice = NULL, restored_notice = NULL WHERE id = ?""",
        (server,),
    )


def end_pause(tx: Tx, server: int, who: str | None) -> None:
    """Resume posting in a server, and edit the desk's notice of the pause.

    A notice that was not sent yet is dropped. `who` is None if the pause ended by itself.
    """
    paused, notice = _paused(tx.connection, server), _notice(tx, server)
    unpause(tx.connection, server)
    if paused is None or notice is None:
        return
    if notice.state is State.PENDING:
        drop_row(tx.connection, notice.id, notice.state, "posts were resumed before it was told")
        return
    card = resumed_notice(paused, who, tx.setting, tx.now)
    tx.add([OutboxRow.edit(notice, card, tx.now, buttons=True)])


def pause_restored(tx: Tx, server: int, who: str, notice: int | None) -> None:
    """Pause posting in a server after a restore. Only the outbox row `notice`, about this pause, is still sent.

    A pause that was on in the restored copy continues, but without its end. Entries that staff make during a pause are
    for the newsroom only until posting is resumed.
    """
    tx.execute(
        """UPDATE servers SET paused_at = coalesce(paused_at, ?), paused_by = coalesce(paused_by, ?), paused_until = NULL,
           pause_notice = NULL, restored_notice = ? WHERE id = ?""",
        (to_micros(tx.now), who, notice, server),
    )


def paused_of(at: int, who: str, why: str | None, until: int | None) -> SetBy:
    """Return a pause from the columns paused_at, paused_by, paused_why and paused_until."""
    return SetBy(from_micros(at), who, why, None if until is None else from_micros(until))


def unmute_in(tx: Tx, server: int, source: str) -> None:
    """Unmute a source, in the transaction under way, and queue its posts again at the end of the outbox."""
    tx.execute("DELETE FROM mutes WHERE server = ? AND source = ?", (server, source))
    requeue(tx, posts_to_requeue(tx, server, source))


def _paused(connection: sqlite3.Connection, server: int) -> SetBy | None:
    rows = fetch(connection, _PAUSED, (server,))
    return paused_of(*rows[0]) if rows else None


def _is_restored(tx: Tx, server: int) -> bool:
    return bool(tx.rows("SELECT 1 FROM servers WHERE id = ? AND restored_notice IS NOT NULL", (server,)))


def _store_pause(tx: Tx, server: int, paused: SetBy) -> None:
    """Store a pause of posting, and notify the desk in spite of the pause."""
    notice = notify_desk(tx, server, paused_notice(paused, tx.setting, tx.now))
    until = None if paused.until is None else to_micros(paused.until)
    tx.execute(
        """UPDATE servers SET paused_at = ?, paused_by = ?, paused_why = ?, paused_until = ?, pause_notice = ?
           WHERE id = ?""",
        (to_micros(paused.at), paused.who, paused.why, until, notice, server),
    )


def _store_end(tx: Tx, server: int, paused: SetBy, end: SetBy) -> None:
    """Store the new end of a pause, and edit the desk's notice to show the end and who set it."""
    tx.execute(
        "UPDATE servers SET paused_until = ? WHERE id = ?",
        (None if end.until is None else to_micros(end.until), server),
    )
    if notice := _notice(tx, server):
        card = paused_notice(replace(paused, until=end.until), tx.setting, tx.now, end)
        tx.add([OutboxRow.edit(notice, card, tx.now, buttons=True)])


def _notice(tx: Tx, server: int) -> Post | None:
    """Return the desk's notice that posting is paused, or None if none was posted."""
    ((key,),) = tx.rows("SELECT pause_notice FROM servers WHERE id = ?", (server,))
    return None if key is None else read_post(tx.connection, key)


def _audited(paused: SetBy) -> dict[str, object]:
    """Return the contents of the audit row about a pause that has ended."""
    return {"paused": True, "at": paused.at.isoformat(), "by": paused.who}


def _muted(connection: sqlite3.Connection, server: int, source: str) -> SetBy | None:
    rows = fetch(
        connection, "SELECT muted_at, muted_by, why FROM mutes WHERE server = ? AND source = ?", (server, source)
    )
    return SetBy(from_micros(rows[0][0]), *rows[0][1:]) if rows else None


def _load(tx: Tx, server: int, source: str | None = None, *, muted: bool = True) -> PostsWaiting:
    """Count a server's unsent posts.

    `source`: count only posts that quote this source. `muted`: False excludes posts of muted sources.
    """
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
