"""Tests the box, the worker processes that read outside files: results of jobs, exceeded limits, and the queue."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from bot.box import box as box_module
from bot.box.box import MOST_IN_FRAME, Box, Job, Worker, own_worker
from bot.box.worker import JOBS, MEMORY
from bot.errors import BadInputError
from bot.quotas import ALLOWANCE, WORK, Caller, QuotaError, Quotas
from tests import box_jobs
from tests.conftest import SOON

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold a process to it")


@pytest.fixture(autouse=True)
def _workers_of_these_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box_module, "COMMAND", (sys.executable, "-c", box_jobs.DO))
    monkeypatch.setattr(box_module, "Worker", Worker)


@pytest.fixture
async def hasty() -> AsyncIterator[Box]:
    """Return a `Box` in which jobs wait only briefly for a free worker."""
    async with Box(patience=0.05) as box:
        yield box


def job(name: str, *parts: bytes, seconds: float = SOON) -> Job:
    return Job(name, "wire: 127.0.0.1", parts or (b"",), seconds)


async def which(box: Box) -> int:
    """Return the id of the process that runs the next job."""
    ((pid),) = await box.read(None, job("say_which"), int)
    return pid


def is_there(pid: int) -> bool:
    with suppress(OSError):
        os.kill(pid, 0)
        return True
    return False


async def is_gone(pid: int) -> None:
    async with asyncio.timeout(SOON):
        while is_there(pid):
            await asyncio.sleep(0.01)


async def test_parts_come_back_in_order_and_one_worker_does_job_after_job(box: Box) -> None:
    assert await box.read(None, job("give_back", b"a", b"", b"c" * 100_000), len) == [1, 0, 100_000]
    assert await which(box) == await which(box)


async def test_feeds_and_people_have_each_their_own_worker(box: Box) -> None:
    assert await box.read(Caller(1, 2), job("say_which"), int) != await box.read(None, job("say_which"), int)


async def test_a_refusal_is_the_jobs_own_sentence_and_costs_no_worker(box: Box) -> None:
    pid = await which(box)
    with pytest.raises(BadInputError, match=r"^wire: V should be a list$"):
        await box.read(None, job("refuse", b"wire: V should be a list"), bytes)
    assert await which(box) == pid


@pytest.mark.parametrize(
    ("name", "given", "seconds", "why"),
    [
        ("take_long", b"60", 0.1, r"takes more than 0\.1 seconds"),
        pytest.param("take_memory", b"%d" % (MEMORY + 1), SOON, "takes more than 400 MiB of memory", marks=LINUX),
        ("give_much", b"%d" % (MOST_IN_FRAME + 1), SOON, "has a part of more than 16 MiB"),
        ("die", b"", SOON, "the process that worked on it ended"),
    ],
)
async def test_what_passes_a_limit_is_one_line_and_the_next_job_has_a_new_worker(
    box: Box, name: str, given: bytes, seconds: float, why: str
) -> None:
    pid = await which(box)
    with pytest.raises(BadInputError, match=rf"^wire: 127\.0\.0\.1: {why}$"):
        await box.read(None, job(name, given, seconds=seconds), bytes)
    assert await which(box) != pid
    await is_gone(pid)


@LINUX
async def test_a_worker_that_kept_much_memory_is_not_used_again(box: Box) -> None:
    pid = await which(box)
    await box.read(None, job("leave_memory", b"%d" % (MEMORY // 2)), bytes)
    assert await which(box) != pid


async def test_a_mistake_in_a_job_is_one_line_and_its_traceback_is_in_the_log(box: Box) -> None:
    with (
        capture_logs() as logged,
        pytest.raises(BadInputError, match=r"^wire: 127\.0\.0\.1: .* by a mistake of the program"),
    ):
        await box.read(None, job("fail"), bytes)
    assert ["ZeroDivisionError" in line["why"] for line in logged] == [True]


async def test_a_worker_that_was_killed_between_two_jobs_is_replaced(box: Box) -> None:
    pid = await which(box)
    os.kill(pid, 9)
    await is_gone_for(box, pid)
    assert await which(box) != pid


async def is_gone_for(box: Box, pid: int) -> None:
    """Wait until the box's idle worker, process `pid`, has ended."""
    kept = box._feeds._kept
    assert kept is not None
    assert kept._process.pid == pid
    async with asyncio.timeout(SOON):
        while kept.is_ready:
            await asyncio.sleep(0.01)


