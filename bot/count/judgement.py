"""Judgement: decides whether a reading is accepted, held or ignored.

If votes fall, it may be an error in the feed or a revision. Only the source's next answers show which, so a fall is
held until the source repeats it. Every reading that is held or ignored gets a reason. Times here are when a reading
was received, by the news clock, unless `as_of` is named.

Flapping (`Trail`): a source switches back and forth between numbers, for instance because one of its servers is
behind. Each number may last long enough to be accepted, and each switch would be a post. So when a source returns to
earlier numbers for the second time within an hour, the desk decides.

A late batch in many units (`is_late_in_many_units`): with nearly everything in, the feed may have switched to another count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from hashlib import blake2b

from bot.count.change import CandidateVanishedError, Change, compare, equal_but_for_time, leader_after, net
from bot.count.reading import Reading, Unit, reporting_share

CONFIRM_AFTER = timedelta(seconds=60)
"""A fall that the source still shows after this long is accepted."""

HOLD_AT_MOST = timedelta(minutes=15)
"""After this long the desk is asked about a hold that is still open."""

AHEAD_AT_MOST = timedelta(hours=1)
"""A reading dated further ahead is ignored. If accepted, it would make all later readings look old."""

_RETURNS_WITHIN = timedelta(hours=1)
"""Coming back to numbers that were left longer ago than this does not count as a return."""

MOST_LEFT = 8
"""How many left numbers a trail remembers."""

NEARLY_ALL = Fraction(99, 100)
"""From this share reporting on, a batch that touches `MANY_UNITS` or more is held."""

MANY_UNITS = 10
"""Georgia's feed switched to another count in such batches on Nov. 19 and 20, 2020."""

DROPPED = "dropped by the desk"
"""The outcome of a hold that an editor discarded."""

POSTED = "posted by the desk"
"""The outcome of a hold that an editor posted."""

REPEATED = "the source repeated it"
"""The outcome of a hold that the source confirmed by showing the reading for long enough."""

UNDONE = "posted by the desk, and taken back"
"""The outcome of a hold that an editor posted and then undid; the reading counts as dropped."""


class HoldReason(StrEnum):
    """Why a reading is on hold."""

    FALL = "fall"
    """The total or a candidate's votes went down. The source can confirm it by repeating it, or the desk decides."""
    MANY_UNITS = "many_units"
    """A late batch touches many units. Only the desk can accept it."""
    VANISHED = "vanished"
    """A candidate is missing. Only the desk can accept it."""
    FLAPPING = "flapping"
    """The source switches back and forth between numbers. Only the desk can accept it."""
    WENT_BACK = "went_back"
    """The source continues from the count before the one that the desk posted. The source can confirm it by repeating it,
    or the desk decides."""


CONFIRMED_BY_SOURCE = (HoldReason.FALL, HoldReason.WENT_BACK)
"""The reasons for which a source can confirm the reading on hold by repeating it."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A reading that waits to be confirmed, and the reason."""

    reading: Reading
    reason: HoldReason
    since: datetime
    deadline: datetime

    @property
    def for_desk(self) -> bool:
        """True if only the desk can accept the reading."""
        return self.reason not in CONFIRMED_BY_SOURCE

    @property
    def asks_at_once(self) -> bool:
        """True if the desk is asked as soon as the hold opens; False if it is asked only after the hold's deadline."""
        return self.reason in (HoldReason.MANY_UNITS, HoldReason.VANISHED)


@dataclass(frozen=True, slots=True)
class FormerNumbers:
    """A digest of vote numbers that a source has replaced, and the time of the replacement."""

    numbers: str
    """Their `fingerprint`."""
    at: datetime
    """When the source first showed other numbers."""


