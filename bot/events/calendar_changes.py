"""Works out what a new version of a subscribed calendar changes in a schedule that staff edit too. No I/O."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.events.event import Event
from bot.events.icalendar import ImportedEvent

_TIMES = ("wall", "zone", "ends", "later")


@dataclass(frozen=True, slots=True)
class KnownCalendarEvent:
    """A scheduled event that came from a calendar, with the version that was last read from the calendar."""

    entry: int
    uid: str
    said: Event
    sequence: int
    gone: bool = False
    """True if the event was missing when the calendar was last read."""


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """A new, changed or missing event, found when a calendar was read again."""

    what: Literal["new", "changed", "gone"]
    key: str
    """The event's key after the change."""
    says: Event
    uid: str
    sequence: int
    known: KnownCalendarEvent | None = None
    """The event before the change; None if it is new."""
    old_key: str | None = None
    """The event's key before the change; None if it is new."""


def calendar_changes(
    known: Mapping[str, KnownCalendarEvent], read: Iterable[ImportedEvent], now: datetime, *, whole: bool = True
) -> list[CalendarChange]:
    """Compare a calendar with the events last read from it, and return the changes.

    Past and canceled events are never added. An event with a lower sequence number than before is ignored. A future
    event that is missing from the calendar is `gone`. It may not have been canceled, so its status becomes expected
    until the calendar lists it again. If a recurring event's times have changed, its occurrences are matched by day.

    Args:
        known: the calendar's events that are already in the schedule, by key.
        read: the events in the calendar now.
        now: when the calendar was read.
        whole: False if `read` is only part of the calendar, so that missing events are not `gone`.
    """
    says = {imported.key: imported for imported in read}
    missing = {key: one for key, one in known.items() if key not in says and one.said.starts_at > now}
    changes = []
    for key, imported in says.items():
        old_key = key if key in known else _same_day(imported, missing)
        one = known.get(old_key) if old_key else None
        if one is None:
            if imported.event.starts_at > now and imported.event.status != "canceled":
                changes.append(CalendarChange("new", key, imported.event, imported.uid, imported.sequence))
            continue
        missing.pop(old_key or key, None)
        if imported.sequence >= one.sequence and (one.gone or one.said != imported.event or old_key != key):
            changes.append(
                CalendarChange("changed", key, imported.event, imported.uid, imported.sequence, one, old_key)
            )
    for key, one in missing.items() if whole else ():
        if not one.gone:
            says_now = one.said if one.said.status == "canceled" else one.said.model_copy(update={"status": "expected"})
            changes.append(CalendarChange("gone", key, says_now, one.uid, one.sequence, one, key))
    return changes


def merged(current: Event, said: Event, says: Event) -> Event:
    """Apply a calendar's change of an event to the same event in the schedule. Returns the changed event.

    Fields that the calendar did not change stay as staff set them. If the start, zone, end or later places changed,
    all four are replaced. An event that has begun, or that staff canceled, keeps its status unless the calendar
    changes the status.

    Args:
        current: the event in the schedule.
        said: the calendar's previous version of the event.
        says: the calendar's current version of the event.
    """
    changed = {name for name in Event.model_fields if getattr(said, name) != getattr(says, name)}
    if changed.intersection(_TIMES):
        changed.update(_TIMES)
    fields = dict(current) | {name: getattr(says, name) for name in changed}
    moved = current.moment(current.wall) != says.starts_at and "wall" in changed
    if "status" not in changed and moved and current.status in ("confirmed", "moved"):
        fields["status"] = "moved"
    if current.status in ("started", "over") and fields["status"] in ("expected", "confirmed"):
        fields["status"] = current.status
    return Event.model_validate(fields)


def _same_day(imported: ImportedEvent, missing: Mapping[str, KnownCalendarEvent]) -> str | None:
    if imported.key == imported.uid:
        return None
    day = _day(imported.key)
    found = [key for key, one in missing.items() if one.uid == imported.uid and _day(key) == day]
    return found[0] if len(found) == 1 else None


def _day(key: str) -> str:
    return key.rsplit("/", 1)[-1].replace("-", "")[:8]
