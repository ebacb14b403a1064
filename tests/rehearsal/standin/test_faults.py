import asyncio
import time

import aiohttp
import discord
import pytest
from discord.ext import commands

from bot.rehearsal.standin import Channel, Guild, StandIn


@pytest.fixture
def text(bot: commands.AutoShardedBot, channel: Channel) -> discord.TextChannel:
    found = bot.get_channel(channel.id)
    assert isinstance(found, discord.TextChannel)
    return found


async def test_a_lost_answer_leaves_the_message_posted(
    text: discord.TextChannel, channel: Channel, standin: StandIn
) -> None:
    standin.faults.lose_answer()
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await text.send("14,101", nonce="desk-214")
    assert [message.content for message in channel.messages] == ["14,101"]
    assert standin.requests[-1].status is None
    again = await text.send("14,101", nonce="desk-214")
    assert [message.id for message in channel.messages] == [again.id]


async def test_an_answer_can_be_put_in_place_of_a_post(
    text: discord.TextChannel, channel: Channel, standin: StandIn
) -> None:
    standin.faults.answer_next(503, n=2)
    for _ in range(2):
        with pytest.raises(discord.DiscordServerError):
            await text.send("14,101")
    await text.send("14,057")
    assert [message.content for message in channel.messages] == ["14,057"]


async def test_a_429_is_waited_out(text: discord.TextChannel, channel: Channel, standin: StandIn) -> None:
    standin.faults.answer_next(429, {"message": "slow down", "retry_after": 0.02, "global": False})
    await text.send("14,101")
    assert [request.status for request in standin.requests if request.method == "POST"] == [429, 200]
    assert len(channel.messages) == 1


async def test_a_fault_can_be_kept_to_one_channel(text: discord.TextChannel, newsroom: Guild, standin: StandIn) -> None:
    standin.faults.answer_next(403, channel_id=newsroom.channel("desk").id)
    await text.send("14,101")
    desk = text.guild.get_channel(newsroom.channel("desk").id)
    assert isinstance(desk, discord.TextChannel)
    with pytest.raises(discord.Forbidden):
        await desk.send("14,101")


async def test_a_slow_answer_comes_after_the_post(
    text: discord.TextChannel, channel: Channel, standin: StandIn
) -> None:
    posted = asyncio.Event()
    standin.on_message(lambda _: posted.set())
    standin.faults.delay(0.1)
    start = time.monotonic()
    sending = asyncio.create_task(text.send("14,101"))
    async with asyncio.timeout(5):
        await posted.wait()
    assert not sending.done()
    await sending
    assert time.monotonic() - start >= 0.1
    assert len(channel.messages) == 1


async def test_the_rate_limit_is_told_and_kept(text: discord.TextChannel, channel: Channel, standin: StandIn) -> None:
    standin.pacing.set(2, per=0.2)
    start = time.monotonic()
    for number in range(5):
        await text.send(str(number))
    assert time.monotonic() - start >= 0.4
    assert len(channel.messages) == 5
    # discord.py reads the headers and does not run into the limit.
    assert {request.status for request in standin.requests if request.method == "POST"} == {200}


async def test_who_ignores_the_rate_limit_is_told_how_long_to_wait(channel: Channel, standin: StandIn) -> None:
    standin.pacing.set(1, per=60)
    headers = {"Authorization": "Bot token"}
    url = f"{standin.base}/channels/{channel.id}/messages"
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(url, json={"content": "one"}) as first:
            assert first.headers["X-RateLimit-Remaining"] == "0"
            assert first.headers["Content-Type"] == "application/json"
            assert "Via" in first.headers
        async with session.post(url, json={"content": "two"}) as second:
            body = await second.json()
    assert (second.status, second.headers["Retry-After"]) == (429, "60")
    assert 59 < body["retry_after"] <= 60
    assert len(channel.messages) == 1


async def test_eleven_embeds_are_refused(channel: Channel, standin: StandIn) -> None:
    # discord.py itself lets no more than ten through.
    url, body = f"{standin.base}/channels/{channel.id}/messages", {"embeds": [{"title": "t"}] * 11}
    headers = {"Authorization": "Bot token"}
    async with aiohttp.ClientSession(headers=headers) as session, session.post(url, json=body) as refused:
        assert (refused.status, (await refused.json())["code"]) == (400, 50035)


async def test_a_request_without_a_token_or_with_broken_json_is_refused(channel: Channel, standin: StandIn) -> None:
    url = f"{standin.base}/channels/{channel.id}/messages"
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as bare:
            assert (bare.status, await bare.json()) == (401, {"message": "401: Unauthorized", "code": 0})
        headers = {"Authorization": "Bot token", "Content-Type": "application/json"}
        async with session.post(url, data=b"{", headers=headers) as broken:
            assert (broken.status, (await broken.json())["code"]) == (400, 50109)
        async with session.get(f"{standin.base}/channels/x", headers=headers) as odd:
            assert (odd.status, (await odd.json())["code"]) == (400, 50035)