@dataclass(frozen=True, slots=True)
class Trail:
    """The vote numbers that a source recently replaced, newest first, and when it last returned to some of them."""

    left: tuple[FormerNumbers, ...] = ()
    returned_at: datetime | None = None

    def is_flapping(self, reading: Reading, now: datetime) -> bool:
        """Return True if `reading` is the source's second return to replaced numbers in the hour before `now`."""
        lately = self.returned_at is not None and now - self.returned_at <= _RETURNS_WITHIN
        return lately and self._is_former(reading, now)

    def leave(self, reading: Reading, now: datetime) -> "Trail":
        """Return the trail after the numbers of `reading` were replaced at `now`."""
        gone = fingerprint(reading)
        lately = [left for left in self.left if left.numbers != gone and now - left.at <= _RETURNS_WITHIN]
        return replace(self, left=(FormerNumbers(gone, now), *lately[: MOST_LEFT - 1]))

    def after_accepting(self, before: Reading, after: Reading, now: datetime) -> "Trail":
        """Return the trail once the reading `after` was accepted in place of `before`."""
        returned_at = now if self._is_former(after, now) else self.returned_at
        return replace(self.leave(before, now), returned_at=returned_at)

    def after_return(self, held: Reading, now: datetime) -> "Trail":
        """Return the trail once the source returned to the accepted numbers, away from those of the reading `held`."""
        return replace(self.leave(held, now), returned_at=now)

    def _is_former(self, reading: Reading, now: datetime) -> bool:
        if not self.left:
            return False
        text = fingerprint(reading)
        return any(left.numbers == text and now - left.at <= _RETURNS_WITHIN for left in self.left)


@dataclass(frozen=True, slots=True)
class JudgedState:
    """The state of a series that the next reading is judged against."""

    accepted: Reading | None = None
    leader: str | None = None
    """Who led at `accepted`, remembered through ties."""
    hold: Hold | None = None
    dropped: Reading | None = None
    """A later reading that the desk dropped. If the source shows the same votes again, nothing happens."""
    trail: Trail = field(default_factory=Trail)
    """The numbers that the source has left of late."""
    stood: Reading | None = None
    """The accepted reading before the desk posted a held one. None if `accepted` is not based on a desk's decision.

    If the source later continues from this reading, the desk's decision was wrong (see `HoldReason.WENT_BACK`).
    """

    def __post_init__(self) -> None:
        """Raise ValueError for a hold without an accepted reading: the first reading is never held."""
        if self.accepted is None and self.hold is not None:
            raise ValueError("nothing is accepted yet, so nothing can be held")


@dataclass(frozen=True, slots=True)
class AcceptedReading:
    """An accepted reading, and the change that it made."""

    reading: Reading
    change: Change


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of judging a reading.

    `taken` has the readings that are now accepted, in order: none, the new reading, the reading on hold before, or
    both. `known` is the state of the series afterwards. `ignored` is the reason why the new reading was ignored, and
    `dropped` the reason why the reading on hold before was dropped.
    """

    known: JudgedState
    taken: tuple[AcceptedReading, ...] = ()
    held: HoldReason | None = None
    """Why the reading is held now; None if it is not."""
    ignored: str | None = None
    dropped: str | None = None

    @property
    def hold(self) -> Hold | None:
        """The hold that is open after the reading, or None."""
        return self.known.hold


def judge(reading: Reading, known: JudgedState, received_at: datetime) -> Verdict:
    """Accept, hold or ignore a reading. `known` is the state of the reading's series before that reading."""
    accepted, hold = known.accepted, known.hold
    if reading.as_of > received_at + AHEAD_AT_MOST:
        return Verdict(known, ignored=f"as of {reading.as_of.isoformat()}, which is still ahead")
    if accepted is None:
        return _take(known, reading, received_at)
    newest = hold.reading if hold else accepted
    if reading.as_of < newest.as_of:
        return Verdict(known, ignored=f"older than the reading as of {newest.as_of.isoformat()}")
    if known.dropped is not None and same_votes(reading, known.dropped):
        return Verdict(known)
    if hold is not None:
        return _judge_while_held(reading, known, accepted, hold, received_at)
    return _judge_alone(reading, known, received_at)


def repeated(known: JudgedState, received_at: datetime) -> Verdict:
    """Accept the reading on hold if its source can confirm it by repeating it, and has shown it for long enough.

    The source has answered 304 Not Modified at `received_at`. Call this function only if the source's last full answer
    was the reading on hold. The verdict changes nothing if it is too early, or if only the desk may decide.
    """
    hold = known.hold
    if hold is None or hold.for_desk or received_at - hold.since < CONFIRM_AFTER:
        return Verdict(known)
    return _take(replace(known, hold=None), hold.reading, received_at)


