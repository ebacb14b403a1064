"""Posts about where a count stands: their texts, and the record of what each channel was last told.

A post covers the readings of a span (`spans`), another source's margin (`comparisons`), or the news of a watcher
(`watcher_news`). Each row is keyed by the post's outbox row, whose `chain` is the series. The text is written when the
post is claimed, from the facts at that moment: a span is extended to the newest accepted reading, and a margin is
compared with the one the channel knows by then. If a post is dropped, the next post of the series also covers its
changes.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Self

from bot.count.change import Change, net
from bot.count.fall import fall_between
from bot.count.judgement import POSTED, REPEATED, is_based_on_posted
from bot.count.margin import margin_of
from bot.count.reading import Reading, recount_under_way
from bot.count.staleness import ENTERED_VALID_FOR
from bot.count.statement import Statement, ballots_left_by_feed
from bot.database.database import fetch, moment, to_micros
from bot.follows.preferences import Skippable, preferences_of
from bot.outbox.approval_store import show_posts_again, waiting_behind
from bot.outbox.follow_up_store import update_earlier
from bot.outbox.kinds import Kind, NotPosted, PostText, Published
from bot.outbox.rows import Action, Post, TopicRow, to_json
from bot.outbox.states import Transition
from bot.outbox.threads_store import is_public
from bot.outbox.tx import Tx
from bot.outbox.unsent_store import set_kind, set_subject
from bot.tally.changes_words import FormerSourceMargin, Span, earlier_batch_sentence, span_post, with_ballots_left
from bot.tally.holds_store import REVISIONS, stored_readings
from bot.tally.intake_store import count_of, leads_in
from bot.tally.other_sources import compared
from bot.tally.other_sources_store import Comparison
from bot.tally.run_watchers import POSTERS, RIDERS, RiderNews, rider_news
from bot.tally.standing_store import ballots_left
from bot.tally.standing_words import OtherSource
from bot.tally.watchers import WatchedCount
from bot.tally.watchers_store import Watched, WatcherNews
from bot.wording.card import Card, Link, address_of
from bot.wording.context import Audience, Setting, may_be_named
from bot.wording.message import REVISED


@dataclass(frozen=True, slots=True)
class ReadingSpan(TopicRow):
    """The readings that a post covers, as a row of `spans`: after `from_reading`, up to `to_reading`."""

    INSERT: ClassVar[str] = """
        INSERT INTO spans (post, from_reading, to_reading, checked_at, was, confirms, least, of_lead, merged, revises)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""

    from_reading: int | None
    """The last reading posted before; None if the span begins with the first reading."""
    to_reading: int
    checked_at: datetime | None = None
    """When the source was last asked."""
    was: int | None = None
    """If another source leads now: the last reading of the former leading source that was posted in the channel."""
    confirms: int | None = None
    """The id of the statement that the post reports as now confirmed, or None."""
    least: int | None = None
    """How far the margin had to move for a post of its own, by the channel's setting then. None if that was not
    checked.
    """
    of_lead: bool = False
    """True if `least` was a share of the lead (`LEAST_SHARE`), not a number of votes."""
    merged: bool = False
    """True if several posts were merged into this one, including posts about other sources and lines crossed."""
    revises: tuple[int, ...] = ()
    """Outbox ids of posts by other sources that revisions merged into this post replace."""

    def values(self) -> tuple[object, ...]:
        """Return the values for `INSERT`, without the post's id."""
        return (
            self.from_reading,
            self.to_reading,
            None if self.checked_at is None else to_micros(self.checked_at),
            self.was,
            self.confirms,
            self.least,
            self.of_lead,
            self.merged,
            to_json(self.revises),
        )

    @classmethod
    def of(cls, connection: sqlite3.Connection, post: int) -> Self | None:
        """Return the span of a post by its outbox id. None if the post covers no readings."""
        rows = fetch(
            connection,
            """SELECT from_reading, to_reading, checked_at, was, confirms, least, of_lead, merged, revises FROM spans
               WHERE post = ?""",
            (post,),
        )
        if not rows:
            return None
        start, end, checked, was, confirms, least, of_lead, merged, revises = rows[0]
        replaced = tuple(json.loads(revises))
        return cls(start, end, moment(checked), was, confirms, least, bool(of_lead), bool(merged), replaced)


def join_spans(connection: sqlite3.Connection, earlier: int, later: int) -> None:
    """Extend the span of a later post to begin where an earlier post's span begins."""
    connection.execute(
        """UPDATE spans SET from_reading = min(from_reading, (SELECT from_reading FROM spans WHERE post = ?))
           WHERE post = ?""",
        (earlier, later),
    )


