"""Starts worker processes, gives them jobs, and kills those that exceed a limit. This is the bot's side."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TypeVar, cast

from platformdirs import user_cache_path

from bot.box.frames import Mark, read_frame, write_frame
from bot.box.worker import MEMORY
from bot.errors import BadInputError
from bot.quotas import Caller, Quotas

JOB_SECONDS, TEXT_SECONDS = 10.0, 2.0
"""How long a job may take; a job that reads a text that somebody wrote."""

_START_SECONDS = 60.0
"""How long a worker may take to start and to load what a job needs."""

IDLE_SECONDS = 600.0
"""How long a worker without a job is kept running."""

PATIENCE_SECONDS = 1.0
"""How long the next job waits for the current one before it gets a second worker."""

WORKERS_A_LANE = 2
"""The most workers in a lane."""

MOST_IN_FRAME, MOST_IN_ANSWER = 16 << 20, 256 << 20
"""The most bytes of one part of an answer, and of the whole answer."""

COMMAND = (sys.executable, "-m", "bot.box.worker")

Item = TypeVar("Item")


class WorkerEndedError(BadInputError):
    """Raised if a worker ended before its job was done, for no known fault of the input.

    The job can be tried again.
    """


@dataclass(frozen=True, slots=True)
class Job:
    """A job for a worker: a function of `JOBS`, and its input."""

    name: str
    """The job's key in `JOBS`."""
    of: str
    """The name of the input in error messages, such as a file's name."""
    parts: tuple[bytes, ...]
    """The function's arguments."""
    seconds: float = JOB_SECONDS
    """How long it may take."""


