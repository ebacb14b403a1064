"""Posts about an event: who is told of a change, which are not sent any more, which earlier ones are updated, and their words.

Which event a post tells of is in `told_events`, keyed by its row of the outbox. Its words are made when the row is claimed. A reminder that waited says how long it still is; one whose event has moved, been canceled or is over by then is not
posted. A `moved` row names the audit row of the first change that its channel does not know (`told_events.since`) and tells
all up to now: several changes that were not told are one post, and a change that was taken back is none.

The clock may be wrong just then: a reminder that is not posted for its time alone is checked anew once the clock is
right, and goes only to channels that were not told (`has_it`).
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from bot.database.database import Database, fetch, from_micros, moment, to_micros
from bot.events.event import Event, ScheduleEntry
from bot.events.moving import made_it_so, misleads, move_is_news
from bot.events.reminder import EARLY_BY, fate, missed_at
from bot.outbox.approval_store import tell_decided
from bot.outbox.approval_words import Decision
from bot.outbox.follow_up_store import add
from bot.outbox.kinds import Family, Kind, Unsaid, Worded
from bot.outbox.outbox_words import updated_content
from bot.outbox.rows import COLUMNS, Action, Numbers, OutboxRow, Post, joined_wakes, post_of, to_wake
from bot.outbox.rows_store import add_rows, next_numbers
from bot.outbox.servers_store import forget_rows, know_server
from bot.outbox.states import State
from bot.outbox.threads_store import is_public
from bot.outbox.unsent_store import drop_row
from bot.schedule.reminders_words import (
    CHANGED,
    MovedFacts,
    ReminderFacts,
    begun_content,
    changed_content,
    moved_post,
    reminder_post,
)
from bot.schedule.schedule_entries_store import channels_of, event_shown, read_entry
from bot.wording.context import Setting
from bot.wording.draft import Link, address_of
from bot.wording.times import when


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """The entry of the schedule that a post, or an edit of one, tells of."""

    INSERT: ClassVar[str] = "INSERT INTO told_events (post, event, reminder, since) VALUES (?, ?, ?, ?)"

    event: int
    """The entry's id."""
    reminder: int | None = None
    """The reminder that it is."""
    since: int | None = None
    """The audit row of the first change of the entry that it tells."""

    def values(self) -> tuple[object, ...]:
        """Return what `INSERT` writes, but for the row."""
        return (self.event, self.reminder, self.since)


def event_of(connection: sqlite3.Connection, post: int) -> ToldEvent | None:
    """Return what a row of the outbox tells of; None: of no event."""
    rows = fetch(connection, "SELECT event, reminder, since FROM told_events WHERE post = ?", (post,))
    return ToldEvent(*rows[0]) if rows else None


def copy_event(connection: sqlite3.Connection, old: int, new: int) -> None:
    """Let a row that is put anew tell of what the old one was to tell."""
    connection.execute(
        """INSERT INTO told_events (post, event, reminder, since)
           SELECT ?, event, reminder, since FROM told_events WHERE post = ?""",
        (new, old),
    )


def forget_told(connection: sqlite3.Connection, server: int) -> None:
    """Delete all that was told of a server's events: by direct message, too, which belongs to no server."""
    rows = fetch(
        connection,
        "SELECT t.post FROM schedule_entries s JOIN told_events t ON t.event = s.id WHERE s.server = ?",
        (server,),
    )
    connection.executemany("DELETE FROM told_events WHERE post = ?", rows)
    forget_rows(connection, [post for (post,) in rows])


DIRECT = 0
"""The server whose numbers direct messages carry, as those to the on-call contact do."""

OUTDATED = "the event has changed since"

_AS_KNOWN = "the event is again as its channel knows it"

_OPEN = "('pending', 'awaiting', 'sending', 'doubtful', 'sent')"


class EventPosts(Family):
    """Posts about events: reminders, and what has changed."""

    kinds = (Kind("reminder", counts_down=True), Kind("moved"))
    perishable = True

    def __init__(self, setting: Setting, news_now: Callable[[], datetime]) -> None:
        """Say it as `setting` has it; `news_now` is the news clock."""
        super().__init__(setting)
        self._news_now = news_now

    def words(self, connection: sqlite3.Connection, post: Post) -> Worded | Unsaid:
        """Return what a post about an event says by now, or why it is not posted any more."""
        return draft_of_event(connection, post, self.setting, self._news_now())

    def sent(self, connection: sqlite3.Connection, post: Post, message: int, now: int) -> dict[int, bool]:
        """Edit what its channel was told of the event before, once a post about a change is in it."""
        told = event_of(connection, post.id) if post.kind == "moved" else None
        if told is None:
            return {}
        link = Link(post.number, address_of(post.server, post.destination, message))
        rows = fetch(
            connection,
            """SELECT id, number, content FROM told_events t JOIN outbox o ON o.id = t.post
               WHERE t.event = ? AND channel = ? AND id < ? AND action = 'post' AND state = 'sent' AND message IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM outbox e
                   WHERE e.about = o.id AND e.action = 'edit' AND e.kind <> 'board' AND e.kind = 'moved')
               ORDER BY id""",
            (told.event, post.channel, post.id),
        )
        edits = [
            OutboxRow(
                post.server,
                post.channel,
                number,
                "moved",
                from_micros(post.news_at),
                post.contest,
                topic=ToldEvent(told.event),
                about=key,
                action=Action.EDIT,
                content=updated_content(CHANGED, content, post.content or "", link),
                buttons=(),
            )
            for key, number, content in rows
        ]
        return add(connection, now, *edits)


