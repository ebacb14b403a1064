"""Standings: where a contest stands or stood, what other sources have, and what callers say of it."""

from dataclasses import replace
from datetime import datetime

from bot.clock import Clock
from bot.count.judgement import AHEAD_AT_MOST
from bot.count.margin import margin_of
from bot.count.staleness import ENTERED_STANDS
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
    """Where contests stand and stood, as answers, boards and lists need it."""

    def __init__(self, queries: StandingStore, setting: Setting, clock: Clock) -> None:
        """Read through `queries`."""
        self._queries = queries
        self._setting = setting
        self._clock = clock

    async def with_leading_source(self, contest: Contest, server: int) -> Contest:
        """Return a contest as it is led in a server."""
        return await with_leading_source(contest, server, self._setting.desk, self._queries)

    async def asked(self, asked: Question, at: datetime | None) -> MarginFacts:
        """Return where a question's contest stands, or stood at the time `at`, as those may read it who ask."""
        reader = asked.setting.reader
        return await self.margin(asked.contest, asked.server, at, reader=reader, corrected=asked.corrected)

    async def margin(
        self,
        contest: Contest,
        server: int,
        at: datetime | None = None,
        *,
        reader: Audience,
        corrected: CorrectedPosts | None = None,
    ) -> MarginFacts:
        """Return where a contest stands, or stood at the time `at`, by the source that leads there, and what others say.

        `reader`: see `StandingStore.statements`. `corrected`: which posts were; None: it is looked up.
        """
        contest = await self.with_leading_source(contest, server)
        now = self._clock.now()
        # A source's clock may be ahead of ours: what was posted has to be answered.
        moment = at or now + AHEAD_AT_MOST
        source = self._source(contest.leads)
        standing = await self._queries.standing(contest.id, contest.leads, moment)
        if corrected is None:
            corrected = await self._queries.corrected(contest.id, server, reader=reader)
        others = await self._others(contest, server, moment, standing, corrected, reader)
        calls = await self._calls(contest, server, moment, reader)
        results = await self._results(contest, server, moment, reader)
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
            changed_at=standing.changed_at,
            checked_at=standing.checked_at,
            held=standing.held,
            others=others,
            calls=calls,
            results=results,
            corrected=corrected.of_reading(standing.reading),
        )

    async def calls(self, contest: Contest, server: int, at: datetime, *, reader: Audience) -> MarginFacts:
        """Return what each caller says of a contest by a time, and whether its results are certified; no figures."""
        contest = await self.with_leading_source(contest, server)
        now, source = self._clock.now(), self._source(contest.leads)
        calls = await self._calls(contest, server, at, reader)
        results = await self._results(contest, server, at, reader)
        return MarginFacts(contest, source, now, None, calls=calls, results=results)

    async def _calls(self, contest: Contest, server: int, at: datetime, reader: Audience) -> tuple[CallFacts, ...]:
        said = await self._queries.calls(contest.id, server, at, reader=reader)
        return tuple(
            CallFacts(self._source(one.source), one.call, one.as_of, one.posted, one.withdrawn, one.waits)
            for one in said
        )

    async def _results(self, contest: Contest, server: int, at: datetime, reader: Audience) -> ResultsFacts | None:
        found = await self._queries.results_certified(contest.id, server, at, reader=reader)
        return ResultsFacts(self._source(found[0]), *found[1:]) if found else None

    def _source(self, key: str) -> Source:
        return self._setting.desk.source(key) or Source(id=key, name=key)

    async def _others(
        self,
        contest: Contest,
        server: int,
        at: datetime,
        leading: StoredStanding | None,
        corrected: CorrectedPosts,
        reader: Audience,
    ) -> tuple[OtherSource, ...]:
        """Return the newest figures of each other source, by a reading or by what was entered.

        What was entered as the leading source's word is among them while it is newer than its feed. After a while what was
        entered is left out, since nobody says whether it still holds.
        """
        newest: dict[str, OtherSource] = {}
        for standing in await self._queries.others(contest.id, contest.leads, at):
            post = corrected.of_reading(standing.reading)
            newest[standing.source] = replace(self._by_reading(standing), corrected=post)
        count = leading.reading.count if leading else "election"
        for statement, waits in await self._queries.figures(contest.id, server, at, reader=reader):
            says_figures = statement.count == count and (statement.margin is not None or statement.exact("total"))
            known = newest.get(statement.source)
            feed = leading.reading.as_of if leading and statement.source == contest.leads else None
            old = statement.entered_by is not None and min(at, self._clock.now()) - statement.as_of > ENTERED_STANDS
            newer = (known is None or known.as_of < statement.as_of) and (feed is None or feed < statement.as_of)
            if says_figures and newer and not old:
                post = corrected.of_statement(statement)
                newest[statement.source] = replace(self._by_statement(statement), corrected=post, waits=waits)
        return tuple(sorted(newest.values(), key=lambda other: other.as_of, reverse=True))

    def _by_reading(self, standing: StoredStanding) -> OtherSource:
        change, reading = standing.change, standing.reading
        if not any(reading.votes.values()):
            return OtherSource(self._source(standing.source), reading.as_of, None, None, reading.counted)
        margin = margin_of(reading.votes, change.leader)
        return OtherSource(self._source(standing.source), reading.as_of, margin.leader, margin.votes, reading.total)

    def _by_statement(self, statement: Statement) -> OtherSource:
        return OtherSource(
            self._source(statement.source),
            statement.as_of,
            statement.leader,
            statement.margin,
            statement.total if statement.exact("total") else None,
            "margin" in statement.approximate,
            statement.entered_by is not None,
        )
