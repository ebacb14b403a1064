"""The scheduler: each thing that happens again and again is a job here, by a name that says what it is (`poll ga-sos`).

`bot/app.py` names the jobs; a topic only has a function that does its job once and returns in how many seconds it wants to
run next (phase of the count, backoff, Retry-After, the next thing due). A job is scheduled anew only when APScheduler
knows that its run is over, so it never overlaps itself; one that fails is logged (the 1st, 2nd, 4th, 8th time) and runs
again. Nothing is stored: at a start every job runs at once, and the stored schedule of what is due is the truth. How
each does (`JobVitals`) is shown by /healthz, /metrics and `/status`.

Jobs run on the wall clock, since APScheduler 3 knows no other: with the clock set back an hour it would run nothing for
an hour. So a watchdog on the monotonic clock schedules all anew when the two come apart. A rehearsal does not start the
scheduler: it calls the same functions at its own times.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.events import EVENT_JOB_EXECUTED, EVENT_JOB_SUBMITTED
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.clock import SystemClock
from bot.errors import RunFailedError, TallydeskError
from bot.logs import worth_a_line
from bot.operations.vitals import JobVitals

WATCH_EVERY = 10.0
"""Seconds between two looks at whether the wall clock was set."""

STEP = 1.0
"""Seconds by which wall and monotonic clock come apart in that time if the clock was set or the machine slept; NTP is slower."""

Run = Callable[[], Awaitable[float | None]]
"""Does a job once; returns in how many seconds it wants to run next, or None for the job's usual time."""

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class _Job:
    run: Run
    every: float
    rest: float
    finish: float
    vitals: JobVitals
    due: float | None = None
    """When it runs next, by the monotonic clock; None: it is under way, or nothing has been started."""
    ended: float = float("-inf")
    """When the last run ended, by the monotonic clock."""
    nudged: bool = False
    """Somebody wanted another run since this one began."""
    unforeseen: int = 0
    """Failures in a row that the job itself has not logged."""
    task: "asyncio.Task[object] | None" = None
    """The run under way."""


