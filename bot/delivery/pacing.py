"""Who may make the next request: evenly under Discord's limit for the whole bot, what is urgent first."""

import asyncio
import time
from collections import deque

import structlog
from aiolimiter import AsyncLimiter

PER_SECOND = 48.5
"""Requests a second. Discord takes 50 in any second (https://docs.discord.com/developers/topics/rate-limits); what is
left is for requests that arrive closer together than they left."""
_BURST = 2
"""How many may leave at once after a pause: a late timer then costs no time."""

INVALID_WITHIN = 600.0
"""Seconds over which Discord counts invalid requests."""
MOST_INVALID = 1000
"""Discord bans who makes 10,000 requests in ten minutes that it answers with 401, 403 or 429; we stop long before."""

log = structlog.get_logger()


class Pacing:
    """Gives turns: each for one request."""

    def __init__(self, per_second: float = PER_SECOND) -> None:
        """Give so many turns a second at most."""
        self._limiter = AsyncLimiter(_BURST, _BURST / per_second)
        self._urgent: dict[int, asyncio.Future[None]] = {}
        self._routine: dict[int, asyncio.Future[None]] = {}
        self._giving: asyncio.Task[None] | None = None
        self._invalid: deque[float] = deque(maxlen=MOST_INVALID)

    async def turn(self, channel: int, *, urgent: bool) -> None:
        """Wait until a channel may make its next request; each channel waits for one at a time."""
        turn = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._routine)[channel] = turn
        if self._giving is None or self._giving.done():
            self._giving = asyncio.create_task(self._give(), name="pacing")
        try:
            await turn
        finally:
            self._urgent.pop(channel, None)
            self._routine.pop(channel, None)

    def hurry(self, channel: int) -> None:
        """Let a channel that waits go before those that are not urgent."""
        if (turn := self._routine.pop(channel, None)) is not None:
            self._urgent[channel] = turn

    def refused(self) -> None:
        """Count a request that Discord holds against us."""
        self._invalid.append(time.monotonic())

    @property
    def stopped_for(self) -> float:
        """Seconds for which no request should be made, because too many were invalid; 0: they may."""
        if len(self._invalid) < MOST_INVALID:
            return 0.0
        return max(self._invalid[0] + INVALID_WITHIN - time.monotonic(), 0.0)

    async def _give(self) -> None:
        while self._urgent or self._routine:
            if stopped_for := self.stopped_for:
                log.error(
                    "nothing is sent for a while: Discord refused too many requests, and would ban us",
                    refused=MOST_INVALID, seconds=round(stopped_for),
                )  # fmt: skip
                await asyncio.sleep(stopped_for)
            await self._limiter.acquire()
            waiting = self._urgent or self._routine
            if waiting:
                turn = waiting.pop(next(iter(waiting)))
                if not turn.done():
                    turn.set_result(None)
