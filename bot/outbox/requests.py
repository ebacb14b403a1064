"""Watches requests to Discord below discord.py: those without a clear answer, rate limits, and Discord's clock."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import SimpleNamespace

import aiohttp

from bot.outbox.pacing import Pacing

_INVALID_STATUSES = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)

_POSTS = re.compile(r"/channels/(\d{1,20})/messages$")

_LONGEST_RESET_SECONDS = 60.0

_SAME_WITHIN_SECONDS = 2.0
"""The difference between two clocks below which it is ignored, because Discord's clock has whole seconds."""


@dataclass(slots=True)
class RequestOutcomes:
    """The number of requests, and of requests without a clear answer."""

    made: int = 0
    """How many requests were made."""
    unclear: int = 0
    """How many requests had no answer, or an answer that leaves open whether Discord acted."""


_outcomes: ContextVar[RequestOutcomes | None] = ContextVar("outcomes", default=None)


class Requests:
    """A counter of one discord.py client's requests, which also reports rate limits."""

    def __init__(self, pacing: Pacing, wall: Callable[[], float] = time.time) -> None:
        """Create a counter that reports answers and rate limits to `pacing`.

        `wall` returns the wall clock's time, in seconds since 1970.
        """
        self._pacing = pacing
        self._wall = wall
        self.clock_ahead = 0.0
        """Seconds by which this machine's clock is ahead of Discord's; 0 if it is about right, or no answer came yet."""

    def now(self) -> float:
        """Return the time by Discord's clock, in seconds since 1970. This machine's clock may be wrong."""
        return self._wall() - self.clock_ahead

    @contextmanager
    def counting_outcomes(self) -> Iterator[RequestOutcomes]:
        """Count the requests that the current task makes inside the `with` block."""
        token = _outcomes.set(outcomes := RequestOutcomes())
        try:
            yield outcomes
        finally:
            _outcomes.reset(token)

    def trace(self) -> aiohttp.TraceConfig:
        """Return the aiohttp trace to pass to a discord.py client as its `http_trace`."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._on_start)
        trace.on_request_end.append(self._on_end)
        return trace

    async def _on_start(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, _start: aiohttp.TraceRequestStartParams
    ) -> None:
        if (outcomes := _outcomes.get()) is not None:
            outcomes.made += 1
            outcomes.unclear += 1

    async def _on_end(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
    ) -> None:
        self._pacing.record_answer()
        status, headers = end.response.status, end.response.headers
        clear = status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.REQUEST_TIMEOUT
        if clear and (outcomes := _outcomes.get()) is not None:
            outcomes.unclear -= 1
        shared = headers.get("X-RateLimit-Scope") == "shared"  # caused by other bots, so not counted
        if status in _INVALID_STATUSES and not shared:
            self._pacing.refused()
        posted = _POSTS.search(end.url.path) if end.method == "POST" else None
        if posted and headers.get("X-RateLimit-Remaining") == "0":
            self._pacing.full(int(posted[1]), _seconds(headers.get("X-RateLimit-Reset-After")))
        if date := headers.get("Date"):
            self._set_clock(date)

    def _set_clock(self, date: str) -> None:
        try:
            theirs = parsedate_to_datetime(date).timestamp()
        except ValueError:
            return
        ahead = self._wall() - theirs
        self.clock_ahead = ahead if abs(ahead) > _SAME_WITHIN_SECONDS else 0.0


def _seconds(header: str | None) -> float:
    """Return the seconds in a response header, at most 60, or 0 if the header has no number."""
    try:
        return min(max(float(header or 0), 0.0), _LONGEST_RESET_SECONDS)
    except ValueError:
        return 0.0
