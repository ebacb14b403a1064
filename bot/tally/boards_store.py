"""Boards in the database: what each shows, and the outbox rows that make it show something else.

One whose channel stopped following while it was being sent is deleted once it is there.
"""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.database.database import Store, fetch, from_micros, moment, to_micros
from bot.outbox.follow_up_store import add
from bot.outbox.kinds import Family, Kind, Kinds
from bot.outbox.rows import Action, OutboxRow, Post, to_wake
from bot.outbox.rows_store import add_rows, drop_picture, keep_picture
from bot.outbox.servers_store import take_number
from bot.outbox.states import State
from bot.outbox.unsent_store import reword, supersede, supersede_kind
from bot.wording.draft import Draft

# ruff: noqa: ARG002 - what follows takes what any family's may need

OLD = timedelta(hours=1)
"""From this age on Discord limits how often a message is edited (error 30046)."""

MOST_OLD_EDITS = 5
"""Edits of an old message before the board is posted anew: how many Discord allows it does not say."""


@dataclass(frozen=True, slots=True)
class Board:
    """A board that a channel should have."""

    server: int
    channel: int
    contest: str
    shown: str | None
    """What it shows; None: nothing yet."""
    shown_at: datetime | None
    """News clock: since when."""
    is_old: bool
    """Its message is older than an hour."""
    chart: bool = False
    """It is to have a chart."""
    picture: int | None = None
    """The row of the picture that its message has."""


@dataclass(frozen=True, slots=True)
class _Unsent:
    """The row of a board, a post or an edit, that waits or is being sent."""

    row: int
    state: State
    action: Action
    number: int
    why: str | None
    """Why it was not sent yet."""


@dataclass(frozen=True, slots=True)
class _Live:
    """The post that shows a board."""

    row: int
    number: int
    old_edits: int
    """How often it was edited since it was old."""


