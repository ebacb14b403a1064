"""Parts of the simulation that all others share: ids, the time, and the event bus."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

JsonObject = dict[str, Any]

DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)

_MILLISECOND = timedelta(milliseconds=1)

_BITS_BELOW_TIME = 22


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """An event with the gateway's `name` and `body`.

    `guild_id` is 0 for direct messages. A `hidden` event is in a channel that the bot can't see, so clients don't get
    it.
    """

    name: str
    guild_id: int
    body: JsonObject
    hidden: bool = False


def wall_clock() -> datetime:
    """Return the computer's time in UTC."""
    return datetime.now(UTC)


def snowflake(moment: datetime) -> int:
    """Return the lowest Discord id (snowflake) for a moment, which must have a time zone."""
    return ((moment - DISCORD_EPOCH) // _MILLISECOND) << _BITS_BELOW_TIME


class Wire:
    """The event bus, which also creates ids. Listeners get events in order.

    Args:
        now: returns the time, which becomes part of each new id.

    """

    def __init__(self, now: Callable[[], datetime] = wall_clock) -> None:
        self.now = now
        self._last_id = 0
        # Server ids are in the past, one millisecond apart, so that consecutive servers are on consecutive shards.
        self._last_guild_id = snowflake(now() - timedelta(days=1))
        self._listeners: list[Callable[[GatewayEvent], None]] = []

    def date(self) -> str:
        """Return the current time in the format of HTTP's `Date` header, by which clients may set their clocks."""
        return format_datetime(self.now().astimezone(UTC), usegmt=True)

    def new_id(self) -> int:
        """Return a new id that contains the current time and is higher than all earlier ids."""
        self._last_id = max(snowflake(self.now()), self._last_id + 1)
        return self._last_id

    def new_guild_id(self) -> int:
        """Return a new server id, on the shard after the previous server's."""
        self._last_guild_id += 1 << _BITS_BELOW_TIME
        return self._last_guild_id

    def listen(self, listener: Callable[[GatewayEvent], None]) -> Callable[[], None]:
        """Call `listener` with each future event, before the change that caused the event returns.

        Returns a function that removes the listener. Messages that only one member sees cause no events.
        """
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def emit(self, name: str, guild_id: int, body: JsonObject, *, hidden: bool = False) -> None:
        """Pass an event in a server to every listener."""
        event = GatewayEvent(name, guild_id, body, hidden)
        for listener in tuple(self._listeners):
            listener(event)
