"""Reminders in the database. Their times follow from the lead times of the event, its newsroom's, or the desk file's.

When an event changes, its pending reminders are derived again and posted ones stay. A newsroom's lead times
(`reminder_lead_times`) are one of its settings; setting them derives the reminders ahead again in the same transaction,
and what is due at that moment stays due. When the desk's lead times or the zones' rules have changed
(`installation.derived_by`), all pending reminders are derived again at the start. `personal_lead_times` are of people who
asked for a direct message.
"""

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from bot.database.database import Row, fetch, from_micros, keep_derived_by, to_micros
from bot.events.event import Event, EventKind
from bot.events.reminder import is_missed, missed_at
from bot.outbox.outbox import Outbox, PostingStore
from bot.outbox.rows import OutboxRow, to_json
from bot.outbox.servers_store import know_server
from bot.outbox.tx import Tx
from bot.schedule.event_posts_store import DIRECT, WAITING_FOR_PUBLISH, ToldEvent, has_it, lapse_waiting
from bot.schedule.schedule_entries_store import ENTRY, LeadTimesOf, channels_of, derive, entry_of, read_entry

AT_ONCE = 200
"""Reminders that one transaction posts, at most."""

DERIVED_AT_ONCE = 1000
"""Entries whose reminders one transaction derives, at most."""

Minutes = tuple[int, ...]
"""Lead times in whole minutes; none: at its time only."""

_BEGUN = timedelta(days=2)
"""So long after its start an event can still have reminders: those of places where it comes later."""


class ReminderStore(PostingStore):
    """Stores reminders; each method is one transaction or one query."""

    def __init__(self, outbox: Outbox, lead_times_of: LeadTimesOf) -> None:
        """Write through `outbox`; `lead_times_of` gives the desk's lead times of an event."""
        super().__init__(outbox)
        self._lead_times_of = lead_times_of

    async def next_due(self) -> datetime | None:
        """Return when the next reminder is due, or when one that waits for Publish lapses; None: there is neither."""
        row = await self._database.row(
            """SELECT r.due_at FROM reminders r
               CROSS JOIN servers s ON s.id = r.server AND s.left_at IS NULL
               WHERE r.state = 'pending' ORDER BY r.due_at LIMIT 1"""
        )
        waiting = await self._database.rows(
            """SELECT e.body, r.lead_time, r.wall FROM outbox o INDEXED BY outbox_awaiting
               CROSS JOIN told_events t ON t.post = o.id
               CROSS JOIN reminders r ON r.id = t.reminder CROSS JOIN schedule_entries e ON e.id = t.event
               WHERE o.state IN ('awaiting', 'doubtful') AND o.state = 'awaiting'"""
        )
        ends = [
            missed_at(timedelta(minutes=lead_time), datetime.fromisoformat(wall), Event.model_validate_json(body))
            for body, lead_time, wall in waiting
        ]
        return min([*([from_micros(row[0])] if row else []), *ends], default=None)

    async def lapse(self) -> None:
        """Drop the posts about events that wait for Publish and no longer hold.

        The questions in the desk's channel are edited to say so.
        """
        if await self._database.row(f"SELECT 1 {WAITING_FOR_PUBLISH} LIMIT 1"):
            await self._outbox.write(lapse_waiting)

    async def post_due(self, now: datetime) -> bool:
        """Put reminders that are due into the outbox, `AT_ONCE` at most, and mark each posted, missed or untold.

        A missed one that was found missed after `now` is checked again: the clock was wrong then and has been set back.

        Returns:
            Whether more are due.

        """
        if not await self._database.row(
            """SELECT 1 FROM reminders WHERE state = 'pending' AND due_at <= ?1
               UNION ALL SELECT 1 FROM reminders INDEXED BY reminders_missed WHERE state = 'missed' AND done_at > ?1
               LIMIT 1""",
            (to_micros(now),),
        ):
            return False

        def work(tx: Tx) -> bool:
            stamp = to_micros(tx.now)
            tx.execute(
                "UPDATE reminders SET state = 'pending', done_at = NULL WHERE state = 'missed' AND done_at > ?",
                (stamp,),
            )
            rows = tx.rows(
                """SELECT r.id, r.entry, r.server, r.person, r.lead_time, r.wall FROM reminders r
                   CROSS JOIN servers s ON s.id = r.server AND s.left_at IS NULL
                   WHERE r.state = 'pending' AND r.due_at <= ? ORDER BY r.due_at, r.id LIMIT ?""",
                (stamp, AT_ONCE),
            )
            know_server(tx.connection, DIRECT)
            done, posts = [], list[OutboxRow]()
            for row in rows:
                state, caused = _settle(tx, row)
                done.append((state, stamp, row[0]))
                posts += caused
            tx.add(posts)
            tx.executemany("UPDATE reminders SET state = ?, done_at = ? WHERE id = ?", done)
            return len(rows) == AT_ONCE

        return await self._outbox.write(work)

    async def derive_anew(self, by: str, now: datetime) -> int:
        """Derive pending reminders again unless that was done `by` the same lead times and zone rules.

        Returns the number of entries. Overdue reminders of events that began over two days ago stay as they are.
        """
        row = await self._database.row("SELECT derived_by FROM installation")
        if row is None or row[0] == by:
            return 0
        after, derived = (to_micros(now - timedelta(days=2)), 0), 0
        while found := await self._database.write(partial(self._derive_some, after=after, now=now)):
            derived += len(found)
            after = found[-1]
        await self._database.write(lambda connection: keep_derived_by(connection, by))
        return derived

    def _derive_some(
        self, connection: sqlite3.Connection, after: tuple[int, int], now: datetime
    ) -> list[tuple[int, int]]:
        """Derive the next entries' times and reminders; return each entry's (old `starts_at`, id)."""
        rows = fetch(
            connection,
            f"""SELECT {ENTRY}, starts_at FROM schedule_entries WHERE (starts_at, id) > (?, ?)
                ORDER BY starts_at, id LIMIT ?""",
            (*after, DERIVED_AT_ONCE),
        )
        for *columns, starts_at in rows:
            entry = entry_of(tuple(columns))
            if (starts := to_micros(entry.event.starts_at)) != starts_at:
                connection.execute("UPDATE schedule_entries SET starts_at = ? WHERE id = ?", (starts, entry.id))
            derive(connection, entry, self._lead_times_of, now)
        return [(row[-1], row[0]) for row in rows]


