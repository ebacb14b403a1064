"""Tests reading from the database what is stopped or waiting in a server."""

from collections.abc import Sequence
from typing import Any

import pytest

from bot.database.database import Row
from bot.newsroom.status_store import StatusStore
from tests.conftest import SERVER, WHO, Newsroom


async def test_a_status_is_of_one_moment(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    read = newsroom.database.rows

    async def rows(sql: str, values: Sequence[Any] = ()) -> list[Row]:
        found = await read(sql, values)
        if "FROM servers" in sql:
            await newsroom.control.mute("times", SERVER, WHO)
        return found

    store = StatusStore(newsroom.database, None)
    monkeypatch.setattr(newsroom.database, "rows", rows)
    assert (await store.status(SERVER)).muted == {}
    monkeypatch.undo()
    assert (await store.status(SERVER)).muted.keys() == {"times"}
