"""The changes that a subscribed calendar's answer makes in a schedule, which staff change too. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.events.event import Event
from bot.events.icalendar import Imported

_TIMES = ("wall", "zone", "ends", "later")


@dataclass(frozen=True, slots=True)
class KnownCalendarEvent:
    """An event of the schedule that comes from a calendar, as the calendar last had it."""

    entry: int
    uid: str
    said: Event
    sequence: int
    gone: bool = False
    """It was not in the calendar's last answer."""


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """A change of one event of a calendar."""

    what: Literal["new", "changed", "gone"]
    key: str
    """The event's key from now on."""
    says: Event
    uid: str
    sequence: int
    known: KnownCalendarEvent | None = None
    """None: it is new."""
    old_key: str | None = None
    """The event's key until now."""


def calendar_changes(
    known: Mapping[str, KnownCalendarEvent], read: Iterable[Imported], now: datetime, *, whole: bool = True
) -> list[CalendarChange]:
    """Return what a calendar's answer changes, compared with the one before.

    Events that are past or canceled are never added. An event with a lower sequence than before changes nothing. An event
    ahead that is no longer in the calendar is `gone`: nobody has said that it is canceled, so its status becomes expected
    until the calendar has it again. If a series of events has moved, its recurrences are matched by their days.

    Args:
        known: the events of the calendar that are in the schedule, by key.
        read: the answer.
        now: the time of the answer.
        whole: False if the answer is a part of a calendar, so that no event counts as gone.

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
    """Return the event in the schedule with the fields that the calendar changed; what staff set in the others stays.

    The fields of its time change together. An event that has begun, or that staff have canceled, keeps that status unless
    the calendar itself changes the status.

    Args:
        current: the event in the schedule.
        said: the calendar's event as it was.
        says: the calendar's event as it is now.

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


def _same_day(imported: Imported, missing: Mapping[str, KnownCalendarEvent]) -> str | None:
    if imported.key == imported.uid:
        return None
    day = _day(imported.key)
    found = [key for key, one in missing.items() if one.uid == imported.uid and _day(key) == day]
    return found[0] if len(found) == 1 else None


def _day(key: str) -> str:
    return key.rsplit("/", 1)[-1].replace("-", "")[:8]
