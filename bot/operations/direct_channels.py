"""Where people of the newsrooms get direct messages; who is reminded, and when: `bot/schedule/reminders_store.py`."""

from collections.abc import Awaitable, Callable

from bot.errors import BadInputError
from bot.operations.alive_store import OPERATOR, AliveStore
from bot.outbox.room import OutboxRoom


class DirectChannels:
    """Knows where people of the newsrooms get direct messages, and who does not."""

    def __init__(self, store: AliveStore, open_channel: Callable[[int], Awaitable[int]], outbox: OutboxRoom) -> None:
        """Keep channels in `store`; `open_channel` asks Discord for one; `outbox` sends there."""
        self._store = store
        self._open_channel = open_channel
        self._outbox = outbox

    async def channel(self, person: int) -> int:
        """Return the channel of direct messages with somebody, asked for once and kept; what waits for it is sent.

        Raises:
            BadInputError: they take no direct messages from the bot.
            TallydeskError: Discord gives no channel.

        """
        channel = await self._store.direct_channel(person)
        if channel is None:
            channel = await self._open_channel(person)
            await self._store.keep_direct_channel(person, channel)
        self._outbox.discord.direct.add(channel)
        if not await self._outbox.discord.takes_direct(channel):
            raise BadInputError(
                "Discord does not deliver the bot's direct messages to you: allow direct messages in this server's Privacy "
                "Settings, then ask again"
            )
        if (since := await self.undelivered_since(person)) is not None:
            await self.keep_told(person, since)
        await self._outbox.dispatcher.retry_closed(OPERATOR, (channel,))
        return channel

    async def undelivered_since(self, person: int) -> int | None:
        """Return since when direct messages to somebody are not delivered, in microseconds since 1970.

        None: they are delivered, or it was told them.
        """
        return await self._store.undelivered_since(person)

    async def keep_told(self, person: int, since: int) -> None:
        """Keep that somebody was told that since then direct messages to them are not delivered."""
        await self._store.keep_told(person, since)
