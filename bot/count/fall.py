"""Falls: the votes that a source took back in a revision, without the new votes that came with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.count.change import change_of_total, new_votes_by_unit
from bot.count.margin import margin_for, margin_of
from bot.count.reading import Reading, Unit


@dataclass(frozen=True, slots=True)
class Fall:
    """The votes that a source took back between two readings, and the effect on the margin of that loss alone."""

    votes: int
    """How many votes were taken off totals; 0 if only candidates' votes fell."""
    units: Mapping[str, int]
    """Votes taken back, by reporting unit; empty if the source does not give units. 0 if only a candidate's votes
    fell in the unit.
    """
    by_candidate: Mapping[str, int]
    """The votes that each candidate lost; empty if totals fell."""
    leader: str
    """Who led before the fall."""
    margin_before: int | None
    """That leader's margin before the fall."""
    margin_change: int | None
    """The change of the leader's margin because of the fall alone; None if new votes can't be separated from the
    fall.
    """
    alone: bool
    """True if nothing else moved."""


def fall_between(before: Reading, after: Reading) -> Fall | None:
    """Return the votes that a source took back between two readings; None if nothing fell."""
    moved = new_votes_by_unit(before, after) or {}
    new = change_of_total(before, after)
    lost = {key: was - after.votes[key] for key, was in before.votes.items() if after.votes.get(key, was) < was}
    fallen = {unit: -votes for unit, votes in moved.items() if votes < 0}
    if fallen and (new < 0 or lost):
        votes, lost = sum(fallen.values()), {}
    elif new < 0:
        votes, lost = -new, {}
    elif lost:
        votes, fallen = 0, _where_candidates_fell(before, after, lost)
    else:
        return None
    led = margin_of(before.votes)
    alone = not (moved.keys() - fallen.keys()) and new == -votes
    if alone:
        change = margin_for(led.leader, after.votes)
        change = None if change is None or led.votes is None else change - led.votes
    else:
        change = _margin_change(before, after, fallen, led.leader)
    return Fall(votes, fallen, lost, led.leader, led.votes, change, alone)


def falls_together(falls: Sequence[Fall], steps: int) -> Fall | None:
    """Return several falls combined into one, or None if there are none.

    `steps` is the number of changes with votes in the period of these falls.
    """
    if not falls:
        return None
    first, alone = falls[0], len(falls) == steps and all(fall.alone for fall in falls)
    if len(falls) == 1:
        return replace(first, alone=alone)
    units: dict[str, int] = {}
    lost: dict[str, int] = {}
    for fall in falls:
        for unit, votes in fall.units.items():
            units[unit] = units.get(unit, 0) + votes
        for key, votes in fall.by_candidate.items():
            lost[key] = lost.get(key, 0) + votes
    votes = sum(fall.votes for fall in falls)
    changes = [fall.margin_change for fall in falls if fall.leader == first.leader and not fall_ends_lead(fall)]
    known = [change for change in changes if change is not None]
    return Fall(
        votes,
        units if all(fall.units for fall in falls) else {},
        {} if votes else lost,
        first.leader,
        first.margin_before,
        sum(known) if len(known) == len(falls) else None,
        alone,
    )


def fall_ends_lead(fall: Fall) -> bool:
    """Return True if a fall alone ended its leader's lead."""
    return (
        fall.margin_before is not None and fall.margin_change is not None and fall.margin_before <= -fall.margin_change
    )


def _where_candidates_fell(before: Reading, after: Reading, lost: Mapping[str, int]) -> dict[str, int]:
    """Return the units in which candidates lost the votes in `lost`, each with the value 0.

    The result is empty if the units don't account for all of these votes.
    """
    found, losses = {}, dict.fromkeys(lost, 0)
    for name, unit in (after.units or {}).items():
        votes, earlier = unit.votes or {}, (before.units or {}).get(name, Unit()).votes or {}
        fell = {key: was - votes[key] for key, was in earlier.items() if votes.get(key, was) < was}
        for key, votes_lost in fell.items():
            losses[key] = losses.get(key, 0) + votes_lost
        if fell:
            found[name] = 0
    return found if losses == dict(lost) else {}


def _margin_change(before: Reading, after: Reading, fallen: Mapping[str, int], leader: str) -> int | None:
    """Return the change of a leader's margin in those units that have a key in `fallen`.

    None unless each of these units gives every candidate's votes.
    """
    votes = dict(before.votes)
    for name in fallen:
        was, now = (before.units or {}).get(name, Unit()).votes or {}, (after.units or {}).get(name, Unit()).votes or {}
        if not (was.keys() >= votes.keys() and now.keys() >= votes.keys()):
            return None
        for key in votes:
            votes[key] += now[key] - was[key]
    margin, then = margin_for(leader, votes), margin_for(leader, before.votes)
    return None if not fallen or margin is None or then is None else margin - then
