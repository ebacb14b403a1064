"""Posts about events: their text, and which posts a change of an event sends, drops or edits.

`told_events` links rows of the outbox to events. A post's text is written when the post is about to be sent. A
reminder then states the time that is left. It is dropped if its event has moved, was canceled or is over.

A `moved` row refers to the first change that its channel has not been told about, by that change's audit row
(`told_events.since`). It reports all changes from that one on. Several changes thus become one post, and a change that
was undone becomes none.

A reminder that is dropped only because of its time is due again if the clock turns out to have been wrong.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Self

from bot.database.database import fetch, from_micros, to_micros
from bot.events.event import Event, ScheduleEntry
from bot.events.moving import explains_present, misleads, move_is_news
from bot.events.reminder import EARLY_BY, due, is_missed, missed_at
from bot.follows.preferences import preferences_of
from bot.outbox.approval_store import update_questions
from bot.outbox.approval_words import Decision
from bot.outbox.follow_up_store import latest_card, marked_card
from bot.outbox.kinds import Kind, NotPosted, PostText
from bot.outbox.rows import COLUMNS, OutboxRow, Post, TopicRow, post_of
from bot.outbox.servers_store import ensure_server, forget_rows
from bot.outbox.states import State
from bot.outbox.threads_store import is_public
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_row
from bot.schedule.due_reminders_store import is_met, next_personal
from bot.schedule.reminders_words import (
    CHANGED,
    MOST_ANNOUNCED,
    MovedFacts,
    ReminderFacts,
    added_post,
    begun_card,
    changed_card,
    moved_post,
    reminder_post,
)
from bot.schedule.schedule_entries_store import DIRECT, channels_of, event_shown, read_entry
from bot.wording.card import Link, address_of
from bot.wording.times import when

OUTDATED = "the event has changed since"

TOO_EARLY = "the clock was wrong: it was put there before its time"

_AS_KNOWN = "the event is again as its channel knows it"

_OPEN = "('pending', 'awaiting', 'sending', 'doubtful', 'sent')"

WAITING_FOR_PUBLISH = """FROM outbox INDEXED BY outbox_awaiting CROSS JOIN told_events ON post = id
  WHERE state IN ('awaiting', 'doubtful') AND state = 'awaiting'"""
"""SQL for the posts about events that wait for an editor to press Publish.

The SQL forces an index that covers both states of the first condition.
"""


@dataclass(frozen=True, slots=True)
class PostedEvent(TopicRow):
    """The event that a post, or an edit of a post, is about: a row of `told_events`."""

    INSERT: ClassVar[str] = (
        "INSERT INTO told_events (post, event, lead_time, wall, due_at, since) VALUES (?, ?, ?, ?, ?, ?)"
    )

    event: int
    """The id of the schedule entry."""
    lead_time: int | None = None
    """For a reminder, the minutes before the event; None for other posts."""
    wall: str | None = None
    """For a reminder, the wall time that it announces."""
    due_at: int | None = None
    """For a reminder, when it was due, in microseconds since 1970."""
    since: int | None = None
    """The audit row of the first change that the post reports; None if it reports no change."""

    def values(self) -> tuple[object, ...]:
        """Return the values to insert into `told_events` after the post's id."""
        return (self.event, self.lead_time, self.wall, self.due_at, self.since)

    @classmethod
    def of(cls, connection: sqlite3.Connection, post: int) -> Self | None:
        """Return the event that a row of the outbox is about, or None."""
        rows = fetch(
            connection, "SELECT event, lead_time, wall, due_at, since FROM told_events WHERE post = ?", (post,)
        )
        return cls(*rows[0]) if rows else None


class EventPost(Kind):
    """The base class for kinds of posts about an event."""

    tells = (PostedEvent,)
    perishable = True

    def words(self, tx: Tx, post: Post) -> PostText | NotPosted:
        """Return the current text of a post about an event, or the reason not to post it."""
        return draft_of_event(tx, post)


class ReminderPost(EventPost):
    """The kind of post that reminds of an event."""

    name = "reminder"
    does = "is a reminder"
    on_page = {
        "reminder": "before an event, and at its time; it notifies",
    }
    counts_down = True
    names_staff = True


class AddedPost(EventPost):
    """The kind of post that announces an event added after that day's morning list was posted."""

    name = "added"
    does = "announces an added event"
    on_page = {
        "added": "up to three events were added to a day whose morning list is out; it notifies",
    }


