"""The transactions after a restore.

They pause newsrooms, queue the notices to their desks, and apply the desks' answers.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.database.database import clear_copied_at, from_micros, to_micros
from bot.outbox.approval_store import ask_again
from bot.outbox.merging_store import requeue
from bot.outbox.outbox import PostingStore
from bot.outbox.rows import COLUMNS, Action, AuditRow, OutboxRow, Post, post_of
from bot.outbox.rows_store import read_post
from bot.outbox.servers_store import skip_numbers
from bot.outbox.states import State
from bot.outbox.suspensions_store import pause_restored, unpause
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import drop_row, open_rows, settle_row, supersede_operators
from bot.schedule.reminders_store import skip_due_personal
from bot.tally.boards_store import redraw_boards
from bot.tally.last_posts_store import skip_to_newest
from bot.wording.card import Card

SPARE = 1000
"""How many post numbers to skip for each hour, or part of an hour, since the copy was made. No bot uses more in an
hour.
"""

WHO = "Tallydesk"

_MAY_BE_THERE = "the database was restored from a copy, and it may have been posted since that was made"

_OUTDATED = "the database was restored from a copy, and this was of its moment"

_MICROS_AN_HOUR = 3_600_000_000

Notice = Callable[[datetime, bool], Card]
"""Returns the notice to a desk. Arguments: the time, and True if some channel has a pinned board."""


class RestoredStore(PostingStore):
    """The transactions that pause the newsrooms of a restored database and apply their desks' answers."""

    async def copied_at(self) -> datetime | None:
        """Return when the database was copied, if it is a restored copy that no bot has used yet.

        Otherwise return None.
        """
        row = await self._database.row("SELECT copied_at FROM installation WHERE copied_at IS NOT NULL")
        return None if row is None else from_micros(row[0])

    async def pause_newsrooms(self, copied_at: datetime, notice: Notice) -> list[AuditRow]:
        """Pause each newsroom, queue the notice to its desk, and remove the copy's mark, in one transaction.

        Args:
            copied_at: when the copy was made, by the wall clock.
            notice: returns the notice.

        Returns:
            The audit rows, one for each server.

        """

        def work(tx: Tx) -> list[AuditRow]:
            spare = SPARE * (max(tx.wall - to_micros(copied_at), 0) // _MICROS_AN_HOUR + 1)
            supersede_operators(tx.connection, _OUTDATED)
            skip_numbers(tx.connection, 0, spare)
            skip_due_personal(tx.connection, tx.now)
            rows = []
            for (server,) in tx.rows("SELECT id FROM servers WHERE left_at IS NULL AND id > 0 ORDER BY id"):
                skip_numbers(tx.connection, server, spare)
                waiting = _settle(tx, server, copied_at)
                redraw_boards(tx.connection, server)
                pause_restored(tx, server, WHO, _ask(tx, server, notice))
                ask_again(tx, server, everything=True)
                after = {"paused": True, "waiting": waiting, "numbers_left_out": spare}
                rows.append(AuditRow(tx.now, server, WHO, "restored", None, {"copy_made_at": copied_at}, after))
            for row in rows:
                tx.audit_row(row)
            clear_copied_at(tx.connection)
            return rows

        return await self._outbox.write(work)

    async def awaits_answer(self, server: int, key: int) -> bool:
        """Return True if nobody at the desk has answered the notice yet.

        `key` is when the desk was asked, in microseconds since 1970.
        """
        return await self._database.row(_OPEN_NOTICE, (server, key)) is not None

    async def answered_by(self, server: int, key: int) -> str | None:
        """Return who answered the notice, or who resumed posting after the notice.

        Returns None if nobody did, for instance because of another restore. `key` is when the desk was asked, in
        microseconds since 1970.
        """
        row = await self._database.row(
            """SELECT who FROM audit WHERE server = ? AND at >= ?
               AND what IN ('restored resume', 'restored drop', 'resume') ORDER BY at LIMIT 1""",
            (server, key),
        )
        return row[0] if row else None

    async def unpolled_contests(self, server: int, key: int) -> list[str]:
        """Return the ids of followed contests on which no source has reported since the restore.

        `key` is when the desk was asked, in microseconds since 1970.
        """
        rows = await self._database.rows(
            """SELECT f.contest FROM follows f LEFT JOIN series s ON s.contest = f.contest WHERE f.server = ?
               GROUP BY f.contest HAVING max(coalesce(s.checked_at, 0)) < ? ORDER BY 1""",
            (server, key),
        )
        return [contest for (contest,) in rows]

    async def answer(self, server: int, key: int, who: str, text: str, *, post: bool) -> bool:
        """Resume posting in a server, and release or drop the waiting posts.

        Returns False if the desk had already answered. Entries that the newsroom made since the restore are never
        dropped, and neither are questions to the desk.

        Args:
            server: the newsroom's server.
            key: when the desk was asked, in microseconds since 1970.
            who: the person who answered.
            text: the line to add to the notice.
            post: True to release the waiting posts, False to drop them.

        """

        def work(tx: Tx) -> bool:
            notice = tx.rows(_OPEN_NOTICE, (server, key))
            if not notice:
                return False
            unpause(tx.connection, server)
            waiting = _waiting(tx, server, key)
            if not post:
                for one in waiting:
                    drop_row(tx.connection, one.id, one.state, None, who)
                skip_to_newest(tx.connection, server)
            tx.audit(server, who, "restored resume" if post else "restored drop", after={"posts": len(waiting)})
            tx.add(_edits(tx, notice[0][0], text))
            return True

        return await self._outbox.write(work)


_OPEN_NOTICE = """
SELECT o.id FROM servers v JOIN outbox o ON o.id = v.restored_notice WHERE v.id = ? AND v.paused_at IS NOT NULL AND o.news_at = ?
"""


def _settle(tx: Tx, server: int, copied_at: datetime) -> int:
    """Decide for each unsent row of the outbox in the restored copy: send it, let it wait, or drop it.

    Returns the number of posts that wait for the desk's answer. Edits, pins and deletions are dropped, because newer
    changes may have been made after the copy. A thread's first post is searched for in the channel, and boards are
    posted again. Any other unsent post waits under a new number, since it may already have been sent under its old
    number.
    """
    posts = open_rows(tx.connection, server)
    ids = {post.id for post in posts}
    waiting = []
    for post in posts:
        kind = tx.kinds[post.kind]
        if post.action is not Action.POST or (kind.to_desk and post.about in ids):
            settle_row(tx.connection, post.id, State.SUPERSEDED, _OUTDATED, copied_at, tx.wall)
        elif kind.restored_as is State.SENDING:
            settle_row(tx.connection, post.id, State.SENDING, _MAY_BE_THERE, copied_at, tx.wall)
        elif kind.restored_as is State.SUPERSEDED:
            settle_row(tx.connection, post.id, State.SUPERSEDED, _OUTDATED, copied_at, tx.wall)
            kind.on_dropped(tx, post)
        elif post.state in (State.PENDING, State.AWAITING):
            waiting.append(post)
    return len(requeue(tx, waiting[::-1]))


def _waiting(tx: Tx, server: int, since: int) -> list[Post]:
    """Return the posts about which a server's desk decides after a restore, oldest first.

    Questions to the desk are not included, and neither are posts about entries made after `since`, the time of the
    restore in microseconds since 1970.
    """
    excluded_kinds = tx.kinds.names(
        lambda kind: kind.to_desk or kind.is_own_correction or kind.restored_as is State.SENDING
    )
    rows = tx.rows(
        f"""SELECT {COLUMNS} FROM outbox o INDEXED BY outbox_open
            WHERE state IN ('pending', 'sending') AND state = 'pending' AND server = ? AND action = 'post'
              AND kind NOT IN {excluded_kinds}
              AND NOT EXISTS (SELECT 1 FROM statement_posts m JOIN statements s ON s.id = m.statement
                WHERE m.post = o.id AND s.entered_at > ?)
            ORDER BY id""",
        (server, since),
    )
    return [post_of(row) for row in rows]


def _ask(tx: Tx, server: int, notice: Notice) -> int | None:
    """Queue the notice to a server's desk channel, or without a desk channel to the first channel that isn't public.

    Returns the outbox row's id, or None if there is no channel for the notice.
    """
    channel = tx.rows(
        """SELECT desk_channel FROM servers WHERE id = ?1 AND desk_channel IS NOT NULL UNION ALL
           SELECT channel FROM (SELECT f.channel FROM follows f LEFT JOIN channels c ON c.id = f.channel
             WHERE f.server = ?1 AND NOT coalesce(c.public, 0) ORDER BY f.id) LIMIT 1""",
        (server,),
    )
    if not channel:
        return None
    board = tx.rows("SELECT 1 FROM follows WHERE server = ? AND board LIMIT 1", (server,))
    draft = notice(tx.now, bool(board))  # the time is the key of its buttons
    number = tx.number(server, draft.words)
    (key,) = tx.add([OutboxRow.worded(server, channel[0][0], number, draft, tx.now)])
    return key


def _edits(tx: Tx, notice: int, text: str) -> list[OutboxRow]:
    """Return the edit that adds the line `text` about the decision to the notice, and removes the buttons."""
    post = read_post(tx.connection, notice)
    if post is None or post.card is None:
        return []
    return [OutboxRow.edit(post, replace(post.card, buttons=()).below(text), tx.now, buttons=True)]
