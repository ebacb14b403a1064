"""Hours that are typed of an event beside its start: its end, and those of places where it comes later.

A time without a day is of the start's own day, or the night after it.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.errors import BadInputError
from bot.schedule.event import MOST_LATER, Later
from bot.schedule.said import said
from bot.schedule.typed import Ahead, Question, time_ahead

_LINK_WORD = re.compile(r"(?:[:,]|\s(?:at|until|till|to))+$", re.IGNORECASE)
_TRY = "write each as Cobb County 9 p.m., with a semicolon between two"


def choices(read: Ahead | Question) -> tuple[Ahead, ...]:
    """Return the times that can be meant: one, where it is clear."""
    return read.choices if isinstance(read, Question) else (read,)


def hour_after(typed: str, start: Ahead, zone: ZoneInfo, name: str) -> datetime:
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
    if len(walls) != 1 or {Ahead(wall, start.zone).moment for wall in walls} != after:
        could = "could be more than one time" if after else "is no time after its start"
        raise BadInputError(f'{name} "{typed[:60]}" {could}; say a.m. or p.m., and the day')
    return walls[0]


def later_places(typed: str, start: Ahead, zone: ZoneInfo) -> tuple[Later, ...]:
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
        if place and read is not None and (read.hour is not None or read.exact is not None):
            return place, hour
    raise BadInputError(f'"{part[:60]}" is not clearly a place and its hour; {_TRY}')
