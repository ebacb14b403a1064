"""A contest's whole history, read a page at a time: readings and their changes, holds, entries, posts."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.count.change import Change
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.database.database import Database, Row, Store, from_micros, moment
from bot.follows.levels import Sees, can_see_all
from bot.outbox.kinds import Kinds
from bot.outbox.rows import AuditRow
from bot.outbox.rows_store import INSERT_AUDIT
from bot.outbox.servers_store import ensure_server

PAGE = 500
"""How many rows of each kind are read into memory at a time."""

_READINGS = """
SELECT r.received_at, r.id, r.verdict, r.reason, r.body, c.body
FROM readings r LEFT JOIN changes c ON c.reading = r.id
WHERE r.series IN (SELECT id FROM series WHERE contest = ?1) AND r.id > ?2
ORDER BY r.id LIMIT ?4
"""

_HOLDS = """
SELECT h.since, h.id, s.source, s.count, h.reading, h.reason, h.settled_at, h.outcome,
       iif(?3 IS NULL OR h.settled_in = ?3, h.settled_by, NULL), iif(?3 IS NULL OR h.settled_in = ?3, h.settled_in, NULL)
FROM holds h JOIN series s ON s.id = h.series
WHERE s.contest = ?1 AND h.id > ?2
ORDER BY h.id LIMIT ?4
"""

_STATEMENTS = """
SELECT entered_at, id, server, body, retracted_at, retracted_by FROM statements
WHERE contest = ?1 AND id > ?2 AND (?3 IS NULL OR server = ?3)
ORDER BY id LIMIT ?4
"""

_POSTS = """
SELECT news_at, id, o.server, channel, o.number, kind, iif(kind IN {own_words}, NULL, source), state, coalesce(why, dropped_by), approved_by, content, message,
       s.from_reading, s.to_reading, e.statement, thread, (SELECT p.number FROM outbox p WHERE p.id = o.about)
FROM outbox o LEFT JOIN spans s ON s.post = o.id LEFT JOIN statement_posts e ON e.post = o.id
WHERE contest = ?1 AND id > ?2 AND action = 'post' AND kind NOT IN {yielding}
  AND (?3 IS NULL OR o.server = ?3)
ORDER BY id LIMIT ?4
"""


@dataclass(frozen=True, slots=True)
class ExportedReading:
    """A reading as it was received, with the bot's verdict."""

    at: datetime
    id: int
    verdict: str
    """accepted, held, ignored or dropped."""
    reason: str | None
    reading: Reading
    change: Change | None
    """How the reading changed the count, or None unless it was accepted."""

    @property
    def source(self) -> str:
        """The id of the reading's source."""
        return self.reading.source


@dataclass(frozen=True, slots=True)
class ExportedHold:
    """A reading that was put on hold, and how the hold ended."""

    at: datetime
    id: int
    source: str
    count: str
    reading: int
    reason: str
    settled_at: datetime | None
    outcome: str | None
    settled_by: str | None
    """The name of the editor who posted or discarded the reading, as recorded in the audit.

    None if nobody did, or an editor in another newsroom.
    """
    server: int | None
    """The server of `settled_by`."""


@dataclass(frozen=True, slots=True)
class ExportedStatement:
    """A figure or statement that a newsroom entered."""

    at: datetime
    id: int
    server: int | None
    statement: Statement
    retracted_at: datetime | None
    retracted_by: str | None

    @property
    def source(self) -> str:
        """The id of the statement's source."""
        return self.statement.source


