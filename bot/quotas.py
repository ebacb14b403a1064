"""How much of the bot people may use: one allowance for commands, presses, texts, pictures and files.

Each use costs seconds of its person's allowance, which come back as time passes, and a tenth of that of its server's.
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
"""Seconds that a use costs: a command, a button, a list or a form; besides, what a worker reads or draws for it; a
contest's whole history."""

ALLOWANCE = 300.0
"""Seconds that a person can use at once."""

PEOPLE = 10
"""How many people's allowances a server has. Guests can use half of it, so that its staff can always act."""

_MOST_KEPT = 10_000


class QuotaError(TallydeskError):
    """Somebody has used up their allowance, or their server's."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who uses the bot, and in which server."""

    server: int
    """0: outside of servers."""
    person: int | None
    """None: the bot itself, as for a board's chart; it is never refused."""
    staff: bool = False
    """True: they have a role in the newsroom."""


class Quotas:
    """The allowances of people and servers."""

    def __init__(self, allowance: float = ALLOWANCE, now: Callable[[], float] = time.monotonic) -> None:
        """Give each person `allowance` seconds; `now` is a clock that never goes back, in seconds."""
        self._allowance = allowance
        self._now = now
        self._full_at: dict[tuple[str, int], float] = {}
        """When each person ("you") and each server has all of their allowance again."""
        self._at_work: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    def use(self, caller: Caller, seconds: float = PRESS) -> None:
        """Take what a use costs from the allowances of a person and their server.

        Raises:
            QuotaError: there is not so much left; it says when to try again.

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
        """Take what work costs; what a person has waiting is done one after the other, so that others come between.

        Raises:
            QuotaError: as `use`.

        """
        self.use(caller, seconds)
        async with self._at_work.setdefault(caller.person or caller.server, asyncio.Lock()):
            yield


def _duration(seconds: float) -> str:
    whole = math.ceil(seconds)
    return f"{whole} second{'s' if whole > 1 else ''}"
