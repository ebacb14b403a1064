"""Intake: readings are judged, compared and routed, all in one transaction; `IntakeDecision` turns the verdicts into rows.

Reading, verdict, change, what each channel was told and the outbox rows are committed together. After a crash before
that, nothing has happened, and the feed is read again; after a crash since, everything will be posted.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import structlog

from bot.clock import Clock
from bot.count.change import Change
from bot.count.judgement import (
    POSTED,
    REPEATED,
    UNDONE,
    Hold,
    HoldReason,
    Known,
    Taken,
    Verdict,
    drop_held,
    judge,
    release,
    repeated,
    same_votes,
)
from bot.count.margin import Margin, margin_of
from bot.count.phase import Phase, phase_of
from bot.count.reading import Reading, recount_under_way
from bot.database.database import to_micros
from bot.desk.desk_file import Contest, Source
from bot.errors import BadInputError
from bot.outbox.notices_store import NoticePost
from bot.outbox.outbox_words import updated_content
from bot.outbox.rows import Action, AuditRow, OutboxRow
from bot.outbox.states import State
from bot.outbox.tx import Tx
from bot.outcomes.calls import heard_call, repeated_call
from bot.outcomes.outcomes_store import FeedCalls, SaidCall
from bot.tally.changes import ChangeRouter
from bot.tally.feed_proofs_store import FeedProofs
from bot.tally.holds_store import EndedHold, held_key
from bot.tally.holds_words import Editor, Undone, settled_words, undo_button, withdrawn_post
from bot.tally.intake_store import Follow, IntakeStore, Ledger, Series, SeriesKey, Writes, packed, take_put_off
from bot.tally.other_sources import OtherMargin, OtherSources
from bot.tally.withdrawal_store import ToldPost, Undoing, undo
from bot.wording.context import Setting
from bot.wording.draft import Link, address_of

_LIVE = timedelta(hours=12)
"""How old a count may be for its votes to be seen moving, and not be read from what is over."""

Fate: TypeAlias = Literal["accepted", "unchanged", "held", "ignored"]

_AUDITED: Mapping[Undoing, str] = {"undo": "hold undo", "withdraw": "hold withdraw", "again": "hold withdraw undo"}

log = structlog.get_logger()


@dataclass(slots=True)
class ReadingsTaken:
    """How many readings of a batch were accepted, held or ignored, and why."""

    accepted: int = 0
    unchanged: int = 0
    held: int = 0
    ignored: int = 0
    not_covered: int = 0
    """Of contests that the desk file does not have."""
    by_source: Counter[tuple[str, Fate]] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    """Why readings were held or ignored, each with its contest."""
    moving: set[str] = field(default_factory=set)
    """Sources whose votes moved as they were counted."""

    def add(self, reading: Reading, verdict: Verdict) -> None:
        """Count one more reading."""
        fate = fate_of(verdict)
        setattr(self, fate, getattr(self, fate) + 1)
        self.by_source[reading.source, fate] += 1
        if fate in ("held", "ignored") and (why := verdict.ignored or verdict.held):
            self.notes.append(f"{reading.contest}: {fate}: {why}")


@dataclass(frozen=True, slots=True)
class HoldDecided:
    """A held reading on which an editor decided."""

    reading: Reading
    before: Reading | None
    """What was accepted till then."""
    channels: tuple[int, ...]
    """Of the editor's server: those that are told of it now."""
    source: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What undoing an editor's word on a held reading did, or would do."""

    undone: Undone
    posts: tuple[OutboxRow, ...] = ()
    """What it posts in the editor's server."""


Keep = Callable[[ReadingsTaken], tuple[object, ...]]
"""Makes the row of `pushes` that remembers a push."""


