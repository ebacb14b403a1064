"""What single properties of a calendar's event say, and what is wrong with them."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from bot.schedule.event import ADDRESS, FIRST_YEAR, LAST_YEAR, LONGEST_LINK, EventStatus

if TYPE_CHECKING:
    from icalendar import Component

OURS = "X-TALLYDESK-"
"""Before the names of what iCalendar has no property for."""
UNVERIFIED = " (not verified)"
"""After the title of what is not verified: other programs show the title alone."""
LONGEST = 300

_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_STATUS: Mapping[str, EventStatus] = {"TENTATIVE": "expected", "CANCELLED": "called_off"}


def time_of(component: "Component", name: str) -> date:
    """Return a property's day, or moment, of a property that `wrong` has found right."""
    value: Any = component[name]
    found: date = value.dt
    return found


def wrong(component: "Component") -> str | None:
    """Return why an event can't be read, or None."""
    if component.errors:
        where, said = component.errors[0]
        return f"{where or 'a line'} can't be read ({' '.join(str(said).split())[:120]})"
    if not text(component, "UID"):
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
    """Return why an event can't end when it says, where both times are of one kind."""
    duration: Any = component.get("DURATION")
    if duration is not None and (not isinstance(duration.dt, timedelta) or duration.dt < timedelta(0)):
        return "its duration is below nothing"
    if "DTEND" not in component:
        return None
    start, end = time_of(component, "DTSTART"), time_of(component, "DTEND")
    if isinstance(start, datetime) != isinstance(end, datetime):
        return "it starts at an hour and ends on a day, or the other way round"
    if isinstance(start, datetime) and isinstance(end, datetime) and (start.tzinfo is None) != (end.tzinfo is None):
        return "one of its start and end has a zone, and the other none"
    return "it ends before it starts" if end < start else None


def _wrong_rule(component: "Component") -> str | None:
    """Return why a recurrence is not worked out: more often than daily, or by a rule that has no end to its search."""
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


def text(component: "Component", name: str) -> str | None:
    """Return a text in one line of printable characters, or None where it is empty or missing."""
    value: Any = component.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None:
        return None
    plain = "".join(char if char.isprintable() else " " for char in str(value))
    return " ".join(plain.split()) or None


def cut(words: str | None) -> str | None:
    """Return words cut to what an event can hold."""
    return words if words is None or len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "\u2026"


def organizer(component: "Component") -> str | None:
    """Return the organizer's name, or None where only an address is given."""
    name = getattr(component.get("ORGANIZER"), "params", {}).get("CN")
    return cut(" ".join(str(name).split())) if name and str(name).isprintable() else None


def link(component: "Component") -> str | None:
    """Return the event's address, where it is one that can be kept."""
    address = text(component, "URL")
    return address if address and len(address) <= LONGEST_LINK and re.match(ADDRESS, address) else None


def status(component: "Component") -> str:
    """Return the status: ours where it agrees with the standard's, else what that means."""
    said = (text(component, "STATUS") or "CONFIRMED").upper()
    ours = text(component, f"{OURS}STATUS")
    if said == "CONFIRMED" and ours in ("moved", "started", "over"):
        return ours
    return _STATUS.get(said, "confirmed")


def zone_name(zone: tzinfo) -> str | None:
    """Return the zone's name on the IANA list; None for UTC, and for one that the calendar has made up itself."""
    name = getattr(zone, "key", None)
    return name if name in _iana() and name != "UTC" else None


@cache
def _iana() -> frozenset[str]:
    return frozenset(available_timezones())


def stamp(moment: date, zone: ZoneInfo) -> str:
    """Return the time that a recurrence was first meant for, as part of a key."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def one_line(error: Exception) -> str:
    """Return what a library says of bytes that it can't read, short and in one line."""
    return " ".join(str(error).split())[:150] or type(error).__name__
