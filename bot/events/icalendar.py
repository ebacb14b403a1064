"""Reads and writes iCalendar files (RFC 5545).

Uses the libraries icalendar and, for recurrences, recurring-ical-events. A malicious recurrence can take hours to
expand, so `bot/schedule/schedule_jobs.py` reads calendars in a sandboxed process.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field, ValidationError

from bot.count.reading import Frozen, Id, Label, Moment, as_tuple, describe_refusal
from bot.errors import BadInputError
from bot.events.event import (
    ADDRESS,
    END_OF_DAY,
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST_LINK,
    Event,
    EventKind,
    EventStatus,
    kind_in_text,
)
from bot.events.time_meaning import ahead_of

if TYPE_CHECKING:
    from icalendar import Component


MOST_BYTES = 5 * 1024 * 1024

MOST_COMPONENTS = 10_000
"""The maximum number of events in the file, before recurrences are expanded."""

MOST_EVENTS = 1000
"""The maximum number of events after recurrences are expanded. A calendar with more is refused."""

MOST_REFUSALS = 20

BACK, AHEAD = timedelta(days=1), timedelta(days=400)
"""The time span that is read: from a day ago to over a year ahead."""

OURS = "X-TALLYDESK-"
"""The prefix of this project's own properties, for fields that iCalendar lacks."""

UNVERIFIED = " (not verified)"
"""A suffix for titles of unverified events, since other programs may show only the title."""

LONGEST = 300

_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})

_STATUS: Mapping[str, EventStatus] = {"TENTATIVE": "expected", "CANCELLED": "canceled"}

_WRITTEN: Mapping[EventStatus, Literal["TENTATIVE", "CANCELLED"]] = {"expected": "TENTATIVE", "canceled": "CANCELLED"}


class CalendarContext(Frozen):
    """The context for reading a calendar: its source, the current time, and defaults for its events."""

    name: Label
    """The name of the events' source: the Governor's public calendar."""
    now: datetime
    zone: str
    """The desk's time zone, for times in UTC and times without a zone."""
    kind: EventKind = "other"
    """The kind of event to assume if an event's title does not suggest a kind."""
    contest: Id | None = None
    by_staff: bool = False
    """True if staff import the calendar. Only then are this project's own properties (`X-TALLYDESK-SOURCE` and so
    on) trusted.
    """


class ImportedEvent(Frozen):
    """An event read from a calendar."""

    key: Annotated[str, Field(max_length=400)]
    """The event's identifier when the calendar is read again: its UID and, for a recurrence, its original time."""
    uid: str
    sequence: int = 0
    """The event's SEQUENCE number: how often its organizer has changed it."""
    event: Event


class CalendarRead(Frozen):
    """The result of reading a calendar: its events, and errors about the events that could not be read."""

    events: Annotated[tuple[ImportedEvent, ...], BeforeValidator(as_tuple)] = ()
    """The events, in order of time."""
    refused: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] = ()
    """A line of text for each event that can't be read."""


class ExportedEvent(Frozen):
    """An event to write to an iCalendar file."""

    uid: str
    """The event's UID, the same in every file that this installation writes."""
    event: Event
    sequence: int = 0
    """How often the event has been changed."""
    changed_at: Moment | None = None


def read_ics(body: bytes, frame: CalendarContext) -> CalendarRead:
    """Read the events of a calendar, from a day before `frame.now` to 400 days after it.

    An all-day event is read as the last minute of its day. Recurrences are expanded within that span. Times without a
    zone are in the zone that the calendar names (`X-WR-TIMEZONE`), or else in the desk's zone.

    Raises:
        BadInputError: the file is too large, is not a calendar, or has too many events.

    """
    check_size(len(body))
    if (count := len(re.findall(rb"BEGIN:VEVENT", body, re.IGNORECASE))) > MOST_COMPONENTS:
        raise BadInputError(f"the calendar has {count:,} events, more than {MOST_COMPONENTS:,}")
    return _Reader(body, frame).read()


