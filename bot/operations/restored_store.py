"""A restored copy in the database: open rows are reconciled with what channels show, and each channel goes on from there."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.count.change import Change
from bot.count.reading import Reading
from bot.database.database import Database, fetch, from_micros, moment, to_micros
from bot.database.installation_store import use_copy
from bot.follows.lead_choices_store import choices_in
from bot.outbox.approval_store import ask_again
from bot.outbox.copied_rows_store import (
    merge_into,
    settle_row,
    supersede_changes,
    supersede_operators,
    supersede_questions,
)
from bot.outbox.kinds import Kinds
from bot.outbox.rows import AuditRow, Numbers, OutboxRow
from bot.outbox.rows_store import INSERT_AUDIT, add_rows, next_numbers
from bot.outbox.servers_store import set_next_numbers, skip_numbers
from bot.outbox.states import State
from bot.outbox.threads_store import place_found
from bot.schedule.reminders_store import take_as_posted
from bot.schedule.rundown_store import take_as_listed
from bot.tally.boards_store import show_anew
from bot.tally.intake_store import Leading
from bot.tally.spans_store import join_spans
from bot.tally.told_store import forget_lines, forget_told, tell_standing
from bot.wording.draft import Draft


@dataclass(frozen=True, slots=True)
class RestoredChannel:
    """A channel with posts that the database doesn't have, until its notice says so."""

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
    has_board: bool
    """It has a pinned board, which may have been posted anew since the copy was made."""


@dataclass(frozen=True, slots=True)
class SeriesChecked:
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


@dataclass(frozen=True, slots=True)
class RestoredCopy:
    """What has to be looked up before a copy can be used."""

    made_at: datetime
    channels: tuple[int, ...]
    """Those that follow something or that something waits for."""
    threads: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """The threads of contests by their channels."""


Histories = Mapping[int, Mapping[int, int] | None]
"""By channel: the message of each number that was posted since the copy was made; None: the history can't be read."""


