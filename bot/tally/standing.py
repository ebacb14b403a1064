"""Standings: the state of a contest's count, now or at an earlier time, with other sources' figures and calls."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.clock import Clock
from bot.count.judgement import AHEAD_AT_MOST
from bot.count.margin import margin_of
from bot.count.staleness import ENTERED_VALID_FOR
from bot.count.statement import Statement
from bot.desk.desk_file import Contest, Source
from bot.follows.follows import with_leading_source
from bot.outcomes.calls_words import CallFacts
from bot.outcomes.certification_words import ResultsFacts
from bot.tally.standing_store import StandingStore, StoredStanding
from bot.tally.standing_words import MarginFacts, OtherSource
from bot.wording.context import Audience, Setting
from bot.wording.corrected import CorrectedPosts
from bot.wording.question import Question


class Standings:
    """Collects the facts about the state of contests' counts, for answers, boards and lists."""

    def __init__(self, queries: StandingStore, setting: Setting, clock: Clock) -> None:
        """Create the service that collects standings, reading from the database through `queries`."""
        self._queries = queries
        self._setting = setting
        self._clock = clock

    async def with_leading_source(self, contest: Contest, server: int) -> Contest:
        """Return a contest with `leads` set to the source that leads it in a server."""
        return await with_leading_source(contest, server, self._setting.desk, choices=self._queries)

    async def asked(self, question: Question, at: datetime | None) -> MarginFacts:
        """Return the standing that a question asks about, now or at `at`, limited to what the asker may read."""
        reader, corrected = question.setting.reader, question.corrected
        return await self._margin(
            question.contest, question.server, at, question.count, reader=reader, corrected=corrected
        )

    async def margin(
        self,
        contest: Contest,
        server: int,
        at: datetime | None = None,
        *,
        reader: Audience,
        corrected: CorrectedPosts | None = None,
    ) -> MarginFacts:
        """Return a contest's standing by the source that leads in a server, and other sources' figures.

        Args:
            contest: the contest.
            server: the server.
            at: the time asked about; None for now.
            reader: who reads the answer (see `StandingStore.statements`).
            corrected: the posts that were corrected; None to look them up.
        """
        contest = await self.with_leading_source(contest, server)
        if corrected is None:
            corrected = await self._queries.corrected(contest.id, server, reader=reader)
        return await self._margin(contest, server, at, reader=reader, corrected=corrected)

    async def _margin(
        self,
        contest: Contest,
        server: int,
        at: datetime | None,
        count: str | None = None,
        *,
        reader: Audience,
        corrected: CorrectedPosts,
    ) -> MarginFacts:
        """Return the standing of `contest`, whose `leads` must be the leading source in that server.

        `count` is the name of the count to use; None for the one that answers show now.
        """
        now = self._clock.now()
        # A source's clock may be ahead of ours, and what was posted has to be in the answer.
        moment = at or now + AHEAD_AT_MOST
        source = self._source(contest.leads)
        standing = await self._queries.standing(contest.id, contest.leads, moment)
        beside = await self._queries.others(contest.id, contest.leads, moment, count)
        others = await self._others(
            contest, server, beside, at=moment, leading=standing, corrected=corrected, reader=reader
        )
        calls = await self._calls(contest, server, at=moment, reader=reader)
        results = await self._results(contest, server, at=moment, reader=reader)
        if standing is None:
            checked = await self._queries.checked(contest.id, contest.leads)
            first = await self._queries.first(contest.id, contest.leads) if at else None
            return MarginFacts(
                contest=contest,
                source=source,
                now=now,
                reading=None,
                at=at,
                checked_at=checked,
                first_at=first,
                others=others,
                calls=calls,
                results=results,
            )
        return MarginFacts(
            contest=contest,
            source=source,
            now=now,
            reading=standing.reading,
            change=standing.change,
            at=at,
            changed_at=None if standing.is_first else standing.changed_at,
            checked_at=standing.checked_at,
            held=standing.held,
            others=others,
            calls=calls,
            results=results,
            corrected=corrected.of_reading(standing.reading),
        )

    async def calls(self, contest: Contest, server: int, at: datetime, *, reader: Audience) -> MarginFacts:
        """Return each caller's latest call as of a time, and the certification of the results, without figures."""
        contest = await self.with_leading_source(contest, server)
        return MarginFacts(
            contest=contest,
            source=self._source(contest.leads),
            now=self._clock.now(),
            reading=None,
            calls=await self._calls(contest, server, at=at, reader=reader),
            results=await self._results(contest, server, at=at, reader=reader),
        )

    async def _calls(self, contest: Contest, server: int, *, at: datetime, reader: Audience) -> tuple[CallFacts, ...]:
        return tuple(
            CallFacts(
                source=self._source(one.source),
                call=one.call,
                as_of=one.as_of,
                posted=one.posted,
                withdrawn=one.withdrawn,
                waits=one.waits,
            )
            for one in await self._queries.calls(contest.id, server, at, reader=reader)
        )

    async def _results(self, contest: Contest, server: int, *, at: datetime, reader: Audience) -> ResultsFacts | None:
        found = await self._queries.results_certified(contest.id, server, at, reader=reader)
        if found is None:
            return None
        source, taken_back, as_of, waits = found
        return ResultsFacts(self._source(source), taken_back=taken_back, as_of=as_of, waits=waits)

    def _source(self, key: str) -> Source:
        return self._setting.desk.source(key) or Source(id=key, name=key)

    async def _others(
        self,
        contest: Contest,
        server: int,
        standings: Sequence[StoredStanding],
        *,
        at: datetime,
        leading: StoredStanding | None,
        corrected: CorrectedPosts,
        reader: Audience,
    ) -> tuple[OtherSource, ...]:
        """Return the newest figures of the sources other than the leading one, newest first.

        They come from readings or staff's entries. An entry for the leading source is included if it is newer than
        that source's feed. Entries older than `ENTERED_VALID_FOR` are not included, since they may be out of date.
        """
        newest: dict[str, OtherSource] = {}
        for standing in standings:
            post = corrected.of_reading(standing.reading)
            newest[standing.source] = replace(self._by_reading(standing), corrected=post)
        count = leading.reading.count if leading else "election"
        moves = {one.source: one for one, _ in await self._queries.last_moves(contest.id, server, at, reader=reader)}
        for statement, waits in await self._queries.figures(contest.id, server, at, reader=reader):
            says_figures = statement.count == count and (statement.margin is not None or statement.exact("total"))
            known = newest.get(statement.source)
            feed = leading.reading.as_of if leading and statement.source == contest.leads else None
            # `at` is ahead of our clock if the question had no time.
            asked_at = min(at, self._clock.now())
            old = statement.entered_by is not None and asked_at - statement.as_of > ENTERED_VALID_FOR
            newer = (known is None or known.as_of < statement.as_of) and (feed is None or feed < statement.as_of)
            if says_figures and newer and not old:
                post, move = corrected.of_statement(statement), moves.get(statement.source)
                updated = move.last_updated if move and move.as_of >= statement.as_of else None
                newest[statement.source] = replace(
                    self._by_statement(statement), corrected=post, waits=waits, updated=updated
                )
        return tuple(sorted(newest.values(), key=lambda other: other.as_of, reverse=True))

    def _by_reading(self, standing: StoredStanding) -> OtherSource:
        source, reading = self._source(standing.source), standing.reading
        if not any(reading.votes.values()):
            return OtherSource(source, reading.as_of, leader=None, margin=None, total=reading.counted)
        margin = margin_of(reading.votes, standing.change.leader)
        return OtherSource(source, reading.as_of, leader=margin.leader, margin=margin.votes, total=reading.total)

    def _by_statement(self, statement: Statement) -> OtherSource:
        return OtherSource(
            self._source(statement.source),
            statement.as_of,
            leader=statement.leader,
            margin=statement.margin,
            total=statement.total if statement.exact("total") else None,
            approximate="margin" in statement.approximate,
            entered=statement.entered_by is not None,
        )
