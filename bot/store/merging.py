"""A backlog is merged, not dumped: which posts of a channel become one."""

import sqlite3
from collections.abc import Sequence

from bot.store.outbox_state import Event, moved
from bot.store.post import Post

WAITED = 60_000_000
"""Posts merge when the oldest has waited longer than this, in microseconds of the wall clock."""


def to_merge(waiting: Sequence[Post], now: int) -> list[list[Post]]:
    """Return the runs of posts of one channel that are to become one each, oldest first.

    The oldest post decides whether anything merges. A run are posts of one contest and series, up to one of that
    contest that may not be merged.
    """
    if not waiting or now - waiting[0].created <= WAITED:
        return []
    runs: list[list[Post]] = []
    open_runs: dict[str | None, list[Post]] = {}
    for post in waiting:
        run = open_runs.get(post.contest)
        if not post.mergeable:
            open_runs.pop(post.contest, None)
        elif run and run[-1].series == post.series:
            run.append(post)
        else:
            runs.append([post])
            open_runs[post.contest] = runs[-1]
    return [run for run in runs if len(run) > 1]


def merge(connection: sqlite3.Connection, run: list[Post]) -> None:
    """Let the newest post of a run tell of all that the run tells of; it keeps its number."""
    newest = run[-1]
    connection.executemany(
        "UPDATE outbox SET state = ?, superseded_by = ? WHERE id = ?",
        [(moved(post.state, Event.MERGED), newest.id, post.id) for post in run[:-1]],
    )
    connection.execute(
        "UPDATE outbox SET from_reading = ?, kind = 'margin', content = NULL, wall_next = ? WHERE id = ?",
        (run[0].from_reading, max((post.next for post in run if post.next), default=None), newest.id),
    )
