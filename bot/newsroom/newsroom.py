"""What others hold of a newsroom's settings."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from bot.newsroom.feed_contents import FeedComparison
from bot.newsroom.follow_card import FollowCard
from bot.newsroom.forgetting import Forgetting
from bot.newsroom.setup import Setup
from bot.newsroom.status import NewsroomStatus
from bot.newsroom.suspensions import Suspensions

if TYPE_CHECKING:
    from bot.newsroom.settings_file import NewsroomSettings


class Newsroom(Struct, frozen=True, kw_only=True):
    """What managers and editors set."""

    setup: Setup
    load_settings_file: Callable[[], "NewsroomSettings"]
    preferences: FollowCard
    suspensions: Suspensions
    status: NewsroomStatus
    forgetting: Forgetting
    comparison: FeedComparison

    @property
    def settings_file(self) -> "NewsroomSettings":
        """What is kept and changed of settings as a whole, loaded when somebody first asks."""
        return self.load_settings_file()