class MovedPost(EventPost):
    """The kind of post that reports a change of an event's time, place or hours."""

    name = "moved"
    does = "reports a schedule change"
    on_page = {
        "moved": "an event has another time or place, is canceled, or is on again: what changed, and why; it notifies",
    }

    def on_sent(self, tx: Tx, post: Post, message: int) -> None:
        """Edit the earlier posts about the event in the same channel."""
        told = PostedEvent.of(tx.connection, post.id)
        if told is None:
            return
        link = Link(post.number, address_of(post.server, post.destination, message))
        rows = tx.rows(
            f"""SELECT {COLUMNS} FROM told_events t JOIN outbox o ON o.id = t.post
               WHERE t.event = ? AND channel = ? AND id < ? AND action = 'post' AND state = 'sent' AND message IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM outbox e
                   WHERE e.about = o.id AND e.action = 'edit' AND e.kind = 'moved')
               ORDER BY id""",
            (told.event, post.channel, post.id),
        )
        for row in rows:
            earlier = post_of(row)
            marked = marked_card(tx.connection, earlier)
            if marked is not None and post.card is not None:
                card = replace(marked, buttons=()).marked_replaced(CHANGED, post.card.says, post.number, str(link))
                at, topic = from_micros(post.news_at), PostedEvent(told.event)
                tx.add([OutboxRow.edit(earlier, card, at, "moved", buttons=True, topic=topic)])


def draft_of_event(tx: Tx, post: Post) -> PostText | NotPosted:
    """Return the current text of a post about an event, or the reason not to post it.

    If a reminder is dropped and the clock turns out to have been wrong, the reminder becomes due again.
    """
    told = PostedEvent.of(tx.connection, post.id)
    entries = tx.rows("SELECT server FROM schedule_entries WHERE id = ?", (told.event if told else None,))
    entry = read_entry(tx.connection, entries[0][0], told.event) if told and entries else None
    if told is None or entry is None:
        return NotPosted("the schedule no longer has its event")
    if post.kind == AddedPost.name:
        return _added(tx, post, entry)
    if told.lead_time is not None and told.wall is not None:
        return _reminder(tx, post, timedelta(minutes=told.lead_time), datetime.fromisoformat(told.wall), entry)
    return _change(tx, post, told.since, entry)


def _added(tx: Tx, post: Post, entry: ScheduleEntry) -> PostText | NotPosted:
    if entry.event.status in ("canceled", "started", "over"):
        return NotPosted(OUTDATED)
    if entry.event.starts_at <= tx.now:
        return NotPosted("its time came first")
    reminded = tx.rows(
        f"""SELECT 1 FROM told_events JOIN outbox ON id = post
            WHERE event = ? AND channel = ? AND kind = 'reminder' AND action = 'post' AND state IN {_OPEN} LIMIT 1""",
        (entry.id, post.channel),
    )
    return NotPosted("a reminder tells of it") if reminded else PostText(added_post(entry.event, tx.now, tx.setting))


def _reminder(tx: Tx, post: Post, lead_time: timedelta, wall: datetime, entry: ScheduleEntry) -> PostText | NotPosted:
    facts = ReminderFacts(
        entry.id,
        entry.event,
        lead_time,
        wall,
        due(entry.event.model_copy(update={"wall": wall}), lead_time),
        tx.now,
        personal=post.server == DIRECT,
        public=is_public(tx.connection, post.channel),
        asked_for=_public_channels_asked_about(tx, post, entry),
    )
    if is_missed(lead_time, wall, entry.event, tx.now):
        until = missed_at(lead_time, wall, entry.event)
        return NotPosted(_held_up(tx, post, facts, until) if until <= tx.now else OUTDATED)
    if is_met(tx.connection, entry):
        return NotPosted("all have certified")
    if facts.now <= facts.due_at - EARLY_BY:
        return NotPosted(TOO_EARLY)
    if post.approved_by is not None:  # it goes out when somebody wanted it to
        facts = replace(facts, due_at=facts.now)
    return PostText(reminder_post(facts, tx.setting))


def _public_channels_asked_about(tx: Tx, post: Post, entry: ScheduleEntry) -> tuple[int, ...]:
    """Return the public channels for which a reminder in the desk's channel asks whether the event has begun.

    Returns an empty tuple for a reminder in one of the entry's own channels, or in a direct message.
    """
    channels = channels_of(tx.connection, entry)
    return () if post.server == DIRECT or post.channel in channels else tuple(channels)


