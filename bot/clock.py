"""The news clock: the time for readings, schedules and posts.

Everything that needs the time is given a clock, so that a rehearsal can play a day in a minute. Work with Discord,
such as retries, nonces and the search of a channel's history, uses the wall clock (`time.time`) instead.
"""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The interface of a news clock."""

    def now(self) -> datetime:
        """Return the time, aware and in UTC."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return this machine's time, in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock for rehearsals and tests. Its time changes only when it is set."""

    def __init__(self, start: datetime) -> None:
        """Create a clock that is set to the aware time `start`."""
        self.set(start)

    def now(self) -> datetime:
        """Return the time the clock was last set to, in UTC."""
        return self._now

    def set(self, now: datetime) -> None:
        """Set the clock to the aware time `now`."""
        if now.tzinfo is None:
            raise ValueError(f"the clock needs a time with a zone, not {now.isoformat()}")
        self._now = now.astimezone(UTC)