@dataclass(frozen=True, slots=True)
class ChangeNotified:
    """The posts that a change of an event caused."""

    wake: dict[int, bool]
    channels: tuple[int, ...]
    """The channels of the server in which it is told."""


def tell_change(
    connection: sqlite3.Connection,
    before: ScheduleEntry,
    after: ScheduleEntry,
    since: int,
    setting: Setting,
    now: datetime,
    wall: int,
) -> ChangeNotified:
    """Tell the channels and people of a change that were told of the event or would be; `since` is its audit row.

    Reminders that wait to be sent and would mislead are not sent: of what has begun, those that were to come before. The
    reminders that were posted at its time are answered by its having begun.
    """
    wake: dict[int, bool] = {}
    status = after.event.status
    if misleads(before.event, after.event):
        wake = _drop_unsent(connection, after.id, "reminder", setting, wall)
    elif status in ("started", "over"):
        wake = lapse_waiting(connection, setting, now, wall)
    if status == "started" and before.event.status != "started":
        wake = joined_wakes(wake, _answer_reminders(connection, after, since, setting, now, wall))
    if not move_is_news(before.event, after.event, now):
        return ChangeNotified(wake, ())
    targets = {(before.server, channel) for entry in (before, after) for channel in channels_of(connection, entry)}
    targets |= _told_before(connection, after.id) | _people(connection, after.id)
    rows, channels = list[OutboxRow](), list[int]()
    numbers = Numbers(next_numbers(connection))
    for server, channel in sorted(targets):
        waiting = _waiting_changes(connection, after.id, channel)
        first = waiting[0][0] if waiting else since
        known = _before(connection, first)
        as_known = bool(waiting) and not misleads(known, after.event)
        rows += _edits_of_published(connection, after, server, channel, known, setting, now)
        told = any(post.unattempted for _, post in waiting)  # by what waits
        if as_known or not told:
            why = _AS_KNOWN if as_known else OUTDATED
            wake = joined_wakes(wake, *(_drop(connection, post, setting, wall, why) for _, post in waiting))
        if as_known:
            continue
        channels += [channel] if server != DIRECT else []
        if told:
            continue
        know_server(connection, server)
        numbers.next_numbers.setdefault(server, 1)
        rows.append(
            OutboxRow(
                server,
                channel,
                numbers.number(server, ("moved", since)),
                "moved",
                now,
                after.event.contest,
                topic=ToldEvent(after.id, since=first),
            )
        )
    add_rows(connection, rows, wall, numbers)
    return ChangeNotified(joined_wakes(wake, to_wake(rows)), tuple(channels))


def _told_before(connection: sqlite3.Connection, key: int) -> set[tuple[int, int]]:
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
    """Return what waits to tell a channel of changes of an entry, each with the audit row of the first of them."""
    rows = fetch(
        connection,
        f"""SELECT since, {COLUMNS} FROM told_events JOIN outbox ON id = post
            WHERE event = ? AND channel = ? AND kind = 'moved' AND action = 'post' AND state IN ('pending', 'awaiting') ORDER BY id""",
        (key, channel),
    )
    return [(since, post_of(tuple(columns))) for since, *columns in rows]


