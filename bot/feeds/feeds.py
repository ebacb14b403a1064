"""The public class of this package."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.feeds.polling import Polling, SourceHealth
from bot.feeds.pushes import Pushes


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """The desk file's sources: those that are polled, and those that push."""

    polling: Polling
    pushes: Pushes
    health: Mapping[str, SourceHealth]
    """The health of each source, by its id."""
