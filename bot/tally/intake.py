"""Intake: judges what a source sent, compares it with the accepted readings, and routes the changes to channels.

A reading, its verdict and change, the record of what was posted in each channel, and the outbox rows are committed in
one transaction. After a crash before the commit, nothing has happened and the feed is read again. After a crash later,
everything is still posted. An answer with many readings takes several transactions (`Intake.accept`). `IntakeDecision`
turns verdicts into rows.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import structlog

from bot.clock import Clock
from bot.count.judgement import (
    POSTED,
    REPEATED,
    UNDONE,
    AcceptedReading,
    Hold,
    HoldReason,
    JudgedState,
    Verdict,
    drop_held,
    judge,
    release,
    repeated,
    same_votes,
)
from bot.count.margin import margin_of
from bot.count.phase import Phase, phase_of
from bot.count.reading import Reading, recount_under_way
from bot.desk.desk_file import Contest, Source
from bot.errors import BadInputError
from bot.feeds.receivers import Delivery
from bot.outbox.follow_up_store import notify_desk
from bot.outbox.notices_store import NoticePost
from bot.outbox.outbox import Outbox
from bot.outbox.rows import Action, AuditRow, OutboxRow
from bot.outbox.states import State
from bot.outbox.tx import Tx
from bot.outcomes.calls import new_call, repeated_call
from bot.outcomes.outcomes_store import FeedCall, FeedCalls, SaidCall, load_calls
from bot.tally.changes import ChangeRouter
from bot.tally.feed_proofs_store import record_proof
from bot.tally.holds_store import EndedHold, held_key, remove_expired_undo
from bot.tally.holds_words import Editor, Undone, settled_words, undo_button, withdrawn_post
from bot.tally.intake_store import (
    MOST_PARSED,
    Follow,
    IntakeStore,
    Ledger,
    Series,
    SeriesKey,
    beside,
    checked,
    followers,
    key_of,
    load,
    load_relations,
    packed,
    refuse,
    take_postponed,
)
from bot.tally.intake_words import too_large_notice
from bot.tally.other_sources import OtherMargin, OtherSources
from bot.tally.reported_batches_store import mark_counted
from bot.tally.withdrawal_store import PostWithMessage, Undoing, undo
from bot.tally.writes_store import (
    HoldContradicted,
    NewVerdict,
    OpenedHold,
    SeriesState,
    SettledHold,
    StoredChange,
    StoredReading,
    UnitChange,
    Writes,
    write,
)
from bot.wording.card import Link, address_of
from bot.wording.context import Setting

_LIVE = timedelta(hours=12)
"""A change in a count older than this, by its own time, is no proof that the source is live."""

LARGEST = 4 << 20
"""The most bytes of a reading, since each change stores a whole one. Georgia's 159 counties by vote type take 68
KiB.
"""

_FEW_UNITS = 200
"""A reading with this many units or fewer is smaller than `LARGEST`, so its size is not measured."""

Fate: TypeAlias = Literal["accepted", "unchanged", "held", "ignored"]

_AUDITED: Mapping[Undoing, str] = {"undo": "hold undo", "withdraw": "hold withdraw", "again": "hold withdraw undo"}

log = structlog.get_logger()


@dataclass(slots=True)
class ReadingCounts:
    """The numbers of readings in a delivery that were accepted, unchanged, held or ignored.

    `notes` has the reasons why readings were held or ignored.
    """

    accepted: int = 0
    unchanged: int = 0
    held: int = 0
    ignored: int = 0
    not_covered: int = 0
    """Readings of contests that the desk file does not have, from before the count, or that could not be translated."""
    by_source: Counter[tuple[str, Fate]] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    """Why readings were held or ignored, each with its contest."""
    moving: set[str] = field(default_factory=set)
    """Sources whose votes changed while the count was live."""

    def add(self, reading: Reading, verdict: Verdict) -> None:
        """Count one more reading, by its verdict."""
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
    """The accepted reading before the decision."""
    channels: tuple[int, ...]
    """The channels of the editor's server in which the decision causes a post."""
    source: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The result of undoing an editor's decision on a held reading, or a preview of that result."""

    undone: Undone
    posts: tuple[OutboxRow, ...] = ()
    """The posts that this causes in the editor's server."""


