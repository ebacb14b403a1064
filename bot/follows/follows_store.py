"""Stores each server's follows with their preferences, its roles, and its choices of leading source.

Each change writes its audit row in the same transaction.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.database.database import Database, Row, Store, fetch, from_micros, store_commands, to_micros
from bot.errors import BadInputError
from bot.follows.levels import Role, Roles
from bot.follows.preferences import DEFAULT_PREFERENCES, FollowPreferences, FollowThread, preferences_of
from bot.outbox.publishing_store import set_published
from bot.outbox.rows import AuditRow
from bot.outbox.rows_store import INSERT_AUDIT
from bot.outbox.servers_store import ensure_server, join_server, leave_server, record_thread, set_role, suspend_server
from bot.outbox.threads_store import IS_PUBLIC, set_thread
from bot.outbox.tx import Tx
from bot.wording.credit import SetBy

_CHOSEN = "SELECT contest, source, set_at, set_by FROM leading_sources WHERE server = ?"

_FOLLOWS = "SELECT server, channel, contest, least, followed_by, followed_at, board, preferences FROM follows"


@dataclass(frozen=True, slots=True)
class LeadingSourceChoice:
    """The source that a server's editors chose to lead a contest, with the editor and the time of the choice."""

    source: str
    since: SetBy


@dataclass(frozen=True, slots=True)
class FollowRow:
    """A channel's follow of a contest, as stored."""

    server: int
    channel: int
    contest: str
    least: int | None
    followed_by: str
    followed_at: datetime
    board: bool = False
    """True if the channel has a pinned board."""
    preferences: FollowPreferences | None = None
    """The channel's preferences. In a row to be stored, None keeps the current preferences, or sets the defaults
    for a new follow.
    """


