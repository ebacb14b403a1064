"""Merges calendars and imported files into the schedules, in one transaction for each server."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.database.database import fetch, from_micros, to_micros
from bot.desk.desk_file import IMPORT
from bot.events.calendar_changes import CalendarChange, KnownCalendarEvent, calendar_changes, merged
from bot.events.event import Event, ScheduleEntry
from bot.events.icalendar import ExportedEvent, ImportedEvent
from bot.outbox.outbox import Outbox, PostingStore
from bot.outbox.rows import to_json
from bot.outbox.servers_store import ensure_server
from bot.outbox.tx import Tx
from bot.schedule.event_posts_store import announce_added
from bot.schedule.planning_store import waiting_body
from bot.schedule.schedule_entries_store import ENTRY, entry_of, event_json
from bot.schedule.schedule_store import NewEntry, ScheduleStore

_AFTER_RESTORE = timedelta(minutes=10)
"""For this long after a restore from a backup, no calendar changes are posted, since the channels may already have
them.
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """The calendar or import from which events come, with its names for the schedule's history and the audit log."""

    id: str
    """The calendar's id in the desk file; `IMPORT` for an import."""
    name: str
    """The origin's name in an event's history: "the Governor's public calendar"."""
    who: str
    """The person or calendar, as named in the audit log."""
    whole: bool = True
    """False if only part of a calendar was read, so that no event counts as missing."""
    channel: int | None = None
    """The channel for new events; None for the channels that follow the event's contest."""


