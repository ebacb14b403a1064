"""Readings into the database: in one transaction, with what they changed and the posts they cause."""

import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.count.judgement import CONFIRM_AFTER, HoldReason
from bot.count.reading import Reading
from bot.store.database import Database, fetch, moment, to_micros
from bot.store.holds import EndedHold, say_ended
from bot.store.ledger import Key, Leading, Ledger, beside, load, load_relations
from bot.store.outcomes import load_calls
from bot.store.rows import INSERT_AUDIT, INSERT_OUTBOX, AuditRow, Numbers, OutboxRow, to_json, to_wake


@dataclass(slots=True)
class Writes:
    """What a decision wants stored, table by table, in the order of the decisions."""

    readings: list[tuple[object, ...]] = field(default_factory=list)
    ignored: list[tuple[object, ...]] = field(default_factory=list)
    """Readings that are kept only for their reason, one a time that they claim."""
    contradicted: list[tuple[object, ...]] = field(default_factory=list)
    """(whether the source has shown something else than the held reading since, series)."""
    verdicts: list[tuple[object, ...]] = field(default_factory=list)
    """(verdict, reason, reading id): readings held until now."""
    changes: list[tuple[object, ...]] = field(default_factory=list)
    unit_changes: list[tuple[object, ...]] = field(default_factory=list)
    """(series, unit, reading, votes): each unit that a change moved."""
    lines: list[tuple[object, ...]] = field(default_factory=list)
    """(follow, line, inside): on which side of a line a channel knows the count to be."""
    holds: list[list[object]] = field(default_factory=list)
    settled: list[tuple[object, ...]] = field(default_factory=list)
    series: list[tuple[object, ...]] = field(default_factory=list)
    told: list[tuple[object, ...]] = field(default_factory=list)
    waiting: list[tuple[object, ...]] = field(default_factory=list)
    relations: list[tuple[object, ...]] = field(default_factory=list)
    told_of_hold: list[tuple[object, ...]] = field(default_factory=list)
    """(series): holds that the desk has been told of now."""
    silences: list[tuple[object, ...]] = field(default_factory=list)
    """(server, contest, source, since when it is silent): told now."""
    ahead: list[tuple[object, ...]] = field(default_factory=list)
    """(follow, source, count, figure, statement): what the desk entered and no feed has had."""
    caught_up: list[tuple[object, ...]] = field(default_factory=list)
    """(follow, source, count, figure): a feed has it now, or the source has said something else since."""
    asked_again: list[tuple[object, ...]] = field(default_factory=list)
    """(series, server): desks that wanted to be asked again about a hold, and are now."""
    ended: list[EndedHold] = field(default_factory=list)
    calls: list[tuple[object, ...]] = field(default_factory=list)
    """(contest, source, as of, now, reading, call): what a feed says of the outcome now."""
    outbox: list[OutboxRow] = field(default_factory=list)
    pushes: list[tuple[object, ...]] = field(default_factory=list)
    """What a push caused: its row of `pushes`, so that it is remembered if and only if all of it was stored."""
    audit: list[AuditRow] = field(default_factory=list)


Decide = Callable[[Ledger], Writes]

_SETTLE = """UPDATE holds SET settled_at = ?, outcome = ?, settled_by = ?, settled_in = ?
             WHERE series = ? AND settled_at IS NULL"""
