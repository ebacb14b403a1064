"""The answers to /since, to /history, and to /margin with a figure: how a count has changed.

No answer reads more rows than it shows. Each change stores the number of batches so far (`changes.batches`), so /since
counts them by subtraction. A page of /history begins where the last page ended. /since adds up the units of up to 200
batches. For more batches it compares the first and the last reading.
"""

from datetime import datetime, timedelta

from bot.answers.batches_store import Batch, BatchPosition, BatchStore
from bot.answers.history_words import (
    CertifiedCount,
    FigureFacts,
    HistoryFacts,
    ListedBatch,
    PastMargin,
    SinceFacts,
    figure_answer,
    history_answer,
    since_answer,
)
from bot.count.certification import CertificationCount
from bot.count.change import CandidateVanishedError, Change, compare, net
from bot.count.reading import Reading
from bot.desk.desk_file import Source
from bot.errors import BadInputError
from bot.tally.reported_batches_store import ReportedBatches
from bot.tally.standing import Standings
from bot.tally.standing_store import SourceCertifiedCount, StandingStore, StoredStanding, UnitStore
from bot.tally.standing_words import MarginFacts, OtherSource
from bot.wording.card import Card
from bot.wording.context import may_be_named
from bot.wording.corrected import CorrectedPosts
from bot.wording.question import Question
from bot.wording.typed_times import typed_minute

A_PAGE = 8
"""How many batches a page of /history shows."""

NAMED = 200
"""The most batches whose units /since adds up. For more, /since compares the first and the last reading."""

_MOST_DIGITS = 12

_MOST_OTHERS = 2
"""The most other sources whose figures /since adds."""


