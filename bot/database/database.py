"""The database file: opened, migrated, and written to one transaction at a time.

`Database.write` runs a plain function as one transaction on the writing connection's own thread. No other transaction runs
in between, cancelling the caller does not interrupt it, and any exception rolls it back. (aiosqlite's public methods run one
statement each, which costs a thread switch a statement and could be canceled in between.) Transactions that wait meanwhile
are committed together, each in its own savepoint: a disk takes a few hundred commits a second, and each post needs two.
Reads use a second, read-only connection; reads that must all see the same commit use a third (`Database.snapshot`).

A new file is written under another name and renamed once it is complete. A file that is empty, from a newer Tallydesk, or
without Tallydesk's `application_id` is refused and never written to. Opening checks only the header, the schema and whether
the file can be written; `tallydesk check`, and each copy, check every page.
"""

import asyncio
import glob
import os
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

import aiosqlite
import structlog

from bot.database.backup import APPLICATION, copy, refuse_other, replaced_path
from bot.database.lock import Lock, LockHeldError, is_open_elsewhere
from bot.database.sqlite_errors import (
    EMPTY,
    NO_DATABASE,
    DatabaseError,
    access_error,
    cannot_open,
    opening_error,
    refuse_no_file,
)
from bot.files import keep_private, make_folder, make_private, put

T = TypeVar("T")

Row = tuple[Any, ...]

Work = Callable[[sqlite3.Connection], T]

SYNCHRONOUS = "FULL"
"""SQLite's setting by which a commit returns only once it is on the disk."""

MOST_TOGETHER = 16
"""The most transactions that are committed together. The first of them has to wait for the last."""

BUSY_WAIT_MILLISECONDS = 5000
"""How long to wait for another program's lock on the file."""

_SMALLEST = 512

_MAGIC = b"SQLite format 3\0"

_LOG_VERSION, _NO_LOG = 18, 1
"""SQLite's file format (https://www.sqlite.org/fileformat.html): the size of the smallest database, its first bytes, the
offset of the byte that says whether it has a write-ahead log, and that byte's value if it has none, as in a backup."""

_KEEP_OLD_COPIES = timedelta(days=90)
"""How long copies from before an upgrade or a restore are kept. They still contain people who have asked to be
forgotten since.
"""

_WHOLE = ("BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",))

_PART = ("SAVEPOINT part", "RELEASE part", ("ROLLBACK TO part", "RELEASE part"))
"""Statements that begin, commit and undo a transaction (`_WHOLE`), or a savepoint within one (`_PART`)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_MICROSECOND = timedelta(microseconds=1)

MIGRATIONS = files("bot.database").joinpath("migrations")

log = structlog.get_logger()


class _Connection(aiosqlite.Connection):
    """A connection that runs whole functions on its own thread.

    aiosqlite's own methods run one statement each.
    """

    stopped: asyncio.Future[Any] | None = None
    """Done once the thread has ended; None until `stop` is called."""

    def stop(self) -> asyncio.Future[Any] | None:
        """End the thread. Returns a future that is done once the thread has ended."""
        self.stopped = super().stop()
        return self.stopped

    async def run(self, work: Work[T]) -> T:
        """Run `work` on the connection's thread, after everything queued before. Returns the result of `work`."""
        result: T = await self._execute(work, self._conn)  # type: ignore[no-untyped-call]  # aiosqlite leaves it untyped
        return result


_SNAPSHOT: ContextVar[_Connection | None] = ContextVar("snapshot", default=None)
"""The connection that a task reads from inside a `Database.snapshot` block."""


class _Transaction(Generic[T]):
    """A queued transaction, which later has its result or error."""

    def __init__(self, work: Work[T], *, keep: bool) -> None:
        self._work = work
        self._keep = keep
        self._results: list[T] = []
        self.error: BaseException | None = None

    def do(self, connection: sqlite3.Connection) -> None:
        """Run the transaction, as a savepoint if another transaction is open. An error is stored, not raised."""
        try:
            self._results.append(_transact(self._work, connection, keep=self._keep))
        except BaseException as error:  # noqa: BLE001 - `result` raises it for the caller
            self.error = error

    def result(self) -> T:
        """Return the transaction's result, or raise its error."""
        if self.error is not None:
            raise self.error
        return self._results[0]


