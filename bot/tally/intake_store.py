"""Reads the state that the intake decides from (`Ledger`). The results are stored by `writes_store.py`.

`Follow.leads` has the leading source of each follow: servers share readings, but each server's editors may choose another
leading source.
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
    CONFIRMED_BY_SOURCE,
    DROPPED,
    UNDONE,
    FormerNumbers,
    Hold,
    HoldReason,
    JudgedState,
    Trail,
)
from bot.count.post_threshold import LastPosted
from bot.count.reading import Reading
from bot.count.relation import PostedMargin
from bot.count.statement import Figure, Statement
from bot.database.database import Store, fetch, from_micros, moment, to_micros
from bot.follows.follows_store import choice_in
from bot.follows.preferences import DEFAULT_PREFERENCES, FollowPreferences, preferences_of
from bot.outbox.rows import to_json
from bot.outbox.tx import Tx
from bot.outcomes.outcomes_store import FeedCalls
from bot.tally.holds_store import OTHERS
from bot.tally.watchers_store import watched_in

SeriesKey = tuple[str, str, str]
"""(source, contest, count)."""

_CONFIRM_MICROS = CONFIRM_AFTER // timedelta(microseconds=1)

_THEMSELVES = "({})".format(", ".join(f"'{reason.value}'" for reason in CONFIRMED_BY_SOURCE))

MOST_PARSED = 2000
"""The most parsed readings in memory."""

MOST_REFUSALS = 200
"""The most refusal reasons stored for one source, since a broken feed may give a new one at every fetch."""

Leading = Callable[[str, str | None], str | None]
"""Returns a contest's leading source, given the source that a server chose (or None). None if there is no such
contest.
"""

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
class Series:
    """A series of readings as loaded for a decision, with its database ids."""

    id: int
    key: SeriesKey
    known: JudgedState = field(default_factory=JudgedState)
    accepted_id: int | None = None
    stood_id: int | None = None
    """The id of the reading `known.stood`."""
    held_id: int | None = None
    """The id of the held reading."""
    held_is_newest: bool = True
    """False if the source has shown something else since, so that "nothing new" does not repeat the held reading."""
    hold_told: bool = False
    """True if the desk has been notified of the hold."""
    changed_at: datetime | None = None
    checked_at: datetime | None = None


@dataclass(slots=True)
class Follow:
    """A channel that follows the contest of a series, and the figures of the series last posted in that channel."""

    id: int
    server: int
    channel: int
    contest: str
    least: int | None
    """How many votes the margin has to move for a post; None for the default rule."""
    told: LastPosted
    posted_reading: int | None = None
    due_at: datetime | None = None
    """When waiting changes are due, or None."""
    desk_channel: int | None = None
    """The server's desk channel, or None."""
    public: bool = False
    """True if the channel is public."""
    preferences: FollowPreferences = DEFAULT_PREFERENCES
    leads: str | None = None
    """The source that leads the contest in the channel's server."""

    def due(self, now: datetime) -> bool:
        """Return True if waiting changes are to be posted now."""
        return self.due_at is not None and self.due_at <= now


@dataclass(frozen=True, slots=True)
class Related:
    """The result of the last comparison of another source's margin with the margin posted in a channel."""

    relation: str
    posted: tuple[str, int]


@dataclass(frozen=True, slots=True)
class AwaitedFigure:
    """A figure that the desk entered and that no feed has had yet."""

    follow: int
    figure: Figure
    statement_id: int
    statement: Statement


@dataclass(frozen=True, slots=True)
class UnmergeableChange:
    """A lead change or revision that waits in a channel. It gets its own post, and is not merged into a roll-up."""

    reading: int
    before: int | None
    kind: Literal["lead_change", "revision"]
    after: Reading
    """The reading after the change."""