def _held_up(tx: Tx, post: Post, facts: ReminderFacts, until: datetime) -> str:
    """Return the reason why a reminder was not posted before `until`, the moment from which it was too late.

    For example, nobody published it, or posts were paused.
    """

    def told(moment: datetime) -> str:
        return when(moment, facts.now, tx.setting.desk.zone)

    if post.state is State.AWAITING:
        return f"nobody published it before {told(until)}"
    resumed = tx.rows(
        "SELECT at, before ->> 'at' FROM audit WHERE server = ? AND at >= ? AND what = 'resume' ORDER BY at LIMIT 1",
        (post.server, to_micros(until)),
    )
    if resumed and datetime.fromisoformat(resumed[0][1]) <= until:
        due = told(facts.event.moment(facts.wall))
        return f"posts were paused until {told(from_micros(resumed[0][0]))}; the event was due at {due}"
    return f"it could not be sent before {told(until)}"


def _change(tx: Tx, post: Post, since: int | None, entry: ScheduleEntry) -> PostText | NotPosted:
    rows = tx.rows("SELECT before FROM audit WHERE id = ?", (since,))
    if not rows:
        return NotPosted("what it was is not known any more")
    before = event_shown(rows[0][0])
    if not misleads(before, entry.event):
        return NotPosted(_AS_KNOWN)
    about = tx.rows(
        """SELECT id, number, message, coalesce(thread, channel) FROM told_events JOIN outbox ON id = post
           WHERE event = ? AND channel = ? AND id < ? AND action = 'post' AND state = 'sent' AND message IS NOT NULL
           ORDER BY id DESC LIMIT 1""",
        (entry.id, post.channel, post.id),
    )
    link = Link(about[0][1], address_of(post.server, about[0][3], about[0][2])) if about else None
    people = tx.rows("SELECT person FROM direct_channels WHERE channel = ?", (post.channel,))
    own = [at for (person,) in people for at in next_personal(tx.connection, entry, person, tx.now)]
    facts = MovedFacts(before, entry.event, tx.now, _why(tx.connection, since, entry), link, min(own, default=None))
    return PostText(moved_post(facts, tx.setting), about[0][0] if about else None)


def _why(connection: sqlite3.Connection, since: int | None, entry: ScheduleEntry) -> str | None:
    """Return the newest reason that staff typed for the event's present state, or None.

    Only changes from the audit row `since` onward are considered.
    """
    rows = fetch(
        connection,
        """SELECT before, after, why FROM audit
           WHERE entry = ? AND id >= ? AND before IS NOT NULL AND after IS NOT NULL ORDER BY id DESC""",
        (entry.id, since),
    )
    for before, after, why in rows:
        if explains_present(event_shown(before), event_shown(after), entry.event) and (
            why or entry.event.status == "canceled"
        ):
            return str(why) if why else None
    return None


def announce_added(tx: Tx, entries: Sequence[ScheduleEntry]) -> None:
    """Announce new entries in the channels that already have the morning list of the event's day.

    If more than `MOST_ANNOUNCED` entries would be announced at once, none is.
    """
    announced = [(entry, announced_in(tx, entry)) for entry in entries]
    if sum(bool(channels) for _, channels in announced) > MOST_ANNOUNCED:
        return
    tx.add(
        [
            OutboxRow(
                entry.server,
                channel,
                tx.number(entry.server, ("added", entry.id)),
                AddedPost.name,
                tx.now,
                entry.event.contest,
                topic=PostedEvent(entry.id),
            )
            for entry, channels in announced
            for channel in channels
        ]
    )


def announced_in(tx: Tx, entry: ScheduleEntry) -> list[int]:
    """Return the channels in which a new entry is to be announced.

    These channels already have the morning list of the event's day, and want added events announced.
    """
    event = entry.event
    if event.starts_at <= tx.now or event.status in ("canceled", "started", "over"):
        return []
    day = event.starts_at.astimezone(tx.setting.desk.zone).date().isoformat()
    rows = tx.rows(
        """SELECT channel, preferences FROM follows f WHERE server = ?1 AND ?2 IN (contest, '')
           AND EXISTS (SELECT 1 FROM rundowns r WHERE r.server = ?1 AND r.channel IN (0, f.channel) AND r.day = ?3)""",
        (entry.server, (event.contest or "") if entry.channel is None else "", day),
    )
    wanted = {channel for channel, preferences in rows if preferences_of(preferences).added_events}
    return [channel for channel in channels_of(tx.connection, entry) if channel in wanted]


