"""Tests the class through which the dispatcher uses Discord's channels, over real sockets."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import discord
import pytest
from discord.ext import commands

from bot.client import close_client
from bot.outbox.discord import (
    ClosedError,
    DiscordChannels,
    LaterError,
    OutgoingMessage,
    PartRefusedError,
    RefusedError,
    UnknownError,
    number_of,
    sort_failure,
)
from bot.outbox.pacing import Pacing
from bot.outbox.requests import Requests
from bot.rehearsal.standin.guild import Channel, Guild, Thread
from bot.rehearsal.standin.server import StandIn, pointing_at
from bot.wording.card import Button, Picture

SOON = 5.0


@dataclass
class Place:
    """A channel of the simulated Discord, with the bot's connection to it and means to cause failures."""

    channels: DiscordChannels
    standin: StandIn
    there: Channel
    client: discord.Client

    @property
    def channel(self) -> int:
        return self.there.id

    def now(self) -> float:
        return time.time()

    def contents(self) -> list[str]:
        return [message.content for message in self.there.messages]

    def keys(self) -> list[str]:
        rows = [row for message in self.there.messages for row in message.components]
        return [button["custom_id"] for row in rows for button in row["components"]]

    def lose_answer(self) -> None:
        self.standin.faults.lose_answer()

    def close(self) -> None:
        self.standin.faults.answer_next(403, {"message": "Missing Access", "code": 50001})

    def ask_to_wait(self, seconds: float) -> None:
        self.standin.faults.answer_next(429, {"message": "slow down", "retry_after": seconds, "global": False})

    def drop_it(self) -> None:
        self.standin.faults.answer_next(503)  # of the 5xx, discord.py tries this one again at once

    async def forbid_history(self) -> None:
        await self.hear("guild_channel_update", lambda: self.there.forbid("READ_MESSAGE_HISTORY"))

    async def hear(self, event: str, cause: Callable[[], object]) -> None:
        """Do something in Discord, and wait until the client has received the event."""
        heard = asyncio.Event()

        async def hear(*_: object) -> None:
            heard.set()

        setattr(self.client, f"on_{event}", hear)
        cause()
        async with asyncio.timeout(SOON):
            await heard.wait()


@asynccontextmanager
async def on_discord() -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        standin = await stack.enter_async_context(StandIn())
        stack.enter_context(pointing_at(standin))
        there = standin.world.add_guild("Newsroom").add_channel("count")
        intents = discord.Intents.none()
        intents.guilds = True
        requests = Requests(Pacing())
        client = commands.AutoShardedBot(
            command_prefix=(),
            intents=intents,
            max_ratelimit_timeout=30.0,
            guild_ready_timeout=0.02,
            http_trace=requests.trace(),
        )
        await client.login("token")
        connection = asyncio.create_task(client.connect())
        try:
            async with asyncio.timeout(SOON):
                await client.wait_until_ready()
            yield Place(DiscordChannels(client, requests), standin, there, client)
        finally:
            await close_client(client, connection)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with on_discord() as place:
        yield place


def post(number: int = 214, nonce: str = "desk-1", words: str = "Biden leads by 14,101") -> OutgoingMessage:
    return OutgoingMessage(f"**{words}**\n-# #{number} · the Times, 7:35 a.m.", ({"description": words},), True, nonce)


async def test_a_post_lands_and_its_id_is_returned_and_found(place: Place) -> None:
    sent = await place.channels.send(place.channel, post())
    assert place.contents() == [post().content]
    assert await place.channels.find(place.channel, 214, place.now() - 60, place.now() + 60) == sent


async def test_a_nonce_that_comes_again_gives_the_first_message(place: Place) -> None:
    first = await place.channels.send(place.channel, post())
    assert await place.channels.send(place.channel, post()) == first
    assert len(place.contents()) == 1
    assert await place.channels.send(place.channel, post(215, "desk-2")) != first
    assert len(place.contents()) == 2


