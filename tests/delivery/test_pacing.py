import asyncio
import time

import pytest
from structlog.testing import capture_logs

from bot.delivery import pacing as pacing_module
from bot.delivery.pacing import Pacing

SOON = 5.0


async def take(pacing: Pacing, channel: int, order: list[int], *, urgent: bool = False) -> None:
    await pacing.turn(channel, urgent=urgent)
    order.append(channel)


async def test_turns_are_given_in_the_order_they_were_asked_for() -> None:
    pacing = Pacing(1000)
    order: list[int] = []
    await asyncio.gather(*(take(pacing, channel, order) for channel in range(20)))
    assert order == list(range(20))


async def test_turns_are_spaced_evenly_from_the_third_on() -> None:
    pacing = Pacing(200)
    at: list[float] = []

    async def note(channel: int) -> None:
        await pacing.turn(channel, urgent=False)
        at.append(time.monotonic())

    await asyncio.gather(*(note(channel) for channel in range(12)))
    # Never faster than the rate allows, however late timers are: any eleven gaps take ten of its steps at least.
    assert at[-1] - at[0] >= 10 / 200 - 0.001


async def test_what_is_urgent_goes_first() -> None:
    pacing = Pacing(500)
    order: list[int] = []
    routine = [asyncio.create_task(take(pacing, channel, order)) for channel in range(10)]
    await asyncio.sleep(0)
    await take(pacing, 99, order, urgent=True)
    assert order.index(99) <= 2
    await asyncio.gather(*routine)
    assert [channel for channel in order if channel != 99] == list(range(10))


async def test_a_channel_that_waits_can_be_hurried() -> None:
    pacing = Pacing(500)
    order: list[int] = []
    waiting = [asyncio.create_task(take(pacing, channel, order)) for channel in range(10)]
    await asyncio.sleep(0)
    pacing.hurry(9)
    pacing.hurry(42)  # waits for nothing
    await asyncio.gather(*waiting)
    assert order.index(9) <= 2


async def test_who_gives_up_costs_the_others_nothing() -> None:
    pacing = Pacing(500)
    order: list[int] = []
    waiting = [asyncio.create_task(take(pacing, channel, order)) for channel in range(6)]
    await asyncio.sleep(0)
    for task in waiting[3:5]:
        task.cancel()
    async with asyncio.timeout(SOON):
        await asyncio.gather(*waiting, return_exceptions=True)
        await take(pacing, 7, order)
    assert order == [0, 1, 2, 5, 7]


async def test_after_too_many_refused_requests_nothing_is_sent_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing_module, "MOST_INVALID", 5)
    monkeypatch.setattr(pacing_module, "INVALID_WITHIN", 0.2)
    pacing = Pacing(1000)
    order: list[int] = []
    for _ in range(4):
        pacing.refused()
    assert pacing.stopped_for == 0
    pacing.refused()
    assert 0 < pacing.stopped_for <= 0.2
    began = time.monotonic()
    with capture_logs() as logs:
        await take(pacing, 1, order)
        await take(pacing, 2, order)
    assert time.monotonic() - began >= 0.15
    assert order == [1, 2]
    assert [entry["event"].split(":")[0] for entry in logs] == ["nothing is sent for a while"]
    assert pacing.stopped_for == 0