class Intake:
    """The service that accepts readings, and later acts on held readings and on changes that wait for a roll-up.

    Each step is one transaction.
    """

    def __init__(self, store: IntakeStore, outbox: Outbox, setting: Setting, clock: Clock) -> None:
        """Create the service that takes in readings.

        The state is read from `store`, and all writes go through `outbox`.
        """
        self._store = store
        self._outbox = outbox
        self._setting = setting
        self._clock = clock
        self._parsed: dict[int, Reading] = {}
        """A cache of recently accepted readings by id, so that the next fetch need not parse them again."""
        self.taken_in: Counter[tuple[str, Fate]] = Counter()
        """How many readings of each source had which fate, since the start."""

    async def accept(self, delivery: Delivery) -> ReadingCounts:
        """Store a delivery and the posts it causes, part by part.

        Returns how many readings were accepted, held or ignored. Each part is one transaction; other writes and posts
        can happen in between. After a crash or an error only the parts before it are stored, and the source is read
        again from the start. Readings that were already stored are then older or unchanged, so nothing is posted
        twice. The last part also stores when the source was last read, or that its push was received. A part in which
        votes changed also stores when the source's votes last changed.
        """
        desk, counted = self._setting.desk, ReadingCounts()
        # A state's answer can have a thousand contests; the desk file may cover only two of them.
        covered = [one for one in delivery.readings if desk.contest_with_key(one.source, one.contest)]
        counted.not_covered = len(delivery.readings) - len(covered)
        for part in replace(delivery, readings=covered).parts():

            def store(tx: Tx, part: Delivery = part) -> dict[int, Reading]:
                return accept(tx, part, counted, self._parsed)

            before = counted.by_source.copy()
            accepted = await self._outbox.write(store)
            self.taken_in += counted.by_source - before
            self._parsed = accepted if len(self._parsed) > MOST_PARSED else self._parsed | accepted
        return counted

    def phases(self, readings: Sequence[Reading]) -> dict[str, Phase]:
        """Return the phase of the count in each of these readings' contests, by the contest's id in the desk file.

        If readings of one contest show different phases, the busiest one is returned.
        """
        found: dict[str, Phase] = {}
        for reading in readings:
            if contest := self._setting.desk.contest_with_key(reading.source, reading.contest):
                phase = phase_of(reading, contest.night_until)
                found[contest.id] = max(phase, found.get(contest.id, phase))
        return found

    async def roll_up(self) -> None:
        """Post the roll-ups that are due, and the comparisons with other sources whose quiet hours are over."""
        now = self._clock.now()

        def roll_up(tx: Tx) -> None:
            ledger, writes = _load(tx, keys, self._parsed), Writes()
            router = ChangeRouter(ledger, writes, tx.setting, tx.now)
            for series in ledger.series.values():
                for_now = [follow for follow in ledger.follows.get(series.key, ()) if follow.due(tx.now)]
                ledger.follows[series.key] = for_now
                router.roll_up(series)
            write(tx, writes)

        def compare(tx: Tx) -> None:
            due = take_postponed(tx.connection, tx.now)
            ledger = _load(tx, postponed, self._parsed)
            deciding = IntakeDecision(ledger, tx, ReadingCounts())
            for series in ledger.series.values():
                follows = [one for one in ledger.follows.get(series.key, ()) if (one.id, series.id) in due]
                deciding.relate(series, follows)
            _store(tx, deciding)

        if keys := await self._store.due(now):
            await self._outbox.write(roll_up)
        if postponed := await self._store.postponed(now):
            await self._outbox.write(compare)

    async def ask_about_holds(self) -> None:
        """Ask desks about holds that are past their deadline, and again if somebody pressed Wait and the wait is over.

        Also removes Undo buttons whose time is over.
        """
        now = self._clock.now()
        overdue, holds_to_ask_again = (
            set(await self._store.overdue_holds(now)),
            await self._store.holds_to_ask_again(now),
        )

        def tell(tx: Tx) -> None:
            ledger, writes = _load(tx, overdue | holds_to_ask_again.keys(), self._parsed), Writes()
            router = ChangeRouter(ledger, writes, tx.setting, tx.now)
            for series in ledger.series.values():
                if series.key in overdue:
                    router.held(series)
                if servers := holds_to_ask_again.get(series.key):
                    router.ask_about_hold_again(series, servers)
            write(tx, writes)

        if overdue or holds_to_ask_again:
            await self._outbox.write(tell)
        if await self._store.has_undo_over():
            await self._outbox.write(remove_expired_undo)

    async def next_confirmation(self) -> datetime | None:
        """Return when to check again whether a source repeats a reading that is on hold, or None.

        Only readings that their source can confirm by repeating them are considered (`CONFIRMED_BY_SOURCE`).
        """
        return await self._store.next_confirmation(self._clock.now())

    async def next_due(self) -> datetime | None:
        """Return when the next roll-up or hold deadline is due; None if there is none."""
        return await self._store.next_due()


