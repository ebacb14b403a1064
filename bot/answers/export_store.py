"""A contest's whole history: readings, verdicts, changes, posts, read a page at a time; and who took it."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from bot.count.change import Change
from bot.count.reading import Reading
from bot.count.statement import Statement
from bot.database.database import Row, Store, from_micros, moment, to_micros
from bot.follows.levels import Sees, sees_everything
from bot.outbox.rows import AuditRow
from bot.outbox.rows_store import INSERT_AUDIT
from bot.outbox.servers_store import know_server

PAGE = 500
"""Rows that are in memory at a time, of each sort."""


@dataclass(frozen=True, slots=True)
class ReadingTaken:
    """A reading as it came in, and what was made of it."""

    at: datetime
    id: int
    verdict: str
    """accepted, held, ignored or dropped."""
    reason: str | None
    reading: Reading
    change: Change | None
    """What it did to the count; None unless it was accepted."""


@dataclass(frozen=True, slots=True)
class HoldKept:
    """A reading that was held, and what became of it."""

    at: datetime
    id: int
    source: str
    count: str
    reading: int
    reason: str
    settled_at: datetime | None
    outcome: str | None
    settled_by: str | None
    """Who posted or dropped it, as the audit names them; None: nobody, or an editor of another newsroom."""
    server: int | None
    """Of `settled_by`."""


@dataclass(frozen=True, slots=True)
class StatementEntered:
    """What a newsroom entered."""

    at: datetime
    id: int
    server: int | None
    statement: Statement
    retracted_at: datetime | None
    retracted_by: str | None


@dataclass(frozen=True, slots=True)
class PostMade:
    """A post of a newsroom, or what was to be one: the row of a table, as `/export` writes it."""

    at: datetime
    id: int
    server: int
    channel: int
    number: int
    kind: str
    source: str | None
    state: str
    why: str | None
    approved_by: str | None
    content: str | None
    """None: its words were never made."""
    message: int | None
    """Discord's id of the message; None: it was not sent, or nobody knows where it is."""
    from_reading: int | None
    """It tells of the changes after this reading of its series…"""
    to_reading: int | None
    """…up to and including this one."""
    statement: int | None
    thread: int | None = None
    """The thread of the channel that it is in; None: the channel itself."""
    replaces: int | None = None
    """The number of the post that this one corrects, takes back or revises."""


ExportedLine: TypeAlias = ReadingTaken | HoldKept | StatementEntered | PostMade

_Sort: TypeAlias = Literal["readings", "holds", "statements", "posts"]


class HistoryStore(Store):
    """Reads contests' histories, a page at a time."""

    async def keep_taken(self, contest: str, kind: str, server: int, who: str, now: datetime) -> None:
        """Keep in the audit who took a contest's history as a file."""
        row = AuditRow(now, server, who, "export", after={"contest": contest, "file": kind})

        def work(connection: sqlite3.Connection) -> None:
            know_server(connection, server)
            connection.execute(INSERT_AUDIT, row.values())

        await self._database.transact(work)

    async def events(
        self,
        contest: str,
        server: int | None = None,
        since: datetime | None = None,
        sees: Sees = sees_everything,
    ) -> AsyncIterator[ExportedLine]:
        """Yield all that is stored of a contest, by when the bot learned of it or did it; oldest first.

        Args:
            contest: its id.
            server: entries and posts of this server alone; None: of all. What feeds say is shared.
            since: nothing from before this time of the news clock; None: all of it.
            sees: no post of a channel of which this returns False.

        """
        streams = [self._stream(sort, contest, server, since) for sort in _QUERIES]
        heads = [(await anext(stream, None), stream) for stream in streams]
        while waiting := [(head, stream) for head, stream in heads if head is not None]:
            first, stream = min(waiting, key=lambda pair: pair[0].at)
            if not isinstance(first, PostMade) or sees(first.thread or first.channel):
                yield first
            heads = [(await anext(stream, None) if one is stream else head, one) for head, one in heads]

    async def _stream(
        self, sort: _Sort, contest: str, server: int | None, since: datetime | None
    ) -> AsyncIterator[ExportedLine]:
        """Yield what is stored of one sort, in the order of its ids, which is that in which it came."""
        after, earliest = 0, to_micros(since) if since else None
        while rows := await self._database.rows(_QUERIES[sort], (contest, after, earliest, server, PAGE)):
            for row in rows:
                yield _MADE[sort](row)
            after = rows[-1][1]


_QUERIES: dict[_Sort, str] = {
    "readings": """
        SELECT r.received_at, r.id, r.verdict, r.reason, r.body, c.body
        FROM readings r LEFT JOIN changes c ON c.reading = r.id
        WHERE r.series IN (SELECT id FROM series WHERE contest = ?1) AND r.id > ?2
          AND (?3 IS NULL OR r.received_at >= ?3) ORDER BY r.id LIMIT ?5""",
    "holds": """
        SELECT h.since, h.id, s.source, s.count, h.reading, h.reason, h.settled_at, h.outcome,
               iif(?4 IS NULL OR h.settled_in = ?4, h.settled_by, NULL), iif(?4 IS NULL OR h.settled_in = ?4, h.settled_in, NULL)
        FROM holds h JOIN series s ON s.id = h.series
        WHERE s.contest = ?1 AND h.id > ?2 AND (?3 IS NULL OR h.since >= ?3)
        ORDER BY h.id LIMIT ?5""",
    "statements": """
        SELECT entered_at, id, server, body, retracted_at, retracted_by FROM statements
        WHERE contest = ?1 AND id > ?2 AND (?4 IS NULL OR server = ?4)
          AND (?3 IS NULL OR entered_at >= ?3) ORDER BY id LIMIT ?5""",
    "posts": """
        SELECT news_at, id, o.server, channel, o.number, kind, source, state, coalesce(why, dropped_by), approved_by, content, message,
               s.from_reading, s.to_reading, e.statement, thread, (SELECT p.number FROM outbox p WHERE p.id = o.about)
        FROM outbox o LEFT JOIN spans s ON s.post = o.id LEFT JOIN statement_posts e ON e.post = o.id
        WHERE contest = ?1 AND id > ?2 AND action = 'post' AND kind <> 'board'
          AND (?4 IS NULL OR o.server = ?4) AND (?3 IS NULL OR news_at >= ?3)
        ORDER BY id LIMIT ?5""",
}


def _reading(row: Row) -> ExportedLine:
    at, key, verdict, reason, body, change = row
    return ReadingTaken(
        from_micros(at),
        key,
        verdict,
        reason,
        Reading.model_validate_json(body),
        Change.model_validate_json(change) if change else None,
    )


def _hold(row: Row) -> ExportedLine:
    at, key, source, count, reading, reason, settled_at, outcome, by, server = row
    return HoldKept(
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
    said = Statement.model_validate_json(body)
    return StatementEntered(from_micros(at), key, server, said, moment(retracted_at), retracted_by)


def _post(row: Row) -> ExportedLine:
    at, *rest = row
    return PostMade(from_micros(at), *rest)


_MADE: dict[_Sort, Any] = {"readings": _reading, "holds": _hold, "statements": _statement, "posts": _post}
