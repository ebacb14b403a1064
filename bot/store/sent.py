"""What was sent: the posts of the outbox that have become messages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.store.database import Database, from_micros


@dataclass(frozen=True, slots=True)
class SentPost:
    """A post as it was sent."""

    row: int
    """Of the outbox."""
    news_at: datetime
    """The news clock's time when it was caused."""
    channel: int
    message: int
    """Discord's id."""
    kind: str
    number: int
    content: str
    embeds: list[Mapping[str, Any]]

    @property
    def headline(self) -> str:
        """What it says but for its small last line."""
        return self.content.rsplit("\n", 1)[0]


class SentPosts:
    """Reads what was sent."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def after(self, row: int) -> list[SentPost]:
        """Return what was sent of the outbox's rows after `row` (0: all), in order of the rows."""
        rows = await self._database.rows(
            """SELECT id, news_at, channel, message, kind, number, content, embeds FROM outbox
               WHERE id > ? AND state = 'sent' ORDER BY id""",
            (row,),
        )
        return [
            SentPost(key, from_micros(news_at), channel, message, kind, number, content, json.loads(embeds or "[]"))
            for key, news_at, channel, message, kind, number, content, embeds in rows
        ]
