"""A typed wall time that the clocks skip or go through twice is asked about: in every zone, at every change.

In `make test` at every tenth of them; `make faults` (examples) has all."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.events.meant_time import TimeAhead, TimeQuestion, time_ahead
from tests.conftest import examples

FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
WEEK, MINUTE = timedelta(days=7), timedelta(minutes=1)


def changes(zone: ZoneInfo) -> Iterator[tuple[datetime, timedelta]]:
    """Yield each change of a zone's clocks: the first moment after it, and by how much they go forward."""
    start = FIRST
    while start < LAST:
        end = start + WEEK
        before, after = (moment.astimezone(zone).utcoffset() for moment in (start, end))
        assert before is not None
        assert after is not None
        if before != after:
            low, high = start, end
            while high - low > MINUTE:
                middle = low + (high - low) // 2 // MINUTE * MINUTE
                low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
            yield high, after - before
        start = end


@cache
def all_changes() -> list[tuple[ZoneInfo, datetime, timedelta]]:
    zones = [ZoneInfo(name) for name in sorted(available_timezones())]
    return [(zone, moment, shift) for zone in zones for moment, shift in changes(zone)]


def read_in_full(wall: datetime, moment: datetime, zone: ZoneInfo) -> TimeAhead | TimeQuestion:
    return time_ahead(wall.strftime("%b %d %Y %I:%M %p"), moment - timedelta(days=2), zone)


def read_on(wall: datetime, moment: datetime, zone: ZoneInfo) -> TimeAhead | TimeQuestion:
    """Return the same, typed without its day, of an event whose day is known: one that is moved, or whose end is set."""
    return time_ahead(wall.strftime("%I:%M %p"), moment - timedelta(days=2), zone, wall.date())


@pytest.mark.seeds
@pytest.mark.parametrize("read", [read_in_full, read_on])
def test_a_wall_time_in_a_change_of_clocks_is_asked_about_and_one_beside_it_is_not(
    read: Callable[[datetime, datetime, ZoneInfo], TimeAhead | TimeQuestion],
) -> None:
    found = all_changes()
    assert len(found) > 4000
    for zone, moment, shift in found[:: max(1, 500 // examples())]:
        before = (moment - MINUTE).astimezone(zone).replace(tzinfo=None) + MINUTE
        inside = before + shift / 2
        question = read(inside, moment, zone)
        assert isinstance(question, TimeQuestion), (zone, moment)
        assert question.why == (("skipped",) if shift > timedelta(0) else ("twice",)), (zone, moment)
        early, late = (choice.moment for choice in question.choices)
        assert late - early == abs(shift), (zone, moment)
        assert early < moment <= late, (zone, moment)
        first, last = sorted((before, before + shift))
        for wall in (first - MINUTE, last):
            clear = read(wall, moment, zone)
            assert isinstance(clear, TimeAhead), (zone, moment)
            assert clear.moment.astimezone(zone).replace(tzinfo=None) == wall
