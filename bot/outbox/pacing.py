"""Who may make the next request: evenly under Discord's limit for the whole bot, urgent posts first, boards last.

A task takes a turn before it claims a row, then waits for a send permit. Permits come evenly, and what came late is caught up
on: Discord never sees more than fifty requests in a second, the fifty-first arrives a second after the first. A channel
whose own limit is used up, by the answers' headers, gets no turn until it is free again. After a thousand invalid
requests in ten minutes nothing is sent for the rest of them: Discord bans at ten thousand.
"""

import asyncio
from collections import deque
from contextvars import ContextVar

import structlog

PER_SECOND = 50
"""Requests that Discord takes in any second (https://docs.discord.com/developers/topics/rate-limits)."""

_LATER_THAN_DISCORD_PY_SECONDS = 0.03

_ENOUGH_ANSWERS = 50
"""From so many answers on the quickest one is used: the first ones open connections."""

SURELY_ARRIVED_SECONDS = 2.0
"""A request without an answer is then taken to have arrived a second ago: a slow channel delays no other."""

AHEAD = 4
"""Rows that may be taken up before their requests leave. What is urgent waits for no more than these."""

INVALID_WITHIN_SECONDS = 600.0
"""Discord counts invalid requests over so long."""

MOST_INVALID = 1000
"""Discord bans who makes 10,000 requests in ten minutes that it answers with 401, 403 or 429; we stop long before."""

log = structlog.get_logger()


class SendPermit:
    """A request that may leave now: `with permit:` around it."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        """Hold one of so many places until one that leaves then arrives a second after this."""
        self._places = places
        self._loop = asyncio.get_running_loop()
        self._left = self._loop.time()
        self._free = self._loop.call_later(SURELY_ARRIVED_SECONDS, places.release)
        self._is_answered = False

    def __enter__(self) -> None:
        """Let `Pacing.answered` know which permit it is in this task."""
        self._token = _current.set(self)

    def __exit__(self, *_: object) -> None:
        """Whatever came of it, it has arrived or never will."""
        _current.reset(self._token)
        self.answered()

    @property
    def age(self) -> float:
        """Seconds since it was given."""
        return self._loop.time() - self._left

    def answered(self, least: float = 0.0) -> None:
        """Say that it was answered: it has arrived by now, and no request takes less than `least` seconds there and back."""
        if not self._is_answered and self._free.when() > self._loop.time() + 1 - least:
            self._free.cancel()
            self._free = self._loop.call_later(1 - least, self._places.release)
        self._is_answered = True


_current: ContextVar[SendPermit | None] = ContextVar("permit", default=None)


class Pacing:
    """Gives turns to take up a row, and moments to make a request.

    A turn is given up when its request is about to leave; a few rows are taken up ahead, so that the time it takes to
    take one up costs none of the moments. Moments come evenly; while rows wait, one that a busy machine let pass is made up
    for. However unevenly requests arrive, Discord never sees more than it takes in a second: the one after the fiftieth
    leaves a second after the first was answered, or as much sooner as the quickest request took there and back.
    """

    def __init__(self, per_second: int = PER_SECOND) -> None:
        """Let so many requests leave in a second at most."""
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
        """How often since the start nothing was sent for a while because of them."""
        self._full: dict[int, float] = {}
        """Until when Discord takes no more posts in a channel, by the event loop's clock."""
        self._resting: set[int] = set()
        """Channels that wait for that."""

    async def turn(self, channel: int, *, urgent: bool, last: bool = False) -> None:
        """Wait until a channel may take up what is next for it; then `release` has to be called.

        `urgent`: before those that are not; `last`: when no other channel waits. Each channel waits for one turn at a
        time. One that has used up its own limit waits for that first: were it discord.py that waited, the request would
        leave at another moment.
        """
        if (full_for := self._full.pop(channel, 0.0) - _now()) > 0:
            self._resting.add(channel)
            try:
                await asyncio.sleep(full_for)
            finally:
                urgent = urgent or channel not in self._resting  # hurried meanwhile
                self._resting.discard(channel)
        if self._free == AHEAD and not (self._urgent or self._routine or self._last):
            self._even_from_now()  # nothing was late: nothing waited
        turn = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._last if last else self._routine)[channel] = turn
        self._give()
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
        """Let the next channel have its turn."""
        self._free += 1
        self._give()

    async def allowed(self) -> None:
        """Wait while nothing may be sent. Before a row is taken up: its attempt is looked for at about that time."""
        if stopped_for := self.stopped_for:
            self.stops += 1
            log.error(
                "nothing is sent for a while: Discord refused too many requests, and would ban us",
                refused=MOST_INVALID,
                seconds=round(stopped_for),
            )
            await asyncio.sleep(stopped_for)

    async def permit(self) -> SendPermit:
        """Wait until a request may leave; what is returned goes around it."""
        full = self._places.locked()
        await self._places.acquire()
        try:
            async with self._line:
                if full:
                    self._even_from_now()
                if (early_by := self._due - _now()) > 0:
                    await asyncio.sleep(early_by)
                self._due += self._step
        except asyncio.CancelledError:
            self._places.release()
            raise
        return SendPermit(self._places)

    def answered(self) -> None:
        """Say that Discord has answered this task's request; discord.py may keep the answer to itself for seconds."""
        if (permit := _current.get()) is not None:
            self._quickest, self._answers = min(self._quickest, permit.age), self._answers + 1
            permit.answered(self._quickest if self._answers > _ENOUGH_ANSWERS else 0.0)

    def hurry(self, channel: int) -> None:
        """Let a channel that waits for its turn go before those that are not urgent."""
        self._resting.discard(channel)
        if (turn := self._routine.pop(channel, None) or self._last.pop(channel, None)) is not None:
            self._urgent[channel] = turn

    def not_last(self, channel: int) -> None:
        """Let a channel that waits to be the last wait as others do."""
        if (turn := self._last.pop(channel, None)) is not None:
            self._routine[channel] = turn

    def full(self, channel: int, seconds: float) -> None:
        """Give a channel no turn for so many seconds: Discord takes no more posts there until then.

        A little longer, in fact: discord.py counts from a moment later, and were it asked before its time is up it
        would wait for all those seconds again.
        """
        self._full[channel] = _now() + seconds + _LATER_THAN_DISCORD_PY_SECONDS

    def refused(self) -> None:
        """Count a request that Discord holds against us."""
        self._invalid.append(_now())
        self.invalid_requests += 1

    @property
    def stopped_for(self) -> float:
        """Seconds for which no request should be made, because too many were invalid; 0: they may."""
        if len(self._invalid) < MOST_INVALID:
            return 0.0
        return max(self._invalid[0] + INVALID_WITHIN_SECONDS - _now(), 0.0)

    def _even_from_now(self) -> None:
        """Make up for no moment that has passed."""
        self._due = max(self._due, _now())

    def _give(self) -> None:
        while self._free and (waiting := self._urgent or self._routine or self._last):
            turn = waiting.pop(next(iter(waiting)))
            if not turn.done():
                self._free -= 1
                turn.set_result(None)


def _now() -> float:
    return asyncio.get_running_loop().time()
