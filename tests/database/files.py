"""Helpers that damage database files."""

from pathlib import Path

from bot.database.database import Database
from tests.conftest import run_sql

PAGE = 4096


async def make(path: Path) -> None:
    database = await Database.open(path)
    await database.close()


def damage(path: Path, page: int) -> None:
    """Overwrite a page of a database file. The first page is 1."""
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xa5" * PAGE)


def page_of(path: Path, table: str) -> int:
    """Return the number of a table's first page."""
    ((page,),) = run_sql(path, f"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'")
    return int(page)