class HistoryAnswers:
    """The answers to questions about changes in a count."""

    def __init__(
        self,
        queries: StandingStore,
        batches: BatchStore,
        places: UnitStore,
        standings: Standings,
        reported: ReportedBatches,
    ) -> None:
        self._queries = queries
        self._batches = batches
        self._places = places
        self._standings = standings
        self._reported = reported

    async def since(self, question: Question, since: str) -> Card:
        """Return a card that shows what changed since a typed time.

        Raises:
            BadInputError: `since` is no time, or is not before the time asked about.
        """
        start = typed_minute(since, question.now, question.setting.desk.zone, start=True)
        if question.at is not None and start >= question.at:
            raise BadInputError("the time in since: is not before the one in at:; give an earlier one")
        source = answering_source(question, question.contest.leads)
        now = await self._standings.asked(question, question.at)
        calls = tuple(one for one in now.calls if one.as_of > start)
        before = await self._queries.standing(question.contest.id, source.id, start)
        after = await self._queries.standing(question.contest.id, source.id, question.until)
        first = None
        if before is None and (first := await self._queries.first(question.contest.id, source.id)):
            # There are no figures before the first reading with votes, so the net change begins there.
            opening = await self._queries.standing(question.contest.id, source.id, first)
            if (
                opening
                and after
                and any(opening.reading.votes.values())
                and opening.reading.as_of < after.reading.as_of
            ):
                start, before = first, opening
        change, batches, revisions = await self._net(question, source, start, before, after)
        reading = after.reading if after else None
        checked = after.checked_at if after else await self._queries.checked(question.contest.id, source.id)
        facts = SinceFacts(
            source=source,
            since=start,
            before=before.reading if before else None,
            after=reading,
            change=change,
            standing=after.change if after else None,
            batches=batches,
            changed_at=after.changed_at if after else None,
            checked_at=checked,
            held=after.held if after else None,
            first_at=first,
            revisions=revisions,
            also=await self._also(question, start, now),
            calls=calls,
            reported=tuple(one for one in await self._reported.on_record(question) if one.said.as_of > start),
            corrected=tuple(question.corrected.of_updates(reading, start)) if reading else (),
        )
        return since_answer(facts, question)

    async def _also(
        self, question: Question, start: datetime, now: MarginFacts
    ) -> tuple[CertifiedCount | OtherSource, ...]:
        """Return other news since `start`: counts of certified units, and other sources' figures, which `now` has.

        Figures from a person are excluded, and so are counts that only add up a list of names.
        """
        contest, server = question.contest, question.server
        had = {
            one.source: one.count.done
            for one, _ in await self._places.certified(contest.id, server, start, reader=question.setting.reader)
        }
        counts = [
            certified_count(question, one)
            for one, _ in await self._places.certified(
                contest.id, server, question.until, reader=question.setting.reader
            )
            if had.get(one.source) != one.count.done and not one.count.named
        ]
        then = await self._standings.asked(question, start)
        before = {one.source.id: (one.leader, one.margin, one.total) for one in then.others}
        others = [one for one in now.others if before.get(one.source.id) != (one.leader, one.margin, one.total)]
        found = [
            [one for one in news if may_be_named(one.source, question.setting) and not one.source.person]
            for news in (counts, others)
        ]
        return (*found[0][:1], *found[1][:_MOST_OTHERS])

    async def _net(
        self,
        question: Question,
        source: Source,
        start: datetime,
        before: StoredStanding | None,
        after: StoredStanding | None,
    ) -> tuple[Change | None, int, tuple[Change, ...]]:
        """Return the net change, the number of batches, and the revisions between `before` and `after`.

        These are a source's standings at `start` and at the time asked about. The change is None if no votes changed.
        Revisions are searched only in up to `NAMED` batches.
        """
        if after is None:
            return None, 0, ()
        contest = question.contest.id
        batches = await self._batches.batches(contest, source.id, question.until)
        if before is None:
            return compare(None, after.reading), batches, ()
        batches -= await self._batches.batches(contest, source.id, start)
        if not batches:
            return None, 0, ()
        led = before.change.leader
        if batches <= NAMED:
            steps = await self._batches.last(contest, source.id, question.until, NAMED, after=start)
            changes = [batch.change for batch in reversed(steps)]
            revisions = tuple(one for one in changes if one.kind == "revision")
            return net(before.reading, after.reading, changes, led), batches, revisions
        return _difference(before.reading, after.reading, led), batches, ()

    async def figure(self, question: Question, typed: str) -> Card:
        """Return a card that shows when the margin was a typed number of votes, and who led.

        If the margin never was that number, the card has the nearest margin.

        Raises:
            BadInputError: `typed` is no number of votes.
        """
        margin, leads = _figure(typed), question.contest.leads
        facts = await self._standings.asked(question, question.at)
        beside = await self._queries.others(question.contest.id, leads, question.until, question.count)
        others = [await self._had(question, one.source, margin) for one in beside]
        entered = [
            PastMargin(
                one.source, one.leader, one.margin, one.as_of, entered=True, corrected=one.corrected, waits=one.waits
            )
            for one in facts.others
            if one.entered and one.leader is not None and one.margin is not None
        ]
        found = [one for one in (*others, *entered) if one and one.margin == margin]
        return figure_answer(
            FigureFacts(
                margin,
                facts,
                await self._had(question, leads, margin),
                tuple(one for one in found if may_be_named(one.source, question.setting)),
            ),
            question,
        )

    async def _had(self, question: Question, key: str, margin: int) -> PastMargin | None:
        """Return the margin of the source `key` that is nearest to `margin`, with its beginning and its end.

        Returns None if the source has no margin for this count.
        """
        contest = question.contest.id
        found = await self._batches.nearest(contest, key, margin, question.until)
        if found is None or found.change.count != question.count:
            return None
        change, following, first = found.change, await self._batches.newer(contest, key, found.place, 1), found
        while earlier := await self._batches.older(contest, key, first.place, 1):
            if (earlier[0].change.leader, earlier[0].change.margin) != (change.leader, change.margin):
                break
            first = earlier[0]
        until = following[0].change.as_of if following and following[0].change.as_of <= question.until else None
        post = question.corrected.of_update(key, change.count, change.as_of)
        return PastMargin(
            answering_source(question, key),
            change.leader,
            change.margin or 0,
            first.change.as_of,
            until,
            corrected=post,
        )

    async def history(self, question: Question) -> Card:
        """Return a card with the last batches, newest first."""
        source = answering_source(question, question.contest.leads)
        found = await self._batches.last(question.contest.id, source.id, question.until, A_PAGE + 1)
        return await self._page(
            question, source, found[:A_PAGE], newer=question.at is not None, older=len(found) > A_PAGE
        )

    async def page(self, question: Question, key: str) -> Card:
        """Return the page of batches that a Newer or Older button asks for. `key` is the button's key.

        Raises:
            BadInputError: the key is not valid.
        """
        which, place = _read_key(key)
        source, contest = answering_source(question, question.contest.leads), question.contest.id
        if which == "o":
            found = await self._batches.older(contest, source.id, place, A_PAGE + 1)
            return await self._page(question, source, found[:A_PAGE], newer=True, older=len(found) > A_PAGE)
        found = await self._batches.newer(contest, source.id, place, A_PAGE + 1)
        return await self._page(question, source, found[-A_PAGE:], newer=len(found) > A_PAGE, older=True)

    async def _page(
        self, question: Question, source: Source, batches: list[Batch], *, newer: bool, older: bool
    ) -> Card:
        standing = await self._queries.standing(question.contest.id, source.id, question.now + timedelta(days=1))
        facts = HistoryFacts(
            source,
            tuple(listed_batch(batch, question.corrected) for batch in batches),
            standing.reading.names if standing else None,
            _key("n", batches[0].place) if batches and newer else None,
            _key("o", batches[-1].place) if batches and older else None,
            standing.checked_at if standing else None,
        )
        return history_answer(facts, question)


