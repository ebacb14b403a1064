"""Watch the sources: each in a loop of its own, so that one that fails disturbs no other."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.clock import Clock
from bot.errors import TallydeskError
from bot.service.ingest import Ingest
from bot.sources.fetch import Feed

SLOWEST = 900.0
"""Seconds between two tries of a source that keeps failing."""

log = structlog.get_logger()


@dataclass(slots=True)
class Health:
    """How a source does."""

    failures: int = 0
    """In a row."""
    problem: str | None = None
    """What the last try said, if it failed."""
    reached_at: datetime | None = None


class Watch:
    """Asks sources for news and hands it to the ingest."""

    def __init__(
        self,
        feeds: Sequence[Feed],
        ingest: Ingest,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Watch `feeds`."""
        self._feeds = feeds
        self._ingest = ingest
        self._clock = clock
        self._sleep = sleep
        self._tasks: list[asyncio.Task[None]] = []
        self._covered: dict[str, frozenset[tuple[str, str]]] = {}
        """What each source's last answer had, and "nothing new" therefore says again."""
        self.health = {feed.source.id: Health() for feed in feeds}

    def start(self) -> None:
        """Ask each source now, and from now on as often as the desk file says."""
        self._tasks = [asyncio.create_task(self._loop(feed), name=f"source {feed.source.id}") for feed in self._feeds]

    async def stop(self) -> None:
        """Ask no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def ask_all(self) -> None:
        """Ask every source once, in the desk file's order: for rehearsals, which keep their own time."""
        for feed in self._feeds:
            await self.ask(feed)

    async def ask(self, feed: Feed) -> None:
        """Ask one source once and take in what it says; a failure is logged and remembered, never raised.

        What could not be taken in is asked for again: otherwise the next answer would be "nothing new".
        """
        health = self.health[feed.source.id]
        try:
            news = await feed.news(self._clock.now())
            if news is None:
                await self._ingest.unchanged(feed.source.id, self._covered.get(feed.source.id, frozenset()))
            else:
                for refusal in news.refusals:
                    log.warning("a part of a feed was refused", source=feed.source.id, why=str(refusal))
                await self._ingest.take_in(news.readings)
                self._covered[feed.source.id] = news.covered
            refused = len(news.refusals) if news else 0
        except TallydeskError as error:
            feed.forget()
            health.failures, health.problem = health.failures + 1, str(error)
            log.warning("a source could not be read", source=feed.source.id, why=str(error), failures=health.failures)
        except Exception as error:
            feed.forget()
            health.failures, health.problem = health.failures + 1, repr(error)
            log.exception("a source could not be taken in", source=feed.source.id)
        else:
            health.failures, health.reached_at = 0, self._clock.now()
            health.problem = f"{refused} parts of its answer were refused" if refused else None

    async def _loop(self, feed: Feed) -> None:
        every = feed.source.every.total_seconds()
        while True:
            await self.ask(feed)
            slower = every * 2 ** min(self.health[feed.source.id].failures, 6)
            wait = min(slower, max(SLOWEST, every))
            await self._sleep(wait * random.uniform(0.95, 1.05))  # noqa: S311 - spreads requests, guards nothing
