"""Readings into the database: in one transaction, with what they changed and the posts they cause."""

import sqlite3
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.count.judgement import Hold, HoldReason, Known
from bot.count.posting import Told
from bot.count.reading import Reading
from bot.store.database import Database, fetch, from_micros, moment, to_micros
from bot.store.rows import INSERT_AUDIT, INSERT_OUTBOX, AuditRow, Numbers, OutboxRow, to_json

Key = tuple[str, str, str]
"""(source, contest, count)."""


@dataclass(slots=True)
class Series:
    """What is known of a series, and the ids under which it is stored."""

    id: int
    key: Key
    known: Known = field(default_factory=Known)
    accepted_id: int | None = None
    held_id: int | None = None
    """The held reading's."""
    held_is_newest: bool = True
    """False: the source has said something else since, so that "nothing new" does not repeat the held reading."""
    changed_at: datetime | None = None
    checked_at: datetime | None = None


@dataclass(slots=True)
class Follow:
    """A channel that follows the contest of a series, and what it has been told of it."""

    id: int
    server: int
    channel: int
    contest: str
    least: int | None
    """Post when the margin moved by so many votes; None: by the rule."""
    told: Told
    told_reading: int | None = None
    due_at: datetime | None = None
    """When what waits is rolled up."""

    def due(self, now: datetime) -> bool:
        """Return True if what waits is to be posted now."""
        return self.due_at is not None and self.due_at <= now


@dataclass(frozen=True, slots=True)
class Related:
    """How another source was last said to stand to the margin posted in a channel."""

    relation: str
    posted: tuple[str, int]


@dataclass(frozen=True, slots=True)
class Posted:
    """The leading source's margin as last posted in a channel, or told on following."""

    number: int | None
    leader: str
    margin: int
    as_of: datetime

    @property
    def margin_posted(self) -> tuple[str, int]:
        """(who leads, by how much)."""
        return (self.leader, self.margin)


@dataclass(slots=True)
class Desk:
    """Everything a decision about readings needs, as the transaction finds it."""

    series: dict[Key, Series]
    follows: dict[Key, list[Follow]]
    """By series: the contest's follows with what they were told of that series."""
    numbers: Numbers
    next_reading: int
    related: dict[tuple[int, str], Related] = field(default_factory=dict)
    """By (follow, source)."""
    passed: dict[tuple[str, str], list[tuple[str, int]]] = field(default_factory=dict)
    """By (contest, count): margins that the leading source had of late."""
    posted: dict[tuple[int, str], Posted] = field(default_factory=dict)
    """By (follow, count): the leading source's margin as last posted there."""


@dataclass(slots=True)
class Writes:
    """What a decision wants stored, table by table, in the order of the decisions."""

    readings: list[tuple[object, ...]] = field(default_factory=list)
    verdicts: list[tuple[object, ...]] = field(default_factory=list)
    """(verdict, reason, reading id): readings held until now."""
    changes: list[tuple[object, ...]] = field(default_factory=list)
    holds: list[list[object]] = field(default_factory=list)
    settled: list[tuple[object, ...]] = field(default_factory=list)
    series: list[tuple[object, ...]] = field(default_factory=list)
    told: list[tuple[object, ...]] = field(default_factory=list)
    waiting: list[tuple[object, ...]] = field(default_factory=list)
    relations: list[tuple[object, ...]] = field(default_factory=list)
    told_of_hold: list[tuple[object, ...]] = field(default_factory=list)
    """(series): holds that the desk has been told of now."""
    outbox: list[OutboxRow] = field(default_factory=list)
    audit: list[AuditRow] = field(default_factory=list)


Decide = Callable[[Desk], Writes]

_SETTLE = "UPDATE holds SET settled_at = ?, outcome = ? WHERE series = ? AND settled_at IS NULL"
_WRITES = (
    ("readings", "INSERT INTO readings (id, series, as_of, received_at, verdict, reason, body) VALUES (?, ?, ?, ?, ?, ?, ?)"),
    ("verdicts", "UPDATE readings SET verdict = ?, reason = ? WHERE id = ?"),
    ("changes", "INSERT INTO changes (reading, before, kind, leader, margin, moved, body) VALUES (?, ?, ?, ?, ?, ?, ?)"),
    ("settled", _SETTLE),
    ("holds", "INSERT INTO holds (series, reading, reason, since, deadline, told, settled_at, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
    ("told_of_hold", "UPDATE holds SET told = 1 WHERE series = ? AND settled_at IS NULL"),
    ("series", "UPDATE series SET accepted = ?, leader = ?, changed_at = ?, checked_at = ? WHERE id = ?"),
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
        """INSERT INTO relations (follow, source, relation, posted_leader, posted_margin) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET relation = excluded.relation,
             posted_leader = excluded.posted_leader, posted_margin = excluded.posted_margin""",
    ),
)  # fmt: skip


