"""Pacing: spreads requests under Discord's limit for the whole bot, urgent posts first, boards last.

A task waits for its channel's turn before it claims a row, then for a permit to send. Permits are spread evenly, and
Discord never gets more than fifty requests within a second. A channel whose own rate limit is used up, according to
the headers of Discord's answers, gets no turn until the limit resets. After a thousand invalid requests nothing is
sent until they are ten minutes old, because Discord bans a bot at ten thousand within ten minutes.
"""

import asyncio
from collections import deque
from contextvars import ContextVar

import structlog

PER_SECOND = 50
"""Requests that Discord takes in any second (https://docs.discord.com/developers/topics/rate-limits)."""

_LATER_THAN_DISCORD_PY_SECONDS = 0.03

_ENOUGH_ANSWERS = 50
"""How many answers are needed before the quickest one counts. The first are slow, because they open connections."""

SURELY_ARRIVED_SECONDS = 2.0
"""How long a request may remain unanswered before it no longer delays others.

It is then assumed to have arrived a second ago.
"""

AHEAD = 4
"""How many rows may be claimed before their requests are sent. An urgent post waits for no more than these."""

INVALID_WITHIN_SECONDS = 600.0
"""The period over which Discord counts invalid requests."""

MOST_INVALID = 1000
"""The number of invalid requests at which the bot stops sending for a while.

Discord bans a bot after 10,000 answers of 401, 403 or 429 within ten minutes.
"""

log = structlog.get_logger()


class SendPermit:
    """Permission to make one request now, inside `with permit:`."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        """Create a permit that occupies one of `places` until a second after its request has surely arrived."""
        self._places = places
        self._loop = asyncio.get_running_loop()
        self._left = self._loop.time()
        self._free = self._loop.call_later(SURELY_ARRIVED_SECONDS, places.release)
        self._is_answered = False

    def __enter__(self) -> None:
        """Make this the current task's permit, so that `Pacing.record_answer` finds it."""
        self._token = _current.set(self)

    def __exit__(self, *_: object) -> None:
        """Treat the request as answered, because it has arrived by now or never will."""
        _current.reset(self._token)
        self.record_answer()

    @property
    def age(self) -> float:
        """Seconds since the permit was given."""
        return self._loop.time() - self._left

    def record_answer(self, least: float = 0.0) -> None:
        """Record that the request was answered. `least` is the shortest round trip so far, in seconds."""
        if not self._is_answered and self._free.when() > self._loop.time() + 1 - least:
            self._free.cancel()
            self._free = self._loop.call_later(1 - least, self._places.release)
        self._is_answered = True


_current: ContextVar[SendPermit | None] = ContextVar("permit", default=None)


