from datetime import timedelta

import pytest

from bot.errors import BadInputError
from bot.schedule.reminders import read_lead_times


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("60m", [60]),
        ("60 min, 1 day", [60, 1440]),
        ("1 Day and 30 minutes", [1440, 30]),
        ("2 hours;1h, 90 mins.", [120, 60, 90]),
        (" 2d ,1d", [2880, 1440]),
        ("1h 30m", [90]),
        ("1 hr 27 min; 1 day", [87, 1440]),
        ("None", []),
    ],
)
def test_they_are_read_as_people_type_them(typed: str, minutes: list[int]) -> None:
    assert read_lead_times(typed) == tuple(timedelta(minutes=one) for one in minutes)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("often", '"often" is not a reminder time'),
        ("", '"" is not a reminder time'),
        ("60", '"60" is not a reminder time'),
        ("5 moons", '"5 moons" is not a reminder time'),
        ("90s", '"90s" is not a reminder time'),
        ("61 days", "the event reminds 61 days, 0:00:00 before"),
        ("0 days", '"0 days" is not a reminder time'),
        ("1m, 2m, 3m, 4m, 5m, 6m", "the event has 6 reminders, more than 5"),
    ],
)
def test_anything_else_is_refused_with_what_to_type(typed: str, why: str) -> None:
    with pytest.raises(BadInputError, match=f"^{why}"):
        read_lead_times(typed)