@dataclass(slots=True)
class Ledger:
    """Everything that a decision about readings needs, as loaded in its transaction."""

    series: dict[SeriesKey, Series]
    follows: dict[SeriesKey, list[Follow]]
    """The follows of each series' contest, with what was posted of that series."""
    number: Callable[[int, Hashable], int]
    """Returns the number of a server's next post. Equal keys (texts, or the facts behind them) get the same number. See
    `Tx.number`.
    """
    next_reading: int
    related: dict[tuple[int, str, str], Related] = field(default_factory=dict)
    """By (follow, source, count): the last comparison with the posted margin."""
    unsent: dict[tuple[int, str], tuple[str, int]] = field(default_factory=dict)
    """By (channel, source): the margin in the source's unsent statement post. It is dropped if the source states
    another.
    """
    passed: dict[SeriesKey, list[tuple[str, int]]] = field(default_factory=dict)
    """By series of a source that leads in some server: its recent margins."""
    posted: dict[tuple[int, str], PostedMargin] = field(default_factory=dict)
    """By (follow, count): the leading source's margin that was last posted in the channel."""
    ahead: dict[int, list[AwaitedFigure]] = field(default_factory=dict)
    """By follow: the desk's figures that no feed has had yet."""
    watched: dict[tuple[int, str], int] = field(default_factory=dict)
    """By (follow, watcher): the value that the channel knows."""
    unmergeable_changes: dict[int, list[UnmergeableChange]] = field(default_factory=dict)
    """By series: lead changes and revisions that wait for some channel's quiet hours to end, oldest first."""
    others: Callable[[SeriesKey], Sequence[Reading]] = lambda _: ()
    """Reads other sources' readings of a count, within the transaction. Only notices of holds need them."""
    calls: dict[tuple[str, str], FeedCalls] = field(default_factory=dict)
    """By (contest, source): the known calls of a source that makes calls."""


class IntakeStore(Store):
    """Reads which series have something due: roll-ups, comparisons, holds."""

    async def due(self, now: datetime) -> list[SeriesKey]:
        """Return the series with changes that wait in some channel and are due at `now`."""
        rows = await self._database.rows(
            """SELECT DISTINCT s.source, s.contest, s.count FROM last_posts t JOIN series s ON s.id = t.series
               JOIN follows f ON f.id = t.follow JOIN servers v ON v.id = f.server AND v.left_at IS NULL
               WHERE t.due_at <= ?""",
            (to_micros(now),),
        )
        return [(source, contest, count) for source, contest, count in rows]

    async def postponed(self, now: datetime) -> list[SeriesKey]:
        """Return the series of sources that don't lead whose comparisons were put off until `now` or before."""
        rows = await self._database.rows(
            """SELECT DISTINCT s.source, s.contest, s.count FROM put_off p JOIN series s ON s.id = p.series
               WHERE p.due_at <= ?""",
            (to_micros(now),),
        )
        return [(source, contest, count) for source, contest, count in rows]

    async def next_confirmation(self, after: datetime) -> datetime | None:
        """Return the next time after `after` at which a source can confirm a reading on hold by repeating it.

        None if no reading on hold can be confirmed in this way.
        """
        row = await self._database.row(
            f"SELECT min(since + ?) FROM holds WHERE settled_at IS NULL AND reason IN {_THEMSELVES} AND since + ? > ?",
            (_CONFIRM_MICROS, _CONFIRM_MICROS, to_micros(after)),
        )
        return moment(row[0]) if row else None

    async def overdue_holds(self, now: datetime) -> list[SeriesKey]:
        """Return the series with a hold that is past its deadline, and about which the desk was not asked yet."""
        rows = await self._database.rows(
            """SELECT s.source, s.contest, s.count FROM holds h JOIN series s ON s.id = h.series
               WHERE h.settled_at IS NULL AND NOT h.told AND h.deadline <= ?""",
            (to_micros(now),),
        )
        return [(source, contest, count) for source, contest, count in rows]

    async def holds_to_ask_again(self, now: datetime) -> dict[SeriesKey, set[int]]:
        """Return the series with an open hold about which desks are to be asked again, and those desks' servers."""
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

    async def has_undo_over(self) -> bool:
        """Return True if a decision can no longer be undone, but its notices still have an Undo button."""
        now = self._database.micros()
        return await self._database.row("SELECT 1 FROM proposals WHERE undo_until < ?", (now,)) is not None

    async def next_due(self) -> datetime | None:
        """Return when the next roll-up, comparison, hold deadline or reminder about a hold is due, or None."""
        row = await self._database.row(
            """SELECT min(due) FROM (
                 SELECT min(due_at) AS due FROM last_posts t JOIN follows f ON f.id = t.follow
                 JOIN servers v ON v.id = f.server AND v.left_at IS NULL WHERE due_at IS NOT NULL UNION ALL
                 SELECT min(p.due_at) FROM put_off p JOIN follows f ON f.id = p.follow
                 JOIN servers v ON v.id = f.server AND v.left_at IS NULL UNION ALL
                 SELECT min(deadline) FROM holds WHERE settled_at IS NULL AND NOT told UNION ALL
                 SELECT min(w.ask_at) FROM hold_waits w
                 JOIN holds h ON h.series = w.series AND h.since = w.since AND h.settled_at IS NULL)"""
        )
        return moment(row[0]) if row else None


