"""Messages to the on-call contact about incidents, sent through the outbox as the operator's own server, 0.

The message and the incidents are written in one transaction, so each incident is reported once. A message that can't
be delivered to the contact is no incident itself.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.errors import TallydeskError
from bot.logs import worth_a_line
from bot.operations.health_store import HealthStore
from bot.operations.incidents import incident_changes
from bot.operations.incidents_words import incident_notice
from bot.operations.vitals import Vitals

RETRY_AFTER = timedelta(minutes=5)
"""How long to wait before asking Discord again for a channel that it refused."""

log = structlog.get_logger()


class OnCallContact:
    """A sender of messages about incidents to one person, the on-call contact.

    Args:
        user: the person's Discord id.
        store: stores incidents and the channel.
        open_channel: asks Discord for the channel of direct messages. It raises TallydeskError if Discord opens
            none.
        zone: the time zone of the messages.
        tell_after: how long a fault has to last to become an incident.
        admit: is called with the channel's id as soon as the id is known.
    """

    def __init__(
        self,
        user: int,
        store: HealthStore,
        open_channel: Callable[[int], Awaitable[int]],
        zone: ZoneInfo,
        tell_after: timedelta,
        admit: Callable[[int], None],
    ) -> None:
        self._user = user
        self._store = store
        self._open_channel = open_channel
        self._zone = zone
        self._tell_after = tell_after
        self._admit = admit
        self._failures = 0
        self._not_before: datetime | None = None

    async def tell(self, vitals: Vitals) -> None:
        """Send a message about the incidents that begin and end with a health check.

        Each beginning and each end is reported once, even across restarts.
        """
        if vitals.database is not None or (channel := await self.channel(vitals.at)) is None:
            return
        news = incident_changes(await self._store.incidents(), vitals, self._tell_after)
        if news.begun or news.ended:
            draft = incident_notice(news, vitals, self._zone)
            await self._store.tell(news.begun, news.ended, draft, channel, vitals.at)

    async def channel(self, now: datetime) -> int | None:
        """Return the channel of direct messages with the contact, opened on first use.

        Returns None while Discord refuses to open it.
        """
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
            self._not_before = now + RETRY_AFTER
            if worth_a_line(self._failures):
                log.warning("the person in TALLYDESK_PERSON can't be told", why=str(error), failures=self._failures)
            return None
        await self._store.store_direct_channel(self._user, channel)
        return channel
