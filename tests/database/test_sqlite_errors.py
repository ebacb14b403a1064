"""Tests real failures of the disk and the database file.

The bot reports one sentence, leaves nothing half written, and continues when it can.
"""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, suppress
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.database import database as database_module
from bot.database.backup import back_up
from bot.database.database import Database, fetch, migrations, newest_version
from bot.database.sqlite_errors import DatabaseError, opening_error, reason_of
from bot.feeds.fetch import News
from bot.feeds.polling import Polling
from bot.outbox.discord import OutgoingMessage
from bot.outbox.dispatcher import Dispatcher
from bot.outbox.pacing import Pacing
from tests.conftest import COUNT, FAST, Newsroom, reading, run_sql, small_desk
from tests.database.files import PAGE, damage, make, page_of

NEWEST = newest_version()
SERVERS = "SELECT id FROM servers ORDER BY id"
SOON = 10.0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of 1.5 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = sys.platform == "linux" and not os.getuid()
    if mounted:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1536k", "tmpfs", folder], check=False)
        mounted = not done.returncode
    if not mounted:
        pytest.skip("only who may mount a small disk can fill it")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path, leaving: int = 0) -> Path:
    """Fill a disk until `leaving` bytes are free. Returns the file that fills it."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * PAGE)
    assert not shutil.disk_usage(folder).free
    with ballast.open("r+b") as file:
        file.truncate(ballast.stat().st_size - leaving)
    return ballast


def add(server: int, connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO servers (id) VALUES (?)", (server,))


def add_much(connection: sqlite3.Connection) -> None:
    """Write more than fits on a small disk."""
    add(999, connection)
    for number in range(400):
        connection.execute("INSERT INTO audit (at, who, what) VALUES (?, 'x', ?)", (number, "x" * PAGE))


# A full disk.


async def no_room(database: Database) -> None:
    """Prevent the database from growing, as on a full disk."""

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite uses the space that is left

    await database._writer.run(work)


async def room(database: Database) -> None:
    await database._writer.run(lambda connection: fetch(connection, "PRAGMA max_page_count = 1073741823"))


async def test_a_full_database_is_one_sentence_and_nothing_of_the_transaction_stays(database: Database) -> None:
    await no_room(database)
    with pytest.raises(DatabaseError) as caught:
        await database.write(add_much)
    assert str(caught.value).startswith(f"{database.path}: the disk is full: make room; ")
    assert await database.rows(SERVERS) == []
    await room(database)
    await database.write(partial(add, 7))
    assert await database.rows(SERVERS) == [(7,)]


async def test_a_disk_that_fills_up_while_it_runs(small_disk: Path) -> None:
    database = await Database.open(small_disk / "desk.sqlite3")
    await database.write(partial(add, 7))
    ballast = fill(small_disk)
    with pytest.raises(DatabaseError, match="the disk is full: make room"):
        await database.write(add_much)
    assert await database.rows(SERVERS) == [(7,)]
    ballast.unlink()
    await database.write(partial(add, 8))
    await database.close()
    assert run_sql(small_disk / "desk.sqlite3", SERVERS) == [(7,), (8,)]


async def test_a_disk_that_is_full_at_the_start(small_disk: Path) -> None:
    path = small_disk / "desk.sqlite3"
    ballast = fill(small_disk, leaving=2 * PAGE)
    with pytest.raises(DatabaseError, match=r"the database can't be opened: .*the disk is full|could not be read or"):
        await Database.open(path)
    ballast.unlink()
    await make(path)
    assert run_sql(path, "PRAGMA user_version") == [(NEWEST,)]


async def test_a_disk_too_full_for_the_copy_before_an_update_leaves_all_as_it_was(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = small_disk / "desk.sqlite3"
    await make(path)
    run_sql(path, "INSERT INTO servers (id) VALUES (7)", "PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    later = [*migrations(), (NEWEST + 1, "CREATE TABLE later (id INTEGER) STRICT;")]
    monkeypatch.setattr(database_module, "migrations", lambda: later)
    ballast = fill(small_disk, leaving=20 * PAGE)
    with pytest.raises(DatabaseError) as caught:
        await Database.open(path)
    assert str(caught.value).startswith(f"{path}.before-{NEWEST + 1:04d}: the copy can't be made: the disk is full")
    assert path.read_bytes() == before
    assert {file.name for file in small_disk.iterdir()} <= {
        path.name,
        "ballast",
        f"{path.name}-wal",
        f"{path.name}-shm",
    }
    ballast.unlink()
    await make(path)
    assert run_sql(path, SERVERS, "PRAGMA user_version") == [(NEWEST + 1,)]


@pytest.fixture
async def cramped(small_disk: Path) -> AsyncIterator[Newsroom]:
    """Return a newsroom whose database is the only file on a small disk."""
    async with Newsroom(small_disk / "desk.sqlite3", small_desk()) as newsroom:
        yield newsroom


async def test_a_post_whose_arrival_could_not_be_stored_is_found_and_not_sent_again(
    cramped: Newsroom, small_disk: Path
) -> None:
    send, sleep, ballast = cramped.channels.send, cramped.wall.sleep, list[Path]()

    async def send_and_fill_the_disk(channel: int, message: OutgoingMessage) -> int:
        sent = await send(channel, message)
        if not cramped.wall.slept:
            ballast.append(fill(small_disk))
        return sent

    async def make_room(seconds: float) -> None:
        await sleep(seconds)
        ballast.pop().unlink()

    await cramped.follow()
    await cramped.follow(contest="senate")
    await cramped.take(reading(1000, 500), reading(70, 50, 1, contest="senate"))
    cramped.channels.send = send_and_fill_the_disk
    cramped.publisher = Dispatcher(cramped.outbox, cramped.channels, Pacing(FAST), make_room)
    with capture_logs():
        await cramped.publish()
    assert [row.state for row in await cramped.posts()] == ["sent", "sent"]
    assert len(cramped.contents(COUNT)) == len(cramped.sends) == 2
    assert cramped.looks == [COUNT]


class Source:
    """A feed with one reading. After the first poll it reports no news, unless `forget` was called."""

    def __init__(self) -> None:
        self.source = small_desk().sources[0]
        self._news: News | None = None
        self.forget()

    async def news(self, _: datetime) -> News | None:
        news, self._news = self._news, None
        return news

    def forget(self) -> None:
        self._news = News((reading(1000, 500),), ())


async def test_a_reading_that_did_not_fit_is_asked_for_again_and_told_once(cramped: Newsroom, small_disk: Path) -> None:
    await cramped.follow()
    feed = Source()
    watch = Polling([feed], cramped.ingest, cramped.clock)  # type: ignore[list-item]  # no feed of a real source
    ballast = fill(small_disk)
    with capture_logs() as logs:
        for _ in range(2):
            await watch.ask(feed)  # type: ignore[arg-type]  # as above
    assert [entry["why"].split(": ")[1] for entry in logs] == ["the disk is full"] * 2
    assert await cramped.count("readings") == await cramped.count("outbox") == 0
    ballast.unlink()
    for _ in range(2):
        await watch.ask(feed)  # type: ignore[arg-type]  # as above
    await cramped.publish()
    assert len(cramped.contents(COUNT)) == 1


# A locked file.


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "BUSY_WAIT_MILLISECONDS", 20)


@pytest.mark.usefixtures("impatient")
async def test_a_file_that_another_program_has_locked_is_one_sentence_and_works_again_when_it_is_free(
    path: Path,
) -> None:
    await make(path)
    database = await Database.open(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as browser:
        browser.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError) as caught:
            await database.write(partial(add, 7))
        assert str(caught.value).startswith(f"{path}: another program has locked it: end that program")
        assert await database.rows(SERVERS) == []
    await database.write(partial(add, 8))
    assert await database.rows(SERVERS) == [(8,)]
    await database.close()


@pytest.mark.usefixtures("impatient")
async def test_a_file_that_is_locked_at_the_start(path: Path) -> None:
    await make(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as browser:
        browser.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseError, match="can't be opened: another program has locked it"):
            await Database.open(path)
    await make(path)


# Damage.


async def test_a_damaged_page_is_one_sentence_whether_it_is_read_or_written(path: Path) -> None:
    await make(path)
    damage(path, page_of(path, "servers"))
    database = await Database.open(path)
    words = f"^{path}: a part of it is damaged: stop Tallydesk and restore the last backup; "
    with pytest.raises(DatabaseError, match=words):
        await database.rows(SERVERS)
    with pytest.raises(DatabaseError, match=words):
        await database.write(partial(add, 7))
    await database.write(lambda connection: connection.execute("DELETE FROM silences"))  # the rest can be used
    await database.close()


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: damage(path, 1), "the file is not a database"),
        (lambda path: path.write_bytes(path.read_bytes()[: 3 * PAGE]), "a part of it is damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:50]), "the file is not a database"),
        (lambda path: path.write_text("readings, by county\n" * 500), "the file is not a database"),
    ],
)
async def test_a_spoiled_head_or_end_is_found_at_the_start_and_left_as_it_is(
    path: Path, spoil: Callable[[Path], None], words: str, read_only: bool
) -> None:
    await make(path)
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match=f"^{path}: the database can't be opened: {words}"):
        await Database.open(path, read_only=read_only)
    assert path.read_bytes() == before


async def test_what_was_committed_before_a_kill_is_there_after_it(path: Path) -> None:
    script = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.database.database import Database

async def main():
    database = await Database.open(Path(sys.argv[1]))
    for server in range(300):
        await database.write(lambda c: c.execute("INSERT INTO servers (id) VALUES (?)", (server,)))

    def die(connection):
        connection.execute("INSERT INTO servers (id) VALUES (999)")
        os.kill(os.getpid(), signal.SIGKILL)

    await database.write(die)

asyncio.run(main())
"""
    killed = await asyncio.to_thread(lambda: subprocess.run([sys.executable, "-c", script, path], check=False))
    assert killed.returncode == -9
    assert path.with_name("desk.sqlite3-wal").stat().st_size > 0
    database = await Database.open(path)
    assert await database.rows(SERVERS) == [(server,) for server in range(300)]
    await database.close()


