"""Which moment a typed time means: "10:30", "tomorrow 1pm", "last night", "since Monday", "20 min ago", "midnight to 5".

What could be more than one time is never guessed: it comes back as a question with the times to choose from. An event's
end, and the later hours of some places, are typed without a day: they are of the start's own day, or the night after
it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Literal
from zoneinfo import ZoneInfo

from bot.errors import BadInputError
from bot.events.event import LAST_YEAR, MOST_LATER, Later, moments, nearest, zone_names
from bot.events.typed_time import HOURS, LONGEST, TypedParts, normalised, quoted_typed, said

TRY = "try 10:30 a.m., tomorrow 1pm, Friday 5 p.m., Nov. 20 5pm, noon or in 20 min"

TRY_PAST = "try 3:05 a.m., yesterday 7pm, Nov. 9 6 p.m. or 20 min ago"

TRY_HOURS = "enter a range, e.g. 11 p.m.-6:30 a.m., or midnight to 5"

WhyOpen = Literal[
    "half", "passed", "today", "next", "last", "order", "stretch", "night", "midnight", "skipped", "twice"
]
"""What leaves a time open.

`half`: before or after noon. `passed`: today's, or this year's, is past; the next one is offered. `today`: the
weekday is today's: today or in a week, or a week ago. `next`: next Tuesday is tomorrow or in the week after. `last`: the
same of last Tuesday. `order`: 11/6 is a day of November or of June. `stretch`: a day, or a part of one, where a moment is
asked for. `night`: 1 a.m. of Monday night is Tuesday's. `midnight`: either end of the day. `skipped`, `twice`: the
clocks change that night.
"""

_HALF_YEAR = timedelta(days=183)


_WEEK = timedelta(days=7)


_DAY = timedelta(days=1)


_UTC = ZoneInfo("UTC")


_NOON = 12


_HALF_A_DAY = 12 * 60


_NIGHT_ENDS = 6
"""Until this hour "this evening", of a time that is past, is the evening before."""


_NUMBER = rf"(?:[0-9]{{1,5}}|half an|a half|an|a|{'|'.join(HOURS)})"


SPAN = (
    rf"(?:(?P<days>{_NUMBER}) ?(?:d|days?))?(?: ?(?:and )?(?P<hours>(?!0|1[0-9]h[0-9]|2[0-3]h[0-9]){_NUMBER}|[0-9]{{1,2}}\.5) ?(?:h|hrs?|hours?))?"
    rf"(?: ?(?:and )?(?P<minutes>{_NUMBER}) ?(?P<unit>m|mins?|minutes?)?)?"
)


_AHEAD = re.compile(r"(?:in |\+ ?)(?P<span>.+)|(?P<from_now>.+) from now")


_AGO = re.compile(r"(?P<span>.+) ago")


_DAYS_OFF = re.compile(
    rf"(?:in (?P<ahead>{_NUMBER} (?:days?|weeks?))|(?P<past>{_NUMBER} (?:days?|weeks?)) ago)(?: (?P<rest>.+))?"
)


_STRETCHES = {"morning": (0, 6, 9, 12), "afternoon": (12, 15, 18), "evening": (18, 21, 24), None: (0, 12, 24)}
"""Hours of a part of the day, or of a day, that are offered where a moment is asked for: its two ends, and some between."""


_ORDER: tuple[WhyOpen, ...] = (
    "half", "passed", "today", "next", "last", "order", "stretch", "night", "midnight", "skipped", "twice",
)  # fmt: skip


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

    why: tuple[WhyOpen, ...]
    """Everything that leaves it open, in the order of `WhyOpen`."""
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
    return _read(_Ahead(typed, now.astimezone(UTC), zone, on), TRY)


def time_past(typed: str, now: datetime, zone: ZoneInfo, *, start: bool = False) -> TimeAhead | TimeQuestion:
    """Return the time up to `now` that `typed` means by the clocks of `zone`, or what has to be asked.

    A time of day without a day is today's; where neither or both of its halves are, it is asked. `start`: something is to
    begin then, so that a day stands for its first moment.

    Raises:
        BadInputError: it is no time, or is still ahead; one sentence with what to type instead.

    """
    return _read(_Past(typed, now.astimezone(UTC), zone, start=start), TRY_PAST)


def _read(typed: "_Typed", instead: str) -> TimeAhead | TimeQuestion:
    try:
        found = typed.read()
    except (ValueError, OverflowError):  # a day that the calendar does not have
        found = None
    if found is None:
        raise BadInputError(f"{quoted_typed(typed.typed)} is not clearly a time; {instead}")
    return found


def ahead_of(moment: datetime, zone: ZoneInfo) -> TimeAhead:
    """Return a moment as a time ahead by the clocks of `zone`; by UTC where those show its wall time earlier too."""
    there = TimeAhead(moment.astimezone(zone).replace(tzinfo=None, fold=0), zone.key)
    return there if there.moment == moment else TimeAhead(moment.astimezone(UTC).replace(tzinfo=None), "UTC")


class _Typed:
    """What somebody typed, and what of it is open; `_Ahead` and `_Past` say which way it is meant."""

    backward = False

    def __init__(self, typed: str, now: datetime, zone: ZoneInfo) -> None:
        self.typed = typed
        self._now = now
        self._zone = zone
        self._clock = zone
        self._why: set[WhyOpen] = set()

    def read(self) -> TimeAhead | TimeQuestion | None:
        """Return the time or the question, or None where it is no time."""
        text = normalised(self.typed) if len(self.typed) <= LONGEST else ""
        if (moment := self._off(text)) is not None:
            return ahead_of(moment, self._zone)
        if match := _DAYS_OFF.fullmatch(text):
            return self._days_off(match)
        read = said(self.typed)
        if read is None:
            return None
        return self._of(read) if read.exact is None else self._settled([read.exact])

    def _days_off(self, match: re.Match[str]) -> TimeAhead | TimeQuestion | None:
        """Read "in 3 days at 5pm", "2 days ago"."""
        if (match["past"] is not None) is not self.backward:
            raise self._wrong_way()
        number, unit = (match["past"] or match["ahead"]).rsplit(" ", 1)
        days = _number(number) * (7 if unit.startswith("week") else 1)
        read = said(match["rest"] or "")
        if match["rest"] and (read is None or read.names_a_day):
            return None
        day = self._now.astimezone(self._zone).date() + timedelta(days=-days if self.backward else days)
        return self._of(TypedParts(year=day.year, month=day.month, day=day.day) if read is None else read, day)

    def _of(self, read: TypedParts, day: date | None = None) -> TimeAhead | TimeQuestion:
        self._clock = _UTC if read.in_utc else self._zone
        today = self._now.astimezone(self._clock).date()
        named = [day] if day else self._days(read, today)
        if read.at is None:
            walls = self._stretch(read, named)
        elif not named:
            walls = self._next(read, read.at, today)
        else:
            walls = [datetime.combine(each, at) for each in named for at in self._hours(read, read.at)]
            walls += self._after_midnight(read, walls)
        return self._settled(self._moments(walls, read.zone))

    def _after_midnight(self, read: TypedParts, walls: list[datetime]) -> list[datetime]:
        """Return what the walls are a day later, where a day's midnight or its night may be meant; without what is not."""
        if read.part == "evening":
            early = [wall for wall in walls if wall.hour < _NOON]
            if early and not read.midnight:
                self._why.add("night")
                self._why.discard("half")
                walls[:] = early
            elif early:
                walls.clear()
            return [wall + _DAY for wall in early]
        if read.midnight:
            self._why.add("midnight")
        return [wall + _DAY for wall in walls] if read.midnight else []

    def _hours(self, read: TypedParts, at: time) -> Sequence[time]:
        """Return the times of day that can be meant."""
        if not read.either_half or read.in_utc:
            return [at]
        self._why.add("half")
        return [at.replace(hour=at.hour % 12), at.replace(hour=at.hour % 12 + 12)]

    def _days(self, read: TypedParts, today: date) -> list[date]:
        """Return the days that can be meant; none where no day is said."""
        if read.days is not None:
            return [today + timedelta(days=read.days)]
        if read.month is not None and read.day is not None:
            return self._dates(read, read.month, read.day, today)
        return [] if read.weekday is None else self._weekdays(read, read.weekday, today)

    def _dates(self, read: TypedParts, month: int, day: int, today: date) -> list[date]:
        orders = [(month, day), (day, month)] if read.swappable else [(month, day)]
        if read.swappable:
            self._why.add("order")
        days = [self._date(read.year, *order, today) for order in orders]
        fitting = [each for each in days if read.agrees_with(each)]
        if not fitting:
            raise BadInputError(f"{quoted_typed(self.typed)}: that day has another weekday; leave one of them out")
        if len(fitting) < len(days):
            self._why.discard("order")
        return fitting

    def _date(self, year: int | None, month: int, day: int, today: date) -> date:
        """Return the date; without a year the one that is meant this way."""
        if year is not None:
            return date(year, month, day)
        if (month, day) == (2, 29):
            raise BadInputError(f"{quoted_typed(self.typed)}: say the year too")
        return self._year(date(today.year, month, day), today)

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
            shown = self._possible(shown)
            if len(shown) != 1:
                self._why.add("twice" if shown else "skipped")
            found += shown or nearest(wall, self._clock)
        if not found:
            raise BadInputError(
                f"{quoted_typed(self.typed)}: newsroom time is {foreign[0]} then; type it in that, without a zone"
            )
        return found

    def _question(self, found: Iterable[datetime]) -> TimeAhead | TimeQuestion:
        choices = tuple(ahead_of(moment, self._zone) for moment in found)
        if not self._why and len(choices) == 1:
            return choices[0]
        return TimeQuestion(tuple(why for why in _ORDER if why in self._why), choices)

    def _off(self, text: str) -> datetime | None:
        """Return the moment that is so long ahead, or so long ago; None: no span is typed."""
        raise NotImplementedError

    def _wrong_way(self) -> BadInputError:
        raise NotImplementedError

    def _stretch(self, read: TypedParts, days: Sequence[date]) -> list[datetime]:
        """Return what can be meant by a day, or a part of one."""
        raise NotImplementedError

    def _next(self, read: TypedParts, of_day: time, today: date) -> list[datetime]:
        """Return what can be meant by a time of day without a day."""
        raise NotImplementedError

    def _weekdays(self, read: TypedParts, weekday: int, today: date) -> list[date]:
        raise NotImplementedError

    def _year(self, this_year: date, today: date) -> date:
        raise NotImplementedError

    def _possible(self, shown: tuple[datetime, ...]) -> tuple[datetime, ...]:
        """Return which moments of one wall time can be meant."""
        return shown

    def _settled(self, found: Iterable[datetime]) -> TimeAhead | TimeQuestion:
        """Return the one time of those found that can be meant, or the question which of them it is."""
        raise NotImplementedError


