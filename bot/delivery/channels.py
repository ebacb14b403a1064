"""What the publisher asks of Discord, and the ways in which Discord can fail it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.cards.draft import Button, Picture


class RefusedError(Exception):
    """Never: Discord will not take this, now or later. Of the history: it may not be read."""


class LaterError(Exception):
    """Again later: Discord surely did not take it, and may in a while."""

    def __init__(self, why: str, seconds: float | None = None) -> None:
        """Say why, and after how many seconds Discord wants to be asked again, if it says so."""
        super().__init__(why)
        self.seconds = seconds


class ClosedError(LaterError):
    """Again much later: the channel is gone, or may not be written to, until somebody changes that."""


class UnknownError(Exception):
    """Ask the history: the post may have arrived, or not."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent."""

    content: str
    embeds: Sequence[Mapping[str, Any]]
    quiet: bool
    nonce: str
    """At most 25 characters; Discord answers with the first message when it sees one again soon."""
    buttons: Sequence[Button] = ()
    picture: Picture | None = None
    mention: int | None = None
    """The one role that it may mention."""


class Channels(Protocol):
    """Discord's channels, as far as the publisher needs them.

    Each method raises RefusedError, LaterError or ClosedError where it was not done, and UnknownError where nobody
    knows. All but `send` may be repeated without harm.
    """

    async def send(self, channel: int, message: Message) -> int:
        """Send a message; return its id."""
        ...

    async def edit(
        self,
        channel: int,
        key: int,
        content: str,
        embeds: Sequence[Mapping[str, Any]] | None,
        buttons: Sequence[Button] | None = None,
    ) -> None:
        """Change the message with the id `key`; `embeds` or `buttons` None: leave them as they are."""
        ...

    async def pin(self, channel: int, key: int) -> None:
        """Pin the message with the id `key`."""
        ...

    async def delete(self, channel: int, key: int) -> None:
        """Delete the message with the id `key`; one that is gone already is no failure."""
        ...

    async def open_thread(self, channel: int, key: int, name: str) -> None:
        """Open the public thread of the message with the id `key`, whose id it has; one that is open is no failure."""
        ...

    async def find(self, channel: int, number: int, since: float, until: float) -> int | None:
        """Return the id of our own post with this number in the channel's history, or None.

        Args:
            channel: the channel.
            number: the post's number, as its last line carries it.
            since: from when on to look, in seconds since 1970 by Discord's clock.
            until: up to when.

        Raises:
            RefusedError: the history may not be read.
            LaterError, UnknownError: it can't be read now.

        """
        ...

    async def numbers(self, channel: int, since: float) -> list[tuple[int, int]]:
        """Return (number, message id) of each of our own posts in the channel's history from a time on, oldest first.

        It asks Discord alone, so that it can be called before the gateway is connected.

        Args:
            channel: the channel.
            since: from when on, in seconds of the wall clock.

        Raises:
            RefusedError: the channel is gone, or its history may not be read.
            LaterError, UnknownError: it can't be read now.

        """
        ...
