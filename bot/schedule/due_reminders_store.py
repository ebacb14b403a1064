"""Computes an entry's reminders, and which of them are due. Neither is stored.

A reminder follows from the event and a lead time. It is due in a channel once its time has come, with three
exceptions:

- The channel already got the reminder (`_queued_reminders_of`).
- The reminder's time was before the event, its lead time or the channel's follow was set.
- The reminder is about a deadline to certify, and certification is complete (`is_met`).

Each function runs in the caller's transaction.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.database.database import fetch, from_micros, to_micros
from bot.events.event import EVENT_KINDS, Event, ScheduleEntry
from bot.events.reminder import LONGEST_LEAD_TIME, is_missed, reminders
from bot.outbox.rows import to_json
from bot.outbox.threads_store import is_public
from bot.schedule.schedule_entries_store import DIRECT, ENTRY, LeadTimesOf, channels_of, entry_of, lead_times_since
from bot.tally.silences_store import CERTIFIED

LATEST = timedelta(days=2)
"""How long after its start an event can still have reminders, for places where the event is later."""

_A_DAY = timedelta(days=1)
"""A safe upper bound for how much a clock change can lengthen or shorten the days of a lead time."""

_MINUTE = timedelta(minutes=1)

_REACHED = f"""
SELECT {ENTRY} FROM schedule_entries
WHERE server IN (SELECT id FROM servers WHERE left_at IS NULL) AND starts_at > ? AND starts_at < ? AND starts_at - 60000000 * max(
    coalesce((SELECT max(value) FROM json_each(coalesce(
      lead_times,
      (SELECT lead_times FROM reminder_lead_times r WHERE r.server = schedule_entries.server AND r.kind = body ->> 'kind'),
      (SELECT lead_times FROM reminder_lead_times r WHERE r.server = 0 AND r.kind = body ->> 'kind'),
      ?))), 0),
    coalesce((SELECT max(lead_time) FROM personal_lead_times p WHERE p.entry = schedule_entries.id), 0)) < ?
ORDER BY starts_at, id"""
"""SQL for entries that start between two times and whose first reminder is due before a third time, give or take a
day.
"""


_MET = {
    "units": f"SELECT contest FROM ({CERTIFIED}) WHERE server = ?",
    "state": """SELECT contest FROM (SELECT DISTINCT server, contest FROM follows) f WHERE server = ? AND NOT (
      SELECT taken_back FROM results_certifications n WHERE (n.server, n.contest) = (f.server, f.contest)
      ORDER BY as_of DESC, statement DESC LIMIT 1)
    UNION SELECT s.contest FROM series s JOIN readings r ON r.id = s.accepted WHERE r.body ->> 'status' = 'certified'""",
}
"""SQL for the contests in a server whose certification is complete, by the value of `Event.certifies`."""


@dataclass(frozen=True, slots=True, order=True)
class EntryReminder:
    """A reminder of a schedule entry, for channels or for one person. Reminders sort by the time when they are due."""

    due_at: datetime
    event: int
    """The entry's id."""
    person: int
    """The id of the person who gets the reminder by direct message; 0 if the reminder goes to channels."""
    lead_time: int
    """Minutes before the event; 0 for the reminder when it begins."""
    wall: str
    """The wall time that the reminder announces, in ISO format."""
    since: int
    """When the event or the lead time was set, in microseconds since 1970. A reminder with an earlier time is not
    due.
    """

    @property
    def key(self) -> tuple[int, str, int]:
        """The lead time, wall time and moment that identify the reminder among those of its entry in one channel.

        A change of the event's zone changes the key, because the moment changes.
        """
        return self.lead_time, self.wall, to_micros(self.due_at)


@dataclass(frozen=True, slots=True)
class DueReminder:
    """A due reminder, and the (server, channel) pairs that get it."""

    reminder: EntryReminder
    entry: ScheduleEntry
    channels: tuple[tuple[int, int], ...]
    asked: int | None = None
    """The desk's channel, if only the desk is asked whether the event has begun. That post has its own number."""