class _Ahead(_Typed):
    """A time that is still ahead."""

    def __init__(self, typed: str, now: datetime, zone: ZoneInfo, on: date | None) -> None:
        super().__init__(typed, now, zone)
        self._on = on

    def _off(self, text: str) -> datetime | None:
        match = _AHEAD.fullmatch(text)
        span = typed_span((match["span"] or match["from_now"]) if match else text)
        return None if span is None else (self._now + span).replace(second=0, microsecond=0)

    def _wrong_way(self) -> BadInputError:
        return BadInputError(f"{quoted_typed(self.typed)} is past; type a time that is still ahead")

    def _stretch(self, read: TypedParts, days: Sequence[date]) -> list[datetime]:
        del read, days
        raise BadInputError(f"{quoted_typed(self.typed)} says no time of day; {TRY}")

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

    def _weekdays(self, read: TypedParts, weekday: int, today: date) -> list[date]:
        coming = today + timedelta(days=(weekday - today.weekday()) % 7)
        if read.previous:
            raise self._wrong_way()
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

    def _year(self, this_year: date, today: date) -> date:
        """Return this year's date, or the next year's where that is past."""
        if this_year >= today:
            return this_year
        next_year = this_year.replace(year=today.year + 1)
        if next_year - today > _HALF_YEAR:
            self._why.add("passed")
        return next_year

    def _settled(self, found: Iterable[datetime]) -> TimeAhead | TimeQuestion:
        ahead = sorted({moment for moment in found if moment > self._now})
        if not ahead:
            raise self._wrong_way()
        if ahead[-1].year >= LAST_YEAR:
            raise BadInputError(f"{quoted_typed(self.typed)} is too far ahead")
        return self._question(ahead)


