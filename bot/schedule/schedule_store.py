"""The schedule in the database: each change in one transaction with its audit row, its reminders and its posts."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bot.database.database import Database, Row, Store, fetch, from_micros, to_micros
from bot.database.forgotten import Person
from bot.errors import BadInputError
from bot.events.event import Event, Happened, LeadTimes, ScheduleEntry
from bot.outbox.rows import AuditRow, to_json
from bot.outbox.rows_store import INSERT_AUDIT
from bot.outbox.servers_store import know_server, set_mirrored
from bot.schedule.event_posts_store import due_again, forget_told, tell_change
from bot.schedule.schedule_entries_store import (
    ENTRY,
    LeadTimesOf,
    as_shown,
    channels_of,
    derive,
    entry_of,
    event_json,
    event_shown,
    lead_times_for,
    lead_times_json,
    read_entry,
    shown,
)
from bot.wording.context import Setting

_MOST_A_DAY = 200

UNDONE = "schedule undo"
"""What the audit has of a change that was undone."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An event on its way into a schedule."""

    event: Event
    channel: int | None = None
    lead_times: LeadTimes | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """The outcome of a change."""

    before: ScheduleEntry
    after: ScheduleEntry
    wake: dict[int, bool] = field(default_factory=dict)
    channels: tuple[int, ...] = ()
    """The channels in which it is told."""
    change: int | None = None
    """Its audit row; None: nothing was changed."""


