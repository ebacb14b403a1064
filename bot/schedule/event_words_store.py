"""The words of a post about an event, made when its row is claimed: a reminder, or what has changed.

A reminder that waited says how long it still is; one whose event has moved, been called off or is over by then is not
posted. A `moved` row names the audit row of the first change that its channel does not know (`outbox.since`) and tells
all up to now: several changes that were not told are one post, and a change that was taken back is none.

The clock may be wrong just then: a reminder that is not posted for its time alone is checked anew once the clock is
right, and goes only to channels that were not told (`has_it`).
"""

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.database.database import fetch, from_micros, to_micros
from bot.events.event import Event as Occasion
from bot.events.event import ScheduleEntry
from bot.events.moving import made_it_so, misleads
from bot.events.reminder import EARLY_BY, fate
from bot.outbox.approval_words import OUTDATED
from bot.outbox.post import Post
from bot.outbox.states import Transition, moved
from bot.outbox.threads_store import is_public
from bot.schedule.entries_store import read_entry
from bot.schedule.reminders_words import MovedFacts, ReminderFacts
from bot.wording.draft import Draft, Link, address_of

TOO_LATE = "it came too late: the event was over, had begun, or has changed since"


TOO_EARLY = "the clock was wrong: it was put there before its time"
"""Why a reminder was not posted, where its time was all that spoke against it."""


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Why a post about an event is not posted any more."""

    why: str
    reminder: Literal["missed", "pending"] | None = None
    """What becomes of the reminder that it is: missed as long as the clock is right, or due when its time comes; None: nothing."""
    at: datetime | None = None
    """When that was found, by the news clock."""


class EventWords(Protocol):
    """Makes the words of what is said about events."""

    def news_now(self) -> datetime:
        """Return the news clock's time."""
        ...

    def remind(self, facts: ReminderFacts) -> Draft:
        """Return a reminder."""
        ...

    def moved(self, facts: MovedFacts) -> Draft:
        """Return the post that says what has changed about an event."""
        ...


def draft_of_event(connection: sqlite3.Connection, post: Post, words: EventWords) -> tuple[Draft, int | None] | Unsaid:
    """Return what a post about an event says, and the row that it refers to; or why it is not posted any more."""
    entries = fetch(connection, "SELECT server FROM schedule_entries WHERE id = ?", (post.event,))
    entry = read_entry(connection, entries[0][0], post.event or 0) if entries else None
    if entry is None:
        return Unsaid("the schedule no longer has its event")
    if post.kind == "reminder":
        return _reminder(connection, post, entry, words)
    return _change(connection, post, entry, words)


def leave_out(connection: sqlite3.Connection, post: Post, unsaid: Unsaid) -> None:
    """Let a post about an event not be posted; a reminder comes after all if the clock turns out to have been wrong."""
    connection.execute(
        "UPDATE outbox SET state = ?, why = ? WHERE id = ?",
        (moved(post.state, Transition.REJECTED), unsaid.why, post.id),
    )
    if unsaid.reminder is not None:
        done_at = to_micros(unsaid.at) if unsaid.reminder == "missed" and unsaid.at else None
        connection.execute(
            "UPDATE reminders SET state = ?, done_at = ? WHERE id = ? AND state = 'posted'",
            (unsaid.reminder, done_at, post.reminder),
        )


def has_it(connection: sqlite3.Connection, event: int, reminder: int) -> set[int]:
    """Return the channels that a reminder was written for and not left out of again for its time."""
    rows = fetch(
        connection,
        """SELECT DISTINCT channel FROM outbox
           WHERE event = ? AND reminder = ? AND action = 'post' AND NOT (state = 'dropped' AND why IN (?, ?, ?))""",
        (event, reminder, TOO_LATE, TOO_EARLY, OUTDATED),
    )
    return {channel for (channel,) in rows}


def _reminder(
    connection: sqlite3.Connection, post: Post, entry: ScheduleEntry, words: EventWords
) -> tuple[Draft, int | None] | Unsaid:
    rows = fetch(connection, "SELECT lead, wall, due_at, person FROM reminders WHERE id = ?", (post.reminder,))
    if not rows:
        return Unsaid(OUTDATED)
    lead, wall, due_at, person = rows[0]
    facts = ReminderFacts(
        entry.id, entry.event, timedelta(minutes=lead), datetime.fromisoformat(wall), from_micros(due_at),
        words.news_now(), personal=bool(person), public=is_public(connection, post.channel),
    )  # fmt: skip
    if fate(facts.lead, facts.wall, entry.event, facts.now) == "missed":
        return Unsaid(TOO_LATE, "missed", facts.now)
    if facts.now <= facts.due_at - EARLY_BY:
        return Unsaid(TOO_EARLY, "pending", facts.now)
    return words.remind(facts), None


def _change(
    connection: sqlite3.Connection, post: Post, entry: ScheduleEntry, words: EventWords
) -> tuple[Draft, int | None] | Unsaid:
    rows = fetch(connection, "SELECT before FROM audit WHERE id = ?", (post.since,))
    if not rows:
        return Unsaid("what it was is not known any more")
    before = _occasion(rows[0][0])
    if not misleads(before, entry.event):
        return Unsaid("the event is again as its channel knows it")
    about = fetch(
        connection,
        """SELECT id, number, message, coalesce(thread, channel) FROM outbox
           WHERE event = ? AND channel = ? AND id < ? AND action = 'post' AND state = 'sent' AND message IS NOT NULL
           ORDER BY id DESC LIMIT 1""",
        (entry.id, post.channel, post.id),
    )
    link = Link(about[0][1], address_of(post.server, about[0][3], about[0][2])) if about else None
    facts = MovedFacts(before, entry.event, words.news_now(), _why(connection, post, entry), link)
    return words.moved(facts), about[0][0] if about else None


def _why(connection: sqlite3.Connection, post: Post, entry: ScheduleEntry) -> str | None:
    """Return why an event is now as the post says: the newest reason among the changes that made it so."""
    rows = fetch(
        connection,
        """SELECT before, after, why FROM audit
           WHERE entry = ? AND id >= ? AND before IS NOT NULL AND after IS NOT NULL ORDER BY id DESC""",
        (entry.id, post.since),
    )
    for before, after, why in rows:
        if made_it_so(_occasion(before), _occasion(after), entry.event) and (why or entry.event.status == "called_off"):
            return str(why) if why else None
    return None


def _occasion(shown: str) -> Occasion:
    """Return the event that a row of the audit shows."""
    fields = {key: value for key, value in json.loads(shown).items() if key in Occasion.model_fields}
    return Occasion.model_validate_json(json.dumps(fields))
