"""Tests reading and writing typed rows."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import pytest

from bot.database.database import to_micros
from bot.outbox.tx import Tx
from tests.conftest import START
from tests.outbox.test_outbox_store import KINDS


@dataclass(frozen=True, slots=True)
class Visit:
    SQL: ClassVar[str] = "INSERT INTO visits (at, town) VALUES (:at, :town)"

    town: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class VisitRow:
    town: str
    at: int | None


@pytest.fixture
def tx() -> Iterator[Tx]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE visits (at INTEGER, town TEXT)")
    yield Tx(connection, KINDS, START, 0)
    connection.close()


def test_rows_are_stored_and_read_by_the_names_of_their_columns(tx: Tx) -> None:
    tx.store([Visit("Toledo", START), Visit("Dayton", None)])
    tx.store([])
    found = tx.rows("SELECT at, town FROM visits ORDER BY town", (), VisitRow)
    assert found == [VisitRow("Dayton", None), VisitRow("Toledo", to_micros(START))]


def test_a_column_that_a_row_has_not_is_an_error(tx: Tx) -> None:
    tx.store([Visit("Toledo", START)])
    with pytest.raises(TypeError, match="name"):
        tx.rows("SELECT at, town AS name FROM visits", (), VisitRow)
