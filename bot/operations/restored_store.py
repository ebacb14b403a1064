"""A restored copy in the database: its newsrooms are paused and asked, and what they answer is done."""

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
from bot.schedule.reminders_store import take_personal_as_told
from bot.tally.boards_store import show_boards_anew
from bot.tally.told_store import take_newest_as_told
from bot.wording.card import Card

SPARE = 1000
"""Post numbers to skip for each hour, or part of one, since the copy was made: more than can have been posted in it."""

WHO = "Tallydesk"

_MAY_BE_THERE = "the database was restored from a copy, and it may have been posted since that was made"

_OUTDATED = "the database was restored from a copy, and this was of its moment"

_MICROS_AN_HOUR = 3_600_000_000

Notice = Callable[[datetime, bool], Card]
"""Returns the question to a desk; its argument says whether some channel has a pinned board."""


class RestoredStore(PostingStore):
    """Pauses the newsrooms of a restored copy, and does what their desks answer; each method is one transaction or query."""

    async def copied_at(self) -> datetime | None:
        """Return when the copy was made that the database is, if it has not been used yet; None: it is none."""
        row = await self._database.row("SELECT copied_at FROM installation WHERE copied_at IS NOT NULL")
        return None if row is None else from_micros(row[0])

    async def take_up(self, copied_at: datetime, notice: Notice) -> list[AuditRow]:
        """Pause each newsroom, ask its desk, and use the copy from now on, all or nothing.

        Args:
            copied_at: when it was made, by the wall clock.
            notice: words the question to a desk.

        Returns:
            What was done, as the audit has it: a row a server.

        """

        def work(tx: Tx) -> list[AuditRow]:
            spare = SPARE * (max(tx.wall - to_micros(copied_at), 0) // _MICROS_AN_HOUR + 1)
            supersede_operators(tx.connection, _OUTDATED)
            skip_numbers(tx.connection, 0, spare)
            take_personal_as_told(tx.connection, tx.now)
            rows = []
            for (server,) in tx.rows("SELECT id FROM servers WHERE left_at IS NULL AND id > 0 ORDER BY id"):
                skip_numbers(tx.connection, server, spare)
                waiting = _settle(tx, server, copied_at)
                show_boards_anew(tx.connection, server)
                pause_restored(tx, server, WHO, _ask(tx, server, notice))
                ask_again(tx, server, everything=True)
                after = {"paused": True, "waiting": waiting, "numbers_left_out": spare}
                rows.append(AuditRow(tx.now, server, WHO, "restored", None, {"copy_made_at": copied_at}, after))
            for row in rows:
                tx.audit_row(row)
            clear_copied_at(tx.connection)
            return rows

        return await self._outbox.write(work)

    async def asks(self, server: int, key: int) -> bool:
        """Return True if a desk has not answered yet what it was asked after a restore; `key`: when it was asked."""
        return await self._database.row(_ASKS, (server, key)) is not None

    async def answered_by(self, server: int, key: int) -> str | None:
        """Return who answered it, or resumed posting; None: the database was restored another time, or never."""
        row = await self._database.row(
            """SELECT who FROM audit WHERE server = ? AND at >= ?
               AND what IN ('restored resume', 'restored drop', 'resume') ORDER BY at LIMIT 1""",
            (server, key),
        )
        return row[0] if row else None

    async def unheard(self, server: int, key: int) -> list[str]:
        """Return the contests that a server follows of which no source has been asked since the restore."""
        rows = await self._database.rows(
            """SELECT f.contest FROM follows f LEFT JOIN series s ON s.contest = f.contest WHERE f.server = ?
               GROUP BY f.contest HAVING max(coalesce(s.checked_at, 0)) < ? ORDER BY 1""",
            (server, key),
        )
        return [contest for (contest,) in rows]

    async def answer(self, server: int, key: int, who: str, text: str, *, post: bool) -> bool:
        """Resume posting in a server, once: what waited goes out, or is dropped. Returns False if it was answered already.

        What the newsroom itself entered since the restore is not dropped, nor what asks the desk something. `text`: what the
        notice says from then on.
        """

        def work(tx: Tx) -> bool:
            asked = tx.rows(_ASKS, (server, key))
            if not asked:
                return False
            unpause(tx.connection, server)
            waiting = _waiting(tx, server, key)
            if not post:
                for one in waiting:
                    drop_row(tx.connection, one.id, one.state, None, who)
                take_newest_as_told(tx.connection, server)
            tx.audit(server, who, "restored resume" if post else "restored drop", after={"posts": len(waiting)})
            tx.add(_edits(tx, asked[0][0], text))
            return True

        return await self._outbox.write(work)


_ASKS = """
SELECT o.id FROM servers v JOIN outbox o ON o.id = v.restored_notice WHERE v.id = ? AND v.paused_at IS NOT NULL AND o.news_at = ?
"""


def _settle(tx: Tx, server: int, copied_at: datetime) -> int:
    """Settle what was open in the copy; return how many posts wait for the desk's answer.

    Edits, pins and deletions are not made: each may be older than one that was made since the copy. A thread's first post
    is looked for in the channel, and boards are shown anew. Any other post that was not attempted waits under a new number:
    it may have been sent under its old one.
    """
    posts = open_rows(tx.connection, server)
    ours = {post.id for post in posts}
    waiting = []
    for post in posts:
        kind = tx.kinds[post.kind]
        if post.action is not Action.POST or (kind.to_desk and post.about in ours):
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
    """Return what waits in a server, but for questions to the desk and what the newsroom entered `since`, oldest first."""
    left = tx.kinds.names(lambda kind: kind.to_desk or kind.own_word or kind.restored_as is State.SENDING)
    rows = tx.rows(
        f"""SELECT {COLUMNS} FROM outbox o INDEXED BY outbox_open
            WHERE state IN ('pending', 'sending') AND state = 'pending' AND server = ? AND action = 'post'
              AND kind NOT IN {left}
              AND NOT EXISTS (SELECT 1 FROM statement_posts m JOIN statements s ON s.id = m.statement
                WHERE m.post = o.id AND s.entered_at > ?)
            ORDER BY id""",
        (server, since),
    )
    return [post_of(row) for row in rows]


def _ask(tx: Tx, server: int, notice: Notice) -> int | None:
    """Post the notice to a server: to its desk, or where nobody said where that is, into the first channel. Returns its row."""
    channel = tx.rows(
        """SELECT desk_channel FROM servers WHERE id = ?1 AND desk_channel IS NOT NULL UNION ALL
           SELECT channel FROM (SELECT f.channel FROM follows f LEFT JOIN channels c ON c.id = f.channel
             WHERE f.server = ?1 AND NOT coalesce(c.public, 0) ORDER BY f.id) LIMIT 1""",
        (server,),
    )
    if not channel:
        return None
    board = tx.rows("SELECT 1 FROM follows WHERE server = ? AND board LIMIT 1", (server,))
    draft = notice(tx.now, bool(board))  # its buttons are known by when it asked
    number = tx.number(server, draft.words)
    (key,) = tx.add([OutboxRow.worded(server, channel[0][0], number, draft, tx.now)])
    return key


def _edits(tx: Tx, notice: int, text: str) -> list[OutboxRow]:
    """Return the edit of a notice that says what became of it, without buttons."""
    post = read_post(tx.connection, notice)
    if post is None or post.card is None:
        return []
    return [OutboxRow.edit(post, replace(post.card, buttons=()).below(text), tx.now, buttons=True)]
