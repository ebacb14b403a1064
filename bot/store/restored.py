"""A database that was restored from a copy: what became of its open rows meanwhile, and where it takes up again."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.cards.draft import Draft
from bot.count.change import Change
from bot.count.reading import Reading
from bot.store.database import Database, fetch, from_micros, moment, to_micros
from bot.store.intake import write_posts
from bot.store.ledger import next_numbers
from bot.store.outbox_state import State
from bot.store.post import MERGEABLE
from bot.store.rows import INSERT_AUDIT, AuditRow, Numbers, OutboxRow

WHO = "Tallydesk"
SPARE = 100
"""Numbers that are left out where posts are not in the books: a channel that followed only after the copy was made
is not known, so that its numbers can't be looked up."""

Histories = Mapping[int, Mapping[int, int] | None]
"""By channel: the message of each number that was posted since the copy was made; None: the history can't be read."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What has to be looked up before a copy can be used."""

    made_at: datetime
    channels: tuple[int, ...]
    """Those that follow something or that something waits for."""


@dataclass(frozen=True, slots=True)
class RestoredChannel:
    """A channel with posts that the books don't have, until its notice says so."""

    channel: int
    server: int
    restored_at: datetime
    """News clock."""
    copied_at: datetime
    """Wall clock: when the copy was made."""
    posts: int
    """How many such posts there are; 0: the history can't be read."""
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a series of a contest that a channel follows stands, and when its source was last asked."""

    source: str
    count: str
    reading: Reading | None
    change: Change | None
    changed_at: datetime | None
    checked_at: datetime | None
    held: str | None
    """Why a later reading is held, in a word of `HoldReason`."""


@dataclass(frozen=True, slots=True)
class Caught:
    """What a channel is told, and of which contests it is up to date with that."""

    draft: Draft
    up_to_date: frozenset[str]
    """Contests whose leading source was asked since: what it says is told by this. Any other is told anew from its
    next reading on."""


class RestoredStore:
    """Brings a restored copy and what happened since together; each method is one transaction or one query."""

    def __init__(self, database: Database, wall: Callable[[], float] = time.time) -> None:
        """Use `database`; `wall` is the wall clock, in seconds."""
        self._database = database
        self._wall = wall

    async def copy(self) -> Copy | None:
        """Return what has to be looked up if the database is a copy that has not been used yet, else None."""
        row = await self._database.row("SELECT copied_at FROM installation WHERE copied_at IS NOT NULL")
        if row is None:
            return None
        channels = await self._database.rows(
            """SELECT channel FROM follows f JOIN servers s ON s.id = f.server AND s.left_at IS NULL UNION
               SELECT channel FROM outbox o JOIN servers s ON s.id = o.server AND s.left_at IS NULL
               WHERE o.state IN ('pending', 'awaiting', 'sending', 'doubtful') AND o.action = 'post' ORDER BY channel"""
        )
        return Copy(from_micros(row[0]), tuple(channel for (channel,) in channels))

    async def settle(self, copy: Copy, histories: Histories, day: str | None, now: datetime) -> list[AuditRow]:
        """Settle what was open in the copy by what the channels show, and use the copy from now on.

        All or nothing: a crash before the end leaves the mark of a copy, and it is done again.

        Args:
            copy: what `copy` returned.
            histories: of each of its channels.
            day: today by the desk's calendar, if its morning list has been due: where posts are not in the books, it
                may have been posted; None: it is still ahead.
            now: the news clock's time.

        Returns:
            What was done, as the audit has it: a row a server.

        """
        stamp = int(self._wall() * 1_000_000)

        def work(connection: sqlite3.Connection) -> list[AuditRow]:
            _drop_what_is_nobody_s(connection)
            rows = [
                _Settling(connection, server, after, copy, now, stamp).settle(histories, day)
                for server, after in fetch(connection, "SELECT id, next_number FROM servers WHERE left_at IS NULL")
            ]
            connection.executemany(INSERT_AUDIT, [row.values() for row in rows])
            connection.execute("UPDATE installation SET copied_at = NULL")
            return rows

        return await self._database.transact(work)

    async def waiting(self) -> list[RestoredChannel]:
        """Return the channels whose notice has not been posted yet."""
        rows = await self._database.rows(
            """SELECT r.channel, r.server, r.restored_at, r.wall_copied, r.posts, r.first_number, r.last_number
               FROM restored_channels r JOIN servers s ON s.id = r.server AND s.left_at IS NULL ORDER BY r.channel"""
        )
        return [RestoredChannel(row[0], row[1], from_micros(row[2]), from_micros(row[3]), *row[4:]) for row in rows]

    async def catch_up(
        self,
        restored: RestoredChannel,
        leading: Mapping[str, str],
        decide: Callable[[Mapping[str, list[Asked]]], Caught | None],
        now: datetime,
    ) -> dict[int, bool]:
        """Post a channel's notice, if `decide` says that it is time; return channels to wake.

        Args:
            restored: the channel.
            leading: the leading source of each contest.
            decide: pure; gets where all series of each contest that the channel follows stand, inside the transaction.
            now: the news clock's time.

        """

        def work(connection: sqlite3.Connection) -> dict[int, bool]:
            caught = decide(_asked(connection, restored.channel))
            if caught is None:
                return {}
            numbers = Numbers(next_numbers(connection))
            number = numbers.number(restored.server, caught.draft.words)
            row = OutboxRow.worded(restored.server, restored.channel, number, caught.draft, now)
            write_posts(connection, [row], numbers, self._wall)
            for follow, contest in fetch(
                connection, "SELECT id, contest FROM follows WHERE channel = ?", (restored.channel,)
            ):
                connection.execute("DELETE FROM told WHERE follow = ?", (follow,))
                if contest in caught.up_to_date:
                    _tell(connection, follow, contest, leading.get(contest), number)
            connection.execute("DELETE FROM restored_channels WHERE channel = ?", (restored.channel,))
            return {restored.channel: False}

        return await self._database.transact(work)


_REASON = "the database was restored from a copy, and posts made since then settled it"
_UNREADABLE = "the database was restored from a copy, and the channel's history can't be read"


def _drop_what_is_nobody_s(connection: sqlite3.Connection) -> None:
    """Leave out what was to be said to the operator: it was of its moment."""
    connection.execute(
        """UPDATE outbox SET state = ?, why = ? WHERE state IN ('pending', 'awaiting', 'sending')
           AND server NOT IN (SELECT id FROM servers)""",
        (State.SUPERSEDED, _REASON),
    )


@dataclass(frozen=True, slots=True)
class _Open:
    """A post that had not been sent when the copy was made."""

    id: int
    number: int
    kind: str
    contest: str | None
    series: int | None
    state: State


@dataclass(slots=True)
class _Settling:
    """One server of a restored copy, in the transaction under way."""

    connection: sqlite3.Connection
    server: int
    after: int
    """The server's next number in the copy: from there on none is in the books."""
    copy: Copy
    now: datetime
    stamp: int
    """Wall clock, in microseconds."""
    done: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("found", "superseded", "doubtful"), 0))
    """How many rows became what."""

    def settle(self, histories: Histories, day: str | None) -> AuditRow:
        """Settle each channel; return what was done."""
        channels = self._channels()
        unknown: dict[int, list[int]] = {}
        for channel in channels:
            history = histories.get(channel)
            unknown[channel] = sorted(number for number in history or () if number >= self.after)
            for row in self._open(channel):
                self._settle_row(row, channel, history, settled=bool(unknown[channel]))
        lost = [channel for channel in channels if unknown[channel] or histories.get(channel) is None]
        for channel in lost:
            self._rest(channel, unknown[channel])
        if lost and day is not None:
            self.connection.execute("INSERT INTO rundowns VALUES (?, ?) ON CONFLICT DO NOTHING", (self.server, day))
        known = [number for channel in channels for number in histories.get(channel) or ()]
        following = max([self.after, *(number + 1 for number in known)]) + (SPARE if lost else 0)
        self.connection.execute("UPDATE servers SET next_number = ? WHERE id = ?", (following, self.server))
        return self._audit(unknown, histories, following)

    def _settle_row(self, row: _Open, channel: int, history: Mapping[int, int] | None, *, settled: bool) -> None:
        """Say what became of one row.

        What the channel shows was sent. What it does not show was not; but it may have been merged into what it does
        show: into a later row of the same series, or into one that the books don't have. All else waits as it did.
        """
        if history is None:
            if row.state in (State.PENDING, State.SENDING):
                self._move(row, State.DOUBTFUL, "doubtful", why=_UNREADABLE)
        elif row.number in history:
            self._move(row, State.SENT, "found", message=history[row.number])
        elif row.state is not State.DOUBTFUL and (later := self._later(row, channel, history)):
            self._move(row, State.SUPERSEDED, "superseded", why=_REASON)
            if row.kind in MERGEABLE:
                self._merge(row, later)
        elif row.state is not State.DOUBTFUL and settled:
            self._move(row, State.SUPERSEDED, "superseded", why=_REASON)

    def _later(self, row: _Open, channel: int, history: Mapping[int, int]) -> int | None:
        """Return the id of the next later row of the same series that the channel shows, or None."""
        later = (
            other.id
            for other in self._open(channel, sent=True)
            if other.id > row.id and other.series == row.series and other.number in history
        )
        return None if row.series is None else next(later, None)

    def _merge(self, row: _Open, later: int) -> None:
        """Keep that a later row tells what this one was to tell, as when the bot merged them."""
        self.connection.execute("UPDATE outbox SET superseded_by = ? WHERE id = ?", (later, row.id))
        self.connection.execute(
            """UPDATE outbox SET from_reading = min(from_reading, (SELECT from_reading FROM outbox WHERE id = ?))
               WHERE id = ?""",
            (row.id, later),
        )

    def _move(
        self,
        row: _Open,
        state: State,
        what: str,
        *,
        message: int | None = None,
        why: str | None = None,
    ) -> None:
        """Move a row past what happened to it out of our sight; the steps between are nobody's to see."""
        self.done[what] += 1
        made_at = to_micros(self.copy.made_at)
        self.connection.execute(
            """UPDATE outbox SET state = ?, message = coalesce(?, message), why = ?, wall_next = NULL,
                 wall_attempted = coalesce(wall_attempted, ?), wall_last = ? WHERE id = ?""",
            (state, message, why, made_at, self.stamp, row.id),
        )

    def _channels(self) -> list[int]:
        rows = fetch(
            self.connection,
            """SELECT channel FROM follows WHERE server = ?1 UNION
               SELECT channel FROM outbox WHERE server = ?1 AND action = 'post'
                 AND state IN ('pending', 'awaiting', 'sending', 'doubtful') ORDER BY channel""",
            (self.server,),
        )
        return [channel for (channel,) in rows if channel in self.copy.channels]

    def _open(self, channel: int, *, sent: bool = False) -> list[_Open]:
        """Return the posts that are open for a channel, with `sent` also those that were sent, oldest first."""
        rows = fetch(
            self.connection,
            """SELECT id, number, kind, contest, series, state FROM outbox
               WHERE channel = ? AND server = ? AND action = 'post'
                 AND state IN ('pending', 'awaiting', 'sending', 'doubtful', ?) ORDER BY id""",
            (channel, self.server, State.SENT if sent else State.PENDING),
        )
        return [_Open(row[0], row[1], row[2], row[3], row[4], State(row[5])) for row in rows]

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
        self.connection.execute("UPDATE boards SET shown = NULL WHERE channel = ?", (channel,))  # show them anew

    def _audit(self, unknown: Mapping[int, list[int]], histories: Histories, following: int) -> AuditRow:
        numbers = sorted({number for found in unknown.values() for number in found})
        after = {
            **self.done,
            "next_number": following,
            "posts_not_in_the_books": [numbers[0], numbers[-1]] if numbers else None,
            "channels_unreadable": [channel for channel in unknown if histories.get(channel) is None],
        }
        before = {"copy_made_at": self.copy.made_at, "next_number": self.after}
        return AuditRow(self.now, self.server, WHO, "restored", None, before, after)