def _edits_of_published(
    connection: sqlite3.Connection,
    entry: ScheduleEntry,
    server: int,
    channel: int,
    known: Event,
    setting: Setting,
    now: datetime,
) -> list[OutboxRow]:
    """Return edits of what the public has read about an event that has changed; the post of the change waits for Publish.

    `known`: the event as the channel was told of it. Where it is that again, the posts are as they were.
    """
    if not is_public(connection, channel):
        return []
    posts = fetch(
        connection,
        """SELECT id, number, content,
             (SELECT e.content FROM outbox e INDEXED BY outbox_edits WHERE e.about = o.id AND e.action = 'edit'
                AND e.kind <> 'board' ORDER BY e.id DESC LIMIT 1)
           FROM told_events t CROSS JOIN outbox o ON o.id = t.post
           WHERE t.event = ? AND channel = ? AND action = 'post' AND state = 'sent' AND message IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM outbox e
               WHERE e.about = o.id AND e.action = 'edit' AND e.kind <> 'board' AND e.kind = 'moved')
           ORDER BY id""",
        (entry.id, channel),
    )
    changed = misleads(known, entry.event)
    return [
        OutboxRow(
            server,
            channel,
            number,
            "reminder",
            now,
            entry.event.contest,
            topic=ToldEvent(entry.id),
            about=key,
            action=Action.EDIT,
            content=changed_content(content, known, entry.event, now, setting) if changed else content,
        )
        for key, number, content, shown in posts
        if changed or (shown or "").startswith(f"**{CHANGED}.")
    ]


def _before(connection: sqlite3.Connection, change: int) -> Event:
    """Return an event as it was before a change of it, by the change's audit row."""
    ((before,),) = fetch(connection, "SELECT before FROM audit WHERE id = ?", (change,))
    return event_shown(before)


def due_again(connection: sqlite3.Connection, entry: ScheduleEntry, now: datetime) -> None:
    """Let reminders of an entry, as it is now, be due again that a change of it kept from being posted."""
    rows = fetch(
        connection,
        """SELECT r.id, r.lead_time, r.wall FROM reminders r WHERE r.entry = ?1 AND r.state IN ('posted', 'missed') AND EXISTS (
             SELECT 1 FROM told_events t JOIN outbox o ON o.id = t.post
             WHERE t.event = ?1 AND t.reminder = r.id AND o.action = 'post' AND o.state = 'dropped' AND o.why = ?2)""",
        (entry.id, OUTDATED),
    )
    connection.executemany(
        "UPDATE reminders SET state = 'pending', done_at = NULL WHERE id = ?",
        [
            (key,)
            for key, lead_time, wall in rows
            if fate(timedelta(minutes=lead_time), datetime.fromisoformat(wall), entry.event, now) == "told"
        ],
    )


def _drop_unsent(connection: sqlite3.Connection, key: int, kind: str, setting: Setting, wall: int) -> dict[int, bool]:
    """Let what waits of an entry, and was never attempted, not be sent; return channels to wake."""
    rows = fetch(
        connection,
        f"""SELECT {COLUMNS} FROM told_events JOIN outbox ON id = post
            WHERE event = ? AND kind = ? AND action = 'post' AND state IN ('pending', 'awaiting')""",
        (key, kind),
    )
    return joined_wakes(*(_drop(connection, post_of(row), setting, wall) for row in rows))


def _drop(
    connection: sqlite3.Connection, post: Post, setting: Setting, wall: int, why: str = OUTDATED
) -> dict[int, bool]:
    drop_row(connection, post.id, post.state, why)
    return tell_decided(connection, post, setting, Decision("outdated", why=why), wall)


def _answer_reminders(
    connection: sqlite3.Connection, entry: ScheduleEntry, since: int, setting: Setting, now: datetime, wall: int
) -> dict[int, bool]:
    """Edit the reminders that asked whether it has begun: it has, and they ask no more; return channels to wake.

    Those that the public reads, which asked nothing, say so too, but not who says it.
    """
    ((who,),) = fetch(connection, "SELECT who FROM audit WHERE id = ?", (since,))
    rows = fetch(
        connection,
        """SELECT o.server, channel, number, o.id, content, components FROM told_events t JOIN outbox o ON o.id = t.post
             LEFT JOIN reminders r ON r.id = t.reminder
           WHERE t.event = ? AND kind = 'reminder' AND action = 'post'
             AND (components IS NOT NULL OR (r.lead_time = 0 AND r.person = 0))
             AND o.state IN ('sending', 'doubtful', 'sent') AND content IS NOT NULL""",
        (entry.id,),
    )
    public = {channel for channel in {row[1] for row in rows} if is_public(connection, channel)}
    edits = [
        OutboxRow(
            server,
            channel,
            number,
            "reminder",
            now,
            entry.event.contest,
            topic=ToldEvent(entry.id),
            about=key,
            action=Action.EDIT,
            buttons=(),
            content=begun_content(content, None if channel in public else who, now, setting, entry.event.kind),
        )
        for server, channel, number, key, content, asks in rows
        if asks is not None or channel in public
    ]
    add_rows(connection, edits, wall)
    return to_wake(edits)


