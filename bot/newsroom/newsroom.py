"""The services of this package, gathered for commands."""

from dataclasses import dataclass

from bot.newsroom.data_deletion import DataDeletion
from bot.newsroom.feed_contents import FeedComparison
from bot.newsroom.follow_card import FollowCard
from bot.newsroom.settings_file import NewsroomSettings
from bot.newsroom.setup import Setup
from bot.newsroom.status import NewsroomStatus
from bot.newsroom.suspensions import Suspensions


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """The services for a newsroom's managers and editors, with one field for each."""

    setup: Setup
    """The steps of `/desk setup`."""
    settings_file: NewsroomSettings
    """Export and import of the settings, the audit, and forgetting a server."""
    preferences: FollowCard
    """The preferences of each follow."""
    suspensions: Suspensions
    status: NewsroomStatus
    forgetting: DataDeletion
    comparison: FeedComparison