class ServerStore(Store):
    """The storage of servers and their follows. Each method is one transaction or one query."""

    async def join(self, server: int) -> None:
        """Record that the bot is a member of a server."""
        await self._database.write(lambda connection: join_server(connection, server))

    async def leave(self, server: int, now: datetime) -> None:
        """Record that the bot left a server, so that nothing more is posted there.

        If this is called again for the same server, the first time is kept.
        """
        await self._database.write(lambda connection: leave_server(connection, server, now))

    async def suspend(self, server: int) -> bool:
        """Stop posting in a server that the operator no longer lists. Returns False if the server is unknown."""
        return await self._database.write(
            lambda connection: suspend_server(connection, server, self._database.micros())
        )

    async def servers(self) -> list[int]:
        """Return the ids of the servers that the bot is in. The operator's own server, 0, is not included."""
        rows = await self._database.rows("SELECT id FROM servers WHERE left_at IS NULL AND id > 0 ORDER BY id")
        return [row[0] for row in rows]

    async def following(self, server: int) -> list[FollowRow]:
        """Return the follows of a server's channels, sorted by channel and contest."""
        rows = await self._database.rows(f"{_FOLLOWS} WHERE server = ? ORDER BY channel, contest", (server,))
        return [_follow_row(row) for row in rows]

    async def follow_keys(self, server: int) -> dict[int, tuple[int, str]]:
        """Return a server's follows as {follow's id: (channel, contest)}, sorted by channel and contest."""
        rows = await self._database.rows(
            "SELECT id, channel, contest FROM follows WHERE server = ? ORDER BY channel, contest", (server,)
        )
        return {key: (channel, contest) for key, channel, contest in rows}

    async def channels(self, following_at: datetime) -> list[tuple[int, int]]:
        """Return the (server, channel) pairs that have followed a contest since `following_at` or earlier.

        Servers that the bot has left are skipped.
        """
        rows = await self._database.rows(
            """SELECT DISTINCT f.server, f.channel FROM follows f JOIN servers s ON s.id = f.server
               WHERE s.left_at IS NULL AND f.followed_at <= ? ORDER BY f.server, f.channel""",
            (to_micros(following_at),),
        )
        return [(row[0], row[1]) for row in rows]

    async def mention_roles(self) -> dict[int, set[int]]:
        """Return the ids of the roles that posts about lead changes mention, by channel."""
        rows = await self._database.rows("SELECT channel, preferences FROM follows WHERE preferences IS NOT NULL")
        roles: dict[int, set[int]] = {}
        for channel, preferences in rows:
            if (role := preferences_of(preferences).mention) is not None:
                roles.setdefault(channel, set()).add(role)
        return roles

    async def thread_channels(self) -> set[int]:
        """Return the channels whose posts about a contest go into a thread."""
        rows = await self._database.rows("SELECT DISTINCT channel FROM threads WHERE wanted")
        return {channel for (channel,) in rows}

    async def is_public(self, channel: int) -> bool:
        """Return True if the public can read a channel, according to the server's settings.

        For a thread, the parent channel decides.
        """
        return await self._database.row(IS_PUBLIC, (channel,)) is not None

    async def record_thread(self, server: int, thread: int, channel: int) -> None:
        """Record the parent channel of a thread, whose settings the thread shares."""
        if await self.channel_of(thread) != channel:
            await self._database.write(lambda connection: record_thread(connection, server, thread, channel))

    async def channel_of(self, place: int) -> int:
        """Return the parent channel of a thread. The id of a channel is returned unchanged."""
        row = await self._database.row("SELECT parent FROM channels WHERE id = ? AND parent IS NOT NULL", (place,))
        return row[0] if row else place

    async def contest_of_thread(self, thread: int) -> str | None:
        """Return the id of the contest that a thread was opened for, or None."""
        row = await self._database.row("SELECT contest FROM threads WHERE thread = ?", (thread,))
        return row[0] if row else None

    async def thread(self, channel: int, contest: str) -> FollowThread | None:
        """Return the thread for a contest in a channel, or None if none was opened."""
        row = await self._database.row(
            """SELECT t.thread, c.closed_since IS NOT NULL FROM threads t LEFT JOIN channels c ON c.id = t.thread
               WHERE t.channel = ? AND t.contest = ? AND t.thread IS NOT NULL""",
            (channel, contest),
        )
        return FollowThread(row[0], bool(row[1])) if row else None

    async def choice(self, server: int, contest: str) -> LeadingSourceChoice | None:
        """Return the source that a server chose to lead a contest, or None if it chose none."""
        return await choice_of(self._database, server, contest)

    async def roles(self, server: int) -> Roles:
        """Return the Discord roles that a server has set for its levels."""
        row = await self._database.row(
            "SELECT reporter_role, desk_role, manager_role FROM servers WHERE id = ?", (server,)
        )
        return Roles(*row) if row else Roles()

    async def set_role(self, server: int, may: Role, role: int | None, who: str, now: datetime) -> None:
        """Set the Discord role that gives members the level `may`: reporter, desk or manager.

        With `role` None, no Discord role gives that level.
        """

        def work(connection: sqlite3.Connection) -> None:
            before = set_role(connection, server, may, role)
            connection.execute(INSERT_AUDIT, AuditRow(now, server, who, f"{may} role", None, before, role).values())

        await self._database.write(work)

    async def commands(self) -> tuple[str | None, dict[str, int]]:
        """Return a digest of the slash commands registered with Discord, or None, and the commands' ids by name."""
        ((digest, ids),) = await self._database.rows("SELECT commands, command_ids FROM installation")
        return digest, json.loads(ids)

    async def store_commands(self, digest: str, ids: Mapping[str, int]) -> None:
        """Store a digest of the slash commands now registered with Discord, and the commands' ids by name."""
        await self._database.write(lambda connection: store_commands(connection, digest, json.dumps(ids)))


def store_follow(tx: Tx, row: FollowRow) -> tuple[FollowRow | None, bool]:
    """Store a follow, in the current transaction.

    Returns:
        The follow that was replaced, or None; and True if its posts move into a thread or out of it.

    Raises:
        BadInputError: the channel belongs to another server.

    """
    before = _follow(tx.connection, row.channel, row.contest)
    if before is not None and before.server != row.server:
        raise BadInputError("that channel is not in this server")
    if row.preferences is None:
        row = replace(row, preferences=before.preferences if before else DEFAULT_PREFERENCES)
    preferences = row.preferences or DEFAULT_PREFERENCES
    tx.execute(
        """INSERT INTO follows (server, channel, contest, least, followed_by, followed_at, board, preferences)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET least = excluded.least, board = excluded.board, preferences = excluded.preferences
           WHERE server = excluded.server""",
        (
            row.server,
            row.channel,
            row.contest,
            row.least,
            row.followed_by,
            to_micros(row.followed_at),
            int(row.board),
            None if preferences == DEFAULT_PREFERENCES else preferences.model_dump_json(),
        ),
    )
    moves = set_thread(tx.connection, row.server, row.channel, row.contest, on=preferences.thread)
    set_published(tx.connection, row.server, row.channel, row.contest, preferences.publish)
    tx.audit_row(_follow_audit(row, "follow", before))
    return before, moves


