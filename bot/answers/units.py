"""The answers to /county and /outstanding, and the units that have long sent their source no figures.

A state's site may respond every minute although one of its counties has sent it nothing since the evening. /sources
lists such units if the source shows when each unit sent figures. They are not posted, because most nights have dozens.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.answers.batches_store import BatchStore, UnitBatch
from bot.answers.history import answering_source, certified_count
from bot.answers.sources_words import UnitSilence
from bot.answers.units_words import (
    MOST_CLAIMS,
    BallotsLeft,
    CountedSince,
    CountyFacts,
    NamedWord,
    OutstandingFacts,
    ReportedSince,
    UnitUpdate,
    county_answer,
    outstanding_answer,
)
from bot.count.margin import margin_of
from bot.count.post_threshold import is_early_count
from bot.count.reading import Reading, Unit
from bot.count.staleness import Limits, silent_units
from bot.count.statement import Statement, ballots_left_by_feed
from bot.desk.counties import counties_of, county
from bot.desk.desk_file import Contest, Source
from bot.desk.same_unit import same_unit
from bot.errors import BadInputError
from bot.outcomes.certification_store import CertificationStore
from bot.prose.form import BY_NAME
from bot.prose.places import places_in
from bot.prose.tokens import tokens_of
from bot.tally.reported_batches_store import ReportedBatches
from bot.tally.standing_store import StandingStore, StoredStanding, UnitStore
from bot.wording.card import Card
from bot.wording.context import may_be_named
from bot.wording.corrected import Corrected
from bot.wording.question import Question
from bot.wording.typed_names import Nameable, matching, named
from bot.wording.typed_times import typed_minute

_MOST_CORRECTIONS = 3

Uploads = Callable[[str], Mapping[str, datetime]]
"""A function that returns when each unit last sent figures to a source, by the unit's name."""


