"""Tests the rate limiter, on an event loop whose clock skips waiting times."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from functools import wraps
from selectors import DefaultSelector, SelectorKey
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.outbox import pacing as pacing_module
from bot.outbox.pacing import AHEAD, Pacing

SOON = 5.0


class ClockedLoop(asyncio.SelectorEventLoop):
    """An event loop with its own clock. A sleep advances the clock and returns at once, even on a busy machine."""

    def __init__(self) -> None:
        self.now = 0.0
        loop = self

        class AtOnce(DefaultSelector):
            def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
                loop.now += max(timeout or 0, 0)
                return super().select(0)

        super().__init__(AtOnce())

    def time(self) -> float:
        return self.now

    def is_busy(self, seconds: float) -> None:
        self.now += seconds


def clocked(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test on a `ClockedLoop`."""

    @wraps(test)
    def run(*arguments: Any, **named: Any) -> None:
        with asyncio.Runner(loop_factory=ClockedLoop) as runner:
            runner.run(test(*arguments, **named))

    return run


def now() -> float:
    return asyncio.get_running_loop().time()


async def take(pacing: Pacing, channel: int, order: list[int], *, urgent: bool = False) -> None:
    await pacing.turn(channel, urgent=urgent)
    try:
        permit = await pacing.permit()
    finally:
        pacing.release()
    order.append(channel)
    permit.record_answer()


@clocked
async def test_turns_are_given_in_the_order_they_were_asked_for() -> None:
    pacing = Pacing(1000)
    order: list[int] = []
    await asyncio.gather(*(take(pacing, channel, order) for channel in range(20)))
    assert sorted(order) == list(range(20))
    # Turns are given in order; those that have one wait for their moments side by side.
    assert all(abs(place - channel) <= 2 * AHEAD for place, channel in enumerate(order))


@clocked
async def test_moments_are_spaced_evenly() -> None:
    pacing = Pacing(200)
    at: list[float] = []
    began = now()

    async def note(channel: int) -> None:
        await take(pacing, channel, [])
        at.append(now() - began)

    await asyncio.gather(*(note(channel) for channel in range(12)))
    assert all(moment >= place / 200 - 1e-9 for place, moment in enumerate(at))


@clocked
async def test_what_a_busy_machine_let_pass_is_made_up_for_and_a_pause_is_not() -> None:
    pacing, at = Pacing(100), list[float]()

    async def note(channel: int) -> None:
        await take(pacing, channel, [])
        at.append(now() - began)

    began = now()
    loop = asyncio.get_running_loop()
    assert isinstance(loop, ClockedLoop)
    loop.call_later(0.05, loop.is_busy, 0.2)
    await asyncio.gather(*(note(channel) for channel in range(40)))
    assert all(moment >= place / 100 - 1e-9 for place, moment in enumerate(at))
    assert at[-1] < 0.4 + 0.15  # and not 0.2 later
    at.clear()
    began = now()
    await asyncio.gather(*(note(channel) for channel in range(6)))
    assert all(moment >= place / 100 - 1e-9 for place, moment in enumerate(at))


@clocked
async def test_what_is_urgent_goes_first() -> None:
    pacing = Pacing(500)
    order: list[int] = []
    routine = [asyncio.create_task(take(pacing, channel, order)) for channel in range(20)]
    await asyncio.sleep(0)
    await take(pacing, 99, order, urgent=True)
    assert order.index(99) <= 2 * AHEAD + 2
    await asyncio.gather(*routine)
    assert sorted(order) == [*range(20), 99]


@clocked
async def test_what_can_wait_goes_last_unless_it_is_told_not_to() -> None:
    pacing = Pacing(1000)
    order: list[int] = []

    async def work(channel: int, *, last: bool) -> None:
        await pacing.turn(channel, urgent=False, last=last)
        order.append(channel)
        pacing.release()

    for taken in range(AHEAD):
        await pacing.turn(100 + taken, urgent=False)
    tasks = [asyncio.create_task(work(channel, last=channel < 3)) for channel in (1, 2, 3, 4)]
    await asyncio.sleep(0)
    pacing.not_last(2)
    pacing.not_last(4)
    pacing.release()
    await asyncio.gather(*tasks)
    assert order == [3, 4, 2, 1]


@clocked
async def test_a_channel_that_waits_can_be_hurried() -> None:
    pacing = Pacing(500)
    order: list[int] = []
    waiting = [asyncio.create_task(take(pacing, channel, order)) for channel in range(20)]
    await asyncio.sleep(0)
    pacing.make_urgent(19)
    pacing.make_urgent(42)  # waits for nothing
    await asyncio.gather(*waiting)
    assert order.index(19) <= 2 * AHEAD + 2


