"""What was open in a restored copy is settled by what the channels show, one server at a time."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.store.approval import ask_again
from bot.store.database import fetch, to_micros
from bot.store.outbox_state import State
from bot.store.post import MERGEABLE
from bot.store.rows import AuditRow
from bot.store.threads import place_found
from bot.store.words import Words

WHO = "Tallydesk"
SPARE = 100
"""Numbers that are left out where posts are not in the books: a channel that followed only after the copy was made
is not known, so that its numbers can't be looked up."""

Histories = Mapping[int, Mapping[int, int] | None]
"""By channel: the message of each number that was posted since the copy was made; None: the history can't be read."""

_SETTLED = "the database was restored from a copy, and posts made since then settled it"
_RENUMBERED = "the database was restored from a copy, and it may have been posted since under another number"
_UNREADABLE = "the database was restored from a copy, and the channel's history can't be read"


@dataclass(frozen=True, slots=True)
class Copy:
    """What has to be looked up before a copy can be used."""

    made_at: datetime
    channels: tuple[int, ...]
    """Those that follow something or that something waits for."""
    threads: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """The threads of contests by their channels."""


def drop_the_operator_s(connection: sqlite3.Connection) -> None:
    """Leave out what was to be said to the operator, and to no server: it was of its moment."""
    connection.execute(
        """UPDATE outbox SET state = ?, why = ? WHERE state IN ('pending', 'awaiting', 'sending')
           AND (server = 0 OR server NOT IN (SELECT id FROM servers))""",
        (State.SUPERSEDED, _SETTLED),
    )
    connection.execute("UPDATE servers SET next_number = next_number + ? WHERE id = 0", (SPARE,))


@dataclass(frozen=True, slots=True)
class _Open:
    """A post that had not been sent, or not for certain, when the copy was made."""

    id: int
    channel: int
    number: int
    kind: str
    series: int | None
    state: str
    muted: bool
    """Its source was muted: when it is let go again, what waits gets new numbers."""