async def unanswered(database: Database, server: int) -> set[int]:
    """Return the numbers of a server's reminders whose buttons nobody has pressed, and whose event nobody has changed."""
    rows = await database.rows(
        """SELECT DISTINCT number FROM schedule_entries s
           CROSS JOIN told_events t ON t.event = s.id CROSS JOIN outbox o ON o.id = t.post
           WHERE s.server = ?1 AND o.server = ?1 AND kind = 'reminder' AND action = 'post' AND components IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM outbox e JOIN told_events x ON x.post = e.id
               WHERE e.about = o.id AND e.action = 'edit' AND e.kind <> 'board')""",
        (server,),
    )
    return {number for (number,) in rows}


TOO_EARLY = "the clock was wrong: it was put there before its time"


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


WAITING_FOR_PUBLISH = """FROM outbox INDEXED BY outbox_awaiting CROSS JOIN told_events ON post = id
  WHERE state IN ('awaiting', 'doubtful') AND state = 'awaiting'"""
"""SQL of the posts about events that an editor was shown."""


def lapse_waiting(connection: sqlite3.Connection, setting: Setting, now: datetime, wall: int) -> dict[int, bool]:
    """Let what an editor was shown, and is not said any more by now, not be posted; return channels to wake."""
    posts = [post_of(row) for row in fetch(connection, f"SELECT {COLUMNS} {WAITING_FOR_PUBLISH} ORDER BY id")]
    made = [(post, draft_of_event(connection, post, setting, now)) for post in posts]
    return joined_wakes(
        *(_drop(connection, post, setting, wall, one.why) for post, one in made if isinstance(one, Unsaid))
    )


def has_it(connection: sqlite3.Connection, event: int, reminder: int) -> set[int]:
    """Return the channels that a reminder was written for, and not left out of again but on an editor's word."""
    rows = fetch(
        connection,
        """SELECT DISTINCT channel FROM told_events JOIN outbox ON id = post
           WHERE event = ? AND reminder = ? AND action = 'post'
             AND NOT (state = 'dropped' AND dropped_by IS NULL)""",
        (event, reminder),
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
        entry.id,
        entry.event,
        timedelta(minutes=lead_time),
        datetime.fromisoformat(wall),
        from_micros(due_at),
        now,
        personal=bool(person),
        public=is_public(connection, post.channel),
    )
    if fate(facts.lead_time, facts.wall, entry.event, facts.now) == "missed":
        until = missed_at(facts.lead_time, facts.wall, entry.event)
        why = _held_up(connection, post, facts, until, setting) if until <= now else OUTDATED
        return _not_now(connection, reminder, why, "missed", to_micros(now))
    if facts.now <= facts.due_at - EARLY_BY:
        return _not_now(connection, reminder, TOO_EARLY, "pending", None)
    if post.approved_by is not None:  # it goes out when somebody wanted it to
        facts = replace(facts, due_at=facts.now)
    return Worded(reminder_post(facts, setting))


def _held_up(
    connection: sqlite3.Connection, post: Post, facts: ReminderFacts, until: datetime, setting: Setting
) -> str:
    """Return what kept a reminder from being posted before a moment from which on it would come too late."""

    def told(moment: datetime) -> str:
        return when(moment, facts.now, setting.desk.zone)

    if post.state is State.AWAITING:
        return f"nobody published it before {told(until)}"
    resumed = fetch(
        connection,
        "SELECT at, before ->> 'at' FROM audit WHERE server = ? AND at >= ? AND what = 'resume' ORDER BY at LIMIT 1",
        (post.server, to_micros(until)),
    )
    if resumed and datetime.fromisoformat(resumed[0][1]) <= until:
        due = told(facts.event.moment(facts.wall))
        return f"posts were paused until {told(from_micros(resumed[0][0]))}; the event was due at {due}"
    return f"it could not be sent before {told(until)}"


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
    before = event_shown(rows[0][0])
    if not misleads(before, entry.event):
        return Unsaid(_AS_KNOWN)
    about = fetch(
        connection,
        """SELECT id, number, message, coalesce(thread, channel) FROM told_events JOIN outbox ON id = post
           WHERE event = ? AND channel = ? AND id < ? AND action = 'post' AND state = 'sent' AND message IS NOT NULL
           ORDER BY id DESC LIMIT 1""",
        (entry.id, post.channel, post.id),
    )
    link = Link(about[0][1], address_of(post.server, about[0][3], about[0][2])) if about else None
    own = fetch(
        connection,
        """SELECT min(due_at) FROM reminders r JOIN direct_channels d ON d.person = r.person
           WHERE r.entry = ? AND r.state = 'pending' AND d.channel = ?""",
        (entry.id, post.channel),
    )
    facts = MovedFacts(before, entry.event, now, _why(connection, since, entry), link, moment(own[0][0]))
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
        if made_it_so(event_shown(before), event_shown(after), entry.event) and (
            why or entry.event.status == "canceled"
        ):
            return str(why) if why else None
    return None
