import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import pytest
from discord.ext import commands
from structlog.testing import capture_logs

from bot.client import close_client
from bot.rehearsal.standin.gateway import ACK_AFTER_SECONDS, HEARTBEAT, HEARTBEAT_ACK
from bot.rehearsal.standin.guild import Channel, Guild
from bot.rehearsal.standin.server import StandIn, pointing_at

if TYPE_CHECKING:
    from tests.rehearsal.standin.conftest import Bot, Later

Connect = Callable[..., Awaitable["Bot"]]
SOON = 5.0


async def test_a_client_becomes_ready_with_its_guild(bot: "Bot", newsroom: Guild, standin: StandIn) -> None:
    (guild,) = bot.guilds
    assert (guild.id, guild.name) == (newsroom.id, "Newsroom")
    assert [channel.name for channel in guild.text_channels] == ["count", "desk"]
    assert guild.owner_id == newsroom.member("Olga").id
    assert {role.name for role in guild.roles} == {"@everyone", "Tallydesk", "Editor"}
    assert guild.me.id == standin.world.bot.id == bot.application_id
    assert guild.text_channels[0].permissions_for(guild.me).send_messages
    assert standin.unknown == []


async def test_an_answer_is_dated_by_the_stand_in_s_own_clock(standin: StandIn, later: "Later") -> None:
    later.by = timedelta(hours=1)
    file = standin.world.keep_file(1, "a.txt", "text/plain", b"92 of 159")
    dates = []
    async with aiohttp.ClientSession() as session:
        for url in (f"{standin.base}/gateway", file.url):
            async with session.get(url) as response:
                dates.append(response.headers["Date"])
        async with session.ws_connect(standin.gateway_url) as line:
            dates.append(line._response.headers["Date"])
    for date in dates:
        assert timedelta(0) <= later() - parsedate_to_datetime(date) < timedelta(minutes=1)


async def test_the_client_also_connects_uncompressed(
    newsroom: Guild, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = discord.gateway.DiscordWebSocket.from_client.__func__  # type: ignore[attr-defined]  # a classmethod's function

    async def from_client(cls: type, *args: Any, **kwargs: Any) -> object:
        return await plain(cls, *args, compress=False, **kwargs)

    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "from_client", classmethod(from_client))
    bot = await connect()
    assert [guild.id for guild in bot.guilds] == [newsroom.id]


async def test_a_client_hears_what_is_said(bot: "Bot", newsroom: Guild, channel: Channel) -> None:
    await bot.text_channel(channel).send("mine")
    channel.say(newsroom.member("Ed"), "thanks")
    own, other = await bot.reads(), await bot.reads()
    assert (own.content, own.author.id) == ("mine", newsroom.me.id)
    # Without the privileged intent the client hears that somebody wrote, and not what.
    assert (other.content, other.author.name) == ("", "Ed")


async def test_a_client_hears_nothing_of_a_channel_it_does_not_see(bot: "Bot", newsroom: Guild) -> None:
    hidden, ed = newsroom.channel("desk"), newsroom.member("Ed")
    hidden.forbid("VIEW_CHANNEL")
    hidden.say(ed, "secret")
    newsroom.channel("count").say(ed, "hello")
    assert (await bot.reads()).channel.id != hidden.id
    assert bot.heard.empty()


async def test_a_client_hears_of_servers_and_channels_that_come_and_go(
    bot: "Bot", newsroom: Guild, standin: StandIn
) -> None:
    events: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    for name in ("guild_join", "guild_remove", "guild_channel_create", "guild_channel_update", "guild_channel_delete"):

        async def hear(*things: discord.Guild | discord.abc.GuildChannel, name: str = name) -> None:
            events.put_nowait((name, things[-1].name))

        bot.add_listener(hear, f"on_{name}")
    second = standin.world.add_guild("Second")
    channel = newsroom.add_channel("audit")
    channel.forbid("SEND_MESSAGES")
    channel.delete()
    standin.world.remove_guild(second)
    async with asyncio.timeout(SOON):
        heard = [await events.get() for _ in range(5)]
    assert heard == [
        ("guild_join", "Second"),
        ("guild_channel_create", "audit"),
        ("guild_channel_update", "audit"),
        ("guild_channel_delete", "audit"),
        ("guild_remove", "Second"),
    ]


async def test_members_are_told_to_who_asks(newsroom: Guild, connect: Connect) -> None:
    bot = await connect(intents=discord.Intents(guilds=True, members=True))
    guild = bot.get_guild(newsroom.id)
    assert guild is not None
    assert {member.name for member in guild.members} == {"Tallydesk", "Olga", "Ed"}
    (found,) = await guild.query_members("ol")
    assert found.name == "Olga"


async def test_a_client_hears_of_its_own_roles_without_asking_for_members(bot: "Bot", newsroom: Guild) -> None:
    newsroom.member("Ed").give(newsroom.add_role("Night desk"))
    newsroom.me.give(newsroom.role("Editor"))
    _, after = await bot.hears("member_update")
    assert (after.id, [role.name for role in after.roles]) == (newsroom.bot_id, ["@everyone", "Tallydesk", "Editor"])


async def test_a_dropped_gateway_resumes_with_what_was_missed(
    bot: "Bot", newsroom: Guild, channel: Channel, standin: StandIn
) -> None:
    assert standin.faults.drop_gateway() == 1
    channel.say(newsroom.member("Ed"), "while you were away")
    missed = await bot.reads()
    async with asyncio.timeout(SOON):
        await bot.resumed.wait()
    assert missed.author.name == "Ed"
    channel.say(newsroom.member("Ed"), "and after")
    await bot.reads()
    assert bot.heard.empty()


