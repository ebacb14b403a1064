"""Silences in the database: the channels, the last changes of each source, and the silences that were posted."""

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.count.change import Change
from bot.count.reading import Reading
from bot.count.staleness import Silence
from bot.count.statement import Statement
from bot.database.database import Row, fetch, from_micros, moment, to_micros
from bot.follows.preferences import DEFAULT_PREFERENCES, FollowPreferences, preferences_of
from bot.outbox.approval_store import update_questions
from bot.outbox.approval_words import Decision
from bot.outbox.outbox import PostingStore
from bot.outbox.rows import OutboxRow, Post, to_json
from bot.outbox.rows_store import read_post
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_row
from bot.wording.card import Card

OVER = "that is over"
"""The reason recorded when the post about a silence is dropped."""

_SHOWN = """
SELECT s.contest, s.source, s.count, s.accepted, c.leader, c.margin, r.received_at, r.as_of, h.received_at, h.as_of,
       s.changed_at, s.checked_at, EXISTS (SELECT 1 FROM holds x WHERE x.series = s.id AND x.settled_at IS NULL)
FROM series s JOIN readings r ON r.id = s.accepted JOIN changes c ON c.reading = r.id
LEFT JOIN readings h ON h.id = (SELECT max(reading) FROM holds x WHERE x.series = s.id)
WHERE s.contest IN (SELECT contest FROM follows)
"""

CERTIFIED = """
SELECT server, contest FROM certification_counts n WHERE done = of AND of > 0 AND NOT EXISTS (
  SELECT 1 FROM certification_counts x WHERE (x.server, x.contest) = (n.server, n.contest)
  AND (x.as_of, x.statement) > (n.as_of, n.statement))
UNION SELECT server, body ->> 'contest' FROM schedule_entries
WHERE body ->> 'certifies' IS NOT NULL AND body ->> 'certifies' = 'state' AND body ->> 'status' = 'over'
"""
"""(server, contest) for contests that are fully certified according to a server's desk. A null contest means all."""


@dataclass(frozen=True, slots=True)
class FollowedChannel:
    """A channel that follows a contest."""

    server: int
    channel: int
    contest: str
    since: datetime
    preferences: FollowPreferences = DEFAULT_PREFERENCES
    chosen: str | None = None
    """The leading source that the channel's server chose, or None."""


@dataclass(frozen=True, slots=True)
class SourceChanges:
    """A source's figures in one count of a followed contest, with the times of their last changes."""

    contest: str
    source: str
    count: str
    accepted: int
    """The accepted reading's id."""
    leader: str
    margin: int | None
    moved_at: datetime
    """When the source's newest numbers were received, whether accepted or held."""
    as_of: datetime
    """The time that the source gives for its newest numbers."""
    changed_at: datetime | None
    checked_at: datetime | None
    held: bool


@dataclass(frozen=True, slots=True)
class PostedSilence:
    """A silence that was posted in a channel. Its end is not posted yet, if it has ended."""

    id: int
    server: int
    channel: int
    source: str
    kind: Silence
    since: datetime
    told_at: datetime
    over_at: datetime | None = None
    """When it ended, if the post about that waits for the end of quiet hours."""


@dataclass(slots=True)
class SilenceState:
    """Everything that a decision about silences needs, loaded in one transaction."""

    follows: list[FollowedChannel]
    shown: list[SourceChanges]
    told: list[PostedSilence]
    readings: dict[int, Reading]
    """The accepted readings that the caller did not know yet, by id."""
    certified: set[tuple[int, str | None]]
    """(server, contest) for contests that are fully certified according to the desk. Contest None means all."""
    seen_by_desk: dict[tuple[int, str, str], datetime]
    """By (server, contest, source): when the source last changed, as staff entered it and the channels were
    informed.
    """


@dataclass(frozen=True, slots=True)
class SilencePostDraft:
    """A post about a source's silence, or about its end, to store for a channel."""

    server: int
    channel: int
    contest: str | None
    source: str
    draft: Card
    ends: PostedSilence | None = None
    """The silence whose end the post reports. If the post about that silence is still unsent, both are dropped."""


