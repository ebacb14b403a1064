"""Statements in the database. One transaction stores a statement with its posts."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.count.certification import CertificationCount
from bot.count.change import Change
from bot.count.statement import Statement
from bot.database.database import fetch, from_micros, to_micros
from bot.entries.pieces_words import StandingStatement
from bot.events.event import Event
from bot.follows.follows_store import choice_in
from bot.outbox.outbox import PostingStore
from bot.outbox.rows import OutboxRow
from bot.outbox.servers_store import ensure_server
from bot.outbox.tx import Tx
from bot.outcomes.outcomes_store import Outcomes, load_outcomes, posted_counts, write_outcomes
from bot.tally.changes_store import StatementPost
from bot.tally.intake_store import Leading, Ledger, load, load_relations, load_unsent
from bot.tally.other_sources import EarlierMargin, SkippedChannel
from bot.tally.reported_batches_store import BatchComparison, compare_batch
from bot.tally.writes_store import Writes, write

_MOST_EARLIER = 200
"""The most statements of a source that are searched for valid ones."""


@dataclass(slots=True)
class StatementState:
    """The data for deciding on a statement's posts, as loaded in the transaction that stores the statement."""

    ledger: Ledger
    statement_id: int
    certified: Mapping[bool, CertificationCount | None]
    """False: the source's last count of certified units in that server. True: its last count derived from names alone.

    None if there is none, or it is newer than the statement.
    """
    certified_posts: Mapping[bool, Mapping[int, CertificationCount | None]]
    """The same keys as `certified`: the count of that kind that was last posted, by channel (see `posted_counts`)."""
    certified_elsewhere: list[tuple[str, CertificationCount, datetime]]
    """(source, count, time) of each other source's last count in that server, unless it was its first."""
    last_change: Change | None
    """The leading source's last accepted change."""
    silence_posts: bool
    """True if the source's silence that the statement reports has already been posted."""
    ahead: list[Event]
    """The server's coming deadlines to certify."""
    outcomes: Outcomes
    """The source's earlier reports on certified counties by name, the results as a whole, and calls."""
    leads: str
    """The source that leads the contest in that server."""
    instead_of: Mapping[int, EarlierMargin]
    """By channel: the post with the source's other margin for the same minute."""
    beside: BatchComparison | None
    """The leading source's count compared with the statement's batch; None without a batch or a count."""


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """A checked statement that can be stored, and the function that decides on its posts."""

    statement: Statement
    leading: Leading
    """Returns the source that leads a contest, given the server's choice."""
    decide: Callable[[StatementState], tuple[Writes, Sequence[SkippedChannel]]]
    """Decides on the posts. Called once, inside the transaction, from which it only takes post numbers.

    Returns what to write, and the channels that get no post of the margin or batch.
    """
    who: str
    """Who enters the statement, in the audit log's form."""
    pushed: bool = False
    """True if its source pushed the statement, so that no staff member has read it."""


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """A stored statement with its posts."""

    id: int
    around: StatementState
    """The state before the statement was stored."""
    posts: tuple[OutboxRow, ...]
    skipped_channels: Sequence[SkippedChannel] = ()
    """The channels where the statement's margin is not posted, and why."""
    on_record: StandingStatement | None = None
    """An earlier statement with all its figures. If set, this statement was not stored, and `id` is no row."""


class StatementStore(PostingStore):
    """Stores statements with their posts. Each method is one transaction."""

    async def take_in(self, prepared: Sequence[PreparedStatement], server: int) -> None:
        """Store statements that a server's staff entered, with their posts."""
        await self._outbox.write(lambda tx: take_in(tx, prepared, server))

    async def take_in_for_followers(
        self,
        statement: Statement,
        prepare: Callable[[int], Sequence[PreparedStatement]],
        finish: Callable[[int], Writes],
    ) -> None:
        """Store a pushed statement for each server that follows its contest and may use the source.

        Args:
            statement: the statement.
            prepare: returns the checked statement for a server id, in parts if it has several.
            finish: called last with the number of servers; the rows it returns are written in the same transaction.
        """

        def work(tx: Tx) -> None:
            servers = tx.rows(
                """SELECT DISTINCT f.server FROM follows f JOIN servers v ON v.id = f.server AND v.left_at IS NULL
                   WHERE f.contest = ? ORDER BY f.server""",
                (statement.contest,),
            )
            reading = [server for (server,) in servers if statement.source not in tx.setting.inside(server)]
            for server in reading:
                take_in(tx, prepare(server), server)
            write(tx, finish(len(reading)))

        await self._outbox.write(work)


def take_in(tx: Tx, prepared: Sequence[PreparedStatement], server: int) -> tuple[StoredStatement, ...]:
    """Store a server's statements with their posts, within a transaction."""
    ensure_server(tx.connection, server)
    return tuple(_take_in(tx, one, server) for one in prepared)


