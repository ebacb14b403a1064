"""How fast the news goes by."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import ManualClock
from bot.errors import BadInputError
from bot.rehearsal.pace import LONGEST_WAIT, Pace, parse_speed

START = datetime(2020, 11, 11, 12, 0, tzinfo=UTC)


class Sleep:
    """Keeps how long was slept, and what time it was then."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.slept: list[tuple[float, datetime]] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append((seconds, self.clock.now()))


@pytest.mark.parametrize(
    ("speed", "ahead", "seconds"),
    [(60.0, 60, [1.0]), (1.0, 3, [3.0]), (60.0, 3600, [LONGEST_WAIT]), (0.1, 86400, [LONGEST_WAIT]), (None, 86400, [])],
)
async def test_nobody_waits_longer_than_five_seconds(speed: float | None, ahead: float, seconds: list[float]) -> None:
    clock = ManualClock(START)
    sleep = Sleep(clock)
    moment = START + timedelta(seconds=ahead)
    await Pace(clock, speed, sleep).until(moment)
    assert clock.now() == moment
    assert sleep.slept == [(waited, START) for waited in seconds]


async def test_the_clock_never_goes_back() -> None:
    clock = ManualClock(START)
    sleep = Sleep(clock)
    await Pace(clock, 1.0, sleep).until(START - timedelta(hours=1))
    assert (clock.now(), sleep.slept) == (START, [])


@pytest.mark.parametrize(("typed", "speed"), [("max", None), ("60", 60.0), ("0.5", 0.5), ("1e3", 1000.0)])
def test_a_speed_is_a_number_of_times_or_max(typed: str, speed: float | None) -> None:
    assert parse_speed(typed) == speed


@pytest.mark.parametrize("typed", ["", "fast", "0", "-1", "nan", "inf", "1e9", "MAX", "60x", "x" * 5000])
def test_what_is_no_speed_is_refused_in_one_line(typed: str) -> None:
    with pytest.raises(BadInputError, match=r"--speed should be max, or a number from 0\.1 to 100000") as caught:
        parse_speed(typed)
    assert len(str(caught.value)) < 200
