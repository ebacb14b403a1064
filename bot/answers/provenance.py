"""The answers of /sources and /why: where a figure comes from, and how each source does."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal, Protocol

from bot.answers.asking import Asking, InsideError
from bot.answers.moves import answering_source
from bot.answers.provenance_store import Provenance, SourceState
from bot.answers.provenance_words import (
    OWN_WORDS,
    NotTold,
    PostProvenance,
    SourceFacts,
    SourceFigures,
    SourceReach,
    not_told_answer,
    sources_answer,
    why_answer,
)
from bot.answers.units import Uploads, unit_silence
from bot.count.judgement import AHEAD_AT_MOST, HoldReason, gives_units
from bot.count.margin import margin_of
from bot.count.statement import Statement, changed_between
from bot.errors import BadInputError
from bot.follows.follows_store import ServerStore
from bot.follows.levels import Sees
from bot.newsroom.status_store import StatusStore
from bot.outbox.suspensions_store import SuspensionStore
from bot.tally.standing_store import StandingStore, StoredStanding
from bot.wording.context import may_be_named
from bot.wording.draft import Answer
from bot.wording.question import Question, marked

_MOST_UNPOSTED = 12


class HealthLike(Protocol):
    """How a source does, as polling knows it."""

    problem: str | None
    failing_since: datetime | None
    reached_at: datetime | None


class ProvenanceAnswers:
    """Answers where things come from."""

    def __init__(
        self,
        asking: Asking,
        queries: StandingStore,
        provenance: Provenance,
        servers: ServerStore,
        control: SuspensionStore,
        status: StatusStore,
        health: Mapping[str, HealthLike],
        uploads: Uploads,
    ) -> None:
        """Read through them; `health` is how the sources do that are watched, `uploads` what those say of their units."""
        self._asking = asking
        self._queries = queries
        self._provenance = provenance
        self._servers = servers
        self._control = control
        self._status = status
        self._health = health
        self._uploads = uploads

    async def sources(self, asked: Question) -> Answer:
        """Return what each source says of a contest, and how it does."""
        contest, leads = asked.contest.id, asked.contest.leads
        first = await self._queries.standing(contest, leads, asked.until)
        standings = [*([first] if first else []), *await self._queries.others(contest, leads, asked.until)]
        states = {one.source: one for one in await self._provenance.sources(contest)}
        certified = any(one.reading.status == "certified" for one in standings)
        certified = certified or await self._provenance.certified(asked.server, contest)
        found = {
            one.source: self._by_reading(
                asked, one, states.get(one.source), certified=certified, overtaken=await self._overtaken(asked, one)
            )
            for one in standings
        }
        figures_entered = await self._queries.figures(contest, asked.server, asked.until, reader=asked.setting.reader)
        entries = [said for said, _ in figures_entered]
        for said, waits in figures_entered:
            known = found.get(said.source)
            figures = said.count == asked.count and (said.margin is not None or said.total is not None)
            if figures and (known is None or known.figures is None or known.figures.as_of < said.as_of):
                # What staff entered is newer than what the feed has; how the feed does is told all the same.
                feed = known or self._silent(asked, said.source, states.get(said.source))
                entered = said.entered_by is not None
                about = frozenset(said.approximate)
                newest = SourceFigures(
                    said.as_of,
                    said.leader,
                    said.margin,
                    said.total,
                    about,
                    entered,
                    corrected=asked.corrected.of_statement(said),
                    waits=waits,
                )
                found[said.source] = replace(feed, figures=newest)
        for said in await self._queries.last_moves(contest, asked.server, asked.until, reader=asked.setting.reader):
            known = found.get(said.source) or self._silent(asked, said.source, states.get(said.source))
            by_feed = known.figures.changed_at if known.figures else None
            if said.last_updated is not None and (by_feed is None or by_feed < said.last_updated):
                how: Literal["", "about "] = "" if said.exact("last_updated") else "about "
                theirs = [one for one in entries if one.source == said.source and one.count == said.count]
                then = [one for one in theirs if one.as_of == said.as_of]
                seen = [one.as_of for one in theirs if any(_shows_the_same(one, other) for other in then)]
                found[said.source] = replace(known, moved=(said.last_updated, how), moved_seen=max([said.as_of, *seen]))
        for key, known in list(found.items()):
            between = changed_between([one for one in entries if one.source == key and one.count == asked.count])
            last = known.moved[0] if known.moved else known.figures.changed_at if known.figures else None
            if between is not None and (last is None or last < between[1]):
                found[key] = replace(known, moved=(between[1], "by "), moved_after=between[0], moved_seen=None)
        for key in (leads, *asked.contest.feeds):
            state = states.get(key)
            found.setdefault(key, self._silent(asked, key, state))
        ordered = sorted(
            found.values(), key=lambda one: (not one.leads, -(one.figures.as_of.timestamp() if one.figures else 0))
        )
        choice = await self._servers.choice(asked.server, contest)
        chosen = choice.since if choice and choice.source == leads and asked.at is None else None
        return sources_answer([self._pushed(one) for one in ordered], asked, chosen)

    def _pushed(self, one: SourceFacts) -> SourceFacts:
        """Return what is known of a source with when it last pushed, where it does: its health, else its readings, say so."""
        if not one.source.pushes:
            return one
        health = self._health.get(one.source.id)
        pushed_at = (health.reached_at if health else None) or one.reach.checked_at
        return replace(one, reach=replace(one.reach, pushed_at=pushed_at))

    async def _overtaken(self, asked: Question, then: StoredStanding) -> bool:
        """Return True if a source's votes have changed since the time that is asked about."""
        if asked.at is None:
            return False
        latest = await self._queries.standing(asked.contest.id, then.source, asked.now + AHEAD_AT_MOST)
        return latest is not None and latest.changed_at != then.changed_at

    def _by_reading(
        self,
        asked: Question,
        standing: StoredStanding,
        state: SourceState | None,
        *,
        certified: bool,
        overtaken: bool,
    ) -> SourceFacts:
        reading = standing.reading
        margin = margin_of(reading.votes, standing.change.leader)
        source = answering_source(asked, standing.source)
        figures = SourceFigures(
            reading.as_of,
            margin.leader,
            margin.votes if any(reading.votes.values()) else None,
            reading.counted,
            changed_at=standing.changed_at,
            gives_units=gives_units(reading),
            corrected=asked.corrected.of_reading(reading),
            overtaken=overtaken,
        )
        return SourceFacts(
            source,
            standing.source == asked.contest.leads,
            figures,
            self._reach(standing.source, standing.checked_at),
            standing.held,
            state.refused if state else None,
            None if certified else unit_silence(source, asked.contest, standing, self._uploads(source.id)),
        )

    def _silent(self, asked: Question, key: str, state: SourceState | None) -> SourceFacts:
        return SourceFacts(
            answering_source(asked, key),
            key == asked.contest.leads,
            None,
            self._reach(key, state.checked_at if state else None),
            state.held if state else None,
            state.refused if state else None,
        )

    def _reach(self, key: str, checked_at: datetime | None) -> SourceReach:
        health = self._health.get(key)
        return SourceReach(checked_at, health.failing_since, health.problem) if health else SourceReach(checked_at)

    async def why(
        self, server: int, channel: int, number: int, sees: Sees, *, staff: bool = True, member: bool = True
    ) -> Answer:
        """Return where a newsroom's post came from; `staff`, `member`: see `Asking.asked`.

        Who is not of the newsroom is told of no post that waits and, where the public reads, of none that was discarded.

        Raises:
            BadInputError: there is no such post where who asks can see.
            InsideError: the public reads the channel, and may not read of the post's source.

        """
        setting = await self._asking.setting(channel, server, staff=staff, member=member)
        rows = [row for row in await self._provenance.post(server, number) if sees(row.channel)]
        if not member:
            rows = [row for row in rows if not (row.fate.let_out_by_nobody if setting.public else row.fate.waits)]
        # What is too long for its question was shown to the desk under the post's own number.
        rows = [row for row in rows if row.kind != "notice" or rows[0].kind == "notice"]
        if not rows:
            raise BadInputError(f"there is no #{number} in this newsroom, or none that you can see")
        if rows[0].kind == "notice" and (about := rows[0].replaces) is not None:
            said = await self.why(server, channel, about, sees, staff=staff, member=member)
            return replace(said, content=marked(said.content, [f"Question {number} to the desk is about it."]))
        # Who sees a post in a channel of the newsroom's own has read whose it is.
        here = replace(setting, left_out=())
        if any(row.source and not may_be_named(setting.desk.source(row.source), here) for row in rows):
            raise InsideError
        told = [await self._told(server, row) for row in rows]
        return why_answer(told, server, setting, self._asking.now)

    async def _told(self, server: int, row: PostProvenance) -> PostProvenance:
        """Return the post with who let its held reading through, or whose correction or retraction it is."""
        if row.kind in OWN_WORDS:
            return replace(row, let_by=await self._provenance.replaced_by(server, row.news_at))
        if row.reading is None or row.reading.held not in list(HoldReason) or row.contest is None:
            return row
        return replace(row, let_by=await self._provenance.settled_by(server, row.contest, row.news_at))

    async def why_not(self, asked: Question, sees: Sees, *, member: bool = True) -> Answer:
        """Return what of a contest was not posted, and why; of channels only those that who asks sees.

        Who is no `member` of the newsroom is told, where the public reads, of no post that waits for the desk.
        """
        contest, server = asked.contest.id, asked.server
        unposted = await self._provenance.unposted(contest, asked.until, _MOST_UNPOSTED)
        follows = [row for row in await self._servers.following(server) if row.contest == contest]
        status = (await self._status.status(server)).paused
        refusals = [
            (one.source, one.refused.last, one.refused.last_at)
            for one in await self._provenance.sources(contest)
            if one.refused is not None
        ]
        hidden = asked.setting.public and not member
        open_ = [] if hidden else await self._provenance.open(server, contest)
        facts = NotTold(
            tuple((one.source, one.verdict, one.reason, one.as_of) for one in unposted),
            tuple(one for one in await self._provenance.waiting(server, contest) if sees(one.channel)),
            tuple(refusals),
            status,
            await self._control.muted(server),
            bool(follows),
            tuple(one for one in open_ if sees(one[2])),
            hidden,
        )
        return not_told_answer(facts, asked)


def _shows_the_same(one: Statement, other: Statement) -> bool:
    """Return True if a statement has a figure of a tally that another has too."""
    margins = one.margin is not None and (one.leader, one.margin) == (other.leader, other.margin)
    return margins or (one.total is not None and one.total == other.total)
