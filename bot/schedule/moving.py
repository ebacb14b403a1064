"""What a change of an event means for those who were told of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.schedule.event import Event, EventStatus
from bot.schedule.reminder import over_at
from bot.schedule.typed import ahead_of

_AHEAD: tuple[EventStatus, ...] = ("expected", "confirmed", "moved")


def moved_to(event: Event, wall: datetime) -> Event:
    """Return the event at another wall time of its zone: its end and its places' hours move along with it.

    One that was expected stays expected; any other is moved, also one that was called off.

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
    return (
        (before.starts_at, before.zone, before.place, before.later) != (after.starts_at, after.zone, after.place, after.later)
        or (before.status == "called_off") != (after.status == "called_off")
    )  # fmt: skip


def is_news(before: Event, after: Event, now: datetime) -> bool:
    """Return True if a change is told: it misleads, and the event was or is still ahead, or under way."""
    if not misleads(before, after):
        return False
    return any(event.status != "over" and now < over_at(event) for event in (before, after))


def is_ahead(event: Event) -> bool:
    """Return True of an event that has neither begun nor been called off, as far as the desk has said."""
    return event.status in _AHEAD
