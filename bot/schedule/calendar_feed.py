"""Ask a subscribed calendar for what is new: conditional requests, bounded in size and time."""

from datetime import datetime

import aiohttp

from bot.desk.desk_file import Calendar, Source
from bot.errors import BadInputError
from bot.events.icalendar_reader import MOST_BYTES, CalendarRead, Frame
from bot.feeds.fetch import Feed, FeedError
from bot.schedule.calendar_process import read_apart


def source_of(calendar: Calendar) -> Source:
    """Return a calendar as a source that is asked; its format is never read by."""
    return Source(
        id=calendar.id, name=calendar.name, format="readings", url=calendar.url, every=calendar.every,
        user_agent=calendar.user_agent, own_network=calendar.own_network,
    )  # fmt: skip


class CalendarFeed(Feed):
    """One calendar that is looked at from time to time; asked as any source is."""

    largest = MOST_BYTES

    def __init__(self, calendar: Calendar, session: aiohttp.ClientSession, zone: str) -> None:
        """Ask for `calendar` through `session`; `zone` is the desk's."""
        super().__init__(source_of(calendar), session)
        self.calendar = calendar
        self._zone = zone

    async def events(self, now: datetime) -> CalendarRead | None:
        """Return what the calendar says now, or None when it is what it was.

        Raises:
            FeedError: it can't be reached, or is no calendar; one sentence that names it.

        """
        answer = await self._get(self._url, self._marks)
        if answer is None:
            return None
        calendar = self.calendar
        frame = Frame(name=calendar.name, now=now, zone=self._zone, kind=calendar.kind, contest=calendar.contest)
        try:
            read = await read_apart(answer.body, frame)
        except BadInputError as error:
            raise FeedError(f"{calendar.id}: {error}") from None
        self._marks = answer.marks
        return read
