"""A worker: a process that does jobs for the bot, one after the other, until the bot ends.

    python -m bot.box.worker

A job is a function that takes bytes and returns an iterator over the parts of its answer. The function imports all
that the job needs before it returns. The job's time starts after that. It may use `MEMORY` bytes of address space
beyond what the worker itself needs.
"""

import ctypes
import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, TypeAlias

from bot.box.frames import Mark, read_frame, write_frame
from bot.errors import BadInputError

JobFunction: TypeAlias = Callable[..., Iterator[bytes]]

JOBS = {
    "answer": "bot.feeds.answer_parts:read",
    "format": "bot.feeds.answer_parts:recognise",
    "elections": "bot.feeds.results_sites:list_elections",
    "report": "bot.feeds.ap.reports:read",
    "look": "bot.cli.new_feed:look",
    "claims": "bot.prose.reader:read",
    "settings": "bot.feeds.answer_parts:settings",
    "ap answer": "bot.feeds.ap.races:take_apart",
    "ap races": "bot.feeds.ap.races:read_races",
    "read calendar": "bot.schedule.schedule_jobs:read",
    "write calendar": "bot.schedule.schedule_jobs:write",
    "text": "bot.entries.text_reading:read",
    "lines": "bot.schedule.schedule_jobs:lines",
    "server settings": "bot.newsroom.server_settings:read",
    "pushed readings": "bot.feeds.pushed:readings",
    "pushed statement": "bot.feeds.pushed:statement",
    "chart": "bot.answers.draw:png",
}
"""The function of each job, by the job's name."""

MEMORY = 400 << 20
"""The most bytes of address space for a job."""

_SPENT = 100 << 20
"""A worker that uses more than this many bytes of address space after a job gets no other job."""

_DEATH_OF_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2): the signal that a process gets when its parent dies."""


class _Worker:
    def __init__(self, jobs: BinaryIO, answers: BinaryIO) -> None:
        self._jobs, self._answers = jobs, answers
        self._own = _addresses()
        """Bytes of address space that the worker needs for its code and the libraries of its jobs."""

    def run(self) -> None:
        with suppress(EOFError, BrokenPipeError):
            while True:
                name, number = read_frame(self._jobs), read_frame(self._jobs)
                self._do(name.decode(), [read_frame(self._jobs) for _ in range(int(number))])

    def _do(self, name: str, parts: list[bytes]) -> None:
        _hold_to(None)
        before = _addresses()
        try:
            frames = _job(name)(*parts)
            self._own += max(0, _addresses() - before)
            del parts
            _hold_to(self._own + MEMORY)
            self._answer(Mark.BEGUN)
            for frame in frames:
                self._answer(Mark.PART, frame)
        except BadInputError as error:
            self._answer(Mark.REFUSED, str(error).encode("utf-8", "backslashreplace"))
        except MemoryError:
            _hold_to(None)
            self._answer(Mark.MEMORY)
        except BrokenPipeError:
            raise
        except Exception:  # noqa: BLE001 - whatever a library stumbles over costs this job alone
            self._answer(Mark.FAILED, traceback.format_exc().encode("utf-8", "backslashreplace"))
        else:
            self._answer(Mark.SPENT if _addresses() - self._own > _SPENT else Mark.END)

    def _answer(self, mark: Mark, frame: bytes = b"") -> None:
        write_frame(self._answers, mark.value, frame)
        self._answers.flush()


def _job(name: str) -> JobFunction:
    module, _, function = JOBS[name].partition(":")
    found: JobFunction = getattr(import_module(module), function)
    return found


def _addresses() -> int:
    """Return the number of bytes of address space that this process uses; 0 if the system does not provide it."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _hold_to(most: int | None) -> None:
    """Limit this process's address space to `most` bytes (on Linux); None removes the limit."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - not everywhere

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (hard if most is None else most, hard))


def _end_with_parent() -> None:
    """Make the system kill this process when the bot dies, even during a job (on Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_OF_PARENT, signal.SIGKILL)


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Do jobs from the stream `jobs` until it ends or the bot dies. Write the answers to `answers`."""
    _end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Control-C is for the bot, which ends its workers
    _Worker(jobs, answers).run()


def main() -> None:
    """Do the jobs that arrive on standard input. Write the answers to standard output."""
    gc.set_threshold(100_000)  # a file is a hundred thousand values, none of them garbage before the job ends
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # so that what a library prints does not mix with the frames
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
