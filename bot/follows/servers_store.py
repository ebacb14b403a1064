"""The servers' own rows: follows and their preferences, roles, who may write; each change with its audit row."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.database.database import Database, Row, fetch, from_micros, to_micros
from bot.follows.preferences import DEFAULT_PREFERENCES, FollowPreferences, preferences_of
from bot.outbox.rows import INSERT_AUDIT, AuditRow
from bot.outbox.threads_store import IS_PUBLIC, want
from bot.tally.boards_store import take_down
from bot.tally.intake_store import Leading
from bot.tally.lead_source_store import LeadChoice, chosen_by, chosen_in


@dataclass(frozen=True, slots=True)
class FollowRow:
    """A channel that follows a contest."""

    server: int
    channel: int
    contest: str
    least: int | None
    followed_by: str
    followed_at: datetime
    board: bool = False
    """With a pinned board."""
    taste: FollowPreferences | None = None
    """None, where it is set: as it was, or as everybody is told."""


@dataclass(frozen=True, slots=True)
class FollowThread:
    """The thread of a contest in a channel."""

    thread: int
    """Discord's id."""
    closed: bool
    """It can't be written to."""


class ServerStore:
    """Keeps servers and their follows; each method is one transaction or one query."""

    def __init__(self, database: Database, wall: Callable[[], float] = time.time) -> None:
        """Use `database`; `wall` is the wall clock, in seconds."""
        self._database = database
        self._wall = wall

    def _now(self) -> int:
        return int(self._wall() * 1_000_000)

    async def join(self, server: int) -> None:
        """Know a server that the bot is in."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO servers (id) VALUES (?) ON CONFLICT DO UPDATE SET left_at = NULL WHERE left_at IS NOT NULL",
                (server,),
            )

        await self._database.transact(work)

    async def leave(self, server: int, now: datetime) -> None:
        """Know that the bot left a server, from the first time it is said: nothing is posted there any more."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE servers SET left_at = ? WHERE id = ? AND left_at IS NULL", (to_micros(now), server)
            )
            for few, states, one in (
                ("outbox_open", "'pending', 'sending'", "pending"),
                ("outbox_awaiting", "'awaiting', 'doubtful'", "awaiting"),
            ):
                connection.execute(
                    f"""UPDATE outbox INDEXED BY {few} SET state = 'failed', why = 'the bot left the server'
                        WHERE server = ? AND state IN ({states}) AND state = ?""",  # noqa: S608 - our own names
                    (server, one),
                )

        await self._database.transact(work)

    async def servers(self) -> list[int]:
        """Return the servers that the bot is in; the operator's own, 0, is none."""
        return [row[0] for row in await self._database.rows("SELECT id FROM servers WHERE left_at IS NULL AND id > 0")]

    async def forget(self, left_before: datetime) -> int:
        """Delete all that belongs to servers that the bot left before a time; return how many there were."""
        query, values = "SELECT id FROM servers WHERE left_at < ?", (to_micros(left_before),)

        def work(connection: sqlite3.Connection) -> int:
            rows = fetch(connection, query, values)
            connection.executemany(_FORGET_MESSAGES, rows)
            for table, column in _BELONGS_TO_A_SERVER:
                connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", rows)  # noqa: S608 - our own names
            return len(rows)

        return await self._database.transact(work) if await self._database.rows(query, values) else 0

    async def forget_server(self, server: int, who: str, now: datetime) -> None:
        """Delete all that belongs to a server that the bot is still in; who wanted that is all that is kept.

        Its numbers go on, so that none comes twice in a channel's history.
        """

        def work(connection: sqlite3.Connection) -> None:
            ((number,),) = fetch(
                connection, "SELECT coalesce(max(next_number), 1) FROM servers WHERE id = ?", (server,)
            )
            connection.execute(_FORGET_MESSAGES, (server,))
            for table, column in _BELONGS_TO_A_SERVER:
                connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (server,))  # noqa: S608 - our own names
            connection.execute("INSERT INTO servers (id, next_number) VALUES (?, ?)", (server, number))
            _audit(connection, AuditRow(now, server, who, "desk forget"))

        await self._database.transact(work)

    async def follow(self, row: FollowRow, leading: Leading) -> FollowRow | None:
        """Let a channel follow a contest, from where the source that leads there stands now; return what was before."""
        return await self._database.transact(lambda connection: follow_in(connection, row, leading, self._now()))

    async def unfollow(self, row: FollowRow) -> bool:
        """Let a channel no longer follow a contest; return False if it did not. What waits there goes out."""
        return await self._database.transact(lambda connection: unfollow_in(connection, row, self._now()))

    async def following(self, server: int) -> list[FollowRow]:
        """Return what the channels of a server follow, by channel and contest."""
        rows = await self._database.rows(f"{_FOLLOWS} WHERE server = ? ORDER BY channel, contest", (server,))
        return [_follow_row(row) for row in rows]

    async def follow_keys(self, server: int) -> dict[int, tuple[int, str]]:
        """Return (channel, contest) of each of a server's follows by its key, by channel and contest."""
        rows = await self._database.rows(
            "SELECT id, channel, contest FROM follows WHERE server = ? ORDER BY channel, contest", (server,)
        )
        return {key: (channel, contest) for key, channel, contest in rows}

    async def channels(self, following_at: datetime) -> list[tuple[int, int]]:
        """Return each (server, channel) that followed something at a time, of the servers that the bot is in."""
        rows = await self._database.rows(
            """SELECT DISTINCT f.server, f.channel FROM follows f JOIN servers s ON s.id = f.server
               WHERE s.left_at IS NULL AND f.followed_at <= ? ORDER BY f.server, f.channel""",
            (to_micros(following_at),),
        )
        return [(row[0], row[1]) for row in rows]

    async def with_threads(self) -> set[int]:
        """Return the channels in which something is followed in a thread."""
        rows = await self._database.rows("SELECT DISTINCT channel FROM threads WHERE wanted")
        return {channel for (channel,) in rows}

    async def is_public(self, channel: int) -> bool:
        """Return True if the public reads a channel, or the channel that a thread is in."""
        return await self._database.row(IS_PUBLIC, (channel,)) is not None

    async def know_thread(self, server: int, thread: int, channel: int) -> None:
        """Know which channel a thread is in, which never changes: what holds there holds in the thread."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(
                """INSERT INTO channels (id, server, parent) VALUES (?, ?, ?)
                   ON CONFLICT DO UPDATE SET parent = excluded.parent""",
                (thread, server, channel),
            )

        if await self.channel_of(thread) != channel:
            await self._database.transact(work)

    async def channel_of(self, place: int) -> int:
        """Return the channel that a thread is in, or the place itself where it is no thread that is known."""
        row = await self._database.row("SELECT parent FROM channels WHERE id = ? AND parent IS NOT NULL", (place,))
        return row[0] if row else place

    async def contest_of_thread(self, thread: int) -> str | None:
        """Return the contest for whose posts a thread was opened, or None."""
        row = await self._database.row("SELECT contest FROM threads WHERE thread = ?", (thread,))
        return row[0] if row else None

    async def thread(self, channel: int, contest: str) -> FollowThread | None:
        """Return the thread of a contest in a channel, if one was opened."""
        row = await self._database.row(
            """SELECT t.thread, c.closed_since IS NOT NULL FROM threads t LEFT JOIN channels c ON c.id = t.thread
               WHERE t.channel = ? AND t.contest = ? AND t.thread IS NOT NULL""",
            (channel, contest),
        )
        return FollowThread(row[0], bool(row[1])) if row else None

    async def renew_thread(self, server: int, channel: int, contest: str, who: str, now: datetime) -> dict[int, bool]:
        """Let another thread be opened for a contest where its own can't be written to; return channels to wake."""

        def work(connection: sqlite3.Connection) -> dict[int, bool]:
            follow = _follow(connection, channel, contest)
            if follow is None or follow.taste is None or not follow.taste.thread:
                return {}
            if not want(connection, server, channel, contest, on=True):
                return {}
            after = {"channel": channel, "contest": contest}
            _audit(connection, AuditRow(now, server, who, "thread anew", None, None, after))
            return {channel: False}

        return await self._database.transact(work)

    async def choice(self, server: int, contest: str) -> LeadChoice | None:
        """Return which source a server chose to lead a contest, or None."""
        return await chosen_by(self._database, server, contest)

    async def desk_role(self, server: int) -> int | None:
        """Return the role that may write in a server, or None until one is set."""
        row = await self._database.row("SELECT desk_role FROM servers WHERE id = ?", (server,))
        return row[0] if row else None

    async def set_desk_role(self, server: int, role: int | None, who: str, now: datetime) -> None:
        """Set the role that may write in a server; None: who may manage the server."""

        def work(connection: sqlite3.Connection) -> None:
            rows = fetch(connection, "SELECT desk_role FROM servers WHERE id = ?", (server,))
            connection.execute("UPDATE servers SET desk_role = ? WHERE id = ?", (role, server))
            _audit(connection, AuditRow(now, server, who, "desk role", None, rows[0][0] if rows else None, role))

        await self._database.transact(work)

    async def commands_digest(self) -> str | None:
        """Return the digest of the slash commands that Discord was last given, or None."""
        row = await self._database.row("SELECT commands FROM installation")
        return row[0] if row else None

    async def keep_commands_digest(self, digest: str) -> None:
        """Keep the digest of the slash commands that Discord has now."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE installation SET commands = ?", (digest,))

        await self._database.transact(work)


def follow_in(connection: sqlite3.Connection, row: FollowRow, leading: Leading, wall: int) -> FollowRow | None:
    """Let a channel follow a contest, in the transaction under way; return how it did before, or None."""
    before = _follow(connection, row.channel, row.contest)
    if row.taste is None:
        row = replace(row, taste=before.taste if before else DEFAULT_PREFERENCES)
    taste = row.taste or DEFAULT_PREFERENCES
    connection.execute(
        """INSERT INTO follows (server, channel, contest, least, followed_by, followed_at, board, taste)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET least = excluded.least, board = excluded.board, taste = excluded.taste""",
        (
            row.server, row.channel, row.contest, row.least, row.followed_by, to_micros(row.followed_at),
            int(row.board), None if taste == DEFAULT_PREFERENCES else taste.model_dump_json(),
        ),
    )  # fmt: skip
    moves = want(connection, row.server, row.channel, row.contest, on=taste.thread)
    if moves or not row.board:  # a board goes with the posts: it is posted anew where they go now
        take_down(connection, row.channel, row.contest, row.followed_at, wall)
    chosen = chosen_in(connection, row.server, row.contest)
    connection.execute(
        """INSERT INTO told (follow, series, reading, leader, margin)
           SELECT f.id, s.id, s.accepted, c.leader, c.margin FROM follows f
           JOIN series s ON s.contest = f.contest AND s.source = ?
           JOIN changes c ON c.reading = s.accepted
           WHERE f.channel = ? AND f.contest = ? ON CONFLICT DO NOTHING""",
        (leading(row.contest, chosen.source if chosen else None), row.channel, row.contest),
    )
    _audit(connection, _follow_audit(row, "follow", before))
    return before


def unfollow_in(connection: sqlite3.Connection, row: FollowRow, wall: int) -> bool:
    """Let a channel no longer follow a contest, in the transaction under way; return False if it did not."""
    before = _follow(connection, row.channel, row.contest)
    if before is None:
        return False
    connection.execute("DELETE FROM follows WHERE channel = ? AND contest = ?", (row.channel, row.contest))
    want(connection, row.server, row.channel, row.contest, on=False)
    take_down(connection, row.channel, row.contest, row.followed_at, wall)
    _audit(connection, _follow_audit(row, "unfollow", before))
    return True


_BELONGS_TO_A_SERVER = (
    ("follows", "server"), ("certification_counts", "server"), ("unit_certifications", "server"),
    ("results_certifications", "server"), ("calls", "server"), ("repeated_callers", "server"), ("agreements", "server"),
    ("statements", "server"), ("evidence", "server"),
    ("entries", "server"), ("calendar_entries", "server"), ("proposals", "server"), ("schedule_entries", "server"),
    ("rundowns", "server"), ("silences", "server"), ("source_silences", "server"), ("hold_waits", "server"),
    ("imports", "server"), ("reminder_leads", "server"), ("outbox", "server"), ("pictures", "server"), ("shared_answers", "server"),
    ("restored_channels", "server"), ("mutes", "server"), ("leads", "server"), ("channels", "server"), ("threads", "server"),
    ("boards", "server"), ("audit", "server"), ("servers", "id"),
)  # fmt: skip
"""(table, column), in an order that leaves nothing pointing at what is gone."""

_FORGET_MESSAGES = "DELETE FROM outbox WHERE event IN (SELECT id FROM schedule_entries WHERE server = ?)"
"""What people were told of a server's events by direct message, which belongs to no server."""

