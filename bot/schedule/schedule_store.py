"""Stores the schedule. A change, its audit row, its reminders and its posts are one transaction."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.database.database import Row, from_micros, to_micros
from bot.errors import BadInputError
from bot.events.event import EntryChange, Event, LeadTimes, ScheduleEntry
from bot.outbox.outbox import Outbox, PostingStore
from bot.outbox.rows import AuditRow, to_json
from bot.outbox.rows_store import INSERT_AUDIT
from bot.outbox.servers_store import ensure_server, set_mirrored
from bot.outbox.tx import Tx
from bot.schedule.due_reminders_store import next_personal
from bot.schedule.event_posts_store import announce_added, announced_in, post_change
from bot.schedule.reminders_store import post_due_of
from bot.schedule.schedule_entries_store import (
    ENTRY,
    LeadTimesOf,
    as_shown,
    channels_of,
    entry_of,
    event_json,
    event_shown,
    lead_times_for,
    lead_times_json,
    read_entry,
    shown,
)

UNDONE = "schedule undo"
"""The name in the audit log for undoing a change."""

_FAR = datetime.fromisoformat("2999-12-31T00:00:00+00:00")

_HAPPENED = "at, who, what, why, before, after FROM audit"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An event to add to a schedule, with its channel and lead times."""

    event: Event
    channel: int | None = None
    lead_times: LeadTimes | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """The outcome of a change to the schedule: the entry before and after, and where the change is posted."""

    before: ScheduleEntry
    after: ScheduleEntry
    channels: tuple[int, ...] = ()
    """The channels in which the change is posted."""
    change: int | None = None
    """The id of the change's audit row; None if nothing was changed."""


