"""Times of day and dates in AP style, told relative to now and by the clocks of one zone."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from bot.events.event import GENERIC

Suffix = Literal["generic", "exact"]
"""What follows a time of day where the zone has to be said: `generic` ET, `exact` EST or EDT."""

_MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_WEEK = 7

_NOON = 12


def clock(moment: datetime, zone: ZoneInfo, suffix: Suffix | None = None) -> str:
    """Return the time of day: "7:35 a.m.", "8 a.m.", "noon", "midnight", with a suffix "8 a.m. ET".

    In the hour that comes twice when clocks go back it is always with its own: "1:20 a.m. EST".
    """
    local = _local(moment, zone)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        suffix = "exact"
    return _clock(local) + (f" {_zone_name(local, suffix)}" if suffix else "")


@lru_cache(maxsize=1024)  # every post of a batch tells the same few times
def when(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return the time, with its day unless that is today: "7:35 a.m.", "7:24 p.m. Tuesday", "5 p.m. Nov. 20".

    The midnight just past is "midnight" alone: AP gives it to the day that it ended, which sounds like a day ago.
    """
    local, today = _local(moment, zone), _local(now, zone).date()
    if today in (_day(local), local.date()):
        return clock(moment, zone)
    return f"{clock(moment, zone)} {day(moment, now, zone)}"


def day(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return the day: "today", a weekday within six days of now, else "Nov. 20", in another year "Nov. 20, 2019".

    Midnight is part of the day that it ends, as AP has it.
    """
    then, today = _day(_local(moment, zone)), _local(now, zone).date()
    if then == today:
        return "today"
    if abs((then - today).days) < _WEEK:
        return _WEEKDAYS[then.weekday()]
    return _month_day(then) + (f", {then.year}" if then.year != today.year else "")


def full_date(day: date) -> str:
    """Return a date that may be long past or ahead: "Nov. 25, 2026"."""
    return f"{_month_day(day)}, {day.year}"


def date_line(moment: datetime, zone: ZoneInfo) -> str:
    """Return the date as the head of a list has it: "Wednesday, Nov. 11"."""
    local = _local(moment, zone).date()
    return f"{_WEEKDAYS[local.weekday()]}, {_month_day(local)}"


def of_day(minute: int) -> str:
    """Return a minute of the day, from 0, as a time of day: "11 p.m.", "6:30 a.m.", "midnight"."""
    return _clock(datetime(1, 1, 1, minute // 60 % 24, minute % 60, tzinfo=UTC))


def length(span: timedelta) -> str:
    """Return a length of time as people say it: "27 minutes", "1 hr 27 min", "14 hours", "3 days".

    To the nearest minute up to 12 hours, since people go by it; then to the hour, from two days on to the day.
    """
    minutes = max(0, round(span.total_seconds() / 60))
    if not minutes:
        return "less than a minute"
    if minutes < 12 * 60:
        return exact_length(timedelta(minutes=minutes)) if minutes != 60 else "1 hour"  # an hour
    hours = round(minutes / 60)
    return _counted(hours, "hour") if hours < 48 else _counted(round(minutes / 1440), "day")  # said above


def length_between(since: datetime, until: datetime) -> str:
    """Return how long it is from one time to another, by the minutes that a clock shows of them: 7:35 to 8:05 is 30 minutes."""
    return length(until.replace(second=0, microsecond=0) - since.replace(second=0, microsecond=0))


def exact_length(span: timedelta) -> str:
    """Return a length of whole minutes as it is: "60 minutes", "1 hr 27 min", "36 hours", "1 day"."""
    minutes = span // timedelta(minutes=1)
    hours, rest = divmod(minutes, 60)
    if not hours or minutes == 60:  # minutes of an hour
        return _counted(minutes, "minute")
    if rest:
        return f"{hours} hr {rest} min"
    return _counted(hours, "hour") if hours % 24 else _counted(hours // 24, "day")


def day_is_enough(moment: datetime, zone: ZoneInfo) -> bool:
    """Return True if the time of day only stands for the day's end: midnight, or a minute before it."""
    local = _local(moment, zone)
    return (local.hour, local.minute) in ((0, 0), (23, 59))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:  # at the calendar's two ends
        return moment.astimezone(UTC)


def _day(local: datetime) -> date:
    if (local.hour, local.minute) == (0, 0) and local.date() > date.min:
        return local.date() - timedelta(days=1)
    return local.date()


def _clock(local: datetime) -> str:
    if not local.minute and local.hour in (0, _NOON):
        return "noon" if local.hour else "midnight"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes} {'p.m.' if local.hour >= _NOON else 'a.m.'}"


def _zone_name(local: datetime, suffix: Suffix) -> str:
    name = local.tzname() or ""
    if not name.isalpha():  # many zones have no name but an offset: "-03"
        offset = local.strftime("%z")
        minutes = f":{offset[3:5]}" if offset[3:5] != "00" else ""
        return f"UTC{offset[0]}{int(offset[1:3])}{minutes}"
    return GENERIC.get(name, name) if suffix == "generic" else name


def _month_day(moment: date) -> str:
    return f"{_MONTHS[moment.month - 1]} {moment.day}"
