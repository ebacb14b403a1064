"""Answers that are stored for a while, so that people can turn their pages or share them."""

import sqlite3
from dataclasses import dataclass
from datetime import timedelta

from bot.database.anonymize import Person
from bot.database.database import Store, fetch
from bot.wording.card import Card, card_json, card_of
from bot.wording.viewer import Viewer


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A stored answer, as it was shown to the person who asked."""

    card: Card
    """The answer without its picture."""
    leads: str | None
    """The id of the source that led the answer's contest, or None if the answer is about no contest."""
    age: timedelta


class AnswerStore(Store):
    """The database's copies of answers. Each can be read only by the person who asked."""

    async def keep(self, viewer: Viewer, person: int, answer: Card, *, paged: bool) -> int:
        """Store an answer without its picture, and return its key.

        The answer is stored for a day if `paged`, else for 15 minutes.
        """
        body = card_json(answer)

        def work(connection: sqlite3.Connection) -> int:
            key = connection.execute(
                "INSERT INTO kept_answers (server, person, wall_at, paged, leads, card) VALUES (?, ?, ?, ?, ?, ?)",
                (viewer.server, person, self._database.micros(), paged, viewer.leads, body),
            ).lastrowid
            assert key is not None  # noqa: S101 - SQLite gives every new row one
            return key

        return await self._database.write(work)

    async def kept(self, key: int, server: int, person: int) -> StoredAnswer | None:
        """Return an answer by its key, or None if the answer has expired or another person asked."""
        query = "SELECT card, leads, wall_at FROM kept_answers WHERE id = ? AND server = ? AND person = ?"
        row = await self._database.row(query, (key, server, person))
        if row is None:
            return None
        stored, leads, at = row
        return StoredAnswer(card_of(stored), leads, timedelta(microseconds=self._database.micros() - at))


def forget_person_answers(connection: sqlite3.Connection, person: Person) -> None:
    """Delete the answers that a person asked for, and the answers that name the person."""
    for key, asker, stored in fetch(connection, "SELECT id, person, card FROM kept_answers"):
        card = card_of(stored)
        if asker == person.id or card.reworded(person.unname_words) != card:
            connection.execute("DELETE FROM kept_answers WHERE id = ?", (key,))


def forget_server_answers(connection: sqlite3.Connection, server: int) -> None:
    """Delete the answers that were given in a server."""
    connection.execute("DELETE FROM kept_answers WHERE server = ?", (server,))