class ScheduleStore(PostingStore):
    """The storage of newsrooms' schedules. Each method is one transaction or one query."""

    def __init__(self, outbox: Outbox, lead_times_of: LeadTimesOf) -> None:
        """Create the storage.

        It writes through `outbox`; `lead_times_of` returns the desk file's lead times for an event.
        """
        super().__init__(outbox)
        self._lead_times_of = lead_times_of

    async def add(self, server: int, entries: Sequence[NewEntry], who: str, why: str | None = None) -> list[int]:
        """Add events to a server's schedule. Returns their ids.

        `who` and `why` are the person and the reason for the audit log.
        """

        def work(tx: Tx) -> list[int]:
            added = self.add_in(tx, server, entries, who, why)
            announce_added(tx, added)
            return [entry.id for entry in added]

        return await self._outbox.write(work)

    def add_in(
        self, tx: Tx, server: int, entries: Iterable[NewEntry], who: str, why: str | None = None
    ) -> list[ScheduleEntry]:
        """Add events to a server's schedule, in the caller's transaction. The caller announces them (`announce_added`)."""
        ensure_server(tx.connection, server)
        added = []
        for new in entries:
            key = tx.execute(
                """INSERT INTO schedule_entries
                   (server, channel, starts_at, body, lead_times, entered_by, entered_at, reminds_from)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
                (
                    server,
                    new.channel,
                    to_micros(new.event.starts_at),
                    to_json(event_json(new.event)),
                    lead_times_json(new.lead_times),
                    who,
                    to_micros(tx.now),
                    to_micros(tx.now),
                ),
            ).lastrowid
            assert key is not None  # noqa: S101 - a row was inserted
            entry = ScheduleEntry(key, server, new.channel, new.event, new.lead_times, who, tx.now)
            tx.audit(server, who, "schedule add", why, after=shown(entry), entry=key)
            added.append(entry)
        return added

    async def change(
        self,
        server: int,
        key: int,
        make: Callable[[ScheduleEntry], ScheduleEntry],
        what: str,
        who: str,
        why: str | None = None,
    ) -> Changed:
        """Change an entry, update its reminders and history, and post the change.

        Args:
            server: the id of the schedule's server.
            key: the entry's id.
            make: a pure function that returns the changed entry, or the same entry for no change.
            what: the change's name in the audit log.
            who: the person's name for the audit log.
            why: the reason that the person typed.

        Raises:
            BadInputError: the schedule has no such entry, or `make` raised this error.

        """
        return await self._outbox.write(lambda tx: self.change_in(tx, server, key, make, what, who, why))

    def change_in(
        self,
        tx: Tx,
        server: int,
        key: int,
        make: Callable[[ScheduleEntry], ScheduleEntry],
        what: str,
        who: str,
        why: str | None = None,
        *,
        undone_from: datetime | None = None,
    ) -> Changed:
        """Change an entry like `change`, but in the caller's transaction.

        When a change is undone, `undone_from` is the time when that change was made. Reminders missed since then
        become due.
        """
        before = read_entry(tx.connection, server, key)
        if before is None:
            raise BadInputError(f"there is no event {key} in this newsroom's schedule")
        after = make(before)
        if after == before:
            return Changed(before, before)
        if not _reminds_alike(before, after):  # what is due is posted, or dropped below for what it would mislead about
            post_due_of(tx, [before], self._lead_times_of)
        tx.execute(
            """UPDATE schedule_entries SET channel = ?, starts_at = ?, body = ?, lead_times = ?,
                 reminds_from = coalesce(?, reminds_from) WHERE id = ?""",
            (
                after.channel,
                to_micros(after.event.starts_at),
                to_json(event_json(after.event)),
                lead_times_json(after.lead_times),
                # The clock may be set back.
                None if _reminds_alike(before, after) else to_micros(min(undone_from or tx.now, tx.now)),
                key,
            ),
        )
        audit = AuditRow(tx.now, server, who, what, why, shown(before), shown(after), entry=key)
        since = tx.execute(INSERT_AUDIT, audit.values()).lastrowid
        assert since is not None  # noqa: S101 - a row was inserted
        return Changed(before, after, post_change(tx, before, after, since), since)

    async def undo(self, server: int, change: int, who: str) -> Changed | EntryChange:
        """Undo an entry's last change. `change` is the id of the change's audit row.

        If the entry was changed again later, nothing is undone, and the later change is returned.

        Raises:
            BadInputError: the server's audit has no such change.
        """

        def work(tx: Tx) -> Changed | EntryChange:
            rows = tx.rows(
                "SELECT entry, at, before FROM audit WHERE id = ? AND server = ? AND entry IS NOT NULL AND before IS NOT NULL",
                (change, server),
            )
            if not rows:
                raise BadInputError("that change is no longer on record")
            key, at, before = rows[0]
            then = tx.rows(f"SELECT {_HAPPENED} WHERE entry = ? AND id > ? ORDER BY id LIMIT 1", (key, change))
            if then:
                return _happened(then[0])
            return self.change_in(
                tx, server, key, lambda entry: as_shown(entry, before), UNDONE, who, undone_from=from_micros(at)
            )

        return await self._outbox.write(work)

    async def entry(self, server: int, key: int) -> ScheduleEntry | None:
        """Return an entry of a server's schedule, or None if the server has no entry with that id."""
        rows = await self._database.rows(
            f"SELECT {ENTRY} FROM schedule_entries WHERE id = ? AND server = ?",
            (key, server),
        )
        return entry_of(rows[0]) if rows else None

    async def between(self, server: int, start: datetime, end: datetime, most: int = 200) -> list[ScheduleEntry]:
        """Return up to `most` entries of a server that begin at or after `start` and before `end`, earliest first."""
        rows = await self._database.rows(
            f"""SELECT {ENTRY} FROM schedule_entries WHERE server = ? AND starts_at >= ? AND starts_at < ?
                ORDER BY starts_at, id LIMIT ?""",
            (server, to_micros(start), to_micros(end), most),
        )
        return [entry_of(row) for row in rows]

    async def ahead(self, server: int, start: datetime, most: int = 25) -> list[ScheduleEntry]:
        """Return up to `most` of a server's next entries, starting at `start`, in order of time.

        Canceled and finished events are skipped.
        """
        rows = await self._database.rows(
            f"""SELECT {ENTRY} FROM schedule_entries WHERE server = ? AND starts_at >= ?
                AND body ->> 'status' NOT IN ('canceled', 'over') ORDER BY starts_at, id LIMIT ?""",
            (server, to_micros(start), most),
        )
        return [entry_of(row) for row in rows]

    async def still_on(self, server: int, start: datetime, end: datetime) -> list[ScheduleEntry]:
        """Return a server's entries that begin at or after `start` and before `end`, in order of time.

        Canceled events are skipped.
        """
        entries = await self.between(server, start, end)
        return [entry for entry in entries if entry.event.status != "canceled"]

    async def deadlines(self, server: int, start: datetime, end: datetime) -> list[ScheduleEntry]:
        """Return up to 50 deadlines of a server that are at or after `start` and before `end`, in order of time.

        Deadlines that are canceled or over are skipped.
        """
        rows = await self._database.rows(
            f"""SELECT {ENTRY} FROM schedule_entries
                WHERE body ->> 'kind' IN ('deadline', 'certification') AND server = ? AND starts_at >= ? AND starts_at < ?
                AND body ->> 'status' NOT IN ('canceled', 'over') ORDER BY starts_at, id LIMIT 50""",
            (server, to_micros(start), to_micros(end)),
        )
        return [entry_of(row) for row in rows]

    async def around(self, server: int, now: datetime) -> list[ScheduleEntry]:
        """Return up to 500 future entries, the next one first, followed by up to 250 past entries, newest first."""
        ahead = await self.between(server, now, _FAR, 500)
        rows = await self._database.rows(
            f"SELECT {ENTRY} FROM schedule_entries WHERE server = ? AND starts_at < ? ORDER BY starts_at DESC LIMIT 250",
            (server, to_micros(now)),
        )
        return [*ahead, *(entry_of(row) for row in rows)]

    async def history(self, server: int, key: int, most: int = 50) -> list[EntryChange]:
        """Return the last changes of an entry, newest first. There are up to `most`."""
        rows = await self._database.rows(
            f"SELECT {_HAPPENED} WHERE entry = ? AND server = ? ORDER BY id DESC LIMIT ?", (key, server, most)
        )
        return [_happened(row) for row in rows]

    async def follows_anything(self, server: int, contest: str | None) -> bool:
        """Return True if an event of this contest would be posted in any channel of a server.

        With `contest` None, the event has no contest.
        """
        row = await self._database.row(
            """SELECT 1 FROM follows WHERE server = ?1 AND ?2 IN (contest, '')
               UNION ALL SELECT 1 FROM servers WHERE id = ?1 AND desk_channel IS NOT NULL LIMIT 1""",
            (server, contest or ""),
        )
        return row is not None

    async def channels_of(self, entry: ScheduleEntry) -> list[int]:
        """Return the channels in which an entry would be posted now."""
        return await self._database.write(lambda connection: channels_of(connection, entry))

    async def announced_in(self, entry: ScheduleEntry) -> list[int]:
        """Return the channels in which an entry would be announced if it were added now."""
        return await self._outbox.rehearse(lambda tx: announced_in(tx, entry))

    async def lead_times_of(self, entry: ScheduleEntry) -> LeadTimes:
        """Return an entry's lead times: its own, its newsroom's, or the desk file's."""
        return await self._database.write(lambda connection: lead_times_for(connection, entry, self._lead_times_of))

    async def remind(
        self, server: int, key: int, person: int, lead_minutes: int, now: datetime
    ) -> tuple[bool, list[datetime]]:
        """Set a person's reminder of an entry by direct message, `lead_minutes` before the event.

        Returns:
            False if the reminder was already set, else True; and the times of all the person's reminders of the entry.

        Raises:
            BadInputError: the schedule has no such entry.
        """

        def work(connection: sqlite3.Connection) -> tuple[bool, list[datetime]]:
            entry = read_entry(connection, server, key)
            if entry is None:
                raise BadInputError(f"there is no event {key} in this newsroom's schedule")
            fresh = connection.execute(
                "INSERT INTO personal_lead_times (entry, person, lead_time, asked_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (key, person, lead_minutes, to_micros(now)),
            ).rowcount
            return bool(fresh), next_personal(connection, entry, person, now)

        return await self._database.write(work)

    async def forget_reminder(self, server: int, key: int, person: int) -> bool:
        """Remove a person's reminders of an entry. Returns False if they had none."""

        def work(connection: sqlite3.Connection) -> bool:
            gone = connection.execute(
                """DELETE FROM personal_lead_times WHERE person = ?
                   AND entry IN (SELECT id FROM schedule_entries WHERE id = ? AND server = ?)""",
                (person, key, server),
            )
            return bool(gone.rowcount)

        return await self._database.write(work)


def _reminds_alike(one: ScheduleEntry, other: ScheduleEntry) -> bool:
    """Return True if two versions of an entry have the same reminders in the same channels."""
    left, right = (
        (
            of.channel,
            of.lead_times,
            of.event.kind,
            of.event.contest,
            of.event.status,
            of.event.later,
            of.event.starts_at,
        )
        for of in (one, other)
    )
    return left == right


def _happened(row: Row) -> EntryChange:
    at, who, what, why, before, after = row
    return EntryChange(from_micros(at), who, what, why, before and event_shown(before), after and event_shown(after))


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, at which a calendar day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


class MirrorStore(PostingStore):
    """The storage that records for each server whether its schedule is shown as scheduled events on Discord."""

    async def servers(self) -> list[int]:
        """Return the ids of the servers in which the mirror is on."""
        rows = await self._database.rows(
            "SELECT id FROM servers WHERE mirrored AND left_at IS NULL AND unlisted_at IS NULL"
        )
        return [server for (server,) in rows]

    async def set(self, server: int, who: str, *, on: bool) -> bool:
        """Turn the mirror on or off in a server, on behalf of `who`. Returns False if nothing changed."""

        def work(tx: Tx) -> bool:
            ensure_server(tx.connection, server)
            ((was,),) = tx.rows("SELECT mirrored FROM servers WHERE id = ?", (server,))
            if bool(was) == on:
                return False
            set_mirrored(tx.connection, server, on=on)
            tx.audit(server, who, "events shown", None, bool(was), on)
            return True

        return await self._outbox.write(work)

    async def mark(self) -> str:
        """Return the text that identifies this installation's Discord events.

        The mark begins the last line in the description of each Discord event that this installation creates.
        """
        row = await self._database.row("SELECT id FROM installation")
        return f"Tallydesk {row[0] if row else ''}-"
