"""Direct messages to people of the newsrooms. Who is reminded, and when: `bot/schedule/reminders_store.py`."""

from collections.abc import Awaitable, Callable

from bot.errors import BadInputError
from bot.operations.health_store import OPERATOR, HealthStore
from bot.outbox.room import OutboxRoom


class DirectChannels:
    """A service that opens channels of direct messages with people, and knows to whom these messages fail.

    Args:
        store: stores the channels.
        open_channel: asks Discord for a user's channel of direct messages.
        outbox: sends the messages that wait for a channel.
    """

    def __init__(self, store: HealthStore, open_channel: Callable[[int], Awaitable[int]], outbox: OutboxRoom) -> None:
        self._store = store
        self._open_channel = open_channel
        self._outbox = outbox

    async def channel(self, person: int) -> int:
        """Return the channel of direct messages with a person, opened on first use.

        Messages waiting for the channel are sent.

        Raises:
            BadInputError: the person does not accept direct messages from the bot.
            TallydeskError: Discord does not open a channel.

        """
        channel = await self._store.direct_channel(person)
        if channel is None:
            channel = await self._open_channel(person)
            await self._store.store_direct_channel(person, channel)
        self._outbox.discord.direct.add(channel)
        if not await self._outbox.discord.takes_direct(channel):
            raise BadInputError(
                "Discord does not deliver the bot's direct messages to you: allow direct messages in this server's Privacy "
                "Settings, then ask again"
            )
        if (since := await self.undelivered_since(person)) is not None:
            await self.record_failure_known_to(person, since)
        await self._outbox.dispatcher.retry_closed(OPERATOR, (channel,))
        return channel

    async def undelivered_since(self, person: int) -> int | None:
        """Return when direct messages to a person began to fail, in microseconds since 1970.

        Returns None if no messages fail, or if the person already knows that they fail.
        """
        return await self._store.undelivered_since(person)

    async def record_failure_known_to(self, person: int, since: int) -> None:
        """Record that a person was informed that direct messages to them fail.

        `since` is when the failures began, in microseconds since 1970.
        """
        await self._store.record_failure_known_to(person, since)
