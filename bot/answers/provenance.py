"""The answers to /sources and /why: where figures and posts come from, and whether each source works."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.answers.asking import Asking, NewsroomOnlyError
from bot.answers.batches_store import BatchStore
from bot.answers.history import answering_source
from bot.answers.provenance_store import Provenance, SourceState
from bot.answers.provenance_words import (
    ListedPost,
    MomentFacts,
    NotPostedFacts,
    PostProvenance,
    PostsFacts,
    moment_answer,
    not_posted_answer,
    posts_answer,
    why_answer,
)
from bot.answers.sources_words import EnteredChange, Precision, SourceFacts, SourceFigures, SourceReach, sources_answer
from bot.answers.units import Uploads, unit_silence
from bot.count.change import Change
from bot.count.judgement import AHEAD_AT_MOST, HoldReason, gives_units
from bot.count.margin import margin_of
from bot.count.statement import Statement, changed_between
from bot.errors import BadInputError
from bot.follows.follows_store import ServerStore
from bot.newsroom.status_store import StatusStore
from bot.outbox.suspensions_store import SuspensionStore
from bot.tally.standing_store import StandingStore, StoredStanding
from bot.wording.card import Card
from bot.wording.context import may_be_named
from bot.wording.question import Question
from bot.wording.typed_names import source_named
from bot.wording.typed_times import typed_minute
from bot.wording.viewer import Viewer

_MOST_UNPOSTED = 12

_MOST_POSTS = 25


class HealthLike(Protocol):
    """Protocol for a source's health: whether polling reaches the source, and since when it does not."""

    problem: str | None
    failing_since: datetime | None
    reached_at: datetime | None


