"""The phases of a count: how busy it is, and so how often its sources are asked."""

from enum import IntEnum
from fractions import Fraction

from bot.count.reading import Reading
from bot.count.worth import is_early_count


class Phase(IntEnum):
    """A phase of a count, the quietest first."""

    CERTIFIED = 0
    COUNT = 1
    """Neither election night nor certified, or unknown."""
    NIGHT = 2


def phase_of(reading: Reading, night_until: Fraction) -> Phase:
    """Return which phase of the count a reading shows."""
    if reading.status == "certified":
        return Phase.CERTIFIED
    return Phase.NIGHT if is_early_count(reading, night_until) else Phase.COUNT
