"""Times of day, dates and durations in AP style, in one time zone."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from bot.events.event import GENERIC
from bot.wording.numbers import counted, spelled

Suffix = Literal["generic", "exact"]
"""The zone's name after a time of day: `generic` is ET, `exact` is EST or EDT."""

_MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_NOON = 12

_HOUR = timedelta(hours=1)

_TO_THE_MINUTE = timedelta(hours=12)
"""Shorter durations are given to the minute."""

_TO_THE_HOUR = timedelta(days=2)
"""Shorter durations are given to the hour, longer ones to the day."""


def clock(moment: datetime, zone: ZoneInfo, suffix: Suffix | None = None) -> str:
    """Return the time of day: "7:35 a.m.", "8 a.m.", "noon", "midnight"; with a suffix "8 a.m. ET".

    In the hour that is repeated when clocks go back, the zone is always given: "1:20 a.m. EST".
    """
    local = _local(moment, zone)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        suffix = "exact"
    return _clock(local) + (f" {_zone_name(local, suffix)}" if suffix else "")


@lru_cache(maxsize=1024)  # every post of a batch has the same few times
def when(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return the time, with its day unless that is today: "7:35 a.m.", "7:24 p.m. Tuesday", "5 p.m. Nov. 20".

    The midnight at which today began is just "midnight". In AP style it belongs to the day before; with that day's
    name it would sound like a time 24 hours earlier.
    """
    local, today = _local(moment, zone), _local(now, zone).date()
    if today in (_day(local), local.date()):
        return clock(moment, zone)
    return f"{clock(moment, zone)} {day(moment, now, zone)}"


def day(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return the day: "today", a weekday within six days of now, else "Nov. 20" or, in another year, "Nov. 20, 2019".

    Midnight belongs to the day before it, as in AP style.
    """
    today = _day(_local(moment, zone)) == _local(now, zone).date()
    return "today" if today else _named_day(moment, now, zone)


def dated(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return the time with its day, even if that is today: "7:35 a.m. Wednesday", "5 p.m. Nov. 20".

    For text that is printed later.
    """
    return f"{clock(moment, zone)} {_named_day(moment, now, zone)}"


def _named_day(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    then, today = _day(_local(moment, zone)), _local(now, zone).date()
    if abs(then - today) < timedelta(weeks=1):
        return _WEEKDAYS[then.weekday()]
    return _month_day(then) + (f", {then.year}" if then.year != today.year else "")


def full_date(day: date) -> str:
    """Return a date with its year: "Nov. 25, 2026"."""
    return f"{_month_day(day)}, {day.year}"


def date_line(moment: datetime, zone: ZoneInfo) -> str:
    """Return the date with its weekday: "Wednesday, Nov. 11"."""
    return f"{_WEEKDAYS[_local(moment, zone).weekday()]}, {short_date(moment, zone)}"


def short_date(moment: datetime, zone: ZoneInfo) -> str:
    """Return the date without its year: "Nov. 11"."""
    return _month_day(_local(moment, zone).date())


def of_day(minute: int) -> str:
    """Return a minute of the day (0 is midnight) as a time of day: "11 p.m.", "6:30 a.m.", "midnight"."""
    return _clock(datetime(1, 1, 1, minute // 60 % 24, minute % 60, tzinfo=UTC))


def length(span: timedelta) -> str:
    """Return a duration, rounded: "27 minutes", "1 hour, 27 minutes", "14 hours", "three days"."""
    minutes = max(0, round(span / timedelta(minutes=1)))
    rounded, (hours, rest) = timedelta(minutes=minutes), divmod(minutes, 60)
    if not minutes:
        return "less than a minute"
    if not hours:
        return spelled(minutes, "minute")
    if rest and rounded < _TO_THE_MINUTE:
        return f"{counted(hours, 'hour')}, {counted(rest, 'minute')}"
    hours = round(rounded / _HOUR)
    if timedelta(hours=hours) < _TO_THE_HOUR:
        return spelled(hours, "hour")
    return spelled(round(rounded / timedelta(days=1)), "day")


def length_between(since: datetime, until: datetime) -> str:
    """Return the duration between two times as text, ignoring seconds: from 7:35 to 8:05 it is "30 minutes"."""
    return length(until.replace(second=0, microsecond=0) - since.replace(second=0, microsecond=0))


def exact_length(span: timedelta) -> str:
    """Return a duration of whole minutes in a form that people can also type: "60 minutes", "1 hr 27 min", "1 day"."""
    minutes = span // timedelta(minutes=1)
    hours, rest = divmod(minutes, 60)
    if not hours or minutes == 60:
        return counted(minutes, "minute")
    if rest:
        return f"{hours} hr {rest} min"
    return counted(hours, "hour") if hours % 24 else counted(hours // 24, "day")


def day_is_enough(moment: datetime, zone: ZoneInfo) -> bool:
    """Return True if a time means the end of a day: midnight, or 11:59 p.m."""
    local = _local(moment, zone)
    return (local.hour, local.minute) in ((0, 0), (23, 59))


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
