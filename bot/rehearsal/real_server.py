"""Plays a rehearsal on a real Discord server, in a single channel that is marked as a test channel."""

from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import discord

from bot.app import App, open_app
from bot.client import NEEDED_PERMISSIONS, Bot, lacking_permissions, while_connected
from bot.clock import ManualClock
from bot.desk.desk_file import Desk
from bot.errors import BadInputError
from bot.rehearsal.day import Day, MessageStep, PublicStep
from bot.rehearsal.desk_steps import DayServer
from bot.rehearsal.pace import Pace
from bot.rehearsal.player import WHO, Play, Show
from bot.rehearsal.posts import ArrivedPost
from bot.rehearsal.stage import FeedServer, check_day, with_feeds
from bot.wording.names import listed

MARK = "tallydesk test channel"
"""The text that a channel's topic must contain before anything is rehearsed in the channel. Case is ignored."""


@dataclass(frozen=True, slots=True)
class RealChannel:
    """The channel of a real server in which a rehearsal is played, with functions to call during it."""

    channel: int
    """The id of a channel that is marked as a test channel."""
    servers: Collection[int]
    """The ids of the servers that may use the bot; empty if all may."""
    log_in: Callable[[Bot], Awaitable[None]]
    found: Callable[[str, str], None]
    """Called with the channel's name and URL before anything is posted."""
    guild_ready_timeout: float = 2.0
    """How many seconds discord.py waits for servers to become available at the start."""


async def play_on_server(
    day: Day, desk: Desk, database: Path, speed: float | None, show: Show, place: RealChannel
) -> None:
    """Play a day in a test channel of a real server. Posts and settings are not removed afterwards.

    The channel follows everything that the day's channels follow. Messages by colleagues are skipped, since the bot
    can't write in their name.

    Args:
        day: the recorded day.
        desk: the day's desk file.
        database: where to create the database; the file must not exist.
        speed: how many times as fast as the real day; None for as fast as Discord allows.
        show: is called with each post, in the order of sending.
        place: the channel.

    Raises:
        BadInputError: the day doesn't fit the desk file, or the channel can't be used.
        TallydeskError: Discord can't be reached.

    """
    check_day(day, desk)
    for step in day.steps:
        if isinstance(step, PublicStep):
            raise BadInputError(
                f"{step.at.isoformat()}, {step.does}: #{step.channel} can't be public here; a rehearsal in one channel of a "
                "real server has no desk channel to publish from"
            )
    clock = ManualClock(day.starts)
    async with AsyncExitStack() as stack:
        feeds = await stack.enter_async_context(FeedServer())
        app = await stack.enter_async_context(
            open_app(
                with_feeds(desk, day, feeds),
                database,
                clock,
                servers=place.servers,
                rehearsal=True,
                test_data=day.test_data,
                only_channel=place.channel,
                guild_ready_timeout=place.guild_ready_timeout,
            )
        )
        await place.log_in(app.bot)
        await while_connected(app.bot, _rehearse(day, app, feeds, Pace(clock, speed), show, place))


async def _rehearse(day: Day, app: App, feeds: FeedServer, pace: Pace, show: Show, place: RealChannel) -> None:
    await app.bot.wait_until_ready()
    channel = marked_channel(app.bot, place.channel, place.servers)
    place.found(f"#{channel.name} of {channel.guild.name}", channel.jump_url)
    # No boards: nothing is pinned in a channel that others use later.
    for contest in dict.fromkeys(contest for one in day.channels for contest in one.follows):
        await app.rooms.follows.follow(app.rooms.follows.contest(contest), channel.guild.id, channel.id, None, WHO)
    sent = _OutboxArrivals(app, pace, channel.name, show)
    server = DayServer(channel.guild.id, {one.name: channel.id for one in day.channels}, None)
    await Play(day, app, feeds, pace, sent, server, _leave_out).run()


def _leave_out(_: MessageStep) -> None:
    """Skip a colleague's message, since the bot can't write in their name."""


class _OutboxArrivals:
    """The posts that were sent, according to the outbox."""

    def __init__(self, app: App, pace: Pace, channel: str, show: Show) -> None:
        self._posts = app.rooms.outbox.sent
        self._pace = pace
        self._channel = channel
        self._show = show
        self._last = 0

    async def show(self) -> bool:
        """Show the user the posts that were sent since the last call. Returns True if there were any."""
        new = await self._posts.after(self._last)
        for post in new:
            at = self._pace.clock.now()
            edit_of = post.number if post.edited else None
            self._show(ArrivedPost(at, self._channel, post.kind, post.number, post.content, post.embeds, edit_of))
            self._last = post.row
        return bool(new)


def marked_channel(client: discord.Client, key: int, servers: Collection[int]) -> discord.TextChannel:
    """Return a channel that is marked as a test channel, after checking that the bot may post in it.

    Args:
        client: the connected bot.
        key: the channel's id.
        servers: the servers that may use the bot; empty if all may.

    Raises:
        BadInputError: the channel does not exist or is not marked as a test channel, its server may not use the bot, or
            the bot lacks a permission. Nothing was posted.
    """
    channel = client.get_channel(key)
    if channel is None:
        raise BadInputError(
            f"--channel {key}: the bot sees no such channel; invite it to the server, and let it see the channel"
        )
    if not isinstance(channel, discord.TextChannel):
        raise BadInputError(f"--channel {key}: only a text channel can be rehearsed in")
    where = f"#{channel.name} of {channel.guild.name}"
    if servers and channel.guild.id not in servers:
        raise BadInputError(f"{where}: the server {channel.guild.id} is not in TALLYDESK_SERVERS")
    if MARK not in (channel.topic or "").casefold():
        raise BadInputError(f"{where} is not marked as a test channel: put the words {MARK!r} into its topic")
    allowed = channel.permissions_for(channel.guild.me)
    lacking = lacking_permissions(allowed, NEEDED_PERMISSIONS)
    if lacking:
        raise BadInputError(f"{where}: the bot lacks the permission to {listed(lacking)}")
    return channel
