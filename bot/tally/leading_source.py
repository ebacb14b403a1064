"""Which source leads a contest in a server, and what a change of that tells its channels.

`contest.leads` of the desk file, unless a server's editors chose another source. There is one way to ask: `led` gives
the contest as it is led in a server, so that what reads `contest.leads` need not know of servers. Where the new
source's margin is not the one told last, a post of kind `statement` says so: it covers the new series from nothing up
to the reading it tells. At the start `Leading.fall_back` switches away from sources that have left the desk file.
"""

import structlog

from bot.clock import Clock
from bot.count.margin import Margin, margin_of
from bot.count.reading import recount_under_way
from bot.count.relation import Relation, relate
from bot.desk.desk_file import Contest, Source
from bot.errors import BadInputError
from bot.follows.follows import with_leading_source
from bot.follows.follows_store import ServerStore
from bot.outbox.rows import OutboxRow, Wake, to_wake
from bot.outbox.suspensions_store import SuspensionStore
from bot.tally.changes_store import ReadingSpan
from bot.tally.intake_store import Follow, Ledger, Series, Writes
from bot.tally.leading_source_store import LeadingSourceStore, LeadingSourceSwitch, Switch, Switched
from bot.tally.leading_source_words import LeadingSourceFacts, gone_notice, leading_source_answer, refused_words
from bot.tally.line_crossings import LineWatch
from bot.tally.other_sources import OtherSources
from bot.wording.context import Setting
from bot.wording.typed_names import source_named, sources_matching

DESK_FILE = "desk-file:"
"""What is chosen for: as in the desk file. No source's id has a colon."""


AS_IN_DESK_FILE = "as in the desk file"


_NOBODY = "the desk file no longer has the source"
"""Who goes back to the desk file's source where the chosen one is gone, as the audit names them."""

log = structlog.get_logger()


class LeadingSourceSwitching:
    """Decides what channels are told when another source leads a contest in their server (`LeadingRules.decide`)."""

    def __init__(self, setting: Setting) -> None:
        """Say it as `setting` has it."""
        self._setting = setting

    def __call__(self, ledger: Ledger, switching: LeadingSourceSwitch) -> Writes:
        """Return what is told and remembered; each channel goes on from the new source's figures."""
        deciding = _Deciding(ledger, switching, self._setting)
        for series in ledger.series.values():
            if series.key[0] == switching.after and series.known.accepted is not None:
                deciding.go_on(series)
        if switching.switch.forced:
            deciding.say_gone()
        return deciding.writes


