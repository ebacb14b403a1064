from bot.follows.preferences import FollowPreferences, FollowSettings
from bot.newsroom.server_settings import ChannelSettings, ServerSettings
from tests.conftest import SERVER, WHO, Newsroom, reading
from tests.newsroom.test_settings_file_words import OF_CHANNELS, OF_FOLLOWS, OF_SERVERS, PREFERENCES


async def test_every_setting_is_kept(newsroom: Newsroom) -> None:
    """Each setting gets a value other than the default. `test_settings_file_words.py` checks that none is missing."""
    store = newsroom.rooms.newsroom.setup._store
    await newsroom.take(reading(1000, 500), reading(1000, 500, source="sos"))
    preferences = FollowPreferences.model_validate(PREFERENCES)
    follow = FollowSettings.model_validate({"contest": "ga", **OF_FOLLOWS, "preferences": preferences})
    channel = ChannelSettings.model_validate({"channel": 3, **OF_CHANNELS, "follows": (follow,)})
    settings = ServerSettings.model_validate({**OF_SERVERS, "channels": (channel,)})
    await store.change(SERVER, WHO, lambda _: settings)
    assert await store.read(SERVER) == settings
