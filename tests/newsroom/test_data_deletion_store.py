"""Tests deleting all data of a server, or of a person, in the tables of all packages."""

import sqlite3

from bot.database.anonymize import NAME_COLUMNS, PERSONAL_TABLES
from bot.database.database import fetch
from tests.conftest import SERVER, WHO, Newsroom
from tests.product_sql import TOPIC_TABLES


async def test_each_table_that_knows_servers_goes_with_the_server_s_row(newsroom: Newsroom) -> None:
    staying = await newsroom.database.rows(
        """SELECT t.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c ON c.name = 'server' WHERE t.type = 'table'
           AND NOT EXISTS (SELECT 1 FROM pragma_foreign_key_list(t.name) WHERE on_delete = 'CASCADE')"""
    )
    assert staying == [("kept_answers",)]  # of an answer that somebody asked for where the bot is not
    done: list[str] = []
    await newsroom.database.write(lambda connection: connection.set_trace_callback(done.append))
    await newsroom.rooms.newsroom.forgetting.forget(SERVER, WHO)
    assert f"DELETE FROM kept_answers WHERE server = {SERVER}" in done
    assert await newsroom.database.rows("SELECT id FROM servers") == [(SERVER,)]


async def test_each_column_that_names_somebody_is_one_that_a_person_is_taken_out_of(newsroom: Newsroom) -> None:
    columns = await newsroom.database.rows(
        """SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c ON c.type = 'TEXT'
           WHERE t.type = 'table' AND (c.name LIKE '%!_by' ESCAPE '!' OR c.name = 'who')"""
    )
    assert set(columns) - {(table, column) for table, found in NAME_COLUMNS.items() for column in found} == set()
    persons = await newsroom.database.rows(
        "SELECT t.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c ON c.name = 'person' WHERE t.type = 'table'"
    )
    assert {name for (name,) in persons} - {*PERSONAL_TABLES, "kept_answers"} == set()


async def test_what_its_posts_told_of_is_forgotten_with_it(newsroom: Newsroom) -> None:
    await newsroom.desk_store.join(SERVER)

    def tell(connection: sqlite3.Connection) -> list[str]:
        row = "(server, channel, number, kind, news_at, wall_created) VALUES (?, 1, 1, 'notice', 0, 0)"
        key = connection.execute(f"INSERT INTO outbox {row}", (SERVER,)).lastrowid
        entry = "(server, starts_at, body, entered_by, entered_at) VALUES (?, 0, '{}', '', 0)"
        event = connection.execute(f"INSERT INTO schedule_entries {entry}", (SERVER,)).lastrowid
        tables = [name for (name,) in fetch(connection, TOPIC_TABLES)]
        about = "(server, kind, user, asked_by, begun_at, body) VALUES (?, 'correct', 0, '', 0, '{}')"
        proposal = connection.execute(f"INSERT INTO proposals {about}", (SERVER,)).lastrowid
        known = {"post": key, "server": SERVER, "event": event, "line": "recount", "proposal": proposal}
        for table in tables:
            columns = [name for (name,) in fetch(connection, "SELECT name FROM pragma_table_info(?)", (table,))]
            values = [known.get(column, 1) for column in columns]
            connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", values)
        return tables

    tables = await newsroom.database.write(tell)
    assert len(tables) > 3
    await newsroom.rooms.newsroom.forgetting.forget(SERVER, WHO)
    assert [await newsroom.count(table) for table in tables] == [0] * len(tables)