class RestoredStore:
    """Brings a restored copy and what happened since together; each method is one transaction or one query."""

    def __init__(self, database: Database, kinds: Kinds, wall: Callable[[], float] = time.time) -> None:
        """Use `database`; `kinds` are those of posts; `wall` is the wall clock, in seconds."""
        self._database = database
        self._kinds = kinds
        self._wall = wall

    async def copy(self) -> RestoredCopy | None:
        """Return what has to be looked up if the database is a copy that has not been used yet, else None."""
        row = await self._database.row("SELECT copied_at FROM installation WHERE copied_at IS NOT NULL")
        if row is None:
            return None
        channels = await self._database.rows(
            """SELECT channel FROM follows f JOIN servers s ON s.id = f.server AND s.left_at IS NULL UNION
               SELECT channel FROM outbox o JOIN servers s ON s.id = o.server AND s.left_at IS NULL AND s.id > 0
               WHERE o.state IN ('pending', 'awaiting', 'sending', 'doubtful') AND o.action = 'post' UNION
               SELECT e.channel FROM reminders r JOIN schedule_entries e ON e.id = r.entry AND e.channel IS NOT NULL
               JOIN servers s ON s.id = r.server AND s.left_at IS NULL WHERE r.state = 'pending' ORDER BY channel"""
        )
        threads: dict[int, tuple[int, ...]] = {}
        for channel, thread in await self._database.rows(
            "SELECT channel, thread FROM threads WHERE thread IS NOT NULL ORDER BY thread"
        ):
            threads[channel] = (*threads.get(channel, ()), thread)
        return RestoredCopy(from_micros(row[0]), tuple(channel for (channel,) in channels), threads)

    async def settle(self, copy: RestoredCopy, histories: Histories, day: str | None, now: datetime) -> list[AuditRow]:
        """Settle what was open in the copy by what the channels show, and use the copy from now on.

        All or nothing: a crash before the end leaves the mark of a copy, and it is done again.

        Args:
            copy: what `copy` returned.
            histories: of each of its channels.
            day: today by the desk's calendar, if its morning list has been due: where posts are not in the database, it
                may have been posted; None: it is still ahead.
            now: the news clock's time.

        Returns:
            What was done, as the audit has it: a row a server.

        """
        stamp = int(self._wall() * 1_000_000)

        def work(connection: sqlite3.Connection) -> list[AuditRow]:
            drop_the_operator_s(connection)
            rows = [
                RestoreReconciliation(connection, server, after, copy, now, stamp).settle(histories, day, self._kinds)
                for server, after in fetch(
                    connection, "SELECT id, next_number FROM servers WHERE left_at IS NULL AND id > 0"
                )
            ]
            connection.executemany(INSERT_AUDIT, [row.values() for row in rows])
            forget_lines(connection)
            use_copy(connection)
            return rows

        return await self._database.transact(work)

    async def waiting(self) -> list[RestoredChannel]:
        """Return the channels whose notice has not been posted yet."""
        rows = await self._database.rows(
            """SELECT r.channel, r.server, r.restored_at, r.wall_copied, r.posts, r.first_number, r.last_number,
                      EXISTS (SELECT 1 FROM follows f LEFT JOIN channels c ON c.id = f.channel
                              WHERE f.channel = r.channel AND f.board AND NOT coalesce(c.public, 0))
               FROM restored_channels r JOIN servers s ON s.id = r.server AND s.left_at IS NULL ORDER BY r.channel"""
        )
        return [
            RestoredChannel(channel, server, from_micros(at), from_micros(copied), posts, first, last, bool(board))
            for channel, server, at, copied, posts, first, last, board in rows
        ]

    async def catch_up(
        self,
        restored: RestoredChannel,
        leading: Leading,
        decide: Callable[[Mapping[str, list[SeriesChecked]], Mapping[str, str | None]], Caught | None],
        now: datetime,
    ) -> dict[int, bool]:
        """Post a channel's notice, if `decide` says that it is time; return channels to wake.

        Args:
            restored: the channel.
            leading: which source leads a contest where a server chose one.
            decide: pure; gets where all series of each contest that the channel follows stand, and which source the
                server chose to lead a contest, inside the transaction.
            now: the news clock's time.

        """

        def work(connection: sqlite3.Connection) -> dict[int, bool]:
            chosen = choices_in(connection, restored.server)
            leads = {key: leading(key, choice.source) for key, choice in chosen.items()}
            caught = decide(_asked(connection, restored.channel), leads)
            if caught is None:
                return {}
            numbers = Numbers(next_numbers(connection))
            number = numbers.number(restored.server, caught.draft.words)
            row = OutboxRow.worded(restored.server, restored.channel, number, caught.draft, now)
            add_rows(connection, [row], int(self._wall() * 1_000_000), numbers)
            for follow, contest in fetch(
                connection, "SELECT id, contest FROM follows WHERE channel = ?", (restored.channel,)
            ):
                forget_told(connection, follow)
                if contest in caught.up_to_date:
                    tell_standing(connection, follow, contest, leads.get(contest) or leading(contest, None), number)
            connection.execute("DELETE FROM restored_channels WHERE channel = ?", (restored.channel,))
            return {restored.channel: False}

        return await self._database.transact(work)


def _asked(connection: sqlite3.Connection, channel: int) -> dict[str, list[SeriesChecked]]:
    """Return where each contest that a channel follows stands, series by series; none has come in of an empty one."""
    asked: dict[str, list[SeriesChecked]] = {}
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
            series.append(SeriesChecked(row[1], row[2], reading, change, moment(row[5]), moment(row[6]), row[7]))
    return asked


WHO = "Tallydesk"


SPARE = 100
"""Numbers that are left out where posts are not in the database: a channel that followed only after the copy was made
is not known, so that its numbers can't be looked up."""

_SETTLED = "the database was restored from a copy, and posts made since then settled it"


_RENUMBERED = "the database was restored from a copy, and it may have been posted since under another number"


_UNREADABLE = "the database was restored from a copy, and the channel's history can't be read"


def drop_the_operator_s(connection: sqlite3.Connection) -> None:
    """Leave out what was to be said to the operator, and to no server: it was of its moment."""
    supersede_operators(connection, _SETTLED)
    skip_numbers(connection, 0, SPARE)


@dataclass(frozen=True, slots=True)
class _Open:
    """A post that had not been sent, or not for certain, when the copy was made."""

    id: int
    channel: int
    number: int
    kind: str
    chain: int | None
    state: str
    muted: bool
    """Its source was muted: when it is let go again, what waits gets new numbers."""