def settle(tx: Tx, key: str, editor: Editor, *, post: bool) -> HoldDecided | None:
    """Post or drop a held reading, as an editor decided.

    Returns None if `key` (see `held_key`) is not the reading now on hold.

    Feeds are shared: a decision by one server's desk applies to all servers that follow the contest, and is in the
    audit log of each server.
    """
    keys = key_of(tx, int(key.partition(":")[0]))
    if not keys:
        return None
    ledger = _load(tx, keys, {})
    (series,) = ledger.series.values()
    hold, before = series.known.hold, series.known
    if hold is None or key != held_key(series.id, hold.since, hold.reading):
        return None
    deciding = IntakeDecision(ledger, tx, ReadingCounts(), editor)
    source, contest, count = series.key
    what = {"source": source, "count": count, "reason": hold.reason.value}
    followers = (follow.server for follow in ledger.follows.get(series.key, ()))
    for one in dict.fromkeys((editor.server, *followers)):
        confirmed = {"confirmed_by": editor.confirmed_by} if editor.confirmed_by and one == editor.server else None
        did = "hold post" if post else "hold drop"
        deciding.audit(AuditRow(tx.now, one, editor.named_in(one), did, contest, what, confirmed))
    deciding.apply(series, release(before) if post else drop_held(before), None, POSTED if post else None)
    told = deciding.told(editor.server)
    _store(tx, deciding)
    return HoldDecided(hold.reading, before.accepted, told, source)


def undo_decision(tx: Tx, series: int, since: datetime, editor: Editor, how: Undoing) -> Withdrawn:
    """Undo an editor's decision on a held reading.

    `how`: see `Undoing`. If the reading was posted, its unsent posts are dropped, its sent posts are retracted, and
    later readings are judged again from the count before it. If it was dropped or withdrawn, it is on hold again.
    """
    done, told = undo(tx, series, since, editor.server, editor.who, how)
    if done.refused:
        return Withdrawn(done)
    ledger = _load(tx, key_of(tx, series), {})
    (of,) = ledger.series.values()
    deciding = IntakeDecision(ledger, tx, ReadingCounts(), editor)
    deciding.undone(of, since, done, told, how)
    for reading in done.later:
        deciding.apply(of, _judge(reading, of.known, tx), reading)
    writes = _store(tx, deciding)
    posts = (row for row in writes.outbox if row.server == editor.server and row.action is Action.POST)
    return Withdrawn(done, tuple(posts))