class ChangePost(Kind):
    """Base kind of posts about a span of readings, another source's margin, or a line that was crossed."""

    tells = (ReadingSpan, Comparison, WatcherNews)
    perishable = True
    mergeable = True
    published_as: ClassVar[Published | None] = "rest"
    skipped_by: ClassVar[Skippable | None] = None
    """The channel preference that suppresses these posts. None if no preference does."""
    revised: ClassVar[bool] = True
    """True if a later revision by the same source replaces the post."""

    def words(self, tx: Tx, post: Post) -> PostText | NotPosted:
        """Return a post's text as of now. A revision links to the post that it replaces in its channel."""
        setting = tx.setting.in_channel(post.server, public=is_public(tx.connection, post.channel))
        if (comparison := Comparison.of(tx.connection, post.id)) is not None:
            made = compared(tx, post, comparison, setting)
            return NotPosted(made) if isinstance(made, str) else PostText(made, post.about)
        if (news := WatcherNews.of(tx.connection, post.id)) is not None:
            return _watcher_post(tx, post, news, setting)
        span, about = _span(tx, post, setting), None
        draft = span_post(span, setting) if span else None
        if span and draft and draft.kind == "revision" and (about := _replaced(tx, post, span)):
            draft = span_post(replace(span, replaces=about[1]), setting)
        if span is None or draft is None:
            return NotPosted("the desk file no longer has its contest or source", Transition.REFUSED)
        if left := _ballots_left(tx.connection, post.server, span.end, tx.now, setting.reader):
            draft = with_ballots_left(draft, span, left, setting)
        draft = draft.naming(*_reported_before(tx, post, span, setting))
        if riding := _rider_sentences(tx, post, setting):
            draft = draft.then(*(one.sentence for one in riding))
        return PostText(draft, about[0] if about else None, _mention(tx.connection, post, draft))

    def count(self, tx: Tx, post: Post) -> str | None:
        """Return the name of the count (election, audit, recount) that a post is about."""
        return count_of(tx.connection, post.chain)

    def on_text_written(self, tx: Tx, post: Post) -> None:
        """Record the last reading that a post covers as posted in its channel.

        The reading may be newer than the one the post was queued for.
        """
        span = ReadingSpan.of(tx.connection, post.id)
        if span is None:
            return
        now = _up_to_now(tx.connection, post, span)
        tx.execute(
            "UPDATE spans SET to_reading = ?, checked_at = ? WHERE post = ?",
            (now.to_reading, None if now.checked_at is None else to_micros(now.checked_at), post.id),
        )
        tx.execute(
            """UPDATE last_posts SET reading = ?1, number = ?2, (waiting_since, due_at) =
                 (SELECT waiting_since, due_at WHERE reading = ?1),
                 (leader, margin) = (SELECT leader, margin FROM changes WHERE reading = ?1)
               WHERE series = ?3 AND reading <= ?1
                 AND follow IN (SELECT id FROM follows WHERE channel = ?4 AND contest = ?5)""",
            (now.to_reading, post.number, post.chain, post.channel, post.contest),
        )
        if post.chain is not None:
            news, series, end = _rider_sentences(tx, post, tx.setting), post.chain, now.to_reading
            tx.store([Watched(one.follow, one.watcher, series, end, one.value) for one in news])

    def merge(self, tx: Tx, run: Sequence[Post]) -> None:
        """Merge a run of posts into the last one.

        The merged post reports where the leading source's count stands, followed by the other news of the run. If all posts
        are by one other source, it reports where that source's count stands.
        """
        newest = run[-1]
        spans = [(post, span) for post in run if (span := ReadingSpan.of(tx.connection, post.id))]
        leads = leads_in(tx.connection, newest.server, newest.contest or "", tx.setting.desk.leading)
        own = [(post, span) for post, span in spans if post.source == leads]
        crossed = any(post.kind == "recount_line" for post in run)
        if not own and not crossed and len({post.source for post in run}) == 1:
            if spans:
                _assign_span(tx.connection, newest, _joined([span for _, span in spans]), spans[-1][0], "revision")
            return  # else the newest comparison says it
        if own:
            beside = [post for post, _ in spans if post.source != leads]
            span = _joined([span for _, span in own])
            span = replace(
                span,
                merged=span.merged or len(own) < len(run),
                revises=(*span.revises, *_replaced_by(tx, beside)),
            )
            _assign_span(tx.connection, newest, span, own[-1][0], _kind_of([post for post, _ in own], span))
        elif (told := _told(tx.connection, newest, leads)) is not None:
            series, span = told
            span = replace(span, revises=tuple(_replaced_by(tx, [post for post, _ in spans])))
            of = replace(newest, source=leads, chain=series)
            _assign_span(tx.connection, newest, span, of, "roll_up")
        elif spans:
            last, span = spans[-1]
            _assign_span(tx.connection, newest, span, last, last.kind)

    def on_renumbered(self, tx: Tx, post: Post, number: int) -> None:
        """Record the new number of a post; posts about other sources refer to it."""
        tx.execute(
            """UPDATE last_posts SET number = ? WHERE series = ? AND number = ?
               AND follow IN (SELECT id FROM follows WHERE channel = ? AND contest = ?)""",
            (number, post.chain, post.number, post.channel, post.contest),
        )

    def on_sent(self, tx: Tx, post: Post, message: int) -> None:
        """Edit the posts that a revision or the correction of an entered margin replaces."""
        span = ReadingSpan.of(tx.connection, post.id)
        for key in span.revises if span is not None else ():
            # Without the words of this post, which are another source's.
            update_earlier(tx, post, message, REVISED, key, quoted=False)
        if post.card is not None and post.card.corrects:
            for key in _posted_wrongly(tx.connection, post):
                update_earlier(tx, post, message, "Corrected", key)
        else:
            super().on_sent(tx, post, message)

    def on_refused(self, tx: Tx, post: Post, why: str, message: int | None) -> None:
        """Merge a post that Discord refused for good into the next post, and notify the desk."""
        if post.action is Action.POST:
            self.on_dropped(tx, post)
        super().on_refused(tx, post, why, message)

    def on_dropped(self, tx: Tx, post: Post, *, counted_as_posted: bool = False) -> list[int]:
        """Merge the changes of a dropped post into the next post of the same series and channel.

        Returns the numbers of the waiting posts that an editor is asked about again, since their text changes. If no
        post waits, the channel's record of its last posted reading is reset, unless `counted_as_posted` is True: the
        changes are then treated as posted. If a later post has already been sent, nothing is merged.
        """
        span = ReadingSpan.of(tx.connection, post.id)
        if span is None:
            return []
        waiting = waiting_behind(tx, post)
        for place, later in enumerate(waiting):
            goes_on = ReadingSpan.of(tx.connection, later.id) if later.chain == post.chain else None
            if goes_on is not None and goes_on.from_reading == span.to_reading:
                numbers, first = show_posts_again(tx, waiting[place:])
                kind = "first" if span.from_reading is None else _kind_of([post, later], goes_on)
                join_spans(tx.connection, post.id, first)
                set_kind(tx.connection, first, kind)
                return numbers
        if not counted_as_posted:
            _reset_last_posted(tx.connection, post, span)
        return []


