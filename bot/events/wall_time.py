"""Wall times: which moments the clocks of a zone show, and what a zone is called."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

GENERIC = {
    "EST": "ET", "EDT": "ET", "CST": "CT", "CDT": "CT", "MST": "MT", "MDT": "MT",
    "PST": "PT", "PDT": "PT", "AKST": "AKT", "AKDT": "AKT",
}  # fmt: skip
"""What a zone of the United States is called whether the clocks are forward or not."""


def moments(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the moments, in UTC and in order, at which the clocks of `zone` show `wall`.

    One, but none where the clocks skip it, and two where they go through it twice.
    """
    return tuple(moment for moment in nearest(wall, zone) if moment.astimezone(zone).replace(tzinfo=None) == wall)


def nearest(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the moments that `wall` could stand for, in UTC and in order, by the clocks before and after a change.

    Of a wall time that is skipped: as far before the skip as it is before the skip's end, and as far after it as
    it is after the skip's start (PEP 495): of 2:30 a.m. on the night in March these are 1:30 and 3:30.
    """
    return tuple(sorted({wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}))


def zone_names(moment: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """Return what the clocks of `zone` are called at a moment: EST, ET."""
    name = moment.astimezone(zone).tzname() or zone.key
    return (name, GENERIC[name]) if name in GENERIC else (name,)
