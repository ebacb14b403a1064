"""iCalendar (RFC 5545): a calendar's bytes to events, or a line each of what could not be taken.

Read by icalendar, its recurrences by recurring-ical-events. What a calendar holds is anybody's: a rule can be made
so that working it out takes hours, so a calendar from outside is read in a process of its own, with a limit of time:
`bot/sources/calendar_process.py`.
"""

import json
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidationError

from bot.count.reading import Frozen, Id, Label, as_tuple, describe_refusal
from bot.errors import BadInputError
from bot.schedule.event import Event, EventKind
from bot.schedule.ics_fields import (
    LONGEST,
    OURS,
    UNVERIFIED,
    cut,
    link,
    one_line,
    organizer,
    stamp,
    status,
    text,
    time_of,
    wrong,
    zone_name,
)
from bot.schedule.kinds import kind_said
from bot.schedule.typed import ahead_of

if TYPE_CHECKING:
    from icalendar import Component

MOST_BYTES = 5 * 1024 * 1024
MOST_COMPONENTS = 10_000
"""Events in the file, before their recurrences are worked out."""
MOST_EVENTS = 1000
"""Events that are taken, recurrences too; a calendar of more is refused."""
MOST_REFUSALS = 20
BACK, AHEAD = timedelta(days=1), timedelta(days=400)
"""What is read: from a day ago to a year and a month ahead."""

END_OF_DAY = time(23, 59)
"""The hour of an event of a whole day: its last minute stands for the day (`day_is_enough` of bot/wording/times.py)."""


class Frame(Frozen):
    """What is known of a calendar beside what it says."""

    name: Label
    """Who says so: the Governor's public calendar."""
    now: datetime
    zone: str
    """The desk's: the zone of times that have none, and in which times in UTC are kept."""
    kind: EventKind = "other"
    """Of events whose words do not say."""
    contest: Id | None = None


class Imported(Frozen):
    """An event of a calendar."""

    key: Annotated[str, Field(max_length=400)]
    """Which one it is, whatever becomes of it: its UID, and of a recurring one the time it was first meant for."""
    uid: str
    sequence: int = 0
    """How often its organizer has changed it."""
    event: Event


class CalendarRead(Frozen):
    """What a calendar says."""

    events: Annotated[tuple[Imported, ...], BeforeValidator(as_tuple)] = ()
    """In order of time."""
    refused: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] = ()
    """What could not be taken, a line each."""


def check_size(size: int) -> None:
    """Refuse a calendar by its size in bytes, before it is read.

    Raises:
        BadInputError: it is too large.

    """
    if size > MOST_BYTES:
        raise BadInputError(f"the calendar has {size / 1_000_000:.1f} MB, more than {MOST_BYTES >> 20} MiB")


def read_ics(body: bytes, frame: Frame) -> CalendarRead:
    """Return the events of a calendar from a day before `frame.now` to 400 days after it, and what was refused.

    An event of a whole day is kept as its last minute. A recurrence without an end is read as far as that. Times
    without a zone are by the desk's clock, unless the calendar names one (`X-WR-TIMEZONE`).

    Raises:
        BadInputError: it is too large, no calendar, or has too many events; one sentence.

    """
    check_size(len(body))
    if (count := len(re.findall(rb"BEGIN:VEVENT", body, re.IGNORECASE))) > MOST_COMPONENTS:
        raise BadInputError(f"the calendar has {count:,} events, more than {MOST_COMPONENTS:,}")
    return _Reader(body, frame).read()