_FOLLOWS = "SELECT server, channel, contest, least, followed_by, followed_at, board, taste FROM follows"


def _follow(connection: sqlite3.Connection, channel: int, contest: str) -> FollowRow | None:
    rows = fetch(connection, f"{_FOLLOWS} WHERE channel = ? AND contest = ?", (channel, contest))
    return _follow_row(rows[0]) if rows else None


def _follow_row(row: Row) -> FollowRow:
    server, channel, contest, least, followed_by, followed_at, board, taste = row
    at = from_micros(followed_at)
    return FollowRow(server, channel, contest, least, followed_by, at, bool(board), preferences_of(taste))


def _follow_audit(row: FollowRow, what: str, before: FollowRow | None) -> AuditRow:
    def shown(follow: FollowRow) -> dict[str, object]:
        plain: dict[str, object] = {
            "channel": follow.channel, "contest": follow.contest, "least": follow.least, "board": follow.board,
        }  # fmt: skip
        if follow.taste is not None and follow.taste != DEFAULT_PREFERENCES:
            plain["taste"] = follow.taste.model_dump(mode="json", exclude_defaults=True)
        return plain

    after = shown(row) if what == "follow" else None
    return AuditRow(row.followed_at, row.server, row.followed_by, what, None, before and shown(before), after)


def _audit(connection: sqlite3.Connection, row: AuditRow) -> None:
    connection.execute(INSERT_AUDIT, row.values())