async def test_a_heartbeat_is_not_answered_before_its_sender_knows_that_it_was_sent(standin: StandIn) -> None:
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession() as session, session.ws_connect(standin.gateway_url) as line:
        await line.receive_json()
        before = loop.time()
        await line.send_json({"op": HEARTBEAT, "d": None})
        answer = await line.receive_json()
    assert answer["op"] == HEARTBEAT_ACK
    assert loop.time() - before >= ACK_AFTER_SECONDS * 0.9  # timers are that coarse


async def test_a_forgotten_session_starts_afresh(bot: "Bot", newsroom: Guild, standin: StandIn) -> None:
    again = asyncio.create_task(bot.wait_for("shard_ready", timeout=SOON))
    await asyncio.sleep(0)  # let it begin to wait
    standin.gateway.drop(forget=True)
    await again
    assert not bot.resumed.is_set()
    assert [guild.id for guild in bot.guilds] == [newsroom.id]


async def test_two_shards_hear_of_their_own_servers(standin: StandIn, connect: Connect) -> None:
    first, second = standin.world.add_guild("First"), standin.world.add_guild("Second")
    channels = [guild.add_channel("count") for guild in (first, second)]
    bot = await connect(shard_count=2)
    shards = {guild.name: guild.shard_id for guild in bot.guilds}
    assert sorted(shards.values()) == [0, 1]
    for channel in channels:
        channel.say(channel.guild.add_member("Ed"), "hello")
    heard = [await bot.reads() for _ in channels]
    assert {message.guild.name for message in heard if message.guild} == {"First", "Second"}
    assert bot.heard.empty()


async def test_the_stand_in_recommends_shards(connect: Connect) -> None:
    async with StandIn(shards=2) as standin:
        with pointing_at(standin):
            bot = await connect()
            assert bot.shard_count == 2
            await bot.close()


async def test_many_clients_at_once(newsroom: Guild, channel: Channel, connect: Connect) -> None:
    bots = [await connect() for _ in range(3)]
    channel.say(newsroom.member("Ed"), "hello")
    heard = [await bot.reads() for bot in bots]
    assert len({message.id for message in heard}) == 1


@pytest.mark.parametrize("token", ["old", ""])
async def test_a_refused_or_absent_token_fails_to_log_in(new_bot: type["Bot"], token: str) -> None:
    async with StandIn(refused_token="old") as standin:
        with pointing_at(standin):
            async with new_bot() as bot:
                with pytest.raises(discord.LoginFailure):
                    await bot.login(token)


async def test_a_stand_in_of_one_bot_takes_that_bot_s_token_alone(new_bot: type["Bot"]) -> None:
    async with StandIn(token="its.own") as standin:
        with pointing_at(standin):
            async with new_bot() as bot:
                with pytest.raises(discord.LoginFailure):
                    await bot.login("another's")
            async with new_bot() as bot:
                await bot.login("its.own")
        async with aiohttp.ClientSession() as session, session.ws_connect(standin.gateway_url) as line:
            await line.receive()  # the greeting
            await line.send_json({"op": 2, "d": {"token": "another's", "intents": 0, "properties": {}}})
            assert (await line.receive()).data == 4004


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", ""])
async def test_a_site_that_points_its_name_at_loopback_is_turned_away(standin: StandIn, host: str) -> None:
    file = standin.world.keep_file(1, "a.txt", "text/plain", b"92 of 159")
    async with aiohttp.ClientSession() as session:
        for url in (f"{standin.base}/gateway", file.url, standin.gateway_url.replace("ws:", "http:")):
            async with session.get(url, headers={"Host": host, "Authorization": "Bot token"}) as response:
                assert (response.status, await response.read()) == (421, b"")


async def test_a_token_refused_later_ends_the_connection(
    newsroom: Guild, standin: StandIn, new_bot: type["Bot"]
) -> None:
    assert newsroom
    async with new_bot() as bot:
        await bot.login("token")
        standin.refused_token = "token"
        with pytest.raises(discord.HTTPException):
            await bot.application_info()
        bot.shard_count = 1
        with pytest.raises(discord.ConnectionClosed) as caught:
            await bot.connect()
        assert caught.value.code == 4004


async def test_an_unknown_route_answers_501_with_its_name_and_is_printed_once(
    bot: commands.AutoShardedBot, standin: StandIn
) -> None:
    with capture_logs() as lines:
        for _ in range(2):
            with pytest.raises(discord.DiscordServerError, match="501: not in the stand-in: GET /sticker-packs/42"):
                await bot.fetch_premium_sticker_pack(42)
    assert standin.unknown == ["GET /sticker-packs/42"]
    assert [(line["log_level"], line["route"]) for line in lines] == [("warning", "GET /sticker-packs/42")]


async def test_pointing_ends_with_its_block(standin: StandIn) -> None:
    assert standin.base == discord.http.Route.BASE
    async with StandIn() as other:
        with pointing_at(other):
            assert discord.http.Route("GET", "/gateway").url == f"{other.base}/gateway"
    assert standin.base == discord.http.Route.BASE


async def test_a_stand_in_stops_at_once_under_a_connected_client(new_bot: type["Bot"]) -> None:
    async with StandIn() as standin:
        with pointing_at(standin):
            bot = new_bot()
            await bot.login("token")
            connection = asyncio.create_task(bot.connect())
            await bot.wait_until_ready()
            async with asyncio.timeout(2):
                await standin.stop()
            await close_client(bot, connection)
