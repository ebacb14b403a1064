"""The words of posts that tell of changes, made when they are sent."""

from bot.cards.draft import Draft
from bot.cards.facts import ChangeFacts, Setting
from bot.cards.post import change_post
from bot.count.change import compare, net
from bot.store.outbox import Compose
from bot.store.post import Span


def composer(setting: Setting) -> Compose:
    """Return what makes the words of a span of changes."""

    def compose(span: Span) -> Draft | None:
        contest, source = setting.desk.contest(span.contest), setting.desk.source(span.source)
        if contest is None or source is None:
            return None
        start = None if span.kind == "first" else span.start
        change = compare(None, span.end) if start is None else net(start, span.end, span.changes, span.led_before)
        if change is None:
            return None
        # A change of reporting alone that was not told is part of what comes next, and is not counted.
        steps = sum(step.kind != "progress" for step in span.changes)
        facts = ChangeFacts(
            contest, source, "roll_up" if span.kind == "roll_up" else change.kind, change, start, span.end,
            span.news_at, span.checked_at, steps=max(steps, 1), held_for=span.held_for,
        )  # fmt: skip
        return change_post(facts, setting)

    return compose