class FirstPost(ChangePost):
    """The post with the first figures of a contest."""

    name = "first"
    does = "reports the first figures"
    on_page = {
        "first": "the first votes of a contest come in",
    }
    ignores_minimum = True


class LeadChangePost(ChangePost):
    """The post about a new leader."""

    name = "lead_change"
    does = "reports a lead change"
    on_page = {
        "lead change": "somebody else leads; it notifies",
    }
    skipped_by = "lead_change"
    ignores_minimum = True
    urgent = True
    published_as = "lead_change"


class MarginPost(ChangePost):
    """The post about a margin that changed enough for a separate post."""

    name = "margin"
    does = "reports a margin change"
    on_page = {
        "margin": (
            "the margin has moved by 25 votes, or by 0.3% of the lead if that is more, since the channel's last post"
        ),
    }
    skipped_by = "margin"


class SameMarginPost(ChangePost):
    """The post about new votes that did not change the margin."""

    name = "no_margin_change"
    does = "reports votes that left the margin unchanged"
    skipped_by = "margin"


class ProgressPost(ChangePost):
    """The post about a change in reporting or results status without new votes."""

    name = "progress"
    does = "reports a change in reporting or status"
    on_page = {
        "status": "the source calls its count complete, or certified",
    }
    skipped_by = "status"


class RollUpPost(ChangePost):
    """The post that sums up changes too small for separate posts."""

    name = "roll_up"
    does = "reports several changes together"
    on_page = {
        "roll-up": (
            "changes too small for a post of their own, together: hourly, on election night every quarter of "
            "an hour. A change of fewer than 10 votes waits for the next post"
        ),
    }


