"""Queues due reminders in the outbox, and stores the lead times of newsrooms and of the desk file.

`due_reminders_store.py` computes which reminders are due. A newsroom's own lead times are in `reminder_lead_times`.
When they change, the reminders already due under the old lead times are posted in the same transaction. The desk
file's lead times are stored under server 0, with the time from which they apply. `personal_lead_times` are for
reminders by direct message.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.database.database import fetch, store_zone_rules, to_micros
from bot.events.event import Event, EventKind, LeadTimes, ScheduleEntry
from bot.events.reminder import missed_at
from bot.outbox.outbox import Outbox, PostingStore
from bot.outbox.rows import OutboxRow, to_json
from bot.outbox.servers_store import ensure_server
from bot.outbox.tx import Tx
from bot.schedule.due_reminders_store import LATEST, DueReminder, due_now, due_of, next_due
from bot.schedule.event_posts_store import WAITING_FOR_PUBLISH, PostedEvent, drop_outdated_posts
from bot.schedule.schedule_entries_store import DESK_FILE, DIRECT, ENTRY, LeadTimesOf, entry_of, in_minutes

AT_ONCE = 200
"""The maximum number of reminders posted in one transaction."""

DERIVED_AT_ONCE = 1000
"""The maximum number of entries whose start is recomputed in one transaction."""

Minutes = tuple[int, ...]
"""Lead times in whole minutes; empty if only the reminder when the event begins is wanted."""


class ReminderStore(PostingStore):
    """The storage of lead times and due reminders.

    Each method is one transaction or one query, unless it works in batches.
    """

    def __init__(self, outbox: Outbox, lead_times_of: LeadTimesOf) -> None:
        """Create the storage.

        It writes through `outbox`; `lead_times_of` returns the desk file's lead times for an event.
        """
        super().__init__(outbox)
        self._lead_times_of = lead_times_of

    async def next_due(self, now: datetime) -> datetime | None:
        """Return when reminders must be processed next; None if there are no further reminders.

        That is when the next reminder is due, or when a reminder that waits for Publish becomes out of date.
        """
        due = await self._database.write(lambda connection: next_due(connection, self._lead_times_of, now))
        waiting = await self._database.rows(
            """SELECT e.body, t.lead_time, t.wall FROM outbox o INDEXED BY outbox_awaiting
               CROSS JOIN told_events t ON t.post = o.id CROSS JOIN schedule_entries e ON e.id = t.event
               WHERE o.state IN ('awaiting', 'doubtful') AND o.state = 'awaiting' AND t.lead_time IS NOT NULL"""
        )
        ends = [
            missed_at(timedelta(minutes=lead_time), datetime.fromisoformat(wall), Event.model_validate_json(body))
            for body, lead_time, wall in waiting
        ]
        return min([*([due] if due else []), *ends], default=None)

    async def drop_outdated(self) -> None:
        """Drop the posts about events that wait for Publish but are out of date.

        The questions to the desk about these posts are updated accordingly.
        """
        if await self._database.row(f"SELECT 1 {WAITING_FOR_PUBLISH} LIMIT 1"):
            await self._outbox.write(drop_outdated_posts)

    async def post_due(self, now: datetime) -> bool:
        """Queue up to `AT_ONCE` due reminders in the outbox. Returns True if more are due."""
        if not await self._database.write(lambda connection: due_now(connection, self._lead_times_of, now)):
            return False

        def work(tx: Tx) -> bool:
            due = due_now(tx.connection, self._lead_times_of, tx.now)
            _post(tx, due[:AT_ONCE])
            return len(due) > AT_ONCE

        return await self._outbox.write(work)

    async def apply_changed_defaults(
        self, zone_rules: str, lead_times: Mapping[EventKind, LeadTimes], now: datetime
    ) -> int:
        """Apply new time zone rules, and new lead times in the desk file, if they changed since the last start.

        Returns the number of events whose start in UTC was recomputed. Events that began over two days ago are
        skipped.
        """
        await self._outbox.write(partial(_apply_lead_times, lead_times=lead_times))
        row = await self._database.row("SELECT zone_rules FROM installation")
        if row is None or row[0] == zone_rules:
            return 0
        after, derived = (to_micros(now - timedelta(days=2)), 0), 0
        while found := await self._database.write(partial(_derive_some, after=after)):
            derived += len(found)
            after = found[-1]
        await self._database.write(lambda connection: store_zone_rules(connection, zone_rules))
        return derived


def _apply_lead_times(tx: Tx, lead_times: Mapping[EventKind, LeadTimes]) -> None:
    known = reminders_in(tx.connection, DESK_FILE)
    changed = {
        kind: to_json(in_minutes(spoken))
        for kind, spoken in lead_times.items()
        if known.get(kind) != tuple(in_minutes(spoken))
    }
    if changed:
        ensure_server(tx.connection, DESK_FILE)
        stamp = to_micros(tx.now)
        tx.executemany(
            "INSERT OR REPLACE INTO reminder_lead_times (server, kind, lead_times, set_at) VALUES (?, ?, ?, ?)",
            [(DESK_FILE, kind, spoken, stamp if kind in known else 0) for kind, spoken in changed.items()],
        )


def _derive_some(connection: sqlite3.Connection, after: tuple[int, int]) -> list[tuple[int, int]]:
    """Recompute the start in UTC for the next batch of entries.

    `after` is the previous batch's last entry, as (start, id). Returns the (start, id) of each entry in the batch,
    with the start as it was before.
    """
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
    return [(row[-1], row[0]) for row in rows]


def _post(tx: Tx, due: Sequence[DueReminder]) -> None:
    """Queue reminders in the outbox. The same reminder has one post number in all channels of a server."""
    ensure_server(tx.connection, DIRECT)
    tx.add(
        [
            OutboxRow(
                server,
                channel,
                tx.number(
                    server, ("reminder", one.entry.id, one.reminder.person, one.reminder.key, channel == one.asked)
                ),
                "reminder",
                tx.now,
                one.entry.event.contest,
                topic=PostedEvent(one.entry.id, *one.reminder.key),
            )
            for one in due
            for server, channel in one.channels
        ]
    )


def post_due_of(tx: Tx, entries: Iterable[ScheduleEntry], lead_times_of: LeadTimesOf) -> None:
    """Queue the reminders of `entries` that are due now.

    Call this before the lead times of these entries change. Otherwise, reminders that are already due would get lost.
    """
    _post(tx, [due for entry in entries for due in due_of(tx.connection, entry, lead_times_of, tx.now)])


def skip_due_personal(connection: sqlite3.Connection, now: datetime) -> None:
    """Skip all personal reminders (sent as direct messages) that are already due at `now`."""
    connection.execute("UPDATE personal_lead_times SET asked_at = max(asked_at, ?)", (to_micros(now),))


def reminders_in(connection: sqlite3.Connection, server: int) -> dict[EventKind, Minutes]:
    """Return the lead times that a server has set, by kind of event.

    They are read in the caller's transaction. Kinds for which the server uses the desk file's lead times are missing.
    """
    rows = fetch(
        connection,
        "SELECT kind, lead_times FROM reminder_lead_times WHERE server = ? AND lead_times IS NOT NULL ORDER BY kind",
        (server,),
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
    """Replace the lead times that a server has set, `before`, with `after`.

    Reminders already due under the old lead times are posted first. New reminders whose time is past are not posted,
    and no reminder is posted twice.
    """
    changed = sorted(kind for kind in before.keys() | after.keys() if before.get(kind) != after.get(kind))
    for kind in changed:
        rows = tx.rows(
            f"""SELECT {ENTRY} FROM schedule_entries
                WHERE server = ? AND body ->> 'kind' = ? AND starts_at > ? AND lead_times IS NULL ORDER BY starts_at, id""",
            (server, kind, to_micros(tx.now - LATEST)),
        )
        post_due_of(tx, map(entry_of, rows), lead_times_of)
        lead_times = after.get(kind)
        tx.execute(
            "INSERT OR REPLACE INTO reminder_lead_times (server, kind, lead_times, set_at) VALUES (?, ?, ?, ?)",
            (server, kind, None if lead_times is None else to_json(lead_times), to_micros(tx.now)),
        )
        tx.audit(server, who, "desk reminders", None, {kind: before.get(kind)}, {kind: lead_times})
