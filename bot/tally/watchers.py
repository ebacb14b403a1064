"""Watchers: news besides the margin that a change in the leading source's count can cause in a channel.

A watcher reads one value from a count, such as the side of a line, and decides if a new value is news. A `Poster` makes
a post about it; a `Rider` adds a sentence to the next margin post. The table `watched` has the value that each channel
knows, and the reading it came from. If that reading is withdrawn, the value is deleted. `bot/tally/run_watchers.py` has all
watchers.

Comparing other sources with the posted margin is no watcher's task. It is caused by those sources' figures or by staff's
entries, and not by the leading count.
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
    """The leading source's count after a reading, in which watchers look for news for one channel."""

    contest: Contest
    """The contest, with `leads` set to the source that leads in the channel's server."""
    source: Source
    reading: Reading
    setting: Setting
    now: datetime
    """The news clock's time."""
    preferences: FollowPreferences = DEFAULT_PREFERENCES
    """The channel's preferences."""


class Watcher(ABC):
    """Base class of watchers. A watcher follows one value of a count, such as the highest turnout mark."""

    name: ClassVar[str]
    """The name in the table `watched`. It must not change after a release."""

    @abstractmethod
    def value(self, count: WatchedCount) -> int | None:
        """Return the watched value.

        None if the count has none; the value that the channel knows then does not change.
        """

    def is_news(self, known_value: int, value: int) -> bool:
        """Return True if `value` is news in a channel that knew the value `known_value` before."""
        return value != known_value


class Poster(Watcher):
    """A watcher that posts its news separately.

    The post does not depend on the channel's preferences, and is made each time that the value is news, so a line
    crossed back and forth is posted each time. For news that is optional, or given only once, use a `Rider`.
    """

    in_margin_posts: ClassVar[bool] = False
    """True if margin posts begin with this news. No other post is then made if the change has a margin post."""
    gone: ClassVar[str]
    """The reason recorded if the post is dropped because the value has changed again."""

    @abstractmethod
    def post(self, count: WatchedCount, change: Change) -> Card:
        """Return the post about a new value. `change` led to the count, and may be the net of several changes.

        Raises:
            ValueError: the count has no value.

        """


class Rider(Watcher):
    """A watcher that adds a sentence to the next margin post."""

    @abstractmethod
    def is_wanted(self, preferences: FollowPreferences) -> bool:
        """Return True if a channel's preferences ask for this news."""

    @abstractmethod
    def sentence(self, count: WatchedCount, value: int) -> str:
        """Return the sentence about a new value."""
