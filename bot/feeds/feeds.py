"""What others hold of the feeds."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.feeds.polling import Polling, SourceHealth
from bot.feeds.pushes import Pushes


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """Sources that are asked, and sources that push."""

    polling: Polling
    pushes: Pushes
    health: Mapping[str, SourceHealth]
    """How each source does, by its id."""
