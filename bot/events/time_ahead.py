"""Times ahead, as people type them: "10:30", "tomorrow 1pm", "Friday 5 p.m.", "in 20 min", "next Tuesday 9".

What could be more than one time is never guessed: it comes back as a question with the times to choose from. An event's
end, and the later hours of some places, are typed without a day: they are of the start's own day, or the night after
it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.errors import BadInputError
from bot.events.event import LAST_YEAR, MOST_LATER, Later
from bot.events.typed_time import LONGEST, TypedParts, plain, quoted, said
from bot.events.wall_time import moments, nearest, zone_names

TRY = "try 10:30 a.m., tomorrow 1pm, Friday 5 p.m., Nov. 20 5pm, noon or in 20 min"

Why = Literal["half", "passed", "today", "next", "order", "midnight", "skipped", "twice"]
"""What leaves a time open.

`half`: before or after noon. `passed`: today's, or this year's, is past; the next one is offered. `today`: the
weekday is today's: today or in a week. `next`: next Tuesday is tomorrow or in the week after. `order`: 11/6 is a day
of November or of June. `midnight`: either end of the day. `skipped`, `twice`: the clocks change that night.
"""

_HALF_YEAR = timedelta(days=183)


_WEEK = timedelta(days=7)


_DAY = timedelta(days=1)


_UTC = ZoneInfo("UTC")


_NUMBERS = ("an", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


_NUMBER = rf"(?:[0-9]{{1,4}}|half an|a|{'|'.join(_NUMBERS)})"


_SPAN = re.compile(
    rf"(?:in |\+ ?)?(?:(?P<hours>{_NUMBER}|[0-9]{{1,2}}\.5) ?(?:h|hrs?|hours?))?"
    rf"(?: ?(?:and )?(?P<minutes>{_NUMBER}) ?(?:m|mins?|minutes?)?)?(?: from now)?"
)


_SPAN_MARK = re.compile(r"[0-9]+h[0-9]+|(?:in |\+).*|.* from now|.*[0-9a-z] ?(?:m|mins?|minutes?|h|hrs?|hours?)")


_SPAN_DAYS = re.compile(rf"in (?P<number>{_NUMBER}) (?P<unit>days?|weeks?)(?: (?P<rest>.+))?")


@dataclass(frozen=True, slots=True)
class TimeAhead:
    """A time ahead, as an `Event` has it."""

    wall: datetime
    """What the clocks of the zone show, without a zone of its own."""
    zone: str
    """The desk's zone by its IANA name.

    UTC for the second of a wall time that comes twice: an event's wall time is always the first one.
    """

    @property
    def moment(self) -> datetime:
        """The moment in UTC."""
        return self.wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class TimeQuestion:
    """A time that could be more than one, or not the one that was meant."""

    why: tuple[Why, ...]
    """Everything that leaves it open, in the order of `Why`."""
    choices: tuple[TimeAhead, ...]
    """What can be meant, in order of time; one alone where the others are past."""


def time_ahead(typed: str, now: datetime, zone: ZoneInfo, on: date | None = None) -> TimeAhead | TimeQuestion:
    """Return the time ahead that `typed` means by the clocks of `zone`, or what has to be asked.

    Args:
        typed: what somebody wrote.
        now: the present moment.
        zone: the desk's zone, with its IANA name.
        on: the day that is meant where none is said, such as that of the event whose hour is changed;
            None: the first such time from now on.

    Raises:
        BadInputError: it is no time, or is past; one sentence with what to type instead.

    """
    try:
        found = _Typed(typed, now.astimezone(UTC), zone, on).read()
    except (ValueError, OverflowError):  # a day that the calendar does not have
        found = None
    if found is None:
        raise BadInputError(f"{quoted(typed)} is not clearly a time; {TRY}")
    return found


def ahead_of(moment: datetime, zone: ZoneInfo) -> TimeAhead:
    """Return a moment as a time ahead by the clocks of `zone`; by UTC where those show its wall time earlier too."""
    there = TimeAhead(moment.astimezone(zone).replace(tzinfo=None, fold=0), zone.key)
    return there if there.moment == moment else TimeAhead(moment.astimezone(UTC).replace(tzinfo=None), "UTC")


class _Typed:
    """What somebody typed, and what of it is open."""

    def __init__(self, typed: str, now: datetime, zone: ZoneInfo, on: date | None) -> None:
        self._typed = typed
        self._now = now
        self._zone = zone
        self._on = on
        self._why: set[Why] = set()

    def read(self) -> TimeAhead | TimeQuestion | None:
        """Return the time or the question, or None where it is no time."""
        text = plain(self._typed) if len(self._typed) <= LONGEST else ""
        if (span := _span(text)) is not None:
            return ahead_of((self._now + span).replace(second=0, microsecond=0), self._zone)
        if match := _SPAN_DAYS.fullmatch(text):
            return self._in_days(match)
        read = said(self._typed)
        if read is None:
            return None
        if read.exact is not None:
            return self._settled([read.exact])
        return self._of(read)

    def _in_days(self, match: re.Match[str]) -> TimeAhead | TimeQuestion | None:
        """Read "in 3 days at 5pm"."""
        days = _number(match["number"]) * (7 if match["unit"].startswith("week") else 1)
        read = said(match["rest"] or "")
        if match["rest"] and (read is None or read.names_a_day):
            return None
        day = self._now.astimezone(self._zone).date() + timedelta(days=days)
        return self._of(TypedParts(year=day.year, month=day.month, day=day.day) if read is None else read, day)

    def _of(self, read: TypedParts, day: date | None = None) -> TimeAhead | TimeQuestion:
        if read.at is None:
            raise BadInputError(f"{quoted(self._typed)} says no time of day; {TRY}")
        self._clock = _UTC if read.in_utc else self._zone
        today = self._now.astimezone(self._clock).date()
        named = [day] if day else self._days(read, today)
        walls = [datetime.combine(each, at) for each in named for at in self._hours(read, read.at)]
        if not named:
            walls = self._next(read, read.at, today)
        if read.midnight and named and not read.evening:
            self._why.add("midnight")
            walls += [wall + _DAY for wall in walls]
        elif read.midnight and named:
            walls = [wall + _DAY for wall in walls]
        return self._settled(self._moments(walls, read.zone))

    def _hours(self, read: TypedParts, at: time) -> Sequence[time]:
        """Return the times of day that can be meant."""
        if not read.either_half or read.in_utc:
            return [at]
        self._why.add("half")
        return [at.replace(hour=at.hour % 12), at.replace(hour=at.hour % 12 + 12)]

    def _next(self, read: TypedParts, of_day: time, today: date) -> list[datetime]:
        """Return each time of day on the day that is meant where none is said, or where it comes next."""
        walls = []
        for at in self._hours(read, of_day):
            wall = datetime.combine(self._on or today, at)
            if self._on is None and all(moment <= self._now for moment in nearest(wall, self._clock)):
                wall += _DAY
                if not read.either_half and not read.midnight:
                    self._why.add("passed")
            walls.append(wall)
        return walls

    def _days(self, read: TypedParts, today: date) -> list[date]:
        """Return the days that can be meant; none where no day is said."""
        if read.days is not None:
            return [today + timedelta(days=read.days)]
        if read.month is not None and read.day is not None:
            return self._dates(read, read.month, read.day, today)
        return [] if read.weekday is None else self._weekdays(read, read.weekday, today)

    def _weekdays(self, read: TypedParts, weekday: int, today: date) -> list[date]:
        coming = today + timedelta(days=(weekday - today.weekday()) % 7)
        if coming == today:
            if read.following:
                return [coming + _WEEK]
            self._why.add("today")
            return [coming, coming + _WEEK]
        # Whoever says "next" means the next week, or the next such day; a week begins on Sunday or on Monday.
        if read.following and not _in_next_week(coming, today):
            self._why.add("next")
            return [coming, coming + _WEEK]
        return [coming]

    def _dates(self, read: TypedParts, month: int, day: int, today: date) -> list[date]:
        orders = [(month, day), (day, month)] if read.swappable else [(month, day)]
        if read.swappable:
            self._why.add("order")
        days = [self._date(read.year, *order, today) for order in orders]
        fitting = [each for each in days if read.agrees_with(each)]
        if not fitting:
            raise BadInputError(f"{quoted(self._typed)}: that day has another weekday; leave one of them out")
        if len(fitting) < len(days):
            self._why.discard("order")
        return fitting

    def _date(self, year: int | None, month: int, day: int, today: date) -> date:
        """Return the date; without a year this year's, or the next year's where that is past."""
        if year is not None:
            return date(year, month, day)
        if (month, day) == (2, 29):
            raise BadInputError(f"{quoted(self._typed)}: say the year too")
        this_year = date(today.year, month, day)
        if this_year >= today:
            return this_year
        next_year = this_year.replace(year=today.year + 1)
        if next_year - today > _HALF_YEAR:
            self._why.add("passed")
        return next_year

    def _moments(self, walls: Iterable[datetime], word: str | None) -> list[datetime]:
        """Return the moments that the walls can be, where the clocks change all of them."""
        found: list[datetime] = []
        foreign: tuple[str, ...] = ()
        for wall in walls:
            shown = moments(wall, self._clock)
            if word and self._clock is self._zone and shown:
                names = {moment: zone_names(moment, self._zone) for moment in shown}
                foreign = foreign or names[shown[0]]
                shown = tuple(moment for moment in shown if word in (name.casefold() for name in names[moment]))
                if not shown:
                    continue
            if len(shown) != 1:
                self._why.add("twice" if shown else "skipped")
            found += shown or nearest(wall, self._clock)
        if not found:
            raise BadInputError(f"{quoted(self._typed)}: the desk's clock is {foreign[0]} then; leave out the zone")
        return found

    def _settled(self, found: Iterable[datetime]) -> TimeAhead | TimeQuestion:
        """Return the one time ahead of those found, or the question which of them it is."""
        ahead = sorted({moment for moment in found if moment > self._now})
        if not ahead:
            raise BadInputError(f"{quoted(self._typed)} is past; type a time that is still ahead")
        if ahead[-1].year >= LAST_YEAR:
            raise BadInputError(f"{quoted(self._typed)} is too far ahead")
        choices = tuple(ahead_of(moment, self._zone) for moment in ahead)
        if not self._why and len(choices) == 1:
            return choices[0]
        return TimeQuestion(tuple(why for why in _ORDER if why in self._why), choices)


_ORDER: tuple[Why, ...] = ("half", "passed", "today", "next", "order", "midnight", "skipped", "twice")


def _in_next_week(coming: date, today: date) -> bool:
    """Return True if `coming` is in another week than `today`, whether weeks begin on Sunday or on Monday."""
    return all((coming.toordinal() - first) // 7 > (today.toordinal() - first) // 7 for first in (0, 1))


def _span(text: str) -> timedelta | None:
    """Return the span of "in 20 min", "in an hour", "1h 30m", "90 minutes from now"; None: it is none."""
    match = _SPAN.fullmatch(text)
    if not _SPAN_MARK.fullmatch(text) or match is None or not (match["hours"] or match["minutes"]):
        return None
    if not match["hours"] and text.rstrip()[-1].isdigit():
        return None  # "in 20": of what
    hours, minutes = match["hours"], match["minutes"]
    span = timedelta(minutes=_number(minutes)) if minutes else timedelta(0)
    if hours and hours.endswith(".5"):
        return span + timedelta(hours=int(hours[:-2]), minutes=30)
    if hours == "half an":
        return span + timedelta(minutes=30)
    span += timedelta(hours=_number(hours)) if hours else timedelta(0)
    return span if span >= timedelta(minutes=1) else None


def _number(word: str) -> int:
    if word.isdecimal():
        return int(word)
    return 1 if word == "a" else _NUMBERS.index(word) + 1


_LINK_WORD = re.compile(r"(?:[:,]|\s(?:at|until|till|to))+$", re.IGNORECASE)


_TRY = "write each as Cobb County 9 p.m., with a semicolon between two"


def choices(read: TimeAhead | TimeQuestion) -> tuple[TimeAhead, ...]:
    """Return the times that can be meant: one, where it is clear."""
    return read.choices if isinstance(read, TimeQuestion) else (read,)


def hour_after(typed: str, start: TimeAhead, zone: ZoneInfo, name: str) -> datetime:
    """Return the wall time after a start that is typed by the clocks of `zone`, as the zone of the start has it.

    Raises:
        BadInputError: it is none, or could be more than one; `name` says what it is of.

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


def later_places(typed: str, start: TimeAhead, zone: ZoneInfo) -> tuple[Later, ...]:
    """Return the places at which an event comes later, of "Cobb County 9 p.m.; Macon until 8:30 p.m.".

    Raises:
        BadInputError: a place has no hour, an hour no place, or is not after the start; or there are too many.

    """
    parts = [part for one in typed.split(";") if (part := " ".join(one.split()))]
    if len(parts) > MOST_LATER:
        raise BadInputError(f"those are {len(parts)} places with another hour, more than {MOST_LATER}")
    found = [_place_and_hour(part) for part in parts]
    return tuple(
        Later(place=place, wall=hour_after(hour, start, zone, f"the hour of {place}")) for place, hour in found
    )


def _place_and_hour(part: str) -> tuple[str, str]:
    """Return the place and the hour, which is as much of the end as reads as a time."""
    words = part.split(" ")
    for first in range(1, len(words)):
        hour, place = " ".join(words[first:]), _LINK_WORD.sub("", " ".join(words[:first]))
        read = said(hour)
        if place and read is not None and (read.at is not None or read.exact is not None):
            return place, hour
    raise BadInputError(f'"{part[:60]}" is not clearly a place and its hour; {_TRY}')