def release(known: JudgedState) -> Verdict:
    """Accept the reading on hold, because the desk posted it.

    If a candidate vanished, changes in units cover only the candidates who are still listed. Lead and margin cover all
    candidates, since the vanished one may have led.
    """
    hold, accepted = known.hold, known.accepted
    if hold is None or accepted is None:
        return Verdict(known)
    kept = {key: votes for key, votes in accepted.votes.items() if key in hold.reading.votes}
    if not kept:
        return _take(JudgedState(), hold.reading, hold.since)
    earlier = accepted.model_copy(update={"votes": kept})
    rest = compare(earlier, hold.reading, known.leader)
    change = net(accepted, hold.reading, [rest] if rest else [], known.leader)
    leader = leader_after(change, known.leader if known.leader in kept else None)
    trail = known.trail.after_accepting(accepted, hold.reading, hold.since)
    stood = known.stood or accepted
    return Verdict(
        JudgedState(hold.reading, leader, trail=trail, stood=stood), (AcceptedReading(hold.reading, change),)
    )


def drop_held(known: JudgedState) -> Verdict:
    """Drop the reading on hold, because the desk discarded it."""
    if known.hold is None:
        return Verdict(known)
    return Verdict(replace(known, hold=None, dropped=known.hold.reading), dropped=DROPPED)


def is_based_on_posted(before: Reading, revisions: Sequence[Reading]) -> bool:
    """Return True if the count is still based on a reading that the desk posted from a hold.

    `before` is the accepted reading before the posted one. The result is False once one of the source's later
    `revisions` continues from `before`.
    """
    return not any(_only_adds_votes(before, revision) for revision in revisions)


def _judge_alone(reading: Reading, known: JudgedState, received_at: datetime) -> Verdict:
    if known.accepted and same_votes(reading, known.accepted):
        reading = _without_batch(reading, known.accepted)
    elif known.trail.is_flapping(reading, received_at):
        return _hold(reading, known, HoldReason.FLAPPING, received_at)
    try:
        change = compare(known.accepted, reading, known.leader)
    except CandidateVanishedError:
        return _hold(reading, known, HoldReason.VANISHED, received_at)
    if change is None:
        return Verdict(known)
    if reason := _held_for(known, reading, change):
        return _hold(reading, known, reason, received_at)
    return _taken(reading, change, known, received_at)


def _held_for(known: JudgedState, reading: Reading, change: Change) -> HoldReason | None:
    if _went_back(known, reading, change):
        return HoldReason.WENT_BACK
    if is_late_in_many_units(known.accepted, reading, change):
        return HoldReason.MANY_UNITS
    return HoldReason.FALL if change.kind == "revision" else None


def _judge_while_held(
    reading: Reading, known: JudgedState, accepted: Reading, hold: Hold, received_at: datetime
) -> Verdict:
    if hold.reason is HoldReason.FLAPPING:
        return _judge_while_flapping(reading, known, accepted, hold, received_at)
    if same_votes(reading, accepted):
        free = replace(known, hold=None, trail=known.trail.after_return(hold.reading, received_at))
        alone = _judge_alone(_since_accepted(hold.reading, reading), free, received_at)
        return replace(alone, dropped="the source went back to its earlier figures")
    if hold.for_desk:
        return _judge_for_desk(reading, known, hold, received_at)
    if known.trail.is_flapping(reading, received_at) and not same_votes(reading, hold.reading):
        free, newer = replace(known, hold=None), _since_accepted(hold.reading, reading)
        return _hold(newer, free, HoldReason.FLAPPING, received_at, dropped="a newer reading took its place")
    return _judge_held_fall(reading, known, hold, received_at)


