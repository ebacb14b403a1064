"""The words of a post about an event, made when its row is claimed: a reminder, or what has changed.

A reminder that waited says how long it still is; one whose event has moved, been canceled or is over by then is not
posted. A `moved` row names the audit row of the first change that its channel does not know (`told_events.since`) and tells
all up to now: several changes that were not told are one post, and a change that was taken back is none.

The clock may be wrong just then: a reminder that is not posted for its time alone is checked anew once the clock is
right, and goes only to channels that were not told (`has_it`).
"""

import json
import sqlite3
from datetime import datetime, timedelta

from bot.database.database import fetch, from_micros, to_micros
from bot.events.event import Event as Occasion
from bot.events.event import ScheduleEntry
from bot.events.moving import made_it_so, misleads
from bot.events.reminder import EARLY_BY, fate
from bot.outbox.kinds import Unsaid, Worded
from bot.outbox.post import Post
from bot.outbox.threads_store import is_public
from bot.schedule.reminders_words import MovedFacts, ReminderFacts, moved_post, reminder_post
from bot.schedule.schedule_entries_store import read_entry
from bot.schedule.told_events_store import event_of
from bot.wording.context import Setting
from bot.wording.draft import Link, address_of

OUTDATED = "the event has changed since"


TOO_LATE = "it came too late: the event was over, had begun, or has changed since"


TOO_EARLY = "the clock was wrong: it was put there before its time"
"""Why a reminder was not posted, where its time was all that spoke against it."""


def draft_of_event(connection: sqlite3.Connection, post: Post, setting: Setting, now: datetime) -> Worded | Unsaid:
    """Return what a post about an event says, or why it is not posted any more; `now` is the news clock's time.

    A reminder that is left out comes after all if the clock turns out to have been wrong.
    """
    told = event_of(connection, post.id)
    entries = fetch(connection, "SELECT server FROM schedule_entries WHERE id = ?", (told.event if told else None,))
    entry = read_entry(connection, entries[0][0], told.event) if told and entries else None
    if told is None or entry is None:
        return Unsaid("the schedule no longer has its event")
    if told.reminder is not None:
        return _reminder(connection, post, told.reminder, entry, setting, now)
    return _change(connection, post, told.since, entry, setting, now)


def has_it(connection: sqlite3.Connection, event: int, reminder: int) -> set[int]:
    """Return the channels that a reminder was written for and not left out of again for its time."""
    rows = fetch(
        connection,
        """SELECT DISTINCT channel FROM told_events JOIN outbox ON id = post
           WHERE event = ? AND reminder = ? AND action = 'post' AND NOT (state = 'dropped' AND why IN (?, ?, ?))""",
        (event, reminder, TOO_LATE, TOO_EARLY, OUTDATED),
    )
    return {channel for (channel,) in rows}


def _reminder(
    connection: sqlite3.Connection, post: Post, reminder: int, entry: ScheduleEntry, setting: Setting, now: datetime
) -> Worded | Unsaid:
    rows = fetch(connection, "SELECT lead_time, wall, due_at, person FROM reminders WHERE id = ?", (reminder,))
    if not rows:
        return Unsaid(OUTDATED)
    lead_time, wall, due_at, person = rows[0]
    facts = ReminderFacts(
        entry.id, entry.event, timedelta(minutes=lead_time), datetime.fromisoformat(wall), from_micros(due_at),
        now, personal=bool(person), public=is_public(connection, post.channel),
    )  # fmt: skip
    if fate(facts.lead_time, facts.wall, entry.event, facts.now) == "missed":
        return _not_now(connection, reminder, TOO_LATE, "missed", to_micros(now))
    if facts.now <= facts.due_at - EARLY_BY:
        return _not_now(connection, reminder, TOO_EARLY, "pending", None)
    return Worded(reminder_post(facts, setting))


def _not_now(connection: sqlite3.Connection, reminder: int, why: str, state: str, at: int | None) -> Unsaid:
    """Let a reminder be missed, as was found `at` a time, for as long as the clock is right; or due when its time comes."""
    connection.execute(
        "UPDATE reminders SET state = ?, done_at = ? WHERE id = ? AND state = 'posted'", (state, at, reminder)
    )
    return Unsaid(why)


def _change(
    connection: sqlite3.Connection, post: Post, since: int | None, entry: ScheduleEntry, setting: Setting, now: datetime
) -> Worded | Unsaid:
    rows = fetch(connection, "SELECT before FROM audit WHERE id = ?", (since,))
    if not rows:
        return Unsaid("what it was is not known any more")
    before = _occasion(rows[0][0])
    if not misleads(before, entry.event):
        return Unsaid("the event is again as its channel knows it")
    about = fetch(
        connection,
        """SELECT id, number, message, coalesce(thread, channel) FROM told_events JOIN outbox ON id = post
           WHERE event = ? AND channel = ? AND id < ? AND action = 'post' AND state = 'sent' AND message IS NOT NULL
           ORDER BY id DESC LIMIT 1""",
        (entry.id, post.channel, post.id),
    )
    link = Link(about[0][1], address_of(post.server, about[0][3], about[0][2])) if about else None
    facts = MovedFacts(before, entry.event, now, _why(connection, since, entry), link)
    return Worded(moved_post(facts, setting), about[0][0] if about else None)


def _why(connection: sqlite3.Connection, since: int | None, entry: ScheduleEntry) -> str | None:
    """Return why an event is now as the post says: the newest reason among the changes that made it so."""
    rows = fetch(
        connection,
        """SELECT before, after, why FROM audit
           WHERE entry = ? AND id >= ? AND before IS NOT NULL AND after IS NOT NULL ORDER BY id DESC""",
        (entry.id, since),
    )
    for before, after, why in rows:
        if made_it_so(_occasion(before), _occasion(after), entry.event) and (why or entry.event.status == "canceled"):
            return str(why) if why else None
    return None


def _occasion(shown: str) -> Occasion:
    """Return the event that a row of the audit shows."""
    fields = {key: value for key, value in json.loads(shown).items() if key in Occasion.model_fields}
    return Occasion.model_validate_json(json.dumps(fields))
