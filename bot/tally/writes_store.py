"""The rows to store after a decision (`Writes`). Each row class has its columns as fields, and its own SQL."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from bot.count.judgement import HoldReason
from bot.count.relation import Relation
from bot.feeds.pushes_store import PushRow
from bot.outbox.rows import AuditRow, OutboxRow
from bot.outbox.tx import Tx
from bot.outcomes.outcomes_store import FeedCall
from bot.tally.holds_store import EndedHold, NewerHeld, report_ended, report_newer
from bot.tally.watchers_store import Watched


@dataclass(frozen=True, slots=True)
class StoredReading:
    """A reading to insert with its verdict. Of ignored readings with the same `as_of`, only the first is stored."""

    SQL: ClassVar[str] = """
    INSERT INTO readings (id, series, as_of, received_at, verdict, reason, body)
    VALUES (:id, :series, :as_of, :received_at, :verdict, :reason, :body)
    ON CONFLICT (series, as_of) WHERE verdict = 'ignored' DO NOTHING
    """

    id: int
    series: int
    as_of: datetime
    received_at: datetime
    verdict: str
    reason: str | None
    """Why the reading was held, ignored or dropped."""
    body: str


@dataclass(frozen=True, slots=True)
class NewVerdict:
    """An update of a reading that was on hold: its final verdict."""

    SQL: ClassVar[str] = "UPDATE readings SET verdict = :verdict, reason = :reason WHERE id = :reading"

    reading: int
    verdict: str
    reason: str


@dataclass(frozen=True, slots=True)
class StoredChange:
    """A row of `changes`: the change that an accepted reading made."""

    SQL: ClassVar[str] = """
    INSERT INTO changes (reading, before, kind, leader, margin, moved, body, batches)
    VALUES (:reading, :before, :kind, :leader, :margin, :moved, :body,
      :moved + coalesce((SELECT batches FROM changes WHERE reading = :before), 0))
    """

    reading: int
    before: int | None
    kind: str
    leader: str
    margin: int | None
    moved: bool
    """True if votes changed."""
    body: str


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A row of `unit_changes`: by how many votes a change raised or lowered the count of one unit."""

    SQL: ClassVar[str] = """
    INSERT INTO unit_changes (series, unit, reading, votes) VALUES (:series, :unit, :reading, :votes)
    """

    series: int
    unit: str
    reading: int
    votes: int


@dataclass(frozen=True, slots=True)
class SeriesState:
    """The new values for a row of `series`: the accepted reading, and what is needed to judge the next one."""

    SQL: ClassVar[str] = """
    UPDATE series SET accepted = :accepted, leader = :leader, changed_at = :changed_at, checked_at = :checked_at,
      trail = :trail, stood = :stood WHERE id = :id
    """

    id: int
    accepted: int | None
    leader: str | None
    changed_at: datetime | None
    checked_at: datetime | None
    trail: str | None
    stood: int | None


@dataclass(frozen=True, slots=True)
class HoldContradicted:
    """An update of a hold's `contradicted` flag: True if the source has shown other figures than the ones on hold."""

    SQL: ClassVar[str] = "UPDATE holds SET contradicted = :contradicted WHERE series = :series AND settled_at IS NULL"

    series: int
    contradicted: bool


@dataclass(frozen=True, slots=True)
class OpenedHold:
    """A hold to insert. It may end in the same transaction."""

    SQL: ClassVar[str] = """
    INSERT INTO holds (series, reading, reason, since, deadline, told, settled_at, outcome)
    VALUES (:series, :reading, :reason, :since, :deadline, :told, :settled_at, :outcome)
    """

    series: int
    reading: int
    reason: HoldReason
    since: datetime
    deadline: datetime
    told: bool
    """True if the desk has been asked about the hold."""
    settled_at: datetime | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class SettledHold:
    """The outcome to store for the open hold of a series, which ends now."""

    SQL: ClassVar[str] = """
    UPDATE holds SET settled_at = :settled_at, outcome = :outcome, settled_by = :settled_by, settled_in = :settled_in
    WHERE series = :series AND settled_at IS NULL
    """

    series: int
    settled_at: datetime
    outcome: str
    settled_by: str | None
    """The editor who decided, as named in the audit log; None if no editor did."""
    settled_in: int | None
    """The server of that editor."""


@dataclass(frozen=True, slots=True)
class NotifiedHold:
    """An update of an open hold: the desk is asked about it now."""

    SQL: ClassVar[str] = "UPDATE holds SET told = 1 WHERE series = :series AND settled_at IS NULL"

    series: int


@dataclass(frozen=True, slots=True)
class HoldAskedAgain:
    """A row of `hold_waits` to delete: a desk had pressed Wait on a hold and is asked again now."""

    SQL: ClassVar[str] = "DELETE FROM hold_waits WHERE series = :series AND server = :server"

    series: int
    server: int


@dataclass(frozen=True, slots=True)
class PostedReading:
    """The last reading of a series that was posted in a channel.

    Storing it also clears the changes that waited in the channel.
    """

    SQL: ClassVar[str] = """
    INSERT INTO last_posts (follow, series, reading, leader, margin, number)
    VALUES (:follow, :series, :reading, :leader, :margin, :number)
    ON CONFLICT DO UPDATE SET reading = excluded.reading, leader = excluded.leader, margin = excluded.margin,
      number = excluded.number, waiting_since = NULL, due_at = NULL
    """

    follow: int
    series: int
    reading: int
    leader: str
    margin: int | None
    number: int | None
    """The post's number; None if the reading only counts as posted."""


