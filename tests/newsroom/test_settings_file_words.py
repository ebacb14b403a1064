from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import BaseModel

from bot.follows.preferences import SKIPPABLE, FollowPreferences, FollowSettings
from bot.newsroom.server_settings import ChannelSettings, LeadingSourceSettings, ServerSettings
from bot.newsroom.settings_file_words import difference
from bot.outbox.kinds import PUBLISHED
from tests.conftest import small_desk

OF_SERVERS: Mapping[str, Any] = {
    "reporter_role": 2,
    "desk_role": 3,
    "manager_role": 4,
    "desk_channel": 5,
    "two_person": True,
    "leads": (LeadingSourceSettings(contest="ga", source="sos"),),
    "reminders": {"rally": (30,)},
    "channels": (ChannelSettings(channel=2, public=True),),
}
OF_CHANNELS: Mapping[str, Any] = {"public": True, "follows": (FollowSettings(contest="ga"),)}
OF_FOLLOWS: Mapping[str, Any] = {
    "at_least": 60,
    "board": True,
    "preferences": FollowPreferences(without=("margin",)),
}
PREFERENCES: Mapping[str, Any] = {
    "without": ("status",),
    "roll_up": 30,
    "quiet": (60, 120),
    "through": False,
    "night": False,
    "mention": 2,
    "publish": ("certified",),
    "thread": True,
    "board_chart": True,
    "turnout_marks": 500_000,
    "added_events": False,
}
"""A value for each preference, which differs from the default and from other values of the same type.

The tests therefore notice swapped columns. Add a value here for a new preference, and a line in the expected
difference.
"""


def set_in_a_server(**settings: object) -> ServerSettings:
    return ServerSettings.model_validate(settings)


def set_in_a_channel(**settings: object) -> ServerSettings:
    return ServerSettings(channels=(ChannelSettings.model_validate({"channel": 1, **settings}),))


def set_of_a_follow(**settings: object) -> ServerSettings:
    return set_in_a_channel(follows=(FollowSettings.model_validate({"contest": "ga", **settings}),))


def preferred(**preferences: object) -> ServerSettings:
    return set_of_a_follow(preferences=FollowPreferences.model_validate(preferences))


@pytest.mark.parametrize(
    ("model", "named_by", "changed"),
    [
        (ServerSettings, {"tallydesk_settings"}, OF_SERVERS),
        (ChannelSettings, {"channel"}, OF_CHANNELS),
        (FollowSettings, {"contest"}, OF_FOLLOWS),
        (FollowPreferences, set(), PREFERENCES),
    ],
)
def test_every_setting_is_tried(model: type[BaseModel], named_by: set[str], changed: Mapping[str, Any]) -> None:
    assert set(changed) == model.model_fields.keys() - named_by


@pytest.mark.parametrize(
    ("settings", "changed"),
    [
        (set_in_a_server, OF_SERVERS),
        (set_in_a_channel, OF_CHANNELS),
        (set_of_a_follow, OF_FOLLOWS),
        (preferred, PREFERENCES),
    ],
)
def test_every_setting_that_a_file_changes_has_a_line_in_the_difference(
    settings: Any, changed: Mapping[str, Any]
) -> None:
    for name, value in changed.items():
        for before, after in ((settings(), settings(**{name: value})), (settings(**{name: value}), settings())):
            (line,) = difference(before, after, small_desk())
            assert not line.endswith(": "), f"{name}: the line does not say what changes"
    assert difference(settings(), settings(), small_desk()) == []


@pytest.mark.parametrize(
    ("preference", "value"), [*(("without", one) for one in SKIPPABLE), *(("publish", one) for one in PUBLISHED)]
)
def test_every_kind_of_post_that_is_left_out_or_published_has_a_name(preference: str, value: str) -> None:
    (line,) = difference(preferred(), preferred(**{preference: (value,)}), small_desk())
    assert not line.endswith(": ")