class Worker:
    """A worker process, which does one job at a time."""

    def __init__(self) -> None:
        """Create a worker, and start its process."""
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd=Path(__file__).parents[2],
        )
        self._spent = False
        self._busy = False
        self._late: float | None = None
        """The limit, in seconds, because of which it was killed; None: it was not."""

    @property
    def is_ready(self) -> bool:
        """True if the process is running and can do another job."""
        return not self._busy and not self._spent and self._process.poll() is None

    def do(self, job: Job) -> Iterator[bytes]:
        """Do a job, and yield the parts of its answer as they arrive.

        After an error, or if not all parts were consumed, check `is_ready` before giving the worker another job.

        Raises:
            BadInputError: the job refused its input, or exceeded a limit.
            WorkerEndedError: the process ended.

        """
        self._busy = True
        try:
            with self._killed_after(_START_SECONDS, _START_SECONDS):
                self._ask(job)
                mark, part = self._frame(job)
            yield from self._parts(job, mark, part)
        except (EOFError, OSError):
            raise self._why_dead(job) from None

    def _ask(self, job: Job) -> None:
        stream = cast("BinaryIO", self._process.stdin)
        for part in (job.name.encode(), str(len(job.parts)).encode(), *job.parts):
            write_frame(stream, part)
        stream.flush()

    def _frame(self, job: Job) -> tuple[Mark, bytes]:
        try:
            frame = read_frame(cast("BinaryIO", self._process.stdout), MOST_IN_FRAME)
        except OverflowError:
            raise BadInputError(f"{job.of}: has a part of more than {MOST_IN_FRAME >> 20} MiB") from None
        return Mark(frame[:1]), frame[1:]

    def _parts(self, job: Job, mark: Mark, part: bytes) -> Iterator[bytes]:
        size, left = 0, job.seconds
        while True:
            if mark is Mark.BEGUN:
                pass
            elif mark is Mark.PART:
                size += len(part)
                if size > MOST_IN_ANSWER:
                    raise BadInputError(f"{job.of}: more than {MOST_IN_ANSWER >> 20} MiB were read in it")
                yield part
            else:
                self._busy, self._spent = False, mark not in (Mark.END, Mark.REFUSED)
                if mark not in (Mark.END, Mark.SPENT):
                    raise BadInputError(_refusal(job, mark, part.decode()))
                return
            began = time.monotonic()  # the caller's time between two parts does not count
            with self._killed_after(left, job.seconds):
                mark, part = self._frame(job)
            left -= time.monotonic() - began

    @contextmanager
    def _killed_after(self, seconds: float, limit: float) -> Iterator[None]:
        def kill() -> None:
            self._late = limit
            self._process.kill()

        timer = threading.Timer(seconds, kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _why_dead(self, job: Job) -> BadInputError:
        if self._late is not None:
            return BadInputError(f"{job.of}: takes more than {self._late:g} seconds")
        return WorkerEndedError(f"{job.of}: the process that worked on it ended")

    def end(self) -> None:
        """Kill the process. A job in progress then raises WorkerEndedError."""
        self._process.kill()
        threading.Thread(target=self._clear_away).start()  # the system takes a moment to free its memory

    def _clear_away(self) -> None:
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                cast("BinaryIO", pipe).close()


class Box:
    """The bot's worker processes, in two queues: one for feeds, one for people. Use it as an async context manager.

    A worker is started with its first job.
    """

    def __init__(
        self, quotas: Quotas | None = None, *, idle: float = IDLE_SECONDS, patience: float = PATIENCE_SECONDS
    ) -> None:
        """Create the two queues. No worker process is started yet.

        Args:
            quotas: the allowances to which people's jobs are charged.
            idle: seconds after which a worker without a job is ended.
            patience: seconds that the next job waits before it gets a second worker.
        """
        self._quotas = quotas or Quotas()
        self._feeds, self._people = _Lane(idle, patience), _Lane(idle, patience)

    async def __aenter__(self) -> Self:
        """Return this object. No worker process is started yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the idle workers. A busy worker ends after its job, or with this process."""
        self._feeds.rest()
        self._people.rest()

    async def read(self, caller: Caller | None, job: Job, take: Callable[[bytes], Item]) -> list[Item]:
        """Run a job in a worker process, and convert each part of its answer with `take`. Other tasks run meanwhile.

        Args:
            caller: the person who waits for the answer, or None for a feed. Feeds and people never wait for each
                other.
            job: the job.
            take: converts a part, in a few milliseconds at most.

        Raises:
            BadInputError: the job refused its input, or exceeded a limit.
            WorkerEndedError: the worker ended.
            QuotaError: the caller's allowance is used up.

        """
        if caller is None:
            return await self._feeds.read(job, take)
        async with self._quotas.working(caller):
            return await self._people.read(job, take)


class _Lane:
    """A queue of jobs for one worker. If a job takes long, a second worker does the next jobs."""

    def __init__(self, idle: float, patience: float) -> None:
        self._idle, self._patience = idle, patience
        self._places, self._turn = asyncio.Semaphore(WORKERS_A_LANE), asyncio.Lock()
        self._kept: Worker | None = None
        self._rest: asyncio.TimerHandle | None = None

    async def read(self, job: Job, take: Callable[[bytes], Item]) -> list[Item]:
        async with self._places:
            await self._turn.acquire()
            with ExitStack() as turn:
                turn.callback(self._turn.release)
                soon = asyncio.get_running_loop().call_later(self._patience, turn.close)
                turn.callback(soon.cancel)
                return await self._done(job, take)

    async def _done(self, job: Job, take: Callable[[bytes], Item]) -> list[Item]:
        worker, found = self._worker(), []
        try:
            parts = worker.do(job)
            while (part := await asyncio.to_thread(next, parts, None)) is not None:
                found.append(take(part))
        finally:
            self._keep(worker)
        return found

    def _worker(self) -> Worker:
        if self._rest is not None:
            self._rest.cancel()
        kept, self._kept = self._kept, None
        if kept is None or kept.is_ready:
            return kept or Worker()
        kept.end()
        return Worker()

    def _keep(self, worker: Worker) -> None:
        if not worker.is_ready or self._kept is not None:
            worker.end()
            return
        self._kept = worker
        self._rest = asyncio.get_running_loop().call_later(self._idle, self.rest)

    def rest(self) -> None:
        """End the queue's idle worker, if there is one."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.end()


def _refusal(job: Job, mark: Mark, text: str) -> str:
    match mark:
        case Mark.REFUSED:
            return text
        case Mark.MEMORY:
            return f"{job.of}: takes more than {MEMORY >> 20} MiB of memory"
    from structlog import get_logger  # noqa: PLC0415 - the command line needs it only here

    get_logger().error("a job failed: this is a mistake of the program, report it", of=job.of, job=job.name, why=text)
    return f"{job.of}: can't be used, by a mistake of the program; report it, with what the log says"


@contextmanager
def own_worker() -> Iterator[Worker]:
    """Start a worker process for the block, and end it afterwards.

    This is for the command line, and for jobs without a `Box`.
    """
    worker = Worker()
    try:
        yield worker
    finally:
        worker.end()


def _environment() -> dict[str, str]:
    """Return a worker's environment variables, without the token. matplotlib gets a folder for its font cache."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "SYSTEMROOT", "VIRTUAL_ENV") if key in os.environ}
    return kept | {"MPLCONFIGDIR": str(user_cache_path("tallydesk") / "fonts"), "MPLBACKEND": "agg"}