def _take_in(tx: Tx, prepared: PreparedStatement, server: int) -> StoredStatement:
    around = _load(tx, prepared.statement, server, prepared.leading)
    writes, skipped_channels = prepared.decide(around)
    # Only the first entry of a batch is posted, so a batch may be on record even if it would make a post.
    is_news = bool(writes.outbox) and prepared.statement.batch is None
    if not (is_news or prepared.pushed) and (known := _on_record(tx.connection, prepared.statement, server)):
        return StoredStatement(around.statement_id, around, (), skipped_channels=skipped_channels, on_record=known)
    _write(tx, prepared, server, around.statement_id)
    posts = tuple(writes.outbox)
    link_posts(tx.connection, around.statement_id, write(tx, writes), posts)
    return StoredStatement(around.statement_id, around, posts, skipped_channels)


def _other_margins(connection: sqlite3.Connection, statement: Statement, server: int, key: int) -> list[int]:
    """Return ids of the source's earlier statements with another margin for the same minute, oldest first.

    Only statements with an id below `key` are searched.
    """
    if statement.margin is None:
        return []
    first = to_micros(statement.as_of.replace(second=0, microsecond=0))
    rows = fetch(
        connection,
        """SELECT id, body FROM statements WHERE server = ? AND contest = ? AND source = ? AND as_of BETWEEN ? AND ?
           AND id < ? AND retracted_at IS NULL AND body ->> 'margin' IS NOT NULL ORDER BY id""",
        (server, statement.contest, statement.source, first, first + 59_999_999, key),
    )
    said = [(one, Statement.model_validate_json(body)) for one, body in rows]
    margins = [(one, (other.leader, other.margin)) for one, other in said if other.count == statement.count]
    mine = (statement.leader, statement.margin)
    if margins and margins[-1][1] == mine:  # said again
        return []
    return [one for one, margin in margins if margin != mine]


def _instead_of(tx: Tx, statement: Statement, server: int, key: int) -> dict[int, EarlierMargin]:
    """Return, by channel, the last sent post with another margin of the statement's source for the same minute.

    `key` is the statement's id. Posts that were corrected or retracted are skipped. So are unsent posts, which the
    newer margin replaces.
    """
    rows = tx.rows(
        f"""SELECT o.channel, o.id, o.number, s.body ->> 'leader', s.body ->> 'margin'
           FROM json_each(?) j JOIN statements s ON s.id = j.value JOIN statement_posts p ON p.statement = s.id
             JOIN outbox o ON o.id = p.post AND o.kind = '{StatementPost.name}' AND o.state IN ('sending', 'sent', 'doubtful')
           WHERE NOT EXISTS (SELECT 1 FROM outbox r WHERE r.about = o.id AND r.action = 'post'
             AND r.kind IN {tx.kinds.own_words} AND r.state NOT IN ('superseded', 'dropped', 'failed'))
           ORDER BY o.id""",
        (json.dumps(_other_margins(tx.connection, statement, server, key)),),
    )
    return {channel: EarlierMargin(*earlier) for channel, *earlier in rows}


def _on_record(connection: sqlite3.Connection, statement: Statement, server: int) -> StandingStatement | None:
    """Return the source's last statement for the same minute that has any of the same figures.

    None if there is none, or if that statement does not have all of them.
    """
    first = to_micros(statement.as_of.replace(second=0, microsecond=0))
    times = "s.as_of BETWEEN ? AND ?"
    for one in valid_statements(connection, server, statement, times, first, first + 59_999_999):
        if one.said.figures.keys() & statement.figures.keys():
            return one if statement.figures.items() <= one.said.figures.items() else None
    return None


def valid_statements(
    connection: sqlite3.Connection, server: int, like: Statement, where: str, *values: int | str
) -> list[StandingStatement]:
    """Return statements that are not retracted, with the contest, source and count of `like`, newest first.

    `where`: an SQL condition on the statements `s`; `values` are bound to it.
    """
    rows = fetch(
        connection,
        f"""SELECT s.body, s.entry,
              (SELECT json_group_array(DISTINCT p.number) FROM statement_posts p JOIN outbox o ON o.id = p.post
               WHERE p.statement = s.id AND o.state NOT IN ('superseded', 'dropped', 'failed'))
            FROM statements s WHERE s.contest = ? AND s.source = ? AND (s.server = ? OR s.server IS NULL)
              AND s.retracted_at IS NULL AND {where} ORDER BY s.as_of DESC, s.id DESC LIMIT {_MOST_EARLIER}""",
        (like.contest, like.source, server, *values),
    )
    found = [
        StandingStatement(Statement.model_validate_json(body), tuple(sorted(json.loads(numbers))), entry)
        for body, entry, numbers in rows
    ]
    return [one for one in found if one.said.count == like.count]


def _write(tx: Tx, prepared: PreparedStatement, server: int, key: int) -> None:
    statement = prepared.statement
    as_of = to_micros(statement.as_of)
    body = statement.model_dump_json(exclude_defaults=True)
    tx.execute(
        "INSERT INTO statements (id, server, contest, source, as_of, entered_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (key, server, statement.contest, statement.source, as_of, to_micros(tx.now), body),
    )
    write_outcomes(tx.connection, statement, server, key, tx.now, pushed=prepared.pushed)