class UnitAnswers:
    """The answers to questions about one reporting unit, and about ballots left to count."""

    def __init__(
        self,
        queries: StandingStore,
        batches: BatchStore,
        places: UnitStore,
        certifying: CertificationStore,
        reported: ReportedBatches,
        uploads: Uploads,
    ) -> None:
        self._queries = queries
        self._batches = batches
        self._places = places
        self._certifying = certifying
        self._reported = reported
        self._uploads = uploads

    async def suggested(self, contest: Contest, typed: str, most: int) -> list[str]:
        """Return up to `most` names of a contest's units that match the text typed so far."""
        return matching(typed, _nameable(await self._names(contest)))[:most]

    async def county(self, question: Question, typed: str, since: str | None = None) -> Card:
        """Return a card with everything known about one reporting unit.

        With `since`, the card also shows the votes that the unit has reported since that typed time.

        Raises:
            BadInputError: no unit has that name, or several may be meant (see `named`); or `since` is no time, or is
                not before the time asked about.
        """
        start = typed_minute(since, question.now, question.setting.desk.zone, start=True) if since else None
        if start is not None and question.at is not None and start >= question.at:
            raise BadInputError("the time in since: is not before the one in at:; give an earlier one")
        names = await self._names(question.contest)
        called = next((one for one in names if same_unit(question.contest, one, typed)), None)
        name = called or named(typed, _nameable(names), question.contest.unit)
        contest, server = question.contest, question.server
        standings = await self._standings(question)
        found = next(((one, key) for one in standings if (key := unit_key(contest, one, name))), None)
        leading = answering_source(question, contest.leads)
        source = answering_source(question, found[0].source) if found else leading
        reading = found[0].reading if found else None
        unit = reading.units.get(found[1]) if found and reading and reading.units else None
        counts = await self._places.certified(contest.id, server, question.until, reader=question.setting.reader)
        said = [one for one, _ in counts if not one.count.named]
        told = [one for one in said if may_be_named(question.setting.desk.source(one.source), question.setting)]
        # As in /certified, counts from a person come last.
        certified = min(told, key=lambda one: answering_source(question, one.source).person, default=None)
        left = await self.left(question, found[0] if found else None)
        facts = CountyFacts(
            name=found[1] if found else name,
            source=source,
            unit=unit,
            reading=reading,
            added=await self._added(question, standings, name),
            uploaded_at=self._uploaded(question, source, found[1] if found else name),
            checked_at=found[0].checked_at if found else None,
            left=tuple(
                one
                for one in left
                if one.said.outstanding and any(same_unit(contest, unit, name) for unit in one.said.outstanding.units)
            ),
            certified=certified_count(question, certified) if certified else None,
            asked_sources=tuple(answering_source(question, one.source) for one in standings),
            by_name=await self._by_name(question, name),
            reported=tuple(
                one
                for one in await self._reported.on_record(question)
                if one.said.batch and any(same_unit(contest, unit, name) for unit in one.said.batch.units)
            ),
            named=tuple(_corrections_naming(question, name))[:_MOST_CORRECTIONS],
            since=await self._reported_since(question, standings, name, start) if start else None,
        )
        return county_answer(facts, question)

    async def outstanding(self, question: Question) -> Card:
        """Return a card with how many ballots are left to count."""
        leading = answering_source(question, question.contest.leads)
        standing = await self._queries.standing(question.contest.id, leading.id, question.until)
        facts = OutstandingFacts(
            leading,
            standing.reading if standing else None,
            standing.change if standing else None,
            tuple(await self.left(question, standing)),
        )
        return outstanding_answer(facts, question)

    async def left(self, question: Question, standing: StoredStanding | None) -> list[BallotsLeft]:
        """Return the claims about ballots left to count, newest first.

        With `standing`, each claim has the votes that the source of `standing` has counted since. Claims from before
        everything was certified are excluded.
        """
        entered = await self._places.outstanding(
            question.contest.id, question.server, question.until, reader=question.setting.reader
        )
        standings = await self._standings(question)
        done = await self._all_certified_at(question, standings)
        statements = sorted(
            [
                one
                for one in [*entered, *(left for one in standings for left in ballots_left_by_feed(one.reading))]
                if done is None or one.as_of > done
            ],
            key=lambda one: one.as_of,
            reverse=True,
        )
        left = [
            BallotsLeft(one, source)
            for one in statements
            if (source := question.setting.desk.source(one.source)) and may_be_named(source, question.setting)
        ]
        if standing is None:
            return left
        stood: dict[datetime, StoredStanding | None] = {}
        for one in left[:MOST_CLAIMS]:  # older ones are not shown one by one
            if one.said.as_of not in stood:
                stood[one.said.as_of] = await self._queries.standing(
                    question.contest.id, standing.source, one.said.as_of
                )
        return [
            replace(one, since=_since(question.contest, one.said, stood.get(one.said.as_of), standing)) for one in left
        ]

    async def _all_certified_at(self, question: Question, standings: Sequence[StoredStanding]) -> datetime | None:
        """Return the earliest time as of which a source reports that the whole contest is certified, or None."""
        counts = await self._places.certified(
            question.contest.id, question.server, question.until, reader=question.setting.reader
        )
        moments = [one.as_of for one, _ in counts if one.count.done == one.count.of]
        moments += [one.reading.as_of for one in standings if one.reading.status == "certified"]
        return min(moments, default=None)

    async def _standings(self, question: Question) -> list[StoredStanding]:
        """Return the standing according to each source that may be named, the leading source first."""
        leads = await self._queries.standing(question.contest.id, question.contest.leads, question.until)
        others = await self._queries.others(question.contest.id, question.contest.leads, question.until)
        return [
            one
            for one in [*([leads] if leads else []), *others]
            if may_be_named(question.setting.desk.source(one.source), question.setting)
        ]

    async def _added(self, question: Question, standings: list[StoredStanding], name: str) -> UnitUpdate | None:
        """Return a unit's latest update, from the first source that has one, or None."""
        for standing in standings:
            for unit in await self._batches.units(question.contest.id, standing.source):
                if same_unit(question.contest, unit, name):
                    found = await self._batches.unit_batch(question.contest.id, standing.source, unit, question.until)
                    if found is not None:
                        split = await self._split(question, standing.source, unit, found)
                        post = question.corrected.of_update(standing.source, standing.reading.count, found.as_of)
                        return UnitUpdate(
                            answering_source(question, standing.source), found.votes, found.as_of, split, post
                        )
        return None

    async def _reported_since(
        self, question: Question, standings: list[StoredStanding], name: str, start: datetime
    ) -> ReportedSince | None:
        """Return the votes that a unit has reported since a time.

        They are from the first source that has the unit's figures. Returns None if no source has them.
        """
        contest = question.contest
        for standing in standings:
            key, source = unit_key(contest, standing, name), standing.source
            moved = next(
                (one for one in await self._batches.units(contest.id, source) if same_unit(contest, one, name)), key
            )
            if moved is None:
                continue
            new, updates = await self._batches.unit_moved(contest.id, source, moved, start, question.until)
            stood, first = await self._queries.standing(contest.id, source, start), None
            if stood is None and (first := await self._queries.first(contest.id, source)):
                stood = await self._queries.standing(contest.id, source, first)
            before, after = _unit(contest, stood, name), _unit(contest, standing, name)
            if before is None and stood is not None and stood.reading.units is not None:
                before = Unit(total=0, votes={})  # it was not listed yet, so all its votes came since
            if before and after and before.counted is not None and after.counted is not None:
                new = after.counted - before.counted
            split = None
            if before and after and before.votes is not None and after.votes is not None:
                keys = {**before.votes, **after.votes}
                split = {key: after.votes.get(key, 0) - before.votes.get(key, 0) for key in keys}
            whole = split if split is not None and sum(split.values()) == new else None
            of = answering_source(question, source)
            margin = margin_of(standing.reading.votes, standing.change.leader)
            return ReportedSince(
                of, start, new, updates, standing.reading.as_of, margin, whole, standing.checked_at, first
            )
        return None

    async def _split(self, question: Question, source: str, unit: str, batch: UnitBatch) -> dict[str, int] | None:
        """Return a unit's batch by candidate, or None if the source does not split the whole batch.

        If the source has no votes by unit, its votes by candidate are used, provided that no other unit changed.
        """
        contest, just_before = question.contest.id, batch.as_of - timedelta(microseconds=1)
        stood = [await self._queries.standing(contest, source, at) for at in (just_before, batch.as_of)]
        units = [(one.reading.units or {}).get(unit) if one else None for one in stood]
        before, after = (one.votes if one else None for one in units)
        if before is None or after is None:
            return _split_of_only_unit(stood[1], unit, batch)
        split = {key: after.get(key, 0) - before.get(key, 0) for key in {**before, **after}}
        return split if sum(split.values()) == batch.votes else None

    async def _by_name(self, question: Question, name: str) -> tuple[NamedWord, ...]:
        """Return the statements about one county's certification, newest first."""
        one = county(question.contest.state or "", name)
        if one is None:
            return ()
        said = await self._certifying.of_unit(
            question.contest.id, question.server, one.fips, question.until, reader=question.setting.reader
        )
        return tuple(
            NamedWord(source, own, word.taken_back, word.as_of, word.waits)
            for word, own in said
            if (source := question.setting.desk.source(word.source)) and may_be_named(source, question.setting)
        )

    def _uploaded(self, question: Question, source: Source, name: str) -> datetime | None:
        if question.at is not None:  # only the latest upload is known
            return None
        return next(
            (at for unit, at in self._uploads(source.id).items() if same_unit(question.contest, unit, name)), None
        )

    async def _names(self, contest: Contest) -> list[str]:
        """Return the names of a contest's units.

        These are the counties of the contest's state, or else the names that the contest's sources use.
        """
        if contest.state and contest.unit in ("county", "parish", "borough"):
            return [one.short for one in counties_of(contest.state)]
        names: dict[str, None] = {}
        for source in dict.fromkeys((contest.leads, *contest.feeds)):
            names |= dict.fromkeys(await self._batches.units(contest.id, source))
        return list(names)