class RevisionPost(ChangePost):
    """The post about a source that lowered its count."""

    name = "revision"
    does = "reports a revision by the source"
    on_page = {
        "revision": (
            "a source has taken votes back, in all or of a candidate, and stood by it for a minute; it notifies"
        ),
    }
    ignores_minimum = True
    urgent = True
    published_as = "revision"

    def follows_on(self, post: Post, earlier: Post) -> bool:
        """Return True if both posts are by the same source.

        A revision then replaces the earlier post, and links to it.
        """
        return post.source == earlier.source


class StatementPost(ChangePost):
    """The post about another source's margin, or about a change that confirms an entered figure."""

    name = "statement"
    does = "reports a figure from another source"
    on_page = {
        "confirmed, contradicted": (
            "another source's margin agrees with the posted one for the first time, or differs from it; that "
            "two feeds differ is posted after a quarter of an hour"
        ),
        "had first": "a source comes to a figure that your desk had before any feed. Once, with who had it when",
    }
    skipped_by = "other_sources"


class RecountLinePost(ChangePost):
    """The post about a margin that crossed the recount line, or a leader who reached or lost the required majority."""

    name = "recount_line"
    does = "reports a recount or majority line crossed"
    on_page = {
        "recount line": (
            "the margin has come within recount range, or left it; or the leader has come to the majority "
            "that the contest asks for, or fallen short of it, unless a margin post says so. Not on election "
            "night, and only by a verified rule"
        ),
    }
    merges_late = True
    revised = False


CHANGE_POSTS: tuple[type[ChangePost], ...] = (
    FirstPost,
    MarginPost,
    SameMarginPost,
    LeadChangePost,
    RevisionPost,
    RollUpPost,
    ProgressPost,
    StatementPost,
    RecountLinePost,
)
"""All kinds of posts about changes."""

SKIPPED_BY = {kind.name: kind.skipped_by for kind in CHANGE_POSTS}
"""For each kind of change, the channel preference that suppresses its posts, or None."""


def _watcher_post(tx: Tx, post: Post, news: WatcherNews, setting: Setting) -> PostText | NotPosted:
    contest, source = setting.desk.contest(post.contest or ""), setting.desk.source(post.source or "")
    found = _accepted(tx.connection, post.chain)
    if contest is None or source is None or found is None:
        return NotPosted("the desk file no longer has its contest or source", Transition.REFUSED)
    contest = setting.desk.with_leading_source(contest, source.id)
    reading, change = found
    poster, count = POSTERS[news.watcher], WatchedCount(contest, source, reading, setting, tx.now)
    if poster.value(count) != news.value:
        return NotPosted(poster.gone)
    return PostText(poster.post(count, change))


def _rider_sentences(tx: Tx, post: Post, setting: Setting) -> list[RiderNews]:
    """Return the news to add to a margin post, from the watchers that add a sentence (`Rider`).

    If the text is written a second time, the post gets the same sentences again.
    """
    follows = tx.rows(
        "SELECT id, preferences FROM follows WHERE server = ? AND channel = ? AND contest = ?",
        (post.server, post.channel, post.contest),
    )
    if not follows:
        return []
    follow, preferences = follows[0][0], preferences_of(follows[0][1])
    if not any(rider.is_wanted(preferences) for rider in RIDERS):
        return []
    stored, span = ReadingSpan.of(tx.connection, post.id), _span(tx, post, setting)
    contest, source = setting.desk.contest(post.contest or ""), setting.desk.source(post.source or "")
    if stored is None or span is None or span.start is None or span.beside or contest is None or source is None:
        return []
    contest = setting.desk.with_leading_source(contest, source.id)
    count = WatchedCount(contest, source, span.end, setting, span.news_at, preferences)
    known = tx.rows(
        """SELECT watcher, value FROM watched
           WHERE follow = ?1 AND NOT (series = ?2 AND reading > ?3)""",
        (follow, post.chain, stored.from_reading),
    )
    return rider_news(follow, count, span.start, dict(known))


def _span(tx: Tx, post: Post, setting: Setting) -> Span | None:
    """Return the facts that a post covers, up to the newest accepted reading of the post's series.

    None if the post has no span.
    """
    connection = tx.connection
    stored = ReadingSpan.of(connection, post.id)
    if stored is None:
        return None
    span = _up_to_now(connection, post, stored)
    return replace(
        span_between(connection, post.kind, span, tx.now),
        held_for=_held_for(connection, post),
        confirms=_confirmed_entry(connection, post, span.confirms),
        was=_was(connection, span.was),
        puts_right=_first_wrongly_shown(connection, post, span) is not None,
        held=_held(connection, post),
        beside=leads_in(connection, post.server, post.contest or "", setting.desk.leading) != post.source,
        merged=span.merged,
        others=_others(connection, post, setting) if span.merged else (),
    )