def reminders_of(
    connection: sqlite3.Connection, entry: ScheduleEntry, lead_times_of: LeadTimesOf
) -> list[EntryReminder]:
    """Return all reminders of a schedule entry, past and future, in order of time.

    `lead_times_of` returns the desk file's lead times for an event.
    """
    ((reminds_from,),) = fetch(connection, "SELECT reminds_from FROM schedule_entries WHERE id = ?", (entry.id,))
    lead_times, set_at = lead_times_since(connection, entry, lead_times_of)
    found = [
        (0, one, max(reminds_from, set_at) if one.lead_time else reminds_from)
        for one in reminders(entry.event, lead_times)
    ]
    for person, lead_time, asked_at in fetch(
        connection, "SELECT person, lead_time, asked_at FROM personal_lead_times WHERE entry = ?", (entry.id,)
    ):
        span = timedelta(minutes=lead_time)
        found += [
            (person, one, max(reminds_from, asked_at))
            for one in reminders(entry.event, (span,))
            if (one.lead_time, one.wall) == (span, entry.event.wall)
        ]
    return sorted(
        EntryReminder(
            one.due_at,
            entry.id,
            person,
            one.lead_time // _MINUTE,
            one.wall.isoformat(timespec="minutes"),
            since,
        )
        for person, one, since in found
    )


def due_of(
    connection: sqlite3.Connection, entry: ScheduleEntry, lead_times_of: LeadTimesOf, now: datetime
) -> list[DueReminder]:
    """Return the reminders of an entry that are due at `now`, with the channels for each.

    `lead_times_of` returns the desk file's lead times for an event.
    """
    come = [
        one
        for one in reminders_of(connection, entry, lead_times_of)
        if one.due_at <= now
        and not is_missed(timedelta(minutes=one.lead_time), datetime.fromisoformat(one.wall), entry.event, now)
    ]
    if not come or is_met(connection, entry):
        return []
    final, queued = _queued_reminders_of(connection, entry.id)
    follows = _follows_of(connection, entry)
    desk_since = 0
    if entry.channel is None and not follows:  # the desk's, unless a channel that followed had it
        had = {key for server, _, key in final if server != DIRECT}
        come = [one for one in come if one.person or one.key not in had]
        ((desk_since,),) = fetch(
            connection, "SELECT coalesce(desk_since, 0) FROM servers WHERE id = ?", (entry.server,)
        )
    ours = [(entry.server, channel, follows.get(channel, desk_since)) for channel in channels_of(connection, entry)]
    people = {
        person: [(DIRECT, channel, 0)]
        for person, channel in fetch(
            connection,
            "SELECT person, channel FROM direct_channels WHERE person IN (SELECT value FROM json_each(?))",
            (to_json(sorted({one.person for one in come})),),
        )
    }
    desk = _desk_asked(connection, entry, ours)
    asked = desk[0][1] if desk else None
    found = []
    for one in come:
        due_at = to_micros(one.due_at)
        told = people.get(one.person, []) if one.person else [*ours, *(desk if _asks(one, entry.event) else ())]
        channels = tuple(
            (server, channel)
            for server, channel, since in told
            if (server, channel, one.key) not in final
            and ((server, channel, one.key) in queued or (due_at > one.since and due_at >= since))
        )
        if channels:
            found.append(DueReminder(one, entry, channels, asked))
    return found


def is_met(connection: sqlite3.Connection, entry: ScheduleEntry) -> bool:
    """Return True if an entry is a deadline for certification that has been met, according to staff or a feed.

    A deadline without a contest is met when certification is complete in all contests that the server follows.
    """
    event = entry.event
    if event.certifies is None:
        return False
    followed = fetch(connection, "SELECT DISTINCT contest FROM follows WHERE server = ?", (entry.server,))
    contests = {event.contest} if event.contest else {contest for (contest,) in followed}
    certified = {contest for (contest,) in fetch(connection, _MET[event.certifies], (entry.server,))}
    return bool(contests) and contests <= certified


def _asks(one: EntryReminder, event: Event) -> bool:
    """Return True if the reminder `one` asks whether the event has begun."""
    at_its_time = not one.lead_time and datetime.fromisoformat(one.wall) == event.wall
    return at_its_time and EVENT_KINDS[event.kind].is_seen