async def test_a_post_is_found_by_its_number_among_others(place: Place) -> None:
    ids = {number: await place.channels.send(place.channel, post(number, f"desk-{number}")) for number in (1, 12, 121)}
    for number, sent in ids.items():
        assert await place.channels.find(place.channel, number, place.now() - 60, place.now() + 60) == sent
    assert await place.channels.find(place.channel, 2, place.now() - 60, place.now() + 60) is None


async def test_a_question_is_found_by_its_own_number_and_not_by_that_of_its_post(place: Place) -> None:
    words = "**Publish #214 in <#1>?**\n**Biden leads**\n-# the Times, 7:35 a.m. · question 215"
    sent = await place.channels.send(place.channel, OutgoingMessage(words, (), False, "desk-1"))
    assert await place.channels.find(place.channel, 214, place.now() - 60, place.now() + 60) is None
    assert await place.channels.find(place.channel, 215, place.now() - 60, place.now() + 60) == sent


async def test_nothing_is_found_outside_the_window(place: Place) -> None:
    await place.channels.send(place.channel, post())
    assert await place.channels.find(place.channel, 214, place.now() - 120, place.now() - 60) is None
    assert await place.channels.find(place.channel, 214, place.now() + 60, place.now() + 120) is None


async def test_a_lost_answer_is_unknown_and_the_post_can_be_found(place: Place) -> None:
    place.lose_answer()
    with pytest.raises(UnknownError):
        await place.channels.send(place.channel, post())
    assert len(place.contents()) == 1
    assert await place.channels.find(place.channel, 214, place.now() - 60, place.now() + 60) is not None


@pytest.mark.parametrize("what", ["send", "edit", "find", "open a thread"])
async def test_an_answer_that_can_not_be_parsed_is_unknown(place: Place, what: str) -> None:
    channels, key = place.channels, await place.channels.send(place.channel, post())
    ways: dict[str, tuple[str, Callable[[], Awaitable[object]]]] = {
        "send": ("POST /channels/*/messages", lambda: channels.send(place.channel, post(215, "desk-2"))),
        "edit": ("PATCH /channels/*/messages/*", lambda: channels.edit(place.channel, key, "later", None)),
        "find": ("GET /channels/*/messages", lambda: channels.find(place.channel, 214, place.now() - 60, place.now())),
        "open a thread": ("POST /channels/*/messages/*/threads", lambda: channels.open_thread(place.channel, key, "a")),
    }
    route, ask = ways[what]
    place.standin.faults.garble(route=route)
    with pytest.raises(UnknownError, match="JSONDecodeError"):
        await ask()
    await ask()


async def test_a_fault_of_our_own_before_any_request_is_not_taken_for_an_answer(place: Place) -> None:
    nobody_s: Any = "not an embed"
    with pytest.raises(ValueError, match="dictionary update sequence"):
        await place.channels.send(place.channel, replace(post(), embeds=(nobody_s,)))


async def test_a_channel_that_may_not_be_written_to_is_later(place: Place) -> None:
    place.close()
    with pytest.raises(ClosedError, match="Missing Access"):
        await place.channels.send(place.channel, post())
    assert place.contents() == []
    assert await place.channels.send(place.channel, post())


async def test_being_asked_to_wait_for_long_is_later_and_says_how_long(place: Place) -> None:
    place.ask_to_wait(3600)
    with pytest.raises(LaterError) as caught:
        await place.channels.send(place.channel, post())
    assert caught.value.seconds == pytest.approx(3600, abs=1)
    assert place.contents() == []


async def test_a_failure_of_the_server_is_unknown(place: Place) -> None:
    place.drop_it()
    with pytest.raises(UnknownError):
        await place.channels.send(place.channel, post())


async def test_a_history_that_may_not_be_read_is_refused_not_empty(place: Place) -> None:
    await place.channels.send(place.channel, post())
    await place.forbid_history()
    with pytest.raises(RefusedError, match="may not read the channel's history"):
        await place.channels.find(place.channel, 214, place.now() - 60, place.now() + 60)


