"""Following and unfollowing a contest, including the effects on waiting posts and on the channel's board."""

import sqlite3

from bot.count.post_threshold import roll_up_due
from bot.count.reading import Reading, recount_under_way
from bot.database.database import fetch, from_micros, moment, to_micros
from bot.follows.follows_store import FollowRow, choice_in, delete_follow, renew_thread, store_follow
from bot.outbox.outbox import Outbox, PostingStore
from bot.outbox.tx import Tx
from bot.tally.boards_store import leave_board, take_down
from bot.tally.intake_store import Leading


class FollowingStore(PostingStore):
    """Stores follows and their effects. Each method is one transaction."""

    def __init__(self, outbox: Outbox, leading: Leading) -> None:
        """Create a store that writes posts through `outbox`. `leading` returns the source that leads a contest."""
        super().__init__(outbox)
        self._leading = leading

    async def follow(self, row: FollowRow) -> FollowRow | None:
        """Make a channel follow a contest. Only changes after the leading source's present figures are posted.

        Returns the earlier follow, or None.
        """
        return await self._outbox.write(lambda tx: follow_in(tx, row, self._leading))

    async def unfollow(self, row: FollowRow) -> bool:
        """Make a channel unfollow a contest.

        False if the channel did not follow it. Posts in the outbox are still sent.
        """
        return await self._outbox.write(lambda tx: unfollow_in(tx, row))

    async def renew_thread(self, server: int, channel: int, contest: str, who: str) -> bool:
        """Have a new thread opened for a contest.

        False if the present thread is still usable, or the channel uses no thread.
        """

        def work(tx: Tx) -> bool:
            if not renew_thread(tx, server, channel, contest, who):
                return False
            leave_board(tx.connection, channel, contest)
            tx.wake(channel)
            return True

        return await self._outbox.write(work)


def follow_in(tx: Tx, row: FollowRow, leading: Leading) -> FollowRow | None:
    """Make a channel follow a contest, within a transaction. Returns the earlier follow, or None."""
    before, moves = store_follow(tx, row)
    _end_quiet_hours(tx.connection, row, before)
    _due_otherwise(tx.connection, row, before)
    if moves:
        leave_board(tx.connection, row.channel, row.contest)
    if moves or not row.board:  # a board stays with the posts, so it is posted again where they go now
        take_down(tx, row.channel, row.contest)
    if before is None:
        _begin(tx.connection, row, leading)
    return before


def unfollow_in(tx: Tx, row: FollowRow) -> bool:
    """Make a channel unfollow a contest, within a transaction. False if the channel did not follow it."""
    if not delete_follow(tx, row):
        return False
    take_down(tx, row.channel, row.contest)
    return True


def _end_quiet_hours(connection: sqlite3.Connection, row: FollowRow, before: FollowRow | None) -> None:
    """Make changes due now that waited for the end of a channel's quiet hours, if the quiet hours were changed.

    If the new quiet hours include the present time, the changes wait again. `before` is the earlier follow, or None.
    """
    was, is_now = before and before.preferences, row.preferences
    if was and is_now and was.quiet is not None and (was.quiet, was.through) != (is_now.quiet, is_now.through):
        later = "due_at > ?1 AND follow = (SELECT id FROM follows WHERE channel = ?2 AND contest = ?3)"
        ours = (to_micros(row.followed_at), row.channel, row.contest)
        connection.execute(f"UPDATE last_posts SET due_at = ?1 WHERE {later}", ours)
        connection.execute(f"UPDATE put_off SET due_at = ?1 WHERE {later}", ours)


def _due_otherwise(connection: sqlite3.Connection, row: FollowRow, before: FollowRow | None) -> None:
    """Recompute when waiting roll-ups are due, if the channel's roll-up setting was changed.

    `before` is the earlier follow, or None.
    """
    was, is_now = before.preferences if before else None, row.preferences
    if was is None or is_now is None or was.roll_up == is_now.roll_up:
        return
    waiting = fetch(
        connection,
        """SELECT follow, series, waiting_since, due_at FROM last_posts WHERE waiting_since IS NOT NULL
           AND follow = (SELECT id FROM follows WHERE channel = ? AND contest = ?)""",
        (row.channel, row.contest),
    )
    for follow, series, stamp, due_at in waiting:
        since = from_micros(stamp)
        by_rule = {night: roll_up_due(since, night=night, minutes=was.roll_up) for night in (False, True)}
        if (due := moment(due_at)) in by_rule.values():
            anew = roll_up_due(since, night=due != by_rule[False], minutes=is_now.roll_up)
            connection.execute(
                "UPDATE last_posts SET due_at = ? WHERE follow = ? AND series = ?",
                (anew and to_micros(anew), follow, series),
            )


def _begin(connection: sqlite3.Connection, row: FollowRow, leading: Leading) -> None:
    """Record the leading source's present figures as already posted. From now on only later changes are posted.

    Figures of unfinished recounts are skipped.
    """
    chosen = choice_in(connection, row.server, row.contest)
    stands = fetch(
        connection,
        """SELECT f.id, s.id, s.accepted, c.leader, c.margin, r.body FROM follows f
           JOIN series s ON s.contest = f.contest AND s.source = ?
           JOIN changes c ON c.reading = s.accepted JOIN readings r ON r.id = s.accepted
           WHERE f.channel = ? AND f.contest = ?""",
        (leading(row.contest, chosen.source if chosen else None), row.channel, row.contest),
    )
    connection.executemany(
        "INSERT INTO last_posts (follow, series, reading, leader, margin) VALUES (?, ?, ?, ?, ?)",
        [one[:5] for one in stands if not recount_under_way(Reading.model_validate_json(one[5]))],
    )