@dataclass(slots=True)
class SilenceWrites:
    """The rows to store after a check of the silences."""

    begun: list[tuple[int, int, str, Silence, datetime]] = field(default_factory=list)
    """Silences that begin: (server, channel, source, kind, since)."""
    ended: list[int] = field(default_factory=list)
    over: list[tuple[int, datetime]] = field(default_factory=list)
    """(id, when it ended) of silences that are over, if the post about that waits."""
    posts: list[SilencePostDraft] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Return True if any silence began or ended."""
        return bool(self.begun or self.ended or self.over)


class SilenceStore(PostingStore):
    """Stores the silences posted in each channel. Each method is one transaction or query."""

    async def open(self, server: int) -> dict[tuple[str, str], datetime]:
        """Return when each open silence posted in a server began, by (source, "unreached" or "unchanged")."""
        rows = await self._database.rows(
            """SELECT source, kind, min(since) FROM source_silences
               WHERE server = ? AND ended_at IS NULL AND over_at IS NULL GROUP BY source, kind""",
            (server,),
        )
        return {(source, kind): from_micros(since) for source, kind, since in rows}

    async def look(self, known: Collection[int], decide: Callable[[SilenceState], SilenceWrites]) -> bool:
        """Load the state, call `decide` with it, and store the result in the same transaction.

        Returns False if there was nothing to store.

        Args:
            known: ids of accepted readings that need not be parsed again.
            decide: a function without side effects; called once, inside the transaction.
        """

        def work(tx: Tx) -> bool:
            writes = decide(_load(tx, known))
            _write(tx, writes)
            rows = []
            for one in writes.posts:
                if one.ends is None or (untold := _unsent_silence_post(tx.connection, one.ends)) is None:
                    number = tx.number(one.server, one.draft.words)
                    to = (one.server, one.channel, number)
                    rows.append(OutboxRow.worded(*to, one.draft, tx.now, one.contest, one.source))
                    continue
                drop_row(tx.connection, untold.id, untold.state, OVER)
                update_questions(tx, untold, Decision("outdated", why=OVER))
            tx.add(rows)
            return bool(writes)

        return await self._outbox.write(work)


def _load(tx: Tx, known: Collection[int]) -> SilenceState:
    follows = tx.rows(
        """SELECT f.server, f.channel, f.contest, f.followed_at, f.preferences, l.source FROM follows f
           JOIN servers v ON v.id = f.server AND v.left_at IS NULL
           LEFT JOIN leading_sources l ON l.server = f.server AND l.contest = f.contest ORDER BY f.id""",
    )
    shown = [_shown(row) for row in tx.rows(_SHOWN)]
    told = tx.rows(
        "SELECT id, server, channel, source, kind, since, told_at, over_at FROM source_silences WHERE ended_at IS NULL",
    )
    wanted = to_json(sorted({one.accepted for one in shown} - set(known)))
    bodies = tx.rows("SELECT r.id, r.body FROM json_each(?) w JOIN readings r ON r.id = w.value", (wanted,))
    return SilenceState(
        [
            FollowedChannel(server, channel, contest, from_micros(since), preferences_of(preferences), chosen)
            for server, channel, contest, since, preferences, chosen in follows
        ],
        shown,
        [
            PostedSilence(
                key, server, channel, source, Silence(kind), from_micros(since), from_micros(at), moment(over)
            )
            for key, server, channel, source, kind, since, at, over in told
        ],
        {key: Reading.model_validate_json(body) for key, body in bodies},
        {(server, contest) for server, contest in tx.rows(CERTIFIED)},
        {
            (server, contest, source): from_micros(at)
            for server, contest, source, at in tx.rows(
                "SELECT server, contest, source, max(last_updated) FROM silences WHERE struck IS NULL GROUP BY 1, 2, 3"
            )
        },
    )


def _shown(row: Row) -> SourceChanges:
    contest, source, count, accepted, leader, margin, received, as_of, held_received, held_as_of, *rest = row
    changed, checked, held = rest
    if held_received is not None and held_received > received:
        received, as_of = held_received, held_as_of
    return SourceChanges(
        contest=contest,
        source=source,
        count=count,
        accepted=accepted,
        leader=leader,
        margin=margin,
        moved_at=from_micros(received),
        as_of=from_micros(as_of),
        changed_at=moment(changed),
        checked_at=moment(checked),
        held=bool(held),
    )


def _write(tx: Tx, writes: SilenceWrites) -> None:
    stamp = to_micros(tx.now)
    tx.executemany("UPDATE source_silences SET ended_at = ? WHERE id = ?", [(stamp, key) for key in writes.ended])
    tx.executemany(
        "UPDATE source_silences SET over_at = ? WHERE id = ?", [(to_micros(at), key) for key, at in writes.over]
    )
    tx.executemany(
        "INSERT INTO source_silences (server, channel, source, kind, since, told_at) VALUES (?, ?, ?, ?, ?, ?)",
        [(*row[:4], to_micros(row[4]), stamp) for row in writes.begun],
    )


def _unsent_silence_post(connection: sqlite3.Connection, silence: PostedSilence) -> Post | None:
    """Return the post about a silence if it is still unsent; None if it was sent, or may have been."""
    rows = fetch(
        connection,
        """SELECT id FROM outbox INDEXED BY outbox_awaiting
           WHERE server = ?1 AND channel = ?2 AND state IN ('awaiting', 'doubtful') AND state = 'awaiting'
             AND kind = 'stale' AND source = ?3 AND news_at = ?4 AND action = 'post'
           UNION ALL
           SELECT id FROM outbox INDEXED BY outbox_open
           WHERE server = ?1 AND channel = ?2 AND state IN ('pending', 'sending') AND state = 'pending'
             AND kind = 'stale' AND source = ?3 AND news_at = ?4 AND action = 'post'""",
        (silence.server, silence.channel, silence.source, to_micros(silence.told_at)),
    )
    return read_post(connection, rows[0][0]) if rows else None


def silence_of_post(connection: sqlite3.Connection, post: Post) -> Literal["lasts", "over", "again"] | None:
    """Return the state of the silence that a post reports.

    `lasts`: the silence is not over. `over`: the silence is over. `again`: the post reports that a silence is over,
    but another of the same kind has begun. None in all other cases.
    """
    key = (post.channel, post.source, post.news_at)
    begun = fetch(
        connection,
        """SELECT ended_at IS NOT NULL OR over_at IS NOT NULL FROM source_silences
           WHERE channel = ? AND source = ? AND told_at = ?""",
        key,
    )
    if begun:
        return "over" if begun[0][0] else "lasts"
    again = fetch(
        connection,
        """SELECT 1 FROM source_silences e JOIN source_silences n ON n.channel = e.channel AND n.source = e.source
             AND n.kind = e.kind AND n.ended_at IS NULL
           WHERE e.channel = ? AND e.source = ? AND e.ended_at = ?""",
        key,
    )
    return "again" if again else None


def forget_silence_post(connection: sqlite3.Connection, post: Post) -> None:
    """Forget that a post reported a silence, so that the next check posts it again if it lasts."""
    connection.execute(
        "DELETE FROM source_silences WHERE channel = ? AND source = ? AND told_at = ? AND ended_at IS NULL",
        (post.channel, post.source, post.news_at),
    )


def entered_silence(connection: sqlite3.Connection, post: int) -> Statement | None:
    """Return the statement by which staff entered the silence that a post reports. None if the bot noticed it."""
    rows = fetch(
        connection,
        "SELECT s.body FROM statement_posts p JOIN statements s ON s.id = p.statement WHERE p.post = ?",
        (post,),
    )
    return Statement.model_validate_json(rows[0][0]) if rows else None


def standing_of(
    connection: sqlite3.Connection, source: str, contest: str, count: str
) -> tuple[Reading | None, Change | None, datetime | None, datetime | None]:
    """Return a series' accepted reading, its change, when votes last changed, and when the source was last asked.

    The change is the one that led to the reading. All four are None while a reading of the series is on hold, since
    that reading may be right.
    """
    rows = fetch(
        connection,
        """SELECT r.body, c.body, s.changed_at, s.checked_at FROM series s JOIN readings r ON r.id = s.accepted
           JOIN changes c ON c.reading = r.id
           WHERE (s.source, s.contest, s.count) = (?, ?, ?)
             AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.series = s.id AND h.settled_at IS NULL)""",
        (source, contest, count),
    )
    if not rows:
        return None, None, None, None
    reading, change, changed_at, checked_at = rows[0]
    return (
        Reading.model_validate_json(reading),
        Change.model_validate_json(change),
        moment(changed_at),
        moment(checked_at),
    )


def strike_silence(connection: sqlite3.Connection, server: int, key: int, statement: Statement) -> None:
    """Strike the silence that a server's staff entered by a statement. `key` is the statement's id."""
    if statement.last_updated is not None:
        connection.execute(
            """UPDATE silences SET struck = ? WHERE server = ? AND contest = ? AND source = ? AND last_updated = ?
               AND struck IS NULL""",
            (key, server, statement.contest, statement.source, to_micros(statement.last_updated)),
        )


def unstrike_silence(connection: sqlite3.Connection, key: int) -> None:
    """Restore what `strike_silence` struck because of the statement with the id `key`."""
    connection.execute("UPDATE silences SET struck = NULL WHERE struck = ?", (key,))
