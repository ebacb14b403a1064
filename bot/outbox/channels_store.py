"""What channels are for: in which one the desk is told and asked, and which the public reads."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.database.database import Database, fetch
from bot.errors import BadInputError
from bot.outbox.approval_store import ask_again, free
from bot.outbox.approval_words import Decision
from bot.outbox.kinds import Kinds
from bot.outbox.rows import AuditRow, joined_wakes
from bot.outbox.rows_store import INSERT_AUDIT
from bot.outbox.servers_store import know_server
from bot.outbox.two_person_store import asks_two_in


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of setting the desk's channel."""

    refused: tuple[int, ...] = ()
    """Channels that the public reads, because of which it was not set."""
    confirming: bool = False
    """It was not set: a second person confirms, and is asked in the channel that is the desk's now."""
    asked: int = 0
    """How many questions are put there now."""
    wake: Mapping[int, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublicMarked:
    """What became of saying whether the public reads a channel."""

    lacking: bool = False
    """It was not said: the server has no desk channel to ask in."""
    is_desk: bool = False
    """It was not said: the channel is the desk's."""
    changed: bool = False
    freed: int = 0
    """Posts that waited for Publish and go out now."""
    wake: Mapping[int, bool] = field(default_factory=dict)


class ChannelStore:
    """Stores what channels are for; each method is one transaction or one query."""

    def __init__(self, database: Database, kinds: Kinds) -> None:
        """Use `database`; `kinds` are those of posts."""
        self._database = database
        self._kinds = kinds

    async def desk_channel(self, server: int) -> int | None:
        """Return where a server's desk is asked; None: nowhere."""
        row = await self._database.row("SELECT desk_channel FROM servers WHERE id = ?", (server,))
        return row[0] if row else None

    async def set_desk_channel(self, server: int, channel: int | None, who: str, now: datetime) -> Placed:
        """Set where the desk is told and asked; what it has not answered yet, and was not asked there, is asked there."""
        return await self._database.transact(
            lambda connection: place_desk(connection, server, channel, who, now, self._kinds, self._database.micros())
        )

    async def set_public(self, server: int, channel: int, who: str, now: datetime, *, public: bool) -> PublicMarked:
        """Say whether the public reads a channel; once it does not, what waits for Publish there waits no longer."""
        return await self._database.transact(
            lambda connection: mark_public(
                connection, server, channel, who, now, self._kinds, self._database.micros(), public=public
            )
        )


def place_desk(
    connection: sqlite3.Connection, server: int, channel: int | None, who: str, now: datetime, kinds: Kinds, wall: int
) -> Placed:
    """Set where the desk is asked, in the transaction under way."""
    public = [
        row[0]
        for row in fetch(connection, "SELECT id FROM channels WHERE server = ? AND public ORDER BY id", (server,))
    ]
    if channel in public or (channel is None and public):
        return Placed(refused=tuple(public))
    know_server(connection, server)
    before = _desk_channel(connection, server)
    if before not in (None, channel) and asks_two_in(connection, server, now):
        return Placed(confirming=True)
    connection.execute("UPDATE servers SET desk_channel = ? WHERE id = ?", (channel, server))
    if before != channel:
        connection.execute(INSERT_AUDIT, AuditRow(now, server, who, "desk channel", None, before, channel).values())
    asked, wake = ask_again(connection, server, kinds, wall)
    return Placed(asked=asked, wake=wake)


def mark_public(
    connection: sqlite3.Connection,
    server: int,
    channel: int,
    who: str,
    now: datetime,
    kinds: Kinds,
    wall: int,
    *,
    public: bool,
) -> PublicMarked:
    """Say whether the public reads a channel, in the transaction under way.

    Raises:
        BadInputError: the channel is another server's.

    """
    desk_channel = _desk_channel(connection, server)
    if public and desk_channel in (None, channel):
        return PublicMarked(lacking=desk_channel is None, is_desk=desk_channel == channel)
    before = fetch(connection, "SELECT public, server FROM channels WHERE id = ?", (channel,))
    if before and before[0][1] != server:
        raise BadInputError("that channel is not in this server")
    changed = public != bool(before and before[0][0])
    if changed:
        connection.execute(
            """INSERT INTO channels (id, server, public) VALUES (?, ?, ?)
               ON CONFLICT DO UPDATE SET public = excluded.public WHERE server = excluded.server""",
            (channel, server, public),
        )
        was, now_is = {"channel": channel, "public": not public}, {"channel": channel, "public": public}
        connection.execute(INSERT_AUDIT, AuditRow(now, server, who, "desk public", None, was, now_is).values())
    freed, wake = (
        (0, joined_wakes(*(family.made_public(connection, channel, now, wall) for family in kinds.families)))
        if public
        else free(connection, server, channel, kinds, Decision("freed", who, now), wall)
    )
    return PublicMarked(changed=changed, freed=freed, wake=wake)


def _desk_channel(connection: sqlite3.Connection, server: int) -> int | None:
    rows = fetch(connection, "SELECT desk_channel FROM servers WHERE id = ?", (server,))
    return rows[0][0] if rows else None
