"""The database file: opened, brought up to date, written to one transaction at a time."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite

from bot.errors import TallydeskError

T = TypeVar("T")
Row = tuple[Any, ...]
Work = Callable[[sqlite3.Connection], T]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Return an aware time as whole microseconds since 1970 in UTC, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the aware UTC time of so many microseconds since 1970."""
    return _EPOCH + micros * _MICROSECOND


def moment(micros: int | None) -> datetime | None:
    """Return the aware UTC time of a column that may be empty."""
    return None if micros is None else from_micros(micros)


class DatabaseError(TallydeskError):
    """The database can't be used; the sentence names the file and the way out."""


class _Connection(aiosqlite.Connection):
    """A connection that can run a whole function on its own thread, of whose steps each method is one."""

    stopped: asyncio.Future[Any] | None = None
    """Done when the thread ends; None until it has been told to."""

    def stop(self) -> asyncio.Future[Any] | None:
        """Tell the thread to end; return what is done then."""
        self.stopped = super().stop()
        return self.stopped

    async def run(self, work: Work[T]) -> T:
        """Return what `work` returns, run on the connection's thread after all that was asked for before."""
        result: T = await self._execute(work, self._conn)  # type: ignore[no-untyped-call]
        return result


class Database:
    """One connection that writes, one transaction after the other, and one that reads."""

    def __init__(self, path: Path, writer: _Connection, reader: _Connection) -> None:
        """Use two open connections; call `open` instead."""
        self.path = path
        self._writer = writer
        self._reader = reader

    @classmethod
    async def open(cls, path: Path, *, only_look: bool = False) -> Self:
        """Open the database at `path`, made or brought up to date where it has to be.

        Args:
            path: the file.
            only_look: True: change nothing; the file has to be there and up to date.

        Raises:
            DatabaseError: the file can't be opened, is no database, or comes from a newer Tallydesk.

        """
        async with AsyncExitStack() as stack:
            try:
                writer = await _connect(path, stack, "ro" if only_look else "rwc")
                await writer.run(partial(_refuse_older if only_look else _migrate, path))
                reader = await _connect(path, stack, "ro")
            except (sqlite3.Error, OSError) as error:
                raise DatabaseError(f"{path}: the database can't be opened ({error})") from None
            stack.pop_all()
        return cls(path, writer, reader)

    async def close(self) -> None:
        """Close both connections once the transaction under way is through."""
        await self._reader.close()
        await self._writer.close()

    async def transact(self, work: Work[T]) -> T:
        """Return what `work` returns, after all that it wrote is safely on disk; on any error nothing is.

        `work` gets the connection and runs as a whole on its thread: no other transaction comes in between,
        and cancelling the caller does not cut it in half, it runs on to its end.
        """
        return await self._writer.run(partial(_transact, work))

    async def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a query, read apart from any transaction under way."""
        return [tuple(row) for row in await self._reader.execute_fetchall(sql, values)]

    async def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        """Return the first row of a query, or None."""
        rows = await self.rows(sql, values)
        return rows[0] if rows else None


def fetch(connection: sqlite3.Connection, sql: str, values: Sequence[Any] = ()) -> list[Row]:
    """Return the rows of a query on this connection: inside a transaction, with what it has written so far."""
    return connection.execute(sql, values).fetchall()


def _transact(work: Work[T], connection: sqlite3.Connection) -> T:
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return result


def migrations() -> list[tuple[int, str]]:
    """Return each numbered migration as (number, SQL), in order."""
    folder = files("bot.store").joinpath("migrations")
    found = sorted(
        (entry.name, entry.read_text(encoding="utf-8")) for entry in folder.iterdir() if entry.name.endswith(".sql")
    )
    return [(int(name[:4]), sql) for name, sql in found]


async def _connect(path: Path, stack: AsyncExitStack, mode: str) -> _Connection:
    address = _address(path, mode)
    connection = _Connection(
        partial(sqlite3.connect, address, uri=True, isolation_level=None, check_same_thread=False), iter_chunk_size=64
    )
    try:
        await connection
    finally:
        if connection.stopped is not None:  # it failed; a thread that outlives the event loop dies with a traceback
            await connection.stopped
    stack.push_async_callback(connection.close)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        await connection.execute(f"PRAGMA {pragma}")
    return connection


def _address(path: Path, mode: str) -> str:
    """Return the path as SQLite's URIs have it; the folder is made where the file may be."""
    if mode == "rwc":
        path.parent.mkdir(parents=True, exist_ok=True)
    return f"{path.absolute().as_uri()}?mode={mode}"


def _version(connection: sqlite3.Connection) -> int:
    ((version,),) = fetch(connection, "PRAGMA user_version")
    return int(version)


def _refuse_older(path: Path, connection: sqlite3.Connection) -> None:
    version, newest = _version(connection), migrations()[-1][0]
    _refuse_newer(path, version, newest)
    if version < newest:
        raise DatabaseError(f"{path}: the database is of version {version}; `tallydesk run` brings it to {newest}")


def _refuse_newer(path: Path, version: int, newest: int) -> None:
    if version > newest:
        raise DatabaseError(
            f"{path}: the database is of version {version} and this Tallydesk knows {newest}: "
            "install the newer Tallydesk again, or restore the copy made before its update"
        )


def _migrate(path: Path, connection: sqlite3.Connection) -> None:
    """Bring the database up to date, each step whole or not at all, after a copy of what was there."""
    version, newest = _version(connection), migrations()[-1][0]
    _refuse_newer(path, version, newest)
    connection.execute("PRAGMA journal_mode=WAL")
    pending = [(number, sql) for number, sql in migrations() if number > version]
    if pending and version:
        with closing(sqlite3.connect(path.with_name(f"{path.name}.before-{newest:04d}"))) as copy:
            connection.backup(copy)
    for number, sql in pending:
        try:
            connection.executescript(f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version = {number};\nCOMMIT;")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
