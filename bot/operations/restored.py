"""After a restore: nothing is posted twice, and each channel is told once that its records have a gap.

A copy of the database is marked as one (`bot/database/backup.py`). Before anything is sent or taken in, the channels
are asked for our own posts since it was made, threads too (by REST alone), and open rows are settled by them
(`settle`), in one transaction that also takes the mark away:

- What a channel shows is sent. What tells a count, and may have been merged into what it shows or into a post that the
  copy does not know, is superseded. What a mute held, where posts are not known, is doubtful. Any other row waits on.
- Where a history can't be read, what was open is doubtful. What waits for the desk is asked anew in its channel.
- Numbers go on above all that were found, and `SPARE` more. Where posts are not known, what had been due counts as
  posted.

A channel with posts that the copy does not know is told no change until the leading source of what it follows was
asked, or two minutes have gone by. Then one notice says which posts are missing and where the count stands
(`catch_up`). A source that did not answer in time is told anew from its next reading on, as a first one is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.clock import Clock
from bot.desk.desk_file import Contest, Source
from bot.errors import TallydeskError
from bot.operations.restored_store import Caught, RestoredChannel, RestoredCopy, RestoredStore, SeriesChecked
from bot.operations.restored_words import RestoredFacts, restored_post
from bot.outbox.discord import Channels, LaterError, RefusedError, UnknownError
from bot.tally.standing_words import MarginFacts
from bot.wording.context import Setting

LOOK_BACK = 60.0
"""Seconds before the copy was made from which on a channel's history is read: clocks differ."""


AT_ONCE = 8
"""Channels whose history is read at the same time."""


TRIES = 8
"""How often a history is asked for before the start is given up."""


LONGEST_WAIT = 30.0


WAIT_FOR_SOURCES = timedelta(minutes=2)
"""A source that has not answered for so long after a restore keeps the notice back no longer."""

Wake = Callable[[Mapping[int, bool]], None]

log = structlog.get_logger()


class Restore:
    """Brings a restored copy and what happened since together."""

    def __init__(
        self,
        store: RestoredStore,
        channels: Channels,
        setting: Setting,
        clock: Clock,
        wake: Wake,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Read `channels`, write to `store`; `wake` is called with the channels that have a post."""
        self._store = store
        self._channels = channels
        self._setting = setting
        self._clock = clock
        self._wake = wake
        self._sleep = sleep

    async def settle(self) -> None:
        """Settle what was open in a restored copy; nothing if the database is none, or has been used since.

        To be called when the bot is logged in, before anything is sent or taken in.

        Raises:
            TallydeskError: Discord does not show now what was posted; nothing has been done, and it can be tried again.

        """
        copy = await self._store.copy()
        if copy is None:
            return
        log.warning(
            "the database was restored from a copy; looking for what was posted since",
            made_at=copy.made_at.isoformat(timespec="seconds"), channels=len(copy.channels),
        )  # fmt: skip
        histories = await self._histories(copy)
        for row in await self._store.settle(copy, histories, self._list_day(), self._clock.now()):
            log.warning("restored", server=row.server, **row.after if isinstance(row.after, dict) else {})

    async def catch_up(self) -> None:
        """Post the notices whose time has come."""
        for restored in await self._store.waiting():
            now = self._clock.now()
            decide = partial(self._decide, restored, now)
            self._wake(await self._store.catch_up(restored, self._setting.desk.leading, decide, now))

    async def next_due(self) -> datetime | None:
        """Return when the next notice is to be looked at, which is at once, or None where none waits."""
        return min((restored.restored_at for restored in await self._store.waiting()), default=None)

    async def _histories(self, copy: RestoredCopy) -> dict[int, dict[int, int] | None]:
        since = copy.made_at.timestamp() - LOOK_BACK
        turns = asyncio.Semaphore(AT_ONCE)

        async def read(channel: int) -> dict[int, int] | None:
            async with turns:
                found = await self._history(channel, since)
                for thread in copy.threads.get(channel, ()) if found is not None else ():
                    found = (await self._history(thread, since) or {}) | (found or {})  # one that is gone shows nothing
                return found

        found = await asyncio.gather(*(read(channel) for channel in copy.channels))
        return dict(zip(copy.channels, found, strict=True))

    async def _history(self, channel: int, since: float) -> dict[int, int] | None:
        """Return the message of each number in a channel, or None where they can't be read for good."""
        why: Exception | None = None
        for again in range(TRIES):
            try:
                return dict(await self._channels.numbers(channel, since))
            except RefusedError as error:
                log.warning("a channel's history can't be read after a restore", channel=channel, why=str(error))
                return None
            except (LaterError, UnknownError) as error:
                why = error
                said = error.seconds if isinstance(error, LaterError) else None
                await self._sleep(min(2.0**again if said is None else said, LONGEST_WAIT))
        raise TallydeskError(
            f"the database was restored from a copy, and Discord does not show now what was posted since in channel "
            f"{channel} ({why}): nothing was posted or changed; start again when it does"
        )

    def _list_day(self) -> str | None:
        """Return today by the desk's calendar if its morning list has been due, else None."""
        hour, local = self._setting.desk.desk.rundown, self._clock.now().astimezone(self._setting.desk.zone)
        return local.date().isoformat() if hour is not None and local.time() >= hour else None

    def _decide(
        self,
        restored: RestoredChannel,
        now: datetime,
        asked: Mapping[str, list[SeriesChecked]],
        leads: Mapping[str, str | None],
    ) -> Caught | None:
        """Return what a channel is told now, or None if a source is to be waited for."""
        desk = self._setting.desk
        contests = [desk.led(contest, leads.get(key)) for key in asked if (contest := desk.contest(key)) is not None]
        up_to_date = frozenset(
            contest.id for contest in contests if self._was_asked(contest, asked[contest.id], restored.restored_at)
        )
        all_asked = len(up_to_date) == len(contests)
        if not all_asked and now - restored.restored_at < WAIT_FOR_SOURCES:
            return None
        facts = RestoredFacts(
            restored.copied_at,
            restored.posts,
            restored.first,
            restored.last,
            [facts for contest in contests for facts in self._standings(contest, asked[contest.id], now)],
            all_asked,
            now,
            restored.has_board,
        )
        return Caught(restored_post(facts, self._setting), up_to_date)

    def _was_asked(self, contest: Contest, series: list[SeriesChecked], since: datetime) -> bool:
        """Return True if all that is fetched of a contest was asked for since, and nothing of it is held."""
        fetched = [one for one in series if (source := self._setting.desk.source(one.source)) and source.format]
        leading = self._setting.desk.source(contest.leads)
        if leading is not None and leading.format and leading.id not in {one.source for one in fetched}:
            return False
        return all(one.checked_at is not None and one.checked_at >= since and not one.held for one in fetched)

    def _standings(self, contest: Contest, series: list[SeriesChecked], now: datetime) -> list[MarginFacts]:
        source = self._setting.desk.source(contest.leads) or Source(id=contest.leads, name=contest.leads)
        return [
            MarginFacts(
                contest, source, now, one.reading, one.change,
                changed_at=one.changed_at, checked_at=one.checked_at, held=one.held,
            )
            for one in series
            if one.source == source.id
        ] or [MarginFacts(contest, source, now, None)]  # fmt: skip
