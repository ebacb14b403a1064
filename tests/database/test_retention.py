"""Tests that the retention of every table is set in one place, and that old rows are deleted accordingly."""

import sqlite3
from datetime import timedelta

from bot.database.database import to_micros
from bot.database.retention import FOR_GOOD, RETENTIONS
from tests.conftest import SERVER, START, Newsroom

GOES = """
WITH RECURSIVE goes (name) AS (
  VALUES ('servers') UNION
  SELECT t.name FROM goes g JOIN sqlite_schema t JOIN pragma_foreign_key_list(t.name) f
  ON f."table" = g.name AND f.on_delete = 'CASCADE' WHERE t.type = 'table'
)
SELECT name FROM goes
"""
"""Selects the tables whose rows are deleted together with their server's."""


async def test_each_table_says_how_long_its_rows_are_kept(newsroom: Newsroom) -> None:
    tables = await newsroom.database.rows(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    )
    goes = {name for (name,) in await newsroom.database.rows(GOES)}
    aged = {one.table for one in RETENTIONS}
    assert {name for (name,) in tables} - goes - aged == set(FOR_GOOD)


async def test_what_is_old_goes_and_what_is_young_or_decided_stays(newsroom: Newsroom) -> None:
    await newsroom.desk_store.join(SERVER)
    now, wall = to_micros(START), newsroom.database.micros()

    def add(connection: sqlite3.Connection) -> None:
        for days in range(40):
            back = timedelta(days=days) // timedelta(microseconds=1)
            state = "done" if days % 2 else "draft"
            connection.execute("INSERT INTO pushes VALUES ('ap', ?, x'', 202, '{}', ?)", (str(days), wall - back))
            connection.execute(
                "INSERT INTO event_proposals (server, person, at, body) VALUES (?, 1, ?, '{}')", (SERVER, now - back)
            )
            connection.execute(
                """INSERT INTO proposals (server, kind, user, asked_by, begun_at, state, body)
                   VALUES (?, 'entry', 1, '', ?, ?, '{}')""",
                (SERVER, now - back, state),
            )

    await newsroom.database.write(add)
    await newsroom.rooms.newsroom.forgetting.delete_expired()
    kept = {table: await newsroom.count(table) for table in ("pushes", "event_proposals", "proposals")}
    assert kept == {"pushes": 2, "event_proposals": 3, "proposals": 20 + 16}