@dataclass(slots=True)
class RestoreReconciliation:
    """One server of a restored copy, in the transaction under way."""

    connection: sqlite3.Connection
    server: int
    after: int
    """The server's next number in the copy: from there on none is in the database."""
    copy: RestoredCopy
    now: datetime
    """News clock."""
    stamp: int
    """Wall clock, in microseconds."""
    done: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("found", "superseded", "doubtful"), 0))
    """How many rows became what."""

    def settle(self, histories: Histories, day: str | None, kinds: Kinds) -> AuditRow:
        """Settle each channel, go on with the numbers and ask the desk what is left to it; return what was done.

        `day`: today by the desk's calendar, if its morning list may have been posted where posts are not in the database.
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
                self._settle_channel(here, history, unknown[channel], kinds)
        lost = [channel for channel in channels if unknown[channel] or histories[channel] is None]
        for channel in lost:
            self._rest(channel, unknown[channel])
        if lost and day is not None:
            take_as_listed(self.connection, self.server, day)
        if lost:  # as with the list: what has been due since may have been posted
            take_as_posted(self.connection, self.server, self.now)
        found = [number + 1 for channel in channels for number in histories[channel] or ()]
        following = max([self.after, *found]) + (SPARE if lost else 0)
        set_next_numbers(self.connection, [(self.server, following)])
        self._ask(kinds)
        unreadable = [channel for channel in channels if histories[channel] is None]
        return self._audit(unknown, unreadable, following)

    def _open(self) -> list[_Open]:
        rows = fetch(
            self.connection,
            """SELECT id, channel, number, kind, chain, state, EXISTS (
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

    def _settle_channel(self, rows: list[_Open], history: Mapping[int, int], unknown: list[int], kinds: Kinds) -> None:
        """Say what became of a channel's rows.

        What the channel shows was sent. What it does not show was not; but it may have been merged into what it does
        show: into a later row of the same chain, or, if it tells a count, into one that the database doesn't have. Nothing
        else is ever merged; only what a mute held may stand under another number. All else waits as it did.
        """
        shown: dict[int | None, int] = {}
        for row in reversed(rows):  # each after what it may have been merged into
            if row.number in history and row.kind == "thread":
                self._move(
                    row, "found", State.SENDING
                )  # found again by the dispatcher, which sees that its thread is open
            elif row.number in history:
                self._move(row, "found", State.SENT, message=history[row.number])
                if row.state in (State.PENDING, State.AWAITING):
                    place_found(self.connection, row.id, history, kinds)
                shown[row.chain] = row.id
            elif row.state == State.DOUBTFUL:
                continue
            elif row.chain is not None and row.chain in shown:
                self._move(row, "superseded", State.SUPERSEDED, why=_SETTLED)
                if kinds[row.kind].mergeable:
                    merge_into(self.connection, row.id, shown[row.chain])
                    join_spans(self.connection, row.id, shown[row.chain])
            elif unknown and row.chain is not None:
                self._move(row, "superseded", State.SUPERSEDED, why=_SETTLED)
            elif unknown and row.muted:
                self._move(row, "doubtful", State.DOUBTFUL, why=_RENUMBERED)

    def _move(self, row: _Open, what: str, state: State, *, message: int | None = None, why: str | None = None) -> None:
        """Move a row past what happened to it out of our sight, and count it."""
        self.done[what] += 1
        settle_row(self.connection, row.id, state, message, why, self.copy.made_at, self.stamp)

    def _rest(self, channel: int, unknown: list[int]) -> None:
        """Let a channel be told nothing until its notice says that posts are not in the database."""
        first, last = (unknown[0], unknown[-1]) if unknown else (None, None)
        self.connection.execute(
            """INSERT INTO restored_channels
                 (channel, server, restored_at, wall_copied, posts, first_number, last_number)
               VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                 restored_at = excluded.restored_at, posts = excluded.posts,
                 first_number = excluded.first_number, last_number = excluded.last_number""",
            (channel, self.server, to_micros(self.now), to_micros(self.copy.made_at), len(unknown), first, last),
        )
        supersede_changes(self.connection, channel, _SETTLED)
        show_anew(self.connection, channel)

    def _ask(self, kinds: Kinds) -> None:
        """Ask the desk about each post that it has to decide on, also where it was asked before the copy was made.

        It may have answered since, which took the buttons away; and an answer that the database doesn't have decided nothing.
        """
        supersede_questions(self.connection, self.server, _SETTLED)
        ask_again(self.connection, self.server, kinds, self.stamp, anew=True)

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


def forget_server_restored(connection: sqlite3.Connection, server: int) -> None:
    """Delete in which channels of a server a restored copy does not know all posts."""
    connection.execute("DELETE FROM restored_channels WHERE server = ?", (server,))
