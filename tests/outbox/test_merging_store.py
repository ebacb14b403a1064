"""Tests rows of the outbox that are replaced by new rows at the end."""

import sqlite3

from bot.app import COPIES, KINDS
from bot.database.database import Database, fetch
from bot.outbox import merging_store as requeue
from bot.outbox.servers_store import ensure_server
from tests.product_sql import TOPIC_TABLES

ITS_OWN = {
    "id",
    "number",
    "card",
    "content",
    "state",
    "wall_attempted",
    "wall_last",
    "attempts",
    "message",
    "why",
    "dropped_by",
    "superseded_by",
    "thread",
    "cards_refused",
    "file_refused",
}
"""Columns that are not copied to the new row: id, number, texts, and the delivery of the old row."""


async def test_a_new_row_takes_over_all_that_the_old_one_was_to_tell(database: Database) -> None:
    columns = {row[1] for row in await database.rows("PRAGMA table_info(outbox)")}
    _, _, taken = requeue._COPY.partition("SELECT")
    missing = {column for column in columns - ITS_OWN if f" {column}," not in taken and f" {column}\n" not in taken}
    assert missing == set()


async def test_it_tells_of_the_same_in_each_topic_s_table(database: Database) -> None:
    """The tables whose primary key is an outbox row contain the posts' subjects. Their rows have to be copied as
    well.
    """

    def work(connection: sqlite3.Connection) -> None:
        ensure_server(connection, 1)
        connection.executemany(
            "INSERT INTO outbox (id, server, channel, number, kind, news_at, wall_created) VALUES (?, 1, 1, 1, '', 0, 0)",
            [(1,), (2,)],
        )
        connection.execute("PRAGMA defer_foreign_keys = ON")
        tables = fetch(connection, TOPIC_TABLES)
        copies = [*COPIES, *{topic.copy for kind in KINDS for topic in kind.tells}]
        assert len(tables) == len(copies)
        for (table,) in tables:
            columns = [column for (column,) in fetch(connection, "SELECT name FROM pragma_table_info(?)", (table,))]
            texts = {"watcher": "recount", "figure": "1", "revises": "[1]", "wall": "1"}
            row = [texts.get(column, 1) for column in columns]
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' for _ in columns)})", row)
            for copy in copies:
                copy(connection, 1, 2)
            copied = fetch(connection, f"SELECT * FROM {table} WHERE post = 2")
            assert copied == [
                tuple(2 if column == "post" else value for column, value in zip(columns, row, strict=True))
            ]
            connection.execute(f"DELETE FROM {table}")

    await database.write(work)
