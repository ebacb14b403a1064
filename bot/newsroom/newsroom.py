"""What others hold of a newsroom's settings."""

from msgspec import Struct

from bot.newsroom.feed_contents import FeedComparison
from bot.newsroom.follow_card import FollowCard
from bot.newsroom.forgetting import Forgetting
from bot.newsroom.settings_file import NewsroomSettings
from bot.newsroom.setup import Setup
from bot.newsroom.status import NewsroomStatus
from bot.newsroom.suspensions import Suspensions


class Newsroom(Struct, frozen=True, kw_only=True):
    """What managers and editors set."""

    setup: Setup
    settings_file: NewsroomSettings
    preferences: FollowCard
    suspensions: Suspensions
    status: NewsroomStatus
    forgetting: Forgetting
    comparison: FeedComparison