def accept(tx: Tx, part: Delivery, counted: ReadingCounts, parsed: Mapping[int, Reading]) -> dict[int, Reading]:
    """Store a part of a delivery and the posts it causes. Returns the readings now accepted in their series, by id.

    Args:
        tx: the transaction.
        part: a part small enough for one transaction.
        counted: the numbers of accepted, held and ignored readings so far; the part's numbers are added.
        parsed: stored readings that are already parsed, by id.
    """
    refused, readings, too_large = list(part.refusals), list[Reading](), dict[str, Reading]()
    for reading in _translated(tx, part, counted, refused):
        if _is_too_large(reading):
            too_large[f"{reading.contest}: is larger than {LARGEST >> 20} MiB, the most that is stored"] = reading
        else:
            readings.append(reading)
    if refused or too_large:
        new = refuse(tx, part.source, [*too_large, *refused])
        for why, reading in too_large.items():
            if why in new:
                _tell_too_large(tx, reading, why)
    counted.notes += too_large
    accepted = _take(tx, readings, counted, parsed) if readings else {}
    if part.unchanged:
        _repeat(tx, part, parsed)
    read = any(tx.setting.desk.contest_with_key(part.source, contest) for contest in part.contests)
    moved = part.source in counted.moving
    if read or moved:
        record_proof(tx, part.source, read=read, moved=moved)
    if part.remember is not None:
        tx.store([part.remember(counted)])
    return accepted


def _translated(tx: Tx, part: Delivery, counted: ReadingCounts, refused: list[str]) -> list[Reading]:
    """Return a part's readings with the desk file's ids.

    If a reading can't be translated, the reason is added to `refused`.
    """
    translated = []
    for reading in part.readings:
        try:
            ours = tx.setting.desk.translate(reading)
        except BadInputError as error:
            log.warning("a reading was refused", source=reading.source, why=str(error))
            refused.append(str(error))
            ours = None
        if ours is None or _is_before(ours, tx.setting):
            counted.not_covered += 1
        else:
            translated.append(ours)
    return translated


def _is_too_large(reading: Reading) -> bool:
    return len(reading.units or ()) > _FEW_UNITS and len(reading.to_json()) > LARGEST


def _tell_too_large(tx: Tx, reading: Reading, why: str) -> None:
    """Notify each desk that follows the contest, once, that a source's reading is too large. `why` is for the log."""
    log.warning("a reading was refused", source=reading.source, why=why)
    contest, source = tx.setting.desk.contest(reading.contest), tx.setting.desk.source(reading.source)
    if contest is not None and source is not None:
        for server in followers(tx, contest.id):
            if source.id not in tx.setting.inside(server):
                notify_desk(tx, server, too_large_notice(source, contest, LARGEST >> 20, tx.setting))


def _take(
    tx: Tx, readings: Sequence[Reading], counted: ReadingCounts, parsed: Mapping[int, Reading]
) -> dict[int, Reading]:
    """Judge readings in the order given, and store the results. Returns the readings now accepted in their series, by id."""
    keys = dict.fromkeys(reading.series for reading in readings)
    ledger = _load(tx, keys, parsed)
    for source, contest, _ in {reading.series for reading in readings if reading.says is not None}:
        ledger.calls[contest, source] = load_calls(tx.connection, contest, source)
    deciding = IntakeDecision(ledger, tx, counted)
    for reading in readings:
        series = ledger.series[reading.series]
        deciding.apply(series, _judge(reading, series.known, tx), reading)
    _store(tx, deciding)
    return {
        series.accepted_id: series.known.accepted
        for series in ledger.series.values()
        if series.accepted_id is not None and series.known.accepted is not None
    }


def _repeat(tx: Tx, part: Delivery, parsed: Mapping[int, Reading]) -> None:
    """Record that a source has nothing new.

    A reading on hold that its source can confirm (`CONFIRMED_BY_SOURCE`) is accepted if the source has shown it for
    long enough.
    """
    keys = {
        (part.source, contest.id, count)
        for key, count in part.unchanged
        if (contest := tx.setting.desk.contest_with_key(part.source, key)) is not None
    }
    if held := checked(tx, keys):
        ledger = _load(tx, held, parsed)
        deciding = IntakeDecision(ledger, tx, ReadingCounts())
        for series in ledger.series.values():
            if series.held_is_newest:
                deciding.apply(series, repeated(series.known, tx.now), None)
        _store(tx, deciding)


