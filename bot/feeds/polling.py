"""Asking the sources, each by a job of its own, so that one that fails delays no other.

When a source is asked again goes by the phase of its counts (`bot/count/phase.py`; a contest that one source has
certified is done for all), by failures in a row, and by what a refusal asks for (Retry-After, AP's quota). A poll that
finds nothing new is one conditional request and one small transaction. How each source does is its `SourceHealth`, in memory
only.
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
"""Seconds between two tries of a source that keeps failing."""

SOONEST = 5.0
"""Seconds before a source that failed is asked again on its own word."""

MOST_REFUSALS = 5
"""Refused parts of one answer that are logged one by one."""

log = structlog.get_logger()


@dataclass(slots=True)
class SourceHealth:
    """How a source does: whether its last try worked, since when not, and when it wants to be asked again."""

    failures: int = 0
    """In a row."""
    problem: str | None = None
    """What the last try said, if it failed."""
    reached_at: datetime | None = None
    failing_since: datetime | None = None
    """When the first of those failures was; None: the last try worked, or there was none."""
    wait: float | None = None
    """After how many seconds it wants to be asked again, where the last failure said so."""
    listening_since: datetime | None = None
    """Of a source that pushes: since when it could; None: it is asked."""


class Polling:
    """Asks sources for news and hands it to the intake."""

    def __init__(self, feeds: Sequence[Feed], receiver: ReadingReceiver, clock: Clock) -> None:
        """Ask `feeds`; what they say goes to `receiver`."""
        self.feeds = feeds
        self._receiver = receiver
        self._clock = clock
        self._covered: dict[str, frozenset[tuple[str, str]]] = {}
        """What each source's last answer had, and "nothing new" therefore says again."""
        self._phases: dict[str, dict[str, Phase]] = {}
        """By source, then by the desk's id of a contest: what its newest reading shows."""
        self._refused: dict[str, frozenset[str]] = {}
        """What was refused of each source's last answer."""
        self.health = {feed.source.id: SourceHealth() for feed in feeds}

    def uploads(self, source: str) -> Mapping[str, datetime]:
        """Return when each unit last uploaded to a source, by the unit's name; empty where it does not say.

        Kept in memory only: the first answer after a start has all of it again.
        """
        return next((feed.uploads for feed in self.feeds if feed.source.id == source), {})

    async def ask_all(self) -> None:
        """Ask every source once, in the desk file's order: for rehearsals, which keep their own time."""
        for feed in self.feeds:
            await self.ask(feed)

    async def poll(self, feed: Feed) -> float:
        """Ask one source once; return in how many seconds to ask it again.

        Raises:
            RunFailedError: it could not be read or taken in.

        """
        await self.ask(feed)
        seconds = self._next_in(feed) * random.uniform(0.95, 1.05)  # noqa: S311 - spreads requests, guards nothing
        health = self.health[feed.source.id]
        if health.failures:
            raise RunFailedError(health.problem or "", seconds)
        return seconds

    async def ask(self, feed: Feed) -> None:
        """Ask one source once and take in what it says; a failure is logged and remembered, never raised.

        What could not be taken in is asked for again: otherwise the next answer would be "nothing new".
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
        """Ask a source and take in what it says; return how many parts of its answer were refused."""
        source = feed.source.id
        try:
            news = await feed.news(self._clock.now())
        except FeedRefusedError as error:
            await self._receiver.accept(Delivery(source, refusals=[str(error).removeprefix(f"{source}: ")]))
            raise
        if news is None:
            await self._receiver.accept(Delivery(source, standing=self._covered.get(source, frozenset())))
            return len(self._refused.get(source, ()))
        readings = [reading for reading in news.readings if reading.status != "pre-election"]
        refused = [str(refusal) for refusal in news.refusals]
        if early := len(news.readings) - len(readings):
            refused.append(f"{early} contests are of before election day: nothing of them is posted")
        self._log_refusals(source, refused)
        contests = {reading.contest for reading in news.readings}
        await self._receiver.accept(Delivery(source, readings, refused, contests, news.standing))
        self._covered[source] = news.covered
        self._phases.setdefault(source, {}).update(self._receiver.phases(readings))
        return len(refused)

    def _log_refusals(self, source: str, refused: Sequence[str]) -> None:
        """Log what was refused and had not been in the answer before: a feed shows its mistakes at every fetch."""
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
        """Return the busiest phase of the counts that a source shows; a contest that anybody has certified is done."""
        certified = {
            contest for shown in self._phases.values() for contest, phase in shown.items() if phase is Phase.CERTIFIED
        }
        shown = self._phases.get(source, {})
        return max(
            (Phase.CERTIFIED if contest in certified else phase for contest, phase in shown.items()),
            default=Phase.COUNT,
        )

    def _next_in(self, feed: Feed) -> float:
        """Return in how many seconds a source is asked again: less and less often while it fails."""
        health = self.health[feed.source.id]
        every = feed.source.asked_every(self.phase(feed.source.id)).total_seconds()
        if health.wait is not None:
            return min(max(health.wait, SOONEST) * 2.0 ** min(health.failures - 1, 6), SLOWEST)
        return min(every * 2.0 ** min(health.failures, 6), max(SLOWEST, every))
