from typing import TYPE_CHECKING

import discord
import pytest

from bot.rehearsal.standin.guild import Guild
from bot.rehearsal.standin.server import StandIn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.rehearsal.standin.conftest import Bot

DIRECT = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


async def test_a_person_is_written_to_and_writes_back(
    newsroom: Guild, standin: StandIn, connect: "Callable[..., Awaitable[Bot]]"
) -> None:
    bot, ed = await connect(intents=DIRECT), newsroom.member("Ed")
    person = await bot.fetch_user(ed.id)
    sent = await person.send("The source is silent", nonce="n-1")
    again = await person.send("The source is silent", nonce="n-1")
    channel = standin.world.direct(ed.user)
    assert (sent.channel.id, again.id) == (channel.id, sent.id)
    assert [message.content for message in channel.messages] == ["The source is silent"]
    channel.say("thanks")
    (own,), (heard,) = await bot.hears("message"), await bot.hears("message")
    assert own.guild is None
    assert (heard.content, heard.author.name) == ("thanks", "Ed")  # what is written to the bot it may read
    await sent.edit(content="The source is back")
    await sent.pin()
    assert [pin.id async for pin in sent.channel.pins()] == [sent.id]
    assert [message.content async for message in sent.channel.history(oldest_first=True)][:2] == [
        "The source is back",
        "thanks",
    ]


async def test_who_did_not_ask_for_direct_messages_hears_none(bot: "Bot", newsroom: Guild, standin: StandIn) -> None:
    standin.world.direct(newsroom.member("Ed").user).say("hello")
    newsroom.channel("count").say(newsroom.member("Ed"), "hello")
    (heard,) = await bot.hears("message")
    assert heard.guild is not None


async def test_who_takes_no_direct_messages_is_not_written_to(bot: "Bot", newsroom: Guild) -> None:
    ed = newsroom.member("Ed")
    person = await bot.fetch_user(ed.id)
    ed.user.takes_direct = False
    with pytest.raises(discord.Forbidden) as caught:
        await person.send("hello")
    assert caught.value.code == 50007


async def test_who_left_every_server_is_not_written_to(bot: "Bot", newsroom: Guild) -> None:
    ed = newsroom.member("Ed")
    person = await bot.fetch_user(ed.id)
    await person.create_dm()
    newsroom.remove_member(ed)
    with pytest.raises(discord.Forbidden) as caught:
        await person.send("hello")
    assert caught.value.code == 50278


async def test_nobody_and_oneself_are_not_written_to(bot: "Bot") -> None:
    with pytest.raises(discord.NotFound) as unknown:
        await bot.fetch_user(42)
    assert unknown.value.code == 10013
    with pytest.raises(discord.HTTPException) as caught:
        await bot.create_dm(discord.Object(42))
    assert caught.value.code == 50033
    with pytest.raises(discord.Forbidden) as forbidden:
        await bot.create_dm(discord.Object(bot.application_id or 0))
    assert forbidden.value.code == 50007


async def test_a_direct_channel_is_no_channel_of_a_server(bot: "Bot", newsroom: Guild, standin: StandIn) -> None:
    channel = standin.world.direct(newsroom.member("Ed").user)
    assert standin.world.channel_by_id(channel.id) is None
    assert standin.world.place(channel.id) is channel
    with pytest.raises(discord.HTTPException) as caught:
        await bot.http.start_thread_without_message(channel.id, name="x", auto_archive_duration=60, type=11)
    assert caught.value.code == 50024
    fetched = await bot.fetch_channel(channel.id)
    assert isinstance(fetched, discord.DMChannel)
    assert fetched.recipient is not None
    assert fetched.recipient.name == "Ed"
