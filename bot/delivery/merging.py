"""A backlog is merged, not dumped: which posts become one, and what that one says."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.cards.draft import Draft
from bot.cards.facts import ChangeFacts, Setting
from bot.cards.post import change_post
from bot.count.change import net
from bot.store.outbox import Post, Span

WAITED = 60_000_000
"""Posts merge when the oldest has waited longer than this, in microseconds of the wall clock."""


def to_merge(waiting: Sequence[Post], now: int) -> list[Post]:
    """Return the posts of one channel that are to become one, oldest first; fewer than two: nothing is to be done.

    The oldest post decides whether anything merges. With it go the posts of the same contest and series
    behind it, up to one that may not be merged.
    """
    if not waiting or now - waiting[0].created <= WAITED:
        return []
    for index, post in enumerate(waiting):
        if post.mergeable:
            run = _run(post, waiting[index:])
            if len(run) > 1:
                return run
    return []


def _run(first: Post, waiting: Sequence[Post]) -> list[Post]:
    run = []
    for post in waiting:
        if post.contest != first.contest:
            continue
        if not post.mergeable or post.series != first.series:
            break
        run.append(post)
    return run


def composer(setting: Setting, now: Callable[[], datetime]) -> Callable[[Span], Draft | None]:
    """Return what makes the words of a merged post; None where the desk file no longer has its contest."""

    def compose(span: Span) -> Draft | None:
        contest, source = setting.desk.contest(span.contest), setting.desk.source(span.source)
        if contest is None or source is None or not span.changes:
            return None
        change = net(span.start, span.end, span.changes)
        moment = now()
        facts = ChangeFacts(
            contest, source, change.kind, change, span.start, span.end, moment, moment, steps=len(span.changes)
        )
        return change_post(facts, setting)

    return compose
