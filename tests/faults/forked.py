"""Forks worker processes from a prepared process. A fresh start takes longer than everything else that a bot does."""

import io
import os
import signal
import threading
from typing import BinaryIO, cast

from bot.box.box import Worker
from bot.box.worker import serve


class ForkedWorker(Worker):
    """A forked worker of the bot that will run in this process."""

    def __init__(self, bot_lives: int) -> None:
        """Fork the worker process, which closes the file descriptor `bot_lives`.

        The test harness uses the descriptor to see whether the bot lives.
        """
        asked, answers = os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            for end in (asked[1], answers[0], bot_lives):
                os.close(end)
            serve(cast("BinaryIO", os.fdopen(asked[0], "rb")), cast("BinaryIO", os.fdopen(answers[1], "wb")))
            os._exit(0)
        os.close(asked[0])
        os.close(answers[1])
        self._process = _Process(pid, os.fdopen(asked[1], "wb"), os.fdopen(answers[0], "rb"))  # type: ignore[assignment]  # all that a worker uses
        self._spent = self._busy = False
        self._late = None


class _Process:
    """A replacement for `subprocess.Popen`, with the methods that `Worker` uses."""

    def __init__(self, pid: int, stdin: io.BufferedWriter, stdout: io.BufferedReader) -> None:
        self.pid, self.stdin, self.stdout = pid, stdin, stdout
        self._status: int | None = None
        self._asking = threading.Lock()

    def poll(self) -> int | None:
        return self._ask(os.WNOHANG)

    def wait(self) -> int | None:
        return self._ask(0)

    def kill(self) -> None:
        with self._asking:
            if self._status is None:
                os.kill(self.pid, signal.SIGKILL)

    def _ask(self, how: int) -> int | None:
        with self._asking:
            if self._status is None:
                pid, status = os.waitpid(self.pid, how)
                self._status = os.waitstatus_to_exitcode(status) if pid else None
            return self._status
