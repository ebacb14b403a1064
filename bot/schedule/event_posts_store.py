"""Who is told of a change of an event, which posts are not sent any more, and which earlier posts are updated."""

import sqlite3
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from bot.database.database import Database, fetch, from_micros
from bot.events.event import ScheduleEntry
from bot.events.moving import misleads, move_is_news
from bot.outbox.approval_questions_store import tell_decided
from bot.outbox.approval_words import Decision
from bot.outbox.follow_up_store import add
from bot.outbox.kinds import Family, Kind, Unsaid, Worded
from bot.outbox.post import COLUMNS, Action, Post, post_of
from bot.outbox.replaced_words import updated_content
from bot.outbox.rows import Numbers, OutboxRow, joined_messages, to_wake
from bot.outbox.rows_store import add_rows, next_numbers
from bot.outbox.servers_store import know_server
from bot.outbox.states import State
from bot.outbox.unsent_store import drop
from bot.schedule.event_words_store import OUTDATED, draft_of_event
from bot.schedule.reminders_words import begun_content
from bot.schedule.schedule_entries_store import channels_of
from bot.schedule.told_events_store import ToldEvent, event_of
from bot.wording.context import Setting
from bot.wording.draft import Link, address_of

DIRECT = 0
"""The server whose numbers direct messages carry, as those to the on-call contact do."""

_OPEN = "('pending', 'awaiting', 'sending', 'doubtful', 'sent')"


class EventPosts(Family):
    """Posts about events: reminders, and what has changed."""

    kinds = (Kind("reminder"), Kind("moved"))
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
        link = Link(post.number, address_of(post.server, post.place, message))
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
                post.server, post.channel, number, "moved", from_micros(post.news_at), post.contest, topic=ToldEvent(told.event),
                about=key, action=Action.EDIT, content=updated_content("Changed", content, post.content or "", link), buttons=(),
            )
            for key, number, content in rows
        ]  # fmt: skip
        return add(connection, now, *edits)


class ChangeNotified(Struct, frozen=True):
    """The posts that a change of an event caused."""

    wake: dict[int, bool]
    channels: int
    """In how many channels of the server it is told."""


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

    Reminders that wait to be sent and would mislead are not sent. The reminders that were posted at its time are
    answered by its having begun.
    """
    wake: dict[int, bool] = {}
    status = after.event.status
    if misleads(before.event, after.event) or status in ("started", "over"):
        wake = _drop_unsent(connection, after.id, "reminder", setting, wall)
    if status == "started" and before.event.status != "started":
        wake = joined_messages(wake, _answer_reminders(connection, after, since, setting, now, wall))
    if not move_is_news(before.event, after.event, now):
        return ChangeNotified(wake, 0)
    targets = {(before.server, channel) for entry in (before, after) for channel in channels_of(connection, entry)}
    targets |= _told_before(connection, after.id) | _people(connection, after.id)
    rows = []
    numbers = Numbers(next_numbers(connection))
    for server, channel in sorted(targets):
        first, asked = _waiting_change(connection, after.id, channel, setting, wall)
        wake = joined_messages(wake, asked)
        if first is None:
            continue
        know_server(connection, server)
        numbers.next_numbers.setdefault(server, 1)
        rows.append(
            OutboxRow(
                server, channel, numbers.number(server, ("moved", since)), "moved", now, after.event.contest,
                topic=ToldEvent(after.id, since=first or since),
            )
        )  # fmt: skip
    add_rows(connection, rows, wall, numbers)
    return ChangeNotified(joined_messages(wake, to_wake(rows)), sum(server != DIRECT for server, _ in targets))


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


def _waiting_change(
    connection: sqlite3.Connection, key: int, channel: int, setting: Setting, wall: int
) -> tuple[int | None, dict[int, bool]]:
    """Return since which change a new post has to tell, 0 for the one just made; None: one that waits will tell it.

    And channels to wake: what an editor was shown of it is not posted.
    """
    rows = fetch(
        connection,
        f"""SELECT since, {COLUMNS} FROM told_events JOIN outbox ON id = post
            WHERE event = ? AND channel = ? AND kind = 'moved' AND action = 'post' AND state IN ('pending', 'awaiting') ORDER BY id""",
        (key, channel),
    )
    first, wake = 0, dict[int, bool]()
    for told_since, *columns in rows:
        post = post_of(tuple(columns))
        if post.state is State.PENDING and post.approved_by is None:
            return None, wake
        wake = joined_messages(wake, _drop(connection, post, setting, wall))
        first = first or told_since or 0
    return first, wake


def _drop_unsent(connection: sqlite3.Connection, key: int, kind: str, setting: Setting, wall: int) -> dict[int, bool]:
    """Let what waits of an entry, and was never attempted, not be sent; return channels to wake."""
    rows = fetch(
        connection,
        f"""SELECT {COLUMNS} FROM told_events JOIN outbox ON id = post
            WHERE event = ? AND kind = ? AND action = 'post' AND state IN ('pending', 'awaiting')""",
        (key, kind),
    )
    return joined_messages(*(_drop(connection, post_of(row), setting, wall) for row in rows))


def _drop(connection: sqlite3.Connection, post: Post, setting: Setting, wall: int) -> dict[int, bool]:
    drop(connection, post.id, post.state, OUTDATED)
    return tell_decided(connection, post, setting, Decision("outdated", why=OUTDATED), wall)


def _answer_reminders(
    connection: sqlite3.Connection, entry: ScheduleEntry, since: int, setting: Setting, now: datetime, wall: int
) -> dict[int, bool]:
    """Edit the reminders that asked whether it has begun: it has, and they ask no more; return channels to wake."""
    ((who,),) = fetch(connection, "SELECT who FROM audit WHERE id = ?", (since,))
    rows = fetch(
        connection,
        """SELECT server, channel, number, id, content FROM told_events JOIN outbox ON id = post
           WHERE event = ? AND kind = 'reminder' AND action = 'post' AND components IS NOT NULL
             AND state IN ('sending', 'doubtful', 'sent') AND content IS NOT NULL""",
        (entry.id,),
    )
    edits = [
        OutboxRow(
            server, channel, number, "reminder", now, entry.event.contest, topic=ToldEvent(entry.id), about=key,
            action=Action.EDIT, content=begun_content(content, who, now, setting, entry.event.kind), buttons=(),
        )
        for server, channel, number, key, content in rows
    ]  # fmt: skip
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
