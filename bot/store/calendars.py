"""What subscribed calendars say, taken into the schedules: one transaction a server and an answer."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.desk_schedule import Calendar
from bot.schedule.calendar_changes import Change, Known, calendar_changes, merged
from bot.schedule.entry import Entry
from bot.schedule.event import Event
from bot.schedule.ics import Imported
from bot.store.database import Database, fetch
from bot.store.entries import event_json
from bot.store.rows import to_json
from bot.store.schedule import NewEntry, ScheduleStore


class CalendarStore:
    """Keeps what calendars last said; each method is one transaction."""

    def __init__(self, database: Database, schedule: ScheduleStore) -> None:
        """Use `database`; entries are changed through `schedule`, which tells their channels."""
        self._database = database
        self._schedule = schedule

    async def take_in(
        self, server: int, calendar: Calendar, read: Sequence[Imported], now: datetime
    ) -> dict[int, bool]:
        """Take a calendar's answer into a server's schedule; return the channels that have a post. Again: nothing."""

        def work(connection: sqlite3.Connection) -> dict[int, bool]:
            wake: dict[int, bool] = {}
            for change in calendar_changes(_known(connection, server, calendar.id), read, now):
                wake |= self._apply(connection, server, calendar, change, now)
            return wake

        return await self._database.transact(work)

    def _apply(
        self, connection: sqlite3.Connection, server: int, calendar: Calendar, change: Change, now: datetime
    ) -> dict[int, bool]:
        who, wake = f"calendar {calendar.id}", {}
        if change.known is None:
            (entry,) = self._schedule.add_in(connection, server, [NewEntry(change.says)], who, now)
        else:
            entry, said = change.known.entry, change.known.said
            why = f"{'no longer in' if change.what == 'gone' else 'by'} {calendar.name}"
            wake = self._schedule.change_in(
                connection, server, entry, lambda old: _with(old, merged(old.event, said, change.says)),
                "schedule calendar", who, now, why,
            ).wake  # fmt: skip
            connection.execute(
                "DELETE FROM calendar_entries WHERE server = ? AND calendar = ? AND key = ?",
                (server, calendar.id, change.old_key),
            )
        connection.execute(
            """INSERT INTO calendar_entries (server, calendar, key, uid, entry, said, sequence, gone)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                server, calendar.id, change.key, change.uid, entry, to_json(event_json(change.says)), change.sequence,
                change.what == "gone",
            ),
        )  # fmt: skip
        return wake


def _with(entry: Entry, event: Event) -> Entry:
    return replace(entry, event=event)


def _known(connection: sqlite3.Connection, server: int, calendar: str) -> dict[str, Known]:
    rows = fetch(
        connection,
        "SELECT key, entry, uid, said, sequence, gone FROM calendar_entries WHERE server = ? AND calendar = ?",
        (server, calendar),
    )
    return {
        key: Known(entry, uid, Event.model_validate_json(said), sequence, bool(gone))
        for key, entry, uid, said, sequence, gone in rows
    }
