"""A restored copy in the database: what was open in it is settled, the desk is asked, and its answer is kept."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.database.database import fetch, from_micros, to_micros, use_copy
from bot.database.forgotten import Person
from bot.outbox.approval_store import ask_again
from bot.outbox.outbox import Outbox, PostingStore
from bot.outbox.rows import Action, AuditRow, OutboxRow
from bot.outbox.servers_store import skip_numbers
from bot.outbox.states import State
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import open_rows, settle_row, supersede_operators
from bot.schedule.reminders_store import take_as_posted
from bot.schedule.rundown_store import take_as_listed
from bot.tally.boards_store import show_boards_anew
from bot.tally.changes_store import ChangePosts, ReadingSpan, span_between
from bot.tally.intake_store import Leading
from bot.tally.told_store import (
    SinceCopy,
    changed_since_copy,
    forget_since_copy,
    take_next_as_told,
    tell_since_copy,
)
from bot.wording.draft import Draft, PostKind

SPARE = 1000
"""Post numbers to skip for each hour, or part of one, since the copy was made: more than can have been posted in it."""

WHO = "Tallydesk"

_MAY_BE_THERE = "the database was restored from a copy, and it may have been posted since that was made"

_OUTDATED = "the database was restored from a copy, and this was of its moment"

_ROLLED_UP = "the database was restored from a copy: what it was to tell is told as the desk says"

_MICROS_AN_HOUR = 3_600_000_000

Notice = Callable[[bool], Draft]
"""Returns the question to a desk; its argument says whether some channel has a pinned board."""


@dataclass(frozen=True, slots=True)
class RollUp:
    """What the desk may have told to channels that follow the contest: all that changed of a series since the copy."""

    since: SinceCopy
    draft: Draft
    """As it would be posted now."""


@dataclass(frozen=True, slots=True)
class SinceRestore:
    """What a server's desk has to decide on."""

    answered_by: str | None
    """Who has decided already; None: nobody."""
    roll_ups: tuple[RollUp, ...] = ()
    unheard: tuple[str, ...] = ()
    """Contests whose leading source has not been heard since the restore."""