class IntakeStore:
    """Takes in readings."""

    def __init__(self, database: Database, wall: Callable[[], float] = time.time) -> None:
        """Write to `database`; `wall` is the wall clock, in seconds."""
        self._database = database
        self._wall = wall

    async def take_in(self, keys: Collection[Key], leading: Mapping[str, str], decide: Decide) -> list[int]:
        """Store what `decide` makes of the present state, all or nothing; return the channels that have a post.

        Args:
            keys: the series that are read or written.
            leading: the leading source of each contest among them.
            decide: pure; called once, inside the transaction, with the state of those series.

        """

        def work(connection: sqlite3.Connection) -> list[int]:
            beside = [key for key in keys if leading.get(key[1]) != key[0]]
            desk = load(connection, keys, leading, beside)
            writes = decide(desk)
            self._write(connection, writes, desk.numbers)
            return list({row.channel: None for row in writes.outbox})

        return await self._database.transact(work)

    async def keys_of(self, source: str) -> list[Key]:
        """Return the series of a source that have been read so far."""
        rows = await self._database.rows("SELECT source, contest, count FROM series WHERE source = ?", (source,))
        return [(row[0], row[1], row[2]) for row in rows]

    async def due(self, now: datetime) -> list[Key]:
        """Return the series of which something waits in a channel that is due at `now`."""
        rows = await self._database.rows(
            """SELECT DISTINCT s.source, s.contest, s.count FROM told t JOIN series s ON s.id = t.series
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

    async def overdue_holds(self, now: datetime) -> list[Key]:
        """Return the series of which a reading is held that nothing settled in time, and the desk does not know."""
        rows = await self._database.rows(
            """SELECT s.source, s.contest, s.count FROM holds h JOIN series s ON s.id = h.series
               WHERE h.settled_at IS NULL AND NOT h.told AND h.deadline <= ?""",
            (to_micros(now),),
        )
        return [(row[0], row[1], row[2]) for row in rows]

    async def next_due(self) -> datetime | None:
        """Return when what waits somewhere, a roll-up or a hold, is due next, or None."""
        row = await self._database.row(
            """SELECT min(due) FROM (SELECT min(due_at) AS due FROM told UNION ALL
                 SELECT min(deadline) FROM holds WHERE settled_at IS NULL AND NOT told)"""
        )
        return moment(row[0]) if row else None

    def _write(self, connection: sqlite3.Connection, writes: Writes, numbers: Numbers) -> None:
        for table, sql in _WRITES:
            if rows := getattr(writes, table):
                connection.executemany(sql, rows)
        write_posts(connection, writes.outbox, numbers, self._wall)
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


def next_numbers(connection: sqlite3.Connection) -> dict[int, int]:
    """Return each server's next number, in the transaction under way."""
    return dict(fetch(connection, "SELECT id, next_number FROM servers"))


def load(
    connection: sqlite3.Connection, keys: Collection[Key], leading: Mapping[str, str], relate: Collection[Key] = ()
) -> Desk:
    """Return the state of some series and the follows of their contests, in the transaction under way.

    Args:
        connection: the writer's.
        keys: the series; those that are not there yet are made.
        leading: the leading source of each contest.
        relate: series of sources that do not lead, for which to load what was posted and said of them.

    """
    wanted = to_json([[contest, source, count] for source, contest, count in keys])
    series = _load_series(connection, wanted)
    if len(series) < len(set(keys)):
        connection.execute(
            """INSERT INTO series (contest, source, count)
               SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING""",
            (wanted,),
        )
        series = _load_series(connection, wanted)
    ((newest,),) = fetch(connection, "SELECT coalesce(max(id), 0) FROM readings")
    desk = Desk(series, {}, Numbers(next_numbers(connection)), newest + 1)
    _load_follows(connection, desk)
    if relate:
        _load_relations(connection, desk, relate, leading)
    return desk


def _load_series(connection: sqlite3.Connection, wanted: str) -> dict[Key, Series]:
    rows = fetch(
        connection,
        """SELECT s.id, s.source, s.contest, s.count, s.leader, s.accepted, s.changed_at, s.checked_at, a.body,
                  h.reading, h.reason, h.since, h.deadline, r.body,
                  EXISTS (SELECT 1 FROM readings n WHERE n.id > h.reading AND n.series = s.id)
           FROM json_each(?) w
           JOIN series s ON (s.contest, s.source, s.count) = (w.value ->> 0, w.value ->> 1, w.value ->> 2)
           LEFT JOIN readings a ON a.id = s.accepted
           LEFT JOIN holds h ON h.series = s.id AND h.settled_at IS NULL
           LEFT JOIN readings r ON r.id = h.reading""",
        (wanted,),
    )
    found: dict[Key, Series] = {}
    for row in rows:
        key = (row[1], row[2], row[3])
        accepted = Reading.model_validate_json(row[8]) if row[8] else None
        hold = None
        if row[9] is not None:
            held = Reading.model_validate_json(row[13])
            hold = Hold(held, HoldReason(row[10]), from_micros(row[11]), from_micros(row[12]))
        known = Known(accepted, row[4], hold)
        found[key] = Series(row[0], key, known, row[5], row[9], not row[14], moment(row[6]), moment(row[7]))
    return found


def _load_follows(connection: sqlite3.Connection, desk: Desk) -> None:
    by_id = {series.id: series for series in desk.series.values()}
    rows = fetch(
        connection,
        """SELECT s.id, f.id, f.server, f.channel, f.contest, f.least,
                  t.reading, t.leader, t.margin, t.waiting_since, t.due_at
           FROM json_each(?) w
           JOIN series s ON s.id = w.value
           JOIN follows f ON f.contest = s.contest
           JOIN servers v ON v.id = f.server AND v.left_at IS NULL
           LEFT JOIN told t ON t.follow = f.id AND t.series = s.id
           ORDER BY f.id""",
        (to_json(list(by_id)),),
    )
    for row in rows:
        series = by_id[row[0]]
        margin = None if row[8] is None else (row[7], row[8])
        told = Told(row[6] is not None, margin, moment(row[9]))
        follow = Follow(row[1], row[2], row[3], row[4], row[5], told, row[6])
        follow.due_at = moment(row[10])
        desk.follows.setdefault(series.key, []).append(follow)


def _load_relations(
    connection: sqlite3.Connection, desk: Desk, beside: Collection[Key], leading: Mapping[str, str]
) -> None:
    """Add what is needed to hold sources that do not lead against what was posted."""
    for _, contest, count in beside:
        if (contest, count) in desk.passed:
            continue
        lead = (contest, leading.get(contest), count)
        desk.passed[contest, count] = [
            (row[0], row[1])
            for row in fetch(
                connection,
                """SELECT c.leader, c.margin FROM series s
                   JOIN readings r ON r.series = s.id AND r.verdict = 'accepted'
                   JOIN changes c ON c.reading = r.id
                   WHERE (s.contest, s.source, s.count) = (?, ?, ?) AND c.margin IS NOT NULL
                   ORDER BY r.as_of DESC, r.id DESC LIMIT 200""",
                lead,
            )
        ]
        for follow, number, leader, margin, as_of in fetch(
            connection,
            """SELECT t.follow, t.number, t.leader, t.margin, r.as_of FROM series s
               JOIN told t ON t.series = s.id JOIN readings r ON r.id = t.reading
               WHERE (s.contest, s.source, s.count) = (?, ?, ?) AND t.margin IS NOT NULL""",
            lead,
        ):
            desk.posted[follow, count] = Posted(number, leader, margin, from_micros(as_of))
    for follow, source, relation, posted_leader, posted_margin in fetch(
        connection,
        """SELECT r.follow, r.source, r.relation, r.posted_leader, r.posted_margin
           FROM relations r JOIN follows f ON f.id = r.follow JOIN json_each(?) w ON w.value = f.contest""",
        (to_json(sorted({contest for _, contest, _ in beside})),),
    ):
        desk.related[follow, source] = Related(relation, (posted_leader, posted_margin))
