"""A database that was restored from a copy: what happened since is settled, and each channel takes up again."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.cards.draft import Draft
from bot.count.change import Change
from bot.count.reading import Reading
from bot.store.database import Database, fetch, from_micros, moment
from bot.store.intake import write_posts
from bot.store.leads import choices_in
from bot.store.ledger import Leading, next_numbers
from bot.store.rows import INSERT_AUDIT, AuditRow, Numbers, OutboxRow
from bot.store.settling import Copy, Histories, Settling, drop_the_operator_s
from bot.store.words import Words


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
    has_board: bool
    """It has a pinned board, which may have been posted anew since the copy was made."""


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

    def __init__(self, database: Database, words: Words, wall: Callable[[], float] = time.time) -> None:
        """Use `database`; `words` says what the desk is asked; `wall` is the wall clock, in seconds."""
        self._database = database
        self._words = words
        self._wall = wall

    async def copy(self) -> Copy | None:
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
        return Copy(from_micros(row[0]), tuple(channel for (channel,) in channels), threads)

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
            drop_the_operator_s(connection)
            rows = [
                Settling(connection, server, after, copy, now, stamp).settle(histories, day, self._words)
                for server, after in fetch(
                    connection, "SELECT id, next_number FROM servers WHERE left_at IS NULL AND id > 0"
                )
            ]
            connection.executemany(INSERT_AUDIT, [row.values() for row in rows])
            # On which side of a line channels were told the count to be since is not known: the next reading shows it.
            connection.execute("DELETE FROM lines_told")
            connection.execute("UPDATE installation SET copied_at = NULL")
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
        decide: Callable[[Mapping[str, list[Asked]], Mapping[str, str | None]], Caught | None],
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
            write_posts(connection, [row], numbers, self._wall)
            for follow, contest in fetch(
                connection, "SELECT id, contest FROM follows WHERE channel = ?", (restored.channel,)
            ):
                connection.execute("DELETE FROM told WHERE follow = ?", (follow,))
                if contest in caught.up_to_date:
                    _tell(connection, follow, contest, leads.get(contest) or leading(contest, None), number)
            connection.execute("DELETE FROM restored_channels WHERE channel = ?", (restored.channel,))
            return {restored.channel: False}

        return await self._database.transact(work)


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