def _desk_asked(
    connection: sqlite3.Connection, entry: ScheduleEntry, channels: Sequence[tuple[int, int, int]]
) -> list[tuple[int, int, int]]:
    """Return the desk's channel, in a list, if the desk must be asked there whether the event has begun.

    The list is empty otherwise. The desk must be asked if the public reads all `channels` of the entry. The item has
    the server, the channel, and when the desk chose that channel, in microseconds since 1970.
    """
    if not channels or not all(is_public(connection, channel) for _, channel, _ in channels):
        return []
    rows = fetch(
        connection,
        "SELECT desk_channel, coalesce(desk_since, 0) FROM servers WHERE id = ? AND desk_channel IS NOT NULL",
        (entry.server,),
    )
    return [(entry.server, channel, since) for channel, since in rows]


_QueuedReminders = set[tuple[int, int, tuple[int, str, int]]]
"""Server, channel and key of reminders that were queued in the outbox."""


def _queued_reminders_of(connection: sqlite3.Connection, entry: int) -> tuple[_QueuedReminders, _QueuedReminders]:
    """Return two sets of an entry's reminders: those that must not be queued again, and all that were ever queued.

    Reminders that failed, or that an editor dropped, are not queued again. Reminders that were dropped because the
    clock was wrong or the event changed are queued again when due, unless the entry's newest change dropped them.
    """
    rows = fetch(
        connection,
        """SELECT o.server, o.channel, t.lead_time, t.wall, t.due_at, o.state = 'dropped' AND o.dropped_by IS NULL
                  AND t.since IS NOT (SELECT max(id) FROM audit WHERE entry = ?1)
           FROM told_events t JOIN outbox o ON o.id = t.post
           WHERE t.event = ?1 AND t.lead_time IS NOT NULL AND o.action = 'post'""",
        (entry,),
    )
    queued = [(server, channel, (lead_time, wall, due_at)) for server, channel, lead_time, wall, due_at, _ in rows]
    return {key for key, (*_, again) in zip(queued, rows, strict=True) if not again}, set(queued)


def _follows_of(connection: sqlite3.Connection, entry: ScheduleEntry) -> dict[int, int]:
    """Return the channels that follow an entry's contest, with when each follow began, in microseconds since 1970.

    The result is empty if a channel was set for the entry.
    """
    if entry.channel is not None:
        return {}
    rows = fetch(
        connection,
        "SELECT channel, min(followed_at) FROM follows WHERE server = ?1 AND ?2 IN (contest, '') GROUP BY channel",
        (entry.server, entry.event.contest or ""),
    )
    return dict(rows)


def due_now(connection: sqlite3.Connection, lead_times_of: LeadTimesOf, now: datetime) -> list[DueReminder]:
    """Return the reminders due at `now` in all newsrooms, earliest first."""
    entries = _reached(connection, now, now + _A_DAY)
    return sorted(
        (one for entry in entries for one in due_of(connection, entry, lead_times_of, now)),
        key=lambda one: one.reminder,
    )


def next_due(connection: sqlite3.Connection, lead_times_of: LeadTimesOf, now: datetime) -> datetime | None:
    """Return when the next reminder is due, which may be in the past; None if there are no further reminders."""
    if due := due_now(connection, lead_times_of, now):
        return due[0].reminder.due_at
    for horizon in (now + LATEST + _A_DAY, None):
        ahead = [
            one.due_at
            for entry in _reached(connection, now, horizon)
            for one in reminders_of(connection, entry, lead_times_of)
            if one.due_at > now
        ]
        found = min(ahead, default=None)
        if found is not None and (horizon is None or found <= horizon - _A_DAY):
            return found
    return None


def _reached(connection: sqlite3.Connection, now: datetime, until: datetime | None) -> list[ScheduleEntry]:
    longest = to_json([LONGEST_LEAD_TIME // _MINUTE])
    after = to_micros(now - LATEST)
    before, starts_before = (
        (2**62, 2**62) if until is None else (to_micros(until), to_micros(until + LONGEST_LEAD_TIME))
    )
    return [entry_of(row) for row in fetch(connection, _REACHED, (after, starts_before, longest, before))]


def next_personal(connection: sqlite3.Connection, entry: ScheduleEntry, person: int, now: datetime) -> list[datetime]:
    """Return the times after `now` at which a person will be reminded of an entry by direct message."""
    return [
        one.due_at
        for one in reminders_of(connection, entry, lambda _: ())
        if one.person == person and from_micros(one.since) < one.due_at > now
    ]