class _Deciding:
    """Lets the channels of one server go on from another source's figures."""

    def __init__(self, ledger: Ledger, switching: LeadingSourceSwitch, setting: Setting) -> None:
        self._ledger = ledger
        self._switching = switching
        self._setting = setting
        self._now = switching.switch.now
        self.writes = Writes()
        self._relating = OtherSources(ledger, self.writes, setting, self._now)
        self._lines = LineWatch(ledger, self.writes, setting, self._now)

    def go_on(self, series: Series) -> None:
        """Tell each channel the margin by a series of the source that leads now, where it is not what it was told."""
        reading, reading_id = series.known.accepted, series.accepted_id
        if reading is None or reading_id is None or recount_under_way(reading):
            return  # a part of a recount is no margin; the whole is told when it is there
        before = (self._switching.before, *series.key[1:])
        told = {follow.id: follow for follow in self._ledger.follows.get(before, ())}
        margin = margin_of(reading.votes, series.known.leader)
        for follow in self._ledger.follows.get(series.key, ()):
            if follow.server == self._switching.switch.server and not follow.unheard:
                number = self._tell(follow, told.get(follow.id), series, margin)
                row = (follow.id, series.id, reading_id, margin.leader, margin.votes, number, None, None)
                self.writes.told.append(row)
                self._look_at_lines(follow, series)

    def say_gone(self) -> None:
        """Tell the desk that the source which it chose is gone."""
        for follow in self._follows():
            if follow.desk_channel is not None:
                contest, after = self._setting.desk.contest(follow.contest), self._source(self._switching.after)
                if contest is None:
                    return
                draft = gone_notice(contest, self._switching.before, after, self._setting)
                row = self._ledger.numbers.worded(follow.server, follow.desk_channel, draft, self._now, contest.id)
                self.writes.outbox.append(row)
                return

    def _follows(self) -> list[Follow]:
        ours = [one for follows in self._ledger.follows.values() for one in follows]
        return [follow for follow in ours if follow.server == self._switching.switch.server]

    def _source(self, key: str) -> Source:
        return self._setting.desk.source(key) or Source(id=key, name=key)

    def _tell(self, follow: Follow, told: Follow | None, series: Series, margin: Margin) -> int | None:
        """Return the number of the post that tells a channel the margin; None: it knows it."""
        now = None if margin.votes is None else (margin.leader, margin.votes)
        if told is None or not told.told.anything or not self._may_be_read(follow):
            return self._post(follow, series, None, None)  # nothing was told there, so it is told as a first reading
        was = told.told.margin
        if now is None or was is None:
            return None if now == was else self._post(follow, series, None, None)
        relation = relate(*was, now) or Relation.CONTRADICTS  # never None: nothing passed is given
        self.writes.relations.append((follow.id, self._switching.before, series.key[2], relation.value, *now))
        if relation is Relation.CONFIRMS:
            return None
        total = series.known.accepted.total if series.known.accepted else None
        had = self._relating.caught_up(follow, self._switching.after, series.key[2], now, total)
        return self._post(follow, series, told.told_reading, had.statement_id if had else None)

    def _may_be_read(self, follow: Follow) -> bool:
        """Return True if the channel may have read what the source before said."""
        return not follow.public or self._source(self._switching.before).public

    def _post(self, follow: Follow, series: Series, was: int | None, confirms: int | None) -> int:
        end = series.accepted_id
        assert end is not None  # noqa: S101 - nothing is told of a series without a reading
        number = self._ledger.numbers.number(follow.server, (series.id, was, end, "lead", confirms))
        self.writes.outbox.append(
            OutboxRow(
                follow.server, follow.channel, number, "first" if was is None else "statement", self._now,
                series.key[1], self._switching.after, chain=series.id,
                topic=ReadingSpan(None, end, series.checked_at, was, confirms),
            )
        )  # fmt: skip
        return number

    def _look_at_lines(self, follow: Follow, series: Series) -> None:
        contest, change = self._setting.desk.contest(series.key[1]), self._switching.changes.get(series.id)
        if contest is not None and change is not None and series.known.accepted is not None:
            of = (
                self._setting.desk.with_leading_source(contest, self._switching.after),
                self._source(self._switching.after),
            )
            self._lines.look(follow, of, None, series.known.accepted, change)


