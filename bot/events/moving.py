"""Moves events to other times, and decides which changes to an event should be posted."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.events.event import Event, EventStatus
from bot.events.reminder import over_at
from bot.events.time_meaning import ahead_of


def moved_to(event: Event, wall: datetime) -> Event:
    """Return a copy of the event that starts at another wall time, `wall`, in the event's zone.

    Its end, and its times at later places, move along. If the event was expected, it stays expected. Otherwise its
    status becomes moved, even if it was canceled.

    Raises:
        ValidationError: a time is out of range.
    """
    by = wall - event.wall
    later = tuple(one.model_copy(update={"wall": one.wall + by}) for one in event.later)
    ends = None if event.ends is None else event.ends + by
    status: EventStatus = "expected" if event.status == "expected" else "moved"
    fields = {"wall": wall, "ends": ends, "later": later, "status": status}
    return Event.model_validate(dict(event) | fields)


def pushed(event: Event, by: timedelta) -> Event | None:
    """Return a copy of the event that is later by `by`; None if its wall time would be ambiguous in its zone."""
    ahead = ahead_of(event.starts_at + by, ZoneInfo(event.zone))
    return moved_to(event, ahead.wall) if ahead.zone == event.zone else None


def misleads(before: Event, after: Event) -> bool:
    """Return True if the change would mislead people who know only the event's old version.

    That is the case if the time, zone, place or later places changed, or if the event was canceled or reinstated.
    """
    return _known(before) != _known(after)


def explains_present(before: Event, after: Event, present: Event) -> bool:
    """Return True if the change from `before` to `after` still determines the event's current state, `present`.

    The result is False if the change was undone or changed again. For a canceled event, it is True only for the
    cancelation.
    """
    if present.status == "canceled":
        return before.status != "canceled" and after.status == "canceled"
    parts = list(zip(_known(before), _known(after), _known(present), strict=True))
    return misleads(before, after) and all(became in (was, is_now) for was, became, is_now in parts)


def move_is_news(before: Event, after: Event, now: datetime) -> bool:
    """Return True if a change of an event should be posted.

    The change must mislead people who know only the old version. By the old or the new time, the event must be ahead
    or under way.
    """
    if not misleads(before, after):
        return False
    return any(event.status != "over" and now < over_at(event) for event in (before, after))


def _known(event: Event) -> tuple[object, ...]:
    """Return the facts about an event that people rely on: the time, the places and whether it takes place."""
    return event.starts_at, event.zone, event.place, event.later, event.status == "canceled"
