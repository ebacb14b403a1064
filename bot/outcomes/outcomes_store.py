"""Certifications and calls in the database, stored and loaded in the transaction of a statement or reading.

Counts that follow from named counties are rows of `certification_counts` with `by_name`. They are recomputed (`implied` in
`bot/count/certification.py`) whenever an entry of that source is added or retracted, so no count outlasts the names it
came from. Rows of `calls` never change; a caller's newest row is its present call. A retraction deletes the rows that
its statement wrote.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from bot.count.call import Call
from bot.count.certification import CertificationCount, SourceCounts, implied
from bot.count.statement import Statement
from bot.database.database import Row, fetch, from_micros, to_micros
from bot.outbox.states import State
from bot.outbox.threads_store import is_public
from bot.outbox.tx import Tx

_MOST_CALLS = 200
"""The most calls of a contest by one caller that are read."""


@dataclass(frozen=True, slots=True)
class FeedCall:
    """A row to insert into `calls`: a call from a feed, shared by all servers."""

    SQL: ClassVar[str] = """
    INSERT INTO calls (contest, source, as_of, said_at, reading, body)
    VALUES (:contest, :source, :as_of, :said_at, :reading, :body)
    """

    contest: str
    source: str
    as_of: datetime
    said_at: datetime
    reading: int | None
    """The stored reading with the call; None if that reading was not stored."""
    body: str


@dataclass(frozen=True, slots=True)
class SaidCall:
    """A call, and as of when the caller or staff reported it."""

    call: Call
    as_of: datetime


@dataclass(frozen=True, slots=True)
class OutcomePost:
    """The last post about a certification or call in a channel, to which a later post can refer."""

    row: int
    number: int
    arrived: bool
    """True if the post has arrived in the channel. Only then may other posts refer to its number."""
    at: datetime
    """When the post was created, by the news clock."""

    @property
    def arrived_as(self) -> int | None:
        """The post's number; None if it has not arrived in the channel."""
        return self.number if self.arrived else None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What a statement's source had reported earlier on certifications and calls, as known in one server."""

    said: tuple[SourceCounts, ...] = ()
    """The source's counts and its lists of names."""
    results: tuple[bool, datetime] | None = None
    """The source's latest report on whether the results are certified: (withdrawn, time)."""
    call: SaidCall | None = None
    """The source's latest call, from its feed or as entered."""
    told: Mapping[int, OutcomePost] = field(default_factory=dict)
    """By channel: the post that the statement may withdraw."""
    repeated: bool = False
    """True if the server posts the source's calls automatically."""


@dataclass(frozen=True, slots=True)
class FeedCalls:
    """What is known of a caller's calls in a contest: in the feed, as entered by staff, and as posted."""

    feed: SaidCall | None = None
    """The latest call in the caller's feed."""
    entered: Mapping[int, SaidCall] = field(default_factory=dict)
    """By server: the latest call that staff entered, if it is newer than the feed's."""
    repeated: frozenset[int] = frozenset()
    """Servers that post this caller's calls automatically from its feed."""
    told: Mapping[int, OutcomePost] = field(default_factory=dict)
    """By channel: the last post about one of the caller's calls."""

    def known(self, server: int) -> SaidCall | None:
        """Return the caller's latest call that is known in a server: from the feed, or as entered there."""
        return self.entered.get(server, self.feed)