def _store(tx: Tx, deciding: "IntakeDecision") -> Writes:
    """Store a decision's rows, and mark the reported batches that the counts now include."""
    writes = deciding.finish()
    write(tx, writes)
    if deciding.moved:
        mark_counted(tx, deciding.moved)
    return writes


def _load(tx: Tx, keys: Collection[SeriesKey], parsed: Mapping[int, Reading]) -> Ledger:
    """Return the state of some series, with the data for comparing other sources with the posted margins."""
    ledger = load(tx, keys, parsed)
    load_relations(tx.connection, ledger, beside(ledger, keys))
    return ledger


def _judge(reading: Reading, known: JudgedState, tx: Tx) -> Verdict:
    """Judge a reading, or ignore it if the desk file does not list its leader or runner-up."""
    stranger = _unlisted_candidate(reading, tx.setting)
    if stranger is None:
        verdict = judge(reading, known, tx.now)
    else:
        verdict = Verdict(known, ignored=f"{stranger} is not a candidate of the desk file")
    if verdict.ignored and reading.as_of >= (known.accepted.as_of if known.accepted else reading.as_of):
        log.warning("a reading was ignored", source=reading.source, contest=reading.contest, why=verdict.ignored)
    return verdict


def _unlisted_candidate(reading: Reading, setting: Setting) -> str | None:
    """Return the id of a leader or runner-up that is missing from the desk file, or None."""
    contest = setting.desk.contest(reading.contest)
    if contest is None or all(contest.candidate(key) for key in reading.votes):
        return None
    margin = margin_of(reading.votes)
    first_two = (margin.leader, margin.runner_up)
    return next((key for key in first_two if key is not None and contest.candidate(key) is None), None)


def _is_before(reading: Reading, setting: Setting) -> bool:
    """Return True for figures from before the count began. They are ignored except in a rehearsal."""
    contest = setting.desk.contest(reading.contest)
    return not setting.rehearsal and contest is not None and contest.is_before(reading)


def fate_of(verdict: Verdict) -> Fate:
    """Return what a verdict means for its reading: "accepted", "unchanged", "held" or "ignored"."""
    if verdict.taken:
        return "accepted"
    if verdict.held:
        return "held"
    return "ignored" if verdict.ignored else "unchanged"


