"""What others hold of a newsroom's settings."""

from dataclasses import dataclass

from bot.newsroom.forgetting import Forgetting
from bot.newsroom.preferences import Preferences
from bot.newsroom.settings_file import NewsroomSettings
from bot.newsroom.setup import SettingUp
from bot.newsroom.suspensions import Suspensions


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """What managers and editors set."""

    setup: SettingUp
    settings_file: NewsroomSettings
    preferences: Preferences
    suspensions: Suspensions
    forgetting: Forgetting
