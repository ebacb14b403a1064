"""The fault board: what shall go wrong with the next messages that the bot posts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong `left` more times, in one channel or (None) in any."""

    left: int
    channel_id: int | None
    status: int | None = None  # what to answer instead of posting; None: post, and answer nothing
    body: Mapping[str, Any] | None = None


class Faults:
    """Empty, everything works. Faults that wait are used up in the order they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._delays: dict[int | None, float] = {}

    def lose_answer(self, n: int = 1, *, channel_id: int | None = None) -> None:
        """Post the next `n` messages and drop the connection without an answer."""
        self._waiting.append(Fault(n, channel_id))

    def answer_next(
        self, status: int, body: Mapping[str, Any] | None = None, n: int = 1, *, channel_id: int | None = None
    ) -> None:
        """Answer the next `n` messages with this and do not post them; a 429 needs `retry_after` in its body."""
        self._waiting.append(Fault(n, channel_id, status, body or {"message": f"{status}: stand-in", "code": 0}))

    def delay(self, seconds: float, *, channel_id: int | None = None) -> None:
        """From now on post each message at once and answer it so much later; 0 ends it."""
        self._delays[channel_id] = seconds

    def clear(self) -> None:
        """Let everything work again."""
        self._waiting.clear()
        self._delays.clear()

    def take(self, channel_id: int) -> Fault | None:
        """Return what is to go wrong with a message to this channel, and count it; None when nothing is."""
        for fault in self._waiting:
            if fault.channel_id in (None, channel_id):
                fault.left -= 1
                if fault.left <= 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def delay_of(self, channel_id: int) -> float:
        """Return how many seconds the answer to a message in this channel is held back."""
        return self._delays.get(channel_id, self._delays.get(None, 0.0))
