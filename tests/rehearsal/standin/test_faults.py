import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
import discord
import pytest

from bot.client import close_client
from bot.errors import BadInputError
from bot.rehearsal.standin.faults import ANY, FILES
from bot.rehearsal.standin.guild import Channel, Guild
from bot.rehearsal.standin.server import StandIn
from tests.rehearsal.standin.refusals import refused

if TYPE_CHECKING:
    from tests.rehearsal.standin.conftest import Bot

EDIT, READ = "PATCH /channels/*/messages/*", "GET /channels/*/messages"
SOON = 5.0


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


async def test_an_answer_that_can_not_be_parsed_leaves_the_message_posted(
    text: discord.TextChannel, channel: Channel, standin: StandIn
) -> None:
    standin.faults.garble()
    with pytest.raises(ValueError, match="Unterminated string"):
        await text.send("14,101", nonce="desk-214")
    assert [message.content for message in channel.messages] == ["14,101"]
    assert standin.requests[-1].status == 200


async def test_a_file_can_be_late(channel: Channel, standin: StandIn) -> None:
    file = standin.world.keep_file(channel.id, "a.txt", "text/plain", b"92 of 159")
    standin.faults.delay(0.1, before=True, route=FILES)
    start = time.monotonic()
    async with aiohttp.ClientSession() as session, session.get(file.url) as answer:
        assert await answer.read() == b"92 of 159"
    assert time.monotonic() - start >= 0.1


async def test_what_hangs_is_never_done(text: discord.TextChannel, channel: Channel, standin: StandIn) -> None:
    standin.faults.hang()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await text.send("14,101")
    await text.send("14,057")
    assert [message.content for message in channel.messages] == ["14,057"]
    assert [request.status for request in standin.requests if request.method == "POST"] == [None, 200]


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
    standin.rate_limits.set(2, per=0.2)
    start = time.monotonic()
    for number in range(5):
        await text.send(str(number))
    assert time.monotonic() - start >= 0.4
    assert len(channel.messages) == 5
    # discord.py reads the headers and does not run into the limit.
    assert {request.status for request in standin.requests if request.method == "POST"} == {200}


async def test_who_ignores_the_rate_limit_is_told_how_long_to_wait(
    channel: Channel, standin: StandIn, session: aiohttp.ClientSession
) -> None:
    standin.rate_limits.set(1, per=60)
    url = f"{standin.base}/channels/{channel.id}/messages"
    async with session.post(url, json={"content": "one"}) as first:
        assert first.headers["X-RateLimit-Remaining"] == "0"
        assert first.headers["Content-Type"] == "application/json"
        assert "Via" in first.headers
    async with session.post(url, json={"content": "two"}) as second:
        body = await second.json()
    assert (second.status, second.headers["Retry-After"]) == (429, "60")
    assert 59 < body["retry_after"] <= 60
    assert len(channel.messages) == 1


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


async def test_a_lost_answer_leaves_the_edit_made(
    text: discord.TextChannel, channel: Channel, standin: StandIn
) -> None:
    sent = await text.send("14,101")
    standin.faults.lose_answer(route=EDIT)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await sent.edit(content="14,057")
    assert [message.content for message in channel.messages] == ["14,057"]
    await sent.edit(content="14,051")


async def test_a_fault_strikes_its_route_its_channel_or_any(text: discord.TextChannel, standin: StandIn) -> None:
    standin.faults.answer_next(503, route=READ)
    standin.faults.answer_next(503, route="DELETE", channel_id=text.id)
    sent = await text.send("neither a read nor a delete")
    for ask in (lambda: anext(text.history()), sent.delete):
        with pytest.raises(discord.DiscordServerError):
            await ask()
    standin.faults.answer_next(503, route=ANY)
    with pytest.raises(discord.DiscordServerError):
        await text.guild.fetch_member(1)
    await sent.delete()


def test_a_fault_of_a_route_that_is_not_there_is_refused(standin: StandIn) -> None:
    for ask in (standin.faults.lose_answer, standin.faults.reset):
        with pytest.raises(BadInputError, match="no route POST /channels/1/messages"):
            ask(route="POST /channels/1/messages")


@pytest.mark.parametrize("acted_on", [False, True])
async def test_a_reset_connection_says_so(
    text: discord.TextChannel, channel: Channel, standin: StandIn, acted_on: bool
) -> None:
    standin.faults.reset(acted_on=acted_on)
    with pytest.raises(OSError) as caught:  # noqa: PT011 - the number is what tells
        await text.send("14,101")
    assert caught.value.errno == 104
    assert len(channel.messages) == (1 if acted_on else 0)
    await text.send("14,057")


async def test_a_request_can_be_held_back_before_it_is_acted_on(
    text: discord.TextChannel, channel: Channel, standin: StandIn
) -> None:
    standin.faults.delay(0.5, before=True, channel_id=channel.id)
    sending = asyncio.create_task(text.send("14,101"))
    async with asyncio.timeout(SOON):
        while standin.requests[-1].method != "POST":
            await asyncio.sleep(0.001)
    assert len(channel.messages) == 0
    await sending
    assert len(channel.messages) == 1
    standin.faults.delay(0, before=True, channel_id=channel.id)
    start = time.monotonic()
    await text.send("14,057")
    assert time.monotonic() - start < 0.5