def listed_batch(batch: Batch, corrected: CorrectedPosts) -> ListedBatch:
    """Return a batch for a list, with the correction if the post about the batch was corrected."""
    change = batch.change
    return ListedBatch(batch.number, change, corrected.of_update(change.source, change.count, change.as_of))


def certified_count(
    question: Question, one: SourceCertifiedCount, before: CertificationCount | None = None
) -> CertifiedCount:
    """Return a source's count of certified units for an answer.

    `before` is the source's earlier count. If the post about the count was corrected, the correction is included.
    """
    return CertifiedCount(
        answering_source(question, one.source),
        one.count,
        one.as_of,
        before,
        question.corrected.of_count(one.source, one.count, one.as_of),
        one.waits,
    )


def answering_source(question: Question, key: str) -> Source:
    """Return a source by its id.

    If the desk file no longer has the source, the result is a source whose name is the id.
    """
    return question.setting.desk.source(key) or Source(id=key, name=key)


def _difference(before: Reading, after: Reading, led: str) -> Change | None:
    """Return the change from the reading `before` to the reading `after`.

    `led` is the candidate who led at the time of `before`. If candidates were removed in between, the result treats
    `after` as a first reading.
    """
    try:
        return compare(before, after, led)
    except CandidateVanishedError:
        return compare(None, after)


def _figure(typed: str) -> int:
    digits = typed.replace(",", "").replace(" ", "").lstrip("+")
    if not digits.isascii() or not digits.isdigit():
        raise BadInputError(f"{typed[:20]} is no margin; give it in votes, such as 9,400")
    return int(digits[:_MOST_DIGITS])


def _key(which: str, place: BatchPosition) -> str:
    return f"{which}:{place.as_of}:{place.reading}"


def _read_key(key: str) -> tuple[str, BatchPosition]:
    which, _, rest = key.partition(":")
    as_of, _, reading = rest.partition(":")
    if which not in ("n", "o") or not (as_of.lstrip("-").isdigit() and reading.isdigit()):
        raise BadInputError("that button is of an older version; ask again with /history")
    return which, BatchPosition(int(as_of), int(reading))
