"""Take in readings: judge, compare, tell, all in one transaction."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import structlog

from bot.cards.facts import Setting
from bot.cards.held import Editor
from bot.clock import Clock
from bot.count.judgement import POSTED, Known, Verdict, drop, judge, release, repeated
from bot.count.margin import margin_of
from bot.count.phase import Phase, phase_of
from bot.count.reading import Reading
from bot.errors import BadInputError
from bot.service.deciding import Counted, Deciding, Fate
from bot.service.telling import Telling
from bot.store.intake import IntakeStore, Writes
from bot.store.ledger import Key, Ledger
from bot.store.rows import AuditRow, hold_key

log = structlog.get_logger()

Wake = Callable[[Mapping[int, bool]], None]
"""Tells the publisher which channels have a post waiting, and whether an urgent one."""

Keep = Callable[[Counted], tuple[object, ...]]
"""Makes the row of `pushes` that remembers a push."""


class Ingest:
    """Takes in readings."""

    def __init__(self, store: IntakeStore, setting: Setting, clock: Clock, wake: Wake) -> None:
        """Store into `store`; `wake` is called after each transaction with the channels that have a post."""
        self._store = store
        self._setting = setting
        self._clock = clock
        self._wake = wake
        self.taken_in: Counter[tuple[str, Fate]] = Counter()
        """How many readings of each source came to what, since the start."""

    async def take_in(self, readings: Sequence[Reading], keep: Keep | None = None) -> Counted:
        """Take in readings in the order given, all of them or, on an error, none; return what became of them.

        `keep`: of a push, makes the row that remembers it of what became of its readings; stored with them.
        """
        translated, refused = self._translated(readings)
        counted = Counted()
        if translated or keep:
            now = self._clock.now()
            keys = {(reading.source, reading.contest, reading.count) for reading in translated}

            def decide(ledger: Ledger) -> Writes:
                deciding = Deciding(ledger, self._setting, now, counted)
                for reading in translated:
                    series = ledger.series[reading.series]
                    deciding.apply(series, self._judge(reading, series.known, now), reading)
                writes = deciding.finish()
                if keep:
                    writes.pushes.append(keep(counted))
                return writes

            callers = {reading.series for reading in translated if reading.says is not None}
            await self._run(keys, decide, callers)
            self.taken_in += counted.by_source
        counted.not_covered = len(readings) - len(translated)
        for source, reason in refused:
            await self.refused(source, [reason])
        return counted

    def phases(self, readings: Sequence[Reading]) -> dict[str, Phase]:
        """Return which phase of its count each contest is in by these readings, by the desk's id of the contest."""
        found: dict[str, Phase] = {}
        for reading in readings:
            if contest := self._setting.desk.contest_called(reading.source, reading.contest):
                phase = phase_of(reading, contest.night_until)
                found[contest.id] = max(phase, found.get(contest.id, phase))
        return found

    async def refused(self, source: str, reasons: Collection[str]) -> None:
        """Keep why parts of a source's answer were refused: each reason once, with when it was first and last seen."""
        if reasons:
            await self._store.refused(source, reasons, self._clock.now())

    async def unchanged(self, source: str, covered: Collection[tuple[str, str]]) -> None:
        """Take in that `source` was asked and has nothing new: it was checked, and a held fall may be confirmed.

        Args:
            source: the source's id.
            covered: (contest by the source's own key, count) of each reading in its last answer: what was not in
                it, or was refused, is not said again by "nothing new".

        """
        now, desk_file = self._clock.now(), self._setting.desk
        keys = {
            (source, contest.id, count)
            for key, count in covered
            if (contest := desk_file.contest_called(source, key)) is not None
        }

        def decide(ledger: Ledger) -> Writes:
            deciding = Deciding(ledger, self._setting, now, Counted())
            for series in ledger.series.values():
                if series.held_is_newest:
                    deciding.apply(series, repeated(series.known, now), None)
            return deciding.finish()

        if held := await self._store.checked(keys, now):
            await self._run(held, decide)

    async def roll_up(self) -> None:
        """Post what has waited long enough."""
        now = self._clock.now()
        keys = await self._store.due(now)

        def decide(ledger: Ledger) -> Writes:
            writes = Writes()
            telling = Telling(ledger, writes, self._setting, now)
            for series in ledger.series.values():
                for_now = [follow for follow in ledger.follows.get(series.key, ()) if follow.due(now)]
                ledger.follows[series.key] = for_now
                telling.roll_up(series)
            return writes

        if keys:
            await self._run(keys, decide)

    async def tell_of_holds(self) -> None:
        """Tell the channels of readings that are held and that nothing settled in time; ask again who wanted to be."""
        now = self._clock.now()
        overdue, waited_for = set(await self._store.overdue_holds(now)), await self._store.waited_for(now)

        def decide(ledger: Ledger) -> Writes:
            writes = Writes()
            telling = Telling(ledger, writes, self._setting, now)
            for series in ledger.series.values():
                if series.key in overdue:
                    telling.held(series)
                if servers := waited_for.get(series.key):
                    telling.held_again(series, servers)
            return writes

        if overdue or waited_for:
            await self._run(overdue | waited_for.keys(), decide)

    async def settle(
        self, contest: str, server: int, who: str, *, post: bool, only: str | None = None
    ) -> list[Reading]:
        """Let held readings of a contest through, or drop them, on an editor's word; return which there were.

        Feeds are shared: what one server's desk decides holds for all that follow the contest. `only`: the hold with
        this key (`hold_key`), and no other.
        """
        now = self._clock.now()
        keys = await self._store.holds(contest)
        settled: list[Reading] = []

        def decide(ledger: Ledger) -> Writes:
            settled.clear()
            deciding = Deciding(ledger, self._setting, now, Counted(), Editor(server, who))
            for series in ledger.series.values():
                hold = series.known.hold
                if hold is not None and only in (None, hold_key(series.id, hold.since)):
                    settled.append(hold.reading)
                    what = {"source": series.key[0], "count": series.key[2], "reason": hold.reason.value}
                    row = AuditRow(now, server, who, "hold post" if post else "hold drop", contest, what, None)
                    deciding.audit(row)
                    verdict = release(series.known) if post else drop(series.known)
                    deciding.apply(series, verdict, None, POSTED if post else None)
            return deciding.finish()

        if keys:
            await self._run(keys, decide)
        return settled

    def _judge(self, reading: Reading, known: Known, now: datetime) -> Verdict:
        """Judge a reading, but for one whose leader or runner-up the desk file does not list: that is its mistake."""
        stranger = self._stranger(reading)
        if stranger is None:
            verdict = judge(reading, known, now)
        else:
            verdict = Verdict(known, ignored=f"{stranger} is not a candidate of the desk file")
        if verdict.ignored and reading.as_of >= (known.accepted.as_of if known.accepted else reading.as_of):
            log.warning(
                "a reading was ignored", source=reading.source, contest=reading.contest, why=verdict.ignored
            )  # fmt: skip
        return verdict

    def _stranger(self, reading: Reading) -> str | None:
        """Return the leader or the runner-up, if the desk file does not list them."""
        contest = self._setting.desk.contest(reading.contest)
        if contest is None or all(contest.candidate(key) for key in reading.votes):
            return None
        first = margin_of(reading.votes)
        strangers = [
            key for key in (first.leader, first.runner_up) if key is not None and contest.candidate(key) is None
        ]
        return strangers[0] if strangers else None

    def _translated(self, readings: Sequence[Reading]) -> tuple[list[Reading], list[tuple[str, str]]]:
        """Return readings with the desk's own ids, and (source, why) of those that can't be: they cost no other."""
        translated, refused = [], []
        for reading in readings:
            try:
                ours = self._setting.desk.translate(reading)
            except BadInputError as error:
                log.warning("a reading was refused", source=reading.source, why=str(error))
                refused.append((reading.source, str(error)))
            else:
                translated += [ours] if ours is not None else []
        return translated, refused

    async def next_confirmation(self) -> datetime | None:
        """Return when a source should be asked again to confirm a fall that is held, or None."""
        return await self._store.next_confirmation(self._clock.now())

    async def next_due(self) -> datetime | None:
        """Return when the next roll-up, or a hold's deadline, is due, or None."""
        return await self._store.next_due()

    async def _run(
        self, keys: Collection[Key], decide: Callable[[Ledger], Writes], callers: Collection[Key] = ()
    ) -> None:
        self._wake(await self._store.take_in(keys, self._setting.desk.leading, decide, callers))