async def test_a_channel_is_closed_until_it_is_allowed(text: discord.TextChannel, standin: StandIn) -> None:
    faults = standin.faults
    sent = await text.send("before")
    ways: list[tuple[Callable[[int], None], int, int]] = [
        (faults.forbid, 403, 50013),
        (partial(faults.forbid, seen=False), 403, 50001),
        (faults.vanish, 404, 10003),
        (faults.archive, 400, 50083),
    ]
    for close, status, code in ways:
        close(text.id)
        asks: list[Callable[[], Awaitable[object]]] = [
            lambda: text.send("hello"),
            lambda: sent.edit(content="hello"),
        ]
        for ask in asks:
            with refused(status, code):
                await ask()
    assert (await text.fetch_message(sent.id)).content == "before"  # an archived thread can be read
    faults.vanish(text.id)
    with pytest.raises(discord.NotFound):
        await text.fetch_message(sent.id)
    faults.allow(text.id)
    await sent.edit(content="after")


async def test_slow_mode_and_the_write_limit_are_waited_out(
    text: discord.TextChannel, channel: Channel, standin: StandIn, session: aiohttp.ClientSession
) -> None:
    limits: list[tuple[Callable[[int, float], None], int]] = [
        (standin.faults.slow_mode, 20016),
        (standin.faults.throttle, 20028),
    ]
    for limit, code in limits:
        limit(text.id, 0.05)
        sending = asyncio.create_task(text.send("14,101"))
        async with asyncio.timeout(SOON):
            while standin.requests[-1].status != 429:
                await asyncio.sleep(0.001)
        standin.faults.allow(text.id)
        await sending
        limit(text.id, 0.05)
        async with session.post(f"{standin.base}/channels/{text.id}/messages", json={}) as answer:
            body = await answer.json()
            assert (answer.status, body["code"], body["retry_after"]) == (429, code, 0.05)
            assert answer.headers["Retry-After"] == "1"
        standin.faults.allow(text.id)
    assert len(channel.messages) == 2


async def test_a_token_is_refused_for_a_while(text: discord.TextChannel, standin: StandIn) -> None:
    standin.faults.refuse_token()
    with pytest.raises(discord.HTTPException) as caught:
        await text.send("hello")
    assert caught.value.status == 401
    standin.faults.accept_token()
    await text.send("hello")


async def test_a_closed_gateway_is_come_back_to(
    bot: "Bot", newsroom: Guild, channel: Channel, standin: StandIn
) -> None:
    standin.faults.close_gateway()
    asyncio.get_running_loop().call_later(0.05, standin.faults.open_gateway)
    async with asyncio.timeout(SOON):
        await bot.wait_for("shard_ready")
    channel.say(newsroom.member("Ed"), "hello")
    await bot.reads()


async def test_an_invalid_session_is_begun_anew(
    bot: "Bot", newsroom: Guild, channel: Channel, standin: StandIn
) -> None:
    ready = asyncio.create_task(bot.wait_for("shard_ready", timeout=SOON))
    await asyncio.sleep(0)  # let it begin to wait
    assert standin.faults.invalid_session() == 1
    channel.say(newsroom.member("Ed"), "missed for good")
    await ready
    assert not bot.resumed.is_set()
    assert bot.heard.empty()
    channel.say(newsroom.member("Ed"), "hello")
    await bot.reads()
    assert bot.heard.empty()


async def test_an_outage_of_a_server_is_told_and_ends(
    bot: "Bot", newsroom: Guild, channel: Channel, standin: StandIn
) -> None:
    guild = bot.guilds[0]
    told = asyncio.create_task(bot.wait_for("guild_unavailable", timeout=SOON))
    await asyncio.sleep(0)  # let it begin to wait
    standin.faults.unavailable(newsroom.id)
    await told
    assert guild.unavailable
    channel.say(newsroom.member("Ed"), "missed for good")
    newsroom.add_channel("while you were away")
    told = asyncio.create_task(bot.wait_for("guild_available", timeout=SOON))
    await asyncio.sleep(0)
    standin.faults.clear()
    await told
    assert [one.name for one in bot.guilds[0].text_channels] == ["count", "desk", "while you were away"]
    assert not bot.guilds[0].unavailable
    assert bot.heard.empty()


async def test_a_server_in_an_outage_is_not_told_to_a_new_client(
    newsroom: Guild, standin: StandIn, new_bot: type["Bot"]
) -> None:
    standin.faults.unavailable(newsroom.id)
    async with new_bot() as bot:
        await bot.login("token")
        connection = asyncio.create_task(bot.connect())
        async with asyncio.timeout(SOON):
            await bot.wait_until_ready()
        assert [guild.unavailable for guild in bot.guilds] == [True]
        await close_client(bot, connection)


async def test_clearing_ends_every_fault(text: discord.TextChannel, channel: Channel, standin: StandIn) -> None:
    faults = standin.faults
    faults.lose_answer()
    faults.reset(route=ANY)
    faults.answer_next(500, route="GET")
    faults.delay(60)
    faults.forbid(text.id)
    faults.refuse_token()
    faults.clear()
    await text.send("hello")
    assert len(channel.messages) == 1
    await text.fetch_message(channel.messages.last_id or 0)
