"""The words of what is sent, made when it is: of changes, and of what happens to posts and channels."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from bot.clock import Clock
from bot.count.change import compare, net
from bot.count.margin import margin_of
from bot.count.relation import agrees
from bot.outbox.approval_words import Decision, decided_content, publish_question
from bot.outbox.post import Post, Span
from bot.outbox.replaced_words import updated_content
from bot.outbox.threads_words import thread_name, thread_post
from bot.outbox.undelivered_words import (
    closed_notice,
    doubtful_notice,
    in_words,
    no_thread_notice,
    opened_notice,
    refused_notice,
    unattached_notice,
    wordless_notice,
)
from bot.schedule.reminders_words import MovedFacts, ReminderFacts, begun_content, moved_post, reminder_post
from bot.tally.changes_words import ChangeFacts, LedBefore, change_post, margin_now_post
from bot.tally.other_sources_words import also_said
from bot.wording.confirmed import EnteredBefore
from bot.wording.context import Setting
from bot.wording.draft import Draft, Embed, Link, Picture, PostKind


class SettingWords:
    """Words by the desk file's style (`Words` of the store)."""

    def __init__(self, setting: Setting, wall: Callable[[], float] = time.time, clock: Clock | None = None) -> None:
        """Say it as `setting` has it; `wall` is the wall clock, in seconds, `clock` the news clock; None: the same."""
        self._setting = setting
        self._wall = wall
        self._clock = clock

    def news_now(self) -> datetime:
        """Return the news clock's time."""
        return self._clock.now() if self._clock else datetime.fromtimestamp(self._wall(), UTC)

    def remind(self, facts: ReminderFacts) -> Draft:
        """Return a reminder."""
        return reminder_post(facts, self._setting)

    def moved(self, facts: MovedFacts) -> Draft:
        """Return the post that says what has changed about an event."""
        return moved_post(facts, self._setting)

    def also(self, agreeing: Sequence[tuple[str, datetime]]) -> str:
        """Return the line of a post's card that names who says the same; empty for nobody."""
        return also_said(agreeing, self._setting, self.news_now())

    def begun(self, old: str, who: str, at: datetime) -> str:
        """Return the content of a reminder whose event has begun."""
        return begun_content(old, who, at, self._setting)

    def compose(self, span: Span) -> Draft | None:
        """Return the post of a span of changes; None where the desk file no longer has its contest or source."""
        contest, source = self._setting.desk.contest(span.contest), self._setting.desk.source(span.source)
        if contest is None or source is None:
            return None
        start = None if span.kind == "first" or span.was is not None else span.start
        change = compare(None, span.end) if start is None else net(start, span.end, span.changes, span.led_before)
        if change is None:
            return None
        kind = "roll_up" if span.kind == "roll_up" and change.kind != "revision" else change.kind
        # A change of reporting alone that was not told is part of what comes next, and is not counted.
        steps = sum(step.kind != "progress" for step in span.changes)
        facts = ChangeFacts(
            contest, source, kind, change, start, span.end,
            span.news_at, span.checked_at, steps=max(steps, 1), held_for=span.held_for, replaces=span.replaces,
            confirms=self._had(span),
        )  # fmt: skip
        if span.was is not None:
            before = LedBefore(self._setting.desk.source(span.was.source), span.was.leader, span.was.margin)
            return margin_now_post(facts, before, self._setting)
        return change_post(facts, self._setting)

    def _had(self, span: Span) -> EnteredBefore | None:
        said = span.confirms
        source = self._setting.desk.source(said.source) if said else None
        if said is None or source is None:
            return None
        margin = margin_of(span.end.votes)
        by_margin = (
            said.leader is not None
            and said.margin is not None
            and margin.votes is not None
            and agrees(said.leader, said.margin, (margin.leader, margin.votes), about="margin" in said.approximate)
        )
        return EnteredBefore.of(said, "margin" if by_margin else "total", source, span.entered_as)

    def reached(self, kind: PostKind, old: str, new: str, link: Link) -> str:
        """Return the content of a post that a newer one replaces."""
        return updated_content(kind, old, new, link)

    def thread(self, contest: str) -> tuple[str, Draft] | None:
        """Return the name of a contest's thread and the message that it hangs on."""
        known = self._setting.desk.contest(contest)
        return None if known is None else (thread_name(known), thread_post(known, self._setting))

    def closed(self, channel: int, why: str, *, is_thread: bool = False) -> Draft:
        """Return the notice that a channel, or a contest's thread, can't be written to."""
        return closed_notice(channel, why, self._setting, is_thread=is_thread)

    def no_thread(self, channel: int, contest: str, why: str) -> Draft:
        """Return the notice that a contest's thread can't be opened."""
        known = self._setting.desk.contest(contest)
        return no_thread_notice(channel, known.name if known else contest, why, self._setting)

    def in_words(self, picture: Picture) -> Embed:
        """Return the card that stands for a picture where it can't be attached."""
        return in_words(picture)

    def unattached(self, post: Post, why: str) -> Draft:
        """Return the notice that a post went out without its picture."""
        return unattached_notice(post.number, post.place, why, self._setting)

    def refused(self, post: Post, why: str) -> Draft:
        """Return the notice that Discord will never take a post."""
        return refused_notice(post.number, post.channel, post.content or "", why, self._setting)

    def wordless(self, post: Post) -> Draft:
        """Return the notice that a post could not be put into words."""
        return wordless_notice(post.number, post.channel, self._setting)

    def opened(self, channel: int, since: int) -> Draft:
        """Return the notice that a channel can be written to again."""
        return opened_notice(channel, since, self._setting)

    def doubtful(self, post: Post, why: str) -> Draft:
        """Return the question whether a post is in its channel."""
        return doubtful_notice(post.id, post.number, post.channel, post.content or "", why, self._setting)

    def publish_question(self, post: Post) -> tuple[Draft, ...]:
        """Return the question whether to publish a post."""
        return publish_question(
            post.id, post.number, post.channel, post.content or "", post.embeds or (), self._setting
        )

    def decided(self, post: Post, old: str, decision: Decision) -> str:
        """Return the content of a question about a post once it is answered."""
        return decided_content(old, post.number, post.channel, decision, self._setting)

    def may_tell(self, source: str) -> bool:
        """Return whether the public may read that a source said something; one that nobody knows says nothing."""
        known = self._setting.desk.source(source)
        return known is not None and known.public
