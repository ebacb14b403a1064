"""The SQL of the intake: the state that a decision starts from (`Ledger`), and what it stores (`Writes`).

Which source leads is a field of each follow (`Follow.leads`): servers share readings, and their editors may have chosen
otherwise.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from bot.count.judgement import (
    CONFIRM_AFTER,
    CONFIRM_THEMSELVES,
    DROPPED,
    UNDONE,
    Hold,
    HoldReason,
    Known,
    LeftNumbers,
    Trail,
)
from bot.count.reading import Reading
from bot.count.relation import PostedMargin
from bot.count.statement import Figure, Statement
from bot.count.worth import ToldMargin
from bot.database.database import fetch, from_micros, moment, to_micros
from bot.feeds.pushes_store import INSERT_PUSH
from bot.follows.follows_store import chosen_in
from bot.follows.preferences import DEFAULT_PREFERENCES, FollowPreferences, preferences_of
from bot.outbox.outbox import Outbox, PostingStore
from bot.outbox.rows import AuditRow, OutboxRow, to_json
from bot.outbox.tx import Tx
from bot.outcomes.outcomes_store import INSERT_FEED_CALL, FeedCalls, load_calls
from bot.tally.holds_store import OTHERS, EndedHold, NewerHeld, say_ended, say_newer, take_undo_away

SeriesKey = tuple[str, str, str]
"""(source, contest, count)."""

_WRITES = (
    (
        "readings",
        "INSERT INTO readings (id, series, as_of, received_at, verdict, reason, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ),
    (
        "ignored",
        """INSERT INTO readings (id, series, as_of, received_at, verdict, reason, body) VALUES (?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT DO NOTHING""",
    ),
    ("contradicted_holds", "UPDATE holds SET contradicted = ? WHERE series = ? AND settled_at IS NULL"),
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
    (
        "settled_holds",
        """UPDATE holds SET settled_at = ?, outcome = ?, settled_by = ?, settled_in = ?
           WHERE series = ? AND settled_at IS NULL""",
    ),
    (
        "opened_holds",
        "INSERT INTO holds (series, reading, reason, since, deadline, told, settled_at, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    ),
    ("notified_holds", "UPDATE holds SET told = 1 WHERE series = ? AND settled_at IS NULL"),
    ("asked_again", "DELETE FROM hold_waits WHERE series = ? AND server = ?"),
    (
        "series",
        "UPDATE series SET accepted = ?, leader = ?, changed_at = ?, checked_at = ?, trail = ?, stood = ? WHERE id = ?",
    ),
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
    ("put_off", "INSERT OR REPLACE INTO put_off (follow, series, due_at) VALUES (?, ?, ?)"),
    ("silences", "INSERT INTO silences (server, contest, source, last_updated) VALUES (?, ?, ?, ?)"),
    ("caught_up", "DELETE FROM ahead WHERE (follow, source, count, figure) = (?, ?, ?, ?)"),
    ("ahead", "INSERT INTO ahead (follow, source, count, figure, statement) VALUES (?, ?, ?, ?, ?)"),
    ("pushes", INSERT_PUSH),
    ("calls", INSERT_FEED_CALL),
)

_CONFIRM_MICROS = CONFIRM_AFTER // timedelta(microseconds=1)

_THEMSELVES = "({})".format(", ".join(f"'{reason.value}'" for reason in CONFIRM_THEMSELVES))

MOST_PARSED = 2000
"""Parsed readings that are kept in memory."""

MOST_REFUSALS = 200
"""Reasons that are kept of one source: a feed may be wrong in a new way at every fetch."""

Leading = Callable[[str, str | None], str | None]
"""Returns the source that leads a contest where a server chose a source (None: it chose none); None: no such contest."""

_UNSENT_STATEMENTS = """
SELECT o.id, o.channel, o.source, s.body ->> 'leader', s.body ->> 'margin'
FROM json_each(?1) w JOIN outbox o INDEXED BY outbox_open ON o.channel = w.value ->> 1
  AND o.state IN ('pending', 'sending') AND o.state = 'pending'
JOIN comparisons c ON c.post = o.id JOIN statements s ON s.id = c.statement
UNION ALL
SELECT o.id, o.channel, o.source, s.body ->> 'leader', s.body ->> 'margin'
FROM json_each(?1) w JOIN outbox o INDEXED BY outbox_awaiting ON o.server = w.value ->> 0 AND o.channel = w.value ->> 1
  AND o.state IN ('awaiting', 'doubtful') AND o.state = 'awaiting'
JOIN comparisons c ON c.post = o.id JOIN statements s ON s.id = c.statement
ORDER BY 1
"""


@dataclass(slots=True)
class Writes:
    """What a decision wants stored, a list for each statement of `_WRITES`, in the order of the decisions."""

    readings: list[tuple[object, ...]] = field(default_factory=list)
    ignored: list[tuple[object, ...]] = field(default_factory=list)
    """Readings that are kept only for their reason, one a time that they claim."""
    verdicts: list[tuple[object, ...]] = field(default_factory=list)
    """(verdict, reason, reading id): readings held until now."""
    changes: list[tuple[object, ...]] = field(default_factory=list)
    unit_changes: list[tuple[object, ...]] = field(default_factory=list)
    """(series, unit, reading, votes): each unit that a change moved."""
    series: list[tuple[object, ...]] = field(default_factory=list)
    opened_holds: list[list[object]] = field(default_factory=list)
    contradicted_holds: list[tuple[object, ...]] = field(default_factory=list)
    """(whether the source has shown something else than the held reading since, series)."""
    settled_holds: list[tuple[object, ...]] = field(default_factory=list)
    notified_holds: list[tuple[object, ...]] = field(default_factory=list)
    """(series): holds that the desk has been told of now."""
    asked_again: list[tuple[object, ...]] = field(default_factory=list)
    """(series, server): desks that wanted to be asked again about a hold, and are now."""
    newer_held: list[NewerHeld] = field(default_factory=list)
    ended_holds: list[EndedHold] = field(default_factory=list)
    told: list[tuple[object, ...]] = field(default_factory=list)
    waiting: list[tuple[object, ...]] = field(default_factory=list)
    relations: list[tuple[object, ...]] = field(default_factory=list)
    put_off: list[tuple[object, ...]] = field(default_factory=list)
    """(follow, series, until when): another source's figures that wait for the end of quiet hours."""
    """(follow, series): what a series says first after a restore was taken as told."""
    lines: list[tuple[object, ...]] = field(default_factory=list)
    """(follow, line, inside): on which side of a line a channel knows the count to be."""
    silences: list[tuple[object, ...]] = field(default_factory=list)
    """(server, contest, source, since when it is silent): told now."""
    ahead: list[tuple[object, ...]] = field(default_factory=list)
    """(follow, source, count, figure, statement): what the desk entered and no feed has had."""
    caught_up: list[tuple[object, ...]] = field(default_factory=list)
    """(follow, source, count, figure): a feed has it now, or the source has said something else since."""
    calls: list[tuple[object, ...]] = field(default_factory=list)
    """(contest, source, as of, now, reading, call): what a feed says of the outcome now."""
    outbox: list[OutboxRow] = field(default_factory=list)
    pushes: list[tuple[object, ...]] = field(default_factory=list)
    """What a push caused: its row of `pushes`, so that it is remembered if and only if all of it was stored."""
    audit: list[AuditRow] = field(default_factory=list)


@dataclass(slots=True)
class Series:
    """What is known of a series, and the ids under which it is stored."""

    id: int
    key: SeriesKey
    known: Known = field(default_factory=Known)
    accepted_id: int | None = None
    stood_id: int | None = None
    """Of `known.stood`."""
    held_id: int | None = None
    """The held reading's."""
    held_is_newest: bool = True
    """False: the source has said something else since, so that "nothing new" does not repeat the held reading."""
    hold_told: bool = False
    """True: the desk has been told of the hold."""
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
    told: ToldMargin
    told_reading: int | None = None
    due_at: datetime | None = None
    """When what waits is rolled up."""
    desk_channel: int | None = None
    """Where the server's desk is asked; None: nowhere."""
    public: bool = False
    """True: the public reads the channel."""
    preferences: FollowPreferences = DEFAULT_PREFERENCES
    leads: str | None = None
    """The source that leads the contest in its server."""

    def due(self, now: datetime) -> bool:
        """Return True if what waits is to be posted now."""
        return self.due_at is not None and self.due_at <= now


@dataclass(frozen=True, slots=True)
class Related:
    """How another source was last said to stand to the margin posted in a channel."""

    relation: str
    posted: tuple[str, int]


@dataclass(frozen=True, slots=True)
class AwaitedFigure:
    """A figure that the desk entered and no feed has had."""

    follow: int
    figure: Figure
    statement_id: int
    statement: Statement


@dataclass(frozen=True, slots=True)
class UnmergeableChange:
    """A change that is never merged away."""

    reading: int
    before: int | None
    kind: Literal["lead_change", "revision"]
    after: Reading
    """What it led to."""


@dataclass(slots=True)
class Ledger:
    """Everything a decision about readings needs, as the transaction finds it."""

    series: dict[SeriesKey, Series]
    follows: dict[SeriesKey, list[Follow]]
    """By series: the contest's follows with what they were told of that series."""
    number: Callable[[int, Hashable], int]
    """Gives the number of a server's next post; the same words, or facts that they are made of, have one (`Tx.number`)."""
    next_reading: int
    related: dict[tuple[int, str, str], Related] = field(default_factory=dict)
    """By (follow, source, count)."""
    unsent: dict[tuple[int, str], tuple[str, int]] = field(default_factory=dict)
    """By (channel, source): the margin of its statement that waits there, and is dropped once it has said another."""
    passed: dict[SeriesKey, list[tuple[str, int]]] = field(default_factory=dict)
    """By series of a source that leads somewhere: margins that it had of late."""
    posted: dict[tuple[int, str], PostedMargin] = field(default_factory=dict)
    """By (follow, count): the margin of the source that leads there as last posted there."""
    ahead: dict[int, list[AwaitedFigure]] = field(default_factory=dict)
    """By follow."""
    lines: dict[tuple[int, str], bool] = field(default_factory=dict)
    """By (follow, `recount` or `majority`): whether the channel knows the count to be inside the line."""
    turns: dict[int, list[UnmergeableChange]] = field(default_factory=dict)
    """By series: lead changes and revisions that wait in some channel for its quiet hours to end, oldest first."""
    others: Callable[[SeriesKey], Sequence[Reading]] = lambda _: ()
    """Reads what other sources have of a count, within the transaction: only what a hold says needs it."""
    calls: dict[tuple[str, str], FeedCalls] = field(default_factory=dict)
    """By (contest, source): what is known of the calls of a source that says something of the outcome."""


DecideIntake = Callable[[Ledger], Writes]


class IntakeStore(PostingStore):
    """Loads what a decision on readings needs, and writes what it decides; each method is one transaction."""

    def __init__(self, outbox: Outbox) -> None:
        super().__init__(outbox)
        self._parsed: dict[int, Reading] = {}
        """The accepted readings of late by id, as they were committed: most are compared with at the next fetch."""

    async def take_in(
        self,
        keys: Collection[SeriesKey],
        leading: Leading,
        decide: DecideIntake,
        callers: Collection[SeriesKey] = (),
        first: Callable[[Tx], None] | None = None,
        *,
        look: bool = False,
    ) -> None:
        """Store what `decide` makes of the present state, all or nothing.

        Args:
            keys: the series that are read or written.
            leading: which source leads a contest where a server chose one.
            decide: pure; called once, inside the transaction, with the state of those series.
            callers: those of the series whose source says something of the outcome.
            first: changes what the state is loaded from.
            look: a preview: all of it is taken back.

        """

        def work(tx: Tx) -> None:
            if first is not None:
                first(tx)
            ledger = load(tx, keys, leading, self._parsed)
            load_relations(tx.connection, ledger, beside(ledger, keys))
            for source, contest, _ in callers:
                ledger.calls[contest, source] = load_calls(tx.connection, contest, source)
            writes = decide(ledger)
            write(tx, writes)
            accepted.update(
                (series.accepted_id, series.known.accepted)
                for series in ledger.series.values()
                if series.accepted_id is not None and series.known.accepted is not None
            )

        accepted: dict[int, Reading] = {}
        if look:
            await self._outbox.rehearse(work)
            return
        await self._outbox.write(work)
        self._parsed = accepted if len(self._parsed) > MOST_PARSED else self._parsed | accepted

    async def checked(self, keys: Collection[SeriesKey], now: datetime) -> list[SeriesKey]:
        """Record that some series were asked for and have nothing new; return those of which a reading is held."""
        wanted = to_json([[contest, source, count] for source, contest, count in keys])

        def work(connection: sqlite3.Connection) -> list[SeriesKey]:
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
            return [key for source, contest, count in rows if (key := (source, contest, count)) in keys]

        return await self._database.write(work)

    async def refused(self, source: str, reasons: Collection[str], now: datetime) -> None:
        """Store why parts of a source's answers were refused; the newest 200 reasons of each source are kept."""
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

        await self._database.write(work)

    async def due(self, now: datetime) -> list[SeriesKey]:
        """Return the series of which something waits in a channel that is due at `now`."""
        rows = await self._database.rows(
            """SELECT DISTINCT s.source, s.contest, s.count FROM told t JOIN series s ON s.id = t.series
               JOIN follows f ON f.id = t.follow JOIN servers v ON v.id = f.server AND v.left_at IS NULL
               WHERE t.due_at <= ?""",
            (to_micros(now),),
        )
        return [(source, contest, count) for source, contest, count in rows]

    async def put_off(self, now: datetime) -> list[SeriesKey]:
        """Return the series of other sources that quiet hours put off until `now` or before."""
        rows = await self._database.rows(
            """SELECT DISTINCT s.source, s.contest, s.count FROM put_off p JOIN series s ON s.id = p.series
               WHERE p.due_at <= ?""",
            (to_micros(now),),
        )
        return [(source, contest, count) for source, contest, count in rows]

    async def key_of(self, series: int) -> SeriesKey | None:
        """Return which series has an id; None: none has."""
        row = await self._database.row("SELECT source, contest, count FROM series WHERE id = ?", (series,))
        return (row[0], row[1], row[2]) if row else None

    async def holds(self, contest: str) -> list[SeriesKey]:
        """Return the series of a contest of which a reading is held."""
        rows = await self._database.rows(
            """SELECT s.source, s.contest, s.count FROM holds h JOIN series s ON s.id = h.series
               WHERE h.settled_at IS NULL AND s.contest = ?""",
            (contest,),
        )
        return [(source, contest, count) for source, contest, count in rows]

    async def next_confirmation(self, after: datetime) -> datetime | None:
        """Return when a held fall can be confirmed by its source's saying it again, if that is still ahead."""
        row = await self._database.row(
            f"SELECT min(since + ?) FROM holds WHERE settled_at IS NULL AND reason IN {_THEMSELVES} AND since + ? > ?",
            (_CONFIRM_MICROS, _CONFIRM_MICROS, to_micros(after)),
        )
        return moment(row[0]) if row else None

    async def overdue_holds(self, now: datetime) -> list[SeriesKey]:
        """Return the series of which a reading is held that nothing settled in time, and the desk does not know."""
        rows = await self._database.rows(
            """SELECT s.source, s.contest, s.count FROM holds h JOIN series s ON s.id = h.series
               WHERE h.settled_at IS NULL AND NOT h.told AND h.deadline <= ?""",
            (to_micros(now),),
        )
        return [(source, contest, count) for source, contest, count in rows]

    async def waited_for(self, now: datetime) -> dict[SeriesKey, set[int]]:
        """Return the series with an open hold of which some servers' desks are to be asked again, with those servers."""
        rows = await self._database.rows(
            """SELECT s.source, s.contest, s.count, w.server FROM hold_waits w
               JOIN holds h ON h.series = w.series AND h.since = w.since AND h.settled_at IS NULL
               JOIN series s ON s.id = h.series WHERE w.ask_at <= ?""",
            (to_micros(now),),
        )
        found: dict[SeriesKey, set[int]] = {}
        for source, contest, count, server in rows:
            found.setdefault((source, contest, count), set()).add(server)
        return found

    async def take_undo_away(self) -> None:
        """Take the button away from notices of holds that can't be undone any more."""
        if await self._database.row("SELECT 1 FROM holds WHERE undo_until < ?", (self._database.micros(),)):
            await self._outbox.write(take_undo_away)

    async def next_due(self) -> datetime | None:
        """Return when what waits somewhere, a roll-up or a hold or a desk that is asked again, is due next, or None."""
        row = await self._database.row(
            """SELECT min(due) FROM (
                 SELECT min(due_at) AS due FROM told t JOIN follows f ON f.id = t.follow
                 JOIN servers v ON v.id = f.server AND v.left_at IS NULL WHERE due_at IS NOT NULL UNION ALL
                 SELECT min(p.due_at) FROM put_off p JOIN follows f ON f.id = p.follow
                 JOIN servers v ON v.id = f.server AND v.left_at IS NULL UNION ALL
                 SELECT min(deadline) FROM holds WHERE settled_at IS NULL AND NOT told UNION ALL
                 SELECT min(w.ask_at) FROM hold_waits w
                 JOIN holds h ON h.series = w.series AND h.since = w.since AND h.settled_at IS NULL)"""
        )
        return moment(row[0]) if row else None


def write(tx: Tx, writes: Writes) -> list[int]:
    """Store what a decision wants stored, in the transaction under way; return the rows of its posts."""
    for name, sql in _WRITES:
        if rows := getattr(writes, name):
            tx.executemany(sql, rows)
    keys = tx.add(writes.outbox)
    for newer in writes.newer_held:
        say_newer(tx, newer)
    for ended in writes.ended_holds:
        say_ended(tx, ended)
    for row in writes.audit:
        tx.audit_row(row)
    return keys


def load(tx: Tx, keys: Collection[SeriesKey], leading: Leading, parsed: Mapping[int, Reading] | None = None) -> Ledger:
    """Return the state of some series and the follows of their contests, in the transaction under way.

    Args:
        tx: the transaction.
        keys: the series; those that are not there yet are made.
        leading: which source leads a contest where a server chose one.
        parsed: readings by id that need not be parsed again; a stored reading never changes.

    """
    wanted = to_json([[contest, source, count] for source, contest, count in keys])
    series = _load_series(tx.connection, wanted, parsed or {})
    if len(series) < len(set(keys)):
        tx.execute(
            """INSERT INTO series (contest, source, count)
               SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING""",
            (wanted,),
        )
        series = _load_series(tx.connection, wanted, parsed or {})
    ((newest,),) = tx.rows("SELECT coalesce(max(id), 0) FROM readings")
    ledger = Ledger(series, {}, tx.number, newest + 1, others=partial(_others, tx.connection))
    _load_follows(tx.connection, ledger, leading)
    _load_turns(tx.connection, ledger)
    _load_ahead(tx.connection, ledger, wanted)
    _load_lines(tx.connection, ledger, wanted)
    return ledger


def load_relations(connection: sqlite3.Connection, ledger: Ledger, keys: Collection[SeriesKey]) -> None:
    """Add to the ledger what it takes to compare series of sources that do not lead with what was posted."""
    if not keys:
        return
    for contest, count in dict.fromkeys((contest, count) for _, contest, count in keys):
        led_by = {one.id: one.leads for key, ours in ledger.follows.items() if key[1] == contest for one in ours}
        for lead in {leads for leads in led_by.values() if leads is not None}:
            _load_posted(connection, ledger, (lead, contest, count), led_by)
    for follow, source, count, relation, posted_leader, posted_margin in fetch(
        connection,
        """SELECT r.follow, r.source, r.count, r.relation, r.posted_leader, r.posted_margin
           FROM relations r JOIN follows f ON f.id = r.follow JOIN json_each(?) w ON w.value = f.contest""",
        (to_json(sorted({contest for _, contest, _ in keys})),),
    ):
        ledger.related[follow, source, count] = Related(relation, (posted_leader, posted_margin))


def load_unsent(connection: sqlite3.Connection, ledger: Ledger) -> None:
    """Add which margins that sources stated wait in the channels that follow the contest."""
    places = {(follow.server, follow.channel) for follows in ledger.follows.values() for follow in follows}
    for _, channel, source, leader, margin in fetch(connection, _UNSENT_STATEMENTS, (to_json(sorted(places)),)):
        ledger.unsent[channel, source] = (leader, margin)


def beside(ledger: Ledger, keys: Collection[SeriesKey]) -> list[SeriesKey]:
    """Return the series of sources that do not lead their contest in some channel that follows it."""
    return [key for key in keys if any(follow.leads != key[0] for follow in ledger.follows.get(key, ()))]


def take_put_off(connection: sqlite3.Connection, now: datetime) -> set[tuple[int, int]]:
    """Return (follow, series) of what quiet hours put off until `now` or before, and put it off no longer."""
    due = (to_micros(now),)
    found = {(row[0], row[1]) for row in fetch(connection, "SELECT follow, series FROM put_off WHERE due_at <= ?", due)}
    connection.execute("DELETE FROM put_off WHERE due_at <= ?", due)
    return found


def leads_in(connection: sqlite3.Connection, server: int, contest: str, leading: Leading) -> str:
    """Return the source that leads a contest in a server; empty where the desk file has no such contest."""
    chosen = chosen_in(connection, server, contest)
    return leading(contest, chosen.source if chosen else None) or ""


def count_of(connection: sqlite3.Connection, series: int | None) -> str:
    """Return which count a series is of."""
    rows = fetch(connection, "SELECT count FROM series WHERE id = ?", (series,))
    return str(rows[0][0]) if rows else "election"


def _load_series(connection: sqlite3.Connection, wanted: str, parsed: Mapping[int, Reading]) -> dict[SeriesKey, Series]:
    rows = fetch(
        connection,
        """SELECT s.id, s.source, s.contest, s.count, s.leader, s.accepted, s.changed_at, s.checked_at,
                  h.reading, h.reason, h.since, h.deadline, h.contradicted, h.told, s.trail,
                  (SELECT x.reading FROM holds x WHERE x.series = s.id AND x.outcome IN (?, ?) AND x.reading > s.accepted
                   ORDER BY x.id DESC LIMIT 1), s.stood
           FROM json_each(?) w
           JOIN series s ON (s.contest, s.source, s.count) = (w.value ->> 0, w.value ->> 1, w.value ->> 2)
           LEFT JOIN holds h ON h.series = s.id AND h.settled_at IS NULL""",
        (DROPPED, UNDONE, wanted),
    )
    stored = [_SeriesRow(*row) for row in rows]
    named = {key for one in stored for key in (one.accepted, one.held, one.dropped, one.stood) if key is not None}
    readings = _load_readings(connection, named, parsed)
    found: dict[SeriesKey, Series] = {}
    for one in stored:
        hold = None
        if one.held is not None:
            hold = Hold(readings[one.held], HoldReason(one.reason), from_micros(one.since), from_micros(one.deadline))
        key = (one.source, one.contest, one.count)
        found[key] = Series(
            id=one.id,
            key=key,
            known=Known(
                readings.get(one.accepted),
                one.leader,
                hold,
                readings.get(one.dropped),
                unpacked(one.trail),
                readings.get(one.stood),
            ),
            accepted_id=one.accepted,
            stood_id=one.stood,
            held_id=one.held,
            held_is_newest=not one.contradicted,
            hold_told=bool(one.hold_told),
            changed_at=moment(one.changed_at),
            checked_at=moment(one.checked_at),
        )
    return found


@dataclass(frozen=True, slots=True)
class _SeriesRow:
    """A row of the query of `_load_series`; a reading is its id, a time is microseconds."""

    id: int
    source: str
    contest: str
    count: str
    leader: str | None
    accepted: int | None
    changed_at: int | None
    checked_at: int | None
    held: int | None
    reason: str
    since: int
    deadline: int
    contradicted: int | None
    hold_told: int | None
    trail: str | None
    dropped: int | None
    stood: int | None


def _load_readings(
    connection: sqlite3.Connection, wanted: set[int], parsed: Mapping[int, Reading]
) -> dict[int | None, Reading]:
    """Return readings by id, those that are parsed already as they are."""
    readings: dict[int | None, Reading] = {key: parsed[key] for key in wanted if key in parsed}
    if missing := wanted - parsed.keys():
        rows = fetch(
            connection,
            "SELECT r.id, r.body FROM json_each(?) w JOIN readings r ON r.id = w.value",
            (to_json(sorted(missing)),),
        )
        readings.update((key, Reading.model_validate_json(body)) for key, body in rows)
    return readings


def _load_follows(connection: sqlite3.Connection, ledger: Ledger, leading: Leading) -> None:
    by_id = {series.id: series for series in ledger.series.values()}
    rows = fetch(
        connection,
        """SELECT s.id, f.id, f.server, f.channel, f.contest, f.least,
                  t.reading, t.leader, t.margin, t.waiting_since, t.due_at,
                  v.desk_channel,
                  EXISTS (SELECT 1 FROM channels c WHERE c.id = f.channel AND c.public), f.preferences, l.source
           FROM json_each(?) w
           JOIN series s ON s.id = w.value
           JOIN follows f ON f.contest = s.contest
           JOIN servers v ON v.id = f.server AND v.left_at IS NULL
           LEFT JOIN leading_sources l ON l.server = f.server AND l.contest = f.contest
           LEFT JOIN told t ON t.follow = f.id AND t.series = s.id
           ORDER BY f.id""",
        (to_json(list(by_id)),),
    )
    for series, key, server, channel, contest, least, reading, leader, margin, waits_since, due_at, *rest in rows:
        desk_channel, public, preferences, chosen = rest
        told_margin = None if margin is None else (leader, margin)
        follow = Follow(
            key,
            server,
            channel,
            contest,
            least,
            ToldMargin(reading is not None, told_margin, moment(waits_since)),
            told_reading=reading,
            due_at=moment(due_at),
            desk_channel=desk_channel,
            public=bool(public),
            preferences=preferences_of(preferences),
            leads=leading(contest, chosen),
        )
        ledger.follows.setdefault(by_id[series].key, []).append(follow)


def _load_turns(connection: sqlite3.Connection, ledger: Ledger) -> None:
    for key, follows in ledger.follows.items():
        waits = [follow for follow in follows if follow.told.waiting_since]
        if not waits:
            continue
        series = ledger.series[key]
        ledger.turns[series.id] = [
            UnmergeableChange(reading, before, kind, Reading.model_validate_json(body))
            for reading, before, kind, body in fetch(
                connection,
                """SELECT c.reading, c.before, c.kind, r.body FROM readings r JOIN changes c ON c.reading = r.id
                   WHERE r.series = ?1 AND r.verdict = 'accepted' AND r.id > ?2 AND c.kind IN ('lead_change', 'revision')
                     AND r.as_of >= coalesce((SELECT as_of FROM readings WHERE id = ?2), 0)
                   ORDER BY r.id""",
                (series.id, min(follow.told_reading or 0 for follow in waits)),
            )
        ]


def _load_ahead(connection: sqlite3.Connection, ledger: Ledger, wanted: str) -> None:
    for follow, figure, key, body in fetch(
        connection,
        """SELECT a.follow, a.figure, a.statement, s.body FROM ahead a
           JOIN statements s ON s.id = a.statement AND s.retracted_at IS NULL
           WHERE s.contest IN (SELECT value ->> 0 FROM json_each(?)) ORDER BY a.follow, a.figure, a.statement DESC""",
        (wanted,),
    ):
        ledger.ahead.setdefault(follow, []).append(
            AwaitedFigure(follow, figure, key, Statement.model_validate_json(body))
        )


def _load_lines(connection: sqlite3.Connection, ledger: Ledger, wanted: str) -> None:
    rows = fetch(
        connection,
        """SELECT l.follow, l.line, l.inside FROM follows f JOIN lines_told l ON l.follow = f.id
           WHERE f.contest IN (SELECT value ->> 0 FROM json_each(?))""",
        (wanted,),
    )
    ledger.lines.update({(follow, line): bool(inside) for follow, line, inside in rows})


def _others(connection: sqlite3.Connection, key: SeriesKey) -> list[Reading]:
    """Return what other sources have of a count, the newest first."""
    source, contest, count = key
    rows = fetch(connection, OTHERS, (contest, count, source))
    return [Reading.model_validate_json(body) for (body,) in rows]


def packed(trail: Trail) -> str | None:
    """Return a trail as it is stored, or None for an empty one."""
    if trail == Trail():
        return None
    returned = None if trail.returned_at is None else to_micros(trail.returned_at)
    return to_json([returned, [[left.numbers, to_micros(left.at)] for left in trail.left]])


def unpacked(stored: str | None) -> Trail:
    """Return a trail that was stored as `packed` has it."""
    if stored is None:
        return Trail()
    returned, left = json.loads(stored)
    return Trail(tuple(LeftNumbers(numbers, from_micros(at)) for numbers, at in left), moment(returned))


def _load_posted(
    connection: sqlite3.Connection, ledger: Ledger, lead: SeriesKey, led_by: Mapping[int, str | None]
) -> None:
    """Add the margins that a leading source had of late, and those posted in the channels where it leads."""
    source, contest, count = lead
    of_late = fetch(
        connection,
        """SELECT c.leader, c.margin, r.as_of, r.body ->> 'total' FROM series s
           JOIN readings r ON r.series = s.id AND r.verdict = 'accepted'
           JOIN changes c ON c.reading = r.id
           WHERE (s.contest, s.source, s.count) = (?, ?, ?) AND c.margin IS NOT NULL
           ORDER BY r.as_of DESC, r.id DESC LIMIT 200""",
        (contest, source, count),
    )
    ledger.passed[lead] = [(leader, margin) for leader, margin, *_ in of_late]
    for follow, number, leader, margin, as_of, total in fetch(
        connection,
        # What a mute keeps from the channel has not been posted.
        """SELECT t.follow, t.number, t.leader, t.margin, r.as_of, r.body ->> 'total' FROM series s
           JOIN told t ON t.series = s.id JOIN readings r ON r.id = t.reading JOIN follows f ON f.id = t.follow
           WHERE (s.contest, s.source, s.count) = (?, ?, ?) AND t.margin IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.server = f.server AND m.source = s.source)""",
        (contest, source, count),
    ):
        if led_by.get(follow) == source:
            posted = PostedMargin(number, leader, margin, from_micros(as_of), total)
            for now_leads, by, at, counted in of_late[:1]:
                if to_micros(posted.as_of) < at and (now_leads, by) == posted.margin_posted:
                    posted = replace(posted, total=counted)
                elif to_micros(posted.as_of) < at:
                    posted = replace(posted, newer=(now_leads, by, from_micros(at)))
            ledger.posted[follow, count] = posted
