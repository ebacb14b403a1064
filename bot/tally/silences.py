"""Silences: a post when a source can't be reached or stops changing, and another when that is over.

The table `source_silences` has what each channel was told, so a restart posts nothing twice. If staff entered the
silence first (`silences`), only its end is posted. A channel that starts to follow during a silence gets no post about
it; answers and boards show when votes last changed.

`SourceWarnings` has the warnings about each source in a server: muted, unreached or unchanged. Answers, boards and morning
lists based on such a source show them (see `Question.with_share_button`).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Protocol

from bot.clock import Clock
from bot.count.post_threshold import is_early_count
from bot.count.staleness import Limits, OngoingSilence, Silence, SourceActivity, is_over, lasts, silences
from bot.count.statement import Statement
from bot.database.database import from_micros
from bot.desk.desk_file import Contest, Source
from bot.feeds.polling import SourceHealth
from bot.outbox.kinds import Kind, NotPosted, PostText
from bot.outbox.rows import Post
from bot.outbox.suspensions_store import SuspensionStore
from bot.outbox.threads_store import is_public
from bot.outbox.tx import Tx
from bot.tally.intake_store import leads_in
from bot.tally.other_sources import FRESH
from bot.tally.silences_store import (
    OVER,
    FollowedChannel,
    PostedSilence,
    SilencePostDraft,
    SilenceState,
    SilenceStore,
    SilenceWrites,
    SourceChanges,
    entered_silence,
    forget_silence_post,
    silence_of_post,
    standing_of,
)
from bot.tally.silences_words import (
    LeadingFigures,
    SilenceFacts,
    StaleFacts,
    silence_over_post,
    silence_post,
    stale_post,
    warning_words,
)
from bot.wording.card import Card
from bot.wording.context import Setting
from bot.wording.question import SourceWarning

SAME_SILENCE = timedelta(minutes=30)
"""How much a time that staff entered for a source's last change may be off and still mean the same silence."""


class SilencePost(Kind):
    """The post kind for a source that can't be reached or does not change, and for the end of such a silence."""

    name = "stale"
    does = "reports that a source stopped changing"
    on_page = {
        "silent": (
            "a source can't be reached, or shows the same for longer than the desk file allows, and again "
            "when that is over; or staff saw its site standing still"
        ),
    }
    perishable = True

    def words(self, tx: Tx, post: Post) -> PostText | NotPosted | None:
        """Return the present text of a post that has waited, or the reason not to send it. None to send it unchanged.

        It is not sent if the silence is over, or if the next check will post the silence again with its present
        length. A silence that staff entered gets a new text, with the leading source's present figures.
        """
        entered = entered_silence(tx.connection, post.id)
        waited = tx.now - from_micros(post.news_at) > FRESH
        if entered is not None:
            return _entered(tx, post, entered) if waited else None
        became = silence_of_post(tx.connection, post)
        if became in ("over", "again"):
            return NotPosted(OVER if became == "over" else "the source is silent again")
        # If an editor was shown the post, it goes out unchanged: posted again each time, it would never get published.
        return NotPosted("it is told anew, as of now") if waited and became == "lasts" and post.unattempted else None

    def on_not_posted(self, tx: Tx, post: Post) -> None:
        """Forget that a silence was posted, because its post was dropped.

        The silence is posted again if it still lasts.
        """
        forget_silence_post(tx.connection, post)


def _entered(tx: Tx, post: Post, statement: Statement) -> PostText | NotPosted:
    """Return the present text for a silence that staff entered, or the reason not to post it."""
    desk = tx.setting.desk
    leads = leads_in(tx.connection, post.server, statement.contest, desk.leading)
    contest, source, leading = desk.contest(statement.contest), desk.source(statement.source), desk.source(leads)
    if contest is None or source is None or leading is None or statement.last_updated is None:
        return NotPosted("the desk file no longer has its contest or source")
    facts = StaleFacts(
        desk.with_leading_source(contest, leads),
        source,
        statement.last_updated,
        "last_updated" in statement.approximate,
        None,
        statement.as_of,
        tx.now,
        leading,
        *standing_of(tx.connection, leads, contest.id, statement.count),
    )
    return PostText(
        stale_post(facts, tx.setting.in_channel(post.server, public=is_public(tx.connection, post.channel)))
    )


class FetchState(Protocol):
    """The part of `SourceHealth` that silences need: how fetching a source goes."""

    failures: int
    reached_at: datetime | None
    failing_since: datetime | None
    listening_since: datetime | None


@dataclass(frozen=True, slots=True)
class _Phase:
    """The phase of a count according to a reading: if it is election night, if votes are in, if it is certified."""

    night: bool
    votes: bool
    """True if any votes are in."""
    certified: bool


