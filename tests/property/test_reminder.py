"""Tests that reminders come at the right wall time, around every change of the clocks from 2020 to 2030 in every
IANA time zone.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events.event import Event, moments
from bot.events.moving import moved_to, pushed
from bot.events.reminder import AT_ITS_TIME, reminders
from bot.events.time_meaning import TimeAhead, TimeQuestion, time_ahead

FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ZONES = sorted(available_timezones() - {"Factory", "localtime"})
LEAD_TIMES = (30 * MINUTE, HOUR, DAY, DAY + HOUR, 7 * DAY)


@cache
def changes(name: str) -> tuple[datetime, ...]:
    """Return when the clocks of a time zone change, exact to the minute."""
    zone, found, before = ZoneInfo(name), [], FIRST
    while before < LAST:
        after = before + 10 * DAY  # no zone changes its clocks and back within ten days
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            low, high = before, after
            while high - low > MINUTE:
                middle = low + (high - low) // 2
                middle = middle.replace(second=0, microsecond=0)
                if middle in (low, high):
                    break
                same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high)
        before = after
    return tuple(found)


@cache
def one_of_each() -> tuple[str, ...]:
    """Return one name for each group of time zones whose clocks have always agreed since 2020."""
    kinds: dict[tuple[object, ...], str] = {}
    for name in ZONES:
        zone = ZoneInfo(name)
        seen = [FIRST, *changes(name)]
        kinds.setdefault(tuple((moment, moment.astimezone(zone).utcoffset()) for moment in seen), name)
    return tuple(kinds.values())


def event(wall: datetime, zone: str) -> Event:
    return Event(kind="other", title="An event", wall=wall, zone=zone)


def check(wall: datetime, name: str) -> None:
    """Check that an event's reminders are due at the right wall time."""
    zone, ours = ZoneInfo(name), event(wall, name)
    for one in reminders(ours, LEAD_TIMES):
        if one.lead_time == AT_ITS_TIME:
            assert one.due_at == ours.starts_at
            if moments(wall, zone):
                assert one.due_at.astimezone(zone).replace(tzinfo=None) == wall
            continue
        assert one.due_at < ours.starts_at
        if one.lead_time < DAY:
            assert ours.starts_at - one.due_at == one.lead_time
            continue
        wanted, rest = wall - timedelta(days=one.lead_time.days), one.lead_time - timedelta(days=one.lead_time.days)
        if moments(wanted, zone):
            assert (one.due_at + rest).astimezone(zone).replace(tzinfo=None) == wanted
            assert (one.due_at + rest) == moments(wanted, zone)[0]
        else:  # skipped: due after the change, by no more than the length of the skip
            assert (one.due_at + rest).astimezone(zone).replace(tzinfo=None) > wanted


def test_around_every_change_of_every_zone_reminders_come_at_the_wall_time_they_are_to() -> None:
    assert len(ZONES) > 400
    checked = 0
    for name in one_of_each():
        zone = ZoneInfo(name)
        for change in changes(name):
            local = change.astimezone(zone).replace(tzinfo=None)
            for shift in (-HOUR, -30 * MINUTE, 30 * MINUTE, DAY, DAY - 90 * MINUTE, 7 * DAY):
                check(local + shift, name)
                checked += 1
    assert checked > 3000


def typed_in_full(wall: datetime, change: datetime, zone: ZoneInfo) -> TimeAhead | TimeQuestion:
    return time_ahead(wall.strftime("%b %d %Y %I:%M %p"), change - 2 * DAY, zone)


def typed_on_its_day(wall: datetime, change: datetime, zone: ZoneInfo) -> TimeAhead | TimeQuestion:
    """Parse a wall time typed without a date, for an event whose day is known.

    That happens when somebody moves the event or sets its end.
    """
    return time_ahead(wall.strftime("%I:%M %p"), change - 2 * DAY, zone, wall.date())


@pytest.mark.parametrize("typed", [typed_in_full, typed_on_its_day])
def test_a_typed_wall_time_that_is_skipped_or_comes_twice_is_asked_about_and_one_beside_it_is_not(
    typed: Callable[[datetime, datetime, ZoneInfo], TimeAhead | TimeQuestion],
) -> None:
    asked = 0
    for name in one_of_each():
        zone = ZoneInfo(name)
        for change in changes(name):
            before = (change - MINUTE).astimezone(zone).replace(tzinfo=None) + MINUTE
            after = change.astimezone(zone).replace(tzinfo=None)
            inside = before + (after - before) / 2
            question = typed(inside, change, zone)
            assert isinstance(question, TimeQuestion), (name, change)
            assert question.why == (("skipped",) if after > before else ("twice",)), (name, change)
            assert len(moments(inside, zone)) == (0 if after > before else 2)
            early, late = (choice.moment for choice in question.choices)
            assert late - early == abs(after - before), (name, change)
            assert early < change <= late, (name, change)
            first, last = sorted((before, after))
            for wall in (first - MINUTE, last):
                clear = typed(wall, change, zone)
                assert isinstance(clear, TimeAhead), (name, change)
                assert clear.moment.astimezone(zone).replace(tzinfo=None) == wall
            asked += 1
    assert asked > 500


def test_an_event_that_is_moved_into_or_out_of_a_change_of_clocks_is_spoken_of_as_one_that_was_there_all_along() -> (
    None
):
    for name in one_of_each():
        zone = ZoneInfo(name)
        for change in changes(name):
            local = change.astimezone(zone).replace(tzinfo=None)
            for before, after in ((local + 7 * DAY, local + 30 * MINUTE), (local - 30 * MINUTE, local + DAY)):
                moved = moved_to(event(before, name), after)
                assert [(one.lead_time, one.wall, one.due_at) for one in reminders(moved, LEAD_TIMES)] == [
                    (one.lead_time, one.wall, one.due_at) for one in reminders(event(after, name), LEAD_TIMES)
                ]
                check(moved.wall, name)


def test_an_event_that_is_pushed_over_a_change_of_clocks_is_a_quarter_of_an_hour_later_by_passing_time() -> None:
    unsaid = 0
    for name in one_of_each():
        for change in changes(name):
            for minutes in (-1, -10, -20, 0, 50):
                wall = (change + minutes * MINUTE).astimezone(ZoneInfo(name)).replace(tzinfo=None, fold=0)
                ours = event(wall, name)
                later = pushed(ours, 15 * MINUTE)
                if later is None:  # the second of an hour that comes twice: the zone has no wall time for it alone
                    unsaid += 1
                    there = (ours.starts_at + 15 * MINUTE).astimezone(ZoneInfo(name)).replace(tzinfo=None)
                    assert len(moments(there, ZoneInfo(name))) == 2
                    continue
                assert later.starts_at - ours.starts_at == 15 * MINUTE
    assert unsaid > 0


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 31)),  # noqa: DTZ001 - wall times
)
def test_any_wall_time_of_any_zone(name: str, wall: datetime) -> None:
    check(wall.replace(second=0, microsecond=0), name)
