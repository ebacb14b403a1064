"""Causes random faults while bots are killed: everything that the simulated Discord's fault board and rate limits
offer.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

from bot.rehearsal.standin.guild import Channel
from bot.rehearsal.standin.server import StandIn

_STRUCK = ("POST /channels/*/messages", "PATCH /channels/*/messages/*", "GET /channels/*/messages")
_LIMITED = {"message": "You are being rate limited.", "retry_after": 0.05}

_WAITING_AT_MOST = 2
"""The most faults at a time that wait for a matching request."""


class Storm:
    """A series of faults at random moments."""

    def __init__(self, standin: StandIn, channels: Sequence[Channel], chance: random.Random) -> None:
        self._standin = standin
        self._channels = channels
        self._chance = chance
        self._blows: list[Callable[[], Awaitable[None] | None]] = [
            *[self._lose] * 10,
            *[self._reset] * 6,
            *[self._server_error] * 6,
            *[self._limit] * 6,
            *[self._delay] * 4,
            *[self._limit_all] * 2,
            *[self._close_channel] * 2,
            self._drop,
            self._invalidate,
            self._close_gateway,
            self._outage,
        ]
        self._lasting: set[asyncio.Task[None]] = set()

    async def rage(self) -> None:
        """Cause faults until the task is cancelled."""
        while True:
            if len(self._standin.faults._waiting) >= _WAITING_AT_MOST:  # no request would ever succeed
                await asyncio.sleep(0.005)
                continue
            blow = self._chance.choice(self._blows)()
            if blow is not None:
                task = asyncio.ensure_future(blow)
                self._lasting.add(task)
                task.add_done_callback(self._lasting.discard)
            await asyncio.sleep(self._chance.uniform(0.0, 0.12))

    async def end(self) -> None:
        """Repair everything. The bot is notified that its channels work again."""
        for task in self._lasting:
            task.cancel()
        await asyncio.gather(*self._lasting, return_exceptions=True)
        self._standin.faults.clear()
        self._standin.rate_limits.relax()
        for channel in self._channels:
            channel.updated()

    @property
    def _route(self) -> str:
        return self._chance.choices(_STRUCK, (4, 1, 1))[0]

    def _lose(self) -> None:
        self._standin.faults.lose_answer(route=self._route)

    def _reset(self) -> None:
        self._standin.faults.reset(acted_on=self._chance.random() < 0.5, route=self._route)

    def _server_error(self) -> None:
        self._standin.faults.answer_next(self._chance.choice((500, 502, 503, 503, 503, 504)), route=self._route)

    def _limit(self) -> None:
        everywhere = self._chance.random() < 0.3
        self._standin.faults.answer_next(429, {**_LIMITED, "global": everywhere}, route=self._route)

    async def _delay(self) -> None:
        """Delay answers for a while. Discord carries out the request at once, or only after the delay."""
        route, before = self._route, self._chance.random() < 0.5
        self._standin.faults.delay(self._chance.uniform(0.0, 0.3), before=before, route=route)
        await asyncio.sleep(self._chance.uniform(0.0, 0.3))
        self._standin.faults.delay(0.0, before=before, route=route)

    async def _limit_all(self) -> None:
        """Lower Discord's rate limit for the whole bot for a while."""
        self._standin.rate_limits.set_overall(3, 0.3)
        await asyncio.sleep(self._chance.uniform(0.1, 0.5))
        self._standin.rate_limits.relax()

    async def _close_channel(self) -> None:
        """Close a channel for a while, in one of several ways. The gateway reports the end."""
        channel, faults = self._chance.choice(self._channels), self._standin.faults
        self._chance.choice(
            (
                lambda: faults.forbid(channel.id),
                lambda: faults.forbid(channel.id, seen=False),
                lambda: faults.vanish(channel.id),
                lambda: faults.archive(channel.id),
                lambda: faults.slow_mode(channel.id, 0.2),
                lambda: faults.throttle(channel.id, 0.2),
            )
        )()
        await asyncio.sleep(self._chance.uniform(0.1, 1.0))
        faults.allow(channel.id)
        channel.updated()

    def _drop(self) -> None:
        self._standin.faults.drop_gateway()

    def _invalidate(self) -> None:
        self._standin.faults.invalid_session()

    async def _close_gateway(self) -> None:
        self._standin.faults.close_gateway()
        await asyncio.sleep(self._chance.uniform(0.1, 0.5))
        self._standin.faults.open_gateway()

    async def _outage(self) -> None:
        """Make a server unavailable for a while."""
        guild = self._chance.choice(self._channels).guild
        self._standin.faults.unavailable(guild.id)
        await asyncio.sleep(self._chance.uniform(0.1, 0.5))
        self._standin.faults.available(guild.id)
