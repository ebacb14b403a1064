"""Look at the subscribed calendars; what changes in them changes the schedules."""

import random
from collections.abc import Sequence

import structlog

from bot.clock import Clock
from bot.errors import RunFailedError, TallydeskError
from bot.events.icalendar_reader import CalendarRead
from bot.follows.servers_store import DeskStore
from bot.logs import worth_a_line
from bot.outbox.rows import Wake
from bot.schedule.calendar_feed import CalendarFeed
from bot.schedule.calendars_store import CalendarStore, Origin
from bot.schedule.deadlines import Deadlines

SLOWEST = 3600.0
"""Seconds between two tries of a calendar that keeps failing, unless it is asked less often anyway."""

log = structlog.get_logger()


class Calendars:
    """Asks calendars for news and takes it into every server's schedule."""

    def __init__(
        self,
        feeds: Sequence[CalendarFeed],
        store: CalendarStore,
        desk_store: DeskStore,
        clock: Clock,
        wake: Wake,
        deadlines: Deadlines,
    ) -> None:
        """Look at `feeds` and at `deadlines`; `wake` is called with the channels that have a post."""
        self.deadlines = deadlines
        self.feeds = feeds
        self._store = store
        self._desk_store = desk_store
        self._clock = clock
        self._wake = wake
        self._last: dict[str, CalendarRead] = {}
        self._failures: dict[str, int] = {}

    async def poll(self, feed: CalendarFeed) -> float:
        """Look at one calendar once; return in how many seconds to look again: later and later while it fails.

        Raises:
            RunFailedError: it could not be read or taken in.

        """
        problem = await self.look(feed)
        every = feed.calendar.every.total_seconds()
        slower = every * 2.0 ** min(self._failures.get(feed.calendar.id, 0), 6)
        seconds = min(slower, max(SLOWEST, every)) * random.uniform(0.95, 1.05)  # noqa: S311 - spreads requests
        if problem is not None:
            raise RunFailedError(problem, seconds)
        return seconds

    async def look(self, feed: CalendarFeed) -> str | None:
        """Look at one calendar once; return what failed, or None.

        A failure is logged, never raised, and what could not be taken in is asked again.
        """
        name = feed.calendar.id
        try:
            await self._take_in(feed)
        except TallydeskError as error:
            if worth_a_line(failures := self._failed(feed)):
                log.warning("a calendar could not be read", calendar=name, why=str(error), failures=failures)
            return str(error)
        except Exception as error:
            if worth_a_line(failures := self._failed(feed)):
                log.exception("a calendar could not be taken in", calendar=name, failures=failures)
            return repr(error)
        if failures := self._failures.pop(name, 0):
            log.info("a calendar is read again", calendar=name, failures=failures)
        return None

    def _failed(self, feed: CalendarFeed) -> int:
        feed.forget()
        self._failures[feed.calendar.id] = self._failures.get(feed.calendar.id, 0) + 1
        return self._failures[feed.calendar.id]

    async def _take_in(self, feed: CalendarFeed) -> None:
        """Take in what a calendar says; one that says nothing new is taken in again, for servers that came meanwhile."""
        now, name = self._clock.now(), feed.calendar.id
        if (read := await feed.events(now)) is not None:
            known = self._last[name].refused if name in self._last else ()
            for why in read.refused:
                if why not in known:
                    log.warning("an event of a calendar was refused", calendar=name, why=why)
            self._last[name] = read
        for server in await self._desk_store.servers() if name in self._last else ():
            origin = Origin(name, feed.calendar.name, f"calendar {name}")
            if wake := await self._store.take_in(server, origin, self._last[name].events, now):
                self._wake(wake)
