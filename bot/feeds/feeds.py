"""What others hold of the feeds."""

from collections.abc import Mapping

from msgspec import Struct

from bot.feeds.polling import Polling, SourceHealth
from bot.feeds.pushes import Pushes


class Feeds(Struct, frozen=True, kw_only=True):
    """Sources that are asked, and sources that push."""

    polling: Polling
    pushes: Pushes
    health: Mapping[str, SourceHealth]
    """How each source does, by its id."""
