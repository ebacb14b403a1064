"""Fixtures: a simulated Discord with one newsroom, and discord.py clients that connect to it as they would to
Discord.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import discord
import pytest
from discord.ext import commands

from bot.client import close_client
from bot.rehearsal.standin.guild import Channel, Guild
from bot.rehearsal.standin.server import StandIn, pointing_at
from bot.rehearsal.standin.world import World

TOKEN = "stand-in.token"
SOON = 5.0


class Bot(commands.AutoShardedBot):
    """A bot that records the events it receives. A test can wait for an event."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("intents", discord.Intents(guilds=True, guild_messages=True))
        super().__init__(command_prefix=[], guild_ready_timeout=0.02, **options)
        self.heard: asyncio.Queue[discord.Message] = asyncio.Queue()
        self.resumed = asyncio.Event()
        self.events: asyncio.Queue[tuple[str, tuple[Any, ...]]] = asyncio.Queue()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.events.put_nowait((event, args))
        super().dispatch(event, *args, **kwargs)

    async def hears(self, name: str) -> tuple[Any, ...]:
        """Return the arguments of the next event with this name that no earlier call returned."""
        async with asyncio.timeout(SOON):
            while True:
                event, args = await self.events.get()
                if event == name:
                    return args

    async def reads(self) -> discord.Message:
        """Return the next message that the bot receives."""
        async with asyncio.timeout(SOON):
            return await self.heard.get()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Skip the five seconds that discord.py waits between two shards."""

    async def on_message(self, message: discord.Message) -> None:
        self.heard.put_nowait(message)

    async def on_resumed(self) -> None:
        self.resumed.set()

    def text_channel(self, channel: Channel) -> discord.TextChannel:
        found = self.get_channel(channel.id)
        assert isinstance(found, discord.TextChannel)
        return found


@asynccontextmanager
async def running(bot: Bot, *, token: str = TOKEN) -> AsyncIterator[Bot]:
    await bot.login(token)
    connection = asyncio.create_task(bot.connect())
    try:
        async with asyncio.timeout(SOON):
            await bot.wait_until_ready()
        yield bot
    finally:
        await close_client(bot, connection)


class Later:
    """A wall clock that a test can move forward."""

    def __init__(self) -> None:
        self.by = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
async def standin(later: Later) -> AsyncIterator[StandIn]:
    async with StandIn(World(now=later)) as standin:
        with pointing_at(standin):
            yield standin


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return an HTTP session for requests that discord.py would not send."""
    async with aiohttp.ClientSession(headers={"Authorization": "Bot token"}) as session:
        yield session


@pytest.fixture
def newsroom(standin: StandIn) -> Guild:
    guild = standin.world.add_guild("Newsroom")
    guild.add_channel("count", topic="What the margin does")
    guild.add_channel("desk")
    guild.add_member("Olga", owner=True)
    guild.add_member("Ed", roles=[guild.add_role("Editor")])
    return guild


@pytest.fixture
def channel(newsroom: Guild) -> Channel:
    return newsroom.channel("count")


@pytest.fixture
async def connect() -> AsyncIterator[Callable[..., Awaitable[Bot]]]:
    """Give a function that connects a given or a new bot. The bots are closed after the test."""
    async with AsyncExitStack() as stack:

        async def connect(bot: Bot | None = None, **options: Any) -> Bot:
            return await stack.enter_async_context(running(bot or Bot(**options)))

        yield connect


@pytest.fixture
async def bot(newsroom: Guild, connect: Callable[..., Awaitable[Bot]]) -> Bot:
    assert newsroom
    return await connect()


@pytest.fixture
def text(bot: Bot, channel: Channel) -> discord.TextChannel:
    return bot.text_channel(channel)


@pytest.fixture
def new_bot() -> type[Bot]:
    return Bot