@clocked
async def test_who_gives_up_costs_the_others_nothing() -> None:
    pacing = Pacing(500)
    order: list[int] = []
    waiting = [asyncio.create_task(take(pacing, channel, order)) for channel in range(12)]
    for _ in range(2):
        await asyncio.sleep(0)
    for task in (*waiting[2:4], *waiting[8:10]):  # some that have their turn, some that wait for it
        task.cancel()
    async with asyncio.timeout(SOON):
        await asyncio.gather(*waiting, return_exceptions=True)
        for _ in range(AHEAD):
            await take(pacing, 7, order)
    assert sorted(order) == sorted([0, 1, 4, 5, 6, 7, 10, 11] + [7] * AHEAD)


@clocked
async def test_after_too_many_refused_requests_nothing_is_sent_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing_module, "MOST_INVALID", 5)
    monkeypatch.setattr(pacing_module, "INVALID_WITHIN_SECONDS", 0.2)
    pacing = Pacing(1000)
    order: list[int] = []
    for _ in range(4):
        pacing.refused()
    assert pacing.stopped_for == 0
    pacing.refused()
    assert 0 < pacing.stopped_for <= 0.2
    began = now()
    with capture_logs() as logs:
        await pacing.wait_until_allowed()
        await pacing.wait_until_allowed()
    order += [1, 2]
    assert now() - began >= 0.2
    assert order == [1, 2]
    assert [entry["event"].split(":")[0] for entry in logs] == ["nothing is sent for a while"]
    assert pacing.stopped_for == 0


@clocked
async def test_a_channel_that_is_full_waits_for_itself_and_delays_no_other() -> None:
    pacing = Pacing(1000)
    order: list[int] = []
    pacing.full(1, 0.1)
    began = now()
    waiting = asyncio.create_task(take(pacing, 1, order))
    await asyncio.sleep(0)
    await take(pacing, 2, order)
    await waiting
    assert now() - began >= 0.1
    assert order == [2, 1]
    await take(pacing, 1, order)


@clocked
async def test_no_second_sees_more_than_the_limit_however_late_requests_arrive() -> None:
    pacing = Pacing(20)
    chance = random.Random(5)
    arrived: list[float] = []

    async def request(channel: int) -> None:
        await pacing.turn(channel, urgent=False)
        permit = await pacing.permit()
        pacing.release()
        await asyncio.sleep(chance.choice([0.0, 0.01, 0.3]))
        arrived.append(now())
        await asyncio.sleep(chance.choice([0.0, 0.05]))
        permit.record_answer()

    await asyncio.gather(*(request(channel) for channel in range(50)))
    arrived.sort()
    assert all(later - earlier >= 1 for earlier, later in zip(arrived, arrived[20:], strict=False))


@clocked
async def test_the_way_there_and_back_that_every_request_has_costs_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing_module, "_ENOUGH_ANSWERS", 0)
    pacing, arrived = Pacing(4), list[float]()

    async def request() -> None:
        with await pacing.permit():
            await asyncio.sleep(0.2)
            arrived.append(now())
            await asyncio.sleep(0.2)
            pacing.record_answer()

    await asyncio.gather(*(request() for _ in range(5)))
    assert arrived[4] - arrived[0] == pytest.approx(1)  # a second after the answer would be 1.4


@clocked
async def test_requests_without_an_answer_hold_up_no_other_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing_module, "SURELY_ARRIVED_SECONDS", 1.5)
    pacing = Pacing(5)
    left = []
    for _ in range(7):
        await pacing.permit()
        left.append(now())
    assert left == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.5, 1.7])


@clocked
async def test_an_answer_that_comes_late_frees_no_second_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing_module, "SURELY_ARRIVED_SECONDS", 0.05)
    pacing = Pacing(1)
    permit = await pacing.permit()
    await pacing.permit()
    permit.record_answer()  # its place has been given to another request
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await pacing.permit()


@clocked
async def test_a_channel_that_is_full_can_be_hurried_too() -> None:
    pacing = Pacing(400)
    order: list[int] = []
    pacing.full(1, 0.02)
    hurried = asyncio.create_task(take(pacing, 1, order))
    await asyncio.sleep(0)
    pacing.make_urgent(1)
    others = [asyncio.create_task(take(pacing, channel, order)) for channel in range(10, 60)]
    await asyncio.gather(hurried, *others)
    assert order.index(1) < 40
