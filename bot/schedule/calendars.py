"""Subscribed calendars: fetched by conditional requests, bounded in size and time; their changes change the schedules.

`calendar_entries` holds what a calendar last said of each event, so that only what the calendar itself changed is
changed in the schedule. Lists that staff import (`import`) and deadlines by law (`law`) go the same way. Taking in the
same answer again changes nothing, whatever crashed in between.
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
from bot.events.icalendar import MOST_BYTES, CalendarRead, Frame
from bot.feeds.fetch import Feed, FeedError
from bot.follows.follows_store import ServerStore
from bot.logs import worth_a_line
from bot.schedule.calendars_store import CalendarStore, Origin
from bot.schedule.deadlines import Deadlines
from bot.schedule.schedule_jobs import read_calendar

_SLOWEST = timedelta(hours=1)
"""Between two tries of a calendar that keeps failing, unless it is asked less often anyway."""

log = structlog.get_logger()


class CalendarFeed(Feed):
    """One calendar, asked as any source is."""

    largest = MOST_BYTES

    def __init__(self, calendar: Calendar, session: aiohttp.ClientSession, box: Box, zone: str) -> None:
        """Ask for `calendar` through `session`, and read it in `box`; `zone` is the desk's."""
        super().__init__(source_of(calendar), session, box)
        self.calendar = calendar
        self._zone = zone

    async def events(self, now: datetime) -> CalendarRead | None:
        """Return what the calendar says now, or None if nothing has changed since it was last read.

        Raises:
            FeedError: it can't be reached, or is no calendar; one sentence that names it.

        """
        answer = await self._get(self._url, self._validators)
        if answer is None:
            return None
        calendar = self.calendar
        frame = Frame(name=calendar.name, now=now, zone=self._zone, kind=calendar.kind, contest=calendar.contest)
        try:
            read = await read_calendar(self._box, None, answer.body, frame)
        except BadInputError as error:
            raise FeedError(f"{calendar.id}: {error}") from None
        self._validators = answer.validators
        return read


class Calendars:
    """Polls calendars, and takes what they changed into every server's schedule."""

    def __init__(
        self,
        feeds: Sequence[CalendarFeed],
        store: CalendarStore,
        servers: ServerStore,
        clock: Clock,
        deadlines: Deadlines,
    ) -> None:
        """Poll `feeds`, and take what they say into `store` for each of `servers`."""
        self.deadlines = deadlines
        self.feeds = feeds
        self._store = store
        self._servers = servers
        self._clock = clock
        self._last: dict[str, CalendarRead] = {}
        self._failures: dict[str, int] = {}

    async def poll(self, feed: CalendarFeed) -> float:
        """Look at one calendar once; return in how many seconds to look again, which doubles with each failure.

        Raises:
            RunFailedError: it could not be read or taken in.

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
        """Look at one calendar once; return what failed, or None.

        A failure is logged, never raised, and the next look asks for the whole calendar.
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
        """Take in what a calendar says. Its last answer is taken in again if nothing is new: a server may have joined since."""
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
    """Return a calendar as a source, which is how it is fetched. A source with an address needs a format; no reader uses it."""
    return Source(
        id=calendar.id,
        name=calendar.name,
        format="readings",
        url=calendar.url,
        every=calendar.every,
        user_agent=calendar.user_agent,
        own_network=calendar.own_network,
    )