def _tell(connection: sqlite3.Connection, follow: int, contest: str, source: str | None, number: int) -> None:
    """Remember that a follow was told where its contest stands, by the post with this number."""
    connection.execute(
        """INSERT INTO told (follow, series, reading, leader, margin, number)
           SELECT ?, s.id, s.accepted, c.leader, c.margin, ? FROM series s JOIN changes c ON c.reading = s.accepted
           WHERE s.contest = ? AND s.source = ?""",
        (follow, number, contest, source),
    )


def _asked(connection: sqlite3.Connection, channel: int) -> dict[str, list[Asked]]:
    """Return where each contest that a channel follows stands, series by series; none has come in of an empty one."""
    asked: dict[str, list[Asked]] = {}
    for row in fetch(
        connection,
        """SELECT f.contest, s.source, s.count, r.body, c.body, s.changed_at, s.checked_at,
                  (SELECT h.reason FROM holds h WHERE h.series = s.id AND h.settled_at IS NULL)
           FROM follows f LEFT JOIN series s ON s.contest = f.contest
           LEFT JOIN readings r ON r.id = s.accepted LEFT JOIN changes c ON c.reading = s.accepted
           WHERE f.channel = ? ORDER BY f.id, s.id""",
        (channel,),
    ):
        series = asked.setdefault(row[0], [])
        if row[1] is not None:
            reading = None if row[3] is None else Reading.model_validate_json(row[3])
            change = None if row[4] is None else Change.model_validate_json(row[4])
            series.append(Asked(row[1], row[2], reading, change, moment(row[5]), moment(row[6]), row[7]))
    return asked
