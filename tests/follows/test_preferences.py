"""How a channel wants to be told: its quiet hours by the desk's clock, also in the nights when that changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.follows.preferences import FollowPreferences

ZONE = ZoneInfo("America/New_York")


@pytest.mark.parametrize("day", [datetime(2020, 11, 1, tzinfo=UTC), datetime(2021, 3, 14, tzinfo=UTC)])
@pytest.mark.parametrize("quiet", [(23 * 60, 90), (23 * 60, 150), (60, 90), (90, 360), (120, 170)])
def test_quiet_hours_end_after_now_also_when_clocks_change(day: datetime, quiet: tuple[int, int]) -> None:
    preferences = FollowPreferences(quiet=quiet)
    for minutes in range(0, 12 * 60, 5):
        now = day + timedelta(minutes=minutes)
        until = preferences.quiet_until(now, ZONE)
        assert until is None or until > now
