"""What a subscribed calendar's answer changes in a schedule that staff change too. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.events.event import Event
from bot.events.icalendar import Imported

_TIMES = ("wall", "zone", "ends", "later")


@dataclass(frozen=True, slots=True)
class KnownCalendarEvent:
    """What a calendar last said of an event that is in the schedule."""

    entry: int
    uid: str
    said: Event
    sequence: int
    gone: bool = False
    """It was not in the calendar's last answer."""


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """What is to be done about one event of a calendar."""

    what: Literal["new", "changed", "gone"]
    key: str
    """Under which it is known from now on."""
    says: Event
    uid: str
    sequence: int
    known: KnownCalendarEvent | None = None
    """None: it is new."""
    old_key: str | None = None
    """Under which it was known so far."""


def calendar_changes(
    known: Mapping[str, KnownCalendarEvent], read: Iterable[Imported], now: datetime, *, whole: bool = True
) -> list[CalendarChange]:
    """Return what a calendar's answer changes, by what it last said; `whole`: False of a part, in which nothing is missing.

    What is past or canceled is never new. An answer older than the last one, by its sequence, changes nothing. An
    event ahead that is not in the calendar any more is `gone`: nobody has said that it is canceled, so it is only
    expected from then on, until the calendar has it again. A recurrence whose series has moved is the one of the same
    day.
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


def _same_day(imported: Imported, missing: Mapping[str, KnownCalendarEvent]) -> str | None:
    if imported.key == imported.uid:
        return None
    day = _day(imported.key)
    found = [key for key, one in missing.items() if one.uid == imported.uid and _day(key) == day]
    return found[0] if len(found) == 1 else None


def _day(key: str) -> str:
    return key.rsplit("/", 1)[-1].replace("-", "")[:8]


def merged(current: Event, said: Event, says: Event) -> Event:
    """Return the event in the schedule with what the calendar changed: what staff set and it did not touch stays.

    Its times go together. An event that has begun, or that staff have canceled, keeps that unless the calendar
    itself says something else of its status.
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