class Silences:
    """Posts each silence of a source once when it begins, and once when it is over."""

    def __init__(
        self,
        store: SilenceStore,
        setting: Setting,
        clock: Clock,
        health: Mapping[str, FetchState],
    ) -> None:
        """Create the service that posts silences, with its data in `store`.

        `health` has how fetching each source goes, by source id.
        """
        self._store = store
        self._setting = setting
        self._clock = clock
        self._health = health
        self._phases: dict[int, _Phase] = {}
        """Cache of phases by accepted reading's id, so that each reading is parsed once."""

    async def look(self) -> None:
        """Post the silences that are due, and the ends of those that are over."""
        now = self._clock.now()

        def decide(around: SilenceState) -> SilenceWrites:
            return self._decide(around, now).writes

        await self._store.look(self._phases.keys(), decide)

    async def next_due(self) -> datetime | None:
        """Return the next time at which `look` will have something to post if no readings arrive, or None."""
        now, due = self._clock.now(), None

        def decide(around: SilenceState) -> SilenceWrites:
            nonlocal due
            deciding = self._decide(around, now)
            due = now if deciding.writes else deciding.next_due
            return SilenceWrites()

        await self._store.look(self._phases.keys(), decide)
        return due

    def _decide(self, around: SilenceState, now: datetime) -> "_Deciding":
        for key, reading in around.readings.items():
            contest = self._setting.desk.contest(reading.contest)
            until = contest.night_until if contest else Fraction(0)
            votes, certified = any(reading.votes.values()), reading.status == "certified"
            self._phases[key] = _Phase(is_early_count(reading, until), votes, certified)
        self._phases = {one.accepted: self._phases[one.accepted] for one in around.shown}
        deciding = _Deciding(around, self._setting, self._health, self._phases, now)
        deciding.decide()
        return deciding


