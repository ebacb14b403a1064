"""The health check: gathers `Vitals` every 15 seconds, and records in the database that the bot is alive.

The write proves that transactions succeed. At the next start, it shows how long the bot was down.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.desk.desk_file import Source
from bot.feeds.polling import SourceHealth
from bot.operations.health_store import HealthStore
from bot.operations.vitals import Gateway, OutboxVitals, SourceVitals, Vitals
from bot.wording.times import length

DATABASE_TIMEOUT_SECONDS = 10.0
"""How long a transaction of one row may take."""

log = structlog.get_logger()


class HealthCheck:
    """A service that checks the bot's own health regularly, and remembers the last result.

    Args:
        store: the tables about the bot's health.
        sources: the desk file's sources.
        health: the health of each source that is polled or pushes, by source id.
        connected: returns True if there is a connection to Discord's gateway.
        wall: returns this machine's time, in UTC.
        gap: how long the bot must have been down for an incident; None to record none.
    """

    EVERY_SECONDS = 15.0
    """The time between two checks."""
    DISCONNECTED_EVERY_SECONDS = 3.0
    """The time between two checks while there is no connection to Discord, since an operator may be waiting for the
    connection.
    """

    def __init__(
        self,
        store: HealthStore,
        sources: Sequence[Source],
        health: Mapping[str, SourceHealth],
        connected: Callable[[], bool],
        wall: Callable[[], datetime],
        gap: timedelta | None,
    ) -> None:
        self._store = store
        self._sources = [source for source in sources if source.id in health]
        self._health = health
        self._connected = connected
        self._wall = wall
        self._gap = gap
        self._started = wall()
        self._gateway = Gateway(connected=False, since=self._started)
        self.last: Vitals | None = None
        """The result of the last check; None before the first."""

    async def look(self) -> Vitals:
        """Check the bot's health now. A failure is part of the result, and never raised."""
        now = self._wall()
        problem, outbox = await self._ask_database(now)
        if (connected := self._connected()) is not self._gateway.connected:
            if not connected:
                log.warning("the connection to Discord is gone; discord.py makes a new one")
            elif self._gateway.since != self._started:
                log.info("the connection to Discord is back", away=length(now - self._gateway.since))
            self._gateway = Gateway(connected, now)
        sources = tuple(self._source(source) for source in self._sources)
        self.last = Vitals(now, self._started, self._gateway, problem, outbox, sources)
        return self.last

    async def run(self, then: Callable[[Vitals], Awaitable[None]]) -> float:
        """Check the bot's health, and pass the result to `then`. Returns the seconds until the next check."""
        await then(await self.look())
        return self.EVERY_SECONDS if self._gateway.connected else self.DISCONNECTED_EVERY_SECONDS

    async def _ask_database(self, now: datetime) -> tuple[str | None, OutboxVitals | None]:
        try:
            async with asyncio.timeout(DATABASE_TIMEOUT_SECONDS):
                await self._store.record_alive(now, self._gap)
                return None, await self._store.outbox()
        except TimeoutError:
            return f"it took no transaction within {DATABASE_TIMEOUT_SECONDS:g} seconds", None
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what the look found
            return f"it takes no transaction ({error})", None

    def _source(self, source: Source) -> SourceVitals:
        health = self._health[source.id]
        return SourceVitals(
            source.id,
            source.name,
            source.every,
            health.reached_at,
            health.failing_since,
            health.failures,
            health.problem,
        )