async def test_the_thread_of_a_message_has_its_id_and_is_opened_once_however_often_that_is_asked(place: Place) -> None:
    key = await place.channels.send(place.channel, post())
    for _ in range(2):
        await place.channels.open_thread(place.channel, key, "President")
    assert await place.channels.send(key, post(215, "desk-215")) is not None
    assert await place.channels.find(key, 215, place.now() - 60, place.now() + 60) is not None
    assert await place.channels.find(place.channel, 215, place.now() - 60, place.now() + 60) is None
    assert len(place.contents()) == 1


async def test_a_thread_that_may_not_be_opened_is_closed(place: Place) -> None:
    key = await place.channels.send(place.channel, post())
    place.there.forbid("CREATE_PUBLIC_THREADS")
    with pytest.raises(ClosedError, match="Missing Permissions"):
        await place.channels.open_thread(place.channel, key, "President")


async def test_an_edit_leaves_the_buttons_changes_them_or_takes_them_away(place: Place) -> None:
    asked = replace(post(), buttons=(Button("Publish", "publish:1", "primary"), Button("Drop", "drop:1")))
    sent = await place.channels.send(place.channel, asked)
    assert place.keys() == ["publish:1", "drop:1"]
    await place.channels.edit(place.channel, sent, "later", None)
    assert (place.contents(), place.keys()) == (["later"], ["publish:1", "drop:1"])
    await place.channels.edit(place.channel, sent, "later", None, (Button("Publish", "publish:2"),))
    assert place.keys() == ["publish:2"]
    await place.channels.edit(place.channel, sent, "done", None, ())
    assert (place.contents(), place.keys()) == (["done"], [])


async def test_a_picture_that_may_not_be_attached_is_refused_and_its_post_taken_without(
    place: Place,
) -> None:
    place.there.forbid("ATTACH_FILES")
    chart = replace(post(), picture=Picture(b"a chart", "Line chart."))
    with pytest.raises(PartRefusedError, match="error 50013: Missing Permissions"):
        await place.channels.send(place.channel, chart)
    assert place.contents() == []
    assert await place.channels.send(place.channel, post())
    place.there.delete()
    with pytest.raises(ClosedError, match="Unknown Channel"):
        await place.channels.send(place.channel, chart)


async def test_nobody_is_mentioned_and_a_quiet_post_is_silent(place: Place) -> None:
    await place.channels.send(place.channel, post(words="@everyone"))
    body = place.standin.requests[-1].json
    assert body["allowed_mentions"] == {"parse": []}
    assert body["flags"] == 1 << 12
    assert body["nonce"] == "desk-1"
    assert body["enforce_nonce"] is True
    loud = OutgoingMessage("loud", (), False, "desk-2")
    await place.channels.send(place.channel, loud)
    assert not place.standin.requests[-1].json.get("flags")


async def test_what_somebody_else_wrote_is_not_taken_for_our_own(place: Place) -> None:
    there = place.there
    there.say(there.guild.add_member("Ed"), post().content)
    assert await place.channels.find(there.id, 214, time.time() - 60, time.time() + 60) is None


async def test_a_post_is_found_behind_more_than_a_page_of_others(place: Place) -> None:
    there = place.there
    ed = there.guild.add_member("Ed")
    for number in range(150):
        there.say(ed, f"{number}")
    sent = await place.channels.send(there.id, post())
    assert await place.channels.find(there.id, 214, time.time() - 60, time.time() + 60) == sent


async def test_a_channel_that_is_gone_takes_posts_later_and_refuses_look_ups(place: Place) -> None:
    with pytest.raises(ClosedError, match="Unknown Channel"):
        await place.channels.send(1, post())
    with pytest.raises(RefusedError, match="the channel is gone"):
        await place.channels.find(1, 214, time.time() - 60, time.time() + 60)


