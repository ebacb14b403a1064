"""The newsroom room's public class."""

from dataclasses import dataclass

from bot.newsroom.feed_contents import FeedComparison
from bot.newsroom.follow_card import FollowCard
from bot.newsroom.forgetting import Forgetting
from bot.newsroom.settings_file import NewsroomSettings
from bot.newsroom.setup import Setup
from bot.newsroom.status import NewsroomStatus
from bot.newsroom.suspensions import Suspensions


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """What managers and editors set."""

    setup: Setup
    """The steps of `/desk setup`."""
    settings_file: NewsroomSettings
    """What is kept and changed of settings as a whole."""
    preferences: FollowCard
    """What each channel gets of what it follows."""
    suspensions: Suspensions
    status: NewsroomStatus
    forgetting: Forgetting
    comparison: FeedComparison
