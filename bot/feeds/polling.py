"""Polls the sources. Each source has its own job, so that a failure does not delay the others.

The time until the next poll depends on the phase of the source's counts (`bot/count/phase.py`). A contest that one
source has certified counts as certified for all. The time also depends on the source's failures in a row, and on an
error's Retry-After or AP's quota. A poll without news is one conditional request and one small transaction.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.clock import Clock
from bot.count.phase import Phase
from bot.errors import RunFailedError, TallydeskError
from bot.feeds.fetch import Feed, FeedError, FeedRefusedError
from bot.feeds.receivers import Delivery, ReadingReceiver
from bot.logs import worth_a_line

SLOWEST = 900.0
"""The most seconds between two polls of a source that fails repeatedly."""

SOONEST = 5.0
"""The fewest seconds to wait after a failure, even if the source names a shorter time."""

MOST_REFUSALS = 5
"""How many refusals of an answer are logged one by one."""

log = structlog.get_logger()


@dataclass(slots=True)
class SourceHealth:
    """What the bot knows about the working of a source: failures in a row, the last problem, and how long to wait.

    It is kept in memory only.
    """

    failures: int = 0
    """Failures in a row; 0 if the last poll worked."""
    problem: str | None = None
    """The error of the last poll or push, or the number of parts of its answer that were refused. None if all is
    well.
    """
    reached_at: datetime | None = None
    failing_since: datetime | None = None
    """When the current failures began. None if the last poll worked, or if there was none yet."""
    wait: float | None = None
    """How many seconds the last error response asked us to wait; None if it didn't."""
    listening_since: datetime | None = None
    """For a source that pushes, since when the bot has listened; None for a source that is polled."""


class Polling:
    """The poller of the sources, which passes their readings to the intake."""

    def __init__(self, feeds: Sequence[Feed], receiver: ReadingReceiver, clock: Clock) -> None:
        """Create a poller of `feeds`, which passes deliveries to `receiver`."""
        self.feeds = feeds
        self._receiver = receiver
        self._clock = clock
        self._covered: dict[str, frozenset[tuple[str, str]]] = {}
        """(contest, count) of the readings in each source's last answer. "Nothing new" confirms these."""
        self._phases: dict[str, dict[str, Phase]] = {}
        """The phase of each count by its latest reading: by source, then by the desk's id of the contest."""
        self._refused: dict[str, frozenset[str]] = {}
        """The refusals of each source's last answer."""
        self.health = {feed.source.id: SourceHealth() for feed in feeds}

    def uploads(self, source: str) -> Mapping[str, datetime]:
        """Return when each unit last uploaded its results to a source, by the unit's name.

        Empty if the source doesn't report that. The times are kept in memory only, since the first answer after a
        start contains all of them.
        """
        return next((feed.uploads for feed in self.feeds if feed.source.id == source), {})

    async def ask_all(self) -> None:
        """Poll every source once, in the desk file's order. This is for rehearsals, which set the time themselves."""
        for feed in self.feeds:
            await self.ask(feed)

    async def poll(self, feed: Feed) -> float:
        """Poll one source once. Returns the seconds until its next poll.

        Raises:
            RunFailedError: the answer could not be read or stored.

        """
        await self.ask(feed)
        seconds = self._next_in(feed) * random.uniform(0.95, 1.05)  # noqa: S311 - spreads requests, guards nothing
        health = self.health[feed.source.id]
        if health.failures:
            raise RunFailedError(health.problem or "", seconds)
        return seconds

    async def ask(self, feed: Feed) -> None:
        """Poll a source once, and store its readings. A failure is logged and recorded in `health`, never raised.

        After a failure the next answer is treated as new, since the failed one was not stored.
        """
        source = feed.source.id
        try:
            refused = await self._take_in(feed)
        except TallydeskError as error:
            feed.forget()
            wait = error.wait if isinstance(error, FeedError) else None
            if worth_a_line(failures := self._failed(source, str(error), wait)):
                log.warning("a source could not be read", source=source, why=str(error), failures=failures)
        except Exception as error:
            feed.forget()
            if worth_a_line(failures := self._failed(source, repr(error))):
                log.exception("a source could not be taken in", source=source, failures=failures)
        else:
            self._worked(source, refused)

    async def _take_in(self, feed: Feed) -> int:
        """Poll a source, and store its readings. Returns how many parts of the answer were refused."""
        source = feed.source.id
        try:
            news = await feed.news(self._clock.now())
        except FeedRefusedError as error:
            await self._receiver.accept(Delivery(source, refusals=[str(error).removeprefix(f"{source}: ")]))
            raise
        if news is None:
            await self._receiver.accept(Delivery(source, unchanged=self._covered.get(source, frozenset())))
            return len(self._refused.get(source, ()))
        readings = [reading for reading in news.readings if reading.status != "pre-election"]
        refused = [str(refusal) for refusal in news.refusals]
        if early := len(news.readings) - len(readings):
            refused.append(f"{early} contests are of before election day: nothing of them is posted")
        self._log_refusals(source, refused)
        contests = {reading.contest for reading in news.readings}
        await self._receiver.accept(Delivery(source, readings, refused, contests, news.unchanged))
        self._covered[source] = news.covered
        self._phases.setdefault(source, {}).update(self._receiver.phases(readings))
        return len(refused)

    def _log_refusals(self, source: str, refused: Sequence[str]) -> None:
        """Log the refusals that were not in the previous answer, since a feed repeats its mistakes at every poll."""
        new = [why for why in refused if why not in self._refused.get(source, ())]
        for why in new[:MOST_REFUSALS]:
            log.warning("a part of a feed was refused", source=source, why=why)
        if more := len(new[MOST_REFUSALS:]):
            log.warning("more parts of a feed were refused", source=source, parts=more)
        self._refused[source] = frozenset(refused)

    def _failed(self, source: str, problem: str, wait: float | None = None) -> int:
        health = self.health[source]
        health.failures, health.problem, health.wait = health.failures + 1, problem, wait
        health.failing_since = health.failing_since or self._clock.now()
        return health.failures

    def _worked(self, source: str, refused: int) -> None:
        health, now = self.health[source], self._clock.now()
        if health.failing_since is not None:
            log.info("a source is read again", source=source, failures=health.failures, since=str(health.failing_since))
        health.failures, health.failing_since, health.reached_at, health.wait = 0, None, now, None
        parts = "one part of its answer was" if refused == 1 else f"{refused} parts of its answer were"
        health.problem = f"{parts} refused" if refused else None

    def phase(self, source: str) -> Phase:
        """Return the busiest phase among a source's counts.

        A contest that any source has certified is treated as certified for every source.
        """
        certified = {
            contest for shown in self._phases.values() for contest, phase in shown.items() if phase is Phase.CERTIFIED
        }
        shown = self._phases.get(source, {})
        return max(
            (Phase.CERTIFIED if contest in certified else phase for contest, phase in shown.items()),
            default=Phase.COUNT,
        )

    def _next_in(self, feed: Feed) -> float:
        """Return the seconds until a source's next poll. Each failure in a row doubles them, up to a limit."""
        health = self.health[feed.source.id]
        every = feed.source.polling_interval(self.phase(feed.source.id)).total_seconds()
        if health.wait is not None:
            return min(max(health.wait, SOONEST) * 2.0 ** min(health.failures - 1, 6), SLOWEST)
        return min(every * 2.0 ** min(health.failures, 6), max(SLOWEST, every))