class Database:
    """The open database, with one connection for writing and two for reading."""

    def __init__(
        self,
        path: Path,
        writer: _Connection,
        reader: _Connection,
        snapshots: _Connection,
        lock: Lock | None,
        wall: Callable[[], float],
    ) -> None:
        """Create the database from three open connections and the lock. Call `open` instead."""
        self.path = path
        self.wall = wall
        """The wall clock of this machine, in seconds since 1970."""
        self._writer = writer
        self._reader = reader
        self._snapshots = snapshots
        self._one_snapshot = asyncio.Lock()
        self._lock = lock
        self._queue: deque[_Transaction[Any]] = deque()

    @classmethod
    async def open(cls, path: Path, wall: Callable[[], float] = time.time, *, read_only: bool = False) -> Self:
        """Open the database at `path` for this process alone. Create or upgrade it if necessary.

        Args:
            path: the file.
            wall: returns this machine's time, in seconds since 1970.
            read_only: if True, change nothing. The file has to exist and be up to date, and another process may use
                it.

        Raises:
            DatabaseError: another process uses the file, or the file can't be opened or written, is no database, is
                empty or damaged, or belongs to another program or a newer Tallydesk.

        """
        async with AsyncExitStack() as stack:
            try:
                lock = None if read_only else _lock(path, stack)
                check_files(path)
                if lock:
                    has_log = _size_of_log(path) > 0
                    _make_if_new(path)
                    keep_private(path)  # a restored file has the permissions of its copy
                    is_alone = lock.was_left or not is_open_elsewhere(path)
                writer = await _connect(path, stack, "ro" if read_only else "rw")
                await writer.run(partial(_refuse_older if read_only else _migrate, path))
                if lock:
                    await writer.run(partial(_begin, path, int(wall() * 1_000_000), has_log=has_log, is_alone=is_alone))
                reader, snapshots = await _connect(path, stack, "ro"), await _connect(path, stack, "ro")
            except (sqlite3.Error, OSError) as error:
                raise opening_error(path, error) from None
            stack.pop_all()
        return cls(path, writer, reader, snapshots, lock, wall)

    def micros(self) -> int:
        """Return the wall clock's time, in microseconds since 1970."""
        return int(self.wall() * 1_000_000)

    async def close(self) -> None:
        """Close the connections, after the current transaction."""
        await self._reader.close()
        await self._snapshots.close()
        if self._lock and self._writer.stopped is None:
            with suppress(sqlite3.Error):  # the next start then finds the log
                await self._writer.run(lambda connection: connection.execute("UPDATE installation SET running = 0"))
        await self._writer.close()
        if self._lock:
            self._lock.release()

    async def write(self, work: Work[T]) -> T:
        """Run `work` as one transaction. Returns the result of `work` once everything is on the disk.

        On any error nothing is written. `work` gets the writing connection and runs as a whole on that connection's
        thread. No other transaction comes in between, and `work` runs to its end even if the caller is canceled.

        Raises:
            DatabaseError: for example, the disk is full, or the file is locked or damaged. Nothing is stored, and
                the caller may try again.

        """
        return await self._transact(_Transaction(work, keep=True))

    async def rehearse(self, work: Work[T]) -> T:
        """Run `work` as `write` does, but roll back everything that it wrote. Returns the result of `work`.

        Raises:
            DatabaseError: as in `write`.

        """
        return await self._transact(_Transaction(work, keep=False))

    async def _transact(self, transaction: _Transaction[T]) -> T:
        self._queue.append(transaction)
        try:
            await self._writer.run(self._run_queue)  # or an earlier run took it along
            return transaction.result()
        except sqlite3.Error as error:
            if problem := access_error(self.path, error):
                raise problem from error
            raise

    def _run_queue(self, connection: sqlite3.Connection) -> None:
        """Run the queued transactions, if there are any, and commit them together."""
        transactions = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_TOGETHER))]
        try:
            _roll_back(connection)  # in case a failing disk prevented that before
            if len(transactions) > 1:
                connection.execute("BEGIN IMMEDIATE")
            for place, transaction in enumerate(transactions):
                together = connection.in_transaction
                transaction.do(connection)
                if together and not connection.in_transaction:
                    # SQLite rolled back the whole transaction, as on a full disk: the others are lost with it.
                    _fail(transactions[:place], transaction.error)
            if connection.in_transaction:
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):  # the first error is the one to tell
                _roll_back(connection)
            _fail(transactions, error)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[None]:
        """Make all reads of this task inside the block see the same commit. Other tasks are not affected.

        Inside the block the task does not see its own writes. A snapshot inside a snapshot has no effect.
        """
        if _SNAPSHOT.get() is not None:
            yield
            return
        async with self._one_snapshot:
            inside = _SNAPSHOT.set(self._snapshots)
            try:
                await self._snapshots.execute("BEGIN")
                yield
            finally:
                _SNAPSHOT.reset(inside)
                await self._snapshots.rollback()

    async def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a query, as of the last commit or of the `snapshot` that the task is in.

        Raises:
            DatabaseError: the file is damaged, or can't be read.

        """
        try:
            reader = _SNAPSHOT.get() or self._reader
            return [tuple(row) for row in await reader.execute_fetchall(sql, values)]
        except sqlite3.Error as error:
            if problem := access_error(self.path, error):
                raise problem from error
            raise

    async def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        """Return the first row of a query, or None."""
        rows = await self.rows(sql, values)
        return rows[0] if rows else None


class Store:
    """The base class of classes that read and write a package's tables."""

    def __init__(self, database: Database) -> None:
        self._database = database