class _Reader:
    """A reader for a single calendar, which collects the calendar's events and errors."""

    def __init__(self, body: bytes, frame: CalendarContext) -> None:
        self._body = body
        self._frame = frame
        self._zone = ZoneInfo(frame.zone)
        self._refused: list[str] = []
        self._recurring: set[str] = set()

    def read(self) -> CalendarRead:
        found: dict[str, ImportedEvent] = {}
        for calendar in self._calendars():
            self._sort_out(calendar)
            for component in self._occurrences(calendar):
                if (imported := self._taken(component)) is not None:
                    kept = found.get(imported.key)
                    found[imported.key] = imported if kept is None or imported.sequence >= kept.sequence else kept
                if len(found) > MOST_EVENTS:
                    raise BadInputError(f"the calendar has more than {MOST_EVENTS:,} events in the year ahead")
        refused = self._refused[:MOST_REFUSALS]
        if more := len(self._refused) - len(refused):
            refused.append(f"{more} more could not be read")
        events = sorted(found.values(), key=lambda imported: (imported.event.starts_at, imported.key))
        return CalendarRead(events=tuple(events), refused=tuple(refused))

    def _calendars(self) -> list["Component"]:
        from icalendar import Calendar  # noqa: PLC0415 - 7 MB that only a calendar needs

        try:
            found = Calendar.from_ical(self._body, multiple=True)
        except MemoryError:
            raise  # for whoever gave this process its bounds
        except Exception as error:  # noqa: BLE001 - whatever a library makes of any bytes
            raise BadInputError(f"that is no calendar that can be read ({_error_line(error)})") from None
        calendars: list[Component] = [component for component in found if component.name == "VCALENDAR"]
        if not calendars:
            raise BadInputError("that is no iCalendar file: it has no VCALENDAR")
        return calendars

    def _sort_out(self, calendar: "Component") -> None:
        """Remove the events that can't be read from `calendar`, and record which of the remaining events recur."""
        kept = []
        for component in calendar.subcomponents:
            if component.name != "VEVENT":
                kept.append(component)
                continue
            try:
                why = _wrong(component)
            except Exception as error:  # noqa: BLE001 - as above
                why = _error_line(error)
            if why:
                self._refuse(component, why)
                continue
            if any(name in component for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
                self._recurring.add(str(component["UID"]))
            kept.append(component)
        calendar.subcomponents = kept

    def _occurrences(self, calendar: "Component") -> list["Component"]:
        import recurring_ical_events  # noqa: PLC0415 - as above

        try:
            query = recurring_ical_events.of(calendar, skip_bad_series=True)
            found: list[Component] = query.between(self._frame.now - BACK, self._frame.now + AHEAD)
            read = {str(series.uid) for series in query.series}
        except MemoryError:
            raise
        except SystemError as error:  # what Python 3.13's own C says where it ran out
            raise MemoryError from error
        except Exception as error:  # noqa: BLE001 - as above
            raise BadInputError(f"the calendar's recurrences can't be worked out ({_error_line(error)})") from None
        for component in calendar.walk("VEVENT"):
            if str(component["UID"]) not in read:
                self._refuse(component, "its recurrence can't be worked out")
        return found

    def _taken(self, component: "Component") -> ImportedEvent | None:
        try:
            return self._imported(component)
        except ValidationError as error:
            self._refuse(component, describe_refusal(error))
        except Exception as error:  # noqa: BLE001 - as above
            self._refuse(component, _error_line(error))
        return None

    def _imported(self, component: "Component") -> ImportedEvent:
        uid = str(component["UID"])
        wall, zone, all_day = self._wall(_property_time(component, "DTSTART"))
        title = _text(component, "SUMMARY")
        if not title:
            raise BadInputError("it has no title")
        if len(title) > LONGEST:
            raise BadInputError(f"its title has {len(title):,} characters, more than {LONGEST}")
        verified = self._own(component, "VERIFIED") != "FALSE"
        title = title if verified else title.removesuffix(UNVERIFIED)
        kind, _ = kind_in_text(title)
        ours = self._own(component, "KIND")  # our own file has every field, so no default applies
        fields = {
            "kind": ours or (self._frame.kind if kind == "other" else kind),
            "title": title,
            "wall": wall,
            "zone": zone,
            "ends": None if all_day else self._ends(component, wall, zone),
            "who": self._own(component, "WHO") or _organizer(component),
            "place": _fitted(_text(component, "LOCATION")),
            "later": json.loads(self._own(component, "LATER") or "[]"),
            "contest": self._own(component, "CONTEST") or (None if ours else self._frame.contest),
            "source": self._own(component, "SOURCE") or (None if ours else self._frame.name),
            "link": _link(component),
            "verified": verified,
            "status": _status(component, self._own(component, "STATUS")),
            "certifies": self._own(component, "CERTIFIES"),
        }
        key = uid
        if uid in self._recurring:
            key = f"{uid}/{_stamp(_property_time(component, 'RECURRENCE-ID'), self._zone)}"
        return ImportedEvent(
            key=key, uid=uid, sequence=int(_text(component, "SEQUENCE") or 0), event=Event.model_validate(fields)
        )

    def _own(self, component: "Component", name: str) -> str | None:
        """Return the value of a property that only this project's files have, or None.

        The result is always None for a subscribed calendar. The properties are trusted only in files that staff
        import.
        """
        return _text(component, OURS + name) if self._frame.by_staff else None

    def _wall(self, start: date) -> tuple[datetime, str, bool]:
        """Return the wall time of an event's start, its IANA time zone, and True if the event is all-day."""
        if not isinstance(start, datetime):
            return datetime.combine(start, END_OF_DAY), self._zone.key, True
        if start.tzinfo is None:
            return start, self._zone.key, False
        if (name := _zone_name(start.tzinfo)) is not None:
            return start.replace(tzinfo=None, fold=0), name, False
        ahead = ahead_of(start.astimezone(UTC), self._zone)
        return ahead.wall, ahead.zone, False

    def _ends(self, component: "Component", wall: datetime, zone: str) -> datetime | None:
        """Return the end as a wall time in the start's zone; None if the event has no end, or ends when it starts."""
        if "DTEND" not in component:
            return None
        end = _property_time(component, "DTEND")
        if not isinstance(end, datetime):
            return None
        own = ZoneInfo(zone)
        ends = end if end.tzinfo is None else end.astimezone(own).replace(tzinfo=None)
        if ends == wall:
            return None
        if ends < wall and end.tzinfo is not None and end > _property_time(component, "DTSTART"):
            return None  # the clocks went back in between: no later wall time of the zone is that end
        return ends.replace(fold=0)

    def _refuse(self, component: "Component", why: str) -> None:
        try:
            what = _text(component, "SUMMARY") or _text(component, "UID") or "an event without a title"
        except Exception:  # noqa: BLE001 - as above
            what = "an event"
        self._refused.append(f"{what[:80]}: {why}")


def check_size(size: int) -> None:
    """Check that a calendar of `size` bytes is not too large to be read.

    Raises:
        BadInputError: the calendar is too large.
    """
    if size > MOST_BYTES:
        raise BadInputError(f"the calendar has {size / 1_000_000:.1f} MB, more than {MOST_BYTES >> 20} MiB")


def _property_time(component: "Component", name: str) -> date:
    """Return the date or time in a property that `_wrong` has already checked."""
    value: Any = component[name]
    found: date = value.dt
    return found


def _wrong(component: "Component") -> str | None:
    """Return the reason why an event can't be read, or None if it can."""
    if component.errors:
        where, text = component.errors[0]
        return f"{where or 'a line'} can't be read ({' '.join(str(text).split())[:120]})"
    if not _text(component, "UID"):
        return "it has no UID, so that a change of it could not be known"
    if len(str(component["UID"])) > LONGEST:
        return f"its UID has more than {LONGEST} characters"
    if "DTSTART" not in component:
        return "it has no start"
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        if name in component and (why := _wrong_time(component[name], name)):
            return why
    return _wrong_end(component) or _wrong_rule(component)


def _wrong_time(value: Any, name: str) -> str | None:  # noqa: ANN401 - icalendar's own
    if isinstance(value, list):
        return f"it has {name} more than once"
    moment = value.dt
    if isinstance(moment, datetime) and moment.tzinfo is None and (zone := value.params.get("TZID")):
        return f"its zone {' '.join(str(zone).split())[:80]} is unknown"
    if not isinstance(moment, date):
        return f"its {name} is no time"
    return None if FIRST_YEAR <= moment.year <= LAST_YEAR else f"its year is {moment.year}"


def _wrong_end(component: "Component") -> str | None:
    """Return the reason why an event's end or duration is invalid, or None if it is valid."""
    duration: Any = component.get("DURATION")
    if duration is not None and (not isinstance(duration.dt, timedelta) or duration.dt < timedelta(0)):
        return "its duration is below nothing"
    if "DTEND" not in component:
        return None
    start, end = _property_time(component, "DTSTART"), _property_time(component, "DTEND")
    if isinstance(start, datetime) != isinstance(end, datetime):
        return "it starts at an hour and ends on a day, or the other way round"
    if isinstance(start, datetime) and isinstance(end, datetime) and (start.tzinfo is None) != (end.tzinfo is None):
        return "one of its start and end has a zone, and the other none"
    return "it ends before it starts" if end < start else None


def _wrong_rule(component: "Component") -> str | None:
    """Return the reason why an event's recurrence rule can't be expanded, or None if it can.

    A rule is refused if it is more frequent than daily, or if the search for its occurrences would never end.
    """
    rules: Any = component.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        frequency = [str(value).upper() for value in rule.get("FREQ", [])]
        if len(frequency) != 1 or frequency[0] not in _FREQUENCIES:
            return f"it recurs {' '.join(frequency)[:40] or 'in no way that is said'}; daily to yearly can be read"
        if any(int(value) < 1 for value in rule.get("INTERVAL", [])):
            return "it recurs at an interval below 1"
        if any(name in rule for name in ("BYHOUR", "BYMINUTE", "BYSECOND")):
            return "it recurs several times a day"
    return None


def _text(component: "Component", name: str) -> str | None:
    """Return a property's text as one line of printable characters, or None if it is empty or missing."""
    value: Any = component.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None:
        return None
    plain = "".join(char if char.isprintable() else " " for char in str(value))
    return " ".join(plain.split()) or None


def _fitted(words: str | None) -> str | None:
    """Return a text, cut to the maximum length of an event's field."""
    return words if words is None or len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "\u2026"


def _organizer(component: "Component") -> str | None:
    """Return the organizer's name, or None if the calendar gives only an email address."""
    name = getattr(component.get("ORGANIZER"), "params", {}).get("CN")
    return _fitted(" ".join(str(name).split())) if name and str(name).isprintable() else None


def _link(component: "Component") -> str | None:
    """Return the event's URL, or None if it is too long or not the URL of a web page."""
    address = _text(component, "URL")
    return address if address and len(address) <= LONGEST_LINK and re.match(ADDRESS, address) else None


def _status(component: "Component", ours: str | None) -> str:
    """Return the event's status.

    `ours` is the status in this project's own property. It is used only for statuses that iCalendar lacks, such as
    moved, and only if STATUS is CONFIRMED.
    """
    text = (_text(component, "STATUS") or "CONFIRMED").upper()
    if text == "CONFIRMED" and ours in ("moved", "started", "over"):
        return ours
    return _STATUS.get(text, "confirmed")


def _zone_name(zone: tzinfo) -> str | None:
    """Return the zone's IANA name; None for UTC, and for a zone that the calendar defines itself."""
    name = getattr(zone, "key", None)
    return name if name in _iana() and name != "UTC" else None


@cache
def _iana() -> frozenset[str]:
    return frozenset(available_timezones())


def _stamp(moment: date, zone: ZoneInfo) -> str:
    """Return the original time of an occurrence of a recurring event, as part of the occurrence's key."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _error_line(error: Exception) -> str:
    """Return a library's error message, shortened to one line."""
    return " ".join(str(error).split())[:150] or type(error).__name__


def write_ics(events: Iterable[ExportedEvent], now: datetime, name: str) -> bytes:
    """Write events as an iCalendar file.

    `read_ics` reads the same events from the file, except for the zone of events in UTC.

    Args:
        events: the events, in the order to write them.
        now: when the file is made.
        name: the calendar's name.

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


def _component(exported: ExportedEvent, now: datetime) -> "Component":
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


def _properties(exported: ExportedEvent, now: datetime) -> Iterator[tuple[str, Any]]:
    event = exported.event
    yield from (
        ("uid", exported.uid),
        ("dtstamp", now.astimezone(UTC)),
        ("sequence", exported.sequence),
        ("last-modified", exported.changed_at and exported.changed_at.astimezone(UTC)),
        ("summary", event.title + ("" if event.verified else UNVERIFIED)),
        ("location", event.place),
        ("status", _WRITTEN.get(event.status, "CONFIRMED")),
        ("url", event.link),
        ("description", "\n".join(filter(None, (event.who, event.source and f"Source: {event.source}"))) or None),
    )
    ours = {
        "KIND": event.kind,
        "WHO": event.who,
        "CONTEST": event.contest,
        "SOURCE": event.source,
        "CERTIFIES": event.certifies,
        "VERIFIED": None if event.verified else "FALSE",
        "STATUS": event.status if event.status in ("moved", "started", "over") else None,
        "LATER": json.dumps([one.model_dump(mode="json") for one in event.later]) if event.later else None,
    }
    yield from ((OURS + key, value) for key, value in ours.items())
