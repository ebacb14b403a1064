"""When an event is spoken of: before it begins, and at its time.

A lead time is how long before. Its whole days are calendar days by the clocks of the event's zone ("a day before 5 p.m. on
Friday" is 5 p.m. on Thursday, also where the clocks change in between, and the day has 23 or 25 hours); what is over
is time that passes. A lead time of days that goes to a wall time which the clocks skip comes as far after the skip as it was
meant to be after its start, one that goes to a wall time which comes twice comes at the first, as `Event.moment` has it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.events.event import EVENT_KINDS, Event, EventKind

AT_ITS_TIME: Final = timedelta(0)

LONGEST_LEAD_TIME: Final = timedelta(days=60)

MOST_LEAD_TIMES: Final = 5
"""Before an event; and one at its time."""

LEAD_TIMES: Final[Mapping[EventKind, tuple[timedelta, ...]]] = {
    kind: (of.lead_time,) for kind, of in EVENT_KINDS.items()
}
"""How long before each kind of event it is spoken of, where neither the desk nor the event says otherwise. That it is
spoken of at its time as well holds for every kind."""

OVER_AFTER: Final = timedelta(hours=1)
"""An event of which nobody says when it ends is taken to be over so long after its start: what was missed of it by then
is left out."""

LATE_AFTER: Final = timedelta(minutes=2)
"""A reminder that comes later than this says that it is late."""

EARLY_BY: Final = timedelta(seconds=30)
"""A reminder that is taken up so much before its time, or more, was put there by a clock that was wrong then."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """One time at which an event is spoken of."""

    lead_time: timedelta
    """How long before; `AT_ITS_TIME`: when it begins."""
    wall: datetime
    """The wall time that it speaks of: the event's own, or that of places where it comes later."""
    due_at: datetime
    """UTC."""


def reminders(event: Event, lead_times: Iterable[timedelta]) -> list[Reminder]:
    """Return an event's reminders in order of time: each lead time before it, one at its time, one at each later hour of a place.

    None of what is canceled or over; of what has begun only that of places where it begins later.
    """
    if event.status in ("canceled", "over"):
        return []
    walls = sorted({later.wall for later in event.later} - {event.wall})
    found = [Reminder(AT_ITS_TIME, wall, event.moment(wall)) for wall in walls]
    if event.status != "started":
        found += [Reminder(lead_time, event.wall, due(event, lead_time)) for lead_time in {AT_ITS_TIME, *lead_times}]
    return sorted(found, key=lambda one: (one.due_at, -one.lead_time))


def due(event: Event, lead_time: timedelta) -> datetime:
    """Return the moment, in UTC, that lies a lead time before an event's start."""
    if not lead_time:
        return event.starts_at
    by_clock = event.moment(event.wall - timedelta(days=lead_time.days)) - (lead_time - timedelta(days=lead_time.days))
    # Where a zone has skipped a whole day, a day before can be the very moment.
    return by_clock if by_clock < event.starts_at else event.starts_at - lead_time


def over_at(event: Event, wall: datetime | None = None) -> datetime:
    """Return the moment from which on nobody is reminded of an event any more; `wall`: of a place's later hour."""
    begins = event.moment(event.wall if wall is None else wall)
    ends = event.ends_at
    return ends if ends is not None and ends > begins else begins + OVER_AFTER


def fate(lead_time: timedelta, wall: datetime, event: Event, now: datetime) -> Literal["told", "missed"]:
    """Return what becomes of a reminder of an event, as it is now, that is due.

    It is missed once it would say nothing, or nothing true: the event has moved, been canceled or is over; or it has begun, or
    the time has come, before which it was to remind, which the reminder at that time tells: that says that it is under way.
    """
    walls = {event.wall, *(later.wall for later in event.later)}
    begun = event.status == "started" and wall == event.wall and lead_time > AT_ITS_TIME
    if event.status in ("canceled", "over") or begun or wall not in walls:
        return "missed"
    return "missed" if now >= missed_at(lead_time, wall, event) else "told"


def missed_at(lead_time: timedelta, wall: datetime, event: Event) -> datetime:
    """Return the moment from which on a reminder comes too late, whatever its event does by then."""
    return event.moment(wall) if lead_time > AT_ITS_TIME else over_at(event, wall)


def refuse_lead_times(lead_times: Sequence[timedelta]) -> str | None:
    """Return what is wrong with lead times that somebody set, or None."""
    if len(lead_times) > MOST_LEAD_TIMES:
        return f"has {len(lead_times)} reminders, more than {MOST_LEAD_TIMES}"
    for lead_time in lead_times:
        if not timedelta(minutes=1) <= lead_time <= LONGEST_LEAD_TIME or lead_time % timedelta(minutes=1):
            return f"reminds {lead_time} before; whole minutes from 1 minute to {LONGEST_LEAD_TIME.days} days go"
    return None
