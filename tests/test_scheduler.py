"""Tests the scheduler with a real APScheduler, on clocks that only the test moves."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from datetime import datetime, timedelta, tzinfo

import pytest
from apscheduler.schedulers import base
from structlog.testing import capture_logs

from bot.errors import RunFailedError, TallydeskError
from bot.operations.vitals import JobVitals
from bot.scheduler import WATCH_EVERY, Scheduler
from tests.conftest import START

TICK = 0.25
HOUR = timedelta(hours=1)


class Machine:
    """The two clocks of a computer: the wall clock, which somebody may set, and the monotonic clock."""

    def __init__(self) -> None:
        self.now = START
        self.up = 1000.0

    def wall(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.up

    async def lapse(self, seconds: float) -> None:
        """Move both clocks forward, and run the jobs that fall due."""
        await self.settle()
        for _ in range(round(seconds / TICK)):
            self.up += TICK
            self.now += timedelta(seconds=TICK)
            await self.settle()

    async def settle(self) -> None:
        for _ in range(15):
            await asyncio.sleep(0)


@pytest.fixture
async def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Replace the clocks of APScheduler and of the event loop's timers with clocks that the test moves."""
    machine = Machine()

    class Datetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # APScheduler uses no other method
            return machine.now.astimezone(tz)

    monkeypatch.setattr(base, "datetime", Datetime)
    monkeypatch.setattr(asyncio.get_running_loop(), "time", machine.monotonic)
    return machine


@pytest.fixture
async def scheduler(machine: Machine) -> AsyncIterator[Scheduler]:
    scheduler = Scheduler(machine.wall, machine.monotonic)
    yield scheduler
    await scheduler.stop()


class Runs:
    """A job that records when it ran, in seconds after the start. A test decides what else the job does."""

    def __init__(self, machine: Machine, *says: float | BaseException | Awaitable[object] | None) -> None:
        self.machine = machine
        self.says = list(says)
        self.at: list[float] = []
        self.ended = 0
        self.cut_off = False

    async def __call__(self) -> float | None:
        self.at.append(self.machine.up - 1000.0)
        said = self.says.pop(0) if self.says else None
        if isinstance(said, BaseException):
            raise said
        if isinstance(said, Awaitable):
            try:
                await said
            except asyncio.CancelledError:
                self.cut_off = True
                raise
            said = None
        self.ended += 1
        return said


def vitals(scheduler: Scheduler, name: str) -> JobVitals:
    return next(job for job in scheduler.jobs() if job.name == name)


async def forever() -> None:
    await asyncio.get_running_loop().create_future()


async def test_jobs_run_at_the_start_and_then_when_they_want_to(machine: Machine, scheduler: Scheduler) -> None:
    usual, says = Runs(machine), Runs(machine, 1.5, 20, None)
    scheduler.add("usual", usual, 10)
    scheduler.add("says", says, 5)
    await machine.lapse(3)
    assert usual.at == says.at == []
    scheduler.start()
    await machine.lapse(30)
    assert usual.at == [3, 13, 23, 33]
    assert says.at == [3, 4.5, 24.5, 29.5]


async def test_the_time_to_the_next_run_counts_from_the_end_of_the_last_so_none_overlaps(
    machine: Machine, scheduler: Scheduler
) -> None:
    job = Runs(machine, asyncio.sleep(7), asyncio.sleep(7))
    scheduler.add("slow", job, 1)
    scheduler.start()
    await machine.lapse(16)
    assert job.at == [0, 8, 16]


async def test_what_is_due_at_once_is_done_again_and_again(machine: Machine, scheduler: Scheduler) -> None:
    job = Runs(machine, 0, 0, -5.0)
    scheduler.add("at once", job, 10)
    scheduler.start()
    for _ in range(4):
        await machine.lapse(0)
    assert job.at == [0, 0, 0, 0]


async def test_a_job_that_hangs_holds_no_other_up(machine: Machine, scheduler: Scheduler) -> None:
    job = Runs(machine)
    scheduler.add("hangs", Runs(machine, forever()), 1)
    scheduler.add("runs", job, 1)
    scheduler.start()
    await machine.lapse(5)
    assert len(job.at) == 6


@pytest.mark.parametrize("error", [LookupError("a bug"), TallydeskError("the disk is full"), asyncio.CancelledError()])
async def test_a_run_that_fails_ends_no_job(machine: Machine, scheduler: Scheduler, error: BaseException) -> None:
    job = Runs(machine, error, 1)
    scheduler.add("boards", job, 30)
    with capture_logs() as logged:
        scheduler.start()
        await machine.lapse(32)
    assert job.at == [0, 30, 31]
    assert [(line["event"], line["job"]) for line in logged] == [
        ("a job failed", "boards"),
        ("a job works again", "boards"),
    ]


