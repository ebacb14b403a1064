"""The phases of a count. The busier the phase, the more often the sources are polled."""

from enum import IntEnum
from fractions import Fraction

from bot.count.post_threshold import is_early_count
from bot.count.reading import Reading


class Phase(IntEnum):
    """The phases of a count, quietest first."""

    CERTIFIED = 0
    COUNT = 1
    """Neither election night nor certified, or unknown."""
    NIGHT = 2


def phase_of(reading: Reading, night_until: Fraction) -> Phase:
    """Return the phase of the count that a reading shows."""
    if reading.status == "certified":
        return Phase.CERTIFIED
    return Phase.NIGHT if is_early_count(reading, night_until) else Phase.COUNT
