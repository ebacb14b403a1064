"""Fetches subscribed calendars, within limits of size and time, and merges them into the schedules.

Calendars are fetched by conditional HTTP requests. `calendar_entries` stores the calendar's last version of each
event. Comparing a new version with the last shows what the calendar itself changed, and only that is changed in the
schedule. Imports by staff (`import`) and deadlines set by law (`law`) work the same way. Merging the same calendar
again changes nothing, even after a crash.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import aiohttp
import structlog

from bot.box.box import Box
from bot.clock import Clock
from bot.desk.desk_file import Calendar, Source
from bot.errors import BadInputError, RunFailedError, TallydeskError
from bot.events.icalendar import MOST_BYTES, CalendarContext, CalendarRead
from bot.feeds.fetch import Feed, FeedError
from bot.follows.follows_store import ServerStore
from bot.logs import worth_a_line
from bot.schedule.calendars_store import CalendarStore, Origin
from bot.schedule.deadlines import Deadlines
from bot.schedule.schedule_jobs import read_calendar

_SLOWEST = timedelta(hours=1)
"""The longest wait before retrying a failing calendar, unless its normal interval is longer."""

log = structlog.get_logger()


class CalendarFeed(Feed):
    """A subscribed calendar, fetched over HTTP and parsed in the sandbox."""

    largest = MOST_BYTES

    def __init__(self, calendar: Calendar, session: aiohttp.ClientSession, box: Box, zone: str) -> None:
        """Create a feed that fetches `calendar` through `session`, and parses it in `box`.

        `zone` is the desk's time zone.
        """
        super().__init__(source_of(calendar), session, box)
        self.calendar = calendar
        self._zone = zone

    async def events(self, now: datetime) -> CalendarRead | None:
        """Return the calendar's events, or None if the calendar has not changed since it was last read.

        Raises:
            FeedError: the calendar can't be reached, or is not a calendar. The message is a sentence with the calendar's name.

        """
        answer = await self._get(self._url, self._validators)
        if answer is None:
            return None
        calendar = self.calendar
        frame = CalendarContext(
            name=calendar.name, now=now, zone=self._zone, kind=calendar.kind, contest=calendar.contest
        )
        try:
            read = await read_calendar(self._box, None, answer.body, frame)
        except BadInputError as error:
            raise FeedError(f"{calendar.id}: {error}") from None
        self._validators = answer.validators
        return read


class Calendars:
    """A service that polls calendars, and merges their changes into every server's schedule."""

    def __init__(
        self,
        feeds: Sequence[CalendarFeed],
        store: CalendarStore,
        servers: ServerStore,
        clock: Clock,
        deadlines: Deadlines,
    ) -> None:
        """Create a service that polls `feeds`, and merges their events into the schedules of `servers`.

        It writes through `store`. `deadlines` is the service that adds deadlines set by law.
        """
        self.deadlines = deadlines
        self.feeds = feeds
        self._store = store
        self._servers = servers
        self._clock = clock
        self._last: dict[str, CalendarRead] = {}
        self._failures: dict[str, int] = {}

    async def poll(self, feed: CalendarFeed) -> float:
        """Fetch one calendar, and merge its events into the schedules.

        Returns the seconds until the next poll, which double with each failure.

        Raises:
            RunFailedError: the calendar could not be read or merged.
        """
        problem = await self.look(feed)
        every = feed.calendar.every
        slower = every * 2.0 ** min(self._failures.get(feed.calendar.id, 0), 6)
        wait = min(slower, max(_SLOWEST, every))
        seconds = wait.total_seconds() * random.uniform(0.95, 1.05)  # noqa: S311 - spreads requests
        if problem is not None:
            raise RunFailedError(problem, seconds)
        return seconds

    async def look(self, feed: CalendarFeed) -> str | None:
        """Fetch one calendar, and merge its events into the schedules. Returns an error message, or None for success.

        Failures are logged, not raised. After a failure, the next poll fetches the whole calendar.
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
        """Merge the events of a calendar into the schedules.

        If the calendar is unchanged, its last version is merged again, for servers that joined in the meantime.
        """
        now, name = self._clock.now(), feed.calendar.id
        if (read := await feed.events(now)) is not None:
            known = self._last[name].refused if name in self._last else ()
            for why in read.refused:
                if why not in known:
                    log.warning("an event of a calendar was refused", calendar=name, why=why)
            self._last[name] = read
        for server in await self._servers.servers() if name in self._last else ():
            origin = Origin(name, feed.calendar.name, f"calendar {name}")
            await self._store.take_in(server, origin, self._last[name].events)


def source_of(calendar: Calendar) -> Source:
    """Return a calendar as a source, the object that the HTTP client fetches.

    A source with a URL needs a format, which is not used for calendars.
    """
    return Source(
        id=calendar.id,
        name=calendar.name,
        format="readings",
        url=calendar.url,
        every=calendar.every,
        user_agent=calendar.user_agent,
        own_network=calendar.own_network,
    )