class Intake:
    """Takes in readings: all that follows from them is one transaction."""

    def __init__(self, store: IntakeStore, proofs: FeedProofs, setting: Setting, clock: Clock) -> None:
        """Store into `store`."""
        self._store = store
        self._proofs = proofs
        self._setting = setting
        self._clock = clock
        self.taken_in: Counter[tuple[str, Fate]] = Counter()
        """How many readings of each source came to what, since the start."""

    async def take_in(self, readings: Sequence[Reading], keep: Keep | None = None) -> ReadingsTaken:
        """Take in readings in the order given, all of them or, on an error, none; return what became of them.

        `keep`: of a push, makes the row that remembers it of what became of its readings; stored with them.
        """
        translated, refused = self._translated(readings)
        counted = ReadingsTaken()
        if translated or keep:
            now = self._clock.now()
            keys = {(reading.source, reading.contest, reading.count) for reading in translated}

            def decide(ledger: Ledger) -> Writes:
                deciding = IntakeDecision(ledger, self._setting, now, counted)
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
            if keep:  # of what is asked for it is kept as it is read
                for key in sorted({reading.source for reading in translated}):
                    await self.read(key, [one for one in readings if one.source == key])
            for key in sorted(counted.moving):
                if (moving := self._setting.desk.source(key)) is not None:
                    await self._proofs.seen(moving, now, moved=True)
        counted.not_covered = len(readings) - len(translated)
        for source, reason in refused:
            await self.refused(source, [reason])
        return counted

    async def read(self, source: str, readings: Sequence[Reading]) -> None:
        """Record that a source's answer was read, if a contest of the desk file is in it; also before election day."""
        known = self._setting.desk.source(source)
        if known is not None and any(self._setting.desk.contest_called(source, one.contest) for one in readings):
            await self._proofs.seen(known, self._clock.now(), moved=False)

    def phases(self, readings: Sequence[Reading]) -> dict[str, Phase]:
        """Return which phase of its count each contest is in by these readings, by the desk's id of the contest."""
        found: dict[str, Phase] = {}
        for reading in readings:
            if contest := self._setting.desk.contest_called(reading.source, reading.contest):
                phase = phase_of(reading, contest.night_until)
                found[contest.id] = max(phase, found.get(contest.id, phase))
        return found

    async def refused(self, source: str, reasons: Collection[str]) -> None:
        """Store why parts of a source's answer were refused: each reason once, with when it was first and last seen."""
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
            deciding = IntakeDecision(ledger, self._setting, now, ReadingsTaken())
            for series in ledger.series.values():
                if series.held_is_newest:
                    deciding.apply(series, repeated(series.known, now), None)
            return deciding.finish()

        if held := await self._store.checked(keys, now):
            await self._run(held, decide)

    async def roll_up(self) -> None:
        """Post what has waited long enough; then compare it with other sources' figures that quiet hours put off."""
        now = self._clock.now()
        keys = await self._store.due(now)

        def decide(ledger: Ledger) -> Writes:
            writes = Writes()
            router = ChangeRouter(ledger, writes, self._setting, now)
            relating = OtherSources(ledger, writes, self._setting, now)

            def caught_up(follow: Follow, key: SeriesKey, margin: Margin, total: int | None) -> int | None:
                leads = None if margin.votes is None else (margin.leader, margin.votes)
                ahead = relating.caught_up(follow, key[0], key[2], leads, total)
                return ahead.statement_id if ahead else None

            for series in ledger.series.values():
                for_now = [follow for follow in ledger.follows.get(series.key, ()) if follow.due(now)]
                ledger.follows[series.key] = for_now
                router.roll_up(series, caught_up)
            return writes

        if keys:
            await self._run(keys, decide)
        if put_off := await self._store.put_off(now):
            await self._hold_against(put_off, now)

    async def tell_of_holds(self) -> None:
        """Tell the channels of readings that are held and that nothing settled in time; ask again who wanted to be.

        What can't be undone any more loses its button.
        """
        now = self._clock.now()
        overdue, waited_for = set(await self._store.overdue_holds(now)), await self._store.waited_for(now)

        def decide(ledger: Ledger) -> Writes:
            writes = Writes()
            router = ChangeRouter(ledger, writes, self._setting, now)
            for series in ledger.series.values():
                if series.key in overdue:
                    router.held(series)
                if servers := waited_for.get(series.key):
                    router.held_again(series, servers)
            return writes

        if overdue or waited_for:
            await self._run(overdue | waited_for.keys(), decide)
        await self._store.take_undo_away()

    async def settle(
        self, contest: str, key: str, server: int, who: str, *, post: bool, confirmed_by: str | None = None
    ) -> HoldDecided | None:
        """Let the held reading with the key `key` (`held_key`) through, or drop it, on an editor's word; return it.

        None: it is not what is held now. Feeds are shared: what one server's desk decides holds for all that follow the
        contest, and is in the audit of each. `confirmed_by`: the second person, where the desk wants two.
        """
        now = self._clock.now()
        keys = await self._store.holds(contest)
        settled: list[HoldDecided] = []
        editor = Editor(server, who, confirmed_by, self._setting.newsrooms.get(server))

        def decide(ledger: Ledger) -> Writes:
            settled.clear()
            deciding = IntakeDecision(ledger, self._setting, now, ReadingsTaken(), editor)
            for series in ledger.series.values():
                hold = series.known.hold
                if hold is not None and key == held_key(series.id, hold.since, hold.reading):
                    what = {"source": series.key[0], "count": series.key[2], "reason": hold.reason.value}
                    followers = (follow.server for follow in ledger.follows.get(series.key, ()))
                    for one in dict.fromkeys((server, *followers)):
                        did = "hold post" if post else "hold drop"
                        confirmed = {"confirmed_by": confirmed_by} if confirmed_by and one == server else None
                        deciding.audit(AuditRow(now, one, editor.named_in(one), did, contest, what, confirmed))
                    verdict = release(series.known) if post else drop_held(series.known)
                    before, source = series.known, series.key[0]
                    deciding.apply(series, verdict, None, POSTED if post else None)
                    posted = deciding.told(server)
                    settled.append(HoldDecided(hold.reading, before.accepted, posted, source))
            return deciding.finish()

        if keys:
            await self._run(keys, decide)
        return settled[0] if settled else None

    async def undo(
        self,
        series: int,
        since: datetime,
        server: int,
        who: str,
        how: Undoing,
        confirmed_by: str | None = None,
        *,
        look: bool = False,
    ) -> Withdrawn:
        """Undo what an editor decided on a held reading; `how` is one of the ways of `Undoing`.

        What was let through is withdrawn: its unsent posts are dropped, sent ones are retracted, and what came after it is
        judged again from what stood before. What was dropped or withdrawn waits again. `look`: a preview, made by the same
        transaction, which is then taken back.
        """
        now, key = self._clock.now(), await self._store.key_of(series)
        done, told = Undone("gone"), list[ToldPost]()
        editor = Editor(server, who, confirmed_by, self._setting.newsrooms.get(server))
        posts = list[OutboxRow]()

        def first(tx: Tx) -> None:
            nonlocal done, told
            done, told = undo(tx, series, since, server, who, how)

        def decide(ledger: Ledger) -> Writes:
            (of,) = ledger.series.values()
            if done.refused:
                return Writes()
            deciding = IntakeDecision(ledger, self._setting, now, ReadingsTaken(), editor)
            deciding.undone(of, since, done, told, how)
            for reading in done.later:
                deciding.apply(of, self._judge(reading, of.known, now), reading)
            writes = deciding.finish()
            posts[:] = [row for row in writes.outbox if row.server == server and row.action is Action.POST]
            return writes

        if key is not None:
            await self._run([key], decide, first=first, look=look)
        return Withdrawn(done, tuple(posts))

    async def next_confirmation(self) -> datetime | None:
        """Return when a source should be asked again to confirm a fall that is held, or None."""
        return await self._store.next_confirmation(self._clock.now())

    async def next_due(self) -> datetime | None:
        """Return when the next roll-up, or a hold's deadline, is due, or None."""
        return await self._store.next_due()

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
                translated += [ours] if ours is not None and not self._is_before(ours) else []
        return translated, refused

    def _judge(self, reading: Reading, known: Known, now: datetime) -> Verdict:
        """Judge a reading, or ignore it if the desk file does not list its leader or runner-up."""
        stranger = self._stranger(reading)
        if stranger is None:
            verdict = judge(reading, known, now)
        else:
            verdict = Verdict(known, ignored=f"{stranger} is not a candidate of the desk file")
        if verdict.ignored and reading.as_of >= (known.accepted.as_of if known.accepted else reading.as_of):
            log.warning("a reading was ignored", source=reading.source, contest=reading.contest, why=verdict.ignored)
        return verdict

    def _stranger(self, reading: Reading) -> str | None:
        """Return the leader or the runner-up, if the desk file does not list them."""
        contest = self._setting.desk.contest(reading.contest)
        if contest is None or all(contest.candidate(key) for key in reading.votes):
            return None
        margin = margin_of(reading.votes)
        first_two = (margin.leader, margin.runner_up)
        return next((key for key in first_two if key is not None and contest.candidate(key) is None), None)

    def _is_before(self, reading: Reading) -> bool:
        """Return True for figures from before the count, of which nothing is told; a rehearsal takes them."""
        contest = self._setting.desk.contest(reading.contest)
        return not self._setting.rehearsal and contest is not None and contest.is_before(reading)

    async def _run(
        self,
        keys: Collection[SeriesKey],
        decide: Callable[[Ledger], Writes],
        callers: Collection[SeriesKey] = (),
        first: Callable[[Tx], None] | None = None,
        *,
        look: bool = False,
    ) -> None:
        await self._store.take_in(keys, self._setting.desk.leading, decide, callers, first, look=look)

    async def _hold_against(self, keys: Collection[SeriesKey], now: datetime) -> None:
        """Tell what other sources have by now in the channels whose quiet hours put it off, and are over."""
        due = set[tuple[int, int]]()

        def first(tx: Tx) -> None:
            due.update(take_put_off(tx.connection, now))

        def decide(ledger: Ledger) -> Writes:
            deciding = IntakeDecision(ledger, self._setting, now, ReadingsTaken())
            for series in ledger.series.values():
                follows = [one for one in ledger.follows.get(series.key, ()) if (one.id, series.id) in due]
                deciding.relate(series, follows)
            return deciding.finish()

        await self._run(keys, decide, first=first)