async def test_a_job_that_is_cancelled_ends_its_worker(box: Box) -> None:
    pid = await which(box)
    task = asyncio.create_task(box.read(None, job("take_long", b"60"), bytes))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await is_gone(pid)
    assert await which(box) != pid


async def test_others_get_a_second_worker_while_a_job_takes_long(hasty: Box) -> None:
    pid = await which(hasty)
    began = time.monotonic()
    slow = asyncio.create_task(hasty.read(None, job("take_long", b"60"), bytes))
    await asyncio.sleep(0)
    others = await asyncio.gather(*(which(hasty) for _ in range(5)))
    assert time.monotonic() - began < SOON
    assert pid not in others
    assert len(set(others)) == 1
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow


async def test_whoever_asks_for_much_waits_for_themselves_and_others_come_between() -> None:
    quotas, order = Quotas(), list[int]()

    async def ask(box: Box, person: int) -> None:
        await box.read(Caller(1, person), job("take_long", b"0.05"), bytes)
        order.append(person)

    async with Box(quotas) as box:
        many = [asyncio.create_task(ask(box, 5)) for _ in range(int(ALLOWANCE / WORK) + 1)]
        await asyncio.sleep(0)
        await asyncio.gather(*(ask(box, person) for person in (6, 7)))
        assert order.count(5) <= 3
        for task in many:
            task.cancel()
        done = await asyncio.gather(*many, return_exceptions=True)
    assert [str(one) for one in done if isinstance(one, QuotaError)] == [
        "you have asked for a lot within minutes; try again in 10 seconds"
    ]


async def test_feeds_are_never_refused_for_their_number(hasty: Box) -> None:
    assert len(await asyncio.gather(*(which(hasty) for _ in range(100)))) == 100


async def test_a_worker_without_a_job_rests_and_the_next_job_starts_another() -> None:
    async with Box(idle=0.05) as box:
        pid = await which(box)
        await is_gone(pid)
        assert await which(box) != pid


async def test_workers_end_with_the_box() -> None:
    async with Box() as box:
        pid = await which(box)
    await is_gone(pid)


BOT = f"""
import sys
from bot.box import box
box.COMMAND = (sys.executable, "-c", {box_jobs.DO!r})
worker = box.Worker()
next(worker.do(box.Job("take_long", "", (b"60",))))
print(worker._process.pid, flush=True)
sys.stdin.read()
"""


@LINUX
def test_a_worker_ends_with_its_bot_also_in_the_middle_of_a_job() -> None:
    with subprocess.Popen([sys.executable, "-c", BOT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert is_there(pid)
        process.kill()
    asyncio.run(is_gone(pid))


async def test_a_worker_knows_no_secret(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYDESK_TOKEN", "hunter2")
    ((names),) = await box.read(None, job("environment"), bytes.decode)
    assert "TALLYDESK" not in names


def test_a_program_that_waits_gets_each_part_when_it_is_there() -> None:
    with own_worker() as worker:
        parts = worker.do(job("take_long", b"60"))
        assert next(parts) == b"begun"
        pid = worker._process.pid
    asyncio.run(is_gone(pid))


def test_a_program_may_take_longer_over_a_part_than_the_job_may() -> None:
    more_than_a_pipe_holds = b"a" * (1 << 20)
    with own_worker() as worker:
        parts = worker.do(job("give_back", *[more_than_a_pipe_holds] * 3, seconds=0.5))
        assert next(parts) == more_than_a_pipe_holds
        time.sleep(0.7)  # as `tallydesk read` does while its reader has not scrolled on
        assert list(parts) == [more_than_a_pipe_holds] * 2


def test_every_job_can_be_loaded() -> None:
    code = "from bot.box import worker\nfor name in worker.JOBS: assert callable(worker._job(name))"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert JOBS
