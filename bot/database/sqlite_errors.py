"""Turns errors of SQLite and the disk into one sentence that names the file and the remedy."""

import errno
import sqlite3
from pathlib import Path

from bot.errors import TallydeskError

DAMAGED = (
    "a part of it is damaged: stop Tallydesk and restore the last backup; "
    "`tallydesk check --database FILE` says whether a file is whole"
)

_FULL = "the disk is full: make room; what did not fit was not stored in part, it is as if it had not been tried"

_NOT_WRITABLE = (
    "it can't be written: whoever runs Tallydesk needs the right to write to the file and to the folder that it is in"
)

_NAME_OURS = "TALLYDESK_DATABASE should name Tallydesk's own; if it does, restore the last backup"

NO_FILE = "it is a folder, a device or a pipe: TALLYDESK_DATABASE should name a file"

NO_DATABASE = f"the file is not a database: {_NAME_OURS}"

NOT_OURS = f"it is another program's database: {_NAME_OURS}"

EMPTY = (
    "there is nothing in it: restore the last backup; if there never was anything, delete the file, "
    "for a new database is made where there is none"
)

_REASONS = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_BUSY: (
        "another program has locked it: end that program; a database browser, or a copy that is being made, can do this"
    ),
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: NO_DATABASE,
    sqlite3.SQLITE_READONLY: _NOT_WRITABLE,
    sqlite3.SQLITE_PERM: _NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: (
        "SQLite is unable to open it: look whether the file is there, and whether whoever runs Tallydesk may read "
        "and write it and the folder that it is in"
    ),
    sqlite3.SQLITE_IOERR: (
        "the disk could not be read or written: look into the machine's own log, and have the last backup at hand"
    ),
}
"""By SQLite's primary result code (https://www.sqlite.org/rescode.html)."""

_BY_ERRNO = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _NOT_WRITABLE,
    errno.EPERM: _NOT_WRITABLE,
    errno.EROFS: _NOT_WRITABLE,
}

_PRIMARY = 0xFF
"""Mask of the primary code in an extended result code."""


class DatabaseError(TallydeskError):
    """Raised if the database can't be used. The message names the file and the remedy."""


def reason_of(error: sqlite3.Error | OSError) -> str | None:
    """Return the cause of an error outside Tallydesk, with the remedy. None if the fault may be Tallydesk's own."""
    if isinstance(error, OSError):
        return _BY_ERRNO.get(error.errno or 0)
    code: int = getattr(error, "sqlite_errorcode", 0)  # errors of the sqlite3 module itself have no code
    return _REASONS.get(code & _PRIMARY)


def opening_error(path: Path, error: sqlite3.Error | OSError) -> DatabaseError:
    """Return an error with the reason why the file at `path` can't be opened."""
    reason = reason_of(error)
    return cannot_open(path, reason) if reason else DatabaseError(f"{path}: the database can't be opened ({error})")


def cannot_open(path: Path, reason: str) -> DatabaseError:
    """Return an error that the file at `path` can't be opened. `reason` includes the remedy."""
    return DatabaseError(f"{path}: the database can't be opened: {reason}")


def refuse_no_file(path: Path) -> None:
    """Raise a DatabaseError if `path` exists but is not a file. SQLite would treat a device as an empty database."""
    if path.exists() and not path.is_file():
        raise cannot_open(path, NO_FILE)


def access_error(path: Path, error: sqlite3.Error) -> DatabaseError | None:
    """Return an error with the reason why a read or write of the database failed.

    None if the fault is Tallydesk's own.
    """
    reason = reason_of(error)
    return DatabaseError(f"{path}: {reason}") if reason else None