@dataclass(slots=True)
class Settling:
    """One server of a restored copy, in the transaction under way."""

    connection: sqlite3.Connection
    server: int
    after: int
    """The server's next number in the copy: from there on none is in the books."""
    copy: Copy
    now: datetime
    """News clock."""
    stamp: int
    """Wall clock, in microseconds."""
    done: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("found", "superseded", "doubtful"), 0))
    """How many rows became what."""

    def settle(self, histories: Histories, day: str | None, words: Words) -> AuditRow:
        """Settle each channel, go on with the numbers and ask the desk what is left to it; return what was done.

        `day`: today by the desk's calendar, if its morning list may have been posted where posts are not in the books.
        """
        rows = self._open()
        channels = [channel for channel in self._channels(rows) if channel in histories]
        unknown = {
            channel: sorted(number for number in histories[channel] or () if number >= self.after)
            for channel in channels
        }
        for channel in channels:
            here, history = [row for row in rows if row.channel == channel], histories[channel]
            if history is None:
                self._doubt(here)
            else:
                self._settle_channel(here, history, unknown[channel])
        lost = [channel for channel in channels if unknown[channel] or histories[channel] is None]
        for channel in lost:
            self._rest(channel, unknown[channel])
        if lost and day is not None:
            self.connection.execute("INSERT INTO rundowns VALUES (?, ?) ON CONFLICT DO NOTHING", (self.server, day))
        if lost:  # as with the list: what has been due since may have been posted
            self.connection.execute(
                """UPDATE reminders SET state = 'posted', done_at = ? WHERE server = ? AND state = 'pending'
                   AND due_at <= ?""",
                (to_micros(self.now), self.server, to_micros(self.now)),
            )
        found = [number + 1 for channel in channels for number in histories[channel] or ()]
        following = max([self.after, *found]) + (SPARE if lost else 0)
        self.connection.execute("UPDATE servers SET next_number = ? WHERE id = ?", (following, self.server))
        self._ask(words)
        unreadable = [channel for channel in channels if histories[channel] is None]
        return self._audit(unknown, unreadable, following)

    def _open(self) -> list[_Open]:
        rows = fetch(
            self.connection,
            """SELECT id, channel, number, kind, series, state, EXISTS (
                 SELECT 1 FROM mutes m WHERE m.server = o.server AND m.source = o.source) FROM outbox o
               WHERE server = ? AND action = 'post' AND state IN ('pending', 'awaiting', 'sending', 'doubtful')
               ORDER BY id""",
            (self.server,),
        )
        return [_Open(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6])) for row in rows]

    def _channels(self, rows: list[_Open]) -> list[int]:
        follows = fetch(
            self.connection,
            """SELECT channel FROM follows WHERE server = ?1 UNION
               SELECT e.channel FROM reminders r JOIN schedule_entries e ON e.id = r.entry AND e.channel IS NOT NULL
               WHERE r.server = ?1 AND r.state = 'pending'""",
            (self.server,),
        )
        return sorted({row.channel for row in rows} | {channel for (channel,) in follows})

    def _doubt(self, rows: list[_Open]) -> None:
        """Leave it to the desk what became of the rows of a channel that can't be read."""
        for row in rows:
            if row.state in (State.PENDING, State.SENDING):
                self._move(row, "doubtful", State.DOUBTFUL, why=_UNREADABLE)

    def _settle_channel(self, rows: list[_Open], history: Mapping[int, int], unknown: list[int]) -> None:
        """Say what became of a channel's rows.

        What the channel shows was sent. What it does not show was not; but it may have been merged into what it does
        show: into a later row of the same series, or, if it tells a count, into one that the books don't have. Nothing
        else is ever merged; only what a mute held may stand under another number. All else waits as it did.
        """
        shown: dict[int | None, int] = {}
        for row in reversed(rows):  # each after what it may have been merged into
            if row.number in history and row.kind == "thread":
                self._move(
                    row, "found", State.SENDING
                )  # found again by the publisher, which sees that its thread is open
            elif row.number in history:
                self._move(row, "found", State.SENT, message=history[row.number])
                if row.state in (State.PENDING, State.AWAITING):
                    place_found(self.connection, row.id, history)
                shown[row.series] = row.id
            elif row.state == State.DOUBTFUL:
                continue
            elif row.series is not None and row.series in shown:
                self._move(row, "superseded", State.SUPERSEDED, why=_SETTLED)
                if row.kind in MERGEABLE:
                    self._merge(row, shown[row.series])
            elif unknown and row.series is not None:
                self._move(row, "superseded", State.SUPERSEDED, why=_SETTLED)
            elif unknown and row.muted:
                self._move(row, "doubtful", State.DOUBTFUL, why=_RENUMBERED)

    def _move(self, row: _Open, what: str, state: State, *, message: int | None = None, why: str | None = None) -> None:
        """Move a row past what happened to it out of our sight; the steps between are nobody's to see."""
        self.done[what] += 1
        self.connection.execute(
            """UPDATE outbox SET state = ?, message = coalesce(?, message), why = ?, wall_next = NULL,
                 wall_attempted = coalesce(wall_attempted, ?), wall_last = ? WHERE id = ?""",
            (state, message, why, to_micros(self.copy.made_at), self.stamp, row.id),
        )

    def _merge(self, row: _Open, later: int) -> None:
        """Keep that a later row tells what this one was to tell, as when the bot merged them."""
        self.connection.execute("UPDATE outbox SET superseded_by = ? WHERE id = ?", (later, row.id))
        self.connection.execute(
            """UPDATE outbox SET from_reading = min(from_reading, (SELECT from_reading FROM outbox WHERE id = ?))
               WHERE id = ?""",
            (row.id, later),
        )

    def _rest(self, channel: int, unknown: list[int]) -> None:
        """Let a channel be told nothing until its notice says that posts are not in the books."""
        first, last = (unknown[0], unknown[-1]) if unknown else (None, None)
        self.connection.execute(
            """INSERT INTO restored_channels
                 (channel, server, restored_at, wall_copied, posts, first_number, last_number)
               VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                 restored_at = excluded.restored_at, posts = excluded.posts,
                 first_number = excluded.first_number, last_number = excluded.last_number""",
            (channel, self.server, to_micros(self.now), to_micros(self.copy.made_at), len(unknown), first, last),
        )
        # An edit that waited may be older than one that was made since. Boards are shown anew.
        self.connection.execute(
            """UPDATE outbox SET state = ?, why = ?
               WHERE channel = ? AND action <> 'post' AND state IN ('pending', 'sending')""",
            (State.SUPERSEDED, _SETTLED, channel),
        )
        self.connection.execute("UPDATE boards SET shown = NULL WHERE channel = ?", (channel,))

    def _ask(self, words: Words) -> None:
        """Ask the desk about each post that it has to decide on, also where it was asked before the copy was made.

        It may have answered since, which took the buttons away; and an answer that the books don't have decided nothing.
        """
        self.connection.execute(
            """UPDATE outbox SET state = ?, why = ?
               WHERE kind = 'notice' AND action = 'post' AND state IN ('pending', 'sending', 'doubtful') AND about IN (
                 SELECT id FROM outbox INDEXED BY outbox_awaiting
                 WHERE server = ? AND state IN ('awaiting', 'doubtful'))""",
            (State.SUPERSEDED, _SETTLED, self.server),
        )
        ask_again(self.connection, self.server, words, self.stamp, anew=True)

    def _audit(self, unknown: Mapping[int, list[int]], unreadable: list[int], following: int) -> AuditRow:
        numbers = sorted({number for found in unknown.values() for number in found})
        after = {
            **self.done,
            "next_number": following,
            "posts_not_in_the_books": [numbers[0], numbers[-1]] if numbers else None,
            "channels_unreadable": unreadable,
        }
        before = {"copy_made_at": self.copy.made_at, "next_number": self.after}
        return AuditRow(self.now, self.server, WHO, "restored", None, before, after)
