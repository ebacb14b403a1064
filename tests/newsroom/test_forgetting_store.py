"""Whatever belongs to a server is forgotten with it, whichever room it is in."""

import re

from tests.conftest import SERVER, WHO, Newsroom
from tests.product_sql import statements


async def test_each_table_that_knows_servers_is_emptied_of_one_that_is_forgotten(newsroom: Newsroom) -> None:
    knowing = await newsroom.database.rows(
        """SELECT t.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c ON c.name = 'server' WHERE t.type = 'table'
           AND NOT EXISTS (SELECT 1 FROM pragma_foreign_key_list(t.name) WHERE on_delete = 'CASCADE')"""
    )
    done: list[str] = []
    await newsroom.database.transact(lambda connection: connection.set_trace_callback(done.append))
    await newsroom.rooms.newsroom.forgetting.forget(SERVER, WHO)
    emptied = {found[1] for sql in done if (found := re.match(rf"DELETE FROM (\w+) WHERE server = {SERVER}$", sql))}
    assert {name for (name,) in knowing} - emptied == set()
    assert await newsroom.database.rows("SELECT id FROM servers") == [(SERVER,)]


async def test_each_column_that_names_somebody_is_one_that_a_person_is_taken_out_of(newsroom: Newsroom) -> None:
    columns = await newsroom.database.rows(
        """SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c ON c.type = 'TEXT'
           WHERE t.type = 'table' AND (c.name LIKE '%!_by' ESCAPE '!' OR c.name = 'who') AND c.name <> 'derived_by'"""
    )
    taken_out = {
        (found[1], name)
        for one in statements()
        if (found := re.match(r"UPDATE (\w+) SET", one.sql))
        for name in re.findall(r"(\w+) = unname\(\1\)", one.sql)
    }
    assert set(columns) - taken_out == set()
