"""The answers to /margin, **Everything known**, /certified, /recount and /draft."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.answers.batches_store import BatchStore
from bot.answers.copy_words import copy_of_count
from bot.answers.history import answering_source, certified_count, listed_batch
from bot.answers.standing_answers_words import CertifiedStanding, certified_answer, recount_answer, standing_answer
from bot.answers.units import UnitAnswers
from bot.answers.units_words import OutstandingFacts
from bot.desk.counties import counties_of
from bot.errors import BadInputError
from bot.events.event import Event
from bot.outcomes.certification_store import CertificationStore, SourceListing
from bot.outcomes.certification_words import CertifyingFacts, ListedCounties, OwnAnnouncement, ResultsFacts
from bot.prose.form import BY_NAME
from bot.tally.reported_batches_store import ReportedBatches
from bot.tally.standing import Standings
from bot.tally.standing_store import StandingStore, UnitStore
from bot.tally.standing_words import MarginFacts, margin_answer, with_age
from bot.wording.card import Button, Card
from bot.wording.question import Question, contest_tag, muted_sources, time_key

_BATCHES = 3

_A_NIGHT = timedelta(hours=12)


class StandingAnswers:
    """The answers to questions about a contest's present or past standing."""

    def __init__(
        self,
        standings: Standings,
        queries: StandingStore,
        batches: BatchStore,
        places: UnitStore,
        answers: UnitAnswers,
        outcomes: CertificationStore,
        reported: ReportedBatches,
    ) -> None:
        self._reported = reported
        self._outcomes = outcomes
        self._standings = standings
        self._queries = queries
        self._batches = batches
        self._places = places
        self._answers = answers

    async def margin(self, question: Question) -> Card:
        """Return a card that shows who leads and by how much, with a button for everything known."""
        facts = await self._standings.asked(question, question.at)
        card = question.with_share_button(with_age(margin_answer(facts, question.setting), facts))
        return replace(
            card, buttons=(Button("Everything known", f"known:{contest_tag(question.contest)}:{time_key(question)}"),)
        )

    async def recount(self, question: Question) -> Card:
        """Return a card that compares the margin with the recount limit.

        If the contest requires a majority, the card also shows whether the leader has one.
        """
        return recount_answer(await self._standings.asked(question, question.at), question)

    async def certified(self, question: Question) -> Card:
        """Return a card with the units that have certified, and with those that are due or late."""
        certified = await self._certified(question)
        return certified_answer(certified, question, await self._listing(question, certified.deadlines))

    async def standing(self, question: Question) -> Card:
        """Return a card with everything known about the contest."""
        margin = await self._standings.asked(question, question.at)
        last = await self._batches.last(question.contest.id, question.contest.leads, question.until, _BATCHES)
        batches = tuple(listed_batch(batch, question.corrected) for batch in last)
        stands = await self._queries.standing(question.contest.id, question.contest.leads, question.until)
        known = await self._answers.left(question, stands)
        left = OutstandingFacts(margin.source, margin.reading, margin.change, tuple(known))
        return standing_answer(margin, batches, await self._certified(question), left, question)

    async def draft(self, question: Question) -> Card:
        """Return news copy for print.

        Copy has nothing that is for the newsroom only.

        Raises:
            BadInputError: the leading source is for the newsroom only; or the channel is public, and an unpublished
                correction, which the answer must not mention, affects the contest.
        """
        if not answering_source(question, question.contest.leads).public:
            raise BadInputError(
                "the source that leads that contest is for the newsroom only, so there is no copy of it"
            )
        contest, leads = question.contest.id, question.contest.leads
        corrected = await self._queries.corrected(contest, question.server, reader="newsroom")
        if corrected.texts != question.corrected.texts:  # a correction is not published yet
            raise BadInputError("there is no copy of that contest here now; ask in one of the newsroom's own channels")
        margin = await self._standings.asked(question, question.at)
        before = None
        last_batches = await self._batches.last(contest, leads, question.until, 1)
        if last_batches and margin.reading is not None and last_batches[0].change.as_of == margin.reading.as_of:
            batches_before = await self._batches.older(contest, leads, last_batches[0].place, 1)
            earlier = batches_before[0].change.as_of if batches_before else margin.reading.as_of
            apart = earlier < margin.reading.as_of  # two with the same time can't be told apart by it
            if apart and listed_batch(batches_before[0], question.corrected).corrected is None:
                standing = await self._queries.standing(contest, leads, earlier)
                before = standing.reading if standing else None
        muted = muted_sources(question.marks, leads)
        public_counts = [
            one
            for one in (await self._certified(question)).counts
            if one.source.public
            and one.source.id not in muted
            and not one.source.person
            and not one.count.named
            and not one.waits
        ]
        return copy_of_count(
            margin,
            before,
            public_counts[0] if public_counts else None,
            await self._reported.on_record(question),
            question,
            await self._took_lead(margin, question),
        )

    async def _took_lead(self, margin: MarginFacts, question: Question) -> datetime | None:
        """Return when the leader took the lead.

        Returns None if that was more than `_A_NIGHT` ago or the post about it was corrected.
        """
        moment = question.at or question.now
        batch = await self._batches.lead_change(
            question.contest.id, question.contest.leads, question.until, moment - _A_NIGHT
        )
        if batch is None or margin.change is None or batch.change.leader != margin.change.leader:
            return None
        return None if listed_batch(batch, question.corrected).corrected else batch.change.as_of

    async def _certified(self, question: Question) -> CertifiedStanding:
        contest, server = question.contest.id, question.server
        corrected = question.corrected
        counts = [
            certified_count(question, one, None if before and corrected.of_count(one.source, before) else before)
            for one, before in await self._places.certified(
                contest, server, question.until, reader=question.setting.reader
            )
        ]
        counts.sort(key=lambda one: one.source.person)  # counts from a person come last
        leads = await self._queries.standing(contest, question.contest.leads, question.until)
        others = await self._queries.others(contest, question.contest.leads, question.until)
        whole = tuple(
            (answering_source(question, one.source), one.reading.as_of)
            for one in [*([leads] if leads else []), *others]
            if one.reading.status == "certified"
        )
        deadlines = await self._places.certifying(server, contest, question.at or question.now)
        said = await self._queries.results_certified(contest, server, question.until, reader=question.setting.reader)
        results = ResultsFacts(answering_source(question, said[0]), *said[1:]) if said else None
        return CertifiedStanding(tuple(counts), tuple(deadlines), whole, results)

    async def _listing(self, question: Question, deadlines: Sequence[Event]) -> CertifyingFacts:
        """Return the units that have certified, are due or are late, by name."""
        contest, server = question.contest, question.server
        desk = question.setting.desk
        listed = tuple(
            ListedCounties(
                source,
                one.as_of,
                None if _is_corrected(one, question) else one.count,
                one.counted_at,
                one.units,
                one.waits,
            )
            for one in await self._outcomes.listed(contest.id, server, question.until, reader=question.setting.reader)
            if (source := desk.source(one.source))
        )
        own = {
            one.unit: OwnAnnouncement(one.taken_back, source, one.as_of, one.waits)
            for one in await self._outcomes.own(contest.id, server, question.until, reader=question.setting.reader)
            if (source := desk.source(one.source))
        }
        every = tuple(one.fips for one in counties_of(contest.state or "")) if contest.unit in BY_NAME else ()
        of_units = tuple(one for one in deadlines if one.certifies == "units")
        return CertifyingFacts(question, every, listed, own, of_units)


def _is_corrected(one: SourceListing, question: Question) -> bool:
    """Return True if the post about a source's count was corrected.

    Nothing may then be derived from that count.
    """
    return one.count is not None and question.corrected.of_count(one.source, one.count, one.counted_at) is not None
