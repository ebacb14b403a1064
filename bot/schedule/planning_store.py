"""Stores proposals: previews of new or changed events that wait for Save, each saved at most once."""

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.database.database import fetch, to_micros
from bot.errors import BadInputError
from bot.events.event import Event, LeadTimes, ScheduleEntry
from bot.outbox.outbox import Outbox, PostingStore
from bot.outbox.rows import to_json
from bot.outbox.servers_store import ensure_server
from bot.outbox.tx import Tx
from bot.schedule.event_posts_store import announce_added, announced_in
from bot.schedule.schedule_entries_store import event_json, in_minutes
from bot.schedule.schedule_store import Changed, NewEntry, ScheduleStore

LASTS = timedelta(hours=1)
"""How long a proposal can be saved. A typed time such as "in 20 min" soon means another time."""

_MOST_KEPT = 1000
"""The maximum number of proposals stored for one server."""


@dataclass(frozen=True, slots=True)
class StoredEventPreview:
    """A new event, or a change of an event, that waits for Save."""

    server: int
    person: int
    what: str
    """The action's name in the audit log: "schedule add"."""
    new: NewEntry
    entry: int | None = None
    """The id of the entry to change; None to add one."""
    was: Event | None = None
    """The event of the entry to change, when the preview was made."""
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """The outcome of pressing Save below a preview: the saved entry, and the change that was made."""

    entry: ScheduleEntry
    changed: Changed | None
    """The change that was made; None for a new entry."""
    announced: tuple[int, ...] = ()
    """The channels in which a new entry is announced."""


class EventPreviewStore(PostingStore):
    """The storage of previews that wait for Save. Each method is one transaction or one query."""

    def __init__(self, outbox: Outbox, schedule: ScheduleStore) -> None:
        """Create the storage. It writes through `outbox`; `schedule` adds and changes the entries."""
        super().__init__(outbox)
        self._schedule = schedule

    async def keep(self, proposals: list[StoredEventPreview], now: datetime) -> list[int]:
        """Store previews, and delete old proposals. Returns the previews' ids."""

        def work(connection: sqlite3.Connection) -> list[int]:
            keys = []
            for one in proposals:
                ensure_server(connection, one.server)
                connection.execute(
                    """DELETE FROM event_proposals WHERE server = ?1 AND id <= (
                         SELECT id FROM event_proposals WHERE server = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)""",
                    (one.server, _MOST_KEPT),
                )
                key = connection.execute(
                    "INSERT INTO event_proposals (server, person, at, entry, body) VALUES (?, ?, ?, ?, ?)",
                    (one.server, one.person, to_micros(now), one.entry, _packed(one)),
                ).lastrowid
                assert key is not None  # noqa: S101 - a row was inserted
                keys.append(key)
            return keys

        return await self._database.write(work)

    async def waiting(self, key: int, server: int, now: datetime) -> StoredEventPreview:
        """Return the proposal with the id `key`, which waits for Save.

        Raises:
            BadInputError: the proposal was saved or discarded, or is too old.
        """
        return await self._database.write(lambda connection: _waiting(connection, key, server, now))

    async def drop(self, key: int, server: int, who: str, now: datetime) -> None:
        """Discard the proposal with the id `key`.

        Raises:
            BadInputError: the proposal was saved or discarded, or is too old.
        """

        def work(connection: sqlite3.Connection) -> None:
            waiting_body(connection, key, server, now)
            connection.execute("UPDATE event_proposals SET done = ? WHERE id = ?", (f"dropped by {who}", key))

        await self._database.write(work)

    async def save(self, key: int, server: int, who: str) -> Saved:
        """Save the event in the proposal with the id `key` to the schedule, once.

        Raises:
            BadInputError: the proposal was saved or discarded, or is too old; its time has passed; or somebody else changed the
                entry.
        """

        def work(tx: Tx) -> Saved:
            one = _waiting(tx.connection, key, server, tx.now)
            if (one.was is None or one.was.starts_at != one.new.event.starts_at) and one.new.event.starts_at <= tx.now:
                raise BadInputError("its time has passed since: enter the command again")
            if one.entry is None:
                (entry,) = self._schedule.add_in(tx, server, [one.new], who, one.why)
                announced = announced_in(tx, entry)
                announce_added(tx, [entry])
                changed = None
            else:
                announced = []
                changed = self._schedule.change_in(
                    tx, server, one.entry, lambda entry: _applied(entry, one), one.what, who, one.why
                )
                entry = changed.after
            tx.execute("UPDATE event_proposals SET done = ? WHERE id = ?", (f"saved by {who}", key))
            return Saved(entry, changed, tuple(announced))

        return await self._outbox.write(work)


def _applied(entry: ScheduleEntry, one: StoredEventPreview) -> ScheduleEntry:
    if entry.event != one.was:
        raise BadInputError("someone changed the event since: see `/schedule show`")
    return replace(entry, channel=one.new.channel, event=one.new.event, lead_times=one.new.lead_times)


def _waiting(connection: sqlite3.Connection, key: int, server: int, now: datetime) -> StoredEventPreview:
    person, entry, body = waiting_body(connection, key, server, now)
    return _unpacked(server, person, entry, body)


def waiting_body(connection: sqlite3.Connection, key: int, server: int, now: datetime) -> tuple[int, int | None, str]:
    """Return the author of a proposal that waits for Save, the id of the entry to change, and its content as JSON.

    The entry's id is None for a new event.

    Raises:
        BadInputError: the proposal was saved or discarded, or is too old.
    """
    rows = fetch(
        connection,
        "SELECT person, at, entry, body, done FROM event_proposals WHERE id = ? AND server = ?",
        (key, server),
    )
    if not rows:
        raise BadInputError("that card is too old to save: enter the command again")
    person, at, entry, body, done = rows[0]
    if done is not None:
        raise BadInputError(f"that was {done.rsplit(' (', 1)[0]} already; nothing was saved twice")
    if to_micros(now - LASTS) > at:
        raise BadInputError(
            "that card is too old to save, and its time could mean another day by now: enter the command again"
        )
    return person, entry, body


def _packed(one: StoredEventPreview) -> str:
    return to_json(
        {
            "what": one.what,
            "why": one.why,
            "channel": one.new.channel,
            "lead_times": None if one.new.lead_times is None else in_minutes(one.new.lead_times),
            "event": event_json(one.new.event),
            "was": one.was and event_json(one.was),
        }
    )


def _unpacked(server: int, person: int, entry: int | None, body: str) -> StoredEventPreview:
    fields = json.loads(body)
    lead_times: LeadTimes | None = None
    if fields["lead_times"] is not None:
        lead_times = tuple(timedelta(minutes=lead_time) for lead_time in fields["lead_times"])
    event = Event.model_validate_json(json.dumps(fields["event"]))
    was = None if fields["was"] is None else Event.model_validate_json(json.dumps(fields["was"]))
    new = NewEntry(event, fields["channel"], lead_times)
    return StoredEventPreview(server, person, fields["what"], new, entry, was, fields["why"])