COPIED_AT = "SELECT copied_at FROM installation"


async def laid_aside(path: Path, *endings: str) -> Path:
    """Return the path of a copied database, taken while the original was open, as after a kill.

    `endings` selects the files to copy, such as "-wal".
    """
    database = await Database.open(path, lambda: 1_000.0)
    await database.write(partial(add, 7))
    found = path.with_name("found.sqlite3")
    for ending in endings:
        Path(f"{found}{ending}").write_bytes(Path(f"{path}{ending}").read_bytes())
    await database.close()
    return found


async def test_a_database_without_its_log_is_taken_as_a_copy_and_one_with_it_is_not(path: Path) -> None:
    alone = await laid_aside(path, "")
    with capture_logs() as logs:
        database = await Database.open(alone, lambda: 2_000.0)
    assert [(line["log_level"], line["event"]) for line in logs] == [
        ("warning", "the database was not closed, and its log (-wal) is gone: what was in that is lost")
    ]
    assert await database.rows(COPIED_AT) == [(2_000_000_000,)]
    await database.close()
    whole = await laid_aside(path.with_name("other.sqlite3"), "", "-wal")
    database = await Database.open(whole)
    assert await database.rows(SERVERS) == [(7,)]
    assert await database.rows(COPIED_AT) == [(None,)]
    await database.close()