async def test_failures_are_logged_once_then_at_each_doubling_and_when_it_works_again(
    machine: Machine, scheduler: Scheduler
) -> None:
    scheduler.add("boards", Runs(machine, *[LookupError("a bug")] * 9), 1)
    with capture_logs() as logged:
        scheduler.start()
        await machine.lapse(12)
    assert [(line["log_level"], line["failures"]) for line in logged] == [
        *(("error", failures) for failures in (1, 2, 4, 8)),
        ("info", 9),
    ]


async def test_a_job_that_logs_its_failures_says_when_it_wants_to_run_again(
    machine: Machine, scheduler: Scheduler
) -> None:
    job = Runs(machine, RunFailedError("sos: quota", 7.5), RunFailedError("sos: quota", 15))
    scheduler.add("poll sos", job, 60)
    with capture_logs() as logged:
        scheduler.start()
        await machine.lapse(8)
        assert vitals(scheduler, "poll sos").failures == 2
        await machine.lapse(20)
    assert job.at == [0, 7.5, 22.5]
    assert logged == []


async def test_it_is_known_how_each_job_does(machine: Machine, scheduler: Scheduler) -> None:
    scheduler.add("boards", Runs(machine, 4, LookupError("a bug"), LookupError("a bug")), 10)
    scheduler.add("poll sos", Runs(machine, TallydeskError("sos: down"), asyncio.sleep(5)), 6)
    assert [job.name for job in scheduler.jobs()] == ["boards", "poll sos"]
    assert scheduler.jobs()[0] == JobVitals("boards")
    scheduler.start()
    await machine.lapse(5)

    def at(seconds: float) -> datetime:
        return START + timedelta(seconds=seconds)

    assert scheduler.jobs() == [
        JobVitals("poll sos", at(6), at(0), None, at(0), "sos: down", 1),
        JobVitals("boards", at(14), at(4), at(0), at(4), "LookupError('a bug')", 1),
    ]
    await machine.lapse(10)
    assert scheduler.jobs() == [
        JobVitals("poll sos", at(17), at(6), at(11), at(0), "sos: down", 0),
        JobVitals("boards", at(24), at(14), at(0), at(14), "LookupError('a bug')", 2),
    ]
    await machine.lapse(2)
    assert [job.next_at for job in scheduler.jobs()] == [at(23), at(24)]


async def test_a_job_under_way_has_no_next_run_and_comes_first(machine: Machine, scheduler: Scheduler) -> None:
    scheduler.add("boards", Runs(machine), 1)
    scheduler.add("slow", Runs(machine, forever()), 1)
    scheduler.start()
    await machine.lapse(3)
    assert [(job.name, job.next_at) for job in scheduler.jobs()] == [
        ("slow", None),
        ("boards", START + timedelta(seconds=4)),
    ]


# Sooner.


async def test_what_is_wanted_soon_runs_at_once_or_after_its_rest(machine: Machine, scheduler: Scheduler) -> None:
    job = Runs(machine)
    scheduler.add("boards", job, 30, rest=2)
    scheduler.run_soon("boards")  # before the start it means nothing
    scheduler.start()
    await machine.lapse(10)
    scheduler.run_soon("boards")
    scheduler.run_soon("boards")
    await machine.lapse(1)
    assert job.at == [0, 10]
    for _ in range(3):
        scheduler.run_soon("boards")
    await machine.lapse(0.75)
    assert job.at == [0, 10]
    await machine.lapse(31.25)
    assert job.at == [0, 10, 12, 42]


async def test_what_is_wanted_soon_while_it_runs_runs_once_more(machine: Machine, scheduler: Scheduler) -> None:
    job = Runs(machine, asyncio.sleep(5))
    scheduler.add("boards", job, 30, rest=2)
    scheduler.start()
    await machine.lapse(1)
    scheduler.run_soon("boards")
    scheduler.run_soon("boards")
    await machine.lapse(8)
    assert job.at == [0, 7]


async def test_a_run_that_is_due_sooner_than_its_rest_is_not_put_off(machine: Machine, scheduler: Scheduler) -> None:
    job = Runs(machine, 1)
    scheduler.add("boards", job, 30, rest=5)
    scheduler.start()
    await machine.lapse(0.5)
    scheduler.run_soon("boards")
    await machine.lapse(1)
    assert job.at == [0, 1]


# The wall clock is set.