def _judge_while_flapping(
    reading: Reading, known: JudgedState, accepted: Reading, hold: Hold, received_at: datetime
) -> Verdict:
    """Continue the hold while the source shows the accepted numbers or those on hold.

    Any other numbers end the hold.
    """
    free = replace(known, hold=None)
    if same_votes(reading, accepted):
        alone = _judge_alone(reading, free, received_at)
        return replace(alone, known=replace(alone.known, hold=hold))
    if same_votes(reading, hold.reading):
        return _hold_newest(reading, known, hold)
    # It is unknown from which of the two numbers the source counts its batch.
    newer = reading if reading.unit_batch is None else reading.model_copy(update={"unit_batch": None})
    free = replace(free, trail=known.trail.leave(hold.reading, received_at))
    return replace(_judge_alone(newer, free, received_at), dropped="the source went on to other figures")


def _judge_for_desk(reading: Reading, known: JudgedState, hold: Hold, received_at: datetime) -> Verdict:
    """Hold the newest reading until the desk decides, or until vanished candidates are listed again."""
    listed_again = known.accepted is not None and known.accepted.votes.keys() <= reading.votes.keys()
    if hold.reason is HoldReason.VANISHED and listed_again:
        free = replace(known, hold=None, trail=known.trail.leave(hold.reading, received_at))
        alone = _judge_alone(_since_accepted(hold.reading, reading), free, received_at)
        return replace(alone, dropped="the candidates are all listed again")
    return _hold_newest(reading, known, hold)


def _judge_held_fall(reading: Reading, known: JudgedState, hold: Hold, received_at: datetime) -> Verdict:
    free, newer = replace(known, hold=None), _since_accepted(hold.reading, reading)
    if same_votes(reading, hold.reading):
        confirmed = received_at - hold.since >= CONFIRM_AFTER
        return _take(free, newer, received_at) if confirmed else _hold_newest(reading, known, hold)
    try:
        since_accepted = compare(known.accepted, newer, known.leader)
        since_held = compare(hold.reading, reading)
    except CandidateVanishedError:
        return _hold(newer, free, HoldReason.VANISHED, received_at, dropped="a candidate vanished meanwhile")
    if since_accepted and since_accepted.kind == "revision":
        if is_late_in_many_units(known.accepted, newer, since_accepted) and not _went_back(
            known, newer, since_accepted
        ):
            return _hold(newer, free, HoldReason.MANY_UNITS, received_at, dropped="a newer reading took its place")
        return replace(_take(free, newer, received_at), dropped="a newer reading, still below, took its place")
    if since_held and since_held.kind != "revision":
        # Two parts, so that the fall is not hidden inside a later batch; the rise is judged on its own.
        fall = _take(free, hold.reading, received_at)
        rise = _judge_alone(reading, fall.known, received_at)
        return replace(rise, taken=fall.taken + rise.taken)
    return replace(_judge_alone(newer, free, received_at), dropped="the source contradicted it")


def _hold_newest(reading: Reading, known: JudgedState, hold: Hold) -> Verdict:
    newer = _since_accepted(hold.reading, reading)
    if equal_but_for_time(newer, hold.reading):
        return Verdict(known)
    waiting = replace(known, hold=replace(hold, reading=newer))
    return Verdict(waiting, held=hold.reason, dropped="a newer reading took its place")


def _since_accepted(held: Reading, reading: Reading) -> Reading:
    """Return `reading` with a `unit_batch` that has all votes since the accepted reading.

    `reading` came in while `held` was on hold. A source's `unit_batch` has the votes since its previous reading, here
    the one on hold, so the batches of both readings are added. The sum is None if either reading has no batch.
    """
    if same_votes(held, reading):
        batch = held.unit_batch
    elif held.unit_batch is None or reading.unit_batch is None:
        batch = None
    else:
        units = held.unit_batch.keys() | reading.unit_batch.keys()
        sums = {unit: held.unit_batch.get(unit, 0) + reading.unit_batch.get(unit, 0) for unit in sorted(units)}
        batch = {unit: votes for unit, votes in sums.items() if votes}
    return reading if batch == reading.unit_batch else reading.model_copy(update={"unit_batch": batch})


def _without_batch(reading: Reading, accepted: Reading) -> Reading:
    """Return `reading` without its `unit_batch`, if that was already counted.

    The votes of `reading` are those of `accepted`. A source may repeat its last batch until the next one comes.
    """
    same_batch = reading.unit_batch == accepted.unit_batch
    said = reading if same_batch else reading.model_copy(update={"unit_batch": accepted.unit_batch})
    if equal_but_for_time(said, accepted):
        return accepted
    return reading.model_copy(update={"unit_batch": {}}) if reading.unit_batch else reading