def fate_of(verdict: Verdict) -> Fate:
    """Return what became of a reading."""
    if verdict.taken:
        return "accepted"
    if verdict.held:
        return "held"
    return "ignored" if verdict.ignored else "unchanged"


class IntakeDecision:
    """Turns the verdicts on readings into the rows that are written."""

    def __init__(
        self, ledger: Ledger, setting: Setting, now: datetime, counted: ReadingsTaken, editor: Editor | None = None
    ) -> None:
        """Read from `ledger`, count in `counted`; `now` is the news clock's time, `editor` who decides, if somebody does."""
        self._editor = editor
        self._ledger = ledger
        self._setting = setting
        self._now = now
        self._stamp = to_micros(now)
        self._counted = counted
        self._writes = Writes()
        self._router = ChangeRouter(ledger, self._writes, setting, now)
        self._relating = OtherSources(ledger, self._writes, setting, now)
        self._touched: dict[int, Series] = {}
        self._opened: dict[int, list[object]] = {}
        """Holds opened in this transaction, by series; the last two columns are filled in when they are settled."""

    def apply(self, series: Series, verdict: Verdict, reading: Reading | None, how: str | None = None) -> None:
        """Store what became of a reading (None: the source or the desk spoke of the held one), and tell of it.

        `how` says how a hold that ends now came to its end, where it is not the reading's doing.
        """
        self._touched[series.id] = series
        before = series.known
        if reading is not None:
            series.checked_at = self._now
            self._counted.add(reading, verdict)
        if before.hold is not None and verdict.hold is not before.hold:
            self._settle(series, verdict, how)
        stands = series.accepted_id if verdict.known.stood is not before.stood else series.stood_id
        for taken in verdict.taken:
            self._accept(series, taken, before)
        series.stood_id = stands if verdict.known.stood else None
        if reading is not None and verdict.ignored:
            self._writes.ignored.append(self._row(series, reading, "ignored", verdict.ignored))
            if series.held_id is not None:
                self._writes.contradicted_holds.append((1, series.id))
        elif series.held_id is not None and not series.held_is_newest and verdict.hold is before.hold:
            self._writes.contradicted_holds.append((0, series.id))  # it shows the held reading again
        if verdict.held:
            self._open_hold(series, verdict, before.hold)
        if reading is not None and not verdict.ignored:
            earlier = before.hold.reading if before.hold else before.accepted
            self._hear_call(series, reading, earlier, series.held_id or series.accepted_id)
        series.known = verdict.known
        if verdict.hold is None:
            series.held_id = None

    def audit(self, row: AuditRow) -> None:
        """Store who decided."""
        self._writes.audit.append(row)

    def told(self, server: int) -> tuple[int, ...]:
        """Return the channels of a server that are told something of the count."""
        rows = self._writes.outbox
        return tuple(dict.fromkeys(row.channel for row in rows if row.server == server and row.kind != NoticePost.name))

    def relate(self, series: Series, follows: list[Follow]) -> None:
        """Compare what a series has accepted with what these channels were told by the source that leads there."""
        source, contest = self._setting.desk.source(series.key[0]), self._setting.desk.contest(series.key[1])
        reading = series.known.accepted
        if source is None or contest is None or reading is None:
            return
        if not any(reading.votes.values()) or recount_under_way(reading):
            return  # before the first votes every source has the same zeros; a part of a recount is no margin
        margin = margin_of(reading.votes, series.known.leader)
        if margin.votes is None:
            return
        other = OtherMargin(
            contest,
            source,
            reading.count,
            margin.leader,
            margin.votes,
            reading.total,
            reading.as_of,
            series=series.id,
        )
        self._relating.tell(other, follows)

    def undone(self, series: Series, since: datetime, done: Undone, told: Sequence[ToldPost], how: Undoing) -> None:
        """Tell that an editor's word on a held reading is undone: on its notices, in the audit, and where it was told."""
        self._touched[series.id] = series
        source, contest, count = series.key
        editor = self._editor
        if editor is None or done.reading is None:
            return
        followers = (follow.server for follow in self._ledger.follows.get(series.key, ()))
        what = {"source": source, "count": count, "posted": done.posted}
        for one in dict.fromkeys((editor.server, *followers)):
            by = editor.confirmed_by if one == editor.server else None
            confirmed = {"confirmed_by": by} if by else None
            self.audit(AuditRow(self._now, one, editor.named_in(one), _AUDITED[how], contest, what, confirmed))
        if not done.posted:
            self._router.held(series)
            return
        hold = Hold(done.reading, HoldReason.FALL, since, since)
        said = settled_words(series.key, hold, UNDONE, editor, self._setting, self._now)
        self._writes.ended_holds.append(EndedHold(series.id, since, UNDONE, said))
        of, stands = self._setting.desk.contest(contest), series.known.accepted
        if of is None or stands is None:
            return
        newest = {post.channel: post.id for post, _ in told if post.state is State.SENT}
        edits = []
        for post, message in reversed(told):
            there = Link(post.number, address_of(post.server, post.destination, message)) if message else None
            named = sorted({one.number for one, _ in told if one.channel == post.channel})
            draft = withdrawn_post(of, named, there, stands, self._setting, self._now)
            number = self._ledger.number(post.server, draft.headline)
            about = (post.contest, post.source, post.id)
            if post.state is not State.SENT or newest[post.channel] == post.id:
                self._writes.outbox.append(
                    OutboxRow.worded(post.server, post.channel, number, draft, self._now, *about)
                )
            elif post.content is not None:  # one retraction a channel names all of them, and each says so
                content = updated_content("Retracted", post.content, draft.content(number), f"#{number}")
                edits.append(
                    OutboxRow(
                        post.server,
                        post.channel,
                        post.number,
                        draft.kind,
                        self._now,
                        post.contest,
                        post.source,
                        about=post.id,
                        action=Action.EDIT,
                        content=content,
                    )
                )
        self._writes.outbox += edits

    def finish(self) -> Writes:
        """Return all rows, with each touched series as it is at the end."""
        for series in self._touched.values():
            changed_at = None if series.changed_at is None else to_micros(series.changed_at)
            checked_at = None if series.checked_at is None else to_micros(series.checked_at)
            known, trail = series.known, packed(series.known.trail)
            self._writes.series.append(
                (series.accepted_id, known.leader, changed_at, checked_at, trail, series.stood_id, series.id)
            )
        return self._writes

    def _accept(self, series: Series, taken: Taken, before: Known) -> None:
        hold = before.hold
        if hold is not None and taken.reading is hold.reading and series.held_id is not None:
            reading_id = series.held_id
            self._writes.verdicts.append(("accepted", hold.reason, reading_id))
        else:
            reading_id = self._store(series, taken.reading, "accepted", None)
        change = taken.change
        moved = change.kind != "progress"
        self._writes.changes.append(
            (reading_id, series.accepted_id, change.kind, change.leader, change.margin, int(moved), change.to_json())
        )
        self._writes.unit_changes += [
            (series.id, unit, reading_id, votes) for unit, votes in (change.units or {}).items()
        ]
        self._router.tell(series, taken, reading_id, self._caught_up)
        series.known = Known(taken.reading, change.leader)
        series.accepted_id = reading_id
        if moved:
            series.changed_at = taken.reading.as_of
            if change.kind != "first" and self._now - taken.reading.as_of < _LIVE:
                self._counted.moving.add(taken.reading.source)
            self.relate(series, self._ledger.follows.get(series.key, []))

    def _caught_up(self, follow: Follow, change: Change, after: Reading) -> int | None:
        margin = None if change.margin is None else (change.leader, change.margin)
        ahead = self._relating.caught_up(follow, change.source, change.count, margin, after.total)
        return ahead.statement_id if ahead else None

    def _hear_call(self, series: Series, reading: Reading, before: Reading | None, reading_id: int | None) -> None:
        """Store what a reading says of the outcome, if that is new, and tell the newsrooms that repeat its source's calls.

        `before` is the reading that came before it, `reading_id` its own id.
        """
        source, contest = self._setting.desk.source(series.key[0]), self._setting.desk.contest(series.key[1])
        known = self._ledger.calls.get((reading.contest, reading.source))
        if source is None or contest is None or known is None:
            return
        said = heard_call(source, known, reading, before)
        if said is None:
            return
        row = (contest.id, source.id, to_micros(said.as_of), self._stamp, reading_id)
        self._writes.calls.append((*row, said.call.model_dump_json(exclude_defaults=True)))
        if said.call.since == "at":
            for follow in self._ledger.follows.get(series.key, ()):
                self._repeat_call(follow, contest, source, said, known, reading.names)
        self._ledger.calls[contest.id, source.id] = FeedCalls(said, {}, known.repeated, known.told)

    def _repeat_call(
        self,
        follow: Follow,
        contest: Contest,
        source: Source,
        said: SaidCall,
        known: FeedCalls,
        names: Mapping[str, str] | None,
    ) -> None:
        made = repeated_call(
            contest, source, said, known, follow.server, follow.channel, self._setting, self._now, names
        )
        if made is not None:
            draft, about = made
            number = self._ledger.number(follow.server, draft.words)
            to = (follow.server, follow.channel, number)
            self._writes.outbox.append(OutboxRow.worded(*to, draft, self._now, contest.id, source.id, about))

    def _settle(self, series: Series, verdict: Verdict, how: str | None) -> None:
        """Close the hold that was open, and say of its reading what became of it."""
        hold = series.known.hold
        taken = any(one.reading is hold.reading for one in verdict.taken) if hold else False
        outcome = how or verdict.dropped or ("a rise followed it" if taken and len(verdict.taken) > 1 else REPEATED)
        by = (self._editor.who, self._editor.server) if self._editor else (None, None)
        if (row := self._opened.pop(series.id, None)) is not None:
            row[-2:] = [self._stamp, outcome]
        else:
            self._writes.settled_holds.append((self._stamp, outcome, *by, series.id))
        if hold is not None and not _goes_on(hold, verdict.hold):
            said = settled_words(series.key, hold, outcome, self._editor, self._setting, self._now)
            undo = None
            if self._editor is not None:
                undo = (self._editor.server, undo_button(held_key(series.id, hold.since, hold.reading)))
            self._writes.ended_holds.append(EndedHold(series.id, hold.since, outcome, said, undo))
        if not taken and series.held_id is not None:
            self._writes.verdicts.append(("dropped", outcome, series.held_id))

    def _open_hold(self, series: Series, verdict: Verdict, before: Hold | None) -> None:
        """Store the reading that waits now, with what has waited before it."""
        hold = verdict.hold
        if hold is None:
            return
        series.held_id = self._store(series, hold.reading, "held", hold.reason)
        series.hold_told = hold.told_at_once or (_goes_on(before, hold) and series.hold_told)
        since, deadline = to_micros(hold.since), to_micros(hold.deadline)
        row = [series.id, series.held_id, hold.reason, since, deadline, int(series.hold_told), None, None]
        self._opened[series.id] = row
        self._writes.opened_holds.append(row)
        if hold.told_at_once and (before is None or not before.told_at_once):
            self._router.held(series, hold)
        elif before is not None and _goes_on(before, hold) and not same_votes(before.reading, hold.reading):
            self._router.newer_held(series, hold)

    def _store(self, series: Series, reading: Reading, verdict: str, reason: str | None) -> int:
        row = self._row(series, reading, verdict, reason)
        self._writes.readings.append(row)
        return row[0]

    def _row(
        self, series: Series, reading: Reading, verdict: str, reason: str | None
    ) -> tuple[int, int, int, int, str, str | None, str]:
        reading_id = self._ledger.next_reading
        self._ledger.next_reading += 1
        return (reading_id, series.id, to_micros(reading.as_of), self._stamp, verdict, reason, reading.to_json())


def _goes_on(before: Hold | None, after: Hold | None) -> bool:
    """Return True if a hold is the one that was open before, perhaps of a newer reading."""
    return before is not None and after is not None and (before.reason, before.since) == (after.reason, after.since)
