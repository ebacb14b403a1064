"""The speed of a rehearsal's news clock, which viewers may change at any moment."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import ManualClock
from bot.errors import BadInputError

LONGEST_WAIT_SECONDS = 5.0
"""Longer waits for the next event are cut to this, unless the viewer asks for all of it."""

_TICK_SECONDS = 0.1

_SLOWEST, _FASTEST = 0.1, 100_000.0  # a day in ten days, or in a second


@dataclass(frozen=True, slots=True)
class Timing:
    """Where the news clock is, and how fast it runs."""

    now: datetime
    until: datetime
    """When something happens next. The clock does not pass this moment without telling its listeners."""
    rate: float
    """News seconds in one real second; 0 while it is stopped."""
    speed: float | None
    """The speed that was asked for; None: as fast as possible."""
    paused: bool
    skips_quiet: bool
    over: bool


@dataclass(slots=True)
class _Skip:
    """A stretch of news time that ran faster than was asked for."""

    start: datetime
    end: datetime
    share: float
    """The speed that was asked for over the actual one; 0 where it was jumped over."""


class Pace:
    """Moves the news clock on."""

    def __init__(
        self, clock: ManualClock, speed: float | None, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Run `clock` at `speed` times real time; None: as fast as possible."""
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
        """Where the clock is now, and how fast it runs."""
        now = self.clock.now()
        moves = not (self._stands or self._over) and self._target > now
        rate = self._rate if moves else 0.0
        return Timing(now, self._target, rate, self._speed, self._stands, self._skips_quiet, self._over)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever the clock starts, stops or changes its speed."""
        self._listeners.append(listener)

    async def until(self, moment: datetime) -> None:
        """Wait until the clock reaches `moment`."""
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
            await self._sleep(min(seconds, _TICK_SECONDS))
            step = timedelta(seconds=rate * _TICK_SECONDS)
            self._go(moment if seconds <= _TICK_SECONDS else self.clock.now() + step, share)
        self._go(moment, 0.0)
        self._tell()

    def lived(self, start: datetime, end: datetime) -> timedelta:
        """Return how much time between two moments a viewer had: what was skipped or jumped over does not count."""
        skipped = timedelta(0)
        for skip in self._skips:
            within = min(end, skip.end) - max(start, skip.start)
            skipped += max(within, timedelta(0)) * (1 - skip.share)
        return end - start - skipped

    def set_speed(self, speed: float | None) -> None:
        """Run at so many times real time from now on; None: as fast as possible."""
        self._speed = speed
        self._set_rate()

    def pause(self, *, paused: bool = True) -> None:
        """Stop the clock, or let it run."""
        self._paused = paused
        self._set_rate()

    def hold(self) -> None:
        """Stop the clock until `begin` or `let_go`, while somebody reads what the day asks. Does nothing after `begin`."""
        self._held = not (self._begun or self._over)
        self._set_rate()

    def let_go(self) -> None:
        """Run again: nobody is left who could call `begin`."""
        self._held = False
        self._set_rate()

    def begin(self) -> None:
        """Start the day: from now on only a pause stops the clock."""
        self._begun = True
        self.let_go()

    def skip_quiet(self, *, skips: bool) -> None:
        """Cut waits to five seconds, or keep each as long as it was."""
        self._skips_quiet = skips
        self._set_rate()

    def jump(self) -> None:
        """Skip all waits until the next post lands, even while paused."""
        self._jumping = not self._over
        self._set_rate()

    def landed(self) -> None:
        """End a jump: a post has landed."""
        self._jumping = False

    def finish(self) -> None:
        """Stop for good: the day is over."""
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
        least = left / LONGEST_WAIT_SECONDS if self._skips_quiet else 0.0
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
