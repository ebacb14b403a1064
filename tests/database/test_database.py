import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import aiosqlite
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.database import database as database_module
from bot.database.backup import examine
from bot.database.database import Database, fetch, from_micros, migrations, moment, newest_version, to_micros
from bot.database.sqlite_errors import DatabaseError
from tests.conftest import run_sql
from tests.database.files import damage, make, page_of

NEWEST = newest_version()
SOON = 5.0
SERVERS = "SELECT id FROM servers ORDER BY id"


def add_migration(monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    later = [*migrations(), (NEWEST + 1, sql)]
    monkeypatch.setattr(database_module, "migrations", lambda: later)


def content(path: Path) -> bytes:
    """Return the content of a database as SQL text, in bytes."""
    with closing(sqlite3.connect(path)) as connection:
        return "\n".join(connection.iterdump()).encode()


# Opening.


def test_no_two_migrations_have_one_number() -> None:
    """A database runs only one migration for each number. Where one of the two has run, the other never would."""
    numbers = [number for number, _ in migrations()]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1


async def test_a_new_database_is_made_with_its_folder_and_is_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "not" / "there yet?#" / "desk.sqlite3"
    await make(path)
    assert run_sql(path, "PRAGMA user_version") == [(NEWEST,)]
    assert run_sql(path, "PRAGMA journal_mode") == [("wal",)]


async def test_every_table_is_strict(path: Path) -> None:
    await make(path)
    tables = run_sql(
        path, "SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    assert len(tables) > 10
    assert [name for name, strict in tables if not strict] == []


async def test_each_installation_has_an_id_of_its_own_that_fits_into_a_nonce(tmp_path: Path) -> None:
    ids = set()
    for name in ("one", "two"):
        await make(tmp_path / name)
        ((key,),) = run_sql(tmp_path / name, "SELECT id FROM installation")
        ids.add(key)
        assert len(f"{key}-{10**13}") <= 25
    assert len(ids) == 2


async def test_opening_again_changes_nothing(path: Path) -> None:
    await make(path)
    before = content(path)
    await make(path)
    assert content(path) == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.usefixtures("flushed")
async def test_a_commit_is_on_disk_before_it_counts(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "desk.sqlite3")
    assert await database.write(lambda connection: fetch(connection, "PRAGMA synchronous")) == [(2,)]
    assert await database.write(lambda connection: fetch(connection, "PRAGMA foreign_keys")) == [(1,)]
    await database.close()


async def test_a_newer_database_is_refused_by_a_line_with_both_versions_and_left_as_it_was(path: Path) -> None:
    await make(path)
    run_sql(path, "PRAGMA wal_checkpoint(TRUNCATE)", f"PRAGMA user_version = {NEWEST + 7}")
    before = path.read_bytes()
    with pytest.raises(DatabaseError) as caught:
        await Database.open(path)
    said = str(caught.value)
    assert str(path) in said
    assert f"version {NEWEST + 7}" in said
    assert f"knows {NEWEST}" in said
    assert "restore the copy" in said
    assert "\n" not in said
    assert path.read_bytes() == before


NOT_OURS = [
    (None, "there is nothing in it: restore the last backup; if there never was anything, delete the file"),
    ("CREATE TABLE x (y); DROP TABLE x", "there is nothing in it: restore the last backup"),
    ("CREATE TABLE x (y)", "it is another program's database: TALLYDESK_DATABASE should name Tallydesk's own"),
    ("CREATE TABLE x (y); PRAGMA user_version = 1", "it is another program's database"),
    ("CREATE VIEW x AS SELECT 1; PRAGMA user_version = 9999", "it is another program's database"),
]


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize(("sql", "words"), NOT_OURS)
async def test_what_is_not_ours_or_is_empty_but_not_new_is_refused_and_left_as_it_was(
    path: Path, sql: str | None, words: str, read_only: bool
) -> None:
    if sql is None:
        path.touch()
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(f"{sql};")
    before = path.read_bytes()
    with pytest.raises(DatabaseError) as caught:
        await Database.open(path, read_only=read_only)
    assert str(caught.value).startswith(f"{path}: the database can't be opened: {words}")
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_what_is_left_of_a_log_is_refused_where_its_database_is_gone(path: Path) -> None:
    log = path.with_name(f"{path.name}-wal")
    log.write_bytes(b"frames of another database")
    for read_only in (True, False):
        with pytest.raises(DatabaseError, match=f"^{path}: {log} is left from the database that was here before and"):
            await Database.open(path, read_only=read_only)
    assert [file.name for file in path.parent.iterdir()] == [log.name]


@pytest.mark.parametrize("killed_in", ["_run_migrations", "put"])
async def test_a_kill_while_a_database_is_made_leaves_none_and_the_next_start_makes_it(
    path: Path, killed_in: str
) -> None:
    script = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.database import database

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(database, sys.argv[2], kill)
asyncio.run(database.Database.open(Path(sys.argv[1])))
"""
    command = [sys.executable, "-c", script, str(path), killed_in]
    killed = await asyncio.to_thread(lambda: subprocess.run(command, check=False))
    assert killed.returncode == -9
    assert not path.exists()
    await make(path)
    assert run_sql(path, "PRAGMA user_version") == [(NEWEST,)]
    assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_a_database_that_can_not_be_made_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_migration(monkeypatch, "INSERT INTO nowhere VALUES (1);")
    with pytest.raises(DatabaseError, match="no such table: nowhere"):
        await Database.open(path)
    assert list(path.parent.iterdir()) == []


async def test_a_new_database_is_made_where_a_link_points(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "desk.sqlite3")
    await make(link)
    assert link.is_symlink()
    assert run_sql(tmp_path / "desk.sqlite3", "PRAGMA user_version") == [(NEWEST,)]


@pytest.mark.parametrize(
    "place", [".", "file/desk.sqlite3", "/proc/desk.sqlite3"], ids=["a folder", "in a file", "in no folder of ours"]
)
async def test_a_place_where_no_database_can_be_made_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseError, match="can't be opened"):
        await Database.open(tmp_path / place)


async def test_a_refusal_waits_for_the_end_of_its_thread(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A thread that outlives the event loop dies with a traceback.
    steps: list[str] = []

    def slowly(step: str, *_: object) -> None:
        time.sleep(0.02)
        steps.append(step)

    monkeypatch.setattr(aiosqlite.core.LOG, "debug", slowly)
    with pytest.raises(DatabaseError):
        await Database.open(path, read_only=True)
    assert steps.count("executing %s") == 2  # opening, and ending


# Only looking.


async def test_only_looking_makes_no_file(path: Path) -> None:
    with pytest.raises(DatabaseError, match="unable to open"):
        await Database.open(path, read_only=True)
    assert list(path.parent.iterdir()) == []


async def test_only_looking_changes_nothing_and_can_not_write(path: Path) -> None:
    await make(path)
    before = content(path)
    database = await Database.open(path, read_only=True)
    assert await database.rows("SELECT count(*) FROM servers") == [(0,)]
    with pytest.raises(DatabaseError, match="can't be written"):
        await database.write(partial(add, 1))
    await database.close()
    assert content(path) == before


async def test_only_looking_leaves_an_older_database_as_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await make(path)
    before = content(path)
    add_migration(monkeypatch, "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;")
    with pytest.raises(DatabaseError, match=f"is of version {NEWEST}; `tallydesk run` brings it to {NEWEST + 1}"):
        await Database.open(path, read_only=True)
    assert content(path) == before


# Updates.


async def test_an_update_copies_the_database_first(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await make(path)
    run_sql(path, "INSERT INTO servers (id) VALUES (7)")
    before = content(path)
    add_migration(monkeypatch, "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT; INSERT INTO later VALUES (3);")
    await make(path)
    assert run_sql(path, "PRAGMA user_version") == [(NEWEST + 1,)]
    assert run_sql(path, "SELECT id FROM later") == [(3,)]
    assert run_sql(path, SERVERS) == [(7,)]
    copy = path.with_name(f"desk.sqlite3.before-{NEWEST + 1:04d}")
    assert run_sql(copy, "PRAGMA user_version") == [(NEWEST,)]
    assert examine(copy).copied_at is not None
    run_sql(copy, "UPDATE installation SET copied_at = NULL")
    assert content(copy) == before


async def test_the_copy_before_an_update_is_never_replaced_and_a_second_one_only_by_a_third(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make(path)
    add_migration(monkeypatch, "INSERT INTO nowhere VALUES (1);")
    for server in (7, 8, 9):
        run_sql(path, f"INSERT INTO servers (id) VALUES ({server})")
        with pytest.raises(DatabaseError):
            await Database.open(path)
    copy = path.with_name(f"desk.sqlite3.before-{NEWEST + 1:04d}")
    assert run_sql(copy, SERVERS) == [(7,)]
    assert run_sql(copy.with_name(f"{copy.name}-again"), SERVERS) == [(7,), (8,), (9,)]
    assert len(list(path.parent.iterdir())) == 3


async def test_copies_of_old_upgrades_go_at_a_start_and_young_ones_stay(path: Path) -> None:
    await make(path)
    for version, days in ((90, 91), (91, 89), (92, 91), (93, 91), (94, 0)):
        old = path.with_name(f"{path.name}.before-{version:04d}")
        old.touch()
        os.utime(old, (time.time() - days * 86400,) * 2)
    await make(path)
    assert sorted(file.name.rpartition("-")[2] for file in path.parent.glob("*.before-*")) == ["0091", "0094"]


async def test_what_restores_put_aside_goes_at_a_start_by_when_it_was_put_there(path: Path) -> None:
    await make(path)
    now = datetime.now(UTC)
    young, old = (f"{path.name}.replaced-{now - timedelta(days=days):%Y%m%dT%H%M%SZ}" for days in (89, 91))
    for name in (young, old, f"{old}-wal", f"{path.name}.replaced-by-hand"):
        path.with_name(name).touch()
        os.utime(path.with_name(name), (0, 0))  # when it was written last says nothing
    await make(path)
    assert sorted(file.name for file in path.parent.glob("*.replaced-*")) == [young, f"{path.name}.replaced-by-hand"]


async def test_what_is_deleted_leaves_nothing_in_the_file(path: Path) -> None:
    name = "somebody who asks to be forgotten"
    database = await Database.open(path)
    row = "INSERT INTO audit (at, who, what) VALUES (0, ?, 'x')"
    await database.write(lambda there: there.execute(row, (name * 1000,)).close())
    await database.write(lambda there: there.execute("DELETE FROM audit").close())
    await database.close()
    assert name.encode() not in path.read_bytes()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_versions_need_not_follow_one_another(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = migrations()[0]
    later = [
        first,
        (first[0] + 4, "CREATE TABLE one (x ANY) STRICT;"),
        (first[0] + 9, "CREATE TABLE two (x ANY) STRICT;"),
    ]
    monkeypatch.setattr(database_module, "migrations", lambda: later[:1])
    await make(path)
    monkeypatch.setattr(database_module, "migrations", lambda: later)
    await make(path)
    await make(path.with_name("new.sqlite3"))
    for file in (path, path.with_name("new.sqlite3")):
        assert run_sql(file, "PRAGMA user_version") == [(first[0] + 9,)]
        assert run_sql(file, "SELECT count(*) FROM one, two") == [(0,)]


async def test_a_damaged_database_is_not_updated_and_no_copy_pretends_to_be_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make(path)
    run_sql(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    damage(path, page_of(path, "audit"))
    add_migration(monkeypatch, "CREATE TABLE later (id INTEGER) STRICT;")
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="no copy was made, for it would not have been whole"):
        await Database.open(path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_an_update_that_fails_half_way_leaves_version_and_rows(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make(path)
    run_sql(path, "INSERT INTO servers (id) VALUES (7)")
    before = content(path)
    add_migration(
        monkeypatch, "CREATE TABLE later (id INTEGER) STRICT; DELETE FROM servers; INSERT INTO nowhere VALUES (1);"
    )
    with pytest.raises(DatabaseError, match="no such table: nowhere"):
        await Database.open(path)
    assert run_sql(path, "PRAGMA user_version") == [(NEWEST,)]
    assert content(path) == before


async def test_a_failed_update_can_be_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await make(path)
    add_migration(monkeypatch, "INSERT INTO nowhere VALUES (1);")
    with pytest.raises(DatabaseError):
        await Database.open(path)
    monkeypatch.undo()
    add_migration(monkeypatch, "CREATE TABLE later (id INTEGER) STRICT;")
    await make(path)
    assert run_sql(path, "PRAGMA user_version") == [(NEWEST + 1,)]


# Transactions.


def add(server: int, connection: sqlite3.Connection) -> int:
    connection.execute("INSERT INTO servers (id) VALUES (?)", (server,))
    return server


async def test_a_transaction_returns_what_its_work_returns_and_is_seen_afterwards(database: Database) -> None:
    assert await database.write(partial(add, 7)) == 7
    assert await database.rows(SERVERS) == [(7,)]


async def test_an_error_takes_everything_back(database: Database) -> None:
    def work(connection: sqlite3.Connection) -> None:
        add(7, connection)
        raise LookupError("half-way")

    with pytest.raises(LookupError, match="half-way"):
        await database.write(work)
    assert await database.rows(SERVERS) == []
    await database.write(partial(add, 8))
    assert await database.rows(SERVERS) == [(8,)]


async def test_the_error_is_told_even_where_sqlite_took_everything_back_itself(database: Database) -> None:
    def work(connection: sqlite3.Connection) -> None:
        add(7, connection)
        connection.execute("INSERT OR ROLLBACK INTO servers (id) VALUES (7)")

    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        await database.write(work)
    await database.write(partial(add, 8))
    assert await database.rows(SERVERS) == [(8,)]


class Paused:
    """A transaction that waits in the middle until the test lets it continue."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, connection: sqlite3.Connection) -> None:
        add(7, connection)
        self.begun.set()
        assert self.go_on.wait(SOON)
        add(8, connection)

    async def wait(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, SOON)


async def test_a_transaction_outlives_who_asked_for_it(database: Database) -> None:
    work = Paused()
    asked = asyncio.create_task(database.write(work))
    await work.wait()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await database.rows(SERVERS) == []
    work.go_on.set()
    await database.write(partial(add, 9))
    assert await database.rows(SERVERS) == [(7,), (8,), (9,)]


async def test_closing_waits_for_the_transaction_under_way(path: Path) -> None:
    database, work = await Database.open(path), Paused()
    asked = asyncio.create_task(database.write(work))
    await work.wait()
    asked.cancel()
    closed = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    work.go_on.set()
    await closed
    assert run_sql(path, SERVERS) == [(7,), (8,)]


async def test_a_transaction_that_was_called_off_before_its_turn_does_not_block_the_next(database: Database) -> None:
    work = Paused()
    first = asyncio.create_task(database.write(work))
    await work.wait()
    second = asyncio.create_task(database.write(partial(add, 9)))
    await asyncio.sleep(0)
    second.cancel()
    work.go_on.set()
    await first
    await database.write(partial(add, 10))
    assert (await database.rows(SERVERS))[-1] == (10,)


async def test_two_transactions_never_interleave(database: Database) -> None:
    steps: list[tuple[int, int]] = []

    def work(server: int, connection: sqlite3.Connection) -> None:
        for step in range(3):
            steps.append((server, step))
            add(10 * server + step, connection)

    await asyncio.gather(*(database.write(partial(work, server)) for server in range(5)))
    assert steps == [(server, step) for server in range(5) for step in range(3)]


async def while_one_is_written(database: Database, *works: Callable[[sqlite3.Connection], object]) -> list[object]:
    """Run all works while another transaction is being written.

    Returns the result or the exception of each work, and last the number of commits.
    """
    work, commits = Paused(), list[str]()
    first = asyncio.create_task(database.write(work))
    await work.wait()
    waiting = [asyncio.create_task(database.write(one)) for one in works]
    await asyncio.sleep(0)
    database._writer._conn.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    work.go_on.set()
    await first
    return [*await asyncio.gather(*waiting, return_exceptions=True), len(commits)]


async def test_transactions_that_wait_are_committed_together(database: Database) -> None:
    works = [partial(add, number) for number in range(20, 30)]
    assert await while_one_is_written(database, *works) == [*range(20, 30), 2]
    assert await database.rows(SERVERS) == [(7,), (8,), *((number,) for number in range(20, 30))]


async def test_one_that_fails_among_others_takes_back_what_is_its_own(database: Database) -> None:
    def fails(connection: sqlite3.Connection) -> None:
        add(21, connection)
        raise LookupError("half-way")

    done, failed, also_done, _ = await while_one_is_written(database, partial(add, 20), fails, partial(add, 22))
    assert (done, also_done) == (20, 22)
    assert isinstance(failed, LookupError)
    assert await database.rows(SERVERS) == [(7,), (8,), (20,), (22,)]


async def test_who_was_done_before_sqlite_took_everything_back_is_told_and_who_comes_after_is_done(
    database: Database,
) -> None:
    def takes_all_back(connection: sqlite3.Connection) -> None:
        add(21, connection)
        connection.execute("INSERT OR ROLLBACK INTO servers (id) VALUES (21)")

    before, failed, after, _ = await while_one_is_written(database, partial(add, 20), takes_all_back, partial(add, 22))
    assert isinstance(before, sqlite3.IntegrityError)
    assert failed is before
    assert after == 22
    assert await database.rows(SERVERS) == [(7,), (8,), (22,)]


async def test_a_commit_that_fails_is_told_to_all_whom_it_was_for(database: Database) -> None:
    def late(connection: sqlite3.Connection) -> None:
        add(21, connection)
        connection.execute("PRAGMA defer_foreign_keys = ON")
        connection.execute("INSERT INTO leading_sources VALUES (404, 'ga', 'times', 'x', 0)")

    before, failed, _ = await while_one_is_written(database, partial(add, 20), late)
    assert isinstance(failed, sqlite3.IntegrityError)
    assert before is failed
    assert await database.rows(SERVERS) == [(7,), (8,)]
    assert await database.write(partial(add, 23)) == 23


async def test_reading_is_apart_from_the_transaction_under_way(database: Database) -> None:
    work = Paused()
    asked = asyncio.create_task(database.write(work))
    await work.wait()
    assert await database.row(SERVERS) is None
    work.go_on.set()
    await asked
    assert await database.rows(SERVERS) == [(7,), (8,)]


# Times.

ANY_ZONE = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 30), timezones=ANY_ZONE))  # noqa: DTZ001 - zones are drawn
def test_a_time_comes_back_exactly(time: datetime) -> None:
    assert from_micros(to_micros(time)) == time
    assert from_micros(to_micros(time)).tzinfo is UTC