def write_outcomes(
    connection: sqlite3.Connection, statement: Statement, server: int, key: int, now: datetime, *, pushed: bool
) -> None:
    """Store a statement's certifications and calls. `key` is the statement's id.

    `pushed`: True if the source itself sent the statement.
    """
    about = (key, server, statement.contest, statement.source, to_micros(statement.as_of))
    if statement.certified:
        connection.execute(
            """INSERT INTO certification_counts (statement, server, contest, source, as_of, done, of)
               VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (*about, *statement.certified),
        )
    if (units := statement.units_certified) is not None:
        connection.executemany(
            """INSERT INTO unit_certifications (statement, server, contest, source, as_of, unit, own, taken_back, of)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [(*about, unit, int(units.own), int(units.taken_back), units.of) for unit in dict.fromkeys(units.units)],
        )
    if (results := statement.results_certified) is not None:
        connection.execute(
            """INSERT INTO results_certifications (statement, server, contest, source, as_of, taken_back)
               VALUES (?, ?, ?, ?, ?, ?)""",
            (*about, int(results.taken_back)),
        )
    if statement.call is not None:
        connection.execute(
            """INSERT INTO calls (statement, server, contest, source, as_of, said_at, pushed, body)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            (*about, to_micros(now), int(pushed), statement.call.model_dump_json(exclude_defaults=True)),
        )
    if units is not None or statement.certified is not None:
        _imply(connection, server, statement.contest, statement.source)


def forget_outcomes(connection: sqlite3.Connection, server: int, contest: str, source: str, statement: int) -> None:
    """Delete a statement's certifications and calls, and recompute the counts that follow from named counties."""
    connection.execute("DELETE FROM certification_counts WHERE statement = ?", (statement,))
    connection.execute("DELETE FROM unit_certifications WHERE statement = ?", (statement,))
    connection.execute("DELETE FROM results_certifications WHERE statement = ?", (statement,))
    connection.execute("DELETE FROM calls WHERE statement = ?", (statement,))
    _imply(connection, server, contest, source)


def load_outcomes(connection: sqlite3.Connection, statement: Statement, server: int) -> Outcomes:
    """Return what the statement's source had reported earlier on the certifications or calls in the statement."""
    contest, source = statement.contest, statement.source
    said = results = call = None
    repeated = False
    told: Mapping[int, OutcomePost] = {}
    if statement.units_certified is not None or statement.certified is not None:
        said = _said(connection, server, contest, source)
    if statement.results_certified is not None:
        rows = fetch(
            connection,
            """SELECT taken_back, as_of, statement FROM results_certifications
               WHERE server = ? AND contest = ? AND source = ? ORDER BY as_of DESC, statement DESC LIMIT 1""",
            (server, contest, source),
        )
        results = (bool(rows[0][0]), from_micros(rows[0][1])) if rows else None
        if rows:
            posts = fetch(
                connection,
                """SELECT o.channel, o.id, o.number, o.state, o.news_at
                   FROM statement_posts p JOIN outbox o ON o.id = p.post
                   WHERE p.statement = ? AND o.action = 'post' AND o.kind = 'certified'
                     AND o.state NOT IN ('failed', 'dropped', 'superseded') ORDER BY o.id""",
                (rows[0][2],),
            )
            told = _told(posts)
    if statement.call is not None:
        calls = load_calls(connection, contest, source)
        call, repeated = calls.known(server), server in calls.repeated
        told = told or calls.told
    return Outcomes(tuple(said or ()), results, call, told, repeated)


def load_calls(connection: sqlite3.Connection, contest: str, source: str) -> FeedCalls:
    """Return the known calls of one caller in a contest."""
    rows = fetch(
        connection,
        """SELECT server, as_of, body FROM calls WHERE contest = ? AND source = ?
           ORDER BY as_of DESC, id DESC LIMIT ?""",
        (contest, source, _MOST_CALLS),
    )
    newest: dict[int | None, SaidCall] = {}
    for server, as_of, body in rows:
        newest.setdefault(server, SaidCall(Call.model_validate_json(body), from_micros(as_of)))
    feed = newest.pop(None, None)
    entered = {
        server: call
        for server, call in newest.items()
        if server is not None and (feed is None or call.as_of > feed.as_of)
    }
    repeated = fetch(connection, "SELECT server FROM repeated_callers WHERE source = ?", (source,))
    told = fetch(
        connection,
        """SELECT f.channel, o.id, o.number, o.state, o.news_at FROM follows f JOIN outbox o
             ON o.channel = f.channel AND o.contest = f.contest AND o.source = ?2 AND o.kind = 'call'
           WHERE f.contest = ?1 AND o.kind IN ('call', 'certified') AND o.action = 'post'
             AND o.state NOT IN ('failed', 'dropped', 'superseded') AND NOT EXISTS (
               SELECT 1 FROM statement_posts p JOIN statements s ON s.id = p.statement
               WHERE p.post = o.id AND s.retracted_at IS NOT NULL)
           ORDER BY o.id""",
        (contest, source),
    )
    return FeedCalls(feed, entered, frozenset(server for (server,) in repeated), _told(told))


def posted_counts(
    tx: Tx, server: int, contest: str, source: str, *, named: bool
) -> dict[int, CertificationCount | None]:
    """Return, by channel, a source's count of certified units that was last posted; None if that is uncertain.

    It is uncertain while a post waits for Publish, may not have arrived, or was corrected. Discarded posts are
    ignored. Counts from before a channel's first post are taken as known in the channel. Channels without posts are
    omitted.

    With `named`, these are counts derived from the names that the source gave, else the counts that it reported
    itself. The two are never compared.
    """
    key = (server, contest, source, named)
    posts = tx.rows(
        f"""SELECT n.statement, o.channel, o.state, o.approved_by, EXISTS (
             SELECT 1 FROM outbox r WHERE r.about = o.id AND r.action = 'post'
             AND r.kind IN {tx.kinds.corrections} AND r.state NOT IN ('failed', 'dropped'))
           FROM certification_counts n JOIN statement_posts p ON p.statement = n.statement JOIN outbox o ON o.id = p.post
           WHERE n.server = ? AND n.contest = ? AND n.source = ? AND (n.by_name = 2) = ?
             AND o.action = 'post' AND o.kind = 'certified' AND o.state <> 'superseded'""",
        key,
    )
    if not posts:
        return {}
    counts = tx.rows(
        """SELECT statement, done, of FROM certification_counts WHERE server = ? AND contest = ? AND source = ?
           AND (by_name = 2) = ? ORDER BY as_of, statement""",
        key,
    )
    found: dict[int, CertificationCount | None] = {}
    for channel in {channel for _, channel, *_ in posts}:
        public = is_public(tx.connection, channel)
        told_by = {
            statement: None if corrected else _has_posted(state, public=public and approved is None)
            for statement, where, state, approved, corrected in posts
            if where == channel
        }
        found[channel], begun = None, False
        for statement, done, of in counts:
            begun = begun or statement in told_by
            told = told_by.get(statement, not begun)
            if told is not False:
                found[channel] = CertificationCount(done, of, named) if told else None
    return found


def _has_posted(state: str, *, public: bool) -> bool | None:
    """Return True if a post is or will be in its channel, False if it failed or was dropped. None if that is unknown.

    In a `public` channel a post may still need an editor's Publish.
    """
    if state in (State.DROPPED, State.FAILED):
        return False
    waits = state in (State.AWAITING, State.DOUBTFUL) or (public and state == State.PENDING)
    return None if waits else True


def _told(rows: list[Row]) -> dict[int, OutcomePost]:
    return {
        channel: OutcomePost(key, number, state == State.SENT, from_micros(at))
        for channel, key, number, state, at in rows
    }


def _said(connection: sqlite3.Connection, server: int, contest: str, source: str) -> list[SourceCounts]:
    """Return the counts that a source reported without names, and the lists of counties it named."""
    key = (server, contest, source)
    counts = fetch(
        connection,
        """SELECT statement, as_of, done, of FROM certification_counts
           WHERE server = ? AND contest = ? AND source = ? AND NOT by_name""",
        key,
    )
    units = fetch(
        connection,
        """SELECT statement, as_of, taken_back, of, unit FROM unit_certifications
           WHERE server = ? AND contest = ? AND source = ? AND NOT own""",
        key,
    )
    lists: defaultdict[tuple[int, int, int, int | None], set[str]] = defaultdict(set)
    for *head, unit in units:
        lists[head[0], head[1], head[2], head[3]].add(unit)
    found = [SourceCounts(one, from_micros(at), CertificationCount(done, of)) for one, at, done, of in counts]
    found += [
        SourceCounts(one, from_micros(at), None, frozenset(names), bool(back), of)
        for (one, at, back, of), names in lists.items()
    ]
    return found


def _imply(connection: sqlite3.Connection, server: int, contest: str, source: str) -> None:
    """Recompute the counts that follow from a source's lists of counties."""
    counts = _said(connection, server, contest, source)
    connection.execute(
        "DELETE FROM certification_counts WHERE server = ? AND contest = ? AND source = ? AND by_name",
        (server, contest, source),
    )
    at = {one.key: one.as_of for one in counts}
    connection.executemany(
        """INSERT INTO certification_counts (statement, server, contest, source, as_of, done, of, by_name)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (key, server, contest, source, to_micros(at[key]), count.done, count.of, 1 + count.named)
            for key, count in implied(counts).items()
        ],
    )