def refuse(tx: Tx, source: str, reasons: Sequence[str]) -> frozenset[str]:
    """Store why parts of a source's answer were refused. Returns the reasons that are new.

    The newest 200 reasons for each source are kept.
    """
    stamp = to_micros(tx.now)
    known = {why for (why,) in tx.rows("SELECT why FROM refusals WHERE source = ?", (source,))}
    tx.executemany(
        """INSERT INTO refusals (source, why, first_at, last_at) VALUES (?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET last_at = excluded.last_at""",
        [(source, why, stamp, stamp) for why in reasons[:MOST_REFUSALS]],
    )
    tx.execute(
        """DELETE FROM refusals WHERE source = ?1 AND why NOT IN
           (SELECT why FROM refusals WHERE source = ?1 ORDER BY last_at DESC, first_at DESC LIMIT ?2)""",
        (source, MOST_REFUSALS),
    )
    return frozenset(reasons[:MOST_REFUSALS]) - known


def followers(tx: Tx, contest: str) -> list[int]:
    """Return the ids of the servers that follow a contest, each once."""
    return [server for (server,) in tx.rows("SELECT DISTINCT server FROM follows WHERE contest = ?", (contest,))]


def checked(tx: Tx, keys: Collection[SeriesKey]) -> list[SeriesKey]:
    """Record that a source had nothing new for the series `keys`. Returns those of `keys` with a reading on hold."""
    tx.execute(
        """UPDATE series SET checked_at = ? WHERE (contest, source, count) IN
           (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?))""",
        (to_micros(tx.now), to_json([[contest, source, count] for source, contest, count in keys])),
    )
    rows = tx.rows(
        """SELECT s.source, s.contest, s.count FROM holds h JOIN series s ON s.id = h.series
           WHERE h.settled_at IS NULL"""
    )
    return [key for source, contest, count in rows if (key := (source, contest, count)) in keys]


def key_of(tx: Tx, series: int) -> list[SeriesKey]:
    """Return the key of a series by its id, as a list; empty if there is none."""
    rows = tx.rows("SELECT source, contest, count FROM series WHERE id = ?", (series,))
    return [(source, contest, count) for source, contest, count in rows]