async def test_a_message_that_discord_does_not_take_is_refused(place: Place) -> None:
    with pytest.raises(RefusedError, match="error 50035"):
        await place.channels.send(place.channel, OutgoingMessage("x" * 2001, (), True, "desk-1"))
    assert place.contents() == []


async def test_a_short_wait_is_waited_out(place: Place) -> None:
    place.ask_to_wait(0.01)
    assert await place.channels.send(place.channel, post())


async def test_no_connection_is_unknown(place: Place) -> None:
    await place.standin.stop()
    with pytest.raises(UnknownError):
        await place.channels.send(place.channel, post())


async def test_before_the_channels_are_known_the_history_is_asked_later() -> None:
    client = discord.Client(intents=discord.Intents.none())
    with pytest.raises(LaterError, match="not known yet"):
        await DiscordChannels(client, Requests(Pacing())).find(1, 214, 0, 1)


async def test_the_history_of_direct_messages_is_asked_although_they_are_no_server_s_channel(
    place: Place,
) -> None:
    """discord.py does not cache direct-message channels. Here the channel is unknown because another client created
    it.
    """
    sent = await place.channels.send(place.channel, post())
    async with discord.Client(intents=discord.Intents.none()) as client:
        await client.login("a-token")
        channels = DiscordChannels(client, Requests(Pacing()))
        channels.direct.add(place.channel)
        assert await channels.find(place.channel, 214, time.time() - 60, time.time() + 60) == sent


async def test_while_a_server_is_unavailable_a_channel_that_is_not_known_is_not_taken_to_be_gone(
    place: Place,
) -> None:
    guild, wire, find = place.there.guild, place.standin.world.wire, place.channels.find
    (known,) = place.client.guilds
    await place.hear("guild_unavailable", lambda: wire.emit("GUILD_DELETE", guild.id, down(guild)))
    assert known.unavailable
    with pytest.raises(LaterError, match="not known yet") as caught:
        await find(1, 214, time.time() - 60, time.time() + 60)
    assert caught.value.seconds == 1.0
    back = guild.json_whole([guild.me]) | {"unavailable": False}
    await place.hear("guild_available", lambda: wire.emit("GUILD_CREATE", guild.id, back))
    with pytest.raises(RefusedError, match="the channel is gone"):
        await find(1, 214, time.time() - 60, time.time() + 60)
    sent = await place.channels.send(place.channel, post())
    assert await find(place.channel, 214, time.time() - 60, time.time() + 60) == sent


def down(guild: Guild) -> dict[str, Any]:
    return {"id": str(guild.id), "unavailable": True}


async def in_a_thread(place: Place) -> tuple[DiscordChannels, Thread, int]:
    """Return a thread that contains a message from the bot."""
    thread = place.there.guild.start_thread(place.there, "count", place.standin.world.bot)
    return place.channels, thread, await place.channels.send(thread.id, post())


async def test_a_message_in_a_thread_that_archived_itself_is_changed_and_the_thread_is_open_again(
    place: Place,
) -> None:
    """In a quiet night Discord archives the thread. The board in it still has to show when the source was last
    polled.
    """
    channels, thread, sent = await in_a_thread(place)
    thread.archive()
    await channels.edit(thread.id, sent, "changed", None)
    assert [message.content for message in thread.messages] == ["changed"]
    assert not thread.archived


async def test_a_thread_that_may_not_be_opened_is_closed_and_not_refused(place: Place) -> None:
    channels, thread, sent = await in_a_thread(place)
    thread.archive(locked=True)
    with pytest.raises(ClosedError, match="error 50083"):
        await channels.send(thread.id, post(215, "desk-2"))
    with pytest.raises(ClosedError, match="Missing Permissions"):
        await channels.edit(thread.id, sent, "changed", None)


