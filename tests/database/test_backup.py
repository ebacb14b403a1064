"""Tests backups while the bot writes. A copy shows one moment and is complete, or does not exist."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from bot.database import backup
from bot.database.backup import Contents, back_up, examine, restore
from bot.database.database import Database, newest_version
from bot.database.lock import Lock
from bot.database.sqlite_errors import DatabaseError
from bot.errors import BadInputError
from tests.conftest import START, Newsroom, reading, run_sql
from tests.database.files import damage, make, page_of

NEWEST = newest_version()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder / "copy.sqlite3"


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def test_a_copy_has_what_was_there_and_says_when_it_was_made(newsroom: Newsroom, target: Path) -> None:
    await newsroom.follow()
    await newsroom.post(reading(1000, 500), reading(1100, 500, 1))
    before = int(time.time() * 1_000_000)
    contents = await asyncio.to_thread(back_up, newsroom.database.path, target)
    assert contents == Contents(NEWEST, 2, 2, contents.copied_at)
    assert contents.copied_at is not None
    assert before <= contents.copied_at <= time.time() * 1_000_000
    assert examine(target) == contents
    assert run_sql(target, "SELECT channel, contest FROM follows") == [(11, "ga")]
    assert names(target.parent) == ["copy.sqlite3"]
    assert examine(newsroom.database.path).copied_at is None  # the mark is in the copy alone


async def test_a_copy_is_of_one_moment_and_neither_waits_for_the_bot_nor_lets_it_wait(
    database: Database, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES", 4)
    monkeypatch.setattr(backup, "PAUSE_SECONDS", 0)
    steps: list[tuple[int, int]] = []
    copying, go_on = threading.Event(), threading.Event()

    def step(done: int, total: int) -> None:
        steps.append((done, total))
        copying.set()
        assert go_on.wait(10)

    def write(place: int, connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO servers (id) VALUES (?)", (place,))
        connection.execute("INSERT INTO silences VALUES (?, 'x', ?, 1, NULL)", (place, "x" * 9000))

    for place in range(20):
        await database.write(partial(write, place))
    made = asyncio.create_task(asyncio.to_thread(back_up, database.path, target, progress=step))
    assert await asyncio.to_thread(copying.wait, 10)
    for place in range(20, 60):  # in the middle of it
        await database.write(partial(write, place))
    go_on.set()
    await made
    assert len(steps) > 5
    assert steps[-1][0] == steps[-1][1]
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)  # it never starts over
    assert run_sql(target, "SELECT count(*) FROM servers", "SELECT count(*) FROM silences") == [(20,)]


async def test_a_copy_is_one_file_that_needs_no_other(database: Database, target: Path) -> None:
    back_up(database.path, target)
    assert run_sql(target, "PRAGMA journal_mode") == [("delete",)]
    target.chmod(0o444)
    assert examine(target).version == NEWEST
    assert names(target.parent) == ["copy.sqlite3"]


async def test_discord_is_given_the_commands_again_after_a_restore(newsroom: Newsroom, target: Path) -> None:
    await newsroom.desk_store.store_commands("newer than the copy's", {"margin": 1})
    back_up(newsroom.database.path, target)
    assert run_sql(target, "SELECT commands FROM installation") == [(None,)]
    assert await newsroom.desk_store.commands() == ("newer than the copy's", {"margin": 1})


async def test_a_copy_of_a_copy_is_as_old_as_the_first(database: Database, target: Path) -> None:
    first = back_up(database.path, target)
    second = back_up(target, target.with_name("second"))
    assert second.copied_at == first.copied_at


async def test_what_is_there_is_replaced_only_by_a_whole_copy(database: Database, target: Path, tmp_path: Path) -> None:
    target.write_text("precious")
    broken = tmp_path / "broken"
    broken.write_text("no database" * 500)
    with pytest.raises(DatabaseError, match=f"{broken}: the database can't be opened: the file is not a database"):
        back_up(broken, target)
    assert target.read_text() == "precious"
    back_up(database.path, target)
    assert examine(target).readings == 0
    assert names(target.parent) == ["copy.sqlite3"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("desk.sqlite3", "is the database itself"),
        ("desk.sqlite3-wal", "belongs to the database"),
        ("desk.sqlite3-shm", "belongs to the database"),
        ("desk.sqlite3-journal", "belongs to the database"),
        ("desk.sqlite3.lock", "belongs to the database"),
        ("link", "is the database itself"),
        ("copies", "is a folder"),
        ("nowhere/copy", "there is no folder"),
    ],
)
async def test_what_can_not_be_the_copy(database: Database, target: Path, name: str, words: str) -> None:
    place = database.path.parent
    (place / "link").symlink_to(database.path)
    with pytest.raises(BadInputError, match=words):
        back_up(database.path, place / name)
    assert not target.exists()


async def test_a_database_that_a_bot_uses_and_a_copy_being_made_are_not_replaced(
    database: Database, target: Path
) -> None:
    lock = Lock.take(target)
    with pytest.raises(DatabaseError, match=r"process \d+ uses or writes this file"):
        back_up(database.path, target)
    lock.release()
    other = await Database.open(target)
    with pytest.raises(DatabaseError, match=r"process \d+ uses or writes this file"):
        back_up(database.path, target)
    await other.close()


async def test_a_damaged_database_gives_no_copy(tmp_path: Path, target: Path) -> None:
    path = tmp_path / "damaged.sqlite3"
    await make(path)
    damage(path, page_of(path, "readings"))
    with pytest.raises(DatabaseError, match=r"no copy was made, for it would not have been whole: .* is damaged"):
        back_up(path, target)
    assert names(target.parent) == []


async def test_a_kill_while_it_copies_leaves_nothing_under_the_name(database: Database, target: Path) -> None:
    script = """