_WRITES = (
    ("readings", "INSERT INTO readings (id, series, as_of, received_at, verdict, reason, body) VALUES (?, ?, ?, ?, ?, ?, ?)"),
    (
        "ignored",
        """INSERT INTO readings (id, series, as_of, received_at, verdict, reason, body) VALUES (?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT DO NOTHING""",
    ),
    ("contradicted", "UPDATE holds SET contradicted = ? WHERE series = ? AND settled_at IS NULL"),
    ("verdicts", "UPDATE readings SET verdict = ?, reason = ? WHERE id = ?"),
    (
        "changes",
        """INSERT INTO changes (reading, before, kind, leader, margin, moved, body, batches) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,
             ?6 + coalesce((SELECT batches FROM changes WHERE reading = ?2), 0))""",
    ),
    ("unit_changes", "INSERT INTO unit_changes (series, unit, reading, votes) VALUES (?, ?, ?, ?)"),
    (
        "lines",
        """INSERT INTO lines_told (follow, line, inside) VALUES (?, ?, ?)
           ON CONFLICT DO UPDATE SET inside = excluded.inside""",
    ),
    ("settled", _SETTLE),
    ("holds", "INSERT INTO holds (series, reading, reason, since, deadline, told, settled_at, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
    ("told_of_hold", "UPDATE holds SET told = 1 WHERE series = ? AND settled_at IS NULL"),
    ("asked_again", "DELETE FROM hold_waits WHERE series = ? AND server = ?"),
    ("series", "UPDATE series SET accepted = ?, leader = ?, changed_at = ?, checked_at = ?, trail = ? WHERE id = ?"),
    (
        "told",
        """INSERT INTO told (follow, series, reading, leader, margin, number, waiting_since, due_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET reading = excluded.reading, leader = excluded.leader, margin = excluded.margin,
             number = excluded.number, waiting_since = excluded.waiting_since, due_at = excluded.due_at""",
    ),
    ("waiting", "UPDATE told SET waiting_since = ?, due_at = ? WHERE follow = ? AND series = ?"),
    (
        "relations",
        """INSERT INTO relations (follow, source, count, relation, posted_leader, posted_margin) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET relation = excluded.relation,
             posted_leader = excluded.posted_leader, posted_margin = excluded.posted_margin""",
    ),
    ("silences", "INSERT INTO silences (server, contest, source, last_updated) VALUES (?, ?, ?, ?)"),
    ("caught_up", "DELETE FROM ahead WHERE (follow, source, count, figure) = (?, ?, ?, ?)"),
    ("ahead", "INSERT INTO ahead (follow, source, count, figure, statement) VALUES (?, ?, ?, ?, ?)"),
    ("pushes", "INSERT INTO pushes (source, id, digest, status, answer, wall_at) VALUES (?, ?, ?, ?, ?, ?)"),
    ("calls", "INSERT INTO calls (contest, source, as_of, said_at, reading, body) VALUES (?, ?, ?, ?, ?, ?)"),
)  # fmt: skip


_CONFIRM = int(CONFIRM_AFTER.total_seconds() * 1_000_000)

MOST_PARSED = 2000
"""Readings that are kept parsed."""

MOST_REFUSALS = 200
"""Reasons that are kept of one source: a feed may be wrong in a new way at every fetch."""


class IntakeStore:
    """Takes in readings."""

    def __init__(self, database: Database, wall: Callable[[], float] = time.time) -> None:
        """Write to `database`; `wall` is the wall clock, in seconds."""
        self._database = database
        self._wall = wall
        self._parsed: dict[int, Reading] = {}
        """The accepted readings of late by id, as they were committed: most are compared with at the next fetch."""

    async def take_in(
        self, keys: Collection[Key], leading: Leading, decide: Decide, callers: Collection[Key] = ()
    ) -> dict[int, bool]:
        """Store what `decide` makes of the present state, all or nothing; return channels to wake.

        Args:
            keys: the series that are read or written.
            leading: which source leads a contest where a server chose one.
            decide: pure; called once, inside the transaction, with the state of those series.
            callers: those of the series whose source says something of the outcome.

        """

        def work(connection: sqlite3.Connection) -> dict[int, bool]:
            ledger = load(connection, keys, leading, self._parsed)
            load_relations(connection, ledger, beside(ledger, keys))
            for source, contest, _ in callers:
                ledger.calls[contest, source] = load_calls(connection, contest, source)
            writes = decide(ledger)
            write(connection, writes, ledger.numbers, self._wall)
            accepted.update(
                (series.accepted_id, series.known.accepted)
                for series in ledger.series.values()
                if series.accepted_id is not None and series.known.accepted is not None
            )
            return to_wake(writes.outbox)

        accepted: dict[int, Reading] = {}
        channels = await self._database.transact(work)
        self._parsed = accepted if len(self._parsed) > MOST_PARSED else self._parsed | accepted
        return channels

    async def checked(self, keys: Collection[Key], now: datetime) -> list[Key]:
        """Keep that some series were asked for and have nothing new; return those of which a reading is held."""
        wanted = to_json([[contest, source, count] for source, contest, count in keys])

        def work(connection: sqlite3.Connection) -> list[Key]:
            connection.execute(
                """UPDATE series SET checked_at = ? WHERE (contest, source, count) IN
                   (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))""",
                (to_micros(now), wanted),
            )
            rows = fetch(
                connection,
                """SELECT s.source, s.contest, s.count FROM holds h JOIN series s ON s.id = h.series
                   WHERE h.settled_at IS NULL""",
            )
            return [key for row in rows if (key := (row[0], row[1], row[2])) in keys]

        return await self._database.transact(work)

    async def refused(self, source: str, reasons: Collection[str], now: datetime) -> None:
        """Keep why parts of a source's answers were refused; of each source the newest 200 reasons."""
        stamp = to_micros(now)

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(
                """INSERT INTO refusals (source, why, first_at, last_at) VALUES (?, ?, ?, ?)
                   ON CONFLICT DO UPDATE SET last_at = excluded.last_at""",
                [(source, why, stamp, stamp) for why in list(reasons)[:MOST_REFUSALS]],
            )
            connection.execute(
                """DELETE FROM refusals WHERE source = ?1 AND why NOT IN
                   (SELECT why FROM refusals WHERE source = ?1 ORDER BY last_at DESC, first_at DESC LIMIT ?2)""",
                (source, MOST_REFUSALS),
            )

        await self._database.transact(work)

    async def due(self, now: datetime) -> list[Key]:
        """Return the series of which something waits in a channel that is due at `now`."""
        rows = await self._database.rows(
            """SELECT DISTINCT s.source, s.contest, s.count FROM told t JOIN series s ON s.id = t.series
               JOIN follows f ON f.id = t.follow JOIN servers v ON v.id = f.server AND v.left_at IS NULL
               WHERE t.due_at <= ?""",
            (to_micros(now),),
        )
        return [(row[0], row[1], row[2]) for row in rows]

    async def holds(self, contest: str) -> list[Key]:
        """Return the series of a contest of which a reading is held."""
        rows = await self._database.rows(
            """SELECT s.source, s.contest, s.count FROM holds h JOIN series s ON s.id = h.series
               WHERE h.settled_at IS NULL AND s.contest = ?""",
            (contest,),
        )
        return [(row[0], row[1], row[2]) for row in rows]

    async def next_confirmation(self, after: datetime) -> datetime | None:
        """Return when a held fall can be confirmed by its source's saying it again, if that is still ahead."""
        row = await self._database.row(
            "SELECT min(since + ?) FROM holds WHERE settled_at IS NULL AND reason = ? AND since + ? > ?",
            (_CONFIRM, HoldReason.FALL, _CONFIRM, to_micros(after)),
        )
        return moment(row[0]) if row else None

    async def overdue_holds(self, now: datetime) -> list[Key]:
        """Return the series of which a reading is held that nothing settled in time, and the desk does not know."""
        rows = await self._database.rows(
            """SELECT s.source, s.contest, s.count FROM holds h JOIN series s ON s.id = h.series
               WHERE h.settled_at IS NULL AND NOT h.told AND h.deadline <= ?""",
            (to_micros(now),),
        )
        return [(row[0], row[1], row[2]) for row in rows]

    async def waited_for(self, now: datetime) -> dict[Key, set[int]]:
        """Return the series with an open hold of which some servers' desks are to be asked again, with those servers."""
        rows = await self._database.rows(
            """SELECT s.source, s.contest, s.count, w.server FROM hold_waits w
               JOIN holds h ON h.series = w.series AND h.since = w.since AND h.settled_at IS NULL
               JOIN series s ON s.id = h.series WHERE w.ask_at <= ?""",
            (to_micros(now),),
        )
        found: dict[Key, set[int]] = {}
        for source, contest, count, server in rows:
            found.setdefault((source, contest, count), set()).add(server)
        return found

    async def next_due(self) -> datetime | None:
        """Return when what waits somewhere, a roll-up or a hold or a desk that is asked again, is due next, or None."""
        row = await self._database.row(
            """SELECT min(due) FROM (
                 SELECT min(due_at) AS due FROM told t JOIN follows f ON f.id = t.follow
                 JOIN servers v ON v.id = f.server AND v.left_at IS NULL WHERE due_at IS NOT NULL UNION ALL
                 SELECT min(deadline) FROM holds WHERE settled_at IS NULL AND NOT told UNION ALL
                 SELECT min(w.ask_at) FROM hold_waits w
                 JOIN holds h ON h.series = w.series AND h.since = w.since AND h.settled_at IS NULL)"""
        )
        return moment(row[0]) if row else None


def write(connection: sqlite3.Connection, writes: Writes, numbers: Numbers, wall: Callable[[], float]) -> None:
    """Store what a decision wants stored, in the transaction under way."""
    for table, sql in _WRITES:
        if rows := getattr(writes, table):
            connection.executemany(sql, rows)
    write_posts(connection, writes.outbox, numbers, wall)
    for ended in writes.ended:
        writes.outbox += say_ended(connection, ended, int(wall() * 1_000_000))
    if writes.audit:
        connection.executemany(INSERT_AUDIT, [row.values() for row in writes.audit])


def write_posts(
    connection: sqlite3.Connection, posts: Sequence[OutboxRow], numbers: Numbers, wall: Callable[[], float]
) -> None:
    """Put posts into the outbox and keep the servers' next numbers, in the transaction under way."""
    if posts:
        stamp = int(wall() * 1_000_000)
        connection.executemany(INSERT_OUTBOX, [post.values(stamp) for post in posts])
        servers = {post.server for post in posts}
        connection.executemany(
            "UPDATE servers SET next_number = ? WHERE id = ?", [(numbers.next_numbers[key], key) for key in servers]
        )