@dataclass(frozen=True, slots=True)
class WaitingChanges:
    """An update of a row of `told`: since when changes of a series wait in a channel, and when they are due."""

    SQL: ClassVar[str] = """
    UPDATE last_posts SET waiting_since = :since, due_at = :due_at WHERE follow = :follow AND series = :series
    """

    follow: int
    series: int
    since: datetime | None
    """None if nothing waits."""
    due_at: datetime | None
    """None if they wait for the next post."""


@dataclass(frozen=True, slots=True)
class PostedRelation:
    """A row of `relations`: the last comparison of another source's margin with the margin posted in a channel."""

    SQL: ClassVar[str] = """
    INSERT INTO relations (follow, source, count, relation, posted_leader, posted_margin)
    VALUES (:follow, :source, :count, :relation, :posted_leader, :posted_margin)
    ON CONFLICT DO UPDATE SET relation = excluded.relation,
      posted_leader = excluded.posted_leader, posted_margin = excluded.posted_margin, struck = NULL
    """

    follow: int
    source: str
    count: str
    relation: Relation
    posted_leader: str
    posted_margin: int


@dataclass(frozen=True, slots=True)
class PostponedComparison:
    """A row of `postponed`: another source's figures that are compared once a channel's quiet hours end."""

    SQL: ClassVar[str] = "INSERT OR REPLACE INTO put_off (follow, series, due_at) VALUES (:follow, :series, :due_at)"

    follow: int
    series: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class StatedSilence:
    """A row of `silences`: a source's silence that staff entered, to be posted in a server's channels."""

    SQL: ClassVar[str] = """
    INSERT INTO silences (server, contest, source, last_updated) VALUES (:server, :contest, :source, :last_updated)
    ON CONFLICT DO UPDATE SET struck = NULL
    """

    server: int
    contest: str
    source: str
    last_updated: datetime


@dataclass(frozen=True, slots=True)
class SettledAwaitedFigure:
    """A row of `ahead` to delete: a feed now has the figure that staff entered, or its source replaced the figure."""

    SQL: ClassVar[str] = """
    DELETE FROM ahead WHERE (follow, source, count, figure) = (:follow, :source, :count, :figure)
    """

    follow: int
    source: str
    count: str
    figure: str


@dataclass(frozen=True, slots=True)
class NewAwaitedFigure:
    """A row of `ahead` to insert: a figure that staff entered, and that no feed has yet."""

    SQL: ClassVar[str] = """
    INSERT INTO ahead (follow, source, count, figure, statement) VALUES (:follow, :source, :count, :figure, :statement)
    """

    follow: int
    source: str
    count: str
    figure: str
    statement: int


@dataclass(slots=True)
class Writes:
    """All rows to store after readings were judged or an editor decided, each list in the order of writing."""

    readings: list[StoredReading] = field(default_factory=list)
    contradicted_holds: list[HoldContradicted] = field(default_factory=list)
    verdicts: list[NewVerdict] = field(default_factory=list)
    changes: list[StoredChange] = field(default_factory=list)
    unit_changes: list[UnitChange] = field(default_factory=list)
    watched: list[Watched] = field(default_factory=list)
    settled_holds: list[SettledHold] = field(default_factory=list)
    opened_holds: list[OpenedHold] = field(default_factory=list)
    notified_holds: list[NotifiedHold] = field(default_factory=list)
    asked_again: list[HoldAskedAgain] = field(default_factory=list)
    series: list[SeriesState] = field(default_factory=list)
    told: list[PostedReading] = field(default_factory=list)
    waiting: list[WaitingChanges] = field(default_factory=list)
    relations: list[PostedRelation] = field(default_factory=list)
    postponed: list[PostponedComparison] = field(default_factory=list)
    silences: list[StatedSilence] = field(default_factory=list)
    caught_up: list[SettledAwaitedFigure] = field(default_factory=list)
    ahead: list[NewAwaitedFigure] = field(default_factory=list)
    pushes: list[PushRow] = field(default_factory=list)
    """The push that caused this, if any. It is remembered only if all else is stored."""
    calls: list[FeedCall] = field(default_factory=list)
    outbox: list[OutboxRow] = field(default_factory=list)
    newer_held: list[NewerHeld] = field(default_factory=list)
    ended_holds: list[EndedHold] = field(default_factory=list)
    audit: list[AuditRow] = field(default_factory=list)


def write(tx: Tx, writes: Writes) -> list[int]:
    """Store all rows, within a transaction. Returns the ids of the new outbox rows."""
    tx.store(writes.readings)
    tx.store(writes.contradicted_holds)
    tx.store(writes.verdicts)
    tx.store(writes.changes)
    tx.store(writes.unit_changes)
    tx.store(writes.watched)
    tx.store(writes.settled_holds)  # before another hold of the same series opens
    tx.store(writes.opened_holds)
    tx.store(writes.notified_holds)
    tx.store(writes.asked_again)
    tx.store(writes.series)
    tx.store(writes.told)
    tx.store(writes.waiting)
    tx.store(writes.relations)
    tx.store(writes.postponed)
    tx.store(writes.silences)
    tx.store(writes.caught_up)
    tx.store(writes.ahead)
    tx.store(writes.pushes)
    tx.store(writes.calls)
    keys = tx.add(writes.outbox)
    for newer in writes.newer_held:
        report_newer(tx, newer)
    for ended in writes.ended_holds:
        report_ended(tx, ended)
    for row in writes.audit:
        tx.audit_row(row)
    return keys
