"""Where people of the newsrooms get direct messages; who is reminded, and when: `bot/schedule/reminders_store.py`."""

from collections.abc import Awaitable, Callable

from bot.operations.alive_store import AliveStore


class DirectChannels:
    """Knows where people of the newsrooms get direct messages."""

    def __init__(
        self, store: AliveStore, open_channel: Callable[[int], Awaitable[int]], admit: Callable[[int], None]
    ) -> None:
        """Keep channels in `store`; `open_channel` asks Discord for one; `admit` lets the outbox send there."""
        self._store = store
        self._open_channel = open_channel
        self._admit = admit

    async def channel(self, person: int) -> int:
        """Return the channel of direct messages with somebody, asked for once and kept.

        Raises:
            TallydeskError: Discord gives none.

        """
        channel = await self._store.direct_channel(person)
        if channel is None:
            channel = await self._open_channel(person)
            await self._store.keep_direct_channel(person, channel)
        self._admit(channel)
        return channel
