"""Watchers: what a change of the leading source's count may cause in a channel beside a margin post.

A watcher takes one value from a count, such as the side of a line that it is on, and says which other value is news. A
`Poster` makes a post of it; what a `Rider` says is a sentence of the next margin post. The value that a channel knows is in
the table `watched`, with the reading that had it, and is forgotten when that is withdrawn. `bot/tally/watching.py` has all
watchers.

How another source stands to the margin posted is no watcher's: it is caused by that source's figures, or by what staff
entered, and not by the leading count.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.count.change import Change
from bot.count.reading import Reading
from bot.desk.desk_file import Contest, Source
from bot.follows.preferences import DEFAULT_PREFERENCES, FollowPreferences
from bot.wording.card import Card
from bot.wording.context import Setting


@dataclass(frozen=True, slots=True)
class WatchedCount:
    """A count of the leading source, for a channel."""

    contest: Contest
    """As it is led in the channel's server."""
    source: Source
    reading: Reading
    setting: Setting
    now: datetime
    """The news clock's time."""
    preferences: FollowPreferences = DEFAULT_PREFERENCES
    """The channel's."""


class Watcher(ABC):
    """Watches counts for one thing."""

    name: ClassVar[str]
    """In the table; never changed once released."""

    @abstractmethod
    def value(self, count: WatchedCount) -> int | None:
        """Return what a channel is to know of a count; None: nothing, and what it knew stays."""

    def is_news(self, knew: int, value: int) -> bool:
        """Return True if a value is news in a channel that knew another."""
        return value != knew


class Poster(Watcher):
    """A watcher that makes a post of its own.

    It is posted whatever a channel's preferences leave out, and again each time that the value is news: what a count crosses
    back and forth is told both ways. What a channel chooses, or is told once, is a `Rider`'s.
    """

    in_margin_posts: ClassVar[bool] = False
    """A margin post begins with it, so that it has a post of its own only where none tells the same change."""
    gone: ClassVar[str]
    """Why its post is not sent, where the value is another by then."""

    @abstractmethod
    def post(self, count: WatchedCount, change: Change) -> Card:
        """Return the post of a value that is news; `change` led to the count, and may be the net of several.

        Raises:
            ValueError: the count has no value.

        """


class Rider(Watcher):
    """A watcher that says its news in the margin post that goes out."""

    @abstractmethod
    def is_wanted(self, preferences: FollowPreferences) -> bool:
        """Return True if a channel wants to be told."""

    @abstractmethod
    def sentence(self, count: WatchedCount, value: int) -> str:
        """Return a value that is news as a sentence."""