class Pacing:
    """The scheduler that decides when a channel may claim a row, and when a request may be made.

    A channel's turn ends when its request is about to be made. A few rows are claimed ahead, so that claiming costs no
    sending time.

    Requests are spread evenly. Requests that a busy machine missed are made up for while rows wait. Discord never gets
    more than its limit of 50 in a second: the 51st is sent a second after the first was answered, less the shortest
    round trip so far.
    """

    def __init__(self, per_second: int = PER_SECOND) -> None:
        """Create a scheduler that allows at most `per_second` requests within any second."""
        self._step = 1 / per_second
        self._due = 0.0
        """When the next request may leave, by the event loop's clock."""
        self._line = asyncio.Lock()
        self._places = asyncio.Semaphore(per_second)
        self._quickest = 1.0
        self._answers = 0
        self._free = AHEAD
        self._urgent: dict[int, asyncio.Future[None]] = {}
        self._routine: dict[int, asyncio.Future[None]] = {}
        self._last: dict[int, asyncio.Future[None]] = {}
        self._invalid: deque[float] = deque(maxlen=MOST_INVALID)
        self.invalid_requests = 0
        """Requests since the start that Discord counts as invalid."""
        self.stops = 0
        """How often since the start sending stopped for a while because of them."""
        self._full: dict[int, float] = {}
        """When the rate limit of each channel without posts left resets, by the event loop's clock."""
        self._resting: set[int] = set()
        """Channels that wait for their rate limit to reset."""

    async def turn(self, channel: int, *, urgent: bool, last: bool = False) -> None:
        """Wait for a channel's turn to claim a row. The caller has to call `release` afterwards.

        A channel must not wait for two turns at once. A channel whose rate limit is used up first waits for the limit
        to reset. If discord.py waited instead, the request would be made at another time than its permit.

        Args:
            channel: the channel.
            urgent: True if the channel goes before channels that are not urgent.
            last: True if the channel goes after all other channels.
        """
        if (full_for := self._full.pop(channel, 0.0) - _now()) > 0:
            self._resting.add(channel)
            try:
                await asyncio.sleep(full_for)
            finally:
                urgent = urgent or channel not in self._resting  # `make_urgent` was called meanwhile
                self._resting.discard(channel)
        if self._free == AHEAD and not (self._urgent or self._routine or self._last):
            self._restart_spacing()  # no permits were missed: nothing waited
        turn = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._last if last else self._routine)[channel] = turn
        self._grant_turns()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release()
            raise
        finally:
            for waiting in (self._urgent, self._routine, self._last):
                waiting.pop(channel, None)

    def release(self) -> None:
        """End a turn, so that the next channel gets one."""
        self._free += 1
        self._grant_turns()

    async def wait_until_allowed(self) -> None:
        """Wait while sending is stopped because of too many invalid requests.

        Call this method before claiming a row, because the history is searched near the time of the claim.
        """
        if stopped_for := self.stopped_for:
            self.stops += 1
            log.error(
                "nothing is sent for a while: Discord refused too many requests, and would ban us",
                refused=MOST_INVALID,
                seconds=round(stopped_for),
            )
            await asyncio.sleep(stopped_for)

    async def permit(self) -> SendPermit:
        """Wait until a request may be made, and return the permit for it."""
        full = self._places.locked()
        await self._places.acquire()
        try:
            async with self._line:
                if full:
                    self._restart_spacing()
                if (early_by := self._due - _now()) > 0:
                    await asyncio.sleep(early_by)
                self._due += self._step
        except asyncio.CancelledError:
            self._places.release()
            raise
        return SendPermit(self._places)

    def record_answer(self) -> None:
        """Record that Discord has answered the current task's request.

        discord.py may report the answer only seconds later.
        """
        if (permit := _current.get()) is not None:
            self._quickest, self._answers = min(self._quickest, permit.age), self._answers + 1
            permit.record_answer(self._quickest if self._answers > _ENOUGH_ANSWERS else 0.0)

    def make_urgent(self, channel: int) -> None:
        """Make a channel urgent while it waits for its turn."""
        self._resting.discard(channel)
        if (turn := self._routine.pop(channel, None) or self._last.pop(channel, None)) is not None:
            self._urgent[channel] = turn

    def not_last(self, channel: int) -> None:
        """Move a channel that waits behind all others to an ordinary place in the queue."""
        if (turn := self._last.pop(channel, None)) is not None:
            self._routine[channel] = turn

    def full(self, channel: int, seconds: float) -> None:
        """Give a channel no turn for `seconds`, until its rate limit resets.

        The wait is in fact a little longer. discord.py starts counting a moment later, and would delay an early
        request by the whole period again.
        """
        self._full[channel] = _now() + seconds + _LATER_THAN_DISCORD_PY_SECONDS

    def refused(self) -> None:
        """Record a request that Discord counts as invalid (an answer of 401, 403 or 429)."""
        self._invalid.append(_now())
        self.invalid_requests += 1

    @property
    def stopped_for(self) -> float:
        """Seconds for which sending is stopped because of too many invalid requests, or 0 if it is not."""
        if len(self._invalid) < MOST_INVALID:
            return 0.0
        return max(self._invalid[0] + INVALID_WITHIN_SECONDS - _now(), 0.0)

    def _restart_spacing(self) -> None:
        """Spread permits evenly from now on, without making up for missed ones."""
        self._due = max(self._due, _now())

    def _grant_turns(self) -> None:
        while self._free and (waiting := self._urgent or self._routine or self._last):
            turn = waiting.pop(next(iter(waiting)))
            if not turn.done():
                self._free -= 1
                turn.set_result(None)


def _now() -> float:
    return asyncio.get_running_loop().time()