def load(tx: Tx, keys: Collection[SeriesKey], parsed: Mapping[int, Reading] | None = None) -> Ledger:
    """Return the state of some series and the follows of their contests, within a transaction.

    Args:
        tx: the transaction.
        keys: the series; missing ones are created.
        parsed: readings by id that need not be parsed again; a stored reading never changes.
    """
    wanted = to_json([[contest, source, count] for source, contest, count in keys])
    series = _load_series(tx, wanted, parsed or {})
    if len(series) < len(set(keys)):
        tx.execute(
            """INSERT INTO series (contest, source, count)
               SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING""",
            (wanted,),
        )
        series = _load_series(tx, wanted, parsed or {})
    ((newest,),) = tx.rows("SELECT coalesce(max(id), 0) FROM readings")
    ledger = Ledger(series, {}, tx.number, newest + 1, others=partial(_others, tx.connection))
    _load_follows(tx, ledger)
    _load_unmergeable(tx, ledger)
    _load_awaited_figures(tx, ledger, wanted)
    ledger.watched = watched_in(tx.connection, to_json(sorted({contest for _, contest, _ in keys})))
    return ledger


def load_relations(connection: sqlite3.Connection, ledger: Ledger, keys: Collection[SeriesKey]) -> None:
    """Add to the ledger the data for comparing series of other sources with the posted margins."""
    if not keys:
        return
    for contest, count in dict.fromkeys((contest, count) for _, contest, count in keys):
        led_by = {one.id: one.leads for key, ours in ledger.follows.items() if key[1] == contest for one in ours}
        for lead in {leads for leads in led_by.values() if leads is not None}:
            _load_posted(connection, ledger, (lead, contest, count), led_by)
    for follow, source, count, relation, posted_leader, posted_margin in fetch(
        connection,
        """SELECT r.follow, r.source, r.count, r.relation, r.posted_leader, r.posted_margin
           FROM relations r JOIN follows f ON f.id = r.follow JOIN json_each(?) w ON w.value = f.contest
           WHERE r.struck IS NULL""",
        (to_json(sorted({contest for _, contest, _ in keys})),),
    ):
        ledger.related[follow, source, count] = Related(relation, (posted_leader, posted_margin))


def load_unsent(connection: sqlite3.Connection, ledger: Ledger) -> None:
    """Add to the ledger the margins in statement posts that were not sent yet."""
    places = {(follow.server, follow.channel) for follows in ledger.follows.values() for follow in follows}
    for _, channel, source, leader, margin in fetch(connection, _UNSENT_STATEMENTS, (to_json(sorted(places)),)):
        ledger.unsent[channel, source] = (leader, margin)


def beside(ledger: Ledger, keys: Collection[SeriesKey]) -> list[SeriesKey]:
    """Return those of `keys` whose contest is followed by a channel in which another source leads."""
    return [key for key in keys if any(follow.leads != key[0] for follow in ledger.follows.get(key, ()))]


def take_postponed(connection: sqlite3.Connection, now: datetime) -> set[tuple[int, int]]:
    """Delete the comparisons that were put off until `now` or before. Returns them as (follow, series)."""
    due = (to_micros(now),)
    found = {(row[0], row[1]) for row in fetch(connection, "SELECT follow, series FROM put_off WHERE due_at <= ?", due)}
    connection.execute("DELETE FROM put_off WHERE due_at <= ?", due)
    return found


def leads_in(connection: sqlite3.Connection, server: int, contest: str, leading: Leading) -> str:
    """Return the source that leads a contest in a server, or "" if the desk file has no such contest."""
    chosen = choice_in(connection, server, contest)
    return leading(contest, chosen.source if chosen else None) or ""


def count_of(connection: sqlite3.Connection, series: int | None) -> str:
    """Return the count (election, audit, recount) that a series of readings belongs to."""
    rows = fetch(connection, "SELECT count FROM series WHERE id = ?", (series,))
    return str(rows[0][0]) if rows else "election"


