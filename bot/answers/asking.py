"""What every question needs before it is answered: which contest, as of when, and who may read the answer.

Times are typed by the desk's clock ("3:05", "yesterday 7pm", "Nov. 6 4:30 a.m."). What is not clearly one time is
refused, not guessed: a bare number, 11/6, a weekday alone, an hour that the clocks skipped or went through twice. A
wrong time would give a wrong answer that looks right.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.desk.desk_file import Contest
from bot.errors import BadInputError, TallydeskError
from bot.events.typed_time import LONGEST, TypedParts, plain, quoted, said
from bot.events.wall_time import moments, zone_names
from bot.follows.follows import Follows
from bot.follows.follows_store import ServerStore
from bot.follows.levels import Sees
from bot.tally.source_marks import SourceMarks
from bot.tally.standing_store import StandingStore
from bot.wording.context import Setting, may_be_named
from bot.wording.question import Question
from bot.wording.times import clock

OUTSIDE = 0
"""In the place of a server: who asks has the bot for themselves. No newsroom has entered, muted or followed anything there."""


class InsideError(TallydeskError):
    """The public reads the channel, and may not read what the answer would say."""

    def __init__(self) -> None:
        """Say where to ask."""
        super().__init__("what is known of that contest is for the newsroom only; ask in a channel of its own")


class Asking:
    """Turns what was typed of a contest and a time into a question, or refuses it."""

    def __init__(
        self,
        following: Follows,
        store: ServerStore,
        queries: StandingStore,
        marks: SourceMarks,
        setting: Setting,
        clock: Clock,
    ) -> None:
        """Find contests through `following`, and their counts through `queries`; who reads a channel is in `store`."""
        self._queries = queries
        self._marks = marks
        self._following = following
        self._store = store
        self._setting = setting
        self._clock = clock
        self._last: dict[tuple[int, int], str] = {}

    @property
    def now(self) -> datetime:
        """The news clock's time."""
        return self._clock.now()

    async def asked(
        self, contest: str, server: int, channel: int, at: str | None = None, *, staff: bool = True
    ) -> Question:
        """Return a question about a contest that somebody typed or chose, in a channel, as of a time that they typed.

        `staff`: they are of the desk, and may know who of it did what.

        Raises:
            BadInputError: there is no such contest, or it is no time.
            InsideError: the public reads the channel, and may not read of the contest's leading source.

        """
        return await self.about(self._following.contest(contest), server, channel, at, staff=staff)

    async def about(
        self, contest: Contest, server: int, channel: int, at: str | None = None, *, staff: bool = True
    ) -> Question:
        """Return a question about a contest of the desk file, as it is led in the server; see `asked`."""
        contest = await self._following.led(contest, server)
        setting, now = await self.setting(channel, server, staff=staff), self._clock.now()
        source = setting.desk.source(contest.leads)
        if not may_be_named(source, setting):
            raise InsideError
        moment = past_time(at, now, setting.desk.zone) if at else None
        marks = await self._marks.of(server, setting, now)
        count = await self._queries.told_count(contest.id, contest.leads)
        return Question(contest, server, channel, setting, now, moment, count, marks)

    async def setting(self, channel: int, server: int, *, staff: bool = True) -> Setting:
        """Return what cards go by in a channel, for who is of the desk, or is not.

        Outside of the newsrooms' servers the public reads.
        """
        public = server == OUTSIDE or await self._store.is_public(channel)
        return replace(self._setting, public=public, names_staff=staff)

    async def meant(self, server: int, channel: int, person: int, sees: Sees) -> list[Contest]:
        """Return the contests that a question without one can be about, the one that the person last asked about first.

        Those that the channel follows; where it follows none, those of the server's channels that the person sees; where
        these follow none, the desk file's.
        """
        here = await self.followed(server, channel)
        if not here:
            rows = [row for row in await self._store.following(server) if sees(row.channel)]
            here = self._known({row.contest for row in rows}) or list(self._setting.desk.contests)
        return self._last_first(here, server, person)

    async def followed(self, server: int, channel: int) -> list[Contest]:
        """Return the contests that a channel follows: in a contest's thread that one, in another those of its channel."""
        told = await self._store.contest_of_thread(channel)
        if told is not None and (known := self._known({told})):
            return known
        channel = await self._store.channel_of(channel)
        return self._known({row.contest for row in await self._store.following(server) if row.channel == channel})

    def _known(self, keys: Collection[str]) -> list[Contest]:
        return [contest for contest in self._setting.desk.contests if contest.id in keys]

    def _last_first(self, contests: Iterable[Contest], server: int, person: int) -> list[Contest]:
        """Return contests in their order, but the one that a person last asked about in a server first."""
        last = self._last.get((server, person))
        return sorted(contests, key=lambda contest: contest.id != last)

    def keep_last(self, contest: Contest, server: int, person: int) -> None:
        """Know which contest a person asks about; in memory alone, and of so many people."""
        self._last.pop((server, person), None)
        self._last[server, person] = contest.id
        if len(self._last) > _MOST_PEOPLE:
            self._last.pop(next(iter(self._last)))


