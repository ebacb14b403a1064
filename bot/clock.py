"""The news clock: the time that readings, schedules and sentences go by.

Everything that says a time takes its clock from outside, so that a rehearsal can play a day in a minute.
Retries, nonces and read-back are about Discord, not about the news: they use the wall clock (`time.time`).
"""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time of the news."""

    def now(self) -> datetime:
        """Return the present moment of the news, aware and in UTC."""
        ...


class SystemClock:
    """The news happens now."""

    def now(self) -> datetime:
        """Return the machine's own time, in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is set: for rehearsals and tests."""

    def __init__(self, start: datetime) -> None:
        """Start at the aware time `start`."""
        self.set(start)

    def now(self) -> datetime:
        """Return the time the clock was last set to, in UTC."""
        return self._now

    def set(self, now: datetime) -> None:
        """Set the clock to the aware time `now`."""
        if now.tzinfo is None:
            raise ValueError(f"the clock needs a time with a zone, not {now.isoformat()}")
        self._now = now.astimezone(UTC)