def _corrections_naming(question: Question, name: str) -> Iterator[tuple[str, datetime | None, Corrected]]:
    """Yield the corrections whose text names a county, newest first (see `CountyFacts.named`)."""
    contest = question.contest
    if contest.unit not in BY_NAME:
        return
    for post in question.corrected.posts:
        places = places_in(tokens_of(post.text, 0, len(post.text)), contest.state)
        named = any(place.county and place.is_own and same_unit(contest, place.county, name) for place in places)
        if named and post.told.as_of <= question.until:
            yield post.told.source, post.told.as_of if isinstance(post.told, Reading) else None, post.corrected


def _split_of_only_unit(stood: StoredStanding | None, unit: str, batch: UnitBatch) -> dict[str, int] | None:
    """Return a standing's new votes by candidate if all of them are from this unit, else None."""
    if stood is None or stood.reading.as_of != batch.as_of or stood.change.units != {unit: batch.votes}:
        return None
    split = {key: votes for key, votes in (stood.change.batch or {}).items() if votes}
    return split if sum(split.values()) == batch.votes == stood.change.new_votes else None


def _since(
    contest: Contest, statement: Statement, then: StoredStanding | None, now: StoredStanding
) -> CountedSince | None:
    """Return the votes that a source has counted since `statement`, a claim about ballots left.

    If the claim is about certain units, only their votes are counted. `then` is the source's standing as of the claim,
    and `now` its standing now. Returns None if the source has nothing newer than the claim.
    """
    if now.reading.as_of <= statement.as_of or not now.reading.counted:
        return None
    places = statement.outstanding.units if statement.outstanding else ()
    new = now.reading.counted - then.reading.counted if then else None
    if not places or not new:
        return CountedSince(new if new is None or new >= 0 else None, there=bool(places))
    units = [[_unit(contest, one, name) for one in (then, now)] for name in places]
    complete = all(_is_complete(after) and not _is_complete(before) for before, after in units)
    known = [(before.counted, after.counted) for before, after in units if before and after]
    moved = [after - before for before, after in known if before is not None and after is not None]
    votes = sum(moved) if len(moved) == len(places) and min(moved) >= 0 else None
    return CountedSince(votes, there=True, complete=complete)


