"""A change: what a new reading did to the count, compared with an earlier one of the same series."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Literal

from pydantic import AwareDatetime

from bot.count.margin import margin_for, margin_of, percent_of
from bot.count.reading import Frozen, Reading, Status, Unit
from bot.errors import BadInputError

ChangeKind = Literal["first", "revision", "lead_change", "margin", "no_margin_change", "progress"]
"""The kinds of change, most important first; a change has the first kind that fits."""

_ALL_BUT_TIME = tuple(one.name for one in fields(Reading) if one.name != "as_of")


class Change(Frozen):
    """The differences between two readings of one series. A field is None if the readings don't provide its value.

    `tallydesk changes` prints this format, and other programs may depend on it.
    """

    contest: str
    source: str
    count: str
    as_of: AwareDatetime
    kind: ChangeKind
    lead_changed: bool
    leader: str
    runner_up: str | None
    margin: int | None
    """The leader's votes less the runner-up's; 0 in a tie; None with one candidate."""
    margin_before: int | None
    """The same for the earlier reading: the votes of today's leader less the best other candidate's. Negative if
    behind.
    """
    margin_change: int | None
    total: int
    """All votes in the contest."""
    new_votes: int | None
    """The change of the total."""
    batch: dict[str, int | None] | None
    """The change in votes by candidate id; None for a candidate who was not in the earlier reading."""
    units: dict[str, int] | None
    """The change in total of each unit that moved; None if the readings have no units."""
    unexplained: int | None
    """`new_votes` less the sum of `units`."""
    margin_percent: str | None
    """The margin in percent of all votes in the contest, four decimals."""
    status_before: Status | None = None
    """The earlier results status, if it changed; None if it did not, or if either reading has none."""

    def to_json(self) -> str:
        """Return the change as one line of JSON, in the format of `tallydesk changes`."""
        return self.model_dump_json(exclude=None if self.status_before else {"status_before"})


class CandidateVanishedError(BadInputError):
    """Raised if a candidate of the earlier reading is missing from the new one, so that the two can't be compared."""

    def __init__(self, reading: Reading, vanished: Sequence[str]) -> None:
        """Create the error for a reading and the candidates missing from it.

        The message names at most five of them.
        """
        self.vanished = tuple(vanished)
        rest = len(vanished[5:])
        named = ", ".join(vanished[:5]) + (f" and {rest} more" if rest else "")
        super().__init__(
            f"{reading.source}, {reading.contest}, {reading.as_of.isoformat()}: "
            f"{named}: listed before and not listed now"
        )


def compare(before: Reading | None, after: Reading, led_before: str | None = None) -> Change | None:
    """Return the change from `before` to `after`, or None if the readings differ only in their times.

    Args:
        before: the earlier reading of the same (source, contest, count); None if `after` is the first.
        after: the later reading.
        led_before: who led at the time of `before`, if known. This matters only if `before` is a tie, since a
            tie doesn't change the leader.

    Raises:
        CandidateVanishedError: a candidate of `before` is not in `after`.

    """
    if before is None:
        return _first(after)
    if before.series != after.series:
        raise ValueError(f"{before.series} and {after.series} are not one series")
    if vanished := sorted(before.votes.keys() - after.votes.keys()):
        raise CandidateVanishedError(after, vanished)
    if equal_but_for_time(before, after):
        return None
    return _between(before, after, led_before, new_votes_by_unit(before, after))


def equal_but_for_time(one: Reading, other: Reading) -> bool:
    """Return True if two readings are equal except for their `as_of`."""
    if one.votes != other.votes:  # what mostly differs
        return False
    return one is other or all(getattr(one, field) == getattr(other, field) for field in _ALL_BUT_TIME)


def net(before: Reading, after: Reading, steps: Sequence[Change], led_before: str | None = None) -> Change:
    """Return the net change from `before` to `after`. `steps` are the changes between the two.

    The result is that of `compare`, except that units are summed over the steps: some sources give each batch by unit,
    but no totals by unit.
    """
    sums: dict[str, int] = {}
    for step in steps:
        for unit, votes in (step.units or {}).items():
            sums[unit] = sums.get(unit, 0) + votes
    moved = {unit: votes for unit, votes in sums.items() if votes}
    said = any(step.units is not None for step in steps)
    return _between(before, after, led_before, moved if said else None)


