"""A lock that lets only one process at a time use a file. When the process ends for any reason, so does the lock."""

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_BEHIND_THE_WORDS = 1 << 30
"""The byte that is locked on Windows, beyond the text: other processes can't read locked bytes there."""

_SHARED_FIRST, _SHARED_SIZE = 0x40000002, 510
"""The bytes of a database file that each of SQLite's connections locks
(https://www.sqlite.org/src/file/src/os.h, read 2026-11-30)."""


class LockHeldError(Exception):
    """Raised if another process has the lock. The message names that process: "process 4242"."""


class Lock:
    """The lock on one file, until `release`.

    The lock is the operating system's, on the file `FILE.lock`. That file contains the process that has the lock; its
    mere existence means nothing. The database itself is not locked, because closing any handle of a database drops
    SQLite's own locks in the whole process. The `filelock` package is not used, because it empties the file before it
    has the lock, and so loses the process's name.
    """

    def __init__(self, place: Path, handle: int, *, was_left: bool) -> None:
        """Create the lock from a file that is already locked. Call `take` instead."""
        self._place = place
        self._handle: int | None = handle
        self.was_left = was_left
        """True if a killed process had left the lock file."""

    @classmethod
    def take(cls, path: Path) -> Self:
        """Take the lock on the file at `path`. Links and relative paths to the same file lead to the same lock.

        Raises:
            LockHeldError: another process has the lock.
            OSError: the lock file can't be written.

        """
        place = Path(f"{os.path.realpath(path)}.lock")
        while True:
            handle = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                held, was_left = _hold(handle, place)
            except BaseException:
                os.close(handle)
                raise
            if held:
                return cls(place, handle, was_left=was_left)
            os.close(handle)

    def release(self) -> None:
        """Release the lock, and delete the lock file."""
        if self._handle is None:
            return
        handle, self._handle = self._handle, None
        if sys.platform == "win32":
            os.close(handle)
        with suppress(OSError):  # on Windows somebody may have it open by now
            if sys.platform == "win32" or _is_still_there(handle, self._place):
                self._place.unlink()
        if sys.platform != "win32":
            os.close(handle)


def holder(path: Path) -> int | None:
    """Return the id of the process on this machine that has locked the file at `path`, or None."""
    place = Path(f"{os.path.realpath(path)}.lock")
    try:
        handle = os.open(place, os.O_RDWR)
    except OSError:
        return None
    try:
        if _try(handle):
            return None
        pid, _, host = os.read(handle, 100).decode(errors="replace").strip().partition(" ")
    finally:
        os.close(handle)
    return int(pid) if pid.isdecimal() and host == socket.gethostname() else None


def is_open_elsewhere(database: Path) -> bool:
    """Return True if another process has a SQLite database open. Call this function before opening the database.

    The check opens the file, and closing it drops SQLite's locks in the whole process. On Windows the result is always
    False: an open lock file can't be deleted on Windows, so Tallydesk's own lock is enough.
    """
    if sys.platform == "win32":
        return False
    handle = os.open(database, os.O_RDWR)
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
    except (BlockingIOError, PermissionError):
        return True
    finally:
        os.close(handle)
    return False


def _hold(handle: int, place: Path) -> tuple[bool, bool]:
    """Lock an open file, and write this process and host into it.

    Returns:
        True if the file is locked, or False if its previous holder has just deleted it; and True if a killed
            process had left the file behind.

    """
    if not _try(handle):
        raise LockHeldError(_who(os.read(handle, 100)))
    if not _is_still_there(handle, place):
        return False, False
    was_left = os.fstat(handle).st_size > 0
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()} {socket.gethostname()}\n".encode())
    return True, was_left


def _try(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            os.lseek(handle, _BEHIND_THE_WORDS, os.SEEK_SET)
            try:
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            finally:
                os.lseek(handle, 0, os.SEEK_SET)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _is_still_there(handle: int, place: Path) -> bool:
    """Return False if the locked file has meanwhile been deleted or replaced."""
    try:
        return os.path.samestat(os.fstat(handle), place.stat())
    except FileNotFoundError:
        return False


def _who(words: bytes) -> str:
    pid, _, host = words.decode(errors="replace").strip().partition(" ")
    if not pid.isdecimal():
        return "a process that is just starting"
    return f"process {pid}" + (f" on {host}" if host and host != socket.gethostname() else "")
