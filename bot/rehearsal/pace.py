"""How fast the news goes by in a rehearsal, which whoever watches may change at any moment."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import ManualClock
from bot.errors import BadInputError

LONGEST_WAIT = 5.0
"""Seconds that nobody has to wait longer for what comes next, unless they want to."""

_TICK = 0.1


_SLOWEST, _FASTEST = 0.1, 100_000.0  # a day in ten days, or in a second


@dataclass(frozen=True, slots=True)
class Timing:
    """How the news clock stands and goes."""

    now: datetime
    until: datetime
    """It does not go beyond this moment, when something comes next, without saying so."""
    rate: float
    """Seconds of the news in one second; 0 while it stands."""
    speed: float | None
    """What was asked for; None: as fast as it goes."""
    paused: bool
    skips_quiet: bool
    over: bool


@dataclass(slots=True)
class _Skip:
    """A stretch of the news that went by faster than it was asked to."""

    start: datetime
    end: datetime
    share: float
    """How much of it went by at the speed that was asked for: 0 of what was jumped over."""


class Pace:
    """Moves the news clock on."""

    def __init__(
        self, clock: ManualClock, speed: float | None, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Move `clock` on `speed` times as fast as the day went; None: as fast as it goes."""
        self.clock = clock
        self._speed = speed
        self._sleep = sleep
        self._paused = False
        self._held = self._begun = False
        self._jumping = False
        self._skips_quiet = True
        self._over = False
        self._target = clock.now()
        self._rate = 0.0
        self._changed = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []
        self._skips: list[_Skip] = []

    @property
    def timing(self) -> Timing:
        """How the clock stands and goes."""
        now = self.clock.now()
        moves = not (self._stands or self._over) and self._target > now
        rate = self._rate if moves else 0.0
        return Timing(now, self._target, rate, self._speed, self._stands, self._skips_quiet, self._over)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever the clock goes on otherwise than it did."""
        self._listeners.append(listener)

    async def until(self, moment: datetime) -> None:
        """Wait as long as it takes until `moment`; then it is `moment`."""
        if moment <= self.clock.now():
            return
        self._target = moment
        self._set_rate()
        while (left := (moment - self.clock.now()).total_seconds()) > 0 and not self._jumping:
            if self._stands:
                self._changed.clear()
                await self._changed.wait()
                continue
            if self._speed is None:
                break
            rate, seconds = self._rate, left / self._rate
            share = min(1.0, self._speed / rate)
            await self._sleep(min(seconds, _TICK))
            step = timedelta(seconds=rate * _TICK)
            self._go(moment if seconds <= _TICK else self.clock.now() + step, share)
        self._go(moment, 0.0)
        self._tell()

    def lived(self, start: datetime, end: datetime) -> timedelta:
        """Return how long it was between two moments for who watched: what was skipped or jumped over does not count."""
        skipped = timedelta(0)
        for skip in self._skips:
            within = min(end, skip.end) - max(start, skip.start)
            skipped += max(within, timedelta(0)) * (1 - skip.share)
        return end - start - skipped

    def set_speed(self, speed: float | None) -> None:
        """Go so many times as fast as the day went from now on; None: as fast as it goes."""
        self._speed = speed
        self._set_rate()

    def pause(self, *, paused: bool = True) -> None:
        """Stand still, or go on."""
        self._paused = paused
        self._set_rate()

    def hold(self) -> None:
        """Stand still until `begin` or `let_go`, while somebody reads what the day asks; once it has begun, go on."""
        self._held = not (self._begun or self._over)
        self._set_rate()

    def let_go(self) -> None:
        """Go on, since nobody is there any more who could begin."""
        self._held = False
        self._set_rate()

    def begin(self) -> None:
        """Know that somebody has read what the day asks: from now on nothing holds the clock but a pause."""
        self._begun = True
        self.let_go()

    def skip_quiet(self, *, skips: bool) -> None:
        """Let nobody wait over five seconds for what comes next; or let each wait be as long as it was."""
        self._skips_quiet = skips
        self._set_rate()

    def jump(self) -> None:
        """Wait for nothing until something has landed, paused or not."""
        self._jumping = not self._over
        self._set_rate()

    def landed(self) -> None:
        """Know that something has landed: whoever jumped is there."""
        self._jumping = False

    def finish(self) -> None:
        """Know that the day is over."""
        self._over, self._jumping = True, False
        self._tell()

    @property
    def _stands(self) -> bool:
        return self._paused or self._held

    def _go(self, moment: datetime, share: float) -> None:
        now, last = self.clock.now(), self._skips[-1] if self._skips else None
        if last is not None and last.end == now and last.share == share:
            last.end = moment
        elif share < 1 and moment > now:
            self._skips.append(_Skip(now, moment, share))
        self.clock.set(moment)

    def _set_rate(self) -> None:
        left = (self._target - self.clock.now()).total_seconds()
        least = left / LONGEST_WAIT if self._skips_quiet else 0.0
        self._rate = max(self._speed or 0.0, least)
        self._changed.set()
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


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
    if not _SLOWEST <= speed <= _FASTEST:
        raise BadInputError(f"--speed should be max, or a number from 0.1 to 100000, not {typed[:40]!r}")
    return speed
