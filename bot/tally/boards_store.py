"""Boards in the database: the text that each shows, and the outbox rows that post and edit it.

If a channel unfollows a contest while the contest's board is being sent, the board is deleted once it is sent.
"""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.database.database import fetch, from_micros, moment, to_micros
from bot.outbox.kinds import Kind
from bot.outbox.outbox import PostingStore
from bot.outbox.rows import Action, OutboxRow, Post
from bot.outbox.rows_store import drop_picture, read_post, store_picture
from bot.outbox.states import State
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import replace_card, supersede, supersede_kind
from bot.wording.card import Card

# ruff: noqa: ARG002 - the methods of `Kind` have the parameters that any kind may need

OLD = timedelta(hours=1)
"""The age from which Discord limits how often a message is edited (error 30046)."""

MOST_OLD_EDITS = 5
"""Edits of an old message before the board is posted again. Discord does not document its limit."""


@dataclass(frozen=True, slots=True)
class Board:
    """A board that a channel should have."""

    server: int
    channel: int
    contest: str
    shown: str | None
    """The text on the board; None if nothing was posted yet."""
    shown_at: datetime | None
    """When the present text was set, by the news clock."""
    is_old: bool
    """True if the board's message is older than `OLD`."""
    chart: bool = False
    """True if the channel wants a chart on the board."""
    picture: int | None = None
    """The row of the picture on the board's message, or None."""


@dataclass(frozen=True, slots=True)
class _Unsent:
    """A board's outbox row, a post or an edit, that is pending or being sent."""

    row: int
    state: State
    action: Action
    number: int
    why: str | None
    """Why the row was not sent yet."""


@dataclass(frozen=True, slots=True)
class _Live:
    """The sent post whose message is a board."""

    row: int
    number: int
    old_edits: int
    """How often the message was edited after it became old."""


class BoardStore(PostingStore):
    """Stores the text, chart and outbox rows of boards. Each method is one transaction or query."""

    async def wanted(self) -> list[Board]:
        """Return the boards that channels should have, in the servers that the bot is in.

        Public channels have no boards, since an editor has to publish every post in a public channel.
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

    async def show(self, board: Board, draft: Card, text: str) -> None:
        """Post a board with `draft`, or edit its message.

        `text` is stored for comparison at the next check. A board has at most one unsent row. A pending row is changed in place.
        While a row is being sent nothing is done, and the next check tries again. While it is unclear if a board's post was sent,
        no new one is made; an earlier message is edited if there is one.
        """

        def work(tx: Tx) -> None:
            unsent, live = _unsent(tx.connection, board), _live(tx.connection, board)
            in_doubt = _is_in_doubt(tx.connection, board)
            if (unsent is not None and unsent.state is State.SENDING) or (in_doubt and live is None):
                return
            if board.picture is not None and not board.chart:  # an edit can't remove a picture
                take_down(tx, board.channel, board.contest)
                unsent = live = None
            picture = _keep(tx, board, draft, text)
            if unsent is not None:
                if in_doubt or unsent.action is not Action.EDIT or not _too_old(unsent.why):
                    replace_card(tx.connection, unsent.row, board.server, unsent.number, draft, tx.now, picture)
                    tx.wake(board.channel)
                    return
                supersede(tx.connection, unsent.row, unsent.state, "posted anew")
            is_worn = live is not None and board.is_old and live.old_edits >= MOST_OLD_EDITS
            anew = (unsent is not None or is_worn) and not in_doubt
            _add(tx, board, draft, None if anew else live, picture)

        await self._outbox.write(work)


def _add(tx: Tx, board: Board, draft: Card, live: _Live | None, picture: int | None) -> None:
    """Add an edit of the board's message or, if it has none, a post."""
    post = None if live is None else read_post(tx.connection, live.row)
    if post is None:
        number = tx.number(board.server)
        row = OutboxRow.worded(board.server, board.channel, number, draft, tx.now, board.contest)
    else:
        row = OutboxRow.edit(post, draft, tx.now, blocks=True)
        tx.execute(
            "UPDATE boards SET old_edits = old_edits + ? WHERE channel = ? AND contest = ?",
            (int(board.is_old), board.channel, board.contest),
        )
    tx.add([replace(row, picture=picture)])


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
    """Return True if it is unclear whether a post of the board was sent. The desk has been asked about it."""
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