def post_change(tx: Tx, before: ScheduleEntry, after: ScheduleEntry, since: int) -> tuple[int, ...]:
    """Post a change of an event to the channels and people who know about the event, or who would have been informed.

    Waiting reminders that the change makes wrong are dropped. Once the event has begun, reminders ahead of it are
    dropped, and reminders that asked whether it has begun are edited.

    Args:
        tx: the transaction.
        before: the entry before the change.
        after: the entry after the change.
        since: the id of the change's audit row.

    Returns:
        The server's channels in which the change is posted.
    """
    status = after.event.status
    if misleads(before.event, after.event):
        _drop_reminders(tx, after.id, since)
    elif status in ("started", "over"):
        drop_outdated_posts(tx)
    if status == "started" and before.event.status != "started":
        _answer_reminders(tx, after, since)
    if not move_is_news(before.event, after.event, tx.now):
        return ()
    targets = {(before.server, channel) for entry in (before, after) for channel in channels_of(tx.connection, entry)}
    targets |= _posted_before(tx.connection, after.id) | _people(tx.connection, after.id)
    rows, channels = list[OutboxRow](), list[int]()
    for server, channel in sorted(targets):
        if _is_to_be_announced(tx.connection, after.id, channel):
            continue  # as it is by then
        waiting = _waiting_changes(tx.connection, after.id, channel)
        first = waiting[0][0] if waiting else since
        known = _before(tx.connection, first)
        as_known = bool(waiting) and not misleads(known, after.event)
        rows += _edits_of_published(tx, after, channel, known)
        told = any(post.unattempted for _, post in waiting)  # by what waits
        if as_known or not told:
            for _, post in waiting:
                _drop(tx, post, _AS_KNOWN if as_known else OUTDATED)
        if as_known:
            continue
        channels += [channel] if server != DIRECT else []
        if told:
            continue
        ensure_server(tx.connection, server)
        rows.append(
            OutboxRow(
                server,
                channel,
                tx.number(server, ("moved", since)),
                "moved",
                tx.now,
                after.event.contest,
                topic=PostedEvent(after.id, since=first),
            )
        )
    tx.add(rows)
    return tuple(channels)


def _drop_reminders(tx: Tx, key: int, change: int) -> None:
    """Drop the waiting reminders of the entry with the id `key`, because of a change.

    `change` is the id of the change's audit row. Reminders that the bot has already tried to send are not dropped.
    """
    rows = tx.rows(
        f"""SELECT {COLUMNS} FROM told_events JOIN outbox ON id = post
            WHERE event = ? AND kind = 'reminder' AND action = 'post' AND state IN ('pending', 'awaiting')""",
        (key,),
    )
    for row in rows:
        post = post_of(row)
        tx.execute("UPDATE told_events SET since = ? WHERE post = ?", (change, post.id))
        _drop(tx, post)


def _answer_reminders(tx: Tx, entry: ScheduleEntry, since: int) -> None:
    """Edit the reminders at an event's start to report that the event has begun, and remove their question.

    Reminders in public channels had no question. They are edited too, but don't name the person who reported the
    start. `since` is the audit row of that report.
    """
    ((who,),) = tx.rows("SELECT who FROM audit WHERE id = ?", (since,))
    rows = tx.rows(
        f"""SELECT {COLUMNS} FROM told_events t JOIN outbox o ON o.id = t.post
           WHERE t.event = ? AND kind = 'reminder' AND action = 'post'
             AND (components IS NOT NULL OR (t.lead_time = 0 AND o.server <> 0))
             AND o.state IN ('sending', 'doubtful', 'sent') AND content IS NOT NULL""",
        (entry.id,),
    )
    posts = [post_of(row) for row in rows]
    public = {channel for channel in {post.channel for post in posts} if is_public(tx.connection, channel)}
    for post in posts:
        marked = marked_card(tx.connection, post)
        if marked is not None and (post.buttons is not None or post.channel in public):
            by = None if post.channel in public else who
            card = begun_card(marked, post.number, by, tx.now, tx.setting, entry.event.kind)
            tx.add([OutboxRow.edit(post, card, tx.now, buttons=True, topic=PostedEvent(entry.id))])


