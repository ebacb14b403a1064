"""A prepared process from which bots are forked. It has imported everything, so that a bot starts in milliseconds.

The prepared process has no threads and no event loop, so that forks start clean. Only one of its bots lives at a time.
Runs reuse the prepared process, and send it an order for each bot.
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
"""How long a bot may take for its part of a day, and a killed bot to end, in seconds."""


class Zygote:
    """A prepared process from which bots are forked one after the other."""

    def __init__(self) -> None:
        """Start the prepared process. It ends no later than this process."""
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        context.Process(target=_serve, args=(theirs,), daemon=True).start()
        theirs.close()
        self._bot: int | None = None

    async def start(self, live: Callable[[Order], None], order: Order) -> None:
        """Start a bot that calls `live` with the order. The previous bot must have ended."""
        self._pipe.send((live, order))
        self._bot = await asyncio.to_thread(self._pipe.recv)

    @property
    def bot(self) -> int | None:
        """The bot's process id, or None if no bot lives."""
        return self._bot

    async def ended(self, within: float) -> int:
        """Wait until the bot has ended, and return its exit status. The status is negative for a signal.

        Raises:
            TimeoutError: the bot has not ended within `within` seconds.
        """
        if not await asyncio.to_thread(self._pipe.poll, within):
            raise TimeoutError(f"the bot did not end within {within:.0f} seconds")
        status: int = self._pipe.recv()
        self._bot = None
        return status

    def kill(self) -> None:
        """Kill the bot with SIGKILL, if one is running."""
        if self._bot is not None:
            with suppress(ProcessLookupError):
                os.kill(self._bot, signal.SIGKILL)


_IDLE: list[Zygote] = []
"""Prepared processes that no run is using."""


@asynccontextmanager
async def prepared() -> AsyncIterator[Zygote]:
    """Give a prepared process without a bot. A bot that is still alive afterwards is killed."""
    zygote = _IDLE.pop() if _IDLE else await asyncio.to_thread(Zygote)
    try:
        yield zygote
    finally:
        if zygote.bot is not None:
            zygote.kill()
            await zygote.ended(LONGEST)
        _IDLE.append(zygote)


def _serve(pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the harness ends it
    set_up_logs("critical")
    _load_what_bots_load()
    with suppress(EOFError, ConnectionError):  # when no more orders can come
        while True:
            live, order = pipe.recv()  # which imports what it has not yet
            gc.freeze()  # everything loaded so far is shared by all forks, and never collected
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
    """Load everything that each bot would load on first use: cogs, models and tables."""
    for module in (*COGS, "bot.feeds.boxed", "bot.feeds.readings"):
        import_module(module)
    models = BaseModel.__subclasses__()
    for model in models:
        models += model.__subclasses__()
        model.model_rebuild(raise_errors=False)
    load_recount_lines(shipped("recount_lines.toml"))


def _share(workers: list[Worker]) -> None:
    """Use these worker processes as the first ones of the bot in this process."""
    box_module.Worker = lambda: workers.pop() if workers else Worker()  # type: ignore[misc, assignment]  # for the rest of this process


def _wait(bot: int, ends: int, pipe: Connection) -> int:
    """Wait until a bot has ended. Its death closes the file descriptor `ends`.

    If the other end of `pipe` is gone, the bot is killed.
    """
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
