"""Works out the reminders of an event: before it begins, according to its lead times, and when it begins.

Whole days of a lead time are calendar days in the event's zone: a day before 5 p.m. on Friday is 5 p.m. on Thursday,
even if the clocks change in between. Hours and minutes are elapsed time. If the clocks skip that wall time, or show it
twice, `Event.moment` decides which moment is meant.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.events.event import EVENT_KINDS, Event, EventKind

AT_ITS_TIME: Final = timedelta(0)

LONGEST_LEAD_TIME: Final = timedelta(days=60)

MOST_LEAD_TIMES: Final = 5
"""The maximum number of lead times of an event, not counting the reminder when it begins."""

LEAD_TIMES: Final[Mapping[EventKind, tuple[timedelta, ...]]] = {
    kind: (of.lead_time,) for kind, of in EVENT_KINDS.items()
}
"""The default lead times of each kind of event."""

OVER_AFTER: Final = timedelta(hours=1)
"""How long after its start an event without an end counts as over. No reminders are posted after that."""

LATE_AFTER: Final = timedelta(minutes=2)
"""A reminder posted later than this notes that it is late."""

EARLY_BY: Final = timedelta(seconds=30)
"""A reminder queued at least this early shows that the computer's clock was wrong."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder of an event: the time when it is due, and the time that it announces."""

    lead_time: timedelta
    """How long before the event the reminder is due; `AT_ITS_TIME` for the reminder when the event begins."""
    wall: datetime
    """The wall time that the reminder announces: the event's own, or that of places where the event is later."""
    due_at: datetime


def reminders(event: Event, lead_times: Iterable[timedelta]) -> list[Reminder]:
    """Return an event's reminders in order of time.

    There is a reminder for each lead time, for the beginning, and for each later place. A canceled or finished event
    has no reminders. An event that has begun has reminders only for later places.
    """
    if event.status in ("canceled", "over"):
        return []
    walls = sorted({later.wall for later in event.later} - {event.wall})
    found = [Reminder(AT_ITS_TIME, wall, event.moment(wall)) for wall in walls]
    if event.status != "started":
        found += [Reminder(lead_time, event.wall, due(event, lead_time)) for lead_time in {AT_ITS_TIME, *lead_times}]
    return sorted(found, key=lambda one: (one.due_at, -one.lead_time))


def due(event: Event, lead_time: timedelta) -> datetime:
    """Return the moment in UTC at which the reminder with this lead time is due."""
    if not lead_time:
        return event.starts_at
    by_clock = event.moment(event.wall - timedelta(days=lead_time.days)) - (lead_time - timedelta(days=lead_time.days))
    # Where a zone has skipped a whole day, a day before can be the very moment.
    return by_clock if by_clock < event.starts_at else event.starts_at - lead_time


def over_at(event: Event, wall: datetime | None = None) -> datetime:
    """Return the moment from which an event is treated as over.

    With `wall`, this is the moment for a place where the event is at that later wall time.
    """
    begins = event.moment(event.wall if wall is None else wall)
    ends = event.ends_at
    return ends if ends is not None and ends > begins else begins + OVER_AFTER


def is_missed(lead_time: timedelta, wall: datetime, event: Event, now: datetime) -> bool:
    """Return True if a due reminder should no longer be posted.

    That is so if the event has moved, is canceled or is over. A reminder ahead of the event is also dropped once the
    event has begun or should have begun.
    """
    walls = {event.wall, *(later.wall for later in event.later)}
    begun = event.status == "started" and wall == event.wall and lead_time > AT_ITS_TIME
    if event.status in ("canceled", "over") or begun or wall not in walls:
        return True
    return now >= missed_at(lead_time, wall, event)


def missed_at(lead_time: timedelta, wall: datetime, event: Event) -> datetime:
    """Return the moment from which a reminder is too late, if its event does not change until then."""
    return event.moment(wall) if lead_time > AT_ITS_TIME else over_at(event, wall)


def refuse_lead_times(lead_times: Sequence[timedelta]) -> str | None:
    """Return a clause that states what is wrong with the lead times, or None if they are valid."""
    if len(lead_times) > MOST_LEAD_TIMES:
        return f"has {len(lead_times)} reminders, more than {MOST_LEAD_TIMES}"
    for lead_time in lead_times:
        if not timedelta(minutes=1) <= lead_time <= LONGEST_LEAD_TIME or lead_time % timedelta(minutes=1):
            return f"reminds {lead_time} before; whole minutes from 1 minute to {LONGEST_LEAD_TIME.days} days go"
    return None