def _replaced_by(tx: Tx, revisions: Sequence[Post]) -> list[int]:
    """Return the outbox ids of the sent posts that these unsent revisions would replace."""
    found = []
    for revision in revisions:
        span = _span(tx, revision, tx.setting)
        if span is not None and revision.kind == "revision" and (replaced := _replaced(tx, revision, span)):
            found.append(replaced[0])
    return found


def _reset_last_posted(connection: sqlite3.Connection, post: Post, span: ReadingSpan) -> None:
    """Reset a channel's record to the reading before a post, unless a newer one has been posted since."""
    told = "follow IN (SELECT id FROM follows WHERE channel = ? AND contest = ?) AND series = ? AND reading = ?"
    key = (post.channel, post.contest, post.chain, span.to_reading)
    if span.from_reading is None:
        connection.execute(f"DELETE FROM last_posts WHERE {told}", key)
        return
    connection.execute(
        f"""UPDATE last_posts SET reading = ?, number = ?,
            (leader, margin) = (SELECT leader, margin FROM changes WHERE reading = ?) WHERE {told}""",
        (span.from_reading, _last_post_number(connection, post, span.from_reading), span.from_reading, *key),
    )


def _last_post_number(connection: sqlite3.Connection, post: Post, reading: int) -> int | None:
    """Return the number of the post whose span ended with the reading `reading`. None if there is none.

    Only posts of the series and in the channel of `post` are considered.
    """
    rows = fetch(
        connection,
        """SELECT number FROM outbox o JOIN spans s ON s.post = o.id
           WHERE channel = ? AND contest = ? AND source = ? AND state = 'sent' AND action = 'post' AND to_reading = ?
           UNION ALL
           SELECT number FROM outbox o JOIN spans s ON s.post = o.id
           WHERE server = ? AND channel = ? AND state IN ('awaiting', 'doubtful') AND chain = ? AND to_reading = ?""",
        (post.channel, post.contest, post.source, reading, post.server, post.channel, post.chain, reading),
    )
    return rows[0][0] if rows else None


def _mention(connection: sqlite3.Connection, post: Post, draft: Card) -> int | None:
    """Return the role that a lead change mentions in its channel.

    None if the follow names none, or the post is silent.
    """
    if draft.kind != "lead_change" or draft.quiet:
        return None
    rows = fetch(
        connection,
        "SELECT preferences FROM follows WHERE server = ? AND channel = ? AND contest = ?",
        (post.server, post.channel, post.contest),
    )
    return preferences_of(rows[0][0]).mention if rows else None


def _replaced(tx: Tx, post: Post, revision: Span) -> tuple[int, Link] | None:
    """Return the outbox id of the post that a revision replaces in its channel, and a link to it.

    None if there is no earlier post by the source, or if the source still has all the votes that the post reported.
    """
    revised = tx.kinds.names(lambda kind: isinstance(kind, ChangePost) and kind.revised)
    rows = tx.rows(
        f"""SELECT o.id, o.number, o.message, coalesce(o.thread, o.channel), r.body FROM outbox o
            LEFT JOIN spans s ON s.post = o.id LEFT JOIN readings r ON r.id = s.to_reading
            WHERE o.channel = ? AND o.contest = ? AND o.source = ? AND o.state = 'sent' AND o.action = 'post' AND o.id < ?
              AND (o.chain IS NULL OR o.chain = ?) AND o.kind IN {revised} AND o.message IS NOT NULL
            ORDER BY o.id DESC LIMIT 1""",
        (post.channel, post.contest, post.source, post.id, post.chain),
    )
    if not rows:
        return None
    key, number, message, place, told = rows[0]
    judged = told is not None and not revision.puts_right
    if judged and net(Reading.model_validate_json(told), revision.end, ()).kind != "revision":
        return None
    return key, Link(number, address_of(post.server, place, message))


def _up_to_now(connection: sqlite3.Connection, post: Post, span: ReadingSpan) -> ReadingSpan:
    """Return a span extended to the newest accepted reading of its series.

    Readings of an unfinished recount are skipped.
    """
    rows = fetch(
        connection,
        """SELECT s.accepted, s.checked_at, r.body FROM series s JOIN readings r ON r.id = s.accepted
           WHERE s.id = ? AND s.accepted > ?""",
        (post.chain, span.to_reading),
    )
    if not rows or recount_under_way(Reading.model_validate_json(rows[0][2])):
        return span
    return replace(span, to_reading=rows[0][0], checked_at=moment(rows[0][1]))