def _load(tx: Tx, statement: Statement, server: int, leading: Leading) -> StatementState:
    contest, source = statement.contest, statement.source
    chosen = choice_in(tx.connection, server, contest)
    leads = leading(contest, chosen.source if chosen else None) or source
    lead_key = (leads, contest, statement.count)
    ledger = load(tx, [lead_key])
    load_relations(tx.connection, ledger, [(source, contest, statement.count)])
    load_unsent(tx.connection, ledger)
    ((newest,),) = tx.rows("SELECT coalesce(max(id), 0) FROM statements")
    counts = {
        named: tx.rows(
            """SELECT done, of, as_of FROM certification_counts WHERE contest = ? AND source = ? AND server = ?
               AND (by_name = 2) = ? ORDER BY as_of DESC, statement DESC LIMIT 1""",
            (contest, source, server, named),
        )
        for named in (False, True)
    }
    elsewhere = tx.rows(
        """SELECT source, done, of, as_of FROM certification_counts n WHERE contest = ?1 AND server = ?2 AND source <> ?3
           AND as_of <= ?4 AND NOT EXISTS (
             SELECT 1 FROM certification_counts x WHERE (x.contest, x.server, x.source) = (?1, ?2, n.source)
             AND (x.as_of, x.statement) > (n.as_of, n.statement))
           AND EXISTS (
             SELECT 1 FROM certification_counts x WHERE (x.contest, x.server, x.source) = (?1, ?2, n.source)
             AND (x.done, coalesce(x.of, 0)) <> (n.done, coalesce(n.of, 0)))""",
        (contest, server, source, to_micros(statement.as_of)),
    )
    changes = tx.rows("SELECT body FROM changes WHERE reading = ?", (ledger.series[lead_key].accepted_id,))
    silences = tx.rows(
        """SELECT 1 FROM silences WHERE server = ?1 AND contest = ?2 AND source = ?3 AND last_updated >= ?4 AND struck IS NULL UNION ALL
           SELECT 1 FROM source_silences WHERE server = ?1 AND source = ?3 AND kind = 'unchanged' AND ended_at IS NULL""",
        (server, contest, source, to_micros(statement.last_updated) if statement.last_updated else 0),
    )
    events = tx.rows(
        """SELECT body FROM schedule_entries
           WHERE body ->> 'certifies' IS NOT NULL AND server = ? AND starts_at >= ? ORDER BY starts_at""",
        (server, to_micros(tx.now)),
    )
    return StatementState(
        ledger=ledger,
        statement_id=newest + 1,
        certified={
            named: CertificationCount(rows[0][0], rows[0][1], named)
            if rows and rows[0][2] <= to_micros(statement.as_of)
            else None
            for named, rows in counts.items()
        },
        certified_posts={
            named: posted_counts(tx, server, contest, source, named=named) if rows else {}
            for named, rows in counts.items()
        },
        certified_elsewhere=[(by, CertificationCount(done, of), from_micros(at)) for by, done, of, at in elsewhere],
        last_change=Change.model_validate_json(changes[0][0]) if changes else None,
        silence_posts=bool(silences),
        ahead=[Event.model_validate_json(body) for (body,) in events],
        outcomes=load_outcomes(tx.connection, statement, server),
        leads=leads,
        instead_of=_instead_of(tx, statement, server, newest + 1),
        beside=_beside(tx, statement, leads),
    )


def _beside(tx: Tx, statement: Statement, leads: str) -> BatchComparison | None:
    contest = tx.setting.desk.contest(statement.contest)
    if contest is None or statement.batch is None:
        return None
    return compare_batch(tx.connection, tx.setting.desk.with_leading_source(contest, leads), statement, tx.now)


def link_posts(connection: sqlite3.Connection, statement: int, keys: Sequence[int], posts: Sequence[OutboxRow]) -> None:
    """Link posts to the statement they came from. `keys` are the posts' outbox ids."""
    connection.executemany(
        "INSERT INTO statement_posts (post, server, number, statement) VALUES (?, ?, ?, ?)",
        [(key, post.server, post.number, statement) for key, post in zip(keys, posts, strict=True)],
    )


def was_entered(connection: sqlite3.Connection, post: int) -> bool:
    """Return True if a post came from a statement that is not retracted. Answers then still show its figures."""
    found = fetch(
        connection,
        """SELECT 1 FROM statement_posts p JOIN statements s ON s.id = p.statement
           WHERE p.post = ? AND s.retracted_at IS NULL""",
        (post,),
    )
    return bool(found)


def copy_statement(connection: sqlite3.Connection, old: int, new: int) -> None:
    """Link a post that is queued again (`new`) to the statement of its old row."""
    connection.execute(
        """INSERT INTO statement_posts (post, server, number, statement)
           SELECT o.id, o.server, o.number, p.statement FROM statement_posts p JOIN outbox o ON o.id = ?
           WHERE p.post = ?""",
        (new, old),
    )