def _posted_before(connection: sqlite3.Connection, key: int) -> set[tuple[int, int]]:
    rows = fetch(
        connection,
        f"""SELECT DISTINCT server, channel FROM told_events JOIN outbox ON id = post
            WHERE event = ? AND action = 'post' AND state IN {_OPEN}""",
        (key,),
    )
    return {(server, channel) for server, channel in rows}


def _people(connection: sqlite3.Connection, key: int) -> set[tuple[int, int]]:
    rows = fetch(
        connection,
        """SELECT d.channel FROM personal_lead_times p JOIN direct_channels d ON d.person = p.person WHERE p.entry = ?""",
        (key,),
    )
    return {(DIRECT, channel) for (channel,) in rows}


def _waiting_changes(connection: sqlite3.Connection, key: int, channel: int) -> list[tuple[int, Post]]:
    """Return a channel's waiting posts about changes of the entry with the id `key`.

    Each is paired with the audit row of the first change that the post reports.
    """
    rows = fetch(
        connection,
        f"""SELECT since, {COLUMNS} FROM told_events JOIN outbox ON id = post
            WHERE event = ? AND channel = ? AND kind = 'moved' AND action = 'post' AND state IN ('pending', 'awaiting') ORDER BY id""",
        (key, channel),
    )
    return [(since, post_of(tuple(columns))) for since, *columns in rows]


def _is_to_be_announced(connection: sqlite3.Connection, key: int, channel: int) -> bool:
    rows = fetch(
        connection,
        """SELECT 1 FROM told_events JOIN outbox ON id = post
           WHERE event = ? AND channel = ? AND kind = 'added' AND action = 'post' AND state IN ('pending', 'awaiting')""",
        (key, channel),
    )
    return bool(rows)


def _before(connection: sqlite3.Connection, change: int) -> Event:
    """Return an event as it was before a change. `change` is the id of the change's audit row."""
    ((before,),) = fetch(connection, "SELECT before FROM audit WHERE id = ?", (change,))
    return event_shown(before)


def _edits_of_published(tx: Tx, entry: ScheduleEntry, channel: int, known: Event) -> list[OutboxRow]:
    """Return edits that add a change of an event to the posts about it in a public channel.

    The edits are made because the separate post about the change still waits for Publish. `known` is the event as the
    channel's readers know it. If the event is the same as `known` again, the posts get their old text back.
    """
    if not is_public(tx.connection, channel):
        return []
    rows = tx.rows(
        f"""SELECT {COLUMNS} FROM told_events t CROSS JOIN outbox o ON o.id = t.post
           WHERE t.event = ? AND channel = ? AND action = 'post' AND state = 'sent' AND message IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM outbox e
               WHERE e.about = o.id AND e.action = 'edit' AND e.kind = 'moved')
           ORDER BY id""",
        (entry.id, channel),
    )
    changed, edits = misleads(known, entry.event), []
    for post in map(post_of, rows):
        shown, marked = latest_card(tx.connection, post), marked_card(tx.connection, post)
        if shown is None or marked is None or not (changed or shown.replaced != marked.replaced):
            continue
        card = changed_card(marked, known, entry.event, tx.now, tx.setting) if changed else marked
        edits.append(OutboxRow.edit(post, card, tx.now, "reminder", topic=PostedEvent(entry.id)))
    return edits


def _drop(tx: Tx, post: Post, why: str = OUTDATED) -> None:
    drop_row(tx.connection, post.id, post.state, why)
    update_questions(tx, post, Decision("outdated", why=why))


def drop_outdated_posts(tx: Tx) -> None:
    """Drop the posts about events that wait for Publish but are out of date."""
    posts = [post_of(row) for row in tx.rows(f"SELECT {COLUMNS} {WAITING_FOR_PUBLISH} ORDER BY id")]
    made = [(post, draft_of_event(tx, post)) for post in posts]
    for post, one in made:
        if isinstance(one, NotPosted):
            _drop(tx, post, one.why)


def forget_direct_messages(connection: sqlite3.Connection, server: int) -> None:
    """Delete the posts about a server's events, including direct messages, which are stored under server 0."""
    rows = fetch(
        connection,
        "SELECT t.post FROM schedule_entries s JOIN told_events t ON t.event = s.id WHERE s.server = ?",
        (server,),
    )
    forget_rows(connection, [post for (post,) in rows])