def fetch(connection: sqlite3.Connection, sql: str, values: Sequence[Any] = ()) -> list[Row]:
    """Return the rows of a query on this connection. The query sees what its open transaction has written so far."""
    return connection.execute(sql, values).fetchall()


def to_micros(moment: datetime) -> int:
    """Return an aware time as whole microseconds since 1970 in UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the aware UTC time for a number of microseconds since 1970."""
    return _EPOCH + micros * _MICROSECOND


def moment(micros: int | None) -> datetime | None:
    """Return the aware UTC time of a column in microseconds since 1970; None if the column is empty."""
    return None if micros is None else from_micros(micros)


def _fail(transactions: Sequence[_Transaction[Any]], error: BaseException | None) -> None:
    """Store an error in the transactions that have none yet, because their commit failed."""
    for transaction in transactions:
        transaction.error = transaction.error or error


def _transact(work: Work[T], connection: sqlite3.Connection, *, keep: bool) -> T:
    """Run `work` as a transaction, or as a savepoint of the open transaction. Returns the result of `work`.

    The work is rolled back on any error, and always if `keep` is False.
    """
    begin, end, undo = _PART if connection.in_transaction else _WHOLE
    connection.execute(begin)
    try:
        result = work(connection)
        for statement in (end,) if keep else undo:
            connection.execute(statement)
    except BaseException:
        with suppress(sqlite3.Error):  # the first error is the one to tell
            if connection.in_transaction:  # on a full disk SQLite rolls back itself
                for statement in undo:
                    connection.execute(statement)
        raise
    return result


