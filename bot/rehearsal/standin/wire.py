"""What all parts of the stand-in share: the next id, the time, and the event bus."""

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
    """Something that happened: `name` as the gateway spells it, `body` as it is sent.

    `guild_id` is 0 outside of servers. A `hidden` event is in a channel that the bot does not see: clients do not hear of
    it.
    """

    name: str
    guild_id: int
    body: JsonObject
    hidden: bool = False


def wall_clock() -> datetime:
    """Return the machine's own time, in UTC."""
    return datetime.now(UTC)


def snowflake(moment: datetime) -> int:
    """Return the lowest id Discord could give at the aware time `moment`."""
    return ((moment - DISCORD_EPOCH) // _MILLISECOND) << _BITS_BELOW_TIME


class Wire:
    """Gives out ids and passes events on, in order, to whoever listens."""

    def __init__(self, now: Callable[[], datetime] = wall_clock) -> None:
        """Take the time from `now`, which must be wall time: clients read the time of a message from its id."""
        self.now = now
        self._last_id = 0
        # Guilds are old, one millisecond apart: neighbours fall on neighbouring shards, and no id lies ahead.
        self._last_guild_id = snowflake(now() - timedelta(days=1))
        self._listeners: list[Callable[[GatewayEvent], None]] = []

    def date(self) -> str:
        """Return the present time as HTTP's header `Date` has it: clients may set their clocks by it."""
        return format_datetime(self.now().astimezone(UTC), usegmt=True)

    def new_id(self) -> int:
        """Return an id that is higher than every one before it and carries the present time."""
        self._last_id = max(snowflake(self.now()), self._last_id + 1)
        return self._last_id

    def new_guild_id(self) -> int:
        """Return an id whose shard is the one after the shard of the guild before it."""
        self._last_guild_id += 1 << _BITS_BELOW_TIME
        return self._last_guild_id

    def listen(self, listener: Callable[[GatewayEvent], None]) -> Callable[[], None]:
        """Call `listener` with each event from now on, before the change that caused it returns.

        Returns a function that stops this. What only one member sees is no event.
        """
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def emit(self, name: str, guild_id: int, body: JsonObject, *, hidden: bool = False) -> None:
        """Pass an event in a guild to every listener."""
        event = GatewayEvent(name, guild_id, body, hidden)
        for listener in tuple(self._listeners):
            listener(event)