_MOST_PEOPLE = 10_000


_HALF_YEAR = timedelta(days=183)


_TRY = "try 3:05, 7:30 p.m., yesterday 7pm or Nov. 6 4:30 a.m."

_AGO = re.compile(r"(?:(?P<number>[0-9]{1,4}) ?|an? )(?P<unit>m|mins?|minutes?|h|hrs?|hours?) ago")


_AHEAD = re.compile(r"in .*|.*\bfrom now")


def past_time(typed: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment that `typed` means, in UTC; a time of day without a day is the latest one up to `now`.

    Raises:
        BadInputError: it is no time, could be more than one, or is still ahead.

    """
    try:
        moment = _Typed(typed, now.astimezone(UTC), zone).moment()
    except (ValueError, OverflowError):  # the 30th of February; a day at the calendar's end
        moment = None
    if moment is None:
        raise BadInputError(f"{quoted(typed)} is not clearly a time; {_TRY}")
    if moment > now:
        raise BadInputError(f"{quoted(typed)} is still ahead")
    return moment


class _Typed:
    """A time as it was typed, and what of it is open."""

    def __init__(self, typed: str, now: datetime, zone: ZoneInfo) -> None:
        self._typed = typed
        self._shown = quoted(typed)
        self._now = now
        self._zone = zone

    def moment(self) -> datetime | None:
        """Return the moment in UTC, or None where it is no time; one that lies ahead is returned as well."""
        text = plain(self._typed) if len(self._typed) <= LONGEST else ""
        if text == "now":
            return self._now
        if match := _AGO.fullmatch(text):
            number = int(match["number"] or 1)
            return self._now - (timedelta(hours=number) if match["unit"][0] == "h" else timedelta(minutes=number))
        if _AHEAD.fullmatch(text):
            raise BadInputError(f"{self._shown} is not a time that is past; {_TRY}")
        read = said(self._typed)
        if read is None or read.exact is not None:
            return read.exact if read else None
        # By a 24-hour clock 3:05 is a time; a bare number, 11/6 and next Tuesday are none that is clearly past.
        if read.at is None or read.bare or read.swappable or read.following:
            return None
        return self._of(read, read.at)

    def _of(self, read: TypedParts, at: time) -> datetime:
        zone = ZoneInfo("UTC") if read.in_utc else self._zone
        today = self._now.astimezone(zone).date()
        day = self._day(read, today, at)
        if day is not None and read.midnight:
            raise BadInputError(f"{self._shown} could be either end of the day; say 12:01 a.m. or 11:59 p.m.")
        if day is not None and not read.agrees_with(day):
            raise BadInputError(f"{self._shown}: that day has another weekday")
        moment = self._resolved(day or today, at, zone, read.zone)
        if day is None and moment > self._now:
            return self._resolved(today - timedelta(days=1), at, zone, read.zone)
        return moment

    def _day(self, read: TypedParts, today: date, at: time) -> date | None:
        """Return the day that is named, or None where none is."""
        if read.days is not None:
            return today + timedelta(days=read.days)
        if read.month is not None and read.day is not None:
            if read.year:
                return date(read.year, read.month, read.day)
            if (read.month, read.day) == (2, 29):
                raise BadInputError(f"{self._shown}: say the year too")
            this_year = date(today.year, read.month, read.day)
            # In January "Dec. 30" is last month's; "Nov. 20" on Nov. 11 is not last year's but still ahead.
            ahead = datetime.combine(this_year, at) - datetime.combine(today, at) > _HALF_YEAR
            return this_year.replace(year=today.year - 1) if ahead else this_year
        return None if read.weekday is None else today - timedelta(days=(today.weekday() - read.weekday) % 7)

    def _resolved(self, day: date, at: time, zone: ZoneInfo, word: str | None) -> datetime:
        """Return the one moment at which the clocks showed this, or, if it is still ahead, will."""
        shown = list(moments(datetime.combine(day, at), zone))
        if not shown:
            raise BadInputError(f"{self._shown}: the clocks skipped that hour")
        if word and zone is self._zone:
            shown = [moment for moment in shown if word in (name.casefold() for name in zone_names(moment, zone))]
            if not shown:
                raise BadInputError(
                    f"{self._shown}: the desk's clock is {_zone_now(self._now, zone)}; leave out the zone"
                )
        past = [moment for moment in shown if moment <= self._now]
        if len(past) > 1:
            names = " or ".join(_zone_now(moment, zone) for moment in past)
            raise BadInputError(f"{self._shown} came twice that night; add {names}")
        return past[0] if past else shown[0]


def _zone_now(moment: datetime, zone: ZoneInfo) -> str:
    return clock(moment, zone, "exact").rsplit(" ", 1)[-1]