def _roll_back(connection: sqlite3.Connection) -> None:
    """Roll back the open transaction, unless SQLite has already done so, as on a full disk."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def migrations() -> list[tuple[int, str]]:
    """Return each numbered migration as (number, SQL), in order."""
    entries = sorted(
        (entry.name, entry.read_text(encoding="utf-8")) for entry in MIGRATIONS.iterdir() if entry.name.endswith(".sql")
    )
    return [(int(name[:4]), sql) for name, sql in entries]


def newest_version() -> int:
    """Return the number of the last migration, which is the version of an up-to-date database."""
    return migrations()[-1][0]


def _lock(path: Path, stack: AsyncExitStack) -> Lock:
    """Lock the database at `path` against other processes. Create its folder if necessary."""
    refuse_no_file(path)
    make_folder(path.parent)
    try:
        lock = Lock.take(path)
    except LockHeldError as held:
        raise DatabaseError(
            f"{path}: {held} uses this database already, and only one may: stop that one, "
            "or give this one a database of its own in TALLYDESK_DATABASE"
        ) from None
    stack.callback(lock.release)
    return lock


def check_files(path: Path) -> None:
    """Raise a DatabaseError for files that SQLite would accept silently, losing data.

    SQLite would overwrite a file that is too short to be a database. It would also write an earlier database's log
    (-wal) into a new or restored database of the same name.
    """
    refuse_no_file(path)
    has_log = False
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(_SMALLEST)
        if len(head) < _SMALLEST:
            raise cannot_open(path, NO_DATABASE if head else EMPTY)
        has_log = not (head.startswith(_MAGIC) and head[_LOG_VERSION] == _NO_LOG)
    log = _log_of(path)
    if not has_log and _size_of_log(path):
        raise DatabaseError(
            f"{path}: {log} is left from the database that was here before and would damage this one: "
            f"delete it, and {log.with_name(log.name.removesuffix('-wal') + '-shm')}, and start again"
        )


def _log_of(path: Path) -> Path:
    return Path(f"{os.path.realpath(path)}-wal")


def _size_of_log(path: Path) -> int:
    """Return the size of a database's log (-wal) in bytes; 0 if there is none."""
    log = _log_of(path)
    return log.stat().st_size if log.is_file() else 0


def _begin(path: Path, now: int, connection: sqlite3.Connection, *, has_log: bool, is_alone: bool) -> None:
    """Mark a database as in use. If it is already marked and has no log, mark it also as a copy.

    A file that was copied without its log while a bot ran, or whose log was lost, lacks the last posts.

    Args:
        path: the database.
        now: microseconds of the wall clock.
        connection: the writing connection.
        has_log: True if the database's log existed before the database was opened.
        is_alone: True if no other process had the database open, or a killed process had left its lock file.

    """
    ((running,),) = fetch(connection, "SELECT running FROM installation")
    if running and not is_alone:
        raise DatabaseError(
            f"{path}: another process uses this database, and its lock file was deleted: stop that process first"
        )
    if running and not has_log:
        known_until = "UPDATE installation SET copied_at = coalesce(copied_at, (SELECT wall_at FROM alive), ?)"
        connection.execute(known_until, (now,))
        log.warning(
            "the database was not closed, and its log (-wal) is gone: what was in that is lost", database=str(path)
        )
    connection.execute("UPDATE installation SET running = 1")
    connection.execute("PRAGMA wal_checkpoint")  # into the file itself, for those who copy it without its log


def _make_if_new(path: Path) -> None:
    """Create a database if there is no file. A failed start never leaves an empty or incomplete file."""
    if path.exists():
        return
    target = Path(os.path.realpath(path))
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    make_private(part)
    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as made:
            made.execute("PRAGMA journal_mode=MEMORY")  # no second file; `put` flushes it as a whole
            made.execute("PRAGMA synchronous=OFF")
            made.execute(f"PRAGMA application_id = {APPLICATION}")
            _run_migrations(made, migrations())
        put(part, target)
    finally:
        part.unlink(missing_ok=True)


async def _connect(path: Path, stack: AsyncExitStack, mode: str) -> _Connection:
    connection = _Connection(
        partial(
            sqlite3.connect,
            f"{_address(path)}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
        ),
        iter_chunk_size=64,
    )
    try:
        await connection
    finally:
        if connection.stopped is not None:  # it failed: its thread must end before the event loop
            await connection.stopped
    stack.push_async_callback(connection.close)
    # secure_delete: deleted names are overwritten in the file, too. Only some builds of SQLite do that by default.
    for pragma in (
        f"synchronous={SYNCHRONOUS}",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={BUSY_WAIT_MILLISECONDS}",
    ):
        await connection.execute(f"PRAGMA {pragma}")
    return connection


def _address(path: Path) -> str:
    """Return the path in the form of a URI, as SQLite expects it."""
    return path.absolute().as_uri()


def _refuse_older(path: Path, connection: sqlite3.Connection) -> None:
    version, newest = _versions(path, connection)
    if version < newest:
        raise DatabaseError(f"{path}: the database is of version {version}; `tallydesk run` brings it to {newest}")