class _Deciding:
    """Decides for each channel and source which silences begin or end. Used for one check."""

    def __init__(
        self,
        around: SilenceState,
        setting: Setting,
        health: Mapping[str, FetchState],
        phases: Mapping[int, _Phase],
        now: datetime,
    ) -> None:
        self._around = around
        self._setting = setting
        self._health = health
        self._phases = phases
        self._now = now
        self._by_source: dict[str, list[SourceChanges]] = defaultdict(list)
        for one in around.shown:
            self._by_source[one.source].append(one)
        self._certified = {one.contest for one in around.shown if phases[one.accepted].certified}
        self.writes = SilenceWrites()
        self.next_due: datetime | None = None
        """When the next silence becomes due, if it lasts until then."""

    def decide(self) -> None:
        """Go through the channels, and in each through the sources that its contests use."""
        told: dict[tuple[int, str], list[PostedSilence]] = defaultdict(list)
        for one in self._around.told:
            told[one.channel, one.source].append(one)
        channels: dict[int, list[FollowedChannel]] = defaultdict(list)
        for followed in self._around.follows:
            channels[followed.channel].append(followed)
        for channel, follows in channels.items():
            for source in self._setting.desk.sources:
                if open_follows := [one for one in follows if self._uses(one, source)]:
                    self._look(source, open_follows, told.pop((channel, source.id), []))
        for left in told.values():  # certified or unfollowed: nobody gets a post
            self.writes.ended += [one.id for one in left]

    def _uses(self, followed: FollowedChannel, source: Source) -> bool:
        """Return True if a followed contest, not yet certified, gets its figures from this source."""
        contest = self._contest(followed)
        if contest is None or contest.id in self._certified or source.id in self._setting.inside(followed.server):
            return False
        if {(followed.server, contest.id), (followed.server, None)} & self._around.certified:
            return False
        shown = any(one.contest == contest.id for one in self._by_source[source.id])
        return shown or (source.format is not None and (source.id in contest.feeds or contest.leads == source.id))

    def _look(self, source: Source, follows: list[FollowedChannel], told: list[PostedSilence]) -> None:
        """Post a source's silences that began or ended, in one channel.

        `told` are the silences already posted in the channel. In quiet hours the post waits; a silence that is over by
        the end of the quiet hours is never posted.
        """
        seen, limit = self._seen(source, follows), self._limit(source, follows)
        quiet, known = self._quiet_until(follows), set()
        for one in told:
            at = one.over_at or is_over(one.kind, one.since, seen)
            if at is None or quiet is not None:
                known.add(one.kind)
            if at is not None and quiet is None:
                self._over(source, follows, one, at)
            elif at is not None:
                self._wait(quiet)
                self.writes.over += [] if one.over_at else [(one.id, at)]
        for silent in silences(seen, limit):
            if silent.kind in known or silent.due <= min(one.since for one in follows):
                continue
            if lasts(silent, seen, self._now) and quiet is not None:
                self._wait(quiet)
            elif lasts(silent, seen, self._now):
                self._begin(source, follows, silent, seen)
            elif silent.due > self._now:
                self._wait(silent.due)

    def _wait(self, until: datetime | None) -> None:
        """Schedule the next check for `until`, unless an earlier one is scheduled."""
        if until is not None and (self.next_due is None or until < self.next_due):
            self.next_due = until

    def _quiet_until(self, follows: list[FollowedChannel]) -> datetime | None:
        """Return when the first of these channels' quiet hours end. None unless all are in quiet hours now."""
        ends = [one.preferences.quiet_until(self._now, self._setting.desk.zone) for one in follows]
        quiet = [end for end in ends if end is not None]
        return min(quiet) if len(quiet) == len(ends) else None

    def _seen(self, source: Source, follows: list[FollowedChannel]) -> SourceActivity:
        """Return when a source was last reached, checked and changed, and since when fetching the source fails.

        A change in any of the followed contests is a change of the source.
        """
        shown, health = self._by_source[source.id], self._health.get(source.id)
        contests = {one.contest for one in follows}
        votes = any(self._phases[one.accepted].votes for one in shown if one.contest in contests)
        checked = [one.checked_at for one in shown if one.checked_at is not None]
        reached = [*checked, health.reached_at] if health and health.reached_at else checked
        return SourceActivity(
            max((one.moved_at for one in shown), default=None) if votes else None,
            max(checked, default=None),
            max(reached, default=None),
            health.failing_since if health else None,
            health.failures if health else 0,
            health.listening_since if health else None,
        )

    def _limit(self, source: Source, follows: list[FollowedChannel]) -> timedelta | None:
        contests = {one.contest for one in follows}
        shown = [one for one in self._by_source[source.id] if one.contest in contests]
        limits = Limits(source.stale_after, source.stale_after_night)
        return limits.at(self._phases[one.accepted].night for one in shown)

    def _begin(
        self, source: Source, follows: list[FollowedChannel], silent: OngoingSilence, seen: SourceActivity
    ) -> None:
        first = follows[0]
        self.writes.begun.append((first.server, first.channel, source.id, silent.kind, silent.since))
        if silent.kind is Silence.UNCHANGED and self._desk_decided(source, follows, silent.since):
            return
        contests = self._contests(follows)
        leads = any(contest.leads == source.id for contest in contests)
        since = silent.since
        if silent.kind is Silence.UNCHANGED:
            newest = max(self._by_source[source.id], key=lambda one: one.moved_at)
            since = min(newest.as_of, newest.moved_at)
        facts = SilenceFacts(
            contests,
            source,
            silent.kind,
            since,
            seen.checked_at or self._now,
            leads,
            self._now,
            None if leads or len(contests) > 1 else self._meanwhile(contests[0]),
        )
        self._post(source, follows, silence_post(facts, self._setting))

    def _desk_decided(self, source: Source, follows: list[FollowedChannel], since: datetime) -> bool:
        """Return True if staff already entered the source's silence that began at `since`.

        The entry may come from any server in `follows`.
        """
        seen = [self._around.seen_by_desk.get((one.server, one.contest, source.id)) for one in follows]
        return any(at is not None and at >= since - SAME_SILENCE for at in seen)

    def _meanwhile(self, contest: Contest) -> LeadingFigures | None:
        leading = self._setting.desk.source(contest.leads)
        for one in self._by_source[contest.leads]:
            fits = one.contest == contest.id and one.count == "election" and not one.held  # held may be what is true
            if leading is not None and fits and one.margin is not None:
                return LeadingFigures(leading, one.leader, one.margin, one.changed_at, one.checked_at)
        return None

    def _over(self, source: Source, follows: list[FollowedChannel], told: PostedSilence, at: datetime) -> None:
        self.writes.ended.append(told.id)
        draft = silence_over_post(
            self._contests(follows)[0], source, told.kind, told.since, at, self._setting, self._now
        )
        self._post(source, follows, draft, told)

    def _contests(self, follows: list[FollowedChannel]) -> list[Contest]:
        found = [self._contest(one) for one in follows]
        return [contest for contest in found if contest is not None]

    def _contest(self, followed: FollowedChannel) -> Contest | None:
        """Return the contest that a channel follows, with the source that leads it in its server."""
        desk = self._setting.desk
        contest = desk.contest(followed.contest)
        return desk.with_leading_source(contest, followed.chosen) if contest is not None else None

    def _post(
        self, source: Source, follows: list[FollowedChannel], draft: Card, ends: PostedSilence | None = None
    ) -> None:
        server, channel = follows[0].server, follows[0].channel
        contest = follows[0].contest if len(follows) == 1 else None
        self.writes.posts.append(SilencePostDraft(server, channel, contest, source.id, draft, ends))


class SourceWarnings:
    """Reads the warnings about sources: mutes, silences that were posted, and failing feeds."""

    def __init__(
        self, suspensions: SuspensionStore, silences: SilenceStore, health: Mapping[str, SourceHealth]
    ) -> None:
        """Create a reader of the warnings in both stores. `health` has how fetching each source goes, by source id."""
        self._suspensions = suspensions
        self._silences = silences
        self._health = health

    async def of(self, server: int, setting: Setting, now: datetime) -> dict[str, SourceWarning]:
        """Return the warnings about sources in a server, by source id. Sources without warnings are missing."""
        muted = await self._suspensions.muted(server)
        silent = await self._silences.open(server)
        failing = {key: one.failing_since for key, one in self._health.items() if one.failing_since is not None}
        found = {}
        for source in setting.desk.sources:
            since = silent.get((source.id, "unreached"))
            unreached = min((at for at in (since, failing.get(source.id)) if at is not None), default=None)
            mark = warning_words(
                source, muted.get(source.id), unreached, silent.get((source.id, "unchanged")), setting, now
            )
            if mark is not None:
                found[source.id] = mark
        return found
