"""Runs `tallydesk run` in a process that is forked from a prepared one. A fresh start would take a second."""

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, Self

import bot.app
import bot.cli.run
from bot.__main__ import main
from bot.rehearsal.standin.server import StandIn, pointing_at
from tests.faults.zygote import prepared

assert bot.cli.run  # imported here, so that forked processes have it in memory

SOON = 20.0


@dataclass(frozen=True, slots=True)
class Order:
    """The addresses of the simulated Discord, and the new process's environment variables, folder and output files."""

    base: str
    gateway_url: str
    environment: dict[str, str]
    folder: Path
    out: Path
    err: Path


def run(order: Order) -> None:
    """Run `tallydesk run` with the simulated Discord, and exit with its status."""
    os.chdir(order.folder)
    os.environ.clear()
    os.environ.update(order.environment)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the process that runs the tests may ignore it
    logging.getLogger().handlers.clear()  # `tallydesk run` sets up its own log
    for path, number in ((order.out, 1), (order.err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND), number)
    with pointing_at(SimpleNamespace(base=order.base, gateway_url=order.gateway_url)):
        status = main(["run"])
    sys.stdout.flush()
    os._exit(status)


def signalled(order: Order) -> None:
    """Run `tallydesk run`, and reload the desk file at the worst moments: during the start, and during the shutdown
    for a reload.

    The process is also told to stop, at the very moment it is ready with the new desk file.
    """
    ready = 0

    @asynccontextmanager
    async def asked_to_reload(*given: Any, **named: Any) -> AsyncIterator[bot.app.App]:
        os.kill(os.getpid(), signal.SIGHUP)
        async with bot.app.open_app(*given, **named) as app:
            yield app
        os.kill(os.getpid(), signal.SIGHUP)

    def told_to_stop(state: str) -> None:
        nonlocal ready
        ready += state == "READY=1"
        if (ready, state) == (2, "READY=1"):
            os.kill(os.getpid(), signal.SIGTERM)

    vars(bot.cli.run).update(open_app=asked_to_reload, notify=told_to_stop)
    run(order)


class Running:
    """A bot in a separate process, with the test's environment and folder. A bot that still runs after the test is
    killed.
    """

    def __init__(self, standin: StandIn, live: Callable[[Order], None] = run) -> None:
        self._standin, self._live = standin, live
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._zygote = await self._stack.enter_async_context(prepared())
        said = Path(self._stack.enter_context(TemporaryDirectory()))
        self._out, self._err = (said / name for name in ("out", "err"))
        for path in (self._out, self._err):
            path.touch()
        base, gateway_url = self._standin.base, self._standin.gateway_url
        order = Order(base, gateway_url, {**os.environ}, Path.cwd(), self._out, self._err)
        await self._zygote.start(self._live, order)
        return self

    async def __aexit__(self, *_: object) -> None:
        sys.stdout.write(self.logged)  # pytest shows it if the test fails
        await self._stack.aclose()

    @property
    def logged(self) -> str:
        """Everything written to standard error so far."""
        return self._err.read_text()

    async def reaches(self, server: int) -> None:
        """Wait until the bot has connected for a server."""
        async with asyncio.timeout(SOON):
            while not self._standin.gateway.reaches(server):
                await asyncio.sleep(0.01)

    def send_signal(self, number: signal.Signals) -> None:
        assert self._zygote.bot is not None
        os.kill(self._zygote.bot, number)

    async def ended(self) -> int:
        """Wait until the process has ended, and return its exit status. The status is negative for a signal."""
        status = await self._zygote.ended(SOON)
        assert self._out.read_text() == ""
        return status

    async def stop(self, number: signal.Signals) -> tuple[int, str, float]:
        """Send a signal, and wait for the end. Returns the exit status, the log, and the seconds that the process
        took to end.
        """
        began = time.monotonic()
        self.send_signal(number)
        return await self.ended(), self.logged, time.monotonic() - began
