"""Looks at the stored schedule and does what is due; the schedule is the truth, the wake-up only a reminder."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.follows.follows import Following
from bot.logs import worth_a_line
from bot.operations.restored import RestoredBooks
from bot.schedule.reminders import Remind
from bot.schedule.rundown import Rundown
from bot.tally.intake import Ingest
from bot.tally.silences import Silences

LOOK_EVERY = timedelta(seconds=30)
"""However far the next thing seems: clocks jump, machines sleep."""

LOOK_AT_MOST_EVERY = timedelta(seconds=1)
"""Whatever stays due for a reason nobody foresaw, it does not take the whole processor."""

log = structlog.get_logger()


class Ticker:
    """Does what is due."""

    def __init__(
        self,
        ingest: Ingest,
        rundown: Rundown,
        following: Following,
        restored: RestoredBooks,
        silences: Silences,
        remind: Remind,
    ) -> None:
        """Roll up through `ingest`, list through `rundown`, forget servers through `following`, tell `silences`.

        After a restore `restored` says so where posts are missing; `remind` speaks of events.
        """
        self._remind = remind
        self._restored = restored
        self._ingest = ingest
        self._rundown = rundown
        self._following = following
        self._silences = silences

    async def look(self) -> None:
        """Do everything that is due by the news clock; what fails keeps nothing else from being done.

        Raises:
            ExceptionGroup: what failed, after all was tried.

        """
        failed = []
        for do in (
            self._restored.catch_up,
            self._ingest.roll_up,
            self._ingest.tell_of_holds,
            self._silences.look,
            self._rundown.post_due,
            self._remind.post_due,
            self._following.forget_left,
        ):
            try:
                await do()
            except Exception as error:  # noqa: BLE001 - raised below, with the others
                failed.append(error)
        if failed:
            raise ExceptionGroup("a look at what is due failed in part", failed)

    async def next_due(self) -> datetime | None:
        """Return when the next thing is due by the news clock, or None."""
        dues = (
            self._restored.next_due,
            self._ingest.next_due,
            self._rundown.next_due,
            self._silences.next_due,
            self._remind.next_due,
        )
        return min([moment for due in dues if (moment := await due())], default=None)


class WakeUp:
    """One job in APScheduler that looks when something is due, and every 30 seconds anyway."""

    def __init__(self, look: Callable[[], Awaitable[None]], next_due: Callable[[], Awaitable[datetime | None]]) -> None:
        """Call `look`, then wait until `next_due`, half a minute at most."""
        self._look = look
        self._next_due = next_due
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._idle = asyncio.Event()
        self._idle.set()
        self._open = True
        self._failures = 0

    def start(self) -> None:
        """Look now, and from now on whenever something is due."""
        # By default a job that comes a second late is dropped without a word: misfire_grace_time=None.
        self._scheduler.add_job(self._run, id="wake-up", misfire_grace_time=None, next_run_time=datetime.now(UTC))
        self._scheduler.start()

    async def stop(self, within: float = 5.0) -> None:
        """Look no more; a look under way has so many seconds to end, and is then cut off between two transactions."""
        self._open = False
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._idle.wait()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def _run(self) -> None:
        if not self._open:
            return
        self._idle.clear()
        try:
            due = await self._look_once()
        finally:
            self._idle.set()
        if self._open:
            self._wake_at(due)

    async def _look_once(self) -> datetime | None:
        """Look, and return when the next thing is due, or None."""
        try:
            await self._look()
            due = await self._next_due()
        except Exception:
            self._failures += 1
            if worth_a_line(self._failures):
                log.exception("a look at the schedule failed", failures=self._failures)
            return None
        if self._failures:
            log.info("the schedule is looked at again", failures=self._failures)
            self._failures = 0
        return due

    def _wake_at(self, due: datetime | None) -> None:
        latest = datetime.now(UTC) + LOOK_EVERY
        soonest = datetime.now(UTC) + LOOK_AT_MOST_EVERY
        when = max(min(due, latest), soonest) if due else latest
        # Two instances: to APScheduler this one still runs when the next is due at once, and it would drop that one.
        self._scheduler.add_job(
            self._run, id="wake-up", trigger="date", run_date=when,
            misfire_grace_time=None, max_instances=2, replace_existing=True,
        )  # fmt: skip
