"""What a change of an event means for those who were told of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.events.event import Event, EventStatus
from bot.events.meant_time import ahead_of
from bot.events.reminder import over_at


def moved_to(event: Event, wall: datetime) -> Event:
    """Return the event at another wall time of its zone: its end and its places' hours move along with it.

    One that was expected stays expected; any other is moved, also one that was canceled.

    Raises:
        ValidationError: a time is outside the calendar.

    """
    by = wall - event.wall
    later = tuple(one.model_copy(update={"wall": one.wall + by}) for one in event.later)
    ends = None if event.ends is None else event.ends + by
    status: EventStatus = "expected" if event.status == "expected" else "moved"
    fields = {"wall": wall, "ends": ends, "later": later, "status": status}
    return Event.model_validate(dict(event) | fields)


def pushed(event: Event, by: timedelta) -> Event | None:
    """Return the event so much later by passing time, or None where its zone's clocks have no wall time for that alone."""
    ahead = ahead_of(event.starts_at + by, ZoneInfo(event.zone))
    return moved_to(event, ahead.wall) if ahead.zone == event.zone else None


def misleads(before: Event, after: Event) -> bool:
    """Return True if whoever was told of the event would be misled now: another time or place, or it is off, or on again."""
    return _known(before) != _known(after)


def made_it_so(before: Event, after: Event, present: Event) -> bool:
    """Return True if a change is one of those that made an event what it is at `present`, for those who were told of it.

    What was undone or changed again since is none, and of an event that is canceled only what canceled it.
    """
    if present.status == "canceled":
        return before.status != "canceled" and after.status == "canceled"
    parts = list(zip(_known(before), _known(after), _known(present), strict=True))
    return misleads(before, after) and all(became in (was, is_now) for was, became, is_now in parts)


def move_is_news(before: Event, after: Event, now: datetime) -> bool:
    """Return True if a change is told: it misleads, and the event was or is still ahead, or under way."""
    if not misleads(before, after):
        return False
    return any(event.status != "over" and now < over_at(event) for event in (before, after))


def _known(event: Event) -> tuple[object, ...]:
    """Return what whoever was told of an event goes by."""
    return event.starts_at, event.zone, event.place, event.later, event.status == "canceled"
