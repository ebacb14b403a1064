"""Statements into the database: with what follows from them, in one transaction."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.count.certification import CertificationCount
from bot.count.change import Change
from bot.count.statement import Statement
from bot.schedule.event import Event
from bot.store.database import Database, fetch, from_micros, to_micros
from bot.store.intake import Writes, write
from bot.store.ledger import Ledger, load
from bot.store.rows import to_wake


@dataclass(slots=True)
class Around:
    """Everything a decision about a statement needs, as the transaction finds it."""

    ledger: Ledger
    statement_id: int
    certified: CertificationCount | None
    """The source's last count of certified units in that server; None where it is newer than the statement."""
    certified_elsewhere: list[tuple[str, CertificationCount, datetime]]
    """(source, count, when) of each other source's last count in that server, where it was not its first."""
    last_change: Change | None
    """The leading source's last accepted change."""
    silence_told: bool
    """The silence that the statement speaks of has been told."""
    ahead: list[Event]
    """The server's deadlines to certify from now on."""


class StatementStore:
    """Takes in statements."""

    def __init__(self, database: Database, wall: Callable[[], float] = time.time) -> None:
        """Write to `database`; `wall` is the wall clock, in seconds."""
        self._database = database
        self._wall = wall

    async def take_in(
        self,
        statement: Statement,
        server: int,
        leading: Mapping[str, str],
        now: datetime,
        decide: Callable[[Around], Writes],
    ) -> dict[int, bool]:
        """Store a statement that a server's staff entered and what `decide` makes of it; return channels to wake."""

        def work(connection: sqlite3.Connection) -> dict[int, bool]:
            connection.execute("INSERT INTO servers (id) VALUES (?) ON CONFLICT DO NOTHING", (server,))
            around = _load(connection, statement, server, leading, now)
            writes = decide(around)
            _write(connection, statement, server, around.statement_id, now)
            write(connection, writes, around.ledger.numbers, self._wall)
            return to_wake(writes.outbox)

        return await self._database.transact(work)


def _write(connection: sqlite3.Connection, statement: Statement, server: int, key: int, now: datetime) -> None:
    as_of = to_micros(statement.as_of)
    body = statement.model_dump_json(exclude_defaults=True)
    connection.execute(
        "INSERT INTO statements (id, server, contest, source, as_of, entered_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (key, server, statement.contest, statement.source, as_of, to_micros(now), body),
    )
    if statement.certified:
        done, of = statement.certified
        connection.execute(
            """INSERT INTO certification_counts (statement, server, contest, source, as_of, done, of)
               VALUES (?, ?, ?, ?, ?, ?, ?)""",
            (key, server, statement.contest, statement.source, as_of, done, of),
        )


def _load(
    connection: sqlite3.Connection, statement: Statement, server: int, leading: Mapping[str, str], now: datetime
) -> Around:
    contest, source = statement.contest, statement.source
    lead_key = (leading[contest], contest, statement.count)
    ledger = load(connection, [lead_key], leading, [(source, contest, statement.count)])
    ((newest,),) = fetch(connection, "SELECT coalesce(max(id), 0) FROM statements")
    counts = fetch(
        connection,
        """SELECT done, of, as_of FROM certification_counts WHERE contest = ? AND source = ? AND server = ?
           ORDER BY as_of DESC, statement DESC LIMIT 1""",
        (contest, source, server),
    )
    elsewhere = fetch(
        connection,
        """SELECT source, done, of, as_of FROM certification_counts n WHERE contest = ?1 AND server = ?2 AND source <> ?3
           AND as_of <= ?4 AND NOT EXISTS (
             SELECT 1 FROM certification_counts x WHERE (x.contest, x.server, x.source) = (?1, ?2, n.source)
             AND (x.as_of, x.statement) > (n.as_of, n.statement))
           AND EXISTS (
             SELECT 1 FROM certification_counts x WHERE (x.contest, x.server, x.source) = (?1, ?2, n.source)
             AND (x.done, coalesce(x.of, 0)) <> (n.done, coalesce(n.of, 0)))""",
        (contest, server, source, to_micros(statement.as_of)),
    )
    changes = fetch(connection, "SELECT body FROM changes WHERE reading = ?", (ledger.series[lead_key].accepted_id,))
    silences = fetch(
        connection,
        """SELECT 1 FROM silences WHERE server = ?1 AND contest = ?2 AND source = ?3 AND last_updated >= ?4 UNION ALL
           SELECT 1 FROM source_silences WHERE server = ?1 AND source = ?3 AND kind = 'unchanged' AND ended_at IS NULL""",
        (server, contest, source, to_micros(statement.last_updated) if statement.last_updated else 0),
    )
    events = fetch(
        connection,
        """SELECT body FROM schedule_entries INDEXED BY schedule_entries_that_certify
           WHERE body ->> 'certifies' IS NOT NULL AND server = ? AND starts_at >= ? ORDER BY starts_at""",
        (server, to_micros(now)),
    )
    return Around(
        ledger,
        newest + 1,
        CertificationCount(*counts[0][:2]) if counts and counts[0][2] <= to_micros(statement.as_of) else None,
        [(by, CertificationCount(done, of), from_micros(at)) for by, done, of, at in elsewhere],
        Change.model_validate_json(changes[0][0]) if changes else None,
        bool(silences),
        [Event.model_validate_json(body) for (body,) in events],
    )
