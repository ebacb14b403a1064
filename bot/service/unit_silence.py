"""Which reporting units have sent nothing for long, where a source tells when each sent figures.

A site of a state is asked every minute and answers, while one of its counties has sent it nothing since the evening: a
source's own silence does not show that.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.cards.sources import UnitSilence
from bot.count.posting import is_night
from bot.count.reading import Reading
from bot.count.staleness import Limits, silent_units
from bot.counties import county
from bot.deskfile import Contest, Source
from bot.store.queries import Standing

Uploads = Callable[[str], Mapping[str, datetime]]
"""Returns when each unit last sent figures to a source, by the unit's name."""


def unit_silence(
    source: Source, contest: Contest, standing: Standing, uploaded_at: Mapping[str, datetime]
) -> UnitSilence | None:
    """Return the units of a contest that are not all in and have sent nothing for the source's limit; None: no limit.

    How long is counted up to the source's last answer, never up to now. Of a contest that is certified nobody asks.
    """
    reading = standing.reading
    limit = Limits(source.stale_after, source.stale_after_night).at([is_night(reading, contest.night_until)])
    if limit is None or standing.checked_at is None or not uploaded_at:
        return None
    if _all_in(reading):
        return UnitSilence(limit, {})
    units = {_key(contest, name): unit for name, unit in (reading.units or {}).items()}
    covered = {name: at for name, at in uploaded_at.items() if not units or _key(contest, name) in units}
    complete = [
        name
        for name in covered
        if (unit := units.get(_key(contest, name))) and unit.reported and unit.reported[0] == unit.reported[1] > 0
    ]
    return UnitSilence(limit, silent_units(covered, standing.checked_at, limit, complete))


def _all_in(reading: Reading) -> bool:
    """Return True if the source itself says that every unit has reported, and no unit says otherwise."""
    said = reading.reporting.units if reading.reporting else None
    return not reading.units and said is not None and said[0] == said[1]


def _key(contest: Contest, name: str) -> str:
    """Return what one unit has in common however it is spelled."""
    found = county(contest.state, name) if contest.state else None
    return found.fips if found else name.casefold()