import os, signal, sys
from pathlib import Path
from bot.database.backup import back_up
back_up(Path(sys.argv[1]), Path(sys.argv[2]), progress=lambda *_: os.kill(os.getpid(), signal.SIGKILL))
"""
    command = [sys.executable, "-c", script, str(database.path), str(target)]
    killed = await asyncio.to_thread(lambda: subprocess.run(command, check=False))
    assert killed.returncode == -9
    assert not target.exists()
    back_up(database.path, target)
    assert names(target.parent) == ["copy.sqlite3"]


# Looking at a file.


async def test_a_row_that_names_what_is_not_there_is_damage(database: Database, target: Path) -> None:
    back_up(database.path, target)
    run_sql(target, "INSERT INTO silences VALUES (7, 'ga', 'times', 1, NULL)")
    with pytest.raises(DatabaseError, match="of silences names a row of servers that is not there"):
        examine(target)


async def test_a_damaged_page_is_named(database: Database, target: Path) -> None:
    back_up(database.path, target)
    damage(target, page_of(target, "audit"))
    with pytest.raises(DatabaseError, match=f"{target}: .*is damaged"):
        examine(target)


def test_a_database_of_another_program_is_not_taken_for_ours(target: Path) -> None:
    with closing(sqlite3.connect(target)) as connection:
        connection.execute("CREATE TABLE x (y)")
    for look in (examine, partial(back_up, target=target.with_name("another"))):
        with pytest.raises(DatabaseError, match=f"^{target}: .*it is another program's database: "):
            look(target)
    assert names(target.parent) == ["copy.sqlite3"]


def test_a_file_that_is_not_there(target: Path) -> None:
    with pytest.raises(DatabaseError, match="is unable to open it"):
        examine(target)
    assert names(target.parent) == []


# Restoring.


async def test_a_copy_takes_the_database_s_place_and_that_is_only_renamed(newsroom: Newsroom, target: Path) -> None:
    await newsroom.follow()
    path = newsroom.database.path
    await asyncio.to_thread(back_up, path, target)
    await newsroom.follow(contest="senate")
    await newsroom.database.close()
    aside = restore(target, path, START)
    assert aside == path.with_name(f"{path.name}.replaced-20201111T120000Z")
    assert run_sql(path, "SELECT contest FROM follows") == [("ga",)]
    assert run_sql(aside, "SELECT contest FROM follows") == [("ga",), ("senate",)]
    assert examine(path).copied_at is not None
    assert not list(path.parent.glob("*.part"))
    newsroom.database = await Database.open(path)
    await newsroom.database.close()


async def test_what_a_killed_bot_left_in_its_log_is_in_the_database_that_is_put_aside(
    database: Database, target: Path
) -> None:
    path = database.path
    await asyncio.to_thread(back_up, path, target)
    await database.write(lambda connection: connection.execute("INSERT INTO servers (id) VALUES (7)"))
    killed = path.with_name("killed.sqlite3")
    for ending in ("", "-wal"):
        Path(f"{killed}{ending}").write_bytes(Path(f"{path}{ending}").read_bytes())
    aside = restore(target, killed, START)
    assert aside is not None
    assert run_sql(aside, "SELECT id FROM servers") == [(7,)]
    again = await Database.open(killed)
    assert await again.rows("SELECT id FROM servers") == []
    await again.close()


async def test_a_restore_is_refused_while_a_bot_runs_and_of_what_is_no_copy(database: Database, target: Path) -> None:
    await asyncio.to_thread(back_up, database.path, target)
    with pytest.raises(DatabaseError, match=r"process \d+ uses this database: stop that bot first"):
        restore(target, database.path, START)
    await database.close()
    run_sql(target, "UPDATE installation SET copied_at = NULL")
    before = database.path.read_bytes()
    with pytest.raises(BadInputError, match="was not made as a copy"):
        restore(target, database.path, START)
    with pytest.raises(BadInputError, match="there is no such file"):
        restore(target.with_name("none"), database.path, START)
    with pytest.raises(BadInputError, match="is the database itself"):
        restore(database.path, database.path, START)
    target.write_bytes(target.read_bytes()[:8192])
    with pytest.raises(DatabaseError, match="damaged"):
        restore(target, database.path, START)
    assert database.path.read_bytes() == before


async def test_a_device_is_no_database_is_not_to_be_deleted_and_gives_way_to_no_copy(
    database: Database, target: Path, tmp_path: Path
) -> None:
    await asyncio.to_thread(back_up, database.path, target)
    device = tmp_path / "device.sqlite3"
    device.symlink_to(os.devnull)
    refused = "it is a folder, a device or a pipe: TALLYDESK_DATABASE should name a file"
    with pytest.raises(DatabaseError, match=refused):
        restore(target, device, START)
    with pytest.raises(DatabaseError, match=refused):
        back_up(device, tmp_path / "other.sqlite3")
    for read_only in (True, False):
        with pytest.raises(DatabaseError, match=refused):
            await Database.open(device, read_only=read_only)
    assert device.is_symlink()
    assert not Path(f"{os.devnull}.lock").exists()