class CalendarStore(PostingStore):
    """The storage of the events last read from calendars. Each method is one transaction or one query."""

    def __init__(self, outbox: Outbox, schedule: ScheduleStore) -> None:
        """Create the storage. It writes through `outbox`; `schedule` changes the entries and posts their changes."""
        super().__init__(outbox)
        self._schedule = schedule

    async def take_in(self, server: int, origin: Origin, read: Sequence[ImportedEvent]) -> None:
        """Merge the events that were read from a calendar into a server's schedule, and post the changes.

        Merging the same events twice has no further effect.
        """
        await self._outbox.write(lambda tx: self._take_in(tx, server, origin, read))

    async def keep(
        self, server: int, person: int, origin: Origin, read: Sequence[ImportedEvent], now: datetime
    ) -> tuple[int, list[CalendarChange]]:
        """Store the events of an import until `person`, who uploaded or pasted them, presses Save.

        Returns the import's id, and the changes that saving would make.
        """

        def work(connection: sqlite3.Connection) -> tuple[int, list[CalendarChange]]:
            ensure_server(connection, server)
            body = {"channel": origin.channel, "read": [imported.model_dump(mode="json") for imported in read]}
            key = connection.execute(
                "INSERT INTO event_proposals (server, person, at, entry, body) VALUES (?, ?, ?, NULL, ?)",
                (server, person, to_micros(now), to_json(body)),
            ).lastrowid
            assert key is not None  # noqa: S101 - a row was inserted
            changes = calendar_changes(_known(connection, server, origin, read), read, now, whole=origin.whole)
            return key, changes

        return await self._database.write(work)

    async def save(self, key: int, server: int, who: str) -> list[CalendarChange]:
        """Merge the import that `keep` stored under the id `key` into the schedule, once. Returns the changes.

        Raises:
            BadInputError: the import was already saved or discarded, or is too old.
        """

        def work(tx: Tx) -> list[CalendarChange]:
            _, _, body = waiting_body(tx.connection, key, server, tx.now)
            kept = json.loads(body)
            read = [ImportedEvent.model_validate_json(json.dumps(one)) for one in kept["read"]]
            origin = Origin(IMPORT, "a list that was brought in", who, whole=False, channel=kept["channel"])
            changes = self._take_in(tx, server, origin, read)
            tx.execute("UPDATE event_proposals SET done = ? WHERE id = ?", (f"saved by {who}", key))
            return changes

        return await self._outbox.write(work)

    async def exported(
        self, server: int, start: datetime, end: datetime, most: int
    ) -> list[tuple[ExportedEvent, int | None]]:
        """Return up to `most` entries of a server's schedule for an export, in order of time.

        The entries begin at or after `start` and before `end`. Each is paired with the id of the channel that was set
        for the entry, or None.
        """
        rows = await self._database.rows(
            f"""SELECT (SELECT id FROM installation), (SELECT COUNT(*) FROM audit WHERE entry = e.id),
                       (SELECT MAX(at) FROM audit WHERE entry = e.id), {ENTRY} FROM schedule_entries e
                WHERE server = ? AND starts_at >= ? AND starts_at < ? ORDER BY starts_at, id LIMIT ?""",
            (server, to_micros(start), to_micros(end), most),
        )
        found = []
        for installation, changes, at, *row in rows:
            entry = entry_of(tuple(row))
            exported = ExportedEvent(
                uid=f"tallydesk-{installation}-{entry.id}",
                event=entry.event,
                sequence=max(0, changes - 1),
                changed_at=None if at is None else from_micros(at),
            )
            found.append((exported, entry.channel))
        return found

    def _take_in(self, tx: Tx, server: int, origin: Origin, read: Sequence[ImportedEvent]) -> list[CalendarChange]:
        changes = calendar_changes(_known(tx.connection, server, origin, read), read, tx.now, whole=origin.whole)
        added = [new for change in changes if (new := self._apply(tx, server, origin, change)) is not None]
        announce_added(tx, added)
        return changes

    def _apply(self, tx: Tx, server: int, origin: Origin, change: CalendarChange) -> ScheduleEntry | None:
        """Store one change from a calendar. Returns the new entry if the change adds an entry, else None."""
        added = None
        if change.known is None:
            (added,) = self._schedule.add_in(tx, server, [NewEntry(change.says, origin.channel)], origin.who)
            entry = added.id
        else:
            entry, said = change.known.entry, change.known.said
            why = f"{'no longer in' if change.what == 'gone' else 'by'} {origin.name}"
            self._schedule.change_in(
                tx,
                server,
                entry,
                lambda old: replace(old, event=merged(old.event, said, change.says)),
                "schedule import",
                origin.who,
                why,
            )
            tx.execute(
                "DELETE FROM calendar_entries WHERE server = ? AND calendar = ? AND key = ?",
                (server, origin.id, change.old_key),
            )
        tx.execute(
            """INSERT INTO calendar_entries (server, calendar, key, uid, entry, said, sequence, gone)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                server,
                origin.id,
                change.key,
                change.uid,
                entry,
                to_json(event_json(change.says)),
                change.sequence,
                change.what == "gone",
            ),
        )
        return added


def _known(
    connection: sqlite3.Connection, server: int, origin: Origin, read: Sequence[ImportedEvent]
) -> dict[str, KnownCalendarEvent]:
    rows = fetch(
        connection,
        "SELECT key, entry, uid, said, sequence, gone FROM calendar_entries WHERE server = ? AND calendar = ?",
        (server, origin.id),
    )
    said = {
        key: KnownCalendarEvent(entry, uid, Event.model_validate_json(said), sequence, bool(gone))
        for key, entry, uid, said, sequence, gone in rows
    }
    return (_own(connection, server, read) | said) if origin.id == IMPORT else said


def _own(connection: sqlite3.Connection, server: int, read: Sequence[ImportedEvent]) -> dict[str, KnownCalendarEvent]:
    """Return the existing schedule entries that imported events refer to, by the events' uid.

    An event refers to an entry if it comes from a file that this installation exported. The entry is then updated, and
    no second one is added.
    """
    rows = fetch(
        connection,
        """SELECT uid.value, e.id, body, (SELECT COUNT(*) FROM audit WHERE entry = e.id)
           FROM json_each(?2) uid JOIN schedule_entries e
             ON e.server = ?1 AND uid.value = 'tallydesk-' || (SELECT id FROM installation) || '-' || e.id
            AND e.id = CAST(substr(uid.value, 12 + length((SELECT id FROM installation))) AS INTEGER)""",
        (server, to_json([imported.uid for imported in read])),
    )
    return {
        uid: KnownCalendarEvent(entry, uid, Event.model_validate_json(body), max(0, changes - 1))
        for uid, entry, body, changes in rows
    }
