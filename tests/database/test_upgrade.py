"""Tests an invented second migration, as the first change of the schema after a release will affect a running
newsroom.
"""

import shutil
import sqlite3
from contextlib import closing
from importlib.resources import as_file
from pathlib import Path

import pytest

from bot.database import database as database_module
from bot.database.database import MIGRATIONS, Database, migrations
from tests.conftest import Newsroom, reading, run_sql

SECOND = """
-- follows: what channels follow, and what leads there

ALTER TABLE follows ADD COLUMN made_up INTEGER NOT NULL DEFAULT 3;  -- a number

-- What a follow is called.
CREATE TABLE made_up (
  follow         INTEGER PRIMARY KEY REFERENCES follows (id) ON DELETE CASCADE,
  name           TEXT NOT NULL
) STRICT;
CREATE INDEX made_up_by_name ON made_up (name);
INSERT INTO made_up SELECT id, contest FROM follows;
"""

SCHEMA = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"


def add_second(monkeypatch: pytest.MonkeyPatch, folder: Path) -> int:
    """Add a file to the folder of migrations. Returns the file's number."""
    with as_file(MIGRATIONS) as ours:
        shutil.copytree(ours, folder)
    number = database_module.newest_version() + 1
    (folder / f"{number:04d}_made_up.sql").write_text(SECOND)
    monkeypatch.setattr(database_module, "MIGRATIONS", folder)
    return number


async def test_a_second_migration_upgrades_a_newsroom_which_goes_on_where_it_was(
    newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500))
    number = add_second(monkeypatch, tmp_path / "migrations")
    await newsroom.restart()
    await newsroom.post(reading(1000, 1500, 1))
    assert [post.number for post in await newsroom.posts()] == [1, 2]
    assert len(newsroom.contents()) == 2

    new = tmp_path / "new.sqlite3"
    await (await Database.open(new)).close()
    for file in (newsroom.path, new):
        assert run_sql(file, "PRAGMA user_version") == [(number,)]
    assert run_sql(newsroom.path, SCHEMA) == run_sql(new, SCHEMA)
    assert run_sql(newsroom.path, "SELECT name, f.made_up FROM made_up m JOIN follows f ON f.id = m.follow") == [
        ("ga", 3)
    ]
    before = tmp_path / f"{newsroom.path.name}.before-{number:04d}"
    assert run_sql(before, "SELECT count(*) FROM sqlite_schema WHERE name = 'made_up'") == [(0,)]


def test_an_edit_that_was_to_list_an_agreeing_source_is_closed_with_its_reason(
    tmp_path: Path,
) -> None:
    first = migrations()[0][1]
    with closing(sqlite3.connect(tmp_path / "before.sqlite3")) as before:
        before.executescript(f"{first}\nPRAGMA user_version = 1;")
        before.executescript(
            """INSERT INTO servers (id) VALUES (1);
               INSERT INTO outbox (id, server, channel, number, kind, news_at, state, wall_created, card)
                 VALUES (1, 1, 2, 3, 'margin', 0, 'sent', 0, '{}');
               INSERT INTO outbox (id, server, channel, action, number, kind, about, news_at, wall_created, card)
                 VALUES (2, 1, 2, 'edit', 3, 'statement', 1, 0, 0, '{}'),
                        (3, 1, 2, 'edit', 3, 'statement', 1, 0, 0, '{"replaced": [{"by": 4}]}'),
                        (4, 1, 2, 'edit', 3, 'revision', 1, 0, 0, '{}');
               INSERT INTO statements (id, server, contest, source, as_of, entered_at, body) VALUES (1, 1, 'ga', 's', 0, 0, '{}');
               INSERT INTO agreements VALUES (1, 's', 1, 1, 0);"""
        )
        for _, sql in migrations()[1:]:
            before.executescript(sql)
        assert before.execute("SELECT id, why FROM outbox WHERE state = 'dropped'").fetchall() == [
            (2, "posts no longer list the sources that agree with them")
        ]
