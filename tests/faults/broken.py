"""Bots that are broken on purpose, to see that the harness notices."""

from typing import Any, Literal
from unittest.mock import patch

from bot.delivery.publisher import Publisher
from bot.store.outbox_state import Event
from bot.store.post import Post

Flaw = Literal["never looks", "settles first", "lives on"]
"""`lives on`: it does not die where it is to, and the harness would show nothing."""


def break_bot(flaw: Flaw | None) -> None:
    """Break the bot of this process."""
    match flaw:
        case "never looks":
            patch.object(Publisher, "_find", _find_nothing).start()
        case "settles first":
            _settle_first()


async def _find_nothing(_: Publisher, __: Post) -> None:
    """Post again what may have arrived, as one does who does not look."""


def _settle_first() -> None:
    """Call a post sent before it is."""
    request = Publisher._request

    async def settle_and_request(self: Publisher, post: Post, target: int | None) -> Any:  # noqa: ANN401 - as it was
        await self._settle(post, Event.ACCEPTED, message=1)
        return await request(self, post, target)

    patch.object(Publisher, "_request", settle_and_request).start()