class BoardStore(Store):
    """What boards show; each method is one transaction or one query."""

    async def wanted(self) -> list[Board]:
        """Return the boards that channels should have, of newsrooms that the bot is in.

        None where the public reads: there an editor publishes each word.
        """
        rows = await self._database.rows(
            """SELECT f.server, f.channel, f.contest, b.shown, b.shown_at,
                      coalesce((SELECT o.wall_last FROM outbox o WHERE o.id = b.post), ?) < ?,
                      coalesce(json_extract(f.preferences, '$.board_chart'), 0), b.picture
               FROM follows f JOIN servers s ON s.id = f.server AND s.left_at IS NULL
               LEFT JOIN boards b ON b.channel = f.channel AND b.contest = f.contest
               LEFT JOIN channels c ON c.id = f.channel
               WHERE f.board AND NOT coalesce(c.public, 0)""",
            (self._database.micros(), self._database.micros() - OLD // timedelta(microseconds=1)),
        )
        return [
            Board(server, channel, contest, shown, moment(at), bool(old), bool(chart), picture)
            for server, channel, contest, shown, at, old, chart, picture in rows
        ]

    async def show(self, board: Board, draft: Draft, shown: str, now: datetime) -> dict[int, bool]:
        """Make a board show `draft`; return channels to wake.

        A board has at most one unsent row. One that waits is changed in place; while one is being sent nothing is done,
        and the next look tries again. While a board's post is doubtful no other is posted: the message that was there
        before is edited, if there was one.
        """

        def work(connection: sqlite3.Connection) -> dict[int, bool]:
            unsent, live = _unsent(connection, board), _live(connection, board)
            in_doubt = _is_in_doubt(connection, board)
            if (unsent is not None and unsent.state is State.SENDING) or (in_doubt and live is None):
                return {}
            if board.picture is not None and not board.chart:  # no edit takes a picture away
                take_down(connection, board.channel, board.contest, now, self._database.micros())
                unsent = live = None
            picture = _keep(connection, board, draft, shown, now)
            if unsent is not None:
                if in_doubt or unsent.action is not Action.EDIT or not _too_old(unsent.why):
                    reword(connection, unsent.row, unsent.number, draft, now, picture)
                    return {board.channel: False}
                supersede(connection, unsent.row, unsent.state, "posted anew")
            is_worn = live is not None and board.is_old and live.old_edits >= MOST_OLD_EDITS
            anew = (unsent is not None or is_worn) and not in_doubt
            return self._add(connection, board, draft, now, None if anew else live, picture)

        return await self._database.transact(work)

    def _add(
        self,
        connection: sqlite3.Connection,
        board: Board,
        draft: Draft,
        now: datetime,
        live: _Live | None,
        picture: int | None,
    ) -> dict[int, bool]:
        """Edit the message that shows the board, or post one; return channels to wake."""
        if live is None:
            number = take_number(connection, board.server)
            row = OutboxRow.worded(board.server, board.channel, number, draft, now, board.contest)
        else:
            row = OutboxRow.worded(
                board.server,
                board.channel,
                live.number,
                draft,
                now,
                board.contest,
                about=live.row,
                action=Action.EDIT,
            )
            connection.execute(
                "UPDATE boards SET old_edits = old_edits + ? WHERE channel = ? AND contest = ?",
                (int(board.is_old), board.channel, board.contest),
            )
        add_rows(connection, [replace(row, picture=picture)], self._database.micros())
        return to_wake([row])


def _unsent(connection: sqlite3.Connection, board: Board) -> _Unsent | None:
    rows = fetch(
        connection,
        """SELECT id, state, action, number, why FROM outbox
           WHERE channel = ? AND contest = ? AND kind = 'board' AND action IN ('post', 'edit')
             AND state IN ('pending', 'sending') ORDER BY state DESC""",
        (board.channel, board.contest),
    )
    if not rows:
        return None
    row, state, action, number, why = rows[0]
    return _Unsent(row, State(state), Action(action), number, why)


def _is_in_doubt(connection: sqlite3.Connection, board: Board) -> bool:
    """Return True if the desk was asked whether a post of the board is in its channel."""
    return bool(
        fetch(
            connection,
            """SELECT 1 FROM outbox
               WHERE server = ? AND channel = ? AND state IN ('awaiting', 'doubtful') AND state = 'doubtful'
                 AND contest = ? AND kind = 'board' LIMIT 1""",
            (board.server, board.channel, board.contest),
        )
    )


def _live(connection: sqlite3.Connection, board: Board) -> _Live | None:
    rows = fetch(
        connection,
        """SELECT o.id, o.number, b.old_edits FROM boards b JOIN outbox o ON o.id = b.post
           WHERE b.channel = ? AND b.contest = ?""",
        (board.channel, board.contest),
    )
    return _Live(*rows[0]) if rows else None


def _keep(connection: sqlite3.Connection, board: Board, draft: Draft, shown: str, now: datetime) -> int | None:
    """Store what a board shows, with its picture in place of the one before; return the picture's row."""
    if board.picture is not None:
        drop_picture(connection, board.picture)
    picture = keep_picture(connection, board.server, draft.picture) if draft.picture else None
    connection.execute(
        """INSERT INTO boards (channel, contest, server, shown, shown_at, picture) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET shown = excluded.shown, shown_at = excluded.shown_at, picture = excluded.picture""",
        (board.channel, board.contest, board.server, shown, to_micros(now), picture),
    )
    return picture


def _too_old(why: str | None) -> bool:
    """Return True if Discord refuses to edit the message for long, most likely because it is old."""
    return "error 30046" in (why or "") or "Retry in" in (why or "")


class BoardPosts(Family):
    """Boards, each in at most one message of a channel: posted, edited, pinned and deleted."""

    kinds = (Kind("board", yields=True),)

    def sent(self, connection: sqlite3.Connection, post: Post, message: int, now: int) -> dict[int, bool]:
        """Pin a new board and delete the one that it replaces; delete a board that nobody wants any more."""
        old = fetch(
            connection,
            """SELECT b.post, o.number FROM boards b JOIN outbox o ON o.id = b.post
               WHERE b.channel = ? AND b.contest = ?""",
            (post.channel, post.contest),
        )
        wanted = connection.execute(
            "UPDATE boards SET post = ?, old_edits = 0 WHERE channel = ? AND contest = ?",
            (post.id, post.channel, post.contest),
        ).rowcount
        changes = [(post.id, post.number, Action.PIN if wanted else Action.DELETE)]
        changes += [(key, number, Action.DELETE) for key, number in old]
        at = from_micros(post.news_at)
        rows = [
            OutboxRow(post.server, post.channel, number, "board", at, post.contest, about=key, action=action)
            for key, number, action in changes
        ]
        return add(connection, now, *rows)

    def refused(
        self,
        connection: sqlite3.Connection,
        post: Post,
        why: str,
        message: int | None,
        kinds: Kinds,
        now: int,
    ) -> dict[int, bool]:
        """Post a board again that can't be edited, since somebody deleted its message; nobody is told."""
        if post.action is Action.EDIT:
            connection.execute(
                "UPDATE boards SET post = NULL, shown = NULL WHERE channel = ? AND contest = ?",
                (post.channel, post.contest),
            )
        return {}

    def made_public(self, connection: sqlite3.Connection, channel: int, at: datetime, now: int) -> dict[int, bool]:
        """Take down all boards of a channel: where the public reads, an editor publishes each word."""
        contests = fetch(connection, "SELECT contest FROM boards WHERE channel = ?", (channel,))
        for (contest,) in contests:
            take_down(connection, channel, contest, at, now)
        return {channel: False} if contests else {}


def take_down(connection: sqlite3.Connection, channel: int, contest: str, now: datetime, wall: int) -> None:
    """Delete a channel's board of a contest, in the transaction under way."""
    supersede_kind(connection, channel, contest, "board", "the board is taken down")
    rows = fetch(
        connection,
        """SELECT b.server, o.number, o.id FROM boards b JOIN outbox o ON o.id = b.post AND o.message IS NOT NULL
           WHERE b.channel = ? AND b.contest = ?""",
        (channel, contest),
    )
    for server, number, post in rows:
        row = OutboxRow(server, channel, number, "board", now, contest, about=post, action=Action.DELETE)
        add_rows(connection, [row], wall)
    for (picture,) in fetch(
        connection,
        "SELECT picture FROM boards WHERE (channel, contest) = (?, ?) AND picture IS NOT NULL",
        (channel, contest),
    ):
        drop_picture(connection, picture)
    connection.execute("DELETE FROM boards WHERE channel = ? AND contest = ?", (channel, contest))


def leave_board(connection: sqlite3.Connection, channel: int, contest: str) -> None:
    """Forget a channel's board of a contest whose message is in a thread that was given up."""
    connection.execute(
        """DELETE FROM boards WHERE channel = ? AND contest = ? AND EXISTS (
             SELECT 1 FROM outbox o WHERE o.id = boards.post AND o.thread IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM threads t WHERE t.thread = o.thread))""",
        (channel, contest),
    )


def show_boards_anew(connection: sqlite3.Connection, server: int) -> None:
    """Forget what the boards of a server show, so that the next look edits them all."""
    connection.execute("UPDATE boards SET shown = NULL WHERE server = ?", (server,))
