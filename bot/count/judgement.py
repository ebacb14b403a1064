"""Judgement before news: is a reading taken, held or ignored? And: what does one source's word say of another's?

A fall may be a slip of the feed, or it may be a revision; only the source's next answers tell. So a fall
is held until the source has repeated it, and every reading that is held or ignored keeps its reason.
Times here are those of the news clock at which a reading was received, not its own `as_of`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from bot.count.change import CandidateVanishedError, Change, compare
from bot.count.margin import margin_of
from bot.count.reading import Reading

CONFIRM_AFTER = timedelta(seconds=60)
"""A fall that the source still shows after this long is a revision."""
HOLD_AT_MOST = timedelta(minutes=15)
"""A hold that nothing has settled by then is put before the desk."""
NEARLY_ALL = Fraction(99, 100)
"""From this share of reporting on, a batch all over the state is suspect…"""
MANY_UNITS = 10
"""…when it touches at least so many units: on 19 and 20 November 2020 Georgia's feed moved to another count so."""


class HoldReason(StrEnum):
    """Why a reading waits."""

    FALL = "fall"
    """The total or a candidate's votes went down: the source has to repeat it, or the desk to say so."""
    MANY_UNITS = "many_units"
    """Nearly everything had reported, and this touches many units: only the desk lets it through."""
    VANISHED = "vanished"
    """A candidate is gone: only the desk lets it through."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A reading that waits to be confirmed."""

    reading: Reading
    reason: HoldReason
    since: datetime
    deadline: datetime

    @property
    def for_desk(self) -> bool:
        """True if only the desk can let it through."""
        return self.reason is not HoldReason.FALL


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a series before a reading comes in."""

    accepted: Reading | None = None
    leader: str | None = None
    """Who led at `accepted`, remembered through ties."""
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A reading that is accepted now, and what it changed."""

    reading: Reading
    change: Change


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a reading.

    `taken` are the readings accepted by it, in order: none, itself, the held one, or both. `hold` is the
    hold that is open afterwards. `ignored` says why the reading itself was left out, `dropped` why a
    reading that was held until now was.
    """

    known: Known
    taken: tuple[Taken, ...] = ()
    held: HoldReason | None = None
    """Set when the reading itself waits now."""
    ignored: str | None = None
    dropped: str | None = None

    @property
    def hold(self) -> Hold | None:
        """The hold that is open afterwards."""
        return self.known.hold


def judge(reading: Reading, known: Known, received_at: datetime) -> Verdict:
    """Return what becomes of `reading`, received at `received_at`, given what is known of its series."""
    accepted, hold = known.accepted, known.hold
    if accepted is None:
        return _take(known, reading)
    newest = hold.reading if hold else accepted
    if reading.as_of < newest.as_of:
        return Verdict(known, ignored=f"older than the reading as of {newest.as_of.isoformat()}")
    if hold is None:
        return _judge_alone(reading, known, received_at)
    if hold.for_desk:
        return _while_desk_decides(reading, known, hold)
    return _while_fall_is_held(reading, known, hold, received_at)


def repeated(known: Known, received_at: datetime) -> Verdict:
    """Return what becomes of a held fall when the source says at `received_at` that nothing changed (a 304)."""
    hold = known.hold
    if hold is None or hold.for_desk or received_at - hold.since < CONFIRM_AFTER:
        return Verdict(known)
    return _take(replace(known, hold=None), hold.reading)


def release(known: Known) -> Verdict:
    """Return what becomes of the held reading when the desk says to post it.

    A vanished candidate's earlier votes are left out of the comparison, so that the rest can be compared.
    """
    hold, accepted = known.hold, known.accepted
    if hold is None:
        return Verdict(known)
    free = replace(known, hold=None)
    if accepted and (kept := {key: votes for key, votes in accepted.votes.items() if key in hold.reading.votes}):
        free = replace(free, accepted=accepted.model_copy(update={"votes": kept}))
    elif accepted:
        free = Known()
    return _take(free, hold.reading)


def drop(known: Known) -> Verdict:
    """Return what becomes of the held reading when the desk says to drop it."""
    return Verdict(replace(known, hold=None), dropped="dropped by the desk" if known.hold else None)


def _judge_alone(reading: Reading, known: Known, received_at: datetime) -> Verdict:
    try:
        change = compare(known.accepted, reading, known.leader)
    except CandidateVanishedError:
        return _hold(reading, known, HoldReason.VANISHED, received_at)
    if change is None:
        return Verdict(known)
    if change.kind == "revision":
        return _hold(reading, known, HoldReason.FALL, received_at)
    if known.accepted and _nearly_all_in(known.accepted) and len(change.units or {}) >= MANY_UNITS:
        return _hold(reading, known, HoldReason.MANY_UNITS, received_at)
    return Verdict(Known(reading, change.leader), (Taken(reading, change),))


def _while_desk_decides(reading: Reading, known: Known, hold: Hold) -> Verdict:
    """Keep everything with the hold until the desk has spoken; the newest is what it will decide on."""
    if _same_votes(reading, hold.reading):
        return Verdict(known)
    if known.accepted and _same_votes(reading, known.accepted):
        return Verdict(replace(known, hold=None), dropped="the source went back to the earlier numbers")
    newer = replace(hold, reading=reading)
    return Verdict(replace(known, hold=newer), held=hold.reason, dropped="a newer reading took its place")


def _while_fall_is_held(reading: Reading, known: Known, hold: Hold, received_at: datetime) -> Verdict:
    free = replace(known, hold=None)
    if _same_votes(reading, hold.reading):
        confirmed = received_at - hold.since >= CONFIRM_AFTER
        return _take(free, reading) if confirmed else Verdict(known)
    if known.accepted and _same_votes(reading, known.accepted):
        return Verdict(free, dropped="the source went back to the earlier numbers")
    try:
        against_accepted = compare(known.accepted, reading, known.leader)
        against_held = compare(hold.reading, reading)
    except CandidateVanishedError:
        return _hold(reading, free, HoldReason.VANISHED, received_at, dropped="a candidate vanished meanwhile")
    if against_accepted is not None and against_accepted.kind == "revision":
        return replace(_take(free, reading), dropped="a newer reading, still below, took its place")
    if against_held is not None and against_held.kind != "revision":
        return _take_both(free, hold.reading, reading)
    return replace(_judge_alone(reading, free, received_at), dropped="the source contradicted it")


def _take(known: Known, reading: Reading) -> Verdict:
    change = compare(known.accepted, reading, known.leader)
    if change is None:
        return Verdict(known)
    return Verdict(Known(reading, change.leader), (Taken(reading, change),))


def _take_both(known: Known, fall: Reading, rise: Reading) -> Verdict:
    """Take a fall and the rise after it as two parts, so that nothing is hidden inside a later batch."""
    first = _take(known, fall)
    second = _take(first.known, rise)
    return replace(second, taken=first.taken + second.taken)


def _hold(
    reading: Reading, known: Known, reason: HoldReason, received_at: datetime, dropped: str | None = None
) -> Verdict:
    hold = Hold(reading, reason, received_at, received_at + HOLD_AT_MOST)
    return Verdict(replace(known, hold=hold), held=reason, dropped=dropped)


def _same_votes(one: Reading, other: Reading) -> bool:
    return one.votes == other.votes and one.total == other.total


def reporting_share(reading: Reading) -> Fraction | None:
    """Return how much of the count has reported: by precincts, else by units, else of the expected votes.

    None where the source says none of them.
    """
    said = reading.reporting
    pair = (said.precincts or said.units) if said else None
    if pair and pair[1]:
        return Fraction(*pair)
    if reading.expected_total:
        return min(Fraction(reading.counted, reading.expected_total), Fraction(1))
    return None


def _nearly_all_in(reading: Reading) -> bool:
    in_so_far = reporting_share(reading)
    return in_so_far is not None and in_so_far >= NEARLY_ALL


class Relation(StrEnum):
    """How one source's margin stands to the margin posted."""

    CONFIRMS = "confirms"
    CONTRADICTS = "contradicts"


ABOUT = Fraction(5, 100)
"""A margin said as about agrees when it is within this share of the exact one."""


def relate(leader: str, margin: int, posted: tuple[str, int], passed: Sequence[tuple[str, int]] = (), *, about: bool = False) -> Relation | None:
    """Return how a margin (who leads, by how much) of another source stands to the margin posted.

    Args:
        leader: who leads by that source.
        margin: by how much.
        posted: who leads, by how much, as posted.
        passed: margins that the leading source had earlier. A source that shows one of them is behind,
            which is no contradiction: None is returned.
        about: the margin was not said exactly.

    """
    if (leader, margin) == posted:
        return Relation.CONFIRMS
    if about and leader == posted[0] and abs(margin - posted[1]) <= ABOUT * posted[1]:
        return Relation.CONFIRMS
    if (leader, margin) in passed:
        return None
    return Relation.CONTRADICTS


def standing(votes: Mapping[str, int], led_before: str | None = None) -> tuple[str, int] | None:
    """Return (who leads, by how much), or None where there is no margin."""
    now = margin_of(votes, led_before)
    return None if now.votes is None else (now.leader, now.votes)
