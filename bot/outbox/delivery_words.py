"""What becomes of posts that were just written: which go out now, and what the others wait for."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field

from bot.wording.context import Setting
from bot.wording.credit import SetBy
from bot.wording.names import listed
from bot.wording.numbers import counted

_MOST_NAMED = 3


class Delivery(Struct, frozen=True):
    """What stands between posts and their channels, as far as is known when they are written."""

    channels: tuple[int, ...] = ()
    """Where they go."""
    paused: SetBy | None = None
    """The whole server is."""
    muted: Mapping[str, SetBy] = field(default_factory=dict)
    """Their sources that are, by name."""
    public: tuple[int, ...] = ()
    """Of `channels`: those that the public reads, where an editor has to publish them."""
    desk: int | None = None
    """The desk's channel, where posts wait for Publish; None: there is none."""
    closed: tuple[int, ...] = ()
    """Of `channels`: those that can't be written to."""

    @property
    def now(self) -> tuple[int, ...]:
        """Where something goes out now."""
        if self.paused or self.muted:
            return ()
        return tuple(channel for channel in self.channels if channel not in (*self.public, *self.closed))


def delivery_words(delivery: Delivery, setting: Setting, now: datetime, what: str = "It") -> str:
    """Return "It goes out in <#5>. It waits in <#9> for Publish to <#6>."; empty where nothing was written.

    `what` begins the first sentence: "It", "The correction".
    """
    if not delivery.channels:
        return ""
    if delivery.paused:
        return f"{what} waits: this server's posts have been paused since {delivery.paused.words(setting, now)} (`/pause`)."
    if delivery.muted:
        name, by = next(iter(delivery.muted.items()))
        return f"{what} waits: {name} has been muted since {by.words(setting, now)} (`/source`)."
    parts = []
    if delivery.now:
        parts.append(f"{what} goes out in {places(delivery.now)}.")
    if waiting := [channel for channel in delivery.public if channel not in delivery.closed]:
        to = f" to {places(waiting)}" if len(delivery.channels) > 1 else ""
        desk = f" in <#{delivery.desk}>" if delivery.desk else ""
        parts.append(f"{what if not parts else 'It'} waits{desk} for Publish{to}.")
    if delivery.closed:
        parts.append(f"{what if not parts else 'It'} waits for {places(delivery.closed)}, where the bot can't post.")
    return " ".join(parts)


def places(channels: Sequence[int]) -> str:
    """Return "<#5> and <#6>"; more than three are counted."""
    if len(channels) > _MOST_NAMED:
        return counted(len(channels), "channel")
    return listed([f"<#{channel}>" for channel in channels])
