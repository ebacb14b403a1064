"""Merging of a channel's waiting posts into one post, and requeueing of posts at the end of the outbox.

Only posts that were never attempted are merged. The newest post keeps its number. Posts of one series merge at once,
since the older posts are out of date. All posts about one count merge once the oldest has waited over a minute, by
either clock. Posts that a mute stopped get new ids and numbers when they are released, so that numbers only grow
within a channel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.database.database import from_micros
from bot.outbox.rows import COLUMNS, Action, Post, post_of, stored_text
from bot.outbox.states import State, Transition, next_state
from bot.outbox.tx import Tx
from bot.wording.card import Card, Line

MERGES_AFTER = timedelta(minutes=1)
"""The wait of the oldest post, by either clock, after which all posts of a contest's count merge."""

_COPY = """
INSERT INTO outbox (
  server, channel, action, number, kind, contest, source, chain, about, card, content, embeds, components,
  quiet, news_at, approved_by, wall_created, wall_next, picture, mention, states)
SELECT
  server, channel, action, ?, kind, contest, source, chain, about, ?, ?, embeds, components,
  quiet, news_at, approved_by, wall_created, wall_next, picture, mention, states
FROM outbox WHERE id = ?
"""


def to_merge(tx: Tx, waiting: Sequence[Post]) -> list[list[Post]]:
    """Return the groups of a channel's posts that are to be merged, each oldest first.

    Posts about different counts never merge. `waiting` is the channel's waiting posts, oldest first.
    """
    long_ago_wall, long_ago_news = from_micros(tx.wall) - MERGES_AFTER, tx.now - MERGES_AFTER
    counts: dict[tuple[str | None, str | None], list[Post]] = {}
    for post in waiting:
        if tx.kinds.is_mergeable(post):
            count = tx.kinds[post.kind].count(tx, post)
            counts.setdefault((post.contest, count), []).append(post)
    runs: list[list[Post]] = []
    for posts in counts.values():
        oldest = posts[0]
        if from_micros(oldest.created) < long_ago_wall or from_micros(oldest.news_at) < long_ago_news:
            runs.append(posts)
        else:
            at_once = [post for post in posts if not tx.kinds[post.kind].merges_late]
            chains = dict.fromkeys(post.chain for post in at_once)
            runs += [[post for post in at_once if post.chain == chain] for chain in chains]
    return [run for run in runs if len(run) > 1]


def merge(tx: Tx, run: list[Post]) -> None:
    """Merge posts into the newest, which is the last of `run`.

    That post keeps its number, and its text is written again.
    """
    newest = run[-1]
    tx.executemany(
        "UPDATE outbox SET state = ?, superseded_by = ? WHERE id = ?",
        [(next_state(post.state, Transition.MERGED), newest.id, post.id) for post in run[:-1]],
    )
    tx.execute(
        "UPDATE outbox SET card = NULL, content = NULL, wall_next = ? WHERE id = ?",
        (max((post.next for post in run if post.next), default=None), newest.id),
    )
    tx.kinds[newest.kind].merge(tx, run)


def requeue(tx: Tx, posts: Sequence[Post]) -> list[int]:
    """Queue posts of one server again, at the end of the outbox and in the same order.

    Posts that had the same number get the same new number. The old rows are superseded, except for dropped ones. Posts
    in a chain are written again unless an editor approved them. In other posts only the numbers change. Returns the
    ids of the new rows.
    """
    if not posts:
        return []
    numbers = {number: tx.number(posts[0].server) for number in dict.fromkeys(post.number for post in posts)}
    keys = []
    for post in posts:
        number = numbers[post.number]
        remade = post.chain is not None and post.approved_by is None
        card = None if remade or post.card is None else renumbered(post.card, numbers)
        stored, content, _ = stored_text(card, number, post.server) if card else (None, None, None)
        key = tx.execute(_COPY, (number, stored, content, post.id)).lastrowid
        assert key is not None  # noqa: S101 - a row was inserted
        if post.state is not State.DROPPED:
            tx.execute(
                "UPDATE outbox SET state = ?, superseded_by = ? WHERE id = ?",
                (next_state(post.state, Transition.MERGED), key, post.id),
            )
        for copy in tx.kinds.copies:
            copy(tx.connection, post.id, key)
        kind = tx.kinds[post.kind]
        kind.on_copied(tx, post.id, key)
        kind.on_renumbered(tx, post, number)
        tx.wake(post.channel, urgent=kind.urgent)
        keys.append(key)
    return keys


def renumbered(card: Card, numbers: Mapping[int, int]) -> Card:
    """Return a copy of a card with the numbers of posts in its text replaced.

    `numbers` maps old numbers to new ones.
    """
    return replace(card, head=tuple(_renumbered(line, numbers) for line in card.head))


def _renumbered(line: Line, numbers: Mapping[int, int]) -> Line:
    text = line.text
    for old in line.posts:
        text = text.replace(f"(#{old})", f"(#{numbers.get(old, old)})")
    return replace(line, text=text, posts=tuple(numbers.get(old, old) for old in line.posts))


def posts_to_requeue(tx: Tx, server: int, source: str) -> list[Post]:
    """Return a server's never attempted posts that a mute of `source` has stopped, oldest first."""
    rows = tx.rows(
        f"""SELECT {COLUMNS} FROM outbox INDEXED BY outbox_open
            WHERE state IN ('pending', 'sending') AND state = 'pending'
            AND server = ? AND source = ? AND action = ? AND kind NOT IN {tx.kinds.unmutable}
            ORDER BY id""",
        (server, source, Action.POST),
    )
    return [post_of(row) for row in rows]
