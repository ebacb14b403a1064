"""Reminders in the database: what is due becomes posts in one transaction, and is never due again."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bot.schedule.reminder import fate
from bot.store.database import Database, Row, fetch, moment, to_micros
from bot.store.event_posts import DIRECT
from bot.store.event_words import has_it
from bot.store.intake import write_posts
from bot.store.ledger import next_numbers
from bot.store.rows import Numbers, OutboxRow, to_wake
from bot.store.scheduled import ENTRY, LeadsOf, channels_of, derive, entry_of, read_entry

AT_ONCE = 200
"""Reminders in one transaction, at most."""
DERIVED_AT_ONCE = 1000
"""Entries whose reminders are derived anew in one transaction, at most."""


@dataclass(frozen=True, slots=True)
class PostedReminders:
    """What a look at the reminders did."""

    wake: dict[int, bool] = field(default_factory=dict)
    more: bool = False
    """There are more that are due."""


class ReminderStore:
    """Keeps when each event is spoken of."""

    def __init__(self, database: Database, leads_of: LeadsOf, wall: Callable[[], float] = time.time) -> None:
        """Use `database`; `leads_of` says how long before an event it is spoken of; `wall` in seconds."""
        self._database = database
        self._leads_of = leads_of
        self._wall = wall

    async def next_due(self) -> datetime | None:
        """Return when the next reminder is due, or None where none is pending."""
        row = await self._database.row(
            """SELECT r.due_at FROM reminders r INDEXED BY reminders_due
               CROSS JOIN servers s ON s.id = r.server AND s.left_at IS NULL
               WHERE r.state = 'pending' ORDER BY r.due_at LIMIT 1"""
        )
        return moment(row[0]) if row else None

    async def post_due(self, now: datetime) -> PostedReminders:
        """Put what is due into the outbox, `AT_ONCE` at most, and keep that it was.

        What is missed is kept as missed. Should the clock be set back to before it was found to be, the clock had been wrong, and
        it is looked at anew.
        """
        stamp = to_micros(now)
        if not await self._database.row(
            """SELECT 1 FROM reminders INDEXED BY reminders_due WHERE state = 'pending' AND due_at <= ?1
               UNION ALL SELECT 1 FROM reminders INDEXED BY reminders_missed WHERE state = 'missed' AND done_at > ?1
               LIMIT 1""",
            (stamp,),
        ):
            return PostedReminders()

        def work(connection: sqlite3.Connection) -> PostedReminders:
            connection.execute(
                "UPDATE reminders SET state = 'pending', done_at = NULL WHERE state = 'missed' AND done_at > ?",
                (stamp,),
            )
            rows = fetch(
                connection,
                """SELECT r.id, r.entry, r.server, r.person, r.lead, r.wall FROM reminders r INDEXED BY reminders_due
                   CROSS JOIN servers s ON s.id = r.server AND s.left_at IS NULL
                   WHERE r.state = 'pending' AND r.due_at <= ? ORDER BY r.due_at, r.id LIMIT ?""",
                (stamp, AT_ONCE),
            )
            connection.execute("INSERT INTO servers (id) VALUES (?) ON CONFLICT DO NOTHING", (DIRECT,))
            numbers = Numbers(next_numbers(connection))
            done, posts = [], list[OutboxRow]()
            for row in rows:
                state, caused = _settle(connection, row, numbers, now)
                done.append((state, stamp, row[0]))
                posts += caused
            write_posts(connection, posts, numbers, self._wall)
            connection.executemany("UPDATE reminders SET state = ?, done_at = ? WHERE id = ?", done)
            return PostedReminders(to_wake(posts), len(rows) == AT_ONCE)

        return await self._database.transact(work)

    async def derive_anew(self, by: str, now: datetime) -> int:
        """Derive what is pending anew unless it was derived `by` the same lead times and zone rules; return of how many.

        What is overdue stays as it is.
        """
        row = await self._database.row("SELECT derived_by FROM installation")
        if row is None or row[0] == by:
            return 0
        after, derived = (to_micros(now - timedelta(days=2)), 0), 0
        while found := await self._database.transact(partial(self._derive_some, after=after, now=now)):
            derived += len(found)
            after = found[-1]
        await self._database.transact(
            lambda connection: connection.execute("UPDATE installation SET derived_by = ?", (by,))
        )
        return derived

    def _derive_some(
        self, connection: sqlite3.Connection, after: tuple[int, int], now: datetime
    ) -> list[tuple[int, int]]:
        """Derive the next entries' times and reminders; return (when it began before, id) of each."""
        rows = fetch(
            connection,
            f"""SELECT {ENTRY}, starts_at FROM schedule_entries WHERE (starts_at, id) > (?, ?)
                ORDER BY starts_at, id LIMIT ?""",  # noqa: S608 - our own names
            (*after, DERIVED_AT_ONCE),
        )
        for *columns, starts_at in rows:
            entry = entry_of(tuple(columns))
            if (starts := to_micros(entry.event.starts_at)) != starts_at:
                connection.execute("UPDATE schedule_entries SET starts_at = ? WHERE id = ?", (starts, entry.id))
            derive(connection, entry, self._leads_of, now)
        return [(row[-1], row[0]) for row in rows]


def _settle(connection: sqlite3.Connection, row: Row, numbers: Numbers, now: datetime) -> tuple[str, list[OutboxRow]]:
    """Return what becomes of a reminder, and its posts."""
    key, entry_id, server, person, lead, wall = row
    entry = read_entry(connection, server, entry_id)
    if entry is None:
        return "untold", []
    if fate(timedelta(minutes=lead), datetime.fromisoformat(wall), entry.event, now) == "missed":
        return "missed", []
    if person:
        to = fetch(connection, "SELECT channel FROM direct_channels WHERE person = ?", (person,))
        places = [(DIRECT, channel) for (channel,) in to]
    else:
        places = [(server, channel) for channel in channels_of(connection, entry)]
    there = has_it(connection, entry_id, key)  # where a clock that was wrong kept it out of another channel only
    posts = [
        OutboxRow(
            to_server, channel, numbers.number(to_server, ("reminder", key)), "reminder", now, entry.event.contest,
            event=entry.id, reminder=key,
        )
        for to_server, channel in places
        if channel not in there
    ]  # fmt: skip
    return ("posted" if posts or there else "untold"), posts