def _unit(contest: Contest, standing: StoredStanding | None, name: str) -> Unit | None:
    key = unit_key(contest, standing, name) if standing else None
    return (standing.reading.units or {}).get(key) if standing and key else None


def _is_complete(unit: Unit | None) -> bool:
    """Return True if all precincts of a unit have reported."""
    return unit is not None and unit.reported is not None and unit.reported[0] == unit.reported[1] > 0


def _nameable(names: Sequence[str]) -> list[Nameable[str]]:
    return [Nameable(name, name, name) for name in names]


def unit_key(contest: Contest, standing: StoredStanding, name: str) -> str | None:
    """Return the name of a unit in a source's reading, or None if the reading does not have the unit."""
    return next((unit for unit in standing.reading.units or {} if same_unit(contest, unit, name)), None)


def unit_silence(
    source: Source, contest: Contest, standing: StoredStanding, uploaded_at: Mapping[str, datetime]
) -> UnitSilence | None:
    """Return the incomplete units whose last figures are older than the source's limit.

    Returns None if the source has no limit. The time is measured up to the source's last response, not up to the
    present.
    """
    reading = standing.reading
    limit = Limits(source.stale_after, source.stale_after_night).at([is_early_count(reading, contest.night_until)])
    if limit is None or standing.checked_at is None or not uploaded_at:
        return None
    if _all_in(reading):
        return UnitSilence(limit, {})
    units = {_key(contest, name): unit for name, unit in (reading.units or {}).items()}
    covered = {name: at for name, at in uploaded_at.items() if not units or _key(contest, name) in units}
    complete = [name for name in covered if _is_complete(units.get(_key(contest, name)))]
    return UnitSilence(limit, silent_units(covered, standing.checked_at, limit, complete))


def _all_in(reading: Reading) -> bool:
    """Return True if a source reports that all units are complete, but does not list the units."""
    said = reading.reporting.units if reading.reporting else None
    return not reading.units and said is not None and said[0] == said[1]


def _key(contest: Contest, name: str) -> str:
    """Return a key that is the same for all spellings of a unit's name."""
    found = county(contest.state, name) if contest.state else None
    return found.fips if found else name.casefold()