async def test_a_log_that_somebody_s_look_made_anew_is_none(path: Path) -> None:
    alone = await laid_aside(path, "")
    await (await Database.open(alone, read_only=True)).close()
    database = await Database.open(alone)
    assert (await database.rows(COPIED_AT))[0][0] is not None
    await database.close()


async def test_what_is_lost_with_the_log_is_all_after_the_newest_time_that_is_known(path: Path) -> None:
    await make(path)
    run_sql(path, "UPDATE alive SET wall_at = 900000000")
    database = await Database.open(await laid_aside(path, ""), lambda: 2_000.0)
    assert await database.rows(COPIED_AT) == [(900_000_000,)]
    await database.close()


async def test_a_database_that_was_closed_needs_no_log(path: Path) -> None:
    await make(path)
    assert not path.with_name("desk.sqlite3-wal").exists()
    copy = path.with_name("copy.sqlite3")
    copy.write_bytes(path.read_bytes())
    for one in (path, copy):
        database = await Database.open(one)
        assert await database.rows(COPIED_AT) == [(None,)]
        await database.close()


async def test_a_copy_laid_over_a_database_whose_log_is_still_there_is_refused(path: Path) -> None:
    await make(path)
    copy = path.with_name("copy")
    back_up(path, copy)
    with closing(sqlite3.connect(path, isolation_level=None)) as killed:
        killed.execute("INSERT INTO servers (id) VALUES (7)")
        log = path.with_name("desk.sqlite3-wal").read_bytes()
    path.write_bytes(copy.read_bytes())
    path.with_name("desk.sqlite3-wal").write_bytes(log)
    for read_only in (True, False):
        with pytest.raises(DatabaseError) as caught:
            await Database.open(path, read_only=read_only)
        assert str(caught.value) == (
            f"{path}: {path}-wal is left from the database that was here before and would damage this one: "
            f"delete it, and {path}-shm, and start again"
        )
    assert path.read_bytes() == copy.read_bytes()
    path.with_name("desk.sqlite3-wal").unlink()
    await make(path)


# What may not be written.

AS_NOBODY = """
import asyncio, os, sys
from pathlib import Path
from bot.database.database import Database, DatabaseError, migrations
migrations()
if not os.getuid():  # root may do anything
    os.setuid(65534)
try:
    asyncio.run(Database.open(Path(sys.argv[1])))
except DatabaseError as error:
    print(error)
"""


@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o555, 0o666), (0o777, 0o444), (0o000, 0o666)])
async def test_a_folder_or_file_that_may_not_be_written(folder_mode: int, file_mode: int) -> None:
    with tempfile.TemporaryDirectory() as outside:
        Path(outside).chmod(0o755)
        path = Path(outside) / "data" / "desk.sqlite3"
        await make(path)
        path.chmod(file_mode)
        path.parent.chmod(folder_mode)
        command = [sys.executable, "-c", AS_NOBODY, str(path)]
        done = await asyncio.to_thread(lambda: subprocess.run(command, capture_output=True, text=True, check=False))
        path.parent.chmod(0o755)
        (line,) = done.stdout.splitlines()
        assert line.startswith(f"{path}: the database can't be opened: it can't be written: whoever runs Tallydesk")
        assert done.stderr == ""


# Words.


def test_what_is_our_own_fault_has_no_such_sentence() -> None:
    assert reason_of(sqlite3.ProgrammingError("Incorrect number of bindings")) is None
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(sqlite3.IntegrityError) as caught:
        connection.executescript("CREATE TABLE x (y UNIQUE); INSERT INTO x VALUES (1), (1);")
    assert reason_of(caught.value) is None


def test_an_error_that_nobody_knows_is_told_as_it_is() -> None:
    assert str(opening_error(Path("x"), OSError(5, "no"))) == "x: the database can't be opened ([Errno 5] no)"
