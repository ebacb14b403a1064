"""Which source each server's editors chose to lead a contest."""

import sqlite3
from datetime import datetime

from msgspec import Struct

from bot.database.database import Database, fetch, from_micros, to_micros
from bot.outbox.servers_store import know_server
from bot.wording.credit import SetBy

_CHOSEN = "SELECT contest, source, set_at, set_by FROM leading_sources WHERE server = ?"


class LeadingSourceChoice(Struct, frozen=True):
    """The source that a server's editors chose to lead a contest, who did, and when."""

    source: str
    since: SetBy


async def chosen_by(database: Database, server: int, contest: str) -> LeadingSourceChoice | None:
    """Return what a server chose for a contest, or None."""
    row = await database.row(f"{_CHOSEN} AND contest = ?", (server, contest))
    return _choice(*row[1:]) if row else None


async def all_choices(database: Database) -> list[tuple[int, str, LeadingSourceChoice]]:
    """Return each (server, contest, choice), in order."""
    rows = await database.rows(
        "SELECT server, contest, source, set_at, set_by FROM leading_sources ORDER BY server, contest"
    )
    return [(row[0], row[1], _choice(*row[2:])) for row in rows]


def chosen_in(connection: sqlite3.Connection, server: int, contest: str) -> LeadingSourceChoice | None:
    """Return what a server chose for a contest, in the transaction under way."""
    rows = fetch(connection, f"{_CHOSEN} AND contest = ?", (server, contest))
    return _choice(*rows[0][1:]) if rows else None


def choices_in(connection: sqlite3.Connection, server: int) -> dict[str, LeadingSourceChoice]:
    """Return what a server chose, by contest, in the transaction under way."""
    return {row[0]: _choice(*row[1:]) for row in fetch(connection, f"{_CHOSEN} ORDER BY contest", (server,))}


def choose_in(
    connection: sqlite3.Connection, server: int, contest: str, source: str | None, who: str, now: datetime
) -> None:
    """Keep what a server chose for a contest, in the transaction under way; None: as the desk file has it."""
    know_server(connection, server)
    if source is None:
        connection.execute("DELETE FROM leading_sources WHERE server = ? AND contest = ?", (server, contest))
    else:
        connection.execute(
            """INSERT INTO leading_sources (server, contest, source, set_by, set_at) VALUES (?, ?, ?, ?, ?)
               ON CONFLICT DO UPDATE SET source = excluded.source, set_by = excluded.set_by, set_at = excluded.set_at""",
            (server, contest, source, who, to_micros(now)),
        )


def _choice(source: str, at: int, who: str) -> LeadingSourceChoice:
    return LeadingSourceChoice(source, SetBy(from_micros(at), who))
