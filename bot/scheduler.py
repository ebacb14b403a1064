"""The scheduler: runs the bot's recurring jobs, each with a name such as `poll ga-sos`.

`bot/app.py` names the jobs. Each package only provides functions, each of which does a job once and returns the
seconds until the next run (by the phase of the count, backoff, Retry-After, or what is due next). A job's next run is
scheduled once the last one is over, so it never overlaps itself; a job that fails is logged (the 1st, 2nd, 4th, 8th
time) and runs again. Nothing is stored: at the start every job runs at once, and reads from the database what is due.
/healthz, /metrics and `/status` show how each job does (`JobVitals`).

APScheduler 3 runs on the wall clock only: if that was set back an hour, nothing would run for an hour. So a watchdog
on the monotonic clock schedules all jobs again when the two clocks drift apart. A rehearsal does not start the
scheduler; it calls the same functions at its own times.
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
"""Seconds between two checks whether the wall clock was set."""

STEP = 1.0
"""If wall and monotonic clock differ by so many seconds more than at the last check, the clock was set or the
machine slept. NTP adjusts the clock more slowly.
"""

Run = Callable[[], Awaitable[float | None]]
"""A function that does a job once, and returns the seconds until the next run, or None for the job's usual interval."""

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class _Job:
    run: Run
    every: float
    rest: float
    finish: float
    vitals: JobVitals
    due: float | None = None
    """When the job runs next, by the monotonic clock. None if it is running, or the scheduler was not started."""
    ended: float = float("-inf")
    """When the last run ended, by the monotonic clock."""
    nudged: bool = False
    """True if `run_soon` asked for another run during this one."""
    unforeseen: int = 0
    """Failures in a row that the job itself has not logged."""
    task: "asyncio.Task[object] | None" = None
    """The current run; None if the job is not running."""


class Scheduler:
    """A scheduler that runs each job when it is due, and never twice at the same time."""

    def __init__(
        self,
        wall: Callable[[], datetime] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Create a scheduler. Its jobs run once `start` is called.

        Args:
            wall: the wall clock, aware and in UTC; by default the machine's own, which APScheduler reads in any
                case.
            monotonic: the monotonic clock, in seconds.
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
        """Add a job. Its first run is at the start.

        Args:
            name: the job's unique name.
            run: the function that does the job once.
            every: seconds from the end of a run to the next, if the run fails or returns None.
            rest: the fewest seconds from the end of a run to a run that `run_soon` asks for.
            finish: seconds that a run has to end when the scheduler stops.

        """
        self._jobs[name] = _Job(run, every, rest, finish, JobVitals(name))

    def jobs(self) -> list[JobVitals]:
        """Return the state of each job. Running jobs come first, then the others in the order of their next runs."""
        first = datetime.min.replace(tzinfo=UTC)
        return sorted((job.vitals for job in self._jobs.values()), key=lambda job: job.next_at or first)

    def start(self) -> None:
        """Run every job now, and again whenever it is due."""
        self._open = True
        self._apscheduler.start()
        for name, job in self._jobs.items():
            # The interval of a hundred years keeps APScheduler from running a job again, or removing it, by itself.
            # misfire_grace_time=None: by default APScheduler silently drops a run that is a second late.
            self._apscheduler.add_job(
                self._run, IntervalTrigger(weeks=5200), (job,), id=name, name=name, misfire_grace_time=None
            )
            self._plan(job, 0.0)
        self._apart = self._clocks_apart()
        self._watch_the_clock()

    def run_soon(self, name: str) -> None:
        """Run a job as soon as its `rest` allows. If the job is running, run it once more afterwards."""
        job = self._jobs[name]
        if job.due is None:
            job.nudged = True
        elif self._open and (due := max(self._monotonic(), job.ended + job.rest)) < job.due:
            self._plan(job, due - self._monotonic())

    async def stop(self) -> None:
        """Start no more runs, and wait for those in progress.

        After its job's `finish` seconds, a run is canceled between two transactions.
        """
        if not self._open:
            return
        self._open = False
        if self._watch is not None:
            self._watch.cancel()
        self._apscheduler.remove_all_jobs()  # else it would start some, cancel them, and log errors
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
        """Handle APScheduler's events for the begin and the end of a run, and schedule the next run.

        A run can't schedule its own successor: APScheduler still counts the run as active, and would drop a successor
        that is due at once.
        """
        job = self._jobs[event.job_id]
        if event.code == EVENT_JOB_SUBMITTED:
            job.due, job.vitals.next_at, job.nudged = None, None, False
            return
        job.ended = self._monotonic()
        if self._open:
            self._plan(job, min(event.retval, job.rest) if job.nudged else event.retval)

    async def _run(self, job: _Job) -> float:
        """Run a job once, and record the result. Returns the seconds until the next run."""
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
        """Schedule all jobs again if the wall clock was set; see the module's docstring."""
        apart = self._clocks_apart()
        step, self._apart = apart - self._apart, apart
        if abs(step) > STEP:
            log.warning("the machine's clock was set, or the machine slept; the jobs go on", seconds=round(step, 1))
            for job in self._jobs.values():
                if job.due is not None:
                    self._plan(job, max(job.due - self._monotonic(), 0.0))
        self._watch = asyncio.get_running_loop().call_later(WATCH_EVERY, self._watch_the_clock)
