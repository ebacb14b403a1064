"""What was sent: the posts of the outbox that have become messages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.store.database import Database


@dataclass(frozen=True, slots=True)
class SentPost:
    """A post as it was sent."""

    row: int
    """Of the outbox."""
    kind: str
    number: int
    content: str
    embeds: list[Mapping[str, Any]]


class SentPosts:
    """Reads what was sent."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def after(self, row: int) -> list[SentPost]:
        """Return what was sent of the outbox's rows after `row`, in order of the rows."""
        rows = await self._database.rows(
            """SELECT id, kind, number, content, embeds FROM outbox
               WHERE id > ? AND state = 'sent' ORDER BY id""",
            (row,),
        )
        return [
            SentPost(key, kind, number, content, json.loads(embeds or "[]"))
            for key, kind, number, content, embeds in rows
        ]