def leader_after(change: Change, led_before: str | None) -> str:
    """Return the leader after `change`. In a tie, this is the leader before `change`.

    The same applies if two other candidates are tied ahead of that leader. The lead changes only when one of the two
    gets ahead.
    """
    return led_before if led_before is not None and change.margin == 0 else change.leader


def _first(after: Reading) -> Change:
    now = margin_of(after.votes)
    return Change(
        contest=after.contest,
        source=after.source,
        count=after.count,
        as_of=after.as_of,
        kind="first",
        lead_changed=False,
        leader=now.leader,
        runner_up=now.runner_up,
        margin=now.votes,
        margin_before=None,
        margin_change=None,
        total=after.counted,
        new_votes=None,
        batch=None,
        units=None,
        unexplained=None,
        margin_percent=_margin_percent(now.votes, after),
    )


def _between(before: Reading, after: Reading, led_before: str | None, units: dict[str, int] | None) -> Change:
    earlier = margin_of(before.votes)
    led = led_before if led_before in before.votes and earlier.votes == 0 else earlier.leader
    now = margin_of(after.votes, led)
    margin_before = None if now.votes is None else margin_for(now.leader, before.votes)
    margin_change = None if now.votes is None or margin_before is None else now.votes - margin_before
    batch = {
        candidate: votes - before.votes[candidate] if candidate in before.votes else None
        for candidate, votes in after.votes.items()
    }
    new_votes = change_of_total(before, after)
    lead_changed = now.leader != led and now.votes != 0
    status_moved = after.status is not None and after.status != before.status
    return Change(
        contest=after.contest,
        source=after.source,
        count=after.count,
        as_of=after.as_of,
        kind=_kind(
            new_votes,
            batch,
            after.votes,
            lead_changed=lead_changed,
            margin_moved=now.votes is not None and margin_change != 0,
        ),
        lead_changed=lead_changed,
        leader=now.leader,
        runner_up=now.runner_up,
        margin=now.votes,
        margin_before=margin_before,
        margin_change=margin_change,
        total=after.counted,
        new_votes=new_votes,
        batch=batch,
        units=units,
        unexplained=None if units is None else new_votes - sum(units.values()),
        margin_percent=_margin_percent(now.votes, after),
        status_before=before.status if status_moved else None,
    )


def _kind(
    new_votes: int, batch: Mapping[str, int | None], now: Mapping[str, int], *, lead_changed: bool, margin_moved: bool
) -> ChangeKind:
    if new_votes < 0 or any(votes is not None and votes < 0 for votes in batch.values()):
        return "revision"
    if lead_changed:
        return "lead_change"
    if margin_moved:
        return "margin"
    if new_votes or any(now[candidate] if votes is None else votes for candidate, votes in batch.items()):
        return "no_margin_change"
    return "progress"


def change_of_total(before: Reading, after: Reading) -> int:
    """Return the change in the contest's total.

    If a reading has no total, its candidates' votes are summed instead.
    """
    if before.total is not None and after.total is not None:
        return after.total - before.total
    return sum(after.votes.values()) - sum(before.votes.values())


def new_votes_by_unit(before: Reading, after: Reading) -> dict[str, int] | None:
    """Return by how many votes each unit's total changed, by the unit's name. Units without a change are missing.

    None if the readings have no votes by unit.
    """
    if after.units is not None and before.units is not None:
        earlier = before.units
        changes = {name: _unit_change(earlier[name], unit) for name, unit in after.units.items() if name in earlier}
        return {name: votes for name, votes in changes.items() if votes}
    return dict(after.unit_batch) if after.unit_batch is not None else None


def _unit_change(before: Unit, after: Unit) -> int | None:
    if before.total is not None and after.total is not None:
        return after.total - before.total
    if before.votes and after.votes:
        return sum(after.votes.values()) - sum(before.votes.values())
    return None


def _margin_percent(margin: int | None, reading: Reading) -> str | None:
    return None if margin is None or not reading.counted else percent_of(margin, reading.counted, 4)