async def test_the_history_of_an_archived_thread_is_read_although_the_client_does_not_know_it(
    place: Place,
) -> None:
    channels, thread, sent = await in_a_thread(place)
    await place.hear("thread_update", thread.archive)
    assert place.client.get_channel(thread.id) is None
    assert await channels.find(thread.id, 214, time.time() - 60, time.time() + 60) == sent
    place.there.forbid("READ_MESSAGE_HISTORY")
    with pytest.raises(RefusedError, match="may not read"):
        await channels.find(thread.id, 214, time.time() - 60, time.time() + 60)


class Response:
    """The HTTP response in an exception from discord.py."""

    def __init__(self, status: int) -> None:
        self.status, self.reason = status, "why"


def answered(status: int, code: int = 0, kind: type[discord.HTTPException] = discord.HTTPException) -> Exception:
    response: Any = Response(status)
    return kind(response, {"code": code, "message": "words"})


@pytest.mark.parametrize(
    ("make", "meaning"),
    [
        (lambda: answered(400, 50035), RefusedError),
        (lambda: answered(400), RefusedError),
        (lambda: answered(400, 50013), RefusedError),
        (lambda: answered(405), RefusedError),
        (lambda: answered(413), RefusedError),
        (lambda: answered(403, 50005, discord.Forbidden), RefusedError),  # somebody else's message
        (lambda: answered(403, 50021, discord.Forbidden), RefusedError),
        (lambda: answered(403, 200000, discord.Forbidden), ClosedError),
        (lambda: answered(404, 10008, discord.NotFound), RefusedError),
        (lambda: answered(403, 0, discord.Forbidden), ClosedError),
        (lambda: answered(403, 40333, discord.Forbidden), ClosedError),
        (lambda: answered(403, 50001, discord.Forbidden), ClosedError),
        (lambda: answered(403, 50013, discord.Forbidden), ClosedError),
        (lambda: answered(403, 50083, discord.Forbidden), ClosedError),
        (lambda: answered(400, 30033), ClosedError),
        (lambda: answered(400, 50083), ClosedError),
        (lambda: answered(400, 160005), ClosedError),
        (lambda: answered(400, 160006), ClosedError),
        (lambda: answered(400, 160007), ClosedError),
        (lambda: answered(404, 0, discord.NotFound), ClosedError),
        (lambda: answered(404, 10003, discord.NotFound), ClosedError),
        (lambda: answered(401), LaterError),
        (lambda: answered(408), UnknownError),
        (lambda: answered(429), LaterError),
        (lambda: answered(400, 20016), LaterError),
        (lambda: answered(400, 20028), LaterError),
        (lambda: discord.RateLimited(12.5), LaterError),
        (lambda: answered(500, 0, discord.DiscordServerError), UnknownError),
        (lambda: answered(503, 0, discord.DiscordServerError), UnknownError),
        (aiohttp.ServerDisconnectedError, UnknownError),
        (lambda: ConnectionResetError(104, "reset"), UnknownError),
        (TimeoutError, UnknownError),
    ],
)
def test_each_failure_is_never_later_or_unknown(make: Callable[[], Exception], meaning: type[Exception]) -> None:
    assert type(sort_failure(make())) is meaning


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (answered(401), 60),
        (answered(403, 50013, discord.Forbidden), None),
        (answered(404, 10003, discord.NotFound), None),
        (answered(429), None),
        (answered(400, 20016), None),
        (discord.RateLimited(12.5), 12.5),
    ],
)
def test_how_long_to_wait_is_said_where_it_is_known(error: Exception, seconds: float | None) -> None:
    meaning = sort_failure(error)
    assert isinstance(meaning, LaterError)
    assert meaning.seconds == seconds


@pytest.mark.parametrize(
    ("content", "number"),
    [
        ("**Biden leads**\n-# #214 · the Times, 7:35 a.m.", 214),
        ("-# #1 · the Times", 1),
        ("**Biden leads**", None),
        ("-# #214 · the Times\nand more", None),
        ("see -# #214 · the Times", None),
        ("-# 214 · the Times", None),
        ("", None),
    ],
)
def test_only_the_last_line_carries_the_number(content: str, number: int | None) -> None:
    assert number_of(content) == number
