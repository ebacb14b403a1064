"""Tests an invented second migration, as the first change of the schema after a release will affect a running
newsroom.
"""

import shutil
from importlib.resources import as_file
from pathlib import Path

import pytest

from bot.database import database as database_module
from bot.database.database import MIGRATIONS, Database
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