class LeadingSources:
    """Lets an editor say which source leads."""

    def __init__(
        self,
        store: LeadingSourceStore,
        servers: ServerStore,
        suspensions: SuspensionStore,
        setting: Setting,
        clock: Clock,
        wake: Wake,
    ) -> None:
        """Keep it in `store`; `wake` is called after each transaction with the channels that have a post."""
        self._store = store
        self._servers = servers
        self._suspensions = suspensions
        self._setting = setting
        self._clock = clock
        self._wake = wake

    async def lead(self, contest: Contest, key: str, server: int, who: str, why: str | None) -> str:
        """Let a source lead a contest in a server; return the answer to who asked.

        Args:
            contest: the contest.
            key: the source that somebody typed or chose, by its id or name, or `DESK_FILE`.
            server: the server.
            who: who says so, as the audit names them.
            why: why, in their words.

        Raises:
            BadInputError: no such source feeds the contest, or it can't lead now.

        """
        source, now = await self._chosen(contest, key), self._clock.now()
        switched = await self._store.switch(Switch(server, contest.id, source, who, why, now))
        before, after = self._source(switched.before), self._source(switched.after)
        if switched.refused:
            muted = (await self._suspensions.muted(server)).get(after.id)
            raise BadInputError(refused_words(contest, after, before, switched.refused, muted))
        self._wake(to_wake(switched.posts))
        return leading_source_answer(await self._facts(contest, switched, server, by_desk_file=source is None))

    async def matching(self, contest: Contest, typed: str) -> list[tuple[str, str]]:
        """Return (name, value) of what can be chosen for a contest and has what was typed; the desk file's way last."""
        wanted = typed.casefold().strip()
        found = [(one.name, one.id) for one in sources_matching(typed, await self._feeding(contest))]
        by_file = f"{AS_IN_DESK_FILE} ({self._source(contest.leads).name})"
        return [*found, (by_file, DESK_FILE)] if wanted in f"{by_file} {DESK_FILE}".casefold() else found

    async def contests_of(self, server: int, source: str) -> tuple[list[Contest], list[Contest]]:
        """Return the contests of a server's channels that a source leads, and those that it feeds and does not lead."""
        followed = {row.contest for row in await self._servers.following(server)}
        leads, could = list[Contest](), list[Contest]()
        for contest in self._setting.desk.contests:
            if contest.id in followed:
                if (await with_leading_source(contest, server, self._setting.desk, self._servers)).leads == source:
                    leads.append(contest)
                elif any(one.id == source for one in await self._feeding(contest)):
                    could.append(contest)
        return leads, could

    async def fall_back(self) -> None:
        """Let the desk file's source lead again where the chosen one has left the desk file, and say so, once.

        To be called at the start, before anything is taken in, and after a restored copy was taken up.
        """
        for server, contest, choice in await self._store.all():
            if self._setting.desk.contest(contest) is None or self._setting.desk.may_lead(choice.source):
                continue
            log.warning(
                "the source that a server chose to lead is not in the desk file",
                server=server, contest=contest, source=choice.source, chosen_by=choice.since.who,
            )  # fmt: skip
            switch = Switch(server, contest, None, _NOBODY, None, self._clock.now(), forced=True)
            self._wake(to_wake((await self._store.switch(switch)).posts))

    async def _facts(
        self, contest: Contest, switched: Switched, server: int, *, by_desk_file: bool
    ) -> LeadingSourceFacts:
        was, now = switched.was, self._clock.now()
        rows = [row for row in await self._servers.following(server) if row.contest == contest.id]
        return LeadingSourceFacts(
            contest=contest,
            before=self._source(switched.before),
            after=self._source(switched.after),
            by_desk_file=by_desk_file,
            changed=switched.changed,
            since=was.since.words(self._setting, now) if was else None,
            heard=switched.heard,
            held=switched.held,
            dropped=switched.dropped,
            posts=len({post.channel for post in switched.posts if post.chain is not None}),
            followed=bool(rows),
            paused=await self._suspensions.paused(server) is not None,
        )

    async def _chosen(self, contest: Contest, key: str) -> str | None:
        """Return the source that somebody typed or chose; None: as in the desk file."""
        wanted = key.casefold().strip()
        if wanted in (DESK_FILE, AS_IN_DESK_FILE):
            return None
        feeding = await self._feeding(contest)
        other = self._setting.desk.source(key)
        if other is None or other in feeding:
            return source_named(key, feeding).id
        if other.format is None:
            raise BadInputError(f"{other.name} sends no figures of its own, staff enter them, so it can't lead")
        raise BadInputError(f"{other.name} does not feed {contest.name}, by the desk file, so it can't lead")

    async def _feeding(self, contest: Contest) -> list[Source]:
        """Return the sources that feed a contest, in the desk file's order."""
        known = self._setting.desk.contest(contest.id) or contest
        feeding = {known.leads, *known.feeds, *await self._store.heard(contest.id)}
        return [one for one in self._setting.desk.sources if not one.person and one.id in feeding]

    def _source(self, key: str) -> Source:
        return self._setting.desk.source(key) or Source(id=key, name=key)
