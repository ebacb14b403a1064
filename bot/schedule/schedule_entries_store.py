"""Reads stored schedule entries, their lead times, and the channels in which they are posted."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.database.database import Row, fetch, from_micros
from bot.events.event import Event, LeadTimes, ScheduleEntry
from bot.outbox.rows import to_json

LeadTimesOf = Callable[[Event], LeadTimes]
"""Returns the desk file's lead times for an event, used if neither the event nor its newsroom has its own."""

_FIELDS = frozenset(Event.model_fields)

_MINUTE = timedelta(minutes=1)

DIRECT = 0
"""The server id for direct messages, which have their own post numbers."""

DESK_FILE = 0
"""The server id under which the desk file's lead times are stored, with the time from which they apply."""

ENTRY = "id, server, channel, body, lead_times, entered_by, entered_at"


def entry_of(row: Row) -> ScheduleEntry:
    """Return the entry from a row with the columns `ENTRY`."""
    key, server, channel, body, lead_times, entered_by, entered_at = row
    spoken = None if lead_times is None else tuple(timedelta(minutes=one) for one in json.loads(lead_times))
    return ScheduleEntry(
        key, server, channel, Event.model_validate_json(body), spoken, entered_by, from_micros(entered_at)
    )


def read_entry(connection: sqlite3.Connection, server: int, key: int) -> ScheduleEntry | None:
    """Return an entry of a server's schedule, or None if the server has no entry with that id."""
    rows = fetch(connection, f"SELECT {ENTRY} FROM schedule_entries WHERE id = ? AND server = ?", (key, server))
    return entry_of(rows[0]) if rows else None


def event_json(event: Event) -> dict[str, object]:
    """Return an event as JSON for the database, without fields that are None."""
    return event.model_dump(mode="json", exclude_none=True)


def shown(entry: ScheduleEntry) -> dict[str, object]:
    """Return an entry as JSON for the audit log."""
    fields: dict[str, object] = {}
    if entry.channel is not None:
        fields["channel"] = entry.channel
    if entry.lead_times is not None:
        fields["lead_times"] = in_minutes(entry.lead_times)
    return event_json(entry.event) | fields


def event_shown(stored: str) -> Event:
    """Return the event of an entry from the JSON in the audit log (see `shown`)."""
    return Event.model_validate_json(
        to_json({key: value for key, value in json.loads(stored).items() if key in _FIELDS})
    )


def as_shown(entry: ScheduleEntry, stored: str) -> ScheduleEntry:
    """Return an entry with the values from the JSON in the audit log (see `shown`)."""
    fields = json.loads(stored)
    lead_times = fields.get("lead_times")
    spoken = None if lead_times is None else tuple(timedelta(minutes=one) for one in lead_times)
    return replace(entry, event=event_shown(stored), channel=fields.get("channel"), lead_times=spoken)


def in_minutes(lead_times: Sequence[timedelta]) -> list[int]:
    """Convert lead times to whole minutes."""
    return [lead_time // _MINUTE for lead_time in lead_times]


def lead_times_json(lead_times: LeadTimes | None) -> str | None:
    """Return lead times that were set for an entry as JSON; None if none were set."""
    return None if lead_times is None else to_json(in_minutes(lead_times))


def channels_of(connection: sqlite3.Connection, entry: ScheduleEntry) -> list[int]:
    """Return the channels for an entry: its own, else those that follow its contest, else the desk's."""
    if entry.channel is not None:
        return [entry.channel]
    rows = fetch(
        connection,
        """SELECT DISTINCT f.channel FROM follows f JOIN servers s ON s.id = f.server AND s.left_at IS NULL
           WHERE f.server = ?1 AND ?2 IN (f.contest, '') ORDER BY f.channel""",
        (entry.server, entry.event.contest or ""),
    )
    rows = rows or fetch(
        connection, "SELECT desk_channel FROM servers WHERE id = ? AND desk_channel IS NOT NULL", (entry.server,)
    )
    return [channel for (channel,) in rows]


def lead_times_for(connection: sqlite3.Connection, entry: ScheduleEntry, lead_times_of: LeadTimesOf) -> LeadTimes:
    """Return an entry's lead times.

    These are the entry's own, else its newsroom's for the kind of event, else the result of `lead_times_of`.
    """
    return lead_times_since(connection, entry, lead_times_of)[0]


def lead_times_since(
    connection: sqlite3.Connection, entry: ScheduleEntry, lead_times_of: LeadTimesOf
) -> tuple[LeadTimes, int]:
    """Return an entry's lead times, and when the newsroom or the desk file set them, in microseconds since 1970.

    The time is 0 if the lead times were set for the entry itself.
    """
    if entry.lead_times is not None:
        return entry.lead_times, 0
    rows = fetch(
        connection,
        "SELECT server, lead_times, set_at FROM reminder_lead_times WHERE server IN (?, ?) AND kind = ?",
        (entry.server, DESK_FILE, entry.event.kind),
    )
    own = {server: (lead_times, set_at) for server, lead_times, set_at in rows}
    lead_times, set_at = own.get(entry.server, (None, 0))
    if lead_times is not None:
        return tuple(timedelta(minutes=one) for one in json.loads(lead_times)), set_at
    return lead_times_of(entry.event), max(set_at, own.get(DESK_FILE, (None, 0))[1])