def _joined(spans: Sequence[ReadingSpan]) -> ReadingSpan:
    """Return one span that covers several spans of a series.

    The spans are in the order of their posts, which may differ from the order of their readings.
    """
    starts = [span.from_reading for span in spans]
    start = None if None in starts else min(start for start in starts if start is not None)
    confirms = [span.confirms for span in spans if span.confirms is not None]
    was = next((span.was for span in spans if span.was is not None), None)
    last = max(spans, key=lambda span: span.to_reading)
    return replace(
        last,
        from_reading=start,
        was=was,
        confirms=confirms[-1] if confirms else None,
        merged=any(span.merged for span in spans),
        revises=tuple(key for span in spans for key in span.revises),
    )


def _kind_of(posts: Sequence[Post], span: ReadingSpan) -> str:
    """Return the kind for a post that several posts are merged into."""
    kinds = {post.kind for post in posts}
    if span.was is not None:
        return "statement"
    first: tuple[str, ...] = ("revision", "first", "lead_change")
    found = next((kind for kind in first if kind in kinds), None)
    return found or ("statement" if span.confirms is not None else "margin")


def _told(connection: sqlite3.Connection, post: Post, leads: str) -> tuple[int, ReadingSpan] | None:
    """Return the series of the source `leads`, and a span from its last posted reading to its newest one.

    None if no figures of that source were posted in the channel yet.
    """
    rows = fetch(
        connection,
        """SELECT s.id, t.reading, s.accepted, s.checked_at FROM last_posts t JOIN series s ON s.id = t.series
            WHERE s.contest = ? AND s.source = ? AND s.accepted IS NOT NULL
              AND s.count = coalesce((SELECT count FROM series WHERE id = ?), 'election')
              AND t.follow IN (SELECT id FROM follows WHERE channel = ? AND contest = ?)""",
        (post.contest, leads, post.chain, post.channel, post.contest),
    )
    if not rows:
        return None
    series, start, end, checked = rows[0]
    return series, ReadingSpan(start, end, moment(checked), merged=True)


def _assign_span(connection: sqlite3.Connection, newest: Post, span: ReadingSpan, of: Post, kind: str) -> None:
    """Replace the content of the post `newest` by the span `span`.

    The post gets the kind `kind`, and the source and series of the post `of`.
    """
    connection.execute("DELETE FROM spans WHERE post = ?", (newest.id,))
    connection.execute("DELETE FROM comparisons WHERE post = ?", (newest.id,))
    connection.execute("DELETE FROM watcher_news WHERE post = ?", (newest.id,))
    connection.execute(ReadingSpan.INSERT, (newest.id, *span.values()))
    set_subject(connection, newest.id, of.source, of.chain, kind)


def _accepted(connection: sqlite3.Connection, series: int | None) -> tuple[Reading, Change] | None:
    """Return the newest accepted reading of a series, with the change that led to it."""
    rows = fetch(
        connection,
        """SELECT r.body, c.body FROM series s JOIN readings r ON r.id = s.accepted JOIN changes c ON c.reading = r.id
           WHERE s.id = ?""",
        (series,),
    )
    return (Reading.model_validate_json(rows[0][0]), Change.model_validate_json(rows[0][1])) if rows else None


def _others(connection: sqlite3.Connection, post: Post, setting: Setting) -> tuple[OtherSource, ...]:
    """Return the newest figures of the feeds other than a post's source, for the same count, newest first.

    Muted sources, and in public channels those that may not be named, are excluded.
    """
    rows = fetch(
        connection,
        """SELECT o.source, o.leader, r.body FROM series s JOIN series o ON o.contest = s.contest AND o.count = s.count
           JOIN readings r ON r.id = o.accepted
           WHERE s.id = ? AND o.id <> s.id AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.server = ? AND m.source = o.source)
           ORDER BY r.as_of DESC""",
        (post.chain, post.server),
    )
    found = []
    for key, led, body in rows:
        source, reading = setting.desk.source(key), Reading.model_validate_json(body)
        if source is None or not may_be_named(source, setting) or not any(reading.votes.values()):
            continue
        margin = margin_of(reading.votes, led)
        found.append(OtherSource(source, reading.as_of, margin.leader, margin.votes, reading.total))
    return tuple(found)


