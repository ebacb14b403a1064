"""What the page's browsers are told, in order, and kept for those that were away for a moment."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_KEPT = 5000


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened."""

    number: int
    kind: str
    body: Callable[[], str]
    """Makes the JSON that is sent, as things are when it is sent."""
    channel: int | None = None
    """Only for who sees this channel."""
    member: int | None = None
    """Only for this member."""


class Stream:
    """Numbers what happens from 1; a place in it is written as "RUN:NUMBER"."""

    def __init__(self) -> None:
        self._run = secrets.token_hex(4)
        self._told: deque[Told] = deque(maxlen=_KEPT)
        self._last = 0
        self._news = asyncio.Event()
        self.ended = False

    def end(self) -> None:
        """Let whoever waits go: nothing is told any more until `ended` is set back."""
        self.ended = True
        self._news.set()

    @property
    def place(self) -> str:
        """Where the stream is now."""
        return self.place_of(self._last)

    def place_of(self, number: int) -> str:
        """Return the place after the thing of that number."""
        return f"{self._run}:{number}"

    def tell(
        self, kind: str, body: Callable[[], str], *, channel: int | None = None, member: int | None = None
    ) -> None:
        """Tell everyone, or only those who see a channel, or one member."""
        self._last += 1
        self._told.append(Told(self._last, kind, body, channel, member))
        self._news.set()
        self._news = asyncio.Event()

    def since(self, place: str) -> list[Told] | None:
        """Return what happened after a place; None when that is no longer known."""
        run, _, text = place.partition(":")
        number = int(text) if text.isascii() and text.isdigit() else -1
        if run != self._run or not 0 <= number <= self._last:
            return None
        missed = self._last - number
        if missed > len(self._told):
            return None
        return [self._told[place] for place in range(len(self._told) - missed, len(self._told))]

    async def wait(self, place: str, seconds: float) -> None:
        """Wait until something happens after `place`, so many seconds at most."""
        if place != self.place:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return
