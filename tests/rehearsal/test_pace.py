"""Tests the speed of a rehearsal."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import ManualClock
from bot.errors import BadInputError
from bot.rehearsal.pace import LONGEST_WAIT_SECONDS, Pace, parse_speed

START = datetime(2020, 11, 11, 12, 0, tzinfo=UTC)


class Sleep:
    """A replacement for `asyncio.sleep` that returns at once and records the seconds. A test can plan what happens
    meanwhile.
    """

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.meanwhile: dict[int, Callable[[], None]] = {}

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        if act := self.meanwhile.get(len(self.slept)):
            act()

    @property
    def total(self) -> float:
        return sum(self.slept)


@pytest.mark.parametrize(
    ("speed", "ahead", "seconds"),
    [
        (60.0, 60, 1.0),
        (1.0, 3, 3.0),
        (60.0, 3600, LONGEST_WAIT_SECONDS),
        (0.1, 86400, LONGEST_WAIT_SECONDS),
        (None, 86400, 0.0),
    ],
)
async def test_nobody_waits_longer_than_five_seconds(speed: float | None, ahead: float, seconds: float) -> None:
    clock, sleep = ManualClock(START), Sleep()
    moment = START + timedelta(seconds=ahead)
    await Pace(clock, speed, sleep).until(moment)
    assert clock.now() == moment
    assert sleep.total == pytest.approx(seconds)


async def test_whoever_wants_the_quiet_hours_gets_them() -> None:
    clock, sleep = ManualClock(START), Sleep()
    pace = Pace(clock, 60.0, sleep)
    pace.skip_quiet(skips=False)
    await pace.until(START + timedelta(minutes=30))
    assert sleep.total == pytest.approx(30)


async def test_the_clock_never_goes_back() -> None:
    clock, sleep = ManualClock(START), Sleep()
    await Pace(clock, 1.0, sleep).until(START - timedelta(hours=1))
    assert (clock.now(), sleep.slept) == (START, [])


async def test_the_clock_goes_on_while_one_waits() -> None:
    clock, sleep = ManualClock(START), Sleep()
    seen: list[datetime] = []
    sleep.meanwhile = {step: lambda: seen.append(clock.now()) for step in range(1, 11)}
    await Pace(clock, 60.0, sleep).until(START + timedelta(seconds=60))
    assert seen == [START + timedelta(seconds=6 * step) for step in range(10)]


async def test_another_speed_counts_from_when_it_is_set() -> None:
    clock, sleep = ManualClock(START), Sleep()
    pace = Pace(clock, 60.0, sleep)
    sleep.meanwhile[5] = lambda: pace.set_speed(600.0)
    await pace.until(START + timedelta(seconds=120))
    assert sleep.total == pytest.approx(0.5 + 90 / 600)
    pace.set_speed(None)
    await pace.until(START + timedelta(days=1))
    assert sleep.total == pytest.approx(0.65)


async def test_who_pauses_stands_until_they_go_on() -> None:
    clock, sleep = ManualClock(START), Sleep()
    pace = Pace(clock, None, sleep)
    pace.pause()
    waiting = asyncio.create_task(pace.until(START + timedelta(hours=1)))
    for _ in range(3):
        await asyncio.sleep(0)
    assert (clock.now(), waiting.done(), pace.timing.rate) == (START, False, 0.0)
    pace.pause(paused=False)
    await waiting
    assert clock.now() == START + timedelta(hours=1)


async def test_a_jump_waits_for_nothing_until_something_lands_even_while_paused() -> None:
    clock, sleep = ManualClock(START), Sleep()
    pace = Pace(clock, 1.0, sleep)
    pace.pause()
    waiting = asyncio.create_task(pace.until(START + timedelta(hours=1)))
    await asyncio.sleep(0)
    pace.jump()
    await waiting
    await pace.until(START + timedelta(hours=2))  # nothing has landed yet
    assert (clock.now(), sleep.slept, pace.timing.paused) == (START + timedelta(hours=2), [], True)
    pace.end_jump()
    waiting = asyncio.create_task(pace.until(START + timedelta(hours=3)))
    for _ in range(3):
        await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()


async def test_whoever_watches_is_told_of_each_change() -> None:
    clock, sleep = ManualClock(START), Sleep()
    pace = Pace(clock, 60.0, sleep)
    rates: list[tuple[float, bool]] = []
    pace.on_change(lambda: rates.append((pace.timing.rate, pace.timing.over)))
    sleep.meanwhile[1] = pace.pause
    sleep.meanwhile[2] = lambda: pace.set_speed(600.0)

    waiting = asyncio.create_task(pace.until(START + timedelta(seconds=60)))
    for _ in range(5):
        await asyncio.sleep(0)
    pace.pause(paused=False)
    await waiting
    pace.finish()
    assert rates == [(60.0, False), (0.0, False), (60.0, False), (600.0, False), (0.0, False), (0.0, True)]
    pace.jump()
    assert pace.timing.over


@pytest.mark.parametrize(("typed", "speed"), [("max", None), ("60", 60.0), ("0.5", 0.5), ("1e3", 1000.0)])
def test_a_speed_is_a_number_of_times_or_max(typed: str, speed: float | None) -> None:
    assert parse_speed(typed) == speed


@pytest.mark.parametrize("typed", ["", "fast", "0", "-1", "nan", "inf", "1e9", "MAX", "60x", "x" * 5000])
def test_what_is_no_speed_is_refused_in_one_line(typed: str) -> None:
    with pytest.raises(BadInputError, match=r"--speed should be max, or a number from 0\.1 to 100000") as caught:
        parse_speed(typed)
    assert len(str(caught.value)) < 200


async def test_a_jump_to_what_comes_next_takes_no_time() -> None:
    clock, sleep = ManualClock(START), Sleep()
    pace = Pace(clock, 1.0, sleep)
    pace.pause()
    pace.jump()
    await pace.until(START + timedelta(hours=1))
    assert (clock.now(), sleep.slept) == (START + timedelta(hours=1), [])


async def test_the_clock_stands_while_somebody_reads_what_the_day_asks_and_no_second_time() -> None:
    clock, sleep = ManualClock(START), Sleep()
    pace = Pace(clock, None, sleep)
    pace.hold()
    assert pace.timing.paused
    waiting = asyncio.create_task(pace.until(START + timedelta(hours=1)))
    await asyncio.sleep(0)
    assert clock.now() == START
    pace.begin()
    await waiting
    assert clock.now() == START + timedelta(hours=1)
    pace.hold()  # another window shows the same card
    assert not pace.timing.paused


async def test_the_clock_goes_on_when_whoever_read_has_left() -> None:
    pace = Pace(ManualClock(START), None, Sleep())
    pace.hold()
    pace.let_go()
    await pace.until(START + timedelta(hours=1))
    assert pace.clock.now() == START + timedelta(hours=1)
