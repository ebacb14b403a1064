"""What was sent: the posts of the outbox that have become messages, and the edits of them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from bot.database.database import Store, from_micros


class SentPost(Struct, frozen=True):
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
    edited: bool = False
    """It is an edit of a message that was sent before."""

    @property
    def headline(self) -> str:
        """What it says but for its small last line."""
        return self.content.rsplit("\n", 1)[0]


class SentPosts(Store):
    """Reads what was sent."""

    async def after(self, row: int) -> list[SentPost]:
        """Return the posts and edits that were sent of the outbox's rows after `row` (0: all), in order of the rows."""
        return await self._found("o.id > ?", row)

    async def of(self, message: int) -> list[SentPost]:
        """Return the post that became a message and the edits of it, oldest first; nothing if it is not ours."""
        return await self._found("o.message = ?", message)

    async def _found(self, where: str, value: int) -> list[SentPost]:
        rows = await self._database.rows(
            f"""SELECT o.id, o.news_at, o.channel, o.message, o.kind, o.number, o.content,
                       coalesce(o.embeds, (SELECT p.embeds FROM outbox p WHERE p.id = o.about)), o.action = 'edit'
                FROM outbox o WHERE {where} AND o.state = 'sent' AND o.action IN ('post', 'edit')
                ORDER BY o.id""",
            (value,),
        )
        return [
            SentPost(
                key, from_micros(at), channel, message, kind, number, content, json.loads(embeds or "[]"), bool(edited)
            )
            for key, at, channel, message, kind, number, content, embeds, edited in rows
        ]