@pytest.mark.parametrize("step", [-HOUR, HOUR, -timedelta(days=400), timedelta(seconds=20), timedelta(seconds=-20)])
async def test_jobs_go_on_as_they_were_when_the_wall_clock_is_set(
    machine: Machine, scheduler: Scheduler, step: timedelta
) -> None:
    often, seldom = Runs(machine), Runs(machine)
    scheduler.add("often", often, 1)
    scheduler.add("seldom", seldom, 60)
    scheduler.start()
    await machine.lapse(7)
    with capture_logs() as logged:
        machine.now += step
        await machine.lapse(WATCH_EVERY + 1)
        before = len(often.at)
        await machine.lapse(60)
    assert len(often.at) - before in (59, 60, 61)
    assert all(later - earlier <= WATCH_EVERY + 1 for earlier, later in zip(often.at, often.at[1:], strict=False))
    assert [line["seconds"] for line in logged] == [step.total_seconds()]
    assert seldom.at == [0, 60] if step < timedelta() else len(seldom.at) <= 3  # at most one came early
    assert vitals(scheduler, "often").next_at == machine.now + timedelta(seconds=often.at[-1] + 1 - machine.up + 1000)


async def test_clocks_that_drift_apart_are_not_set(machine: Machine, scheduler: Scheduler) -> None:
    job = Runs(machine)
    scheduler.add("often", job, 10)
    scheduler.start()
    with capture_logs() as logged:
        for _ in range(60):
            machine.now += timedelta(milliseconds=20)  # as quickly as chrony may adjust it
            await machine.lapse(1)
    assert logged == []
    assert len(job.at) in (6, 7)


async def test_a_loop_that_was_busy_runs_late_and_not_never(machine: Machine, scheduler: Scheduler) -> None:
    job = Runs(machine)
    scheduler.add("often", job, 10)
    scheduler.start()
    await machine.lapse(5)
    machine.up += 50  # for that long nothing else could run
    machine.now += timedelta(seconds=50)
    await machine.lapse(0)
    assert job.at == [0, 55]


# Stopping.


async def test_after_the_stop_nothing_runs(machine: Machine, scheduler: Scheduler) -> None:
    job = Runs(machine)
    scheduler.add("often", job, 1)
    scheduler.start()
    await machine.lapse(2)
    await scheduler.stop()
    await scheduler.stop()
    scheduler.run_soon("often")
    await machine.lapse(5)
    assert job.at == [0, 1, 2]


async def test_what_was_never_started_stops(scheduler: Scheduler) -> None:
    await scheduler.stop()


async def test_a_run_that_has_not_begun_at_the_stop_does_not(
    machine: Machine, scheduler: Scheduler, caplog: pytest.LogCaptureFixture
) -> None:
    job = Runs(machine)
    scheduler.add("often", job, 1)
    scheduler.start()
    while vitals(scheduler, "often").next_at is not None:
        await asyncio.sleep(0)
    await scheduler.stop()
    await machine.lapse(2)
    assert job.at == []
    assert caplog.records == []


async def test_a_stop_right_after_the_start_is_quiet(
    machine: Machine, scheduler: Scheduler, caplog: pytest.LogCaptureFixture
) -> None:
    job = Runs(machine)
    scheduler.add("often", job, 1)
    scheduler.start()
    await scheduler.stop()
    await machine.lapse(2)
    assert job.at == []
    assert caplog.records == []


async def test_runs_under_way_are_cut_off_but_those_that_may_finish(
    machine: Machine, scheduler: Scheduler, caplog: pytest.LogCaptureFixture
) -> None:
    poll, look, hangs = (
        Runs(machine, forever()),
        Runs(machine, asyncio.sleep(3)),
        Runs(machine, forever()),
    )
    scheduler.add("poll", poll, 1)
    scheduler.add("look", look, 1, finish=5)
    scheduler.add("hangs", hangs, 1, finish=5)
    scheduler.start()
    await machine.lapse(1)
    with capture_logs() as logged:
        stopping = asyncio.create_task(scheduler.stop())
        await machine.lapse(1)
        assert (poll.cut_off, look.ended, hangs.cut_off) == (True, 0, False)
        await machine.lapse(2)
        assert (look.ended, hangs.cut_off, stopping.done()) == (1, False, False)
        await machine.lapse(3)
    assert stopping.done()
    assert (look.cut_off, hangs.cut_off) == (False, True)
    assert (logged, caplog.records) == ([], [])
    assert [job.failures for job in scheduler.jobs()] == [0, 0, 0]


async def test_the_real_clocks_do_too() -> None:
    ran: asyncio.Queue[None] = asyncio.Queue()

    async def run() -> float:
        ran.put_nowait(None)
        return 0.002

    scheduler = Scheduler()
    scheduler.add("often", run, 1)
    scheduler.start()
    began = time.monotonic()
    async with asyncio.timeout(5):
        for _ in range(3):
            await ran.get()
    assert time.monotonic() - began >= 0.004
    await scheduler.stop()