class ScheduleStore:
    """Keeps newsrooms' schedules; each method is one transaction or one query."""

    def __init__(self, database: Database, setting: Setting, lead_times_of: LeadTimesOf) -> None:
        """Use `database`; `setting` is how what changed is said, `lead_times_of` when each is spoken of."""
        self._database = database
        self._setting = setting
        self._lead_times_of = lead_times_of

    async def add(
        self, server: int, entries: Sequence[NewEntry], who: str, now: datetime, why: str | None = None
    ) -> list[int]:
        """Put events into a server's schedule, with their reminders; return their ids."""
        return await self._database.transact(lambda connection: self.add_in(connection, server, entries, who, now, why))

    def add_in(
        self,
        connection: sqlite3.Connection,
        server: int,
        entries: Iterable[NewEntry],
        who: str,
        now: datetime,
        why: str | None = None,
    ) -> list[int]:
        """Do the same in the transaction under way."""
        know_server(connection, server)
        keys = []
        for new in entries:
            key = connection.execute(
                """INSERT INTO schedule_entries (server, channel, starts_at, body, lead_times, entered_by, entered_at)
                   VALUES (?, ?, ?, ?, ?, ?, ?)""",
                (
                    server,
                    new.channel,
                    to_micros(new.event.starts_at),
                    to_json(event_json(new.event)),
                    lead_times_json(new.lead_times),
                    who,
                    to_micros(now),
                ),
            ).lastrowid
            assert key is not None  # noqa: S101 - a row was inserted
            entry = ScheduleEntry(key, server, new.channel, new.event, new.lead_times, who, now)
            derive(connection, entry, self._lead_times_of, now)
            audit = AuditRow(now, server, who, "schedule add", why, after=shown(entry), entry=key)
            connection.execute(INSERT_AUDIT, audit.values())
            keys.append(key)
        return keys

    async def change(
        self,
        server: int,
        key: int,
        make: Callable[[ScheduleEntry], ScheduleEntry],
        what: str,
        who: str,
        now: datetime,
        why: str | None = None,
    ) -> Changed:
        """Change an entry, with its reminders, its history and what its channels are told.

        Args:
            server: whose schedule.
            key: the entry.
            make: pure; returns the entry as it is to be, or as it is for no change at all.
            what: as the audit has it.
            who: as the audit names them.
            now: the news clock's time.
            why: in the desk's own words.

        Raises:
            BadInputError: the schedule has no such entry, or what `make` raises.

        """
        return await self._database.transact(
            lambda connection: self.change_in(connection, server, key, make, what, who, now, why)
        )

    def change_in(
        self,
        connection: sqlite3.Connection,
        server: int,
        key: int,
        make: Callable[[ScheduleEntry], ScheduleEntry],
        what: str,
        who: str,
        now: datetime,
        why: str | None = None,
        *,
        told: bool = False,
        undone_from: datetime | None = None,
    ) -> Changed:
        """Do the same in the transaction under way.

        `told`: its channels may know it already, and are told nothing. `undone_from`: it undoes what was changed then; reminders
        that would have come since are due.
        """
        before = read_entry(connection, server, key)
        if before is None:
            raise BadInputError(f"there is no event {key} in this newsroom's schedule")
        after = make(before)
        if after == before:
            return Changed(before, before)
        connection.execute(
            "UPDATE schedule_entries SET channel = ?, starts_at = ?, body = ?, lead_times = ? WHERE id = ?",
            (
                after.channel,
                to_micros(after.event.starts_at),
                to_json(event_json(after.event)),
                lead_times_json(after.lead_times),
                key,
            ),
        )
        audit = AuditRow(now, server, who, what, why, shown(before), shown(after), entry=key)
        since = connection.execute(INSERT_AUDIT, audit.values()).lastrowid
        assert since is not None  # noqa: S101 - a row was inserted
        due_again(connection, after, now)
        derive(connection, after, self._lead_times_of, min(undone_from or now, now))  # the clock may be set back
        if told:
            return Changed(before, after)
        posts = tell_change(connection, before, after, since, self._setting, now, self._database.micros())
        return Changed(before, after, posts.wake, posts.channels, since)

    async def undo(self, server: int, change: int, who: str, now: datetime) -> Changed | Happened:
        """Set an entry back to what it was before a change of it (its audit row), or return what was done next to it.

        Raises:
            BadInputError: the server's audit has no such change.

        """

        def work(connection: sqlite3.Connection) -> Changed | Happened:
            rows = fetch(
                connection,
                "SELECT entry, at, before FROM audit WHERE id = ? AND server = ? AND entry IS NOT NULL AND before IS NOT NULL",
                (change, server),
            )
            if not rows:
                raise BadInputError("that change is no longer on record")
            key, at, before = rows[0]
            then = fetch(
                connection, f"SELECT {_HAPPENED} WHERE entry = ? AND id > ? ORDER BY id LIMIT 1", (key, change)
            )
            if then:
                return _happened(then[0])
            return self.change_in(
                connection,
                server,
                key,
                lambda entry: as_shown(entry, before),
                UNDONE,
                who,
                now,
                undone_from=from_micros(at),
            )

        return await self._database.transact(work)

    async def entry(self, server: int, key: int) -> ScheduleEntry | None:
        """Return an entry of a server's schedule, or None where it has none of that id."""
        rows = await self._database.rows(
            f"SELECT {ENTRY} FROM schedule_entries WHERE id = ? AND server = ?",
            (key, server),
        )
        return entry_of(rows[0]) if rows else None

    async def between(self, server: int, start: datetime, end: datetime, most: int = 200) -> list[ScheduleEntry]:
        """Return a server's entries that begin from `start` up to, not at, `end`, in order of time; `most` at most."""
        rows = await self._database.rows(
            f"""SELECT {ENTRY} FROM schedule_entries WHERE server = ? AND starts_at >= ? AND starts_at < ?
                ORDER BY starts_at, id LIMIT ?""",
            (server, to_micros(start), to_micros(end), most),
        )
        return [entry_of(row) for row in rows]

    async def ahead(self, server: int, start: datetime, most: int = 25) -> list[ScheduleEntry]:
        """Return a server's next entries from `start` on that are not canceled or over, in order of time."""
        rows = await self._database.rows(
            f"""SELECT {ENTRY} FROM schedule_entries WHERE server = ? AND starts_at >= ?
                AND body ->> 'status' NOT IN ('canceled', 'over') ORDER BY starts_at, id LIMIT ?""",
            (server, to_micros(start), most),
        )
        return [entry_of(row) for row in rows]

    async def still_on(self, server: int, start: datetime, end: datetime) -> list[ScheduleEntry]:
        """Return a server's entries from `start` up to `end` that are not canceled, in order of time."""
        entries = await self.between(server, start, end, _MOST_A_DAY)
        return [entry for entry in entries if entry.event.status != "canceled"]

    async def deadlines(self, server: int, start: datetime, end: datetime, most: int = 50) -> list[ScheduleEntry]:
        """Return a server's deadlines from `start` up to `end` that are not canceled or over, in order of time."""
        rows = await self._database.rows(
            f"""SELECT {ENTRY} FROM schedule_entries
                WHERE body ->> 'kind' IN ('deadline', 'certification') AND server = ? AND starts_at >= ? AND starts_at < ?
                AND body ->> 'status' NOT IN ('canceled', 'over') ORDER BY starts_at, id LIMIT ?""",
            (server, to_micros(start), to_micros(end), most),
        )
        return [entry_of(row) for row in rows]

    async def around(self, server: int, now: datetime, most: int = 500) -> list[ScheduleEntry]:
        """Return the entries that somebody may mean, the next first, then those of late, newest first; half of each."""
        ahead = await self.between(server, now, _FAR, most)
        rows = await self._database.rows(
            f"SELECT {ENTRY} FROM schedule_entries WHERE server = ? AND starts_at < ? ORDER BY starts_at DESC LIMIT ?",
            (server, to_micros(now), most // 2),
        )
        return [*ahead, *(entry_of(row) for row in rows)]

    async def history(self, server: int, key: int, most: int = 50) -> list[Happened]:
        """Return what happened to an entry, the newest first."""
        rows = await self._database.rows(
            f"SELECT {_HAPPENED} WHERE entry = ? AND server = ? ORDER BY id DESC LIMIT ?", (key, server, most)
        )
        return [_happened(row) for row in rows]

    async def follows_anything(self, server: int, contest: str | None) -> bool:
        """Return True if some channel of a server would be told of an event of a contest (None: of none), or is asked."""
        row = await self._database.row(
            """SELECT 1 FROM follows WHERE server = ?1 AND ?2 IN (contest, '')
               UNION ALL SELECT 1 FROM servers WHERE id = ?1 AND desk_channel IS NOT NULL LIMIT 1""",
            (server, contest or ""),
        )
        return row is not None

    async def channels_of(self, entry: ScheduleEntry) -> list[int]:
        """Return the channels that are told of an entry, as things stand."""
        return await self._database.transact(lambda connection: channels_of(connection, entry))

    async def lead_times_of(self, entry: ScheduleEntry) -> LeadTimes:
        """Return how long before an entry it is spoken of, as things stand."""
        return await self._database.transact(lambda connection: lead_times_for(connection, entry, self._lead_times_of))

    async def remind(
        self, server: int, key: int, person: int, lead_minutes: int, now: datetime
    ) -> tuple[bool, list[datetime]]:
        """Let a person be reminded of an entry by direct message, so long before.

        Returns:
            False if they are already; and when they are reminded of it, with this.

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
            derive(connection, entry, self._lead_times_of, now)
            pending = fetch(
                connection,
                "SELECT due_at FROM reminders WHERE entry = ? AND person = ? AND state = 'pending' ORDER BY due_at",
                (key, person),
            )
            return bool(fresh), [from_micros(at) for (at,) in pending]

        return await self._database.transact(work)

    async def forget_reminder(self, server: int, key: int, person: int, now: datetime) -> bool:
        """Let a person not be reminded of an entry any more; return False if they would not have been."""

        def work(connection: sqlite3.Connection) -> bool:
            entry = read_entry(connection, server, key)
            gone = connection.execute(
                "DELETE FROM personal_lead_times WHERE entry = ? AND person = ?", (key, person)
            ).rowcount
            if entry is not None:
                derive(connection, entry, self._lead_times_of, now)
            return bool(gone)

        return await self._database.transact(work)


_FAR = datetime.fromisoformat("2999-12-31T00:00:00+00:00")


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, at which a calendar day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def with_event(entry: ScheduleEntry, event: Event) -> ScheduleEntry:
    """Return an entry with its event as it is now."""
    return replace(entry, event=event)


_HAPPENED = "at, who, what, why, before, after FROM audit"


def _happened(row: Row) -> Happened:
    at, who, what, why, before, after = row
    return Happened(from_micros(at), who, what, why, before and event_shown(before), after and event_shown(after))


def forget_server_schedule(connection: sqlite3.Connection, server: int) -> None:
    """Delete a server's schedule, and what people were told of it by direct message."""
    forget_told(connection, server)
    for sql in (
        "DELETE FROM calendar_entries WHERE server = ?",
        "DELETE FROM proposals WHERE server = ?",
        "DELETE FROM schedule_entries WHERE server = ?",
        "DELETE FROM rundowns WHERE server = ?",
        "DELETE FROM reminder_lead_times WHERE server = ?",
    ):
        connection.execute(sql, (server,))


def forget_person_schedule(connection: sqlite3.Connection, person: Person) -> None:
    """Delete what a person wants to be reminded of, and what waits for their Save; take their name off the rest."""
    for sql in (
        "DELETE FROM personal_lead_times WHERE person = ?",
        "DELETE FROM reminders WHERE person = ?",
        "DELETE FROM proposals WHERE person = ?",
    ):
        connection.execute(sql, (person.id,))
    connection.execute(
        "UPDATE schedule_entries SET entered_by = unname(entered_by) WHERE entered_by LIKE ?", (person.like,)
    )


class MirrorStore(Store):
    """Keeps which newsrooms mirror their schedule."""

    async def servers(self) -> list[int]:
        """Return the servers that want it."""
        return [
            row[0]
            for row in await self._database.rows(
                "SELECT id FROM servers WHERE mirrored AND left_at IS NULL AND unlisted_at IS NULL"
            )
        ]

    async def set(self, server: int, who: str, now: datetime, *, on: bool) -> bool:
        """Set whether a server wants it; return False if that is how it was."""

        def work(connection: sqlite3.Connection) -> bool:
            know_server(connection, server)
            ((was,),) = fetch(connection, "SELECT mirrored FROM servers WHERE id = ?", (server,))
            if bool(was) == on:
                return False
            set_mirrored(connection, server, on=on)
            audit = AuditRow(now, server, who, "events shown", None, bool(was), on)
            connection.execute(INSERT_AUDIT, audit.values())
            return True

        return await self._database.transact(work)

    async def mark(self) -> str:
        """Return what begins the last line of each event that this installation makes."""
        row = await self._database.row("SELECT id FROM installation")
        return f"Tallydesk {row[0] if row else ''}-"
