"""Tests a rehearsal on a real Discord server.

The simulated Discord plays the real one here. The rehearsal's player does not know.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.client import Bot
from bot.desk.desk_file import Desk, load_desk
from bot.errors import BadInputError
from bot.rehearsal.day import Day, load_day
from bot.rehearsal.posts import ArrivedPost
from bot.rehearsal.real_server import RealChannel, play_on_server
from bot.rehearsal.standin.guild import Channel, Guild
from bot.rehearsal.standin.server import StandIn, pointing_at
from tests.rehearsal.histories import posts_of

TOPIC = "For us. Tallydesk test channel, please do not quote"

Rehearse = Callable[..., Coroutine[Any, Any, list[ArrivedPost]]]


@pytest.fixture
async def discord() -> AsyncIterator[StandIn]:
    async with StandIn() as standin:
        with pointing_at(standin):
            yield standin


@pytest.fixture
def guild(discord: StandIn) -> Guild:
    guild = discord.world.add_guild("Herald")
    guild.add_member("Olga", owner=True)
    guild.add_channel("count", topic="The real thing")
    return guild


@pytest.fixture
def channel(guild: Guild) -> Channel:
    return guild.add_channel("training", topic=TOPIC)


@pytest.fixture
def georgia() -> tuple[Day, Desk]:
    day, desk_path = load_day("2020-11-11-georgia")
    unpinned = [channel.model_copy(update={"board": False}) for channel in day.channels]
    return day.model_copy(update={"channels": unpinned}), load_desk(desk_path)


@pytest.fixture
def found() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def rehearse(tmp_path: Path, georgia: tuple[Day, Desk], found: list[tuple[str, str]]) -> Rehearse:
    """Return a function that rehearses the day in a channel and returns the messages shown."""

    async def log_in(bot: Bot) -> None:
        await bot.login("a.real.token")

    async def rehearse(key: int, servers: tuple[int, ...] = (), day: Day = georgia[0]) -> list[ArrivedPost]:
        landed: list[ArrivedPost] = []
        place = RealChannel(key, servers, log_in, lambda name, address: found.append((name, address)), 0.02)
        await play_on_server(day, georgia[1], tmp_path / "real.sqlite3", None, landed.append, place)
        return landed

    return rehearse


def posted(channel: Channel) -> list[str]:
    return [message.content for message in channel.messages]


def shown(landed: Sequence[ArrivedPost]) -> list[str]:
    """Return the messages that a channel shows in the end, in order, each as last edited."""
    last = {post.number: post.content for post in landed if post.edit_of is not None}
    return [last.get(post.number, post.content) for post in landed if post.edit_of is None]


async def test_the_day_is_posted_in_the_test_channel_alone_and_says_that_it_is_a_rehearsal(
    rehearse: Rehearse, discord: StandIn, guild: Guild, channel: Channel, found: list[tuple[str, str]]
) -> None:
    landed = await rehearse(channel.id, (guild.id,))
    assert len([post for post in landed if post.edit_of is None]) == 13
    assert posted(channel) == shown(landed)
    assert all(content.endswith(" · rehearsal") for content in posted(channel))
    assert posted(guild.channel("count")) == []
    assert found == [("#training of Herald", f"https://discord.com/channels/{guild.id}/{channel.id}")]
    assert discord.unknown == []


async def test_the_posts_are_those_of_the_simulated_server(
    rehearse: Rehearse, channel: Channel, georgia: tuple[Day, Desk]
) -> None:
    landed = await rehearse(channel.id)
    simulated = await posts_of(*georgia)
    assert [(post.at, post.kind, post.number, post.content) for post in landed] == [
        (post.at, post.kind, post.number, post.content) for post in simulated
    ]
    for ours, theirs in zip(landed, simulated, strict=True):
        for embed, shown in zip(ours.embeds, theirs.embeds, strict=True):
            assert {key: shown[key] for key in embed} == embed  # Discord adds a type and flags
    assert {post.channel for post in landed} == {"training"}


async def test_commands_are_not_given_to_discord(rehearse: Rehearse, discord: StandIn, channel: Channel) -> None:
    await rehearse(channel.id)
    assert not [request for request in discord.requests if request.method in ("PUT", "DELETE")]
    assert discord.world.commands() == []


async def test_nothing_is_deleted_and_what_was_there_stays(rehearse: Rehearse, guild: Guild, channel: Channel) -> None:
    channel.say(guild.member("Olga"), "We begin at eight.")
    landed = await rehearse(channel.id)
    assert posted(channel) == ["We begin at eight.", *shown(landed)]


async def test_all_that_the_day_s_channels_follow_goes_into_the_one_channel(
    rehearse: Rehearse, channel: Channel, georgia: tuple[Day, Desk]
) -> None:
    names = ("first", "second")
    channels = [{"name": name, "follows": ["ga-2020-president"]} for name in names]
    message = {
        "at": georgia[0].starts,
        "does": "message",
        "who": "reporter",
        "words": "It is off.",
        "channel": "second",
    }
    steps = [message, georgia[0].steps[0].model_dump(exclude_none=True)]
    day = Day.model_validate(georgia[0].model_dump(exclude_none=True) | {"channels": channels, "steps": steps})
    landed = await rehearse(channel.id, day=day)
    assert [post.kind for post in landed] == ["first", "rundown"]
    assert len(posted(channel)) == 2  # the colleague's words are left out


async def test_a_channel_that_is_not_marked_is_refused_before_anything_is_posted(
    rehearse: Rehearse, guild: Guild
) -> None:
    plain = guild.add_channel("plain")
    for channel in (guild.channel("count"), plain):
        with pytest.raises(BadInputError, match=f"#{channel.name} of Herald is not marked as a test channel") as caught:
            await rehearse(channel.id)
        assert "'tallydesk test channel' into its topic" in str(caught.value)
        assert posted(channel) == []


async def test_a_server_that_may_not_use_the_bot_is_refused(rehearse: Rehearse, guild: Guild, channel: Channel) -> None:
    with pytest.raises(BadInputError, match=f"the server {guild.id} is not in TALLYDESK_SERVERS"):
        await rehearse(channel.id, (guild.id + 1,))
    assert posted(channel) == []


async def test_a_channel_that_is_not_there_or_not_to_be_seen_is_refused(
    rehearse: Rehearse, guild: Guild, channel: Channel
) -> None:
    with pytest.raises(BadInputError, match=f"--channel {guild.id}: the bot sees no such channel"):
        await rehearse(guild.id)
    channel.forbid("SEND_MESSAGES", "EMBED_LINKS")
    with pytest.raises(BadInputError, match="lacks the permission to send messages, embed links and attach files"):
        await rehearse(channel.id)
    assert posted(channel) == []


async def test_a_day_that_makes_a_channel_public_is_refused_before_anything_is_posted(
    rehearse: Rehearse, georgia: tuple[Day, Desk], channel: Channel
) -> None:
    step = {"at": georgia[0].starts, "does": "public", "channel": "georgia-count", "public": True}
    day = Day.model_validate(georgia[0].model_dump(exclude_none=True) | {"steps": [step]})
    with pytest.raises(BadInputError, match=r"^2020-11-1.*, public: #georgia-count can't be public here; "):
        await rehearse(channel.id, day=day)
    assert posted(channel) == []
