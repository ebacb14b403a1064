"""Look at the subscribed calendars: each in a loop of its own; what changes in them changes the schedules."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.clock import Clock
from bot.errors import TallydeskError
from bot.events.icalendar_reader import CalendarRead
from bot.follows.servers_store import DeskStore
from bot.logs import worth_a_line
from bot.outbox.rows import Wake
from bot.schedule.calendar_feed import CalendarFeed
from bot.schedule.calendars_store import CalendarStore, Origin
from bot.schedule.deadlines import Deadlines

SLOWEST = 3600.0
"""Seconds between two tries of a calendar that keeps failing, unless it is asked less often anyway."""

DEADLINES_EVERY = 300.0
"""Seconds."""

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
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Look at `feeds` and at `deadlines`; `wake` is called with the channels that have a post."""
        self._deadlines = deadlines
        self._feeds = feeds
        self._store = store
        self._desk_store = desk_store
        self._clock = clock
        self._wake = wake
        self._sleep = sleep
        self._tasks: list[asyncio.Task[None]] = []
        self._last: dict[str, CalendarRead] = {}
        self._failures: dict[str, int] = {}

    def start(self) -> None:
        """Look at each calendar now, and from now on as often as the desk file says."""
        self._tasks = [
            asyncio.create_task(self._loop(feed), name=f"calendar {feed.calendar.id}") for feed in self._feeds
        ]
        self._tasks.append(asyncio.create_task(self._keep_deadlines(), name="deadlines"))

    async def stop(self) -> None:
        """Look no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def look(self, feed: CalendarFeed) -> None:
        """Look at one calendar once; a failure is logged, never raised, and what could not be taken in is asked again."""
        name = feed.calendar.id
        try:
            await self._take_in(feed)
        except TallydeskError as error:
            if worth_a_line(failures := self._failed(feed)):
                log.warning("a calendar could not be read", calendar=name, why=str(error), failures=failures)
        except Exception:
            if worth_a_line(failures := self._failed(feed)):
                log.exception("a calendar could not be taken in", calendar=name, failures=failures)
        else:
            if failures := self._failures.pop(name, 0):
                log.info("a calendar is read again", calendar=name, failures=failures)

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

    async def _keep_deadlines(self) -> None:
        """Look at the deadlines again and again: a newsroom may have begun to follow a contest."""
        while True:
            try:
                await self._deadlines.look()
            except Exception:
                log.exception("the deadlines could not be looked at")
            await self._sleep(DEADLINES_EVERY)

    async def _loop(self, feed: CalendarFeed) -> None:
        every = feed.calendar.every.total_seconds()
        while True:
            await self.look(feed)
            slower = every * 2 ** min(self._failures.get(feed.calendar.id, 0), 6)
            await self._sleep(min(slower, max(SLOWEST, every)) * random.uniform(0.95, 1.05))  # noqa: S311 - spreads requests