class RestoredStore(PostingStore):
    """Takes up a restored copy, and keeps what the desk decides; each method is one transaction or one query."""

    def __init__(self, outbox: Outbox, leading: Leading) -> None:
        """Write to `outbox`; `leading` says which source leads."""
        super().__init__(outbox)
        self._leading = leading

    async def copied_at(self) -> datetime | None:
        """Return when the copy was made that the database is, if it has not been used yet; None: it is none."""
        row = await self._database.row("SELECT copied_at FROM installation WHERE copied_at IS NOT NULL")
        return None if row is None else from_micros(row[0])

    async def take_up(self, copied_at: datetime, day: str | None, notice: Notice) -> list[AuditRow]:
        """Settle what was open in the copy, ask each desk, and use the copy from now on, all or nothing.

        Args:
            copied_at: when it was made, by the wall clock.
            day: today by the desk's calendar, if its morning list has been due; None: it is still ahead.
            notice: words the question to a desk.

        Returns:
            What was done, as the audit has it: a row a server.

        """

        def work(tx: Tx) -> list[AuditRow]:
            spare = SPARE * (max(tx.wall - to_micros(copied_at), 0) // _MICROS_AN_HOUR + 1)
            supersede_operators(tx.connection, _OUTDATED)
            skip_numbers(tx.connection, 0, spare)
            rows = []
            for (server,) in tx.rows("SELECT id FROM servers WHERE left_at IS NULL AND id > 0 ORDER BY id"):
                done = _settle(tx, server, copied_at)
                take_next_as_told(tx.connection, server)
                take_as_posted(tx.connection, server, tx.now)
                if day is not None:
                    take_as_listed(tx.connection, server, day)
                show_boards_anew(tx.connection, server)
                skip_numbers(tx.connection, server, spare)
                _ask(tx, server, copied_at, notice)
                ask_again(tx, server, anew=True)
                after = {**done, "numbers_left_out": spare}
                rows.append(AuditRow(tx.now, server, WHO, "restored", None, {"copy_made_at": copied_at}, after))
            for row in rows:
                tx.audit_row(row)
            use_copy(tx.connection)
            return rows

        return await self._outbox.write(work)

    async def changed(self, server: int, restored_at: int, now: datetime) -> SinceRestore | None:
        """Return what a desk has to decide on; None: the database was restored another time, or never."""

        def work(connection: sqlite3.Connection) -> SinceRestore | None:
            found = fetch(
                connection,
                "SELECT answered_by FROM restores WHERE server = ? AND restored_at = ?",
                (server, restored_at),
            )
            if not found:
                return None
            unheard = fetch(
                connection,
                """SELECT DISTINCT f.contest FROM follows f JOIN restored_told q ON q.follow = f.id AND NOT q.heard
                   WHERE f.server = ? AND f.contest NOT IN (
                     SELECT g.contest FROM follows g JOIN restored_told h ON h.follow = g.id AND h.heard WHERE g.server = ?)
                   ORDER BY 1""",
                (server, server),
            )
            roll_ups = () if found[0][0] else tuple(self._roll_ups(connection, server, now))
            return SinceRestore(found[0][0], roll_ups, tuple(contest for (contest,) in unheard))

        return await self._database.write(work)

    async def answer(
        self, server: int, restored_at: int, who: str, said: Callable[[int], str], *, post: bool
    ) -> SinceRestore | None:
        """Post what changed since the copy, or drop it, once; return what was decided on.

        `said` returns what the notice says from then on, of how many posts were made.
        """

        def work(tx: Tx) -> SinceRestore | None:
            found = tx.rows(
                "SELECT answered_by, notice FROM restores WHERE server = ? AND restored_at = ?",
                (server, restored_at),
            )
            if not found or found[0][0]:
                return SinceRestore(found[0][0]) if found else None
            roll_ups = self._roll_ups(tx.connection, server, tx.now) if post else []
            rows = []
            for one in roll_ups:
                since = one.since
                number = tx.number(server, (since.series, since.start, since.end))
                rows.append(
                    OutboxRow(
                        server,
                        since.channel,
                        number,
                        _kind(since),
                        tx.now,
                        since.contest,
                        since.source,
                        chain=since.series,
                        topic=ReadingSpan(since.start, since.end),
                    )
                )
            tell_since_copy(tx.connection, [(one.since, row.number) for one, row in zip(roll_ups, rows, strict=True)])
            forget_since_copy(tx.connection, server)
            tx.execute("UPDATE restores SET answered_by = ? WHERE server = ?", (who, server))
            what = "restored roll up" if post else "restored drop"
            tx.audit(server, who, what, after={"posts": len(rows)})
            tx.add([*rows, *_edits(tx.connection, found[0][1], said(len(rows)), tx.now)])
            return SinceRestore(None, tuple(roll_ups))

        return await self._outbox.write(work)

    def _roll_ups(self, connection: sqlite3.Connection, server: int, now: datetime) -> list[RollUp]:
        found = []
        for one in changed_since_copy(connection, server, self._leading):
            span = span_between(connection, _kind(one), ReadingSpan(one.start, one.end), now)
            kinds = self._outbox.kinds
            family = kinds.family(span.kind)
            draft = family.compose(span, kinds.setting) if isinstance(family, ChangePosts) else None
            if draft is not None:
                found.append(RollUp(one, draft))
        return found


def _kind(since: SinceCopy) -> PostKind:
    return "first" if since.start is None else "roll_up"


def _settle(tx: Tx, server: int, copied_at: datetime) -> dict[str, int]:
    """Settle what was open in the copy. Returns how many posts are superseded, and how many doubtful.

    Edits, pins and deletions are not made: each may be older than one that was made since the copy. Posts about a count
    wait for the desk's one answer. A thread's first post is looked for in the channel, and boards are shown anew.
    Any other post may be there already: the desk is asked.
    """
    done = {"superseded": 0, "doubtful": 0}
    posts = open_rows(tx.connection, server)
    ours = {post.id for post in posts}
    for post in posts:
        family = tx.kinds.family(post.kind)
        if post.action is not Action.POST or (post.kind == "notice" and post.about in ours):
            settle_row(tx.connection, post.id, State.SUPERSEDED, _OUTDATED, copied_at, tx.wall)
        elif post.kind == "thread":
            settle_row(tx.connection, post.id, State.SENDING, _MAY_BE_THERE, copied_at, tx.wall)
        elif post.kind == "board" or isinstance(family, ChangePosts):
            settle_row(tx.connection, post.id, State.SUPERSEDED, _ROLLED_UP, copied_at, tx.wall)
            family.dropped(tx, post)
            done["superseded"] += 1
        else:
            settle_row(tx.connection, post.id, State.DOUBTFUL, _MAY_BE_THERE, copied_at, tx.wall)
            done["doubtful"] += 1
    return done


def _ask(tx: Tx, server: int, copied_at: datetime, notice: Notice) -> None:
    """Post the one notice to a server: to its desk, or where nobody said where that is, into the first channel."""
    channel = tx.rows(
        """SELECT desk_channel FROM servers WHERE id = ?1 AND desk_channel IS NOT NULL UNION ALL
           SELECT channel FROM (SELECT f.channel FROM follows f LEFT JOIN channels c ON c.id = f.channel
             WHERE f.server = ?1 AND NOT coalesce(c.public, 0) ORDER BY f.id) LIMIT 1""",
        (server,),
    )
    key = None
    if channel:
        board = tx.rows("SELECT 1 FROM follows WHERE server = ? AND board LIMIT 1", (server,))
        draft = notice(bool(board))
        number = tx.number(server, draft.words)
        (key,) = tx.add([OutboxRow.worded(server, channel[0][0], number, draft, tx.now)])
    tx.execute(
        "INSERT OR REPLACE INTO restores (server, restored_at, wall_copied, notice) VALUES (?, ?, ?, ?)",
        (server, to_micros(tx.now), to_micros(copied_at), key),
    )


def _edits(connection: sqlite3.Connection, notice: int | None, said: str, now: datetime) -> list[OutboxRow]:
    """Return the edit of a notice that says what became of it, without buttons."""
    rows = fetch(connection, "SELECT server, channel, number, content FROM outbox WHERE id = ?", (notice,))
    edits = []
    for server, channel, number, content in rows:
        words, _, last = content.rpartition("\n")
        edits.append(
            OutboxRow(
                server,
                channel,
                number,
                "notice",
                now,
                about=notice,
                action=Action.EDIT,
                content=f"{words}\n{said}\n{last}",
                buttons=(),
            )
        )
    return edits


def forget_server_restored(connection: sqlite3.Connection, server: int) -> None:
    """Delete that a server's records are those of a copy."""
    connection.execute("DELETE FROM restores WHERE server = ?", (server,))


def forget_person_restored(connection: sqlite3.Connection, person: Person) -> None:
    """Take a person's name off what they said of a restored copy."""
    connection.execute("UPDATE restores SET answered_by = unname(answered_by) WHERE answered_by LIKE ?", (person.like,))
