"""How fast the news goes by in a rehearsal."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.clock import ManualClock
from bot.errors import BadInputError

LONGEST_WAIT = 5.0
"""Seconds that nobody has to wait longer for what comes next."""


class Pace:
    """Moves the news clock on."""

    def __init__(
        self, clock: ManualClock, speed: float | None, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Move `clock` on `speed` times as fast as the day went; None: as fast as it goes."""
        self.clock = clock
        self._speed = speed
        self._sleep = sleep

    async def until(self, moment: datetime) -> None:
        """Wait as long as it takes until `moment`, five seconds at most; then it is `moment`."""
        now = self.clock.now()
        if moment <= now:
            return
        if self._speed is not None:
            await self._sleep(min((moment - now).total_seconds() / self._speed, LONGEST_WAIT))
        self.clock.set(moment)


def parse_speed(typed: str) -> float | None:
    """Return a speed as typed: a number of times, or None for `max`.

    Raises:
        BadInputError: it is neither.

    """
    if typed == "max":
        return None
    try:
        speed = float(typed)
    except ValueError:
        speed = 0.0
    if not 0.1 <= speed <= 100_000:  # noqa: PLR2004 - a day in a second, or in ten days
        raise BadInputError(f"--speed should be max, or a number from 0.1 to 100000, not {typed[:40]!r}")
    return speed