def _went_back(known: JudgedState, reading: Reading, change: Change) -> bool:
    """Return True if a source abandons numbers that the desk posted from a hold, and continues from earlier ones.

    The earlier numbers are those accepted before the hold. `change` leads from the accepted reading to `reading`. A
    mere rise is no return, unless the reading has exactly the earlier numbers, or lists a vanished candidate again.
    """
    stood, accepted = known.stood, known.accepted
    if stood is None or accepted is None:
        return False
    again = reading.votes.keys() & stood.votes.keys() - accepted.votes.keys()
    left = (
        change.kind == "revision"
        or bool(again)
        or same_votes(reading, stood)
        or is_late_in_many_units(accepted, reading, change)
    )
    return left and _only_adds_votes(stood, reading)


def _only_adds_votes(earlier: Reading, later: Reading) -> bool:
    """Return True if `later` only adds votes to `earlier`, and not in a late batch of many units."""
    try:
        change = compare(earlier, later)
    except CandidateVanishedError:
        return False
    return change is None or (change.kind != "revision" and not is_late_in_many_units(earlier, later, change))


def _take(known: JudgedState, reading: Reading, received_at: datetime) -> Verdict:
    change = compare(known.accepted, reading, known.leader)
    if change is not None and _went_back(known, reading, change):
        change = change.model_copy(update={"kind": "revision"})  # even if votes rose: what was posted was wrong
    return Verdict(known) if change is None else _taken(reading, change, known, received_at)


def _taken(reading: Reading, change: Change, known: JudgedState, received_at: datetime) -> Verdict:
    trail = known.trail
    if known.accepted is not None and change.kind != "progress":
        trail = trail.after_accepting(known.accepted, reading, received_at)
    leader = leader_after(change, known.leader)
    stood = None if change.kind == "revision" else known.stood
    return Verdict(JudgedState(reading, leader, trail=trail, stood=stood), (AcceptedReading(reading, change),))


def _hold(
    reading: Reading, known: JudgedState, reason: HoldReason, received_at: datetime, dropped: str | None = None
) -> Verdict:
    hold = Hold(reading, reason, received_at, received_at + HOLD_AT_MOST)
    return Verdict(replace(known, hold=hold), held=reason, dropped=dropped)


def same_votes(one: Reading, other: Reading) -> bool:
    """Return True if two readings have the same candidates' votes and total."""
    return one.votes == other.votes and one.total == other.total


def fingerprint(reading: Reading) -> str:
    """Return a digest of a reading's votes and total: 16 hex digits, the same in every process."""
    numbers = repr((sorted(reading.votes.items()), reading.total))
    return blake2b(numbers.encode(), digest_size=8).hexdigest()


def gives_units(reading: Reading) -> bool:
    """Return True if a reading has votes by unit. Without them `is_late_in_many_units` can't notice a switch to another count."""
    return reading.units is not None or reading.unit_batch is not None


def is_late_in_many_units(before: Reading | None, after: Reading, change: Change) -> bool:
    """Return True if a change touches at least `MANY_UNITS` units after `NEARLY_ALL` of the count had reported.

    Votes may have risen or fallen.
    """
    if before is None or change.kind == "progress":
        return False
    in_so_far = reporting_share(before)
    if in_so_far is None or in_so_far < NEARLY_ALL:
        return False
    touched = {unit for unit, votes in (change.units or {}).items() if votes}
    if before.units and after.units:
        touched |= {name for name, unit in after.units.items() if _votes_differ(before.units.get(name), unit)}
    return len(touched) >= MANY_UNITS


def _votes_differ(before: Unit | None, after: Unit) -> bool:
    """Return True if any candidate listed in both has different votes, even if the unit's total is the same."""
    if before is None or not before.votes or not after.votes or before.votes == after.votes:
        return False
    return any(before.votes.get(candidate, votes) != votes for candidate, votes in after.votes.items())
