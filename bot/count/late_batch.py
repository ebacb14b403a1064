"""A batch all over the state when nearly everything is in: the feed may have moved to another count."""

from fractions import Fraction

from bot.count.change import Change
from bot.count.reading import Reading, Unit
from bot.count.reporting import reporting_share

NEARLY_ALL = Fraction(99, 100)
"""From this share of reporting on, a batch all over the state is suspect…"""


MANY_UNITS = 10
"""…when it touches at least so many units: on 19 and 20 November 2020 Georgia's feed moved to another count so."""


def gives_units(reading: Reading) -> bool:
    """Return True if a source says where votes come from. Of one that does not, no move to another count is seen."""
    return reading.units is not None or reading.unit_batch is not None


def all_over_late(before: Reading | None, after: Reading, change: Change) -> bool:
    """Return True if a batch touches many units although nearly all had reported: rising or falling."""
    if before is None or change.kind == "progress" or not _nearly_all_in(before):
        return False
    touched = {unit for unit, votes in (change.units or {}).items() if votes}
    if before.units and after.units:
        touched |= {name for name, unit in after.units.items() if _votes_differ(before.units.get(name), unit)}
    return len(touched) >= MANY_UNITS


def _votes_differ(before: Unit | None, after: Unit) -> bool:
    """Return True if a candidate listed in both has other votes now; a unit's total may hide that."""
    if before is None or not before.votes or not after.votes or before.votes == after.votes:
        return False
    return any(before.votes.get(candidate, votes) != votes for candidate, votes in after.votes.items())


def _nearly_all_in(reading: Reading) -> bool:
    in_so_far = reporting_share(reading)
    return in_so_far is not None and in_so_far >= NEARLY_ALL