class IntakeDecision:
    """A builder of the rows to write for the verdicts on some readings, within one transaction."""

    def __init__(self, ledger: Ledger, tx: Tx, counted: ReadingCounts, editor: Editor | None = None) -> None:
        """Create the decision on the verdicts of one transaction.

        State is read from `ledger`, which was loaded in `tx`, and the numbers in `counted` are increased. `editor` is
        the editor who decided, or None for readings of a feed.
        """
        self._editor = editor
        self._ledger = ledger
        self._setting = tx.setting
        self._now = tx.now
        self._counted = counted
        self._writes = Writes()
        self._router = ChangeRouter(ledger, self._writes, tx.setting, tx.now)
        self._relating = OtherSources(ledger, self._writes, tx.setting, tx.now)
        self.moved: set[str] = set()
        """The contests whose votes changed."""
        self._touched: dict[int, Series] = {}
        self._opened: dict[int, OpenedHold] = {}
        """Holds that were opened in this transaction and are still open, by series."""
        self._unheard_of: set[int] = set()
        """Series whose hold began in this transaction, so that nobody has seen a notice of it or answered."""

    def apply(self, series: Series, verdict: Verdict, reading: Reading | None, how: str | None = None) -> None:
        """Add the rows and posts that follow from a verdict.

        Args:
            series: the series of the verdict; updated in place.
            verdict: the verdict.
            reading: the reading judged; None if the source or an editor decided about the one on hold.
            how: how the hold ended; None if the reading ended it.
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
            self._store(series, reading, "ignored", verdict.ignored)
            if series.held_id is not None:
                self._writes.contradicted_holds.append(HoldContradicted(series.id, contradicted=True))
        elif series.held_id is not None and not series.held_is_newest and verdict.hold is before.hold:
            # It shows the held reading again.
            self._writes.contradicted_holds.append(HoldContradicted(series.id, contradicted=False))
        if verdict.held:
            self._open_hold(series, verdict, before.hold)
        if reading is not None and not verdict.ignored:
            earlier = before.hold.reading if before.hold else before.accepted
            self._store_call(series, reading, earlier, series.held_id or series.accepted_id)
        series.known = verdict.known
        if verdict.hold is None:
            series.held_id = None

    def audit(self, row: AuditRow) -> None:
        """Add a row to the audit log."""
        self._writes.audit.append(row)

    def told(self, server: int) -> tuple[int, ...]:
        """Return the channels of a server that get a post from this decision, other than notices."""
        rows = self._writes.outbox
        return tuple(dict.fromkeys(row.channel for row in rows if row.server == server and row.kind != NoticePost.name))

    def relate(self, series: Series, follows: list[Follow]) -> None:
        """Compare the accepted reading of a series with the leading source's margin last posted in each channel."""
        source, contest = self._setting.desk.source(series.key[0]), self._setting.desk.contest(series.key[1])
        reading = series.known.accepted
        if source is None or contest is None or reading is None:
            return
        if not any(reading.votes.values()) or recount_under_way(reading):
            return  # before the first votes every source has the same zeros; a part of a recount is no margin
        other = OtherMargin.of_series(series, contest, source)
        if other is not None:
            self._relating.tell(other, follows)

    def undone(
        self, series: Series, since: datetime, done: Undone, told: Sequence[PostWithMessage], how: Undoing
    ) -> None:
        """Add the rows for an undone decision: audit rows, edits of the hold's notices, and retractions of its posts.

        `done` is the result of undoing, `told` are the posts to retract, and `how` is the kind of undoing.
        """
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
            elif post.card is not None:  # one retraction a channel names all of them, and each says so
                marked_replaced = post.card.marked_replaced("Retracted", draft.says, number, f"#{number}")
                edits.append(OutboxRow.edit(post, marked_replaced, self._now, draft.kind))
        self._writes.outbox += edits

    def finish(self) -> Writes:
        """Return all rows to write, with the final state of each series whose readings were judged."""
        self._writes.opened_holds += self._opened.values()
        self._writes.series += [
            SeriesState(
                series.id,
                series.accepted_id,
                series.known.leader,
                series.changed_at,
                series.checked_at,
                packed(series.known.trail),
                series.stood_id,
            )
            for series in self._touched.values()
        ]
        return self._writes

    def _accept(self, series: Series, taken: AcceptedReading, before: JudgedState) -> None:
        hold = before.hold
        if hold is not None and taken.reading is hold.reading and series.held_id is not None:
            reading_id = series.held_id
            self._writes.verdicts.append(NewVerdict(reading_id, "accepted", hold.reason))
        else:
            reading_id = self._store(series, taken.reading, "accepted", None)
        change = taken.change
        moved = change.kind != "progress"
        self._writes.changes.append(
            StoredChange(
                reading_id, series.accepted_id, change.kind, change.leader, change.margin, moved, change.to_json()
            )
        )
        self._writes.unit_changes += [
            UnitChange(series.id, unit, reading_id, votes) for unit, votes in (change.units or {}).items()
        ]
        self._router.tell(series, taken, reading_id)
        series.known = JudgedState(taken.reading, change.leader)
        series.accepted_id = reading_id
        if moved:
            self.moved.add(taken.reading.contest)
            series.changed_at = taken.reading.as_of
            if change.kind != "first" and self._now - taken.reading.as_of < _LIVE:
                self._counted.moving.add(taken.reading.source)
            self.relate(series, self._ledger.follows.get(series.key, []))

    def _store_call(self, series: Series, reading: Reading, before: Reading | None, reading_id: int | None) -> None:
        """Store a call that a reading contains, if it is new, and post it in servers that repeat the source's calls.

        `before` is the previous reading, and `reading_id` is the id of `reading`.
        """
        source, contest = self._setting.desk.source(series.key[0]), self._setting.desk.contest(series.key[1])
        known = self._ledger.calls.get((reading.contest, reading.source))
        if source is None or contest is None or known is None:
            return
        said = new_call(source, known, reading, before)
        if said is None:
            return
        body = said.call.model_dump_json(exclude_defaults=True)
        self._writes.calls.append(FeedCall(contest.id, source.id, said.as_of, self._now, reading_id, body))
        if said.call.since == "at":
            for follow in self._ledger.follows.get(series.key, ()):
                self._repeat_call(follow, contest, source, said, known, reading.names)
        self._ledger.calls[contest.id, source.id] = FeedCalls(said, {}, known.repeated, known.told)

    def _repeat_call(
        self,
        follow: Follow,
        contest: Contest,
        source: Source,
        call: SaidCall,
        known: FeedCalls,
        names: Mapping[str, str] | None,
    ) -> None:
        made = repeated_call(
            contest, source, call, known, follow.server, follow.channel, self._setting, self._now, names
        )
        if made is not None:
            draft, about = made
            number = self._ledger.number(follow.server, draft.words)
            to = (follow.server, follow.channel, number)
            self._writes.outbox.append(OutboxRow.worded(*to, draft, self._now, contest.id, source.id, about))

    def _settle(self, series: Series, verdict: Verdict, how: str | None) -> None:
        """Close the open hold of a series, and record the final verdict on the reading on hold.

        `how` is how the hold ended; None if the next readings ended it.
        """
        hold = series.known.hold
        taken = any(one.reading is hold.reading for one in verdict.taken) if hold else False
        outcome = how or verdict.dropped or ("a rise followed it" if taken and len(verdict.taken) > 1 else REPEATED)
        if (opened := self._opened.pop(series.id, None)) is not None:
            self._writes.opened_holds.append(replace(opened, settled_at=self._now, outcome=outcome))
        else:
            by = (self._editor.who, self._editor.server) if self._editor else (None, None)
            self._writes.settled_holds.append(SettledHold(series.id, self._now, outcome, *by))
        unheard_of = series.id in self._unheard_of and not series.hold_told
        if hold is not None and not _is_same_hold(hold, verdict.hold) and not unheard_of:
            said = settled_words(series.key, hold, outcome, self._editor, self._setting, self._now)
            undo = None
            if self._editor is not None:
                undo = (self._editor.server, undo_button(held_key(series.id, hold.since, hold.reading)))
            self._writes.ended_holds.append(EndedHold(series.id, hold.since, outcome, said, undo))
        if not taken and series.held_id is not None:
            self._writes.verdicts.append(NewVerdict(series.held_id, "dropped", outcome))

    def _open_hold(self, series: Series, verdict: Verdict, before: Hold | None) -> None:
        """Store the newly held reading, in a new hold or the one already open."""
        hold = verdict.hold
        if hold is None:
            return
        series.held_id = self._store(series, hold.reading, "held", hold.reason)
        if not _is_same_hold(before, hold):
            self._unheard_of.add(series.id)
        series.hold_told = hold.asks_at_once or (_is_same_hold(before, hold) and series.hold_told)
        self._opened[series.id] = OpenedHold(
            series.id, series.held_id, hold.reason, hold.since, hold.deadline, told=series.hold_told
        )
        if hold.asks_at_once and (before is None or not before.asks_at_once):
            self._router.held(series, hold)
        elif before is not None and _is_same_hold(before, hold) and not same_votes(before.reading, hold.reading):
            self._router.newer_held(series, hold)

    def _store(self, series: Series, reading: Reading, verdict: str, reason: str | None) -> int:
        reading_id = self._ledger.next_reading
        self._ledger.next_reading += 1
        self._writes.readings.append(
            StoredReading(reading_id, series.id, reading.as_of, self._now, verdict, reason, reading.to_json())
        )
        return reading_id


def _is_same_hold(before: Hold | None, after: Hold | None) -> bool:
    """Return True if both are the same hold, perhaps with a newer reading."""
    return before is not None and after is not None and (before.reason, before.since) == (after.reason, after.since)