def renew_thread(tx: Tx, server: int, channel: int, contest: str, who: str) -> bool:
    """Request a new thread for a contest, in the current transaction, if the bot can't post in the old one.

    Returns:
        False if the old thread works, or if the channel does not follow the contest in a thread.

    """
    follow = _follow(tx.connection, channel, contest)
    if follow is None or follow.server != server or follow.preferences is None or not follow.preferences.thread:
        return False
    if not set_thread(tx.connection, server, channel, contest, on=True):
        return False
    tx.audit(server, who, "new thread", None, None, {"channel": channel, "contest": contest})
    return True


def delete_follow(tx: Tx, row: FollowRow) -> bool:
    """Delete a follow, in the current transaction. Returns False if the channel did not follow the contest."""
    before = _follow(tx.connection, row.channel, row.contest)
    if before is None or before.server != row.server:
        return False
    tx.execute(
        "DELETE FROM follows WHERE channel = ? AND contest = ? AND server = ?", (row.channel, row.contest, row.server)
    )
    set_thread(tx.connection, row.server, row.channel, row.contest, on=False)
    set_published(tx.connection, row.server, row.channel, row.contest, ())
    tx.audit_row(_follow_audit(row, "unfollow", before))
    return True


def _follow(connection: sqlite3.Connection, channel: int, contest: str) -> FollowRow | None:
    rows = fetch(connection, f"{_FOLLOWS} WHERE channel = ? AND contest = ?", (channel, contest))
    return _follow_row(rows[0]) if rows else None


def _follow_row(row: Row) -> FollowRow:
    server, channel, contest, least, followed_by, followed_at, board, preferences = row
    at = from_micros(followed_at)
    return FollowRow(server, channel, contest, least, followed_by, at, bool(board), preferences_of(preferences))


def _follow_audit(row: FollowRow, what: str, before: FollowRow | None) -> AuditRow:
    def shown(follow: FollowRow) -> dict[str, object]:
        plain: dict[str, object] = {
            "channel": follow.channel,
            "contest": follow.contest,
            "least": follow.least,
            "board": follow.board,
        }
        if follow.preferences is not None and follow.preferences != DEFAULT_PREFERENCES:
            plain["preferences"] = follow.preferences.model_dump(mode="json", exclude_defaults=True)
        return plain

    after = shown(row) if what == "follow" else None
    return AuditRow(row.followed_at, row.server, row.followed_by, what, None, before and shown(before), after)


async def choice_of(database: Database, server: int, contest: str) -> LeadingSourceChoice | None:
    """Return the source that a server chose to lead a contest, or None if it chose none.

    This runs one query on the database. Inside a transaction, call `choice_in` instead.
    """
    row = await database.row(f"{_CHOSEN} AND contest = ?", (server, contest))
    return _choice(*row[1:]) if row else None


async def all_choices(database: Database) -> list[tuple[int, str, LeadingSourceChoice]]:
    """Return the leading sources that all servers chose, as (server, contest, choice).

    They are sorted by server and contest.
    """
    rows = await database.rows(
        "SELECT server, contest, source, set_at, set_by FROM leading_sources ORDER BY server, contest"
    )
    return [(row[0], row[1], _choice(*row[2:])) for row in rows]


def choice_in(connection: sqlite3.Connection, server: int, contest: str) -> LeadingSourceChoice | None:
    """Read, in the current transaction, the source that a server chose to lead a contest; None if it chose none."""
    rows = fetch(connection, f"{_CHOSEN} AND contest = ?", (server, contest))
    return _choice(*rows[0][1:]) if rows else None


def choices_in(connection: sqlite3.Connection, server: int) -> dict[str, LeadingSourceChoice]:
    """Read, in the current transaction, the leading sources that a server chose, by contest."""
    return {row[0]: _choice(*row[1:]) for row in fetch(connection, f"{_CHOSEN} ORDER BY contest", (server,))}


def store_choice(
    connection: sqlite3.Connection, server: int, contest: str, source: str | None, who: str, now: datetime
) -> None:
    """Store which source leads a contest in a server, in the current transaction.

    None restores the desk file's choice.
    """
    ensure_server(connection, server)
    if source is None:
        connection.execute("DELETE FROM leading_sources WHERE server = ? AND contest = ?", (server, contest))
    else:
        connection.execute(
            """INSERT INTO leading_sources (server, contest, source, set_by, set_at) VALUES (?, ?, ?, ?, ?)
               ON CONFLICT DO UPDATE SET source = excluded.source, set_by = excluded.set_by, set_at = excluded.set_at""",
            (server, contest, source, who, to_micros(now)),
        )


def _choice(source: str, at: int, who: str) -> LeadingSourceChoice:
    return LeadingSourceChoice(source, SetBy(from_micros(at), who))