def _load_series(tx: Tx, wanted: str, parsed: Mapping[int, Reading]) -> dict[SeriesKey, Series]:
    stored = tx.rows(
        """SELECT s.id, s.source, s.contest, s.count, s.leader, s.accepted, s.changed_at, s.checked_at,
                  h.reading AS held, h.reason, h.since, h.deadline, h.contradicted, h.told AS hold_told, s.trail,
                  (SELECT x.reading FROM holds x WHERE x.series = s.id AND x.outcome IN (?, ?) AND x.reading > s.accepted
                   ORDER BY x.id DESC LIMIT 1) AS dropped, s.stood
           FROM json_each(?) w
           JOIN series s ON (s.contest, s.source, s.count) = (w.value ->> 0, w.value ->> 1, w.value ->> 2)
           LEFT JOIN holds h ON h.series = s.id AND h.settled_at IS NULL""",
        (DROPPED, UNDONE, wanted),
        _SeriesRow,
    )
    named = {key for one in stored for key in (one.accepted, one.held, one.dropped, one.stood) if key is not None}
    readings = _load_readings(tx, named, parsed)
    found: dict[SeriesKey, Series] = {}
    for one in stored:
        hold = None
        if one.held is not None:
            hold = Hold(readings[one.held], HoldReason(one.reason), from_micros(one.since), from_micros(one.deadline))
        key = (one.source, one.contest, one.count)
        found[key] = Series(
            id=one.id,
            key=key,
            known=JudgedState(
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
    """A row of the query in `_load_series`. Readings are ids, and times are microseconds."""

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


def _load_readings(tx: Tx, wanted: set[int], parsed: Mapping[int, Reading]) -> dict[int | None, Reading]:
    """Return readings by id. Those in `parsed` are not parsed again."""
    readings: dict[int | None, Reading] = {key: parsed[key] for key in wanted if key in parsed}
    if missing := wanted - parsed.keys():
        rows = tx.rows(
            "SELECT r.id, r.body FROM json_each(?) w JOIN readings r ON r.id = w.value", (to_json(sorted(missing)),)
        )
        readings.update((key, Reading.model_validate_json(body)) for key, body in rows)
    return readings


@dataclass(frozen=True, slots=True)
class _FollowRow:
    """A row of the query in `_load_follows`. Times are microseconds."""

    series: int
    follow: int
    server: int
    channel: int
    contest: str
    least: int | None
    reading: int | None
    leader: str
    margin: int | None
    waiting_since: int | None
    due_at: int | None
    desk_channel: int | None
    public: int
    preferences: str
    chosen: str | None
    """The source that the server chose to lead."""


def _load_follows(tx: Tx, ledger: Ledger) -> None:
    by_id = {series.id: series for series in ledger.series.values()}
    rows = tx.rows(
        """SELECT s.id AS series, f.id AS follow, f.server, f.channel, f.contest, f.least,
                  t.reading, t.leader, t.margin, t.waiting_since, t.due_at,
                  v.desk_channel,
                  EXISTS (SELECT 1 FROM channels c WHERE c.id = f.channel AND c.public) AS public,
                  f.preferences, l.source AS chosen
           FROM json_each(?) w
           JOIN series s ON s.id = w.value
           JOIN follows f ON f.contest = s.contest
           JOIN servers v ON v.id = f.server AND v.left_at IS NULL
           LEFT JOIN leading_sources l ON l.server = f.server AND l.contest = f.contest
           LEFT JOIN last_posts t ON t.follow = f.id AND t.series = s.id
           ORDER BY f.id""",
        (to_json(list(by_id)),),
        _FollowRow,
    )
    for row in rows:
        if by_id[row.series].key[0] in tx.setting.inside(row.server):
            continue
        told_margin = None if row.margin is None else (row.leader, row.margin)
        follow = Follow(
            row.follow,
            row.server,
            row.channel,
            row.contest,
            row.least,
            LastPosted(row.reading is not None, told_margin, moment(row.waiting_since)),
            posted_reading=row.reading,
            due_at=moment(row.due_at),
            desk_channel=row.desk_channel,
            public=bool(row.public),
            preferences=preferences_of(row.preferences),
            leads=tx.setting.desk.leading(row.contest, row.chosen),
        )
        ledger.follows.setdefault(by_id[row.series].key, []).append(follow)


def _load_unmergeable(tx: Tx, ledger: Ledger) -> None:
    for key, follows in ledger.follows.items():
        waits = [follow for follow in follows if follow.told.waiting_since]
        if not waits:
            continue
        series = ledger.series[key]
        rows = tx.rows(
            """SELECT c.reading, c.before, c.kind, r.body FROM readings r JOIN changes c ON c.reading = r.id
               WHERE r.series = ?1 AND r.verdict = 'accepted' AND r.id > ?2 AND c.kind IN ('lead_change', 'revision')
                 AND r.as_of >= coalesce((SELECT as_of FROM readings WHERE id = ?2), 0)
               ORDER BY r.id""",
            (series.id, min(follow.posted_reading or 0 for follow in waits)),
        )
        ledger.unmergeable_changes[series.id] = [
            UnmergeableChange(reading, before, kind, Reading.model_validate_json(body))
            for reading, before, kind, body in rows
        ]


def _load_awaited_figures(tx: Tx, ledger: Ledger, wanted: str) -> None:
    rows = tx.rows(
        """SELECT a.follow, a.figure, a.statement, s.body FROM ahead a
           JOIN statements s ON s.id = a.statement AND s.retracted_at IS NULL
           WHERE s.contest IN (SELECT value ->> 0 FROM json_each(?)) ORDER BY a.follow, a.figure, a.statement DESC""",
        (wanted,),
    )
    for follow, figure, statement, body in rows:
        said = Statement.model_validate_json(body)
        ledger.ahead.setdefault(follow, []).append(AwaitedFigure(follow, figure, statement, said))


def _others(connection: sqlite3.Connection, key: SeriesKey) -> list[Reading]:
    """Return the accepted readings of the sources other than that of `key`, for the same count, newest first."""
    source, contest, count = key
    rows = fetch(connection, OTHERS, (contest, count, source))
    return [Reading.model_validate_json(body) for (body,) in rows]


def packed(trail: Trail) -> str | None:
    """Return a trail as the JSON to store, or None for an empty one."""
    if trail == Trail():
        return None
    returned = None if trail.returned_at is None else to_micros(trail.returned_at)
    return to_json([returned, [[left.numbers, to_micros(left.at)] for left in trail.left]])


def unpacked(stored: str | None) -> Trail:
    """Return the trail that `packed` stored."""
    if stored is None:
        return Trail()
    returned, left = json.loads(stored)
    return Trail(tuple(FormerNumbers(numbers, from_micros(at)) for numbers, at in left), moment(returned))


def _load_posted(
    connection: sqlite3.Connection, ledger: Ledger, lead: SeriesKey, led_by: Mapping[int, str | None]
) -> None:
    """Add to the ledger a leading source's recent margins, and those posted in the channels where it leads.

    `led_by` has the leading source of each follow.
    """
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
    for follow, number, leader, margin, as_of, total, held in fetch(
        connection,
        # What a mute keeps from the channel has not been posted.
        """SELECT t.follow, t.number, t.leader, t.margin, r.as_of, r.body ->> 'total',
             EXISTS (SELECT 1 FROM holds h WHERE h.series = s.id AND h.settled_at IS NULL) FROM series s
           JOIN last_posts t ON t.series = s.id JOIN readings r ON r.id = t.reading JOIN follows f ON f.id = t.follow
           WHERE (s.contest, s.source, s.count) = (?, ?, ?) AND t.margin IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.server = f.server AND m.source = s.source)""",
        (contest, source, count),
    ):
        if led_by.get(follow) == source:
            posted = PostedMargin(number, leader, margin, from_micros(as_of), total, held=bool(held))
            for now_leads, by, at, counted in of_late[:1]:
                if to_micros(posted.as_of) < at and (now_leads, by) == posted.margin_posted:
                    posted = replace(posted, total=counted)
                elif to_micros(posted.as_of) < at:
                    posted = replace(posted, newer=(now_leads, by, from_micros(at)))
            ledger.posted[follow, count] = posted
