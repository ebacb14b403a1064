"""Answers that are longer than a message, kept for who turns their pages; after a day nobody does."""

import sqlite3
from dataclasses import replace

from pydantic import TypeAdapter

from bot.database.database import Store
from bot.database.forgotten import Person
from bot.wording.draft import Answer

KEPT = 86_400
"""Seconds."""

_ANSWER = TypeAdapter(Answer)


class PageStore(Store):
    """Keeps answers by a key, each for who asked alone."""

    async def keep(self, server: int, person: int, answer: Answer) -> int:
        """Keep an answer to a person, but for its picture, and return its key; those of yesterday go."""
        now, body = int(self._database.wall()), _ANSWER.dump_json(replace(answer, picture=None)).decode()

        def work(connection: sqlite3.Connection) -> int:
            connection.execute("DELETE FROM paged_answers WHERE kept_at < ?", (now - KEPT,))
            key = connection.execute(
                "INSERT INTO paged_answers (server, person, kept_at, answer) VALUES (?, ?, ?, ?)",
                (server, person, now, body),
            ).lastrowid
            assert key is not None  # noqa: S101 - SQLite gives every new row one
            return key

        return await self._database.transact(work)

    async def kept(self, key: int, server: int, person: int) -> Answer | None:
        """Return the answer that was kept under a key for a person in a server; None: it has gone, or is another's."""
        query = "SELECT answer FROM paged_answers WHERE id = ? AND server = ? AND person = ? AND kept_at >= ?"
        row = await self._database.row(query, (key, server, person, int(self._database.wall()) - KEPT))
        return _ANSWER.validate_json(row[0]) if row else None


def forget_person_pages(connection: sqlite3.Connection, _: Person) -> None:
    """Delete every answer: who is named in one is not looked for."""
    connection.execute("DELETE FROM paged_answers")


def forget_server_pages(connection: sqlite3.Connection, server: int) -> None:
    """Delete what was answered in a server."""
    connection.execute("DELETE FROM paged_answers WHERE server = ?", (server,))
