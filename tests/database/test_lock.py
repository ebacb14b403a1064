"""Tests that only one process at a time opens a database, with real processes and real locks."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.database.database import Database
from bot.database.lock import Lock, LockHeldError
from bot.database.sqlite_errors import DatabaseError

HOLD = """
import asyncio, sys
from pathlib import Path
from bot.database.database import Database

async def main():
    database = await Database.open(Path(sys.argv[1]))
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await database.close()

asyncio.run(main())
"""


@contextmanager
def another(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Open the database in another process, until the process is told to end or killed."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        assert process.stdout
        try:
            assert process.stdout.readline() == b"open\n"
            yield process
        finally:
            process.kill()


async def test_a_second_process_is_refused_at_once_with_the_first_one_s_id(path: Path) -> None:
    with another(path) as first, pytest.raises(DatabaseError) as caught:
        await Database.open(path)
    assert str(caught.value) == (
        f"{path}: process {first.pid} uses this database already, and only one may: stop that one, "
        "or give this one a database of its own in TALLYDESK_DATABASE"
    )


async def test_the_lock_of_a_killed_process_is_free(path: Path) -> None:
    with another(path) as first:
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert path.with_name("desk.sqlite3.lock").exists()
        database = await Database.open(path)
        with pytest.raises(DatabaseError, match=f"process {os.getpid()} uses"):
            await Database.open(path)
        await database.close()


async def test_links_and_relative_paths_meet_the_same_lock(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, folder = tmp_path / "elsewhere.sqlite3", tmp_path / "folder"
    link.symlink_to(path)
    folder.symlink_to(tmp_path, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    with another(path) as first:
        for name in (link, folder / path.name, Path(path.name), tmp_path / "folder" / ".." / tmp_path.name / path.name):
            with pytest.raises(DatabaseError, match=f"process {first.pid} uses"):
                await Database.open(name)


async def test_who_only_looks_needs_no_lock_and_takes_none(path: Path) -> None:
    with another(path):
        looking = await Database.open(path, read_only=True)
        await looking.close()
    looking = await Database.open(path, read_only=True)
    writing = await Database.open(path)
    await writing.close()
    await looking.close()


async def test_nothing_is_left_behind_and_the_lock_is_free_after_the_end_and_after_a_refusal(path: Path) -> None:
    with another(path) as first:
        first.communicate()
        assert first.returncode == 0
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    path.write_text("no database " * 500)
    for _ in range(2):
        with pytest.raises(DatabaseError, match="not a database"):
            await Database.open(path)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_the_lock_holds_though_its_file_is_deleted(path: Path) -> None:
    with another(path) as first:
        path.with_name("desk.sqlite3.lock").unlink()
        for _ in range(2):
            with pytest.raises(DatabaseError) as caught:
                await Database.open(path)
            assert str(caught.value) == (
                f"{path}: another process uses this database, and its lock file was deleted: stop that process first"
            )
        first.communicate()
    database = await Database.open(path)
    assert await database.rows("SELECT copied_at, running FROM installation") == [(None, 1)]
    await database.close()


async def test_a_killed_process_whose_lock_file_is_deleted_holds_nobody_up(path: Path) -> None:
    with another(path) as first:
        first.send_signal(signal.SIGKILL)
        first.wait()
        path.with_name("desk.sqlite3.lock").unlink()
        looking = await Database.open(path, read_only=True)
        database = await Database.open(path)
        await database.close()
        await looking.close()


def test_a_lock_takes_away_no_file_but_its_own(tmp_path: Path) -> None:
    first = Lock.take(tmp_path / "one")
    (tmp_path / "one.lock").unlink()
    second = Lock.take(tmp_path / "one")
    first.release()
    with pytest.raises(LockHeldError):
        Lock.take(tmp_path / "one")
    second.release()


def test_two_databases_in_one_folder_have_a_lock_each(tmp_path: Path) -> None:
    one, two = Lock.take(tmp_path / "one"), Lock.take(tmp_path / "two")
    with pytest.raises(LockHeldError):
        Lock.take(tmp_path / "one")
    one.release()
    one.release()
    two.release()


def test_a_file_that_was_taken_away_and_made_anew_is_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The holder of a lock removes the lock file. A process that waited for that file would hold a lock that no
    other process sees.
    """
    first = Lock.take(tmp_path / "one")
    opened, real_open = [0], os.open

    def open_then_lose(*arguments: object, **more: object) -> int:
        handle = real_open(*arguments, **more)  # type: ignore[arg-type]  # whatever open takes
        if not opened[0]:
            first.release()
        opened[0] += 1
        return handle

    monkeypatch.setattr(os, "open", open_then_lose)
    second = Lock.take(tmp_path / "one")
    monkeypatch.undo()
    assert opened == [2]
    with pytest.raises(LockHeldError):
        Lock.take(tmp_path / "one")
    second.release()


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("", "a process that is just starting"),
        ("x", "a process that is just starting"),
        (f"42 {socket.gethostname()}\n", "process 42"),
        ("42 another-machine\n", "process 42 on another-machine"),
    ],
)
def test_what_the_lock_says_of_its_holder(tmp_path: Path, words: str, who: str) -> None:
    held = Lock.take(tmp_path / "one")
    (tmp_path / "one.lock").write_text(words)
    with pytest.raises(LockHeldError) as caught:
        Lock.take(tmp_path / "one")
    assert str(caught.value) == who
    held.release()
