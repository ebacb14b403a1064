"""The database file: opened, brought up to date, written to one transaction at a time."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite

from bot.errors import TallydeskError

T = TypeVar("T")
Row = tuple[Any, ...]
Work = Callable[[aiosqlite.Connection], Awaitable[T]]

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


class Database:
    """One connection that writes, behind a lock, and one that reads."""

    def __init__(self, path: Path, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        """Use two open connections; call `open` instead."""
        self.path = path
        self._writer = writer
        self._reader = reader
        self._lock = asyncio.Lock()
        self._under_way: set[asyncio.Task[Any]] = set()

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
                await _refuse_newer(path, writer)
                if only_look:
                    await _refuse_older(path, writer)
                else:
                    await writer.execute("PRAGMA journal_mode=WAL")
                    await _migrate(path, writer)
                reader = await _connect(path, stack, "ro")
            except (sqlite3.Error, OSError) as error:
                raise DatabaseError(f"{path}: the database can't be opened ({error})") from None
            stack.pop_all()
        return cls(path, writer, reader)

    async def close(self) -> None:
        """Close both connections once the transaction under way is through."""
        async with self._lock:
            await self._reader.close()
            await self._writer.close()

    async def transact(self, work: Work[T]) -> T:
        """Return what `work` returns, after all that it wrote is safely on disk; on any error nothing is.

        Cancelling the caller does not cut a transaction in half: it runs on to its end.
        """
        task = asyncio.create_task(self._transact(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def _transact(self, work: Work[T]) -> T:
        async with self._lock:
            await self._writer.execute("BEGIN IMMEDIATE")
            try:
                result = await work(self._writer)
                await self._writer.execute("COMMIT")
            except BaseException:
                await self._writer.execute("ROLLBACK")
                raise
            return result

    async def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return the rows of a query, read apart from any transaction under way."""
        return await fetch(self._reader, sql, values)

    async def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        """Return the first row of a query, or None."""
        rows = await self.rows(sql, values)
        return rows[0] if rows else None


async def fetch(connection: aiosqlite.Connection, sql: str, values: Sequence[Any] = ()) -> list[Row]:
    """Return the rows of a query on this connection: inside a transaction, with what it has written so far."""
    rows: Iterable[sqlite3.Row] = await connection.execute_fetchall(sql, values)
    return [tuple(row) for row in rows]


def migrations() -> list[tuple[int, str]]:
    """Return each numbered migration as (number, SQL), in order."""
    folder = files("bot.store").joinpath("migrations")
    found = sorted(
        (entry.name, entry.read_text(encoding="utf-8")) for entry in folder.iterdir() if entry.name.endswith(".sql")
    )
    return [(int(name[:4]), sql) for name, sql in found]


async def _connect(path: Path, stack: AsyncExitStack, mode: str) -> aiosqlite.Connection:
    if mode == "rwc":
        path.parent.mkdir(parents=True, exist_ok=True)
    connection = await aiosqlite.connect(f"{_address(path)}?mode={mode}", uri=True, isolation_level=None)
    stack.push_async_callback(connection.close)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        await connection.execute(f"PRAGMA {pragma}")
    return connection


def _address(path: Path) -> str:
    """Return the path as SQLite's URIs have it, with what would end the name escaped."""
    return path.absolute().as_uri()


async def _version(connection: aiosqlite.Connection) -> int:
    ((version,),) = await fetch(connection, "PRAGMA user_version")
    return int(version)


async def _refuse_newer(path: Path, connection: aiosqlite.Connection) -> None:
    version, newest = await _version(connection), migrations()[-1][0]
    if version > newest:
        raise DatabaseError(
            f"{path}: the database is of version {version} and this Tallydesk knows {newest}: "
            "install the newer Tallydesk again, or restore the copy made before its update"
        )


async def _refuse_older(path: Path, connection: aiosqlite.Connection) -> None:
    version, newest = await _version(connection), migrations()[-1][0]
    if version < newest:
        raise DatabaseError(f"{path}: the database is of version {version}; `tallydesk run` brings it to {newest}")


async def _migrate(path: Path, connection: aiosqlite.Connection) -> None:
    """Bring the database up to date, each step whole or not at all, after a copy of what was there."""
    version = await _version(connection)
    pending = [(number, sql) for number, sql in migrations() if number > version]
    if pending and version:
        await _copy(connection, path.with_name(f"{path.name}.before-{pending[-1][0]:04d}"))
    for number, sql in pending:
        try:
            await connection.executescript(f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version = {number};\nCOMMIT;")
        except sqlite3.Error:
            if connection.in_transaction:
                await connection.execute("ROLLBACK")
            raise


async def _copy(connection: aiosqlite.Connection, target: Path) -> None:
    copy = await aiosqlite.connect(target)
    try:
        await connection.backup(copy)
    finally:
        await copy.close()