class Scheduler:
    """Runs each job when it wants to run, and never twice at once."""

    def __init__(
        self,
        wall: Callable[[], datetime] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Run nothing yet.

        Args:
            wall: the wall clock, aware and in UTC; by default the machine's own, which APScheduler reads anyway.
            monotonic: a clock in seconds that nobody sets.

        """
        self._wall = wall or SystemClock().now
        self._monotonic = monotonic
        self._jobs: dict[str, _Job] = {}
        self._apscheduler = AsyncIOScheduler(timezone=UTC)
        self._apscheduler.add_listener(self._on_run, EVENT_JOB_SUBMITTED | EVENT_JOB_EXECUTED)
        self._open = False
        self._apart = 0.0
        self._watch: asyncio.TimerHandle | None = None

    def add(self, name: str, run: Run, every: float, *, rest: float = 0.0, finish: float = 0.0) -> None:
        """Have a job, which runs for the first time at the start.

        Args:
            name: says what it is; no other job has it.
            run: does it once.
            every: seconds from the end of a run to the next, where the run fails or does not say.
            rest: seconds from the end of a run to the next, however soon somebody wants it.
            finish: seconds that a run under way has to end when all is stopped.

        """
        self._jobs[name] = _Job(run, every, rest, finish, JobVitals(name))

    def jobs(self) -> list[JobVitals]:
        """Return how the jobs do: those under way, then the others in the order in which they run next."""
        first = datetime.min.replace(tzinfo=UTC)
        return sorted((job.vitals for job in self._jobs.values()), key=lambda job: job.next_at or first)

    def start(self) -> None:
        """Run every job now, and from now on whenever it wants to."""
        self._open = True
        self._apscheduler.start()
        for name, job in self._jobs.items():
            # Every hundred years: APScheduler itself never runs one again, and keeps it while it is under way.
            # By default a job that comes a second late is dropped without a word: misfire_grace_time=None.
            self._apscheduler.add_job(
                self._run, IntervalTrigger(weeks=5200), (job,), id=name, name=name, misfire_grace_time=None
            )
            self._plan(job, 0.0)
        self._apart = self._clocks_apart()
        self._watch_the_clock()

    def run_soon(self, name: str) -> None:
        """Let a job run as soon as it may: now, after its rest, or, if it is under way, once more after that."""
        job = self._jobs[name]
        if job.due is None:
            job.nudged = True
        elif self._open and (due := max(self._monotonic(), job.ended + job.rest)) < job.due:
            self._plan(job, due - self._monotonic())

    async def stop(self) -> None:
        """Run nothing more. A run under way has its job's `finish` to end, and is then cut off between two transactions."""
        if not self._open:
            return
        self._open = False
        if self._watch is not None:
            self._watch.cancel()
        self._apscheduler.remove_all_jobs()  # else it would begin some, and cut them off itself with a line of error
        running = {job.task: job.finish for job in self._jobs.values() if job.task is not None}
        for task, finish in running.items():
            if not finish:
                task.cancel()
        if running:
            await asyncio.wait(running, timeout=max(running.values()))
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._apscheduler.shutdown(wait=False)

    def _plan(self, job: _Job, seconds: float) -> None:
        job.due = self._monotonic() + seconds
        job.vitals.next_at = at = self._wall() + timedelta(seconds=seconds)
        self._apscheduler.modify_job(job.vitals.name, next_run_time=at)

    def _on_run(self, event: Any) -> None:  # noqa: ANN401 - APScheduler has no types
        """Know that a run begins or is over.

        A run that scheduled the next one itself would still be under way to APScheduler; what is due at once would be
        dropped then.
        """
        job = self._jobs[event.job_id]
        if event.code == EVENT_JOB_SUBMITTED:
            job.due, job.vitals.next_at, job.nudged = None, None, False
            return
        job.ended = self._monotonic()
        if self._open:
            self._plan(job, min(event.retval, job.rest) if job.nudged else event.retval)

    async def _run(self, job: _Job) -> float:
        """Run a job once, whatever becomes of it; return in how many seconds it runs next."""
        if not self._open:
            return job.every
        job.vitals.ran_at = self._wall()
        job.task = asyncio.current_task()
        if job.task is not None:
            job.task.set_name(job.vitals.name)
        try:
            seconds = await job.run()
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - one job's failure ends none
            return self._failed(job, error) if self._open else job.every
        finally:
            job.task = None
        if job.unforeseen:
            log.info("a job works again", job=job.vitals.name, failures=job.unforeseen)
        job.unforeseen = job.vitals.failures = 0
        job.vitals.worked_at = self._wall()
        return job.every if seconds is None else max(seconds, 0.0)

    def _failed(self, job: _Job, error: BaseException) -> float:
        vitals = job.vitals
        vitals.failed_at, vitals.failures = self._wall(), vitals.failures + 1
        vitals.problem = str(error) if isinstance(error, TallydeskError) else repr(error)
        if isinstance(error, RunFailedError):
            return error.seconds
        job.unforeseen += 1
        if worth_a_line(job.unforeseen):
            log.error("a job failed", job=vitals.name, failures=job.unforeseen, exc_info=error)
        return job.every

    def _clocks_apart(self) -> float:
        return self._wall().timestamp() - self._monotonic()

    def _watch_the_clock(self) -> None:
        """Schedule all anew if the wall clock was set: an hour back, and APScheduler would run nothing for an hour."""
        apart = self._clocks_apart()
        step, self._apart = apart - self._apart, apart
        if abs(step) > STEP:
            log.warning("the machine's clock was set, or the machine slept; the jobs go on", seconds=round(step, 1))
            for job in self._jobs.values():
                if job.due is not None:
                    self._plan(job, max(job.due - self._monotonic(), 0.0))
        self._watch = asyncio.get_running_loop().call_later(WATCH_EVERY, self._watch_the_clock)