@dataclass(frozen=True, slots=True)
class ExportedPost:
    """A post of a newsroom, whether it was sent or not."""

    at: datetime
    id: int
    server: int
    channel: int
    number: int
    kind: str
    source: str | None
    """The source's id, or None if the post is from the desk itself or about no source."""
    state: str
    why: str | None
    approved_by: str | None
    content: str | None
    """The post's text, or None if it was never written."""
    message: int | None
    """Discord's id of the message, or None if the post was not sent or its message is unknown."""
    from_reading: int | None
    """The reading of the series after which the reported changes begin."""
    to_reading: int | None
    """The last reading whose changes the post reports."""
    statement: int | None
    thread: int | None
    """The post's thread, or None if it is in the channel itself."""
    replaces: int | None
    """The number of the post that this post corrects, retracts or revises."""


ExportedLine: TypeAlias = ExportedReading | ExportedHold | ExportedStatement | ExportedPost


class HistoryStore(Store):
    """Queries that read the history of a contest, a page at a time."""

    def __init__(self, database: Database, kinds: Kinds) -> None:
        super().__init__(database)
        self._posts = _POSTS.format(own_words=kinds.own_words, yielding=kinds.yielding)

    async def audit_export(self, contest: str, kind: str, server: int, who: str, now: datetime) -> None:
        """Record in the audit that `who` downloaded a contest's history, as a file of the format `kind`."""
        row = AuditRow(now, server, who, "export", after={"contest": contest, "file": kind})

        def work(connection: sqlite3.Connection) -> None:
            ensure_server(connection, server)
            connection.execute(INSERT_AUDIT, row.values())

        await self._database.write(work)

    async def events(
        self,
        contest: str,
        server: int | None = None,
        sees: Sees = can_see_all,
        left_out: Collection[str] = (),
    ) -> AsyncIterator[ExportedLine]:
        """Yield everything stored about a contest, in the order in which the bot received or wrote it.

        Args:
            contest: the contest's id.
            server: the server whose entries and posts to include, or None for all. Readings and holds are shared by all
                servers.
            sees: returns False for channels whose posts are excluded.
            left_out: ids of sources to exclude.
        """
        streams = [
            self._stream(query, made, contest, server)
            for query, made in (
                (_READINGS, _reading),
                (_HOLDS, _hold),
                (_STATEMENTS, _statement),
                (self._posts, _post),
            )
        ]
        heads = [(await anext(stream, None), stream) for stream in streams]
        while waiting := [(head, stream) for head, stream in heads if head is not None]:
            first, stream = min(waiting, key=lambda pair: pair[0].at)
            hidden = isinstance(first, ExportedPost) and not sees(first.thread or first.channel)
            if not hidden and first.source not in left_out:
                yield first
            heads = [(await anext(stream, None) if one is stream else head, one) for head, one in heads]

    async def _stream(
        self, query: str, made: Callable[[Row], ExportedLine], contest: str, server: int | None
    ) -> AsyncIterator[ExportedLine]:
        """Yield the lines for the rows that `query` finds, in the order in which the rows were stored.

        `made` turns a row into a line.
        """
        after = 0
        while rows := await self._database.rows(query, (contest, after, server, PAGE)):
            for row in rows:
                line = made(row)
                after = line.id
                yield line


def _reading(row: Row) -> ExportedLine:
    at, key, verdict, reason, body, change = row
    return ExportedReading(
        from_micros(at),
        key,
        verdict,
        reason,
        Reading.model_validate_json(body),
        Change.model_validate_json(change) if change else None,
    )


def _hold(row: Row) -> ExportedLine:
    at, key, source, count, reading, reason, settled_at, outcome, by, server = row
    return ExportedHold(
        at=from_micros(at),
        id=key,
        source=source,
        count=count,
        reading=reading,
        reason=reason,
        settled_at=moment(settled_at),
        outcome=outcome,
        settled_by=by,
        server=server,
    )


def _statement(row: Row) -> ExportedLine:
    at, key, server, body, retracted_at, retracted_by = row
    statement = Statement.model_validate_json(body)
    return ExportedStatement(from_micros(at), key, server, statement, moment(retracted_at), retracted_by)


def _post(row: Row) -> ExportedLine:
    at, *rest = row
    return ExportedPost(from_micros(at), *rest)
