"""Statements: figures and facts that staff enter or a source pushes, stored with their posts.

A statement has only some of the figures of a reading.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.clock import Clock
from bot.count.certification import CertificationCount, SourceCounts, UnitsCertified, compare_counts, implied, named_by
from bot.count.judgement import AHEAD_AT_MOST, JudgedState
from bot.count.reported_batch import InCount
from bot.count.statement import Statement
from bot.desk.counties import county_of
from bot.desk.desk_file import Contest, Source
from bot.entries.statements_store import PreparedStatement, StatementState, StatementStore, StoredStatement
from bot.errors import BadInputError
from bot.events.event import Event
from bot.feeds.pushes_store import PushRow
from bot.outbox.rows import AuditRow, OutboxRow
from bot.outcomes.calls import entered_call
from bot.outcomes.certification import entered_results, too_few
from bot.outcomes.certification_words import (
    CertifiedFacts,
    certified_post,
    count_stands,
    listed_too_few,
    units_back_post,
)
from bot.tally.intake_store import Follow
from bot.tally.other_sources import OtherMargin, OtherSources, SkippedChannel
from bot.tally.reported_batches_store import with_count
from bot.tally.reported_batches_words import ReportedBatchFacts, batch_post
from bot.tally.silences_words import StaleFacts, stale_post
from bot.tally.writes_store import NewAwaitedFigure, SettledAwaitedFigure, StatedSilence, Writes
from bot.wording.card import Card
from bot.wording.context import Setting
from bot.wording.entered_before import EnteredBefore


class Statements:
    """Stores statements from staff and from sources that push them."""

    def __init__(self, store: StatementStore, setting: Setting, clock: Clock) -> None:
        """Create the service that checks statements and stores them in `store`."""
        self._store = store
        self._setting = setting
        self._clock = clock

    async def take_in(self, statement: Statement, server: int, who: str) -> None:
        """Store a statement that a server's staff (`who`) entered, and post what is new in it.

        Raises:
            BadInputError: as `prepared`.
        """
        if statement.entered_by is None:
            statement = statement.model_copy(update={"entered_by": who})
        prepared = [self.prepared(one, server, who) for one in statement.apart()]
        await self._store.take_in(prepared, server)

    def prepared(self, statement: Statement, server: int, who: str, *, pushed: bool = False) -> PreparedStatement:
        """Check a statement, and return it with the function that decides on its posts.

        `who`: who enters the statement, in the audit log's form. `pushed`: True if its source pushed it.

        Raises:
            BadInputError: the desk file lacks the statement's contest, source, candidate or caller, a county is unknown, or
                the statement's time is in the future.
        """
        contest, source = self._known(statement)
        now = self._clock.now()
        if statement.as_of > now + AHEAD_AT_MOST:
            raise BadInputError(f"{statement.contest}: as of {statement.as_of.isoformat()} is still ahead")
        audit = AuditRow(now, server, who, "statement", after=statement.model_dump(mode="json", exclude_defaults=True))

        def decide(around: StatementState) -> tuple[Writes, list[SkippedChannel]]:
            deciding = _Deciding(around, statement, contest, source, server, self._setting, now, pushed=pushed)
            writes, skipped_channels = deciding.decide()
            writes.audit.append(audit)
            return writes, skipped_channels

        return PreparedStatement(statement, self._setting.desk.leading, decide, who, pushed)

    async def take_in_pushed(self, statement: Statement, remember: Callable[[int], PushRow]) -> None:
        """Store a pushed statement for each server that follows the contest, and post what is new in it.

        Args:
            statement: the statement, with the desk file's ids.
            remember: returns the row that records the push, given the number of servers; stored in the same transaction.

        Raises:
            BadInputError: as `prepared`.
        """

        def ready(server: int) -> list[PreparedStatement]:
            who = f"pushed by {statement.source}"
            return [self.prepared(one, server, who, pushed=True) for one in statement.apart()]

        def finish(servers: int) -> Writes:
            return Writes(pushes=[remember(servers)])

        ready(0)  # refuse a bad statement even if nobody follows the contest
        await self._store.take_in_for_followers(statement, ready, finish)

    def _known(self, statement: Statement) -> tuple[Contest, Source]:
        contest = self._setting.desk.contest(statement.contest)
        if contest is None:
            raise BadInputError(f"{statement.contest}: the desk file has no such contest")
        source = self._setting.desk.source(statement.source)
        if source is None:
            raise BadInputError(f"{statement.contest}: the desk file has no source {statement.source}")
        if statement.leader is not None and contest.candidate(statement.leader) is None:
            raise BadInputError(f"{statement.contest}: the desk file has no candidate {statement.leader}")
        named = [one for part in (statement.call, statement.batch) if part is not None for one in part.candidates]
        if strangers := [key for key in named if not contest.candidate(key)]:
            raise BadInputError(f"{statement.contest}: the desk file has no candidate {strangers[0]}")
        if statement.call is not None and source.calls is None:
            raise BadInputError(
                f"{statement.contest}: {source.name} has no `calls` in the desk file, which would set how it words them"
            )
        units = statement.units_certified.units if statement.units_certified else ()
        if stranger := next((fips for fips in units if county_of(contest.state or "", fips) is None), None):
            raise BadInputError(f"{statement.contest}: no {contest.unit} there has the FIPS code {stranger}")
        return contest, source


class _Deciding:
    """Decides on one statement's posts in one server."""

    def __init__(
        self,
        around: StatementState,
        statement: Statement,
        contest: Contest,
        source: Source,
        server: int,
        setting: Setting,
        now: datetime,
        *,
        pushed: bool,
    ) -> None:
        self._pushed = pushed
        self._around = around
        self._statement = statement
        self._contest = setting.desk.with_leading_source(contest, around.leads)
        self._source = source
        self._server = server
        self._setting = setting
        self._now = now
        self._writes = Writes()

    def decide(self) -> tuple[Writes, list[SkippedChannel]]:
        """Return the rows to write, and the channels that get no post about the margin or the batch, with the reasons.

        Posts come in this order: certification and calls, the margin, the batch, the silence.
        """
        skipped_channels: list[SkippedChannel] = []
        statement = self._statement
        if statement.certified:
            self._certified(CertificationCount(*statement.certified))
        if statement.units_certified is not None:
            self._units(statement.units_certified)
        self._results_and_call()
        if statement.margin is not None and statement.leader is not None:
            skipped_channels = self._relate(statement.leader, statement.margin)
        if statement.batch is not None:
            skipped_channels += self._batch()
        if statement.exact("total") and self._source.id != self._contest.leads:
            self._ahead_by_total(statement)
        if statement.last_updated and not self._around.silence_posts:
            self._stale(statement.last_updated)
        return self._writes, skipped_channels

    def _units(self, certified: UnitsCertified) -> None:
        """Post counties that certified, if their source's count changes, or whose certification is withdrawn."""
        count: CertificationCount | None = None
        fresh: tuple[str, ...] = ()
        if not certified.own:
            statement, listed = self._statement, self._around.outcomes.said
            key = self._around.statement_id
            units = frozenset(certified.units)
            mine = SourceCounts(key, statement.as_of, None, units, certified.taken_back, certified.of)
            count = implied([*listed, mine]).get(key)
            fresh = tuple(sorted(units - named_by(listed)))
        if certified.taken_back:
            before = self._around.certified[count.named] if count else None
            count = count if before is not None else None
            for follow in self._ours():
                told = self._told(follow, before)
                draft = units_back_post(
                    self._contest, self._source, certified, count, told, self._statement.as_of, self._setting, self._now
                )
                self._post_in(follow, draft)
        elif count is not None:
            self._certified(count, fresh)

    def _results_and_call(self) -> None:
        """Post a statement about certified results, and a call. Each is posted only once."""
        contest, source, statement, outcomes = self._contest, self._source, self._statement, self._around.outcomes
        for follow in self._ours():
            if made := entered_results(contest, source, statement, outcomes, follow.channel, self._setting, self._now):
                self._post_in(follow, *made)
            if made := entered_call(
                contest, source, statement, outcomes, follow.channel, self._setting, self._now, pushed=self._pushed
            ):
                self._post_in(follow, *made)

    def _certified(self, count: CertificationCount, units: tuple[str, ...] = ()) -> None:
        before = self._around.certified[count.named]
        if before is not None and compare_counts(before, count) == "same":
            return
        desk_figure = None if self._source.person else self._had(count)
        named = too_few(self._around.outcomes.said, self._statement)
        if before is None and desk_figure is None and named is None:
            return
        facts = CertifiedFacts(
            contest=self._contest,
            source=self._source,
            count=count,
            before=before,
            as_of=self._statement.as_of,
            now=self._now,
            deadline=self._deadline(),
            desk_figure=desk_figure,
            units=units,
            named=named,
            entered=not self._pushed,
        )
        for follow in self._ours():
            told = self._told(follow, before)
            if desk_figure is not None or told is None or compare_counts(told, count) != "same":
                setting = self._setting.in_channel(follow.server, public=follow.public)
                self._post_in(follow, certified_post(replace(facts, before=told), setting))

    def _told(self, follow: Follow, before: CertificationCount | None) -> CertificationCount | None:
        """Return the source's earlier count as last posted in a channel, or `before` if none was posted.

        Counts whose post was discarded are skipped.
        """
        return self._around.certified_posts[before.named].get(follow.channel, before) if before is not None else None

    def _had(self, count: CertificationCount) -> EnteredBefore | None:
        """Return a person's earlier entry of the same count of certified units, or None."""
        for key, known, at in self._around.certified_elsewhere:
            by = self._setting.desk.source(key)
            if by is not None and by.person and known == count:
                return EnteredBefore(by, at)
        return None

    def _ahead_by_total(self, statement: Statement) -> None:
        """Record a statement's total as ahead of the feeds if it is higher than the leading source's and not older."""
        series = next(iter(self._around.ledger.series.values()))
        known = series.known.accepted
        ahead = (
            known is not None
            and known.total is not None
            and statement.total is not None
            and statement.total > known.total
            and statement.as_of >= known.as_of
        )
        for follow in self._ours():
            key = (follow.id, self._source.id, statement.count, "total")
            self._writes.caught_up.append(SettledAwaitedFigure(*key))
            if ahead:
                self._writes.ahead.append(NewAwaitedFigure(*key, self._around.statement_id))

    def _deadline(self) -> Event | None:
        """Return the next deadline for the contest's counties to certify, or None."""
        for event in self._around.ahead:
            ours = event.contest in (None, self._contest.id)
            if event.certifies == "units" and ours and event.status not in ("canceled", "over"):
                return event
        return None

    def _relate(self, leader: str, margin: int) -> list[SkippedChannel]:
        statement = self._statement
        other = OtherMargin(
            self._contest,
            self._source,
            statement.count,
            leader,
            margin,
            statement.total if statement.exact("total") else None,
            statement.as_of,
            "margin" in statement.approximate,
            statement=self._around.statement_id,
            server=self._server,
            pushed=self._pushed,
            instead_of=self._around.instead_of,
        )
        return OtherSources(self._around.ledger, self._writes, self._setting, self._now).tell(other, self._follows())

    def _batch(self) -> list[SkippedChannel]:
        """Post a batch of votes, unless the leading source's count already includes it."""
        beside, leading = self._around.beside, self._setting.desk.source(self._contest.leads)
        if leading is None:
            return []
        if beside is not None and beside.in_count is InCount.YES:
            return [SkippedChannel("counted", follow, None) for follow in self._ours()]
        facts = ReportedBatchFacts(self._contest, self._source, self._statement, leading, InCount.UNKNOWN, self._now)
        for follow in self._ours():
            setting = self._setting.in_channel(follow.server, public=follow.public)
            self._post_in(follow, batch_post(with_count(facts, beside), setting))
        return []

    def _stale(self, last_updated: datetime) -> None:
        leading = self._setting.desk.source(self._contest.leads)
        if leading is None:
            return
        series = next(iter(self._around.ledger.series.values()))
        known = series.known if series.known.hold is None else JudgedState()  # a held reading may turn out to be right
        facts = StaleFacts(
            contest=self._contest,
            source=self._source,
            last_updated=last_updated,
            approximate="last_updated" in self._statement.approximate,
            said_by=None,
            as_of=self._statement.as_of,
            now=self._now,
            leading=leading,
            reading=known.accepted,
            change=self._around.last_change if known.accepted else None,
            changed_at=series.changed_at,
            checked_at=series.checked_at,
        )
        self._writes.silences.append(StatedSilence(self._server, self._contest.id, self._source.id, last_updated))
        draft = stale_post(facts, self._setting)
        for follow in self._ours():
            self._post_in(follow, draft)

    def _follows(self) -> list[Follow]:
        return [follow for follows in self._around.ledger.follows.values() for follow in follows]

    def _ours(self) -> list[Follow]:
        return [follow for follow in self._follows() if follow.server == self._server]

    def _post_in(self, follow: Follow, draft: Card, about: int | None = None) -> None:
        """Queue a post for one channel. `about` is the outbox id of the post that the new post withdraws, or None."""
        self._writes.outbox.append(
            OutboxRow.worded(
                follow.server,
                follow.channel,
                self._around.ledger.number(follow.server, draft.words),
                draft,
                self._now,
                self._contest.id,
                self._source.id,
                about=about,
            )
        )


def entry_notes(taken: StoredStatement, statement: Statement, source: Source) -> list[str]:
    """Return notes for a preview of an entry whose count of certified counties does not fit the counties named."""
    counts = taken.around.outcomes.said
    found = []
    if statement.certified is not None and (named := too_few(counts, statement)) is not None:
        found.append(listed_too_few(source, named, statement.certified[0]))
    units, last = statement.units_certified, taken.around.certified[False]
    if units is not None and not units.own and last is not None:
        mine = SourceCounts(taken.id, statement.as_of, None, frozenset(units.units), units.taken_back, units.of)
        if taken.id not in implied([*counts, mine]) and not named_by(counts).issuperset(units.units):
            found.append(count_stands(source, last.done, len(units.units)))
    return found
