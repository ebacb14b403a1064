import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot import scheduler as ticker_module
from bot.scheduler import Ticker, WakeUp
from tests.conftest import COUNT, START, Newsroom, reading

SOON = 5.0


@pytest.fixture
def ticker(newsroom: Newsroom) -> Ticker:
    return Ticker(
        newsroom.ingest, newsroom.rundown, newsroom.following, newsroom.restored, newsroom.silences, newsroom.remind
    )


# What is due.


async def test_the_next_thing_due_is_the_earlier_of_list_and_roll_up(newsroom: Newsroom, ticker: Ticker) -> None:
    await newsroom.follow()
    assert await ticker.next_due() == START + timedelta(hours=1)  # eight in the morning
    await newsroom.take(reading(1000, 500, -30), reading(1010, 500, -30))
    newsroom.at(-20)
    await newsroom.take(reading(1011, 500, 1))
    newsroom.at(62)
    await ticker.look()
    assert sorted(await newsroom.kinds(COUNT)) == ["first", "roll_up", "rundown"]
    assert await ticker.next_due() == START + timedelta(hours=25)


async def test_after_a_look_nothing_is_overdue(newsroom: Newsroom, ticker: Ticker) -> None:
    await newsroom.follow()
    await newsroom.take(reading(1000, 500), reading(1010, 500, 1))
    await newsroom.take(reading(1000, 500, 2))  # a fall, which nothing confirms
    for minute in (30, 61, 62, 300, 3000):
        newsroom.at(minute)
        await ticker.look()
        due = await ticker.next_due()
        assert due is None or due > newsroom.clock.now()


# Waking up.


class Looks:
    """Counts looks, and says when the next thing is due."""

    def __init__(self, *due_in: float | None, fails: int = 0) -> None:
        self.due_in = list(due_in)
        self.fails = fails
        self.times: list[datetime] = []
        self.more = asyncio.Event()

    async def look(self) -> None:
        self.times.append(datetime.now(UTC))
        self.more.set()
        if len(self.times) <= self.fails:
            raise LookupError("the database is locked")

    async def next_due(self) -> datetime | None:
        seconds = self.due_in.pop(0) if self.due_in else None
        return None if seconds is None else datetime.now(UTC) + timedelta(seconds=seconds)

    async def number(self, wanted: int) -> None:
        """Wait for so many looks."""
        async with asyncio.timeout(SOON):
            while len(self.times) < wanted:
                self.more.clear()
                await self.more.wait()


@asynccontextmanager
async def awake(looks: Looks) -> AsyncIterator[WakeUp]:
    wake_up = WakeUp(looks.look, looks.next_due)
    wake_up.start()
    try:
        yield wake_up
    finally:
        await wake_up.stop()


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticker_module, "LOOK_AT_MOST_EVERY", timedelta(seconds=0.02))


async def test_it_looks_at_the_start_and_when_something_is_due() -> None:
    looks = Looks(0.05)
    async with awake(looks):
        await looks.number(2)
        await asyncio.sleep(0.05)
    assert len(looks.times) == 2
    assert looks.times[1] - looks.times[0] >= timedelta(seconds=0.05)


@pytest.mark.parametrize("seconds", [0.0, -0.001, -3600.0])
async def test_what_is_due_at_once_or_overdue_does_not_end_the_looking(seconds: float) -> None:
    looks = Looks(seconds, seconds, seconds)
    async with awake(looks):
        await looks.number(4)


async def test_it_looks_again_soon_however_far_the_next_thing_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticker_module, "LOOK_EVERY", timedelta(seconds=0.03))
    looks = Looks(3600, None, 86_400)
    async with awake(looks):
        await looks.number(4)


async def test_a_look_that_fails_does_not_end_the_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticker_module, "LOOK_EVERY", timedelta(seconds=0.03))
    looks = Looks(fails=2)
    async with awake(looks):
        await looks.number(3)


async def test_a_loop_that_was_busy_looks_late_and_not_never(block: Callable[[float], None]) -> None:
    looks = Looks(0.03)
    async with awake(looks):
        await looks.number(1)
        block(0.1)
        await looks.number(2)


async def test_after_the_stop_it_looks_no_more() -> None:
    looks = Looks(0.02)
    async with awake(looks) as wake_up:
        await looks.number(1)
        await wake_up.stop()  # and again on the way out
    await asyncio.sleep(0.06)
    assert len(looks.times) == 1


async def test_a_look_under_way_ends_before_the_stop(caplog: pytest.LogCaptureFixture) -> None:
    looked = asyncio.Event()

    async def look() -> None:
        began.set()
        await asyncio.sleep(0.02)
        looked.set()

    began, looks = asyncio.Event(), Looks()
    wake_up = WakeUp(look, looks.next_due)
    wake_up.start()
    await began.wait()
    await wake_up.stop()
    assert looked.is_set()
    await asyncio.sleep(0)
    assert caplog.records == []


async def test_a_look_that_hangs_does_not_hold_up_the_stop() -> None:
    async def look() -> None:
        began.set()
        await asyncio.Event().wait()

    began, looks = asyncio.Event(), Looks()
    wake_up = WakeUp(look, looks.next_due)
    wake_up.start()
    await began.wait()
    async with asyncio.timeout(SOON):
        await wake_up.stop(within=0.02)


async def test_looks_that_fail_are_logged_once_then_at_each_doubling_and_when_they_work_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ticker_module, "LOOK_EVERY", timedelta(seconds=0.001))
    looks = Looks(fails=9)
    with capture_logs() as logged:
        async with awake(looks):
            await looks.number(11)
    assert [(line["log_level"], line["failures"]) for line in logged] == [
        *(("error", failures) for failures in (1, 2, 4, 8)),
        ("info", 9),
    ]


@pytest.fixture
def block() -> Callable[[float], None]:
    """Return what keeps the event loop from doing anything for some seconds."""
    return time.sleep