def _keep(tx: Tx, board: Board, draft: Card, text: str) -> int | None:
    """Store a board's new text and replace its picture. Returns the picture's row, or None."""
    if board.picture is not None:
        drop_picture(tx.connection, board.picture)
    picture = store_picture(tx.connection, board.server, draft.picture) if draft.picture else None
    tx.execute(
        """INSERT INTO boards (channel, contest, server, shown, shown_at, picture) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET shown = excluded.shown, shown_at = excluded.shown_at, picture = excluded.picture""",
        (board.channel, board.contest, board.server, text, to_micros(tx.now), picture),
    )
    return picture


def _too_old(why: str | None) -> bool:
    """Return True if an edit failed because Discord limits edits of old messages.

    `why` is the stored reason of the failure.
    """
    return "error 30046" in (why or "") or "Retry in" in (why or "")


class BoardPost(Kind):
    """The post kind for boards: one pinned message for each contest in a channel, edited in place."""

    name = "board"
    does = "is a board"
    on_page = {
        "board": (
            "always, where you asked for one: a pinned message that says where the contest stands, edited as "
            "that changes"
        ),
    }
    sent_last = True
    corrected = False
    restored_as = State.SUPERSEDED

    def on_sent(self, tx: Tx, post: Post, message: int) -> None:
        """Pin a new board and delete the one it replaces.

        If the channel no longer wants a board, delete the new one too.
        """
        old = tx.rows(
            """SELECT b.post, o.number FROM boards b JOIN outbox o ON o.id = b.post
               WHERE b.channel = ? AND b.contest = ?""",
            (post.channel, post.contest),
        )
        wanted = tx.execute(
            "UPDATE boards SET post = ?, old_edits = 0 WHERE channel = ? AND contest = ?",
            (post.id, post.channel, post.contest),
        ).rowcount
        changes = [(post.id, post.number, Action.PIN if wanted else Action.DELETE)]
        changes += [(key, number, Action.DELETE) for key, number in old]
        at = from_micros(post.news_at)
        tx.add(
            [
                OutboxRow(post.server, post.channel, number, "board", at, post.contest, about=key, action=action)
                for key, number, action in changes
            ]
        )

    def on_refused(self, tx: Tx, post: Post, why: str, message: int | None) -> None:
        """If an edit failed because somebody deleted the board's message, have the board posted again."""
        if post.action is Action.EDIT:
            tx.execute(
                "UPDATE boards SET post = NULL, shown = NULL WHERE channel = ? AND contest = ?",
                (post.channel, post.contest),
            )

    def on_made_public(self, tx: Tx, channel: int) -> None:
        """Take down all boards of a channel, since in public channels an editor publishes every post."""
        for (contest,) in tx.rows("SELECT contest FROM boards WHERE channel = ?", (channel,)):
            take_down(tx, channel, contest)


def take_down(tx: Tx, channel: int, contest: str) -> None:
    """Delete a channel's board of a contest, within a transaction."""
    supersede_kind(tx.connection, channel, contest, "board", "the board is taken down")
    rows = tx.rows(
        """SELECT b.server, o.number, o.id FROM boards b JOIN outbox o ON o.id = b.post AND o.message IS NOT NULL
           WHERE b.channel = ? AND b.contest = ?""",
        (channel, contest),
    )
    for server, number, post in rows:
        row = OutboxRow(server, channel, number, "board", tx.now, contest, about=post, action=Action.DELETE)
        tx.add([row])
    for (picture,) in tx.rows(
        "SELECT picture FROM boards WHERE (channel, contest) = (?, ?) AND picture IS NOT NULL",
        (channel, contest),
    ):
        drop_picture(tx.connection, picture)
    tx.execute("DELETE FROM boards WHERE channel = ? AND contest = ?", (channel, contest))


def leave_board(connection: sqlite3.Connection, channel: int, contest: str) -> None:
    """Forget a channel's board of a contest if its message is in a thread that is no longer used."""
    connection.execute(
        """DELETE FROM boards WHERE channel = ? AND contest = ? AND EXISTS (
             SELECT 1 FROM outbox o WHERE o.id = boards.post AND o.thread IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM threads t WHERE t.thread = o.thread))""",
        (channel, contest),
    )


def redraw_boards(connection: sqlite3.Connection, server: int) -> None:
    """Clear the stored texts of a server's boards, so that the next check edits them all."""
    connection.execute("UPDATE boards SET shown = NULL WHERE server = ?", (server,))