def _ballots_left(
    connection: sqlite3.Connection, server: int, end: Reading, now: datetime, reader: Audience
) -> list[tuple[Statement, int]]:
    """Return statements about ballots still to be counted, if all precincts have reported.

    Empty for certified results.

    Returns (statement, votes counted in the statement's place since then), the most outstanding ballots first. A
    statement is excluded once as many votes have been counted as it had ballots outstanding.
    """
    precincts = end.reporting.precincts if end.reporting else None
    if precincts is None or precincts[0] < precincts[1] or end.status == "certified":
        return []
    entered = [
        (one, _votes_since(connection, end, one))
        for one in ballots_left(connection, end.contest, server, now, reader=reader)
        if now - one.as_of <= ENTERED_VALID_FOR
    ]
    out = [
        (one.outstanding.ballots - came, one, came)
        for one, came in [*entered, *((one, 0) for one in ballots_left_by_feed(end))]
        if one.outstanding and came < max(one.outstanding.ballots, 1)
    ]
    return [(one, came) for _, one, came in sorted(out, key=lambda left: left[0], reverse=True)]


def _votes_since(connection: sqlite3.Connection, end: Reading, said: Statement) -> int:
    """Return how many votes a place has counted since the statement `said` about that place.

    Returns 0 for a statement about the whole contest.
    """
    units = said.outstanding.units if said.outstanding else ()
    rows = fetch(
        connection,
        """SELECT COALESCE(SUM(u.votes), 0) FROM series s
           JOIN unit_changes u ON u.series = s.id JOIN json_each(?) w ON u.unit = w.value
           JOIN readings r ON r.id = u.reading AND r.as_of > ? AND r.as_of <= ?
           WHERE (s.contest, s.source, s.count) = (?, ?, ?)""",
        (to_json(units), to_micros(said.as_of), to_micros(end.as_of), end.contest, end.source, end.count),
    )
    return int(rows[0][0])


def span_between(connection: sqlite3.Connection, kind: str, span: ReadingSpan, news_at: datetime) -> Span:
    """Return the facts of a span, for a post of `kind` that was caused at `news_at`."""
    ((source, end),) = fetch(
        connection,
        "SELECT s.source, r.body FROM readings r JOIN series s ON s.id = r.series WHERE r.id = ?",
        (span.to_reading,),
    )
    start = _with_leader(connection, span.from_reading)
    changes = fetch(
        connection,
        # By time, for which there is an index; accepted readings of a series come in order of both.
        """SELECT c.body, c.before, r.body, iif(c.kind = 'revision', (SELECT b.body FROM readings b WHERE b.id = c.before), NULL)
           FROM readings s, readings e
           JOIN readings r ON r.series = e.series AND r.verdict = 'accepted' AND r.as_of BETWEEN s.as_of AND e.as_of
           JOIN changes c ON c.reading = r.id
           WHERE s.id = ? AND e.id = ? AND r.id > s.id AND r.id <= e.id ORDER BY r.id""",
        (span.from_reading, span.to_reading),
    )
    steps = tuple(Change.model_validate_json(body) for body, *_ in changes)
    previous = None
    if len(steps) > 1 and steps[-1].lead_changed and not any(step.lead_changed for step in steps[:-1]):
        previous = _with_leader(connection, changes[-1][1])
    falls = (
        fall_between(Reading.model_validate_json(before), Reading.model_validate_json(after))
        for _, _, after, before in changes
        if before is not None
    )
    return Span(
        kind,
        source,
        news_at,
        checked_at=span.checked_at or news_at,
        start=start[0] if start else None,
        led_before=start[1] if start else None,
        end=Reading.model_validate_json(end),
        changes=steps,
        falls=tuple(fall for fall in falls if fall),
        previous=previous,
    )


def _with_leader(connection: sqlite3.Connection, reading: int | None) -> tuple[Reading, str] | None:
    """Return an accepted reading and the leader recorded with it."""
    rows = fetch(
        connection,
        "SELECT r.body, c.leader FROM readings r JOIN changes c ON c.reading = r.id WHERE r.id = ?",
        (reading,),
    )
    return (Reading.model_validate_json(rows[0][0]), rows[0][1]) if rows else None


def _was(connection: sqlite3.Connection, reading: int | None) -> FormerSourceMargin | None:
    """Return the former leading source's margin at the reading with this id.

    None if there is no reading or no margin.
    """
    rows = fetch(
        connection,
        """SELECT s.source, c.leader, c.margin FROM readings r JOIN series s ON s.id = r.series
           JOIN changes c ON c.reading = r.id WHERE r.id = ? AND c.margin IS NOT NULL""",
        (reading,),
    )
    return FormerSourceMargin(*rows[0]) if rows else None


def _held(connection: sqlite3.Connection, post: Post) -> str | None:
    """Return why newer figures of a roll-up's series are on hold.

    None if none are, or for posts of other kinds.
    """
    held = fetch(connection, "SELECT reason FROM holds WHERE series = ? AND settled_at IS NULL", (post.chain,))
    return held[0][0] if held and post.kind == "roll_up" else None


