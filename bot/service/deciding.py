"""From verdicts to rows: what a transaction stores of the readings it judged, and whom it tells."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from bot.cards.facts import Setting
from bot.cards.held import Editor, settled_words
from bot.count.change import Change
from bot.count.judgement import Hold, Known, Taken, Verdict
from bot.count.reading import Reading
from bot.count.reporting import recount_under_way
from bot.service.outcomes import Calls
from bot.service.relations import OtherMargin, Relating
from bot.service.telling import Telling
from bot.store.database import to_micros
from bot.store.holds import EndedHold
from bot.store.intake import Writes
from bot.store.ledger import Follow, Ledger, Series, packed
from bot.store.rows import AuditRow
from bot.store.words import REPEATED

Fate: TypeAlias = Literal["accepted", "unchanged", "held", "ignored"]


@dataclass(slots=True)
class Counted:
    """What became of a batch of readings."""

    accepted: int = 0
    unchanged: int = 0
    held: int = 0
    ignored: int = 0
    not_covered: int = 0
    """Of contests that the desk file does not have."""
    by_source: Counter[tuple[str, Fate]] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    """Why readings were held or ignored, each with its contest."""

    def add(self, reading: Reading, verdict: Verdict) -> None:
        """Count one more reading."""
        fate = fate_of(verdict)
        setattr(self, fate, getattr(self, fate) + 1)
        self.by_source[reading.source, fate] += 1
        if fate in ("held", "ignored") and (why := verdict.ignored or verdict.held):
            self.notes.append(f"{reading.contest}: {fate}: {why}")


def fate_of(verdict: Verdict) -> Fate:
    """Return in a word what became of a reading."""
    if verdict.taken:
        return "accepted"
    if verdict.held:
        return "held"
    return "ignored" if verdict.ignored else "unchanged"


class Deciding:
    """Turns verdicts into rows."""

    def __init__(
        self, ledger: Ledger, setting: Setting, now: datetime, counted: Counted, editor: Editor | None = None
    ) -> None:
        """Read from `ledger`, count in `counted`; `now` is the news clock's time, `editor` who decides, if somebody does."""
        self._editor = editor
        self._ledger = ledger
        self._setting = setting
        self._now = now
        self._stamp = to_micros(now)
        self._counted = counted
        self._writes = Writes()
        self._telling = Telling(ledger, self._writes, setting, now)
        self._relating = Relating(ledger, self._writes, setting, now)
        self._calls = Calls(ledger, self._writes, setting, now)
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
        for taken in verdict.taken:
            self._accept(series, taken, before)
        if reading is not None and verdict.ignored:
            self._ignore(series, reading, verdict.ignored)
        elif series.held_id is not None and not series.held_is_newest and verdict.hold is before.hold:
            self._writes.contradicted.append((0, series.id))  # it shows the held reading again
        if verdict.held:
            self._open_hold(series, verdict, before.hold)
        if reading is not None and not verdict.ignored:
            earlier = before.hold.reading if before.hold else before.accepted
            self._calls.hear(series, reading, earlier, series.held_id or series.accepted_id)
        series.known = verdict.known
        if verdict.hold is None:
            series.held_id = None

    def audit(self, row: AuditRow) -> None:
        """Store who decided."""
        self._writes.audit.append(row)

    def finish(self) -> Writes:
        """Return all rows, with each touched series as it is at the end."""
        for series in self._touched.values():
            changed_at = None if series.changed_at is None else to_micros(series.changed_at)
            checked_at = None if series.checked_at is None else to_micros(series.checked_at)
            known, trail = series.known, packed(series.known.trail)
            self._writes.series.append((series.accepted_id, known.leader, changed_at, checked_at, trail, series.id))
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
        self._telling.tell(series, taken, reading_id, self._caught_up)
        series.known = Known(taken.reading, change.leader)
        series.accepted_id = reading_id
        if moved:
            series.changed_at = taken.reading.as_of
            self._relate(series, taken)

    def _caught_up(self, follow: Follow, change: Change, after: Reading) -> int | None:
        margin = None if change.margin is None else (change.leader, change.margin)
        ahead = self._relating.caught_up(follow, change.source, change.count, margin, after.total)
        return ahead.statement_id if ahead else None

    def _relate(self, series: Series, taken: Taken) -> None:
        source, contest = self._setting.desk.source(series.key[0]), self._setting.desk.contest(series.key[1])
        change = taken.change
        if source is None or contest is None or change.margin is None:
            return
        if not any(taken.reading.votes.values()) or recount_under_way(taken.reading):
            return  # before the first votes every source has the same zeros; a part of a recount is no margin
        other = OtherMargin(
            contest, source, change.count, change.leader, change.margin, taken.reading.total,
            change.as_of, series=series.id,
        )  # fmt: skip
        self._relating.tell(other, self._ledger.follows.get(series.key, []))

    def _settle(self, series: Series, verdict: Verdict, how: str | None) -> None:
        """Close the hold that was open, and say of its reading what became of it."""
        hold = series.known.hold
        taken = any(one.reading is hold.reading for one in verdict.taken) if hold else False
        outcome = how or verdict.dropped or ("a rise followed it" if taken and len(verdict.taken) > 1 else REPEATED)
        by = (self._editor.who, self._editor.server) if self._editor else (None, None)
        if (row := self._opened.pop(series.id, None)) is not None:
            row[-2:] = [self._stamp, outcome]
        else:
            self._writes.settled.append((self._stamp, outcome, *by, series.id))
        if hold is not None and not _goes_on(hold, verdict.hold):
            said = settled_words(series.key, hold, outcome, self._editor, self._setting, self._now)
            self._writes.ended.append(EndedHold(series.id, hold.since, outcome, said))
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
        self._writes.holds.append(row)
        if hold.told_at_once and (before is None or not before.told_at_once):
            self._telling.held(series, hold)

    def _store(self, series: Series, reading: Reading, verdict: str, reason: str | None) -> int:
        row = self._row(series, reading, verdict, reason)
        self._writes.readings.append(row)
        return row[0]

    def _ignore(self, series: Series, reading: Reading, reason: str) -> None:
        self._writes.ignored.append(self._row(series, reading, "ignored", reason))
        if series.held_id is not None:
            self._writes.contradicted.append((1, series.id))

    def _row(
        self, series: Series, reading: Reading, verdict: str, reason: str | None
    ) -> tuple[int, int, int, int, str, str | None, str]:
        reading_id = self._ledger.next_reading
        self._ledger.next_reading += 1
        return (reading_id, series.id, to_micros(reading.as_of), self._stamp, verdict, reason, reading.to_json())


def _goes_on(before: Hold | None, after: Hold | None) -> bool:
    """Return True if a hold is the one that was open before, perhaps of a newer reading."""
    return before is not None and after is not None and (before.reason, before.since) == (after.reason, after.since)