def _settle(tx: Tx, row: Row) -> tuple[str, list[OutboxRow]]:
    """Return a due reminder's new state, and its posts."""
    key, entry_id, server, person, lead_time, wall = row
    entry = read_entry(tx.connection, server, entry_id)
    if entry is None:
        return "untold", []
    if is_missed(timedelta(minutes=lead_time), datetime.fromisoformat(wall), entry.event, tx.now):
        return "missed", []
    if person:
        to = tx.rows("SELECT channel FROM direct_channels WHERE person = ?", (person,))
        places = [(DIRECT, channel) for (channel,) in to]
    else:
        places = [(server, channel) for channel in channels_of(tx.connection, entry)]
    there = has_it(tx.connection, entry_id, key)  # where a clock that was wrong kept it out of another channel only
    posts = [
        OutboxRow(
            to_server,
            channel,
            tx.number(to_server, ("reminder", key)),
            "reminder",
            tx.now,
            entry.event.contest,
            topic=ToldEvent(entry.id, key),
        )
        for to_server, channel in places
        if channel not in there
    ]
    return ("posted" if posts or there else "untold"), posts


def take_personal_as_posted(connection: sqlite3.Connection, now: datetime) -> None:
    """Mark the reminders by direct message that are due as posted."""
    connection.execute(
        "UPDATE reminders SET state = 'posted', done_at = ?1 WHERE person <> 0 AND state = 'pending' AND due_at <= ?1",
        (to_micros(now),),
    )


def reminders_in(connection: sqlite3.Connection, server: int) -> dict[EventKind, Minutes]:
    """Return a server's own lead times by kind of event, in the transaction under way."""
    rows = fetch(
        connection, "SELECT kind, lead_times FROM reminder_lead_times WHERE server = ? ORDER BY kind", (server,)
    )
    return {kind: tuple(json.loads(lead_times)) for kind, lead_times in rows}


def set_reminders_in(
    tx: Tx,
    server: int,
    who: str,
    before: Mapping[EventKind, Minutes],
    after: Mapping[EventKind, Minutes],
    lead_times_of: LeadTimesOf,
) -> None:
    """Set a server's own lead times, and derive the pending reminders of each kind that changes.

    Reminders that are due already are still posted, posted ones are not posted again, and none is added whose time has come.
    """
    changed = sorted(kind for kind in before.keys() | after.keys() if before.get(kind) != after.get(kind))
    for kind in changed:
        lead_times = after.get(kind)
        if lead_times is None:
            tx.execute("DELETE FROM reminder_lead_times WHERE server = ? AND kind = ?", (server, kind))
        else:
            tx.execute(
                "INSERT OR REPLACE INTO reminder_lead_times VALUES (?, ?, ?)", (server, kind, to_json(lead_times))
            )
        tx.audit(server, who, "desk reminders", None, {kind: before.get(kind)}, {kind: lead_times})
        for row in tx.rows(
            f"""SELECT {ENTRY} FROM schedule_entries
                WHERE server = ? AND body ->> 'kind' = ? AND starts_at > ? AND lead_times IS NULL ORDER BY starts_at, id""",
            (server, kind, to_micros(tx.now - _BEGUN)),
        ):
            derive(tx.connection, entry_of(row), lead_times_of, tx.now, keep_due=True)
