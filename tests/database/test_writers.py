"""Tests that only one package writes each table. Other packages call that package's functions in their
transactions.
"""

import re
import sqlite3
from contextlib import closing

from bot.database.database import migrations
from tests.product_sql import statements

ROOM = re.compile(r"^-- (\w+): [^\n]+\n\n|^CREATE TABLE (\w+)|^DROP TABLE (\w+)", re.MULTILINE)
"""Matches the heading of a package's tables in a migration, a new table, or one that goes."""
WRITE = re.compile(r"\b(?:INSERT(?: OR \w+)? INTO|REPLACE INTO|DELETE FROM|(?<!DO )UPDATE)\s+(\w+|\{\w+\})")


def rooms() -> dict[str, str]:
    """Return table → package, according to the migrations."""
    found, room = {}, ""
    for _, sql in migrations():
        for match in ROOM.finditer(sql):
            room = match[1] or room
            if match[2]:
                found[match[2]] = room
            if match[3]:
                del found[match[3]]
    return found


def writes() -> list[tuple[str, str, str]]:
    """Return (table, package, place) of each statement that writes. A table known only at run time is "{table}".

    The deletion of old rows, and of a person's data, is not included. Each has one place for the tables of all
    packages.
    """
    return [
        (table, one.room, one.place)
        for one in statements()
        for table in WRITE.findall(one.sql)
        if not one.place.startswith(("database/anonymize.py", "database/retention.py"))
    ]


def test_each_table_is_described_under_a_room() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for _, sql in migrations():
            connection.executescript(sql)
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        assert set(rooms()) == {name for (name,) in tables}
    assert all(rooms().values())
    sql = "\n".join(sql for _, sql in migrations())
    assert re.findall(r"^(?!-- ).*\nCREATE TABLE (\w+)", sql, re.MULTILINE) == []


def test_each_table_is_written_and_nothing_else_is() -> None:
    assert {table for table, _, _ in writes() if "{" not in table} == set(rooms())


def test_what_is_kept_by_channel_is_written_for_its_own_server_alone() -> None:
    """A channel's id comes from a button or an option. Somebody could pass the id of a channel in another server."""
    by_channel = {"channels", "follows", "threads", "publishing"}
    unnamed = [
        f"{one.place}: {one.sql}"
        for one in statements()
        for part in re.findall(r"ON CONFLICT.*|DELETE FROM.*", one.sql, re.DOTALL)
        if by_channel.intersection(WRITE.findall(one.sql)) and not re.search(r"WHERE.*\bserver\b", part, re.DOTALL)
    ]
    assert not unnamed, "\n".join(unnamed)


def test_one_room_writes_a_table() -> None:
    owners = rooms()
    strangers = [
        f"{table}, of {owners.get(table, 'nobody')}: {place}"
        for table, room, place in writes()
        if owners.get(table) != room
    ]
    assert not strangers, "\n".join(strangers)
