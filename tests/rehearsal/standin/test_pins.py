from typing import TYPE_CHECKING

import aiohttp
import discord
import pytest

from bot.rehearsal.standin.guild import Channel, Guild
from bot.rehearsal.standin.message_routes import MAX_PINS
from bot.rehearsal.standin.server import StandIn

if TYPE_CHECKING:
    from tests.rehearsal.standin.conftest import Bot


async def test_a_pin_is_shown_told_and_said(bot: "Bot", text: discord.TextChannel, channel: Channel) -> None:
    first, second = await text.send("14,101"), await text.send("14,057")
    await first.pin()
    await second.pin()
    assert [message.pinned for message in channel.messages] == [True, True, False, False]
    pins = [pin async for pin in text.pins()]
    assert [pin.id for pin in pins] == [second.id, first.id]
    assert pins[0].pinned_at is not None
    _, last_pin = await bot.hears("guild_channel_pins_update")
    assert last_pin is not None
    said = await text.fetch_message(channel.messages.last_id or 0)
    assert (said.type, said.reference and said.reference.message_id) == (discord.MessageType.pins_add, second.id)
    await second.unpin()
    assert [pin.id async for pin in text.pins()] == [first.id]
    await first.delete()
    assert [pin.id async for pin in text.pins()] == []


async def test_pinning_twice_says_it_once(text: discord.TextChannel, channel: Channel) -> None:
    sent = await text.send("14,101")
    await sent.pin()
    await text.get_partial_message(sent.id).pin()
    assert len(channel.messages) == 2


async def test_pinning_takes_its_permission(text: discord.TextChannel, channel: Channel, newsroom: Guild) -> None:
    sent = await text.send("14,101")
    channel.forbid("PIN_MESSAGES")
    with pytest.raises(discord.Forbidden) as caught:
        await sent.pin()
    assert caught.value.code == 50013
    channel.allow("PIN_MESSAGES")
    await sent.pin()
    channel.forbid("PIN_MESSAGES", to=newsroom.everyone)  # a member's own goes first
    await sent.unpin()


async def test_what_discord_says_itself_is_not_pinned(text: discord.TextChannel, channel: Channel) -> None:
    await (await text.send("14,101")).pin()
    with pytest.raises(discord.Forbidden) as caught:
        await text.get_partial_message(channel.messages.last_id or 0).pin()
    assert caught.value.code == 50021


async def test_a_channel_is_full_at_250_pins(text: discord.TextChannel, channel: Channel, newsroom: Guild) -> None:
    for number in range(MAX_PINS):
        channel.pin(channel.say(newsroom.member("Ed"), str(number)), newsroom.member("Ed").user)
    sent = await text.send("one too many")
    with pytest.raises(discord.HTTPException) as caught:
        await sent.pin()
    assert (caught.value.status, caught.value.code) == (400, 30003)
    assert [pin.content async for pin in text.pins(limit=120)] == [str(249 - number) for number in range(120)]


@pytest.mark.usefixtures("bot")
async def test_the_older_routes_work_too(channel: Channel, newsroom: Guild, standin: StandIn) -> None:
    said = channel.say(newsroom.member("Ed"), "14,101")
    url = f"{standin.base}/channels/{channel.id}/pins"
    async with aiohttp.ClientSession(headers={"Authorization": "Bot token"}) as session:
        async with session.put(f"{url}/{said.id}") as answer:
            assert answer.status == 204
        async with session.get(url) as answer:
            assert [message["id"] for message in await answer.json()] == [str(said.id)]
        async with session.delete(f"{url}/{said.id}") as answer:
            assert answer.status == 204
        async with session.get(f"{standin.base}/channels/{channel.id}/messages/pins?before=noon") as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, 50035)
        channel.forbid("READ_MESSAGE_HISTORY")
        async with session.get(f"{standin.base}/channels/{channel.id}/messages/pins") as answer:
            assert await answer.json() == {"items": [], "has_more": False}
