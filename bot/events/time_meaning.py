"""Works out which moment a typed time means: "10:30", "tomorrow 1 p.m.", "last night", "since Monday", "20 min ago".

An ambiguous time is not guessed. It is returned as a question, with the times to choose from. Users type an event's
end, and the times at places where it is later, without a day: the day of its start, or the night after, is meant.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from bot.errors import BadInputError
from bot.events.event import LAST_YEAR, MOST_LATER, LaterPlace, moments, nearest, zone_names
from bot.events.typed_time import TypedParts, quoted_typed, relative_parts, typed_parts

TRY = "try 10:30 a.m., tomorrow 1 p.m., Friday 5 p.m., Nov. 20 5 p.m., noon or in 20 min"

TRY_PAST = "try 3:05 a.m., yesterday 7 p.m., Nov. 9 6 p.m. or 20 min ago"

_TRY_PLACES = "write each as Cobb County 9 p.m., with a semicolon between two"

TRY_HOURS = "enter a range, e.g. 11 p.m.-6:30 a.m., or midnight to 5"

AmbiguityReason = Literal[
    "half", "passed", "today", "next", "last", "order", "stretch", "night", "midnight", "skipped", "twice"
]
"""Why a typed time is ambiguous.

- `half`: it can be before or after noon.
- `passed`: the time is past today or this year, and the next such time is offered.
- `today`: the weekday is today's, so today, a week from now or a week ago can be meant.
- `next`: "next Tuesday" can be this week's or next week's.
- `last`: "last Tuesday" can be this week's or last week's.
- `order`: 11/6 can be in November or in June.
- `stretch`: a day or part of a day was typed, but a moment is needed.
- `night`: "Monday night 1 a.m." can be on Monday or on Tuesday.
- `midnight`: the start or the end of the day can be meant.
- `skipped`, `twice`: the clocks change that night.
"""

_HALF_YEAR = timedelta(days=183)

_WEEK = timedelta(days=7)

_DAY = timedelta(days=1)

_UTC = ZoneInfo("UTC")

_NOON = 12

_HALF_A_DAY = 12 * 60

_NIGHT_ENDS = 6
"""Before this hour of the night, "this evening" as a past time means the previous evening."""

_STRETCHES = {"morning": (0, 6, 9, 12), "afternoon": (12, 15, 18), "evening": (18, 21, 24), None: (0, 12, 24)}
"""Hours offered when somebody typed a day, or a part of a day, and a moment is needed."""

_HOUR_BY_24 = re.compile("0|1[3-9]|2[0-3]")

_BETWEEN = re.compile(r"[-\u2013\u2014]|\b(?:to|until|till|and)\b")

_LINK_WORD = re.compile(
    r"(?<![:,])(?<!\sat)(?<!\suntil)(?<!\still)(?<!\sto)(?:[:,]|\s(?:at|until|till|to))+$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class TimeAhead:
    """A time in the form that `Event` uses: a wall time and a zone."""

    wall: datetime
    """The wall time in the zone, as a naive datetime."""
    zone: str
    """The IANA name of the desk's zone.

    "UTC" for the second occurrence of a repeated wall time, since an event's wall time always means the first.
    """

    @property
    def moment(self) -> datetime:
        """The moment in UTC, computed from the wall time and the zone."""
        return self.wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class TimeQuestion:
    """A typed time that is ambiguous or doubtful, and the times that it can mean."""

    why: tuple[AmbiguityReason, ...]
    """All reasons why the time is ambiguous, in the order of `AmbiguityReason`."""
    choices: tuple[TimeAhead, ...]
    """The possible times, in order. There is only one if all others are past."""


def time_ahead(typed: str, now: datetime, zone: ZoneInfo, on: date | None = None) -> TimeAhead | TimeQuestion:
    """Return the future time that `typed` means in `zone`, or a question if it is ambiguous.

    Args:
        typed: the text that somebody typed.
        now: the current time.
        zone: the desk's zone, with its IANA name.
        on: the day that is meant if none is typed, for example the day of an event to be moved;
            None for the first possible day from now on.

    Raises:
        BadInputError: the text is not a time, or the time is past. The message suggests what to type instead.

    """
    read = relative_parts(typed) or relative_parts(f"in {typed}") or typed_parts(typed)
    return _meant(read, _Meaning(typed, now.astimezone(UTC), zone, past=False, on=on), TRY)


def time_past(typed: str, now: datetime, zone: ZoneInfo, *, start: bool = False) -> TimeAhead | TimeQuestion:
    """Return the past time that `typed` means in `zone`, or a question if it is ambiguous.

    A time without a day means today. If it could be a.m. or p.m., the half that is already past is meant. The answer
    is a question if both halves are past, or neither is. With `start`, the time is the beginning of something, and a
    day means its first moment.

    Raises:
        BadInputError: the text is not a time, or the time is in the future. The message suggests what to type instead.

    """
    read = relative_parts(typed) or typed_parts(typed)
    return _meant(read, _Meaning(typed, now.astimezone(UTC), zone, past=True, start=start), TRY_PAST)


def _meant(read: TypedParts | None, meaning: "_Meaning", instead: str) -> TimeAhead | TimeQuestion:
    if read:
        with suppress(ValueError, OverflowError):  # a day that the calendar does not have
            return meaning.of(read)
    raise BadInputError(f"{quoted_typed(meaning.typed)} is not clearly a time; {instead}")


def ahead_of(moment: datetime, zone: ZoneInfo) -> TimeAhead:
    """Return a moment as a wall time in `zone`, or in UTC for the second occurrence of a repeated wall time."""
    there = TimeAhead(moment.astimezone(zone).replace(tzinfo=None, fold=0), zone.key)
    return there if there.moment == moment else TimeAhead(moment.astimezone(UTC).replace(tzinfo=None), "UTC")


@dataclass(slots=True)
class _Meaning:
    """The possible moments of a typed time, and the reasons why it is ambiguous."""

    typed: str
    now: datetime
    zone: ZoneInfo
    past: bool
    on: date | None = None
    start: bool = False
    clock: ZoneInfo = _UTC
    """The time zone of the typed time."""
    why: set[AmbiguityReason] = field(default_factory=set)

    def of(self, read: TypedParts) -> TimeAhead | TimeQuestion:
        """Return the only possible time, or a question if there are several."""
        if read.exact:
            return self._settled([read.exact])
        if read.off is not None:
            moment = self.now + read.off
            return self._settled([moment if self.past else moment.replace(second=0, microsecond=0)])
        if read.days and (read.days > 0) is self.past:
            raise self._wrong_way()
        self.clock = _UTC if read.in_utc else self.zone
        today = self.now.astimezone(self.clock).date()
        days = self._days(read, today)
        if read.at is None:
            walls = self._stretch(read, days)
        elif days:
            walls = [datetime.combine(day, at) for day in days for at in self._hours(read, read.at)]
            walls = self._with_the_night(read, walls)
        else:
            walls = self._without_a_day(read, read.at, today)
        return self._settled(self._moments(walls, read))

    def _settled(self, found: Iterable[datetime]) -> TimeAhead | TimeQuestion:
        fitting = sorted({moment for moment in found if (moment <= self.now) is self.past})
        if not fitting:
            raise self._wrong_way()
        if fitting[-1].year >= LAST_YEAR:
            raise BadInputError(f"{quoted_typed(self.typed)} is too far ahead")
        if self.past and len(fitting) == 1:
            self.why -= {"half", "midnight"}
        choices = tuple(ahead_of(moment, self.zone) for moment in fitting)
        if not self.why and len(choices) == 1:
            return choices[0]
        return TimeQuestion(tuple(why for why in get_args(AmbiguityReason) if why in self.why), choices)

    def _wrong_way(self) -> BadInputError:
        if self.past:
            return BadInputError(
                f"{quoted_typed(self.typed)} has not come yet; type an earlier time, such as 3:05 or last night"
            )
        return BadInputError(f"{quoted_typed(self.typed)} is past; type a time that is still ahead")

    def _days(self, read: TypedParts, today: date) -> list[date]:
        """Return the days that the text can mean; empty if no day is typed."""
        if self.past and read.days == 0 and read.part == "evening":
            at_night = self.now.astimezone(self.clock).hour < _NIGHT_ENDS
            if at_night and (read.at is None or read.midnight or read.at.hour > _NOON):
                return [today - _DAY]
        if read.days is not None:
            return [today + timedelta(days=read.days)]
        if read.month is not None and read.day is not None:
            return self._dates(read, read.month, read.day, today)
        return [] if read.weekday is None else self._weekdays(read, read.weekday, today)

    def _dates(self, read: TypedParts, month: int, day: int, today: date) -> list[date]:
        orders = [(month, day), (day, month)] if read.swappable else [(month, day)]
        days = [self._date(read.year, *order, today) for order in orders]
        fitting = [each for each in days if read.weekday in (None, each.weekday())]
        if not fitting:
            raise BadInputError(f"{quoted_typed(self.typed)}: that day has another weekday; leave one of them out")
        if len(fitting) > 1:
            self.why.add("order")
        return fitting

    def _date(self, year: int | None, month: int, day: int, today: date) -> date:
        """Return the date for a typed month and day. A missing `year` is chosen.

        When a future date is meant, a date that is past this year gets next year. When a past date is meant, a date
        more than half a year ahead gets last year.
        """
        if year is not None:
            return date(year, month, day)
        if (month, day) == (2, 29):
            raise BadInputError(f"{quoted_typed(self.typed)}: say the year too")
        this_year = date(today.year, month, day)
        if self.past:  # in January Dec. 30 is last year's; on Nov. 11 Nov. 20 is still ahead
            return this_year.replace(year=today.year - 1) if this_year - today > _HALF_YEAR else this_year
        if this_year >= today:
            return this_year
        next_year = this_year.replace(year=today.year + 1)
        if next_year - today > _HALF_YEAR:
            self.why.add("passed")
        return next_year

    def _weekdays(self, read: TypedParts, weekday: int, today: date) -> list[date]:
        other_way, further = (read.following, read.previous) if self.past else (read.previous, read.following)
        if other_way:
            raise self._wrong_way()
        away = (today.weekday() - weekday if self.past else weekday - today.weekday()) % 7
        first, second = (today + timedelta(days=-days if self.past else days) for days in (away, away + 7))
        if first == today and further:
            return [second]
        if first == today:
            self.why.add("today")
            return [first, second]
        # Whoever says "next" means the next week, or the next such day; a week begins on Sunday or on Monday.
        if further and (self.past or not _in_next_week(first, today)):
            self.why.add("last" if self.past else "next")
            return [first, second]
        return [first]

    def _hours(self, read: TypedParts, at: time) -> Sequence[time]:
        """Return the times of day that the typed time `at` can mean: two if it could be a.m. or p.m."""
        if not read.either_half or read.in_utc:
            return [at]
        self.why.add("half")
        return [at.replace(hour=at.hour % 12), at.replace(hour=at.hour % 12 + 12)]

    def _stretch(self, read: TypedParts, days: Sequence[date]) -> list[datetime]:
        """Return the times of day to offer to the user when only a day, or a part of a day, was typed."""
        if not self.past:
            raise BadInputError(f"{quoted_typed(self.typed)} says no time of day; {TRY}")
        midnights = [datetime.combine(day, time(0)) for day in days]
        if read.part is None and self.start:
            return midnights
        self.why.add("stretch")
        return [midnight + timedelta(hours=hour) for midnight in midnights for hour in _STRETCHES[read.part]]

    def _with_the_night(self, read: TypedParts, walls: list[datetime]) -> list[datetime]:
        """Add the same times one day later if midnight, or an hour of the night, can belong to the next day."""
        if read.part == "evening":
            early = [wall for wall in walls if wall.hour < _NOON]
            if not early:
                return walls
            after = [wall + _DAY for wall in early]
            if read.midnight:
                return after
            self.why.add("night")
            self.why.discard("half")
            return early + after
        if read.midnight:
            self.why.add("midnight")
            return walls + [wall + _DAY for wall in walls]
        return walls

    def _without_a_day(self, read: TypedParts, of_day: time, today: date) -> list[datetime]:
        """Return the wall times that a time of day, typed without a day, can mean."""
        walls = [datetime.combine(self.on or today, at) for at in self._hours(read, of_day)]
        if self.on:
            return walls
        if self.past:  # today's, where only one of its halves has come yet; else each at its latest
            came = [wall for wall in walls if any(moment <= self.now for moment in nearest(wall, self.clock))]
            if len(came) == 1 and not read.bare:
                self.why.discard("half")
                return came
            return [wall if wall in came else wall - _DAY for wall in walls]
        gone = [wall for wall in walls if all(moment <= self.now for moment in nearest(wall, self.clock))]
        if gone and not read.either_half and not read.midnight:
            self.why.add("passed")
        return [wall + _DAY if wall in gone else wall for wall in walls]

    def _moments(self, walls: Iterable[datetime], read: TypedParts) -> list[datetime]:
        """Return the moments that wall times can mean. Near a clock change, a wall time can mean two moments."""
        found: list[datetime] = []
        foreign: tuple[str, ...] = ()
        for wall in walls:
            shown = moments(wall, self.clock)
            if read.zone and not read.in_utc and shown:
                names = {moment: zone_names(moment, self.zone) for moment in shown}
                foreign = foreign or names[shown[0]]
                shown = tuple(moment for moment in shown if read.zone in (name.casefold() for name in names[moment]))
                if not shown:
                    continue
            if self.past:
                shown = tuple(moment for moment in shown if moment <= self.now) or shown[:1]
            if len(shown) != 1:
                self.why.add("twice" if shown else "skipped")
            found += shown or nearest(wall, self.clock)
        if not found:
            raise BadInputError(
                f"{quoted_typed(self.typed)}: newsroom time is {foreign[0]} then; type it in that, without a zone"
            )
        return found


def _in_next_week(coming: date, today: date) -> bool:
    """Return True if `coming` is in a later week than `today`, whichever day weeks begin on: Sunday or Monday."""
    return all((coming.toordinal() - first) // 7 > (today.toordinal() - first) // 7 for first in (0, 1))


def hours_of_day(typed: str) -> tuple[tuple[int, int], ...]:
    """Read a range of hours, "11pm-6:30am" or "midnight to 5", as its first and last minute of the day.

    Without a.m. or p.m., the range is assumed to be half a day or less: "midnight to 5" ends at 5 a.m. If several
    ranges fit, as for "11 to 6", all are returned, and the caller has to ask the user.

    Raises:
        BadInputError: the text is not a range of hours.

    """
    parts = [part.strip() for part in _BETWEEN.split(re.sub(r"^(?:from|between)\s+", "", typed.strip().casefold()))]
    ends = [typed_parts(f"{part}:00" if _HOUR_BY_24.fullmatch(part) else part) for part in parts]
    if len(ends) != 2:  # from and until
        raise BadInputError(f"{quoted_typed(typed)} is not a range; {TRY_HOURS}")
    walls = [_minutes(one) for one in ends]
    found = tuple((start, end) for start, end in product(*walls) if start != end)
    if len(found) > 1:
        found = tuple((start, end) for start, end in found if (end - start) % (24 * 60) <= _HALF_A_DAY)
    if not found:
        raise BadInputError(f"{quoted_typed(typed)} is not a range; {TRY_HOURS}")
    return found


def _minutes(read: TypedParts | None) -> Sequence[int]:
    """Return the minutes of the day that a typed time of day can mean.

    The result is empty if the text is not just a time of day.
    """
    if read is None or read.at is None or read.names_a_day or read.zone or read.at.second:
        return ()
    minutes = read.at.hour * 60 + read.at.minute
    return (minutes % _HALF_A_DAY, minutes % _HALF_A_DAY + _HALF_A_DAY) if read.either_half else (minutes,)


def choices(read: TimeAhead | TimeQuestion) -> tuple[TimeAhead, ...]:
    """Return all the times that a typed time can mean."""
    return read.choices if isinstance(read, TimeQuestion) else (read,)


def hour_after(typed: str, start: TimeAhead, zone: ZoneInfo, name: str) -> datetime:
    """Read a time that is later than `start`, typed in `zone`. Returns a wall time in the zone of `start`.

    Raises:
        BadInputError: the text is not a time after `start`, or is ambiguous. The message refers to it as `name`.
    """
    try:
        read = time_ahead(typed, start.moment, zone, start.moment.astimezone(zone).date())
    except BadInputError:
        read = None
    after = {one.moment for one in choices(read) if one.moment > start.moment} if read else set()
    walls = [moment.astimezone(ZoneInfo(start.zone)).replace(tzinfo=None, fold=0) for moment in after]
    # What comes twice is not the first of the two: the event's zone has no wall time for the second.
    if len(walls) != 1 or {TimeAhead(wall, start.zone).moment for wall in walls} != after:
        could = "could be more than one time" if after else "is no time after its start"
        raise BadInputError(f'{name} "{typed[:60]}" {could}; say a.m. or p.m., and the day')
    return walls[0]


def later_places(typed: str, start: TimeAhead, zone: ZoneInfo) -> tuple[LaterPlace, ...]:
    """Read the places where an event is later: "Cobb County 9 p.m.; Macon until 8:30 p.m.".

    Raises:
        BadInputError: a place or an hour is missing, an hour is not after the start, or there are too many places.

    """
    parts = [part for one in typed.split(";") if (part := " ".join(one.split()))]
    if len(parts) > MOST_LATER:
        raise BadInputError(f"those are {len(parts)} places with another hour, more than {MOST_LATER}")
    found = [_place_and_hour(part) for part in parts]
    return tuple(
        LaterPlace(place=place, wall=hour_after(hour, start, zone, f"the hour of {place}")) for place, hour in found
    )


def _place_and_hour(part: str) -> tuple[str, str]:
    """Split a text into a place and an hour. The hour is the longest ending that is a valid time."""
    words = part.split(" ")
    for first in range(1, len(words)):
        hour, place = " ".join(words[first:]), _LINK_WORD.sub("", " ".join(words[:first]))
        read = typed_parts(hour)
        if place and read is not None and (read.at is not None or read.exact is not None):
            return place, hour
    raise BadInputError(f'"{part[:60]}" is not clearly a place and its hour; {_TRY_PLACES}')
