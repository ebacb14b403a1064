"""Backups and restores: copies of the database at one moment.

Each copy is checked, marked as a copy, and written whole or not at all. A copy is made inside one read transaction.
Otherwise each write of the bot would make SQLite's backup start over.
"""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.database.lock import Lock, LockHeldError
from bot.database.sqlite_errors import (
    EMPTY,
    NOT_OURS,
    DatabaseError,
    cannot_open,
    opening_error,
    reason_of,
    refuse_no_file,
)
from bot.errors import BadInputError
from bot.files import make_folder, make_private, put

PAGES = 256
"""How many pages are copied in one step: a mebibyte."""

PAUSE_SECONDS = 0.01
"""The pause between two steps, so that a running bot has the disk to itself most of the time."""

APPLICATION = 0x54616C79
"""SQLite's `application_id` of Tallydesk's databases: "Taly" (https://www.sqlite.org/pragma.html)."""

_BESIDE = ("-wal", "-shm", "-journal", ".lock")
"""Suffixes of a database's companion files; overwriting one of them destroys the database."""

Progress = Callable[[int, int], None]
"""Called after each step with the number of pages copied so far, and the number of all pages."""


@dataclass(frozen=True, slots=True)
class Contents:
    """A summary of an undamaged database: its version, its numbers of readings and posts, and when it was copied."""

    version: int
    readings: int
    posts: int
    """The number of posts that were sent."""
    copied_at: int | None
    """When the copy was made, in microseconds since 1970. None if the file is not a copy."""


def back_up(database: Path, target: Path, *, progress: Progress | None = None) -> Contents:
    """Copy the database to `target`, even while a bot uses the database. Returns a summary of the copy.

    An existing `target` is replaced.

    Raises:
        BadInputError: `target` is the database itself, or can't be a file.
        DatabaseError: the database is not Tallydesk's, can't be read or is damaged, or the copy can't be
            written. No copy is made.

    """
    refuse_no_file(database)
    _check_target(database, target)
    try:
        lock = Lock.take(target)
    except LockHeldError as held:
        raise DatabaseError(f"{target}: {held} uses or writes this file: name another one") from None
    except OSError as error:
        raise _not_made(target, error) from None
    try:
        source = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        with closing(source):
            refuse_other(database, source)
            return copy(source, target, progress)
    except sqlite3.Error as error:
        raise opening_error(database, error) from None
    finally:
        lock.release()


def copy(source: sqlite3.Connection, target: Path, progress: Progress | None = None) -> Contents:
    """Copy the current contents of `source` to `target`, which is replaced in one step. Returns a summary of the copy.

    Raises:
        DatabaseError: the copy can't be written, or is damaged; `target` is then unchanged.

    """
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        make_private(part)
        _copy_pages(source, part, progress)
        contents = examine(part)
        put(part, target)
    except (sqlite3.Error, OSError) as error:
        raise _not_made(target, error) from None
    except DatabaseError as error:
        raise DatabaseError(f"{target}: no copy was made, for it would not have been whole: {error}") from None
    finally:
        for leftover in (part, part.with_name(f"{part.name}-journal")):
            with suppress(OSError):
                leftover.unlink(missing_ok=True)
    return contents


def restore(file: Path, database: Path, now: datetime) -> Path | None:
    """Replace a database with a copy.

    No bot may use the database. Returns the old database's new path, or None if there was none. The old database is
    only renamed. The copy replaces it in one step, so that there is a database at every moment.

    Raises:
        BadInputError: `file` does not exist, is the database itself, or was not made as a copy.
        DatabaseError: the copy is damaged, a bot uses the database, or the database can't be written.

    """
    if not file.is_file():
        raise BadInputError(f"{file}: there is no such file; name a copy that `tallydesk backup` or the bot made")
    refuse_no_file(database)
    if database.exists() and file.samefile(database):
        raise BadInputError(f"{file}: is the database itself; name a copy of it")
    if examine(file).copied_at is None:
        raise BadInputError(
            f"{file}: was not made as a copy, so a bot on it would post again what it had posted since; "
            "name one that `tallydesk backup` or the bot made"
        )
    part = database.with_name(f"{database.name}.part")
    aside, is_there = None, False
    try:
        make_folder(database.parent)
        lock = Lock.take(database)
    except LockHeldError as held:
        raise DatabaseError(f"{database}: {held} uses this database: stop that bot first") from None
    except OSError as error:
        raise _not_restored(database, error) from None
    try:
        part.unlink(missing_ok=True)
        make_private(part)
        shutil.copyfile(file, part)
        if database.exists():
            aside = _set_aside(database, now)
        put(part, database)
        is_there = True
    except OSError as error:
        raise _not_restored(database, error) from None
    finally:
        part.unlink(missing_ok=True)
        if aside is not None and not is_there and not Path(f"{aside}-wal").exists():
            aside.unlink()  # the database still has its own name
        lock.release()
    return aside


