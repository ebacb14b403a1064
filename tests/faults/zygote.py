"""A prepared process that forks bots: with everything imported, a bot is there in milliseconds and can be killed.

It has neither a thread nor an event loop, so that what it forks has a clean start; one bot lives at a time. Once there,
it is kept for all runs of this process: each says with its order what a bot does.
"""

import asyncio
import gc
import os
import signal
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TypeVar

from pydantic import BaseModel

from bot.box import box as box_module
from bot.box.box import Worker
from bot.client import COGS
from bot.desk.recount_line_table import load_recount_lines
from bot.desk.toml_file import shipped
from bot.logs import set_up_logs
from tests.faults.broken import WORKERS_LOST
from tests.faults.forked import ForkedWorker

Order = TypeVar("Order")

LONGEST = 60.0
"""Seconds that a bot may take for its part of a day, and a killed one to be gone."""


class Zygote:
    """Starts one bot after the other, each in a process of its own."""

    def __init__(self) -> None:
        """Start the prepared process, which ends with this one at the latest."""
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        context.Process(target=_serve, args=(theirs,), daemon=True).start()
        theirs.close()
        self._bot: int | None = None

    async def start(self, live: Callable[[Order], None], order: Order) -> None:
        """Start a bot that does `live` with its order; the one before it has to have ended."""
        self._pipe.send((live, order))
        self._bot = await asyncio.to_thread(self._pipe.recv)

    @property
    def bot(self) -> int | None:
        """The bot's process, if there is one."""
        return self._bot

    async def ended(self, within: float) -> int:
        """Wait until the bot has ended, and return its exit status, below 0 for a signal.

        Raises:
            TimeoutError: it lives on after so many seconds.

        """
        if not await asyncio.to_thread(self._pipe.poll, within):
            raise TimeoutError(f"the bot did not end within {within:.0f} seconds")
        status: int = self._pipe.recv()
        self._bot = None
        return status

    def kill(self) -> None:
        """End the bot at once, if there is one: SIGKILL."""
        if self._bot is not None:
            with suppress(ProcessLookupError):
                os.kill(self._bot, signal.SIGKILL)


_IDLE: list[Zygote] = []
"""Those that wait for somebody who needs one."""


@asynccontextmanager
async def prepared() -> AsyncIterator[Zygote]:
    """Lend a prepared process, with no bot; one that is left alive is killed."""
    zygote = _IDLE.pop() if _IDLE else await asyncio.to_thread(Zygote)
    try:
        yield zygote
    finally:
        if zygote.bot is not None:
            zygote.kill()
            await zygote.ended(LONGEST)
        _IDLE.append(zygote)


def _serve(pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who runs the harness ends it
    set_up_logs("critical")
    _load_what_bots_load()
    with suppress(EOFError, ConnectionError):  # when nobody orders any more
        while True:
            live, order = pipe.recv()  # which imports what it has not yet
            gc.freeze()  # what is here by now is shared by all, and nobody's garbage
            ends, lives = os.pipe()
            bot = os.fork()
            if bot == 0:
                pipe.close()
                os.close(ends)
                flaw = getattr(order, "flaw", None)
                _share([ForkedWorker(lives) for _ in range(1 + WORKERS_LOST * (flaw == "loses workers"))])
                _live(live, order)
            os.close(lives)
            pipe.send(bot)
            status = _wait(bot, ends, pipe)
            os.close(ends)
            pipe.send(status)


def _load_what_bots_load() -> None:
    """Import the cogs, build the models and read the tables that a bot loads when it first needs them: each would anew."""
    for module in (*COGS, "bot.feeds.boxed", "bot.feeds.readings"):
        import_module(module)
    models = BaseModel.__subclasses__()
    for model in models:
        models += model.__subclasses__()
        model.model_rebuild(raise_errors=False)
    load_recount_lines(shipped("recount_lines.toml"))


def _share(workers: list[Worker]) -> None:
    """Let the first workers that the bot of this process starts be these."""
    box_module.Worker = lambda: workers.pop() if workers else Worker()  # type: ignore[misc, assignment]  # for the rest of this process


def _wait(bot: int, ends: int, pipe: Connection) -> int:
    """Wait until a bot has ended, whose death closes `ends`; end it if whoever orders is gone."""
    if ends not in wait([ends, pipe]):
        os.kill(bot, signal.SIGKILL)
    _, status = os.waitpid(bot, 0)
    return os.waitstatus_to_exitcode(status)


def _live(live: Callable[[Order], None], order: Order) -> None:
    status = 1
    try:
        live(order)
        status = 0
    except BaseException:  # noqa: BLE001 - the process ends here, whatever it was
        traceback.print_exc()
    os._exit(status)
