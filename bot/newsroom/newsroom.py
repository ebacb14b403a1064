"""What others hold of a newsroom's settings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.newsroom.feed_contents import FeedComparison
from bot.newsroom.forgetting import Forgetting
from bot.newsroom.status import NewsroomStatus
from bot.newsroom.suspensions import Suspensions

if TYPE_CHECKING:
    from bot.newsroom.follow_card import FollowCard
    from bot.newsroom.settings_file import NewsroomSettings
    from bot.newsroom.setup import Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """What managers and editors set. What they do before the night, and rarely in it, is loaded with its first use."""

    load_setup: Callable[[], "Setup"]
    load_settings_file: Callable[[], "NewsroomSettings"]
    load_preferences: Callable[[], "FollowCard"]
    suspensions: Suspensions
    status: NewsroomStatus
    forgetting: Forgetting
    comparison: FeedComparison

    @property
    def setup(self) -> "Setup":
        """The steps of `/desk setup`."""
        return self.load_setup()

    @property
    def settings_file(self) -> "NewsroomSettings":
        """What is kept and changed of settings as a whole."""
        return self.load_settings_file()

    @property
    def preferences(self) -> "FollowCard":
        """What each channel gets of what it follows."""
        return self.load_preferences()
