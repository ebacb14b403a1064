"""Merging: which rows of a channel, never attempted, become one post; and rows put anew at the end of the outbox.

A merged post keeps its newest row's number. Rows of one series merge at once: the older ones would say what is so no
more. All rows of a contest that say where one of its counts stands merge once the oldest has waited over a minute by either clock.
Rows that a mute held get new ids and numbers when they may go, so that a channel's only grow.
"""

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from bot.database.database import fetch, from_micros
from bot.outbox.kinds import Kinds
from bot.outbox.rows import COLUMNS, Action, Post, post_of
from bot.outbox.servers_store import skip_numbers
from bot.outbox.states import State, Transition, moved

MERGES_AFTER = timedelta(minutes=1)
"""All posts of a contest's count merge when the oldest has waited longer than this by either clock."""

_NUMBER = re.compile(r"^-# #\d+ · ")

_NAMED = re.compile(r"\(#(\d+)\)")

_COPY = """
INSERT INTO outbox (
  server, channel, action, number, kind, contest, source, chain, about, content, embeds, components,
  quiet, news_at, approved_by, wall_created, wall_next, picture, mention, states)
SELECT
  server, channel, action, ?, kind, contest, source, chain, about, ?, embeds, components,
  quiet, news_at, approved_by, wall_created, wall_next, picture, mention, states
FROM outbox WHERE id = ?
"""


def to_merge(waiting: Sequence[Post], kinds: Kinds, now: int, count: Callable[[Post], str | None]) -> list[list[Post]]:
    """Return the runs of posts of one channel that are to become one each, each with its oldest first.

    Args:
        waiting: what waits for the channel, oldest first.
        kinds: those of posts.
        now: the wall clock, in microseconds.
        count: tells of which count of its contest a post is; two counts never become one post.

    """
    long_ago_wall, long_ago_news = from_micros(now) - MERGES_AFTER, kinds.news_now() - MERGES_AFTER
    counts: dict[tuple[str | None, str | None], list[Post]] = {}
    for post in waiting:
        if kinds.is_mergeable(post):
            counts.setdefault((post.contest, count(post)), []).append(post)
    runs: list[list[Post]] = []
    for posts in counts.values():
        oldest = posts[0]
        if from_micros(oldest.created) < long_ago_wall or from_micros(oldest.news_at) < long_ago_news:
            runs.append(posts)
        else:
            at_once = [post for post in posts if not kinds[post.kind].merges_late]
            chains = dict.fromkeys(post.chain for post in at_once)
            runs += [[post for post in at_once if post.chain == chain] for chain in chains]
    return [run for run in runs if len(run) > 1]


def merge(connection: sqlite3.Connection, run: list[Post], kinds: Kinds) -> None:
    """Let the newest post of a run tell of all that the run tells of; it keeps its number."""
    newest = run[-1]
    connection.executemany(
        "UPDATE outbox SET state = ?, superseded_by = ? WHERE id = ?",
        [(moved(post.state, Transition.MERGED), newest.id, post.id) for post in run[:-1]],
    )
    connection.execute(
        "UPDATE outbox SET content = NULL, wall_next = ? WHERE id = ?",
        (max((post.next for post in run if post.next), default=None), newest.id),
    )
    kinds.family(newest.kind).merge(connection, run)


def read_post(connection: sqlite3.Connection, key: int) -> Post | None:
    """Return a row of the outbox as it is now."""
    rows = fetch(connection, f"SELECT {COLUMNS} FROM outbox WHERE id = ?", (key,))
    return post_of(rows[0]) if rows else None


def requeue(connection: sqlite3.Connection, posts: Sequence[Post], kinds: Kinds) -> list[int]:
    """Put posts of one server at the end of the outbox, in their order; return the new rows' ids.

    Posts that had one number have one number again; one that was dropped stays so beside its new row. Words of a chain that
    no editor approved are made anew; all others stay, but for the numbers.
    """
    if not posts:
        return []
    server = posts[0].server
    ((next_number,),) = fetch(connection, "SELECT next_number FROM servers WHERE id = ?", (server,))
    old = dict.fromkeys(post.number for post in posts)
    numbers = {number: next_number + place for place, number in enumerate(old)}
    keys = []
    for post in posts:
        number = numbers[post.number]
        remade = post.chain is not None and post.approved_by is None
        content = None if remade or post.content is None else renumbered(post.content, number, numbers)
        key = connection.execute(_COPY, (number, content, post.id)).lastrowid
        assert key is not None  # noqa: S101 - a row was inserted
        if post.state is not State.DROPPED:
            connection.execute(
                "UPDATE outbox SET state = ?, superseded_by = ? WHERE id = ?",
                (moved(post.state, Transition.MERGED), key, post.id),
            )
        for copy in kinds.copies:
            copy(connection, post.id, key)
        kinds.family(post.kind).renumbered(connection, post, number)
        keys.append(key)
    skip_numbers(connection, server, len(numbers))
    return keys


def renumbered(content: str, number: int, numbers: Mapping[int, int]) -> str:
    """Return a post's content with another number in its last line; those that it names are as in `numbers`."""
    words, _, last = content.rpartition("\n")
    words = _NAMED.sub(lambda named: f"(#{numbers.get(int(named[1]), named[1])})", words)
    return f"{words}\n{_NUMBER.sub(f'-# #{number} · ', last)}"


def to_requeue(connection: sqlite3.Connection, server: int, source: str, kinds: Kinds) -> list[Post]:
    """Return the posts of a source's word that wait in a server and were never attempted, oldest first."""
    rows = fetch(
        connection,
        f"""SELECT {COLUMNS} FROM outbox INDEXED BY outbox_open
            WHERE state IN ('pending', 'sending') AND state = 'pending'
            AND server = ? AND source = ? AND action = ? AND kind NOT IN {kinds.unmutable}
            ORDER BY id""",
        (server, source, Action.POST),
    )
    return [post_of(row) for row in rows]