class _Past(_Typed):
    """A time up to now."""

    backward = True

    def __init__(self, typed: str, now: datetime, zone: ZoneInfo, *, start: bool) -> None:
        super().__init__(typed, now, zone)
        self._start = start

    def _off(self, text: str) -> datetime | None:
        if text in ("now", "just now", "right now"):
            return self._now
        if _AHEAD.fullmatch(text):
            raise self._wrong_way()
        match = _AGO.fullmatch(text)
        span = typed_span(match["span"]) if match else None
        return None if span is None or span >= _DAY else self._now - span

    def _wrong_way(self) -> BadInputError:
        return BadInputError(
            f"{quoted_typed(self.typed)} has not come yet; type an earlier time, such as 3:05 or last night"
        )

    def _stretch(self, read: TypedParts, days: Sequence[date]) -> list[datetime]:
        if read.part is None and self._start:
            return [datetime.combine(day, time(0)) for day in days]
        self._why.add("stretch")
        return [
            datetime.combine(day, time(0)) + timedelta(hours=hour) for day in days for hour in _STRETCHES[read.part]
        ]

    def _days(self, read: TypedParts, today: date) -> list[date]:
        at_night = self._now.astimezone(self._clock).hour < _NIGHT_ENDS
        before_midnight = read.at is None or read.midnight or read.at.hour > _NOON
        if at_night and before_midnight and read.part == "evening" and read.days == 0:
            return [today - _DAY]
        return super()._days(read, today)

    def _next(self, read: TypedParts, of_day: time, today: date) -> list[datetime]:
        """Return today's, where only one of its halves has come yet; else each at its latest."""
        walls = [datetime.combine(today, at) for at in self._hours(read, of_day)]
        came = [wall for wall in walls if any(moment <= self._now for moment in nearest(wall, self._clock))]
        if len(came) == 1 and not read.bare:
            self._why.discard("half")
            return came
        return [wall if wall in came else wall - _DAY for wall in walls]

    def _weekdays(self, read: TypedParts, weekday: int, today: date) -> list[date]:
        latest = today - timedelta(days=(today.weekday() - weekday) % 7)
        if read.following:
            raise self._wrong_way()
        if latest == today and read.previous:
            return [latest - _WEEK]
        if latest == today or read.previous:
            self._why.add("last" if read.previous else "today")
            return [latest, latest - _WEEK]
        return [latest]

    def _year(self, this_year: date, today: date) -> date:
        """Return this year's date: in January, of Dec. 30, last year's; of Nov. 20, on Nov. 11, one that is still ahead."""
        return this_year.replace(year=today.year - 1) if this_year - today > _HALF_YEAR else this_year

    def _possible(self, shown: tuple[datetime, ...]) -> tuple[datetime, ...]:
        return tuple(moment for moment in shown if moment <= self._now) or shown[:1]

    def _settled(self, found: Iterable[datetime]) -> TimeAhead | TimeQuestion:
        past = sorted({moment for moment in found if moment <= self._now})
        if not past:
            raise self._wrong_way()
        if len(past) == 1:
            self._why -= {"half", "midnight"}
        return self._question(past)


