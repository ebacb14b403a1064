"""Events to an iCalendar file (RFC 5545) that calendars can open, and that `icalendar_reader.py` reads back."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from bot.count.reading import Frozen, Moment
from bot.events.event import Event, EventStatus
from bot.events.icalendar_reader import END_OF_DAY, OURS, UNVERIFIED

if TYPE_CHECKING:
    from icalendar import Component


class Exported(Frozen):
    """An event on its way into a file."""

    uid: str
    """The same in every file."""
    event: Event
    sequence: int = 0
    """How often it was changed."""
    changed_at: Moment | None = None


def write_ics(events: Iterable[Exported], now: datetime, name: str) -> bytes:
    """Return a calendar of these events that `read_ics` reads back as they are; one in UTC comes back by the desk's clock.

    Args:
        events: in the order in which they are written.
        now: when the file is made.
        name: what calendars show it as.

    """
    from icalendar import Calendar  # noqa: PLC0415 - 7 MB that only a calendar needs

    calendar = Calendar()
    calendar.add("prodid", "-//Tallydesk//Schedule//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for exported in events:
        calendar.add_component(_component(exported, now))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _component(exported: Exported, now: datetime) -> "Component":
    from icalendar import Event as Component  # noqa: PLC0415 - as above

    component, event = Component(), exported.event
    for key, value in _properties(exported, now):
        if value is not None:
            component.add(key, value)
    if event.wall.time() == END_OF_DAY and event.ends is None:
        component.add("dtstart", event.wall.date())
        return component
    zone = UTC if event.zone == "UTC" else ZoneInfo(event.zone)
    component.add("dtstart", event.wall.replace(tzinfo=zone))
    if event.ends is not None:
        component.add("dtend", event.ends.replace(tzinfo=zone))
    return component


_WRITTEN: Mapping[EventStatus, Literal["TENTATIVE", "CANCELLED"]] = {"expected": "TENTATIVE", "canceled": "CANCELLED"}


def _properties(exported: Exported, now: datetime) -> Iterator[tuple[str, Any]]:
    event = exported.event
    yield from (
        ("uid", exported.uid), ("dtstamp", now.astimezone(UTC)), ("sequence", exported.sequence),
        ("last-modified", exported.changed_at and exported.changed_at.astimezone(UTC)),
        ("summary", event.title + ("" if event.verified else UNVERIFIED)), ("location", event.place),
        ("status", _WRITTEN.get(event.status, "CONFIRMED")), ("url", event.link),
        ("description", "\n".join(filter(None, (event.who, event.source and f"Source: {event.source}"))) or None),
    )  # fmt: skip
    ours = {
        "KIND": event.kind, "WHO": event.who, "CONTEST": event.contest, "SOURCE": event.source,
        "CERTIFIES": event.certifies, "VERIFIED": None if event.verified else "FALSE",
        "STATUS": event.status if event.status in ("moved", "started", "over") else None,
        "LATER": json.dumps([one.model_dump(mode="json") for one in event.later]) if event.later else None,
    }  # fmt: skip
    yield from ((OURS + key, value) for key, value in ours.items())