def replaced_path(database: Path, now: datetime) -> Path:
    """Return the new path of a database that a copy replaces at `now`."""
    return database.with_name(f"{database.name}.replaced-{now:%Y%m%dT%H%M%SZ}")


def _set_aside(database: Path, now: datetime) -> Path:
    """Write a database's log (-wal) into the file, and give the file a second name. Returns that name."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    aside = replaced_path(database, now)
    aside.unlink(missing_ok=True)
    aside.hardlink_to(database)
    for ending in ("-wal", "-shm"):
        if (left := Path(f"{database}{ending}")).exists():  # SQLite could not write it in: the database is damaged
            left.replace(f"{aside}{ending}")
    return aside


def _not_restored(database: Path, error: OSError) -> DatabaseError:
    return DatabaseError(f"{database}: the copy can't be put here ({error.strerror or error})")


def examine(path: Path) -> Contents:
    """Check every page and row of the database at `path`. Returns a summary of its contents.

    Raises:
        DatabaseError: the file is damaged, not a database, or not Tallydesk's.

    """
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        ) as connection:
            refuse_other(path, connection)
            _check_whole(path, connection)
            return Contents(
                _number(connection, "PRAGMA user_version"),
                _number(connection, "SELECT count(*) FROM readings"),
                _number(connection, "SELECT count(*) FROM outbox WHERE state = 'sent'"),
                connection.execute("SELECT copied_at FROM installation").fetchone()[0],
            )
    except (sqlite3.Error, OSError) as error:
        raise opening_error(path, error) from None


def refuse_other(path: Path, connection: sqlite3.Connection) -> None:
    """Raise a DatabaseError if a database is empty or not Tallydesk's. Such a file is never written to."""
    if _number(connection, "PRAGMA application_id") == APPLICATION:
        return
    there = connection.execute("SELECT 1 FROM sqlite_schema").fetchone()
    raise cannot_open(path, NOT_OURS if there else EMPTY)


def _check_target(database: Path, target: Path) -> None:
    if target.exists() and database.exists() and target.samefile(database):
        raise BadInputError(f"{target}: is the database itself; name another file for the copy")
    if target.absolute() in [Path(f"{database.absolute()}{ending}") for ending in _BESIDE]:
        raise BadInputError(f"{target}: belongs to the database; name another file for the copy")
    if target.is_dir():
        raise BadInputError(f"{target}: is a folder; name a file in it")
    if target.exists() and not target.is_file():
        raise BadInputError(f"{target}: is no file but a device or a pipe; name a file")
    if not target.parent.is_dir():
        raise BadInputError(f"{target}: there is no folder {target.parent}; make it first")


def _copy_pages(source: sqlite3.Connection, part: Path, progress: Progress | None) -> None:
    made_at = int(time.time() * 1_000_000)  # before the copy: a restore searches channels for posts since then

    def step(_: int, remaining: int, total: int) -> None:
        if progress:
            progress(total - remaining, total)
        if remaining:
            time.sleep(PAUSE_SECONDS)

    with closing(sqlite3.connect(part, isolation_level=None)) as target:
        target.execute("PRAGMA synchronous=OFF")  # it is flushed as a whole
        source.execute("BEGIN")  # without it each write of the bot would make the copying start over
        try:
            source.execute("SELECT count(*) FROM sqlite_schema").fetchall()
            source.backup(target, pages=PAGES, progress=step)
        finally:
            source.execute("ROLLBACK")
        target.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        # A copy of a copy is as old as the first. Discord may have got other slash commands since.
        target.execute(
            "UPDATE installation SET copied_at = coalesce(copied_at, ?), commands = NULL, running = 0", (made_at,)
        )


def _check_whole(path: Path, connection: sqlite3.Connection) -> None:
    ((result,),) = connection.execute("PRAGMA integrity_check(1)").fetchall()
    if result != "ok":
        where = str(result).splitlines()[-1]
        raise DatabaseError(f"{path}: a part of it is damaged ({where}): restore the last backup that is whole")
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        raise DatabaseError(
            f"{path}: row {row} of {table} names a row of {parent} that is not there: restore the last backup"
        )


def _number(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


def _not_made(target: Path, error: sqlite3.Error | OSError) -> DatabaseError:
    return DatabaseError(f"{target}: the copy can't be made: {reason_of(error) or error}")