class _Reader:
    """Reads one calendar."""

    def __init__(self, body: bytes, frame: Frame) -> None:
        self._body = body
        self._frame = frame
        self._zone = ZoneInfo(frame.zone)
        self._refused: list[str] = []
        self._recurring: set[str] = set()

    def read(self) -> CalendarRead:
        found: dict[str, Imported] = {}
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
        except Exception as error:  # noqa: BLE001 - whatever a library makes of any bytes
            raise BadInputError(f"that is no calendar that can be read ({one_line(error)})") from None
        calendars: list[Component] = [component for component in found if component.name == "VCALENDAR"]
        if not calendars:
            raise BadInputError("that is no iCalendar file: it has no VCALENDAR")
        return calendars

    def _sort_out(self, calendar: "Component") -> None:
        """Leave only those events that can be read, and know which recur."""
        kept = []
        for component in calendar.subcomponents:
            if component.name != "VEVENT":
                kept.append(component)
                continue
            try:
                why = wrong(component)
            except Exception as error:  # noqa: BLE001 - as above
                why = one_line(error)
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
        except Exception as error:  # noqa: BLE001 - as above
            raise BadInputError(f"the calendar's recurrences can't be worked out ({one_line(error)})") from None
        for component in calendar.walk("VEVENT"):
            if str(component["UID"]) not in read:
                self._refuse(component, "its recurrence can't be worked out")
        return found

    def _taken(self, component: "Component") -> Imported | None:
        try:
            return self._imported(component)
        except ValidationError as error:
            self._refuse(component, describe_refusal(error))
        except Exception as error:  # noqa: BLE001 - as above
            self._refuse(component, one_line(error))
        return None

    def _imported(self, component: "Component") -> Imported:
        uid = str(component["UID"])
        wall, zone, all_day = self._wall(time_of(component, "DTSTART"))
        title = text(component, "SUMMARY")
        if not title:
            raise BadInputError("it has no title")
        if len(title) > LONGEST:
            raise BadInputError(f"its title has {len(title):,} characters, more than {LONGEST}")
        verified = text(component, f"{OURS}VERIFIED") != "FALSE"
        title = title if verified else title.removesuffix(UNVERIFIED)
        kind, _ = kind_said(title)
        ours = text(component, f"{OURS}KIND")  # a file of our own says all that was known
        fields = {
            "kind": ours or (self._frame.kind if kind == "other" else kind),
            "title": title, "wall": wall, "zone": zone,
            "ends": None if all_day else self._ends(component, wall, zone),
            "who": text(component, f"{OURS}WHO") or organizer(component),
            "place": cut(text(component, "LOCATION")),
            "later": json.loads(text(component, f"{OURS}LATER") or "[]"),
            "contest": text(component, f"{OURS}CONTEST") or (None if ours else self._frame.contest),
            "source": text(component, f"{OURS}SOURCE") or (None if ours else self._frame.name),
            "link": link(component), "verified": verified, "status": status(component),
            "certifies": text(component, f"{OURS}CERTIFIES"),
        }  # fmt: skip
        key = uid
        if uid in self._recurring:
            key = f"{uid}/{stamp(time_of(component, 'RECURRENCE-ID'), self._zone)}"
        return Imported(
            key=key, uid=uid, sequence=int(text(component, "SEQUENCE") or 0), event=Event.model_validate(fields)
        )

    def _wall(self, start: date) -> tuple[datetime, str, bool]:
        """Return a start as wall time and zone of the IANA list, and whether it is of a whole day."""
        if not isinstance(start, datetime):
            return datetime.combine(start, END_OF_DAY), self._zone.key, True
        if start.tzinfo is None:
            return start, self._zone.key, False
        if (name := zone_name(start.tzinfo)) is not None:
            return start.replace(tzinfo=None, fold=0), name, False
        ahead = ahead_of(start.astimezone(UTC), self._zone)
        return ahead.wall, ahead.zone, False

    def _ends(self, component: "Component", wall: datetime, zone: str) -> datetime | None:
        """Return the end as a wall time of the start's zone; None where none is said, or where it is the start."""
        if "DTEND" not in component:
            return None
        end = time_of(component, "DTEND")
        if not isinstance(end, datetime):
            return None
        own = ZoneInfo(zone)
        ends = end if end.tzinfo is None else end.astimezone(own).replace(tzinfo=None)
        if ends == wall:
            return None
        if ends < wall and end.tzinfo is not None and end > time_of(component, "DTSTART"):
            return None  # the clocks went back in between: no wall time of the zone says that end
        return ends.replace(fold=0)

    def _refuse(self, component: "Component", why: str) -> None:
        try:
            what = text(component, "SUMMARY") or text(component, "UID") or "an event without a title"
        except Exception:  # noqa: BLE001 - as above
            what = "an event"
        self._refused.append(f"{what[:80]}: {why}")