@given(st.integers(-60_000_000_000_000_000, 250_000_000_000_000_000))
def test_microseconds_come_back_exactly(micros: int) -> None:
    assert to_micros(from_micros(micros)) == micros


def test_an_empty_column_is_no_time() -> None:
    assert moment(None) is None
    assert moment(0) == datetime(1970, 1, 1, tzinfo=UTC)


async def test_all_that_is_read_in_a_snapshot_is_as_of_one_commit_while_others_read_on(path: Path) -> None:
    database, written = await Database.open(path), asyncio.Event()

    async def read_beside() -> list[object]:
        await written.wait()
        return list(await database.rows(SERVERS))

    beside = asyncio.create_task(read_beside())
    await asyncio.sleep(0)
    async with database.snapshot(), database.snapshot():
        before = await database.rows(SERVERS)
        await database.write(lambda connection: connection.execute("INSERT INTO servers (id) VALUES (5)"))
        written.set()
        assert await beside == [(5,)]
        assert await database.rows(SERVERS) == before == []
    assert await database.rows(SERVERS) == [(5,)]
    with pytest.raises(ValueError, match="lost"):
        async with database.snapshot():
            raise ValueError("lost")
    async with database.snapshot():
        assert await database.rows(SERVERS) == [(5,)]
    await database.close()
