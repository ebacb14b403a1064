"""Controls the speed of a rehearsal's simulated clock, the news clock, which viewers may change at any time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import ManualClock
from bot.errors import BadInputError

LONGEST_WAIT_SECONDS = 5.0
"""The longest real wait for the next step, unless the viewer turned skipping off."""

_TICK_SECONDS = 0.1

_SLOWEST, _FASTEST = 0.1, 100_000.0  # a day takes ten days, or a second


@dataclass(frozen=True, slots=True)
class Timing:
    """The time, speed and state of the news clock."""

    now: datetime
    until: datetime
    """The time of the next step. The clock stops at that time until the step is done."""
    rate: float
    """Seconds on the news clock for each real second; 0 while the clock is stopped."""
    speed: float | None
    """The speed that the viewer set; None for as fast as possible."""
    paused: bool
    skips_quiet: bool
    over: bool


class Pace:
    """A controller that moves the news clock.

    Args:
        clock: the news clock.
        speed: how many times as fast as real time; None for as fast as possible.
        sleep: waits in real time.

    """

    def __init__(
        self, clock: ManualClock, speed: float | None, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
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

    @property
    def timing(self) -> Timing:
        """The current time, speed and state of the news clock."""
        now = self.clock.now()
        moves = not (self._stands or self._over) and self._target > now
        rate = self._rate if moves else 0.0
        return Timing(now, self._target, rate, self._speed, self._stands, self._skips_quiet, self._over)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever the clock starts, stops or changes its speed."""
        self._listeners.append(listener)

    async def until(self, moment: datetime) -> None:
        """Move the news clock to `moment` at the current speed, and return when it is reached."""
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
            await self._sleep(min(seconds, _TICK_SECONDS))
            step = timedelta(seconds=rate * _TICK_SECONDS)
            self.clock.set(moment if seconds <= _TICK_SECONDS else self.clock.now() + step)
        self.clock.set(moment)
        self._tell()

    def set_speed(self, speed: float | None) -> None:
        """Set the speed relative to real time; None for as fast as possible."""
        self._speed = speed
        self._set_rate()

    def pause(self, *, paused: bool = True) -> None:
        """Pause the clock, or resume it."""
        self._paused = paused
        self._set_rate()

    def hold(self) -> None:
        """Stop the clock while somebody reads the day's introduction, until `begin` or `let_go` is called.

        Does nothing once `begin` was called.
        """
        self._held = not (self._begun or self._over)
        self._set_rate()

    def let_go(self) -> None:
        """End the stop by `hold`, because nobody can call `begin`. The clock runs again unless it is paused."""
        self._held = False
        self._set_rate()

    def begin(self) -> None:
        """Start the day. After that only a pause stops the clock."""
        self._begun = True
        self.let_go()

    def skip_quiet(self, *, skips: bool) -> None:
        """Set whether a long wait for the next step is shortened to five seconds."""
        self._skips_quiet = skips
        self._set_rate()

    def jump(self) -> None:
        """Skip all waiting until the next post arrives, even while the clock is paused."""
        self._jumping = not self._over
        self._set_rate()

    def end_jump(self) -> None:
        """End a jump, because a post has arrived."""
        self._jumping = False

    def finish(self) -> None:
        """Stop the clock for good at the end of the day."""
        self._over, self._jumping = True, False
        self._tell()

    @property
    def _stands(self) -> bool:
        return self._paused or self._held

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
    """Parse a speed: a number, or `max`, which gives None.

    Raises:
        BadInputError: the text is neither, or the number is out of range.

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