def _posted_wrongly(connection: sqlite3.Connection, post: Post) -> list[int]:
    """Return the outbox ids of the posts that a correction is about.

    An editor had posted their figures from a hold, and the source has abandoned these figures since.
    """
    span = ReadingSpan.of(connection, post.id)
    first = _first_wrongly_shown(connection, post, span) if span else None
    rows = fetch(
        connection,
        """SELECT o.id FROM outbox o INDEXED BY outbox_told JOIN spans s ON s.post = o.id
           WHERE o.channel = ? AND o.contest = ? AND o.source = ? AND o.state = 'sent' AND o.action = 'post'
             AND o.chain = ? AND o.id < ? AND s.to_reading >= ? ORDER BY o.id DESC LIMIT 50""",
        (post.channel, post.contest, post.source, post.chain, post.id, first),
    )
    return list(dict.fromkeys([*([post.about] if post.about else []), *(key for (key,) in rows)]))


def _first_wrongly_shown(connection: sqlite3.Connection, post: Post, span: ReadingSpan) -> int | None:
    """Return the id of the first reading that the channel was wrongly shown. None if there is none.

    An editor had posted it from a hold, and the source has abandoned it since.
    """
    if post.kind != "revision":
        return None
    rows = fetch(
        connection,
        """SELECT h.reading, b.body FROM holds h JOIN changes c ON c.reading = h.reading JOIN readings b ON b.id = c.before
           WHERE h.series = ? AND h.outcome = ? AND h.reading <= ? ORDER BY h.id DESC LIMIT 20""",
        (post.chain, POSTED, span.from_reading),
    )
    left = []
    for reading, body in rows:  # what is posted may rest on what was posted before
        before = Reading.model_validate_json(body)
        rested, rests = (
            is_based_on_posted(before, stored_readings(fetch(connection, REVISIONS, (post.chain, reading, until))))
            for until in (span.from_reading, span.to_reading)
        )
        if rested and not rests:
            left.append(reading)
    return min(left, default=None)


def _confirmed_entry(
    connection: sqlite3.Connection, post: Post, statement: int | None
) -> tuple[Statement, int | None] | None:
    """Return the staff entry that a post confirms, and the number of the entry's own first post.

    `statement` is the entry's id. Only posts sent in `post`'s channel are considered; the number is None without one.
    The result is None if there is no such entry.
    """
    rows = fetch(connection, "SELECT source, body FROM statements WHERE id = ?", (statement,))
    if not rows:
        return None
    source, body = rows[0]
    told = fetch(
        connection,
        """SELECT o.number FROM statement_posts p JOIN outbox o ON o.id = p.post
           WHERE p.statement = ? AND o.channel = ? AND o.contest = ? AND o.source = ?
             AND o.state = 'sent' AND o.action = 'post' ORDER BY o.id LIMIT 1""",
        (statement, post.channel, post.contest, source),
    )
    return Statement.model_validate_json(body), told[0][0] if told else None


def _reported_before(tx: Tx, post: Post, span: Span, setting: Setting) -> list[tuple[str, int]]:
    """Return sentences about batches that the channel was already shown and that are part of a span's votes.

    Each sentence comes with the number of the batch's post. Without the sentences, readers would add the same votes
    twice.
    """
    written = ReadingSpan.of(tx.connection, post.id)
    if written is None or post.kind == "revision":
        return []
    rows = tx.rows(
        """SELECT s.body, o.number FROM counted_batches k JOIN statements s ON s.id = k.statement
           JOIN statement_posts p ON p.statement = k.statement JOIN outbox o ON o.id = p.post
           WHERE k.series = ? AND k.reading > ? AND k.reading <= ? AND o.channel = ? AND o.contest = ?
             AND o.state = 'sent' AND o.action = 'post' ORDER BY o.id""",
        (post.chain, written.from_reading, written.to_reading, post.channel, post.contest),
    )
    said = ((Statement.model_validate_json(body), number) for body, number in rows)
    return [(words, number) for one, number in said if (words := earlier_batch_sentence(span, one, number, setting))]


def _held_for(connection: sqlite3.Connection, post: Post) -> timedelta | None:
    """Return how long the reading of a revision had been on hold. None if it had not been on hold."""
    rows = fetch(
        connection,
        "SELECT settled_at - since FROM holds WHERE series = ? AND settled_at = ? AND outcome = ?",
        (post.chain, post.news_at, REPEATED),
    )
    return timedelta(microseconds=rows[0][0]) if rows and post.kind == "revision" else None
