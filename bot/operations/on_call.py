"""Tells the on-call contact of incidents, through the outbox (server 0, the operator's own) as everything that is sent.

The message and the incidents are written in one transaction, so each is told once. What waits for that contact makes no
message itself.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.errors import TallydeskError
from bot.logs import worth_a_line
from bot.operations.alive_store import AliveStore
from bot.operations.incidents import incident_changes
from bot.operations.incidents_words import incident_notice
from bot.operations.vitals import Vitals

ASK_AGAIN = timedelta(minutes=5)
"""Until Discord is asked again for a channel that it did not give."""

log = structlog.get_logger()


class OnCallContact:
    """The one who is told when something is down, through the outbox as everything else."""

    def __init__(
        self,
        user: int,
        store: AliveStore,
        open_channel: Callable[[int], Awaitable[int]],
        zone: ZoneInfo,
        tell_after: timedelta,
        admit: Callable[[int], None],
    ) -> None:
        """Tell the Discord user with this id.

        Args:
            user: their id.
            store: keeps what they were told.
            open_channel: returns their channel of direct messages; raises TallydeskError where Discord gives none.
            zone: whose clock the messages go by.
            tell_after: how long something has to be wrong.
            admit: is given the channel as soon as it is known.

        """
        self._user = user
        self._store = store
        self._open_channel = open_channel
        self._zone = zone
        self._tell_after = tell_after
        self._admit = admit
        self._failures = 0
        self._not_before: datetime | None = None

    async def tell(self, vitals: Vitals) -> None:
        """Tell of what has begun and of what is over, each once, whatever is started anew in between."""
        if vitals.database is not None or (channel := await self.channel(vitals.at)) is None:
            return
        news = incident_changes(await self._store.incidents(), vitals, self._tell_after)
        if news.begun or news.ended:
            draft = incident_notice(news, vitals, self._zone)
            await self._store.tell(news.begun, news.ended, draft, channel, vitals.at)

    async def channel(self, now: datetime) -> int | None:
        """Return the channel of direct messages, asked for once and kept; None while Discord gives none."""
        channel = await self._store.direct_channel(self._user)
        if channel is None and (self._not_before is None or now >= self._not_before):
            channel = await self._ask_for_channel(now)
        if channel is not None:
            self._admit(channel)
        return channel

    async def _ask_for_channel(self, now: datetime) -> int | None:
        try:
            channel = await self._open_channel(self._user)
        except TallydeskError as error:
            self._failures += 1
            self._not_before = now + ASK_AGAIN
            if worth_a_line(self._failures):
                log.warning("the person in TALLYDESK_PERSON can't be told", why=str(error), failures=self._failures)
            return None
        await self._store.keep_direct_channel(self._user, channel)
        return channel
