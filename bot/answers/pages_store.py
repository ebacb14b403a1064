"""Answers that are longer than a message, stored for a day so that their pages can be turned."""

import sqlite3
from dataclasses import replace

from pydantic import TypeAdapter

from bot.database.database import Store
from bot.database.forgotten import Person
from bot.wording.card import Card

_ANSWER = TypeAdapter(Card)


class PageStore(Store):
    """Stores answers by a key, each for the person who asked."""

    async def keep(self, server: int, person: int, answer: Card) -> int:
        """Store an answer without its picture; return its key."""
        body = _ANSWER.dump_json(replace(answer, picture=None)).decode()

        def work(connection: sqlite3.Connection) -> int:
            key = connection.execute(
                "INSERT INTO paged_answers (server, person, wall_at, answer) VALUES (?, ?, ?, ?)",
                (server, person, self._database.micros(), body),
            ).lastrowid
            assert key is not None  # noqa: S101 - SQLite gives every new row one
            return key

        return await self._database.write(work)

    async def kept(self, key: int, server: int, person: int) -> Card | None:
        """Return a person's answer by its key; None if it is kept no longer, or is another person's."""
        query = "SELECT answer FROM paged_answers WHERE id = ? AND server = ? AND person = ?"
        row = await self._database.row(query, (key, server, person))
        return _ANSWER.validate_json(row[0]) if row else None


def forget_person_pages(connection: sqlite3.Connection, _: Person) -> None:
    """Delete all answers, since nobody knows which ones name the person."""
    connection.execute("DELETE FROM paged_answers")


def forget_server_pages(connection: sqlite3.Connection, server: int) -> None:
    """Delete the answers in a server."""
    connection.execute("DELETE FROM paged_answers WHERE server = ?", (server,))