class ProvenanceAnswers:
    """The answers to /sources and /why."""

    def __init__(
        self,
        asking: Asking,
        queries: StandingStore,
        batches: BatchStore,
        provenance: Provenance,
        servers: ServerStore,
        control: SuspensionStore,
        status: StatusStore,
        health: Mapping[str, HealthLike],
        uploads: Uploads,
    ) -> None:
        self._asking = asking
        self._queries = queries
        self._batches = batches
        self._provenance = provenance
        self._servers = servers
        self._control = control
        self._status = status
        self._health = health
        self._uploads = uploads

    async def sources(self, question: Question) -> Card:
        """Return a card with each source's figures in a contest, when they changed, and whether the source works."""
        contest, leads = question.contest.id, question.contest.leads
        first = await self._queries.standing(contest, leads, question.until)
        standings = [*([first] if first else []), *await self._queries.others(contest, leads, question.until)]
        states = {one.source: one for one in await self._provenance.sources(contest)}
        certified = any(one.reading.status == "certified" for one in standings)
        certified = certified or await self._provenance.certified(question.server, contest)
        found = {
            one.source: self._by_reading(
                question,
                one,
                states.get(one.source),
                certified=certified,
                overtaken=await self._overtaken(question, one),
            )
            for one in standings
        }
        entered = await self._queries.figures(contest, question.server, question.until, reader=question.setting.reader)
        entries = [statement for statement, _ in entered]
        waiting = {statement.source for statement, waits in entered if waits}
        # Use figures that staff entered if they are newer than the feed's, but keep the feed's own state.
        for statement, waits in entered:
            known = found.get(statement.source)
            has_figures = statement.count == question.count and (
                statement.margin is not None or statement.total is not None
            )
            if has_figures and (known is None or known.figures is None or known.figures.as_of < statement.as_of):
                feed = known or self._silent(question, statement.source, states.get(statement.source))
                newest = SourceFigures(
                    statement.as_of,
                    statement.leader,
                    statement.margin,
                    statement.total,
                    approximate=frozenset(statement.approximate),
                    entered=statement.entered_by is not None,
                    corrected=question.corrected.of_statement(statement),
                    waits=waits,
                )
                found[statement.source] = replace(feed, figures=newest)
        # Use the time of the last change that staff entered if it is later than the feed's.
        moves = await self._queries.last_moves(contest, question.server, question.until, reader=question.setting.reader)
        for statement, waits in moves:
            known = found.get(statement.source) or self._silent(
                question, statement.source, states.get(statement.source)
            )
            by_feed = known.figures.changed_at if known.figures else None
            if statement.last_updated is not None and (by_feed is None or by_feed < statement.last_updated):
                precision = Precision.EXACT if statement.exact("last_updated") else Precision.ABOUT
                theirs = [one for one in entries if one.source == statement.source and one.count == statement.count]
                then = [one for one in theirs if one.as_of == statement.as_of]
                seen = [one.as_of for one in theirs if any(_shows_the_same(one, other) for other in then)]
                until = max([statement.as_of, *seen])
                change = EnteredChange(
                    statement.last_updated, precision, unchanged_at=until, waits=waits or statement.source in waiting
                )
                found[statement.source] = replace(known, entered_change=change)
        # For entries that differ from earlier ones without giving a time of the change, that time is only bounded.
        for key, known in list(found.items()):
            between = changed_between([one for one in entries if one.source == key and one.count == question.count])
            by_feed = known.figures.changed_at if known.figures else None
            last = known.entered_change.at if known.entered_change else by_feed
            if between is not None and (last is None or last < between[1]):
                change = EnteredChange(between[1], Precision.BY, after=between[0], waits=key in waiting)
                found[key] = replace(known, entered_change=change)
        for key in (leads, *question.contest.feeds):
            found.setdefault(key, self._silent(question, key, states.get(key)))
        ordered = sorted(
            found.values(), key=lambda one: (not one.leads, -(one.figures.as_of.timestamp() if one.figures else 0))
        )
        choice = await self._servers.choice(question.server, contest)
        chosen = choice.since if choice and choice.source == leads and question.at is None else None
        return sources_answer([self._pushed(one) for one in ordered], question, chosen)

    def _pushed(self, one: SourceFacts) -> SourceFacts:
        """Add the time of the last push to the facts about a source that pushes its figures.

        The time is from the source's health, or else from its readings.
        """
        if not one.source.pushes:
            return one
        health = self._health.get(one.source.id)
        pushed_at = (health.reached_at if health else None) or one.reach.checked_at
        return replace(one, reach=replace(one.reach, pushed_at=pushed_at))

    async def _overtaken(self, question: Question, then: StoredStanding) -> bool:
        """Return True if a source's votes have changed since the past time that the question is about.

        `then` is the source's standing at that time.
        """
        if question.at is None:
            return False
        latest = await self._queries.standing(question.contest.id, then.source, question.now + AHEAD_AT_MOST)
        return latest is not None and latest.changed_at != then.changed_at

    def _by_reading(
        self,
        question: Question,
        standing: StoredStanding,
        state: SourceState | None,
        *,
        certified: bool,
        overtaken: bool,
    ) -> SourceFacts:
        reading = standing.reading
        margin = margin_of(reading.votes, standing.change.leader)
        source = answering_source(question, standing.source)
        figures = SourceFigures(
            reading.as_of,
            margin.leader,
            margin.votes if any(reading.votes.values()) else None,
            reading.counted,
            changed_at=standing.changed_at,
            gives_units=gives_units(reading),
            corrected=question.corrected.of_reading(reading),
            overtaken=overtaken,
        )
        return SourceFacts(
            source,
            standing.source == question.contest.leads,
            figures,
            self._reach(standing.source, standing.checked_at),
            standing.held,
            state.refused if state else None,
            None if certified else unit_silence(source, question.contest, standing, self._uploads(source.id)),
        )

    def _silent(self, question: Question, key: str, state: SourceState | None) -> SourceFacts:
        return SourceFacts(
            answering_source(question, key),
            key == question.contest.leads,
            None,
            self._reach(key, state.checked_at if state else None),
            state.held if state else None,
            state.refused if state else None,
        )

    def _reach(self, key: str, checked_at: datetime | None) -> SourceReach:
        health = self._health.get(key)
        return SourceReach(checked_at, health.failing_since, health.problem) if health else SourceReach(checked_at)

    async def why(self, viewer: Viewer, number: int) -> Card:
        """Return a card that explains where a post came from.

        People without a role in the newsroom see no waiting posts and, in public channels, no discarded posts.

        Raises:
            BadInputError: no such post exists, or the person can't see its channel.
            NewsroomOnlyError: the viewer may not read the post's source in this channel.
        """
        server, setting = viewer.server, self._asking.setting(viewer)
        rows = [row for row in await self._provenance.post(server, number) if viewer.sees(row.channel)]
        if not viewer.newsroom:
            rows = [row for row in rows if not (row.fate.is_unapproved if setting.public else row.fate.waits)]
        # Skip the desk's preview of a long card, which has the same number as the post itself.
        rows = [row for row in rows if not row.to_desk or rows[0].to_desk]
        if not rows:
            raise BadInputError(
                f"there is no #{number} in this newsroom, or none that you can see; `/history` with since: lists the posts"
            )
        if rows[0].to_desk and (about := rows[0].replaces) is not None:
            card = await self.why(viewer, about)
            return card.below(f"Question {number} to the desk is about it.")
        # Whoever sees the post in the newsroom's own channel may know its source.
        here = replace(setting, left_out=setting.inside(server))
        if any(row.source and not may_be_named(setting.desk.source(row.source), here) for row in rows):
            raise NewsroomOnlyError
        posts = [await self._with_decision(server, row) for row in rows]
        return why_answer(posts, viewer, setting, self._asking.now)

    async def _with_decision(self, server: int, row: PostProvenance) -> PostProvenance:
        """Return a post with the name of the editor behind it.

        That editor corrected or retracted an earlier post, or approved the reading that this post reports and that was
        on hold.
        """
        if row.is_own_correction:
            return replace(row, let_by=await self._provenance.replaced_by(server, row.news_at))
        if row.reading is None or row.reading.held not in list(HoldReason) or row.contest is None:
            return row
        return replace(row, let_by=await self._provenance.settled_by(server, row.contest, row.news_at))

    async def why_not(self, question: Question) -> Card:
        """Return a card that explains what was not posted about a contest, in the channels that the viewer sees.

        In public channels, people without a role in the newsroom don't see that posts wait for the desk.
        """
        sees = question.viewer.sees
        contest, server = question.contest.id, question.server
        unposted = await self._provenance.unposted(contest, question.until, _MOST_UNPOSTED)
        follows = [row for row in await self._servers.following(server) if row.contest == contest]
        paused = (await self._status.status(server)).paused
        refusals = [
            (one.source, one.refused.last, one.refused.last_at)
            for one in await self._provenance.sources(contest)
            if one.refused is not None
        ]
        hidden = question.viewer.public and not question.viewer.newsroom
        open_ = [] if hidden else await self._provenance.open(server, contest)
        facts = NotPostedFacts(
            tuple((one.source, one.verdict, one.reason, one.as_of) for one in unposted),
            tuple(one for one in await self._provenance.waiting(server, contest) if sees(one.channel)),
            tuple(refusals),
            paused,
            await self._control.muted(server),
            bool(follows),
            tuple(one for one in open_ if sees(one[2])),
            hidden,
        )
        return not_posted_answer(facts, question)

    async def why_at(self, question: Question, at: datetime) -> Card:
        """Return a card with the updates and entries of the minute up to `at`.

        Each has the posts about it, or the reason why none was sent. An update is listed if the time of its figures,
        or the time of its receipt, is in that minute.
        """
        sees, contest, server = question.viewer.sees, question.contest.id, question.server
        minute, reader = (at.replace(second=0, microsecond=0), at), question.setting.reader
        batches = [
            replace(
                one,
                posts=tuple(post for post in one.posts if sees(post.channel)),
                waits_in=tuple(channel for channel in one.waits_in if sees(channel)),
            )
            for one in await self._provenance.batches_at(server, contest, minute, reader=reader)
        ]
        entries = [
            replace(one, posts=tuple(post for post in one.posts if sees(post.channel)))
            for one in await self._provenance.entries_at(server, contest, minute, reader=reader)
        ]
        unused = await self._provenance.unused_at(contest, minute)
        follows = [row for row in await self._servers.following(server) if row.contest == contest]
        leads = answering_source(question, question.contest.leads)
        near = [] if batches or entries or unused else await self._near(contest, leads.id, minute)
        facts = MomentFacts(
            minute[0], leads, tuple(batches), tuple(unused), tuple(entries), followed=bool(follows), near=tuple(near)
        )
        return moment_answer(facts, question)

    async def posts(self, question: Question, source: str | None, since: str | None) -> Card:
        """Return a card that lists the posts about a contest.

        If `source` is given, only posts about that source are listed. If `since` is given, a time as typed, only later
        posts are listed.

        Raises:
            BadInputError: the viewer may read no such source; or `since` is no time, or is not before the time asked about.
        """
        setting = question.setting
        readable = [
            one for one in setting.desk.sources if may_be_named(one, setting) and one.id not in question.viewer.left_out
        ]
        of = None
        if source is not None:
            of = next((one for one in readable if one.id == source), None) or source_named(source, readable)
        start = typed_minute(since, question.now, setting.desk.zone, start=True) if since else None
        if start is not None and question.at is not None and start >= question.at:
            raise BadInputError("the time in since: is not before the one in at:; give an earlier one")
        between = (start, question.until)
        found = await self._provenance.posted(
            question.server, question.contest.id, of.id if of else None, between, _MOST_POSTS + 1, reader=setting.reader
        )
        seen = dict[int, ListedPost]()  # if words differ by channel, use those that the viewer sees
        for one in found:
            if places := tuple(place for place in one.places if question.viewer.sees(place[1])):
                seen.setdefault(one.number, replace(one, places=places))
        return posts_answer(
            PostsFacts(tuple(seen.values())[:_MOST_POSTS], of, start, len(found) > _MOST_POSTS), question
        )

    async def _near(self, contest: str, source: str, minute: tuple[datetime, datetime]) -> list[Change]:
        """Return a source's last change before the minute, and its first change after it.

        The list is shorter if one or both of these changes don't exist.
        """
        before = await self._batches.last(contest, source, minute[0], 1)
        after = await self._batches.newer(contest, source, before[0].place, 1) if before else []
        return [one.change for one in (*before, *after)]


def _shows_the_same(one: Statement, other: Statement) -> bool:
    """Return True if two statements have the same margin or the same total."""
    margins = one.margin is not None and (one.leader, one.margin) == (other.leader, other.margin)
    return margins or (one.total is not None and one.total == other.total)