def _versions(path: Path, connection: sqlite3.Connection) -> tuple[int, int]:
    """Return the version of a database, and the newest version.

    Raises a DatabaseError if the database is not usable.
    """
    refuse_other(path, connection)
    ((version,),) = fetch(connection, "PRAGMA user_version")
    newest = newest_version()
    refuse_newer(path, version, newest)
    return version, newest


def version_of(path: Path) -> int:
    """Return the version of the database at `path`.

    Raises:
        DatabaseError: the database is not Tallydesk's, or can't be read.

    """
    try:
        with closing(sqlite3.connect(f"{_address(path)}?mode=ro", uri=True, isolation_level=None)) as connection:
            refuse_other(path, connection)
            ((version,),) = fetch(connection, "PRAGMA user_version")
            return int(version)
    except sqlite3.Error as error:
        raise opening_error(path, error) from None


def refuse_newer(path: Path, version: int, newest: int) -> None:
    """Raise a DatabaseError if a newer Tallydesk has written the database."""
    if version > newest:
        raise DatabaseError(
            f"{path}: the database is of version {version} and this Tallydesk knows {newest}: "
            "install the newer Tallydesk again, or restore the copy made before its update"
        )


def _migrate(path: Path, connection: sqlite3.Connection) -> None:
    """Upgrade the database to the newest version, after copying it. An up-to-date database is unchanged."""
    version, newest = _versions(path, connection)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA user_version = {version}")  # a write, to see whether the file can be written
    connection.execute("ROLLBACK")
    pending = [(number, sql) for number, sql in migrations() if number > version]
    if pending:
        before = upgrade_copy_path(path, newest)
        copy(connection, before)
    _run_migrations(connection, pending)
    _delete_old_copies(path)
    if pending:
        log.warning(
            "the database was upgraded", database=str(path), version_before=version, version=newest, copy=str(before)
        )


def _run_migrations(connection: sqlite3.Connection, pending: Sequence[tuple[int, str]]) -> None:
    """Run migrations, each as one transaction."""
    for number, sql in pending:
        try:
            connection.executescript(f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version = {number};\nCOMMIT;")
        except sqlite3.Error:
            with suppress(sqlite3.Error):
                _roll_back(connection)
            raise


def upgrade_copy_path(path: Path, version: int) -> Path:
    """Return the path of the copy that is made before an upgrade to `version`.

    If a first copy exists, it is kept, and the path ends with `-again`. A copy at that second path is overwritten, so
    that repeated failures of an upgrade don't fill the disk.
    """
    first = path.with_name(f"{path.name}.before-{version:04d}")
    return first.with_name(f"{first.name}-again") if first.exists() else first


def _delete_old_copies(path: Path) -> None:
    """Delete databases older than 90 days that an upgrade copied or a restore replaced."""
    oldest = time.time() - _KEEP_OLD_COPIES.total_seconds()
    for old in path.parent.glob(f"{glob.escape(path.name)}.before-[0-9][0-9][0-9][0-9]*"):
        if old.stat().st_mtime < oldest:
            old.unlink(missing_ok=True)
    for old in path.parent.glob(f"{glob.escape(path.name)}.replaced-{'[0-9]' * 8}T{'[0-9]' * 6}Z*"):
        if old.name < replaced_path(path, datetime.fromtimestamp(oldest, UTC)).name:
            old.unlink(missing_ok=True)


def store_commands(connection: sqlite3.Connection, digest: str, ids: str) -> None:
    """Store a digest of the slash commands that Discord has, and the commands' ids as JSON."""
    connection.execute("UPDATE installation SET commands = ?, command_ids = ?", (digest, ids))


def store_zone_rules(connection: sqlite3.Connection, version: str) -> None:
    """Store the version of the time zone rules that were used for the schedule's times."""
    connection.execute("UPDATE installation SET zone_rules = ?", (version,))


def clear_copied_at(connection: sqlite3.Connection) -> None:
    """Mark the file as the database in use, and no longer as a copy."""
    connection.execute("UPDATE installation SET copied_at = NULL")