def _in_next_week(coming: date, today: date) -> bool:
    """Return True if `coming` is in another week than `today`, whether weeks begin on Sunday or on Monday."""
    return all((coming.toordinal() - first) // 7 > (today.toordinal() - first) // 7 for first in (0, 1))


def typed_span(typed: str) -> timedelta | None:
    """Return the length of time that is typed: "20 min", "an hour", "1 hr 27 min", "1h30", "1 day"; None: it is none."""
    match = re.fullmatch(SPAN, normalised(typed)) if len(typed) <= LONGEST else None
    if match is None or not any(match.group("days", "hours", "minutes")):
        return None
    days, hours, minutes = match.group("days", "hours", "minutes")
    if minutes and not match["unit"] and not (hours and minutes.isdecimal()):
        return None  # "20", "in a": of what
    if "half" in f"{days} {minutes}":
        return None
    span = timedelta(days=_number(days) if days else 0, minutes=_number(minutes) if minutes else 0)
    if hours and "half" in hours:
        span += timedelta(minutes=30)
    elif hours and hours.endswith(".5"):
        span += timedelta(hours=int(hours[:-2]), minutes=30)
    elif hours:
        span += timedelta(hours=_number(hours))
    return span if span >= timedelta(minutes=1) else None


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else 1  # a, an


_BY_24 = re.compile("0|1[3-9]|2[0-3]")


_BETWEEN = re.compile(r"\s*(?:[-\u2013\u2014]|\b(?:to|until|till|and)\b)\s*")


def hours_of_day(typed: str) -> tuple[tuple[int, int], ...]:
    """Return the hours of the day that are typed, as minutes from and until: "11pm-6:30am", "midnight to 5", "23:00-6:30".

    Hours that lack their a.m. or p.m. are what makes half a day or less: "midnight to 5" ends at 5 a.m. More than one: of
    "11 to 6" both are, and it has to be asked.

    Raises:
        BadInputError: it is no such range.

    """
    parts = _BETWEEN.split(re.sub(r"^(?:from|between)\s+", "", typed.strip().casefold()))
    ends = [said(f"{part}:00" if _BY_24.fullmatch(part) else part) for part in parts]
    if len(ends) != 2:  # noqa: PLR2004 - from and until
        raise BadInputError(f"{quoted_typed(typed)} is not a range; {TRY_HOURS}")
    walls = [_minutes(one) for one in ends]
    found = tuple((start, end) for start, end in product(*walls) if start != end)
    if len(found) > 1:
        found = tuple((start, end) for start, end in found if (end - start) % (24 * 60) <= _HALF_A_DAY)
    if not found:
        raise BadInputError(f"{quoted_typed(typed)} is not a range; {TRY_HOURS}")
    return found


def _minutes(read: TypedParts | None) -> Sequence[int]:
    """Return the minutes of the day that a time of day can be; none where it is something else."""
    if read is None or read.at is None or read.names_a_day or read.zone or read.at.second:
        return ()
    minutes = read.at.hour * 60 + read.at.minute
    return (minutes % _HALF_A_DAY, minutes % _HALF_A_DAY + _HALF_A_DAY) if read.either_half else (minutes,)


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
