"""The desk channel of each server, and the channels that are public."""

import sqlite3
from dataclasses import dataclass

from bot.database.database import fetch, to_micros
from bot.errors import BadInputError
from bot.outbox.approval_store import ask_again, release_channel
from bot.outbox.approval_words import Decision
from bot.outbox.outbox import PostingStore
from bot.outbox.servers_store import ensure_server
from bot.outbox.two_person_store import is_two_person_in
from bot.outbox.tx import Tx


@dataclass(frozen=True, slots=True)
class DeskPlacement:
    """The result of setting a server's desk channel: how many questions were posted in it, or why it was not set."""

    refused: tuple[int, ...] = ()
    """Public channels, which can't be the desk's, because of which the request was refused."""
    needs_confirmation: bool = False
    """True if the channel was not set because a second person has to be asked in the present desk channel."""
    questions: int = 0
    """How many open questions were posted in the new channel."""


@dataclass(frozen=True, slots=True)
class PublicChange:
    """The result of marking a channel as public or not public: whether that changed anything, or why it failed."""

    no_desk: bool = False
    """True if the channel was not marked because the server has no desk channel to ask in."""
    is_desk: bool = False
    """True if the channel was not marked because it is the desk's."""
    changed: bool = False
    released: int = 0
    """How many posts no longer wait for Publish."""


class ChannelStore(PostingStore):
    """The database's record of the desk's channel and the public channels.

    Each method is one transaction or one query.
    """

    async def desk_channel(self, server: int) -> int | None:
        """Return the channel in which a server's desk is asked, or None if the server has no desk channel."""
        row = await self._database.row("SELECT desk_channel FROM servers WHERE id = ?", (server,))
        return row[0] if row else None

    async def set_desk_channel(self, server: int, channel: int | None, who: str) -> DeskPlacement:
        """Set the desk's channel, and post the open questions in it."""
        return await self._outbox.write(lambda tx: place_desk(tx, server, channel, who))

    async def set_public(self, server: int, channel: int, who: str, *, public: bool) -> PublicChange:
        """Mark a channel as public or not public.

        When a channel is no longer public, its posts that wait for Publish are released.
        """
        return await self._outbox.write(lambda tx: mark_public(tx, server, channel, who, public=public))


def place_desk(tx: Tx, server: int, channel: int | None, who: str) -> DeskPlacement:
    """Set the desk's channel, in the transaction under way, and post the open questions in it."""
    public = [row[0] for row in tx.rows("SELECT id FROM channels WHERE server = ? AND public ORDER BY id", (server,))]
    if channel in public or (channel is None and public):
        return DeskPlacement(refused=tuple(public))
    ensure_server(tx.connection, server)
    before = _desk_channel(tx.connection, server)
    if before not in (None, channel) and is_two_person_in(tx.connection, server, tx.now):
        return DeskPlacement(needs_confirmation=True)
    tx.execute(
        "UPDATE servers SET desk_since = iif(desk_channel IS NULL, ?, desk_since), desk_channel = ? WHERE id = ?",
        (to_micros(tx.now), channel, server),
    )
    if before != channel:
        tx.audit(server, who, "desk channel", None, before, channel)
    return DeskPlacement(questions=ask_again(tx, server))


def mark_public(tx: Tx, server: int, channel: int, who: str, *, public: bool) -> PublicChange:
    """Mark a channel as public or not public, in the transaction under way (see `ChannelStore.set_public`).

    Raises:
        BadInputError: the channel belongs to another server.
    """
    desk_channel = _desk_channel(tx.connection, server)
    if public and desk_channel in (None, channel):
        return PublicChange(no_desk=desk_channel is None, is_desk=desk_channel == channel)
    before = tx.rows("SELECT public, server FROM channels WHERE id = ?", (channel,))
    if before and before[0][1] != server:
        raise BadInputError("that channel is not in this server")
    changed = public != bool(before and before[0][0])
    if changed:
        tx.execute(
            """INSERT INTO channels (id, server, public) VALUES (?, ?, ?)
               ON CONFLICT DO UPDATE SET public = excluded.public WHERE server = excluded.server""",
            (channel, server, public),
        )
        was, now_is = {"channel": channel, "public": not public}, {"channel": channel, "public": public}
        tx.audit(server, who, "desk public", None, was, now_is)
    if not public:
        return PublicChange(
            changed=changed, released=release_channel(tx, server, channel, Decision("freed", who, tx.now))
        )
    for kind in tx.kinds:
        kind.on_made_public(tx, channel)
    return PublicChange(changed=changed)


def _desk_channel(connection: sqlite3.Connection, server: int) -> int | None:
    rows = fetch(connection, "SELECT desk_channel FROM servers WHERE id = ?", (server,))
    return rows[0][0] if rows else None
