"""Quotas: how much of the bot a person or a server may use, in one allowance for commands, presses, texts and files.

Each use costs seconds of the person's allowance, and a tenth as many of the server's. Both allowances refill as time
passes.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from weakref import WeakValueDictionary

from bot.errors import TallydeskError

PRESS, WORK, HISTORY = 1.0, 10.0, 60.0
"""Seconds that a use costs: any command, button or form; also, what a worker reads or draws for it; a contest's whole
history."""

ALLOWANCE = 300.0
"""The seconds of a person's full allowance."""

PEOPLE = 10
"""The number of people's allowances that a server has. Guests can use only half of them, so that staff can always
act.
"""

_MOST_KEPT = 10_000


class QuotaError(TallydeskError):
    """Raised if a person's allowance, or their server's, is used up."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A user of the bot, and the server in which they use it."""

    server: int
    """Discord's id; 0: in direct messages."""
    person: int | None
    """Discord's id; None for the bot itself, such as for a board's chart, which is never refused."""
    staff: bool = False
    """True if the person has a role in the newsroom."""


class Quotas:
    """The allowances of people and servers, in seconds of the bot's work."""

    def __init__(self, allowance: float = ALLOWANCE, now: Callable[[], float] = time.monotonic) -> None:
        """Create the allowances, of `allowance` seconds for each person. `now` is a monotonic clock, in seconds."""
        self._allowance = allowance
        self._now = now
        self._full_at: dict[tuple[str, int], float] = {}
        """When the allowance of each person ("you have") and server is full again, by `now`."""
        self._at_work: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def use(self, caller: Caller, seconds: float = PRESS) -> None:
        """Charge a use of the bot to the allowances of a person and their server.

        Raises:
            QuotaError: not enough is left. The message states when to try again.

        """
        if caller.person is None:
            return
        now, after = self._now(), dict[tuple[str, int], float]()
        of_server = self._allowance if caller.staff else self._allowance / 2
        for who, key, cost, most in (
            ("you have", caller.person, seconds, self._allowance),
            ("this server has", caller.server, seconds / PEOPLE, of_server),
        ):
            if key:
                after[who, key] = max(self._full_at.get((who, key), now), now) + cost
                if (wait := after[who, key] - now - most) > 0:
                    raise QuotaError(f"{who} asked for a lot within minutes; try again in {_duration(wait)}")
        self._full_at |= after
        if len(self._full_at) > _MOST_KEPT:
            self._full_at = {key: at for key, at in self._full_at.items() if at > now}

    @asynccontextmanager
    async def working(self, caller: Caller, seconds: float = WORK) -> AsyncIterator[None]:
        """Charge work to the caller's allowance, wait until the caller's earlier work is done, and run the block.

        So other callers get their turn in between.

        Raises:
            QuotaError: not enough is left, see `use`.

        """
        self.use(caller, seconds)
        async with self._at_work.setdefault(caller.person or caller.server, asyncio.Lock()):
            yield


def _duration(seconds: float) -> str:
    whole = math.ceil(seconds)
    return f"{whole} second{'s' if whole > 1 else ''}"
