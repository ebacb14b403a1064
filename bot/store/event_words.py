"""The words of a post about an event, made when it is taken up: a reminder, or what has changed.

A reminder that waited says how long it still is, and one whose event has moved, been called off or is over by then is
not posted. A post about a change tells all that changed since its channel knew, up to the moment it is taken up.
"""

import json
import sqlite3
from datetime import datetime, timedelta
from typing import Protocol

from bot.cards.draft import Draft, Link, address_of
from bot.cards.facts import MovedFacts, ReminderFacts
from bot.schedule.entry import Entry
from bot.schedule.event import Event as Occasion
from bot.schedule.moving import misleads
from bot.schedule.reminder import fate
from bot.store.database import fetch, from_micros
from bot.store.post import Post
from bot.store.scheduled import read_entry


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


def draft_of_event(connection: sqlite3.Connection, post: Post, words: EventWords) -> tuple[Draft, int | None] | str:
    """Return what a post about an event says, and the row that it refers to; or why it is not posted any more."""
    entries = fetch(connection, "SELECT server FROM schedule_entries WHERE id = ?", (post.event,))
    entry = read_entry(connection, entries[0][0], post.event or 0) if entries else None
    if entry is None:
        return "the schedule no longer has its event"
    if post.kind == "reminder":
        return _reminder(connection, post, entry, words)
    return _change(connection, post, entry, words)


def _reminder(
    connection: sqlite3.Connection, post: Post, entry: Entry, words: EventWords
) -> tuple[Draft, int | None] | str:
    rows = fetch(connection, "SELECT lead, wall, due_at, person FROM reminders WHERE id = ?", (post.reminder,))
    if not rows:
        return "the event has changed since"
    lead, wall, due_at, person = rows[0]
    facts = ReminderFacts(
        entry.id, entry.event, timedelta(minutes=lead), datetime.fromisoformat(wall), from_micros(due_at),
        words.news_now(), personal=bool(person), public=_is_public(connection, post.channel),
    )  # fmt: skip
    if fate(facts.lead, facts.wall, entry.event, facts.now) == "missed":
        return "it came too late: the event was over, had begun, or has changed since"
    return words.remind(facts), None


def _change(
    connection: sqlite3.Connection, post: Post, entry: Entry, words: EventWords
) -> tuple[Draft, int | None] | str:
    rows = fetch(connection, "SELECT before, why FROM audit WHERE id = ?", (post.since,))
    last = fetch(
        connection,
        "SELECT why FROM audit INDEXED BY audit_of_entry WHERE entry = ? AND why IS NOT NULL AND id >= ? ORDER BY id DESC LIMIT 1",
        (entry.id, post.since),
    )
    if not rows:
        return "what it was is not known any more"
    fields = {key: value for key, value in json.loads(rows[0][0]).items() if key in Occasion.model_fields}
    before = Occasion.model_validate_json(json.dumps(fields))
    if not misleads(before, entry.event):
        return "the event is again as its channel knows it"
    about = fetch(
        connection,
        """SELECT id, number, message FROM outbox INDEXED BY outbox_of_event
           WHERE event = ? AND channel = ? AND id < ? AND action = 'post' AND state = 'sent' AND message IS NOT NULL
           ORDER BY id DESC LIMIT 1""",
        (entry.id, post.channel, post.id),
    )
    link = Link(about[0][1], address_of(post.server, post.channel, about[0][2])) if about else None
    facts = MovedFacts(before, entry.event, words.news_now(), last[0][0] if last else None, link)
    return words.moved(facts), about[0][0] if about else None


def _is_public(connection: sqlite3.Connection, channel: int) -> bool:
    return bool(fetch(connection, "SELECT 1 FROM channels WHERE id = ? AND public", (channel,)))
