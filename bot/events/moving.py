"""Moving an event, and whether a change of it matters to those who were told of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.events.event import Event, EventStatus
from bot.events.meant_time import ahead_of
from bot.events.reminder import over_at


def moved_to(event: Event, wall: datetime) -> Event:
    """Return the event at another wall time of its zone; its end and its places' hours move with it.

    An event that was expected stays expected; any other gets the status moved, even one that was canceled.

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
    """Return the event later by an elapsed time; None if the new wall time would be ambiguous in its zone."""
    ahead = ahead_of(event.starts_at + by, ZoneInfo(event.zone))
    return moved_to(event, ahead.wall) if ahead.zone == event.zone else None


def misleads(before: Event, after: Event) -> bool:
    """Return True if people who were told of the event would be misled: its time or place changed, or it is off, or on again."""
    return _known(before) != _known(after)


def made_it_so(before: Event, after: Event, present: Event) -> bool:
    """Return True if a change is one of those that made an event what it is at `present`.

    A change that was undone, or changed again, is none. For a canceled event only the cancelation is one.
    """
    if present.status == "canceled":
        return before.status != "canceled" and after.status == "canceled"
    parts = list(zip(_known(before), _known(after), _known(present), strict=True))
    return misleads(before, after) and all(became in (was, is_now) for was, became, is_now in parts)


def move_is_news(before: Event, after: Event, now: datetime) -> bool:
    """Return True if a change is posted: without it people would be misled, and the event was or is ahead or under way."""
    if not misleads(before, after):
        return False
    return any(event.status != "over" and now < over_at(event) for event in (before, after))


def _known(event: Event) -> tuple[object, ...]:
    """Return what people who were told of an event rely on."""
    return event.starts_at, event.zone, event.place, event.later, event.status == "canceled"
