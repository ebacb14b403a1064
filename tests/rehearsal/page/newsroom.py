"""A newsroom on the rehearsal's web page, with a discord.py bot that has one of everything a member can use."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.client import close_client
from bot.clock import ManualClock
from bot.rehearsal.pace import Pace
from bot.rehearsal.page.server import Page
from bot.rehearsal.standin.guild import Channel, Guild, Member, ScheduledEvent
from bot.rehearsal.standin.message import Message
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.server import StandIn, pointing_at

Asked = discord.Interaction[Any]
STREAMS: list[aiohttp.ClientResponse] = []
"""Live event streams that a test has opened. They are closed after the test."""
STARTS = datetime(2020, 11, 11, 12, 35, tzinfo=UTC)


class Tally(discord.ui.Modal, title="Read as tally"):
    margin: discord.ui.TextInput["Tally"] = discord.ui.TextInput(
        label="Margin", custom_id="margin", min_length=2, max_length=10, placeholder="14,101"
    )
    words: discord.ui.TextInput["Tally"] = discord.ui.TextInput(
        label="What was said", custom_id="words", style=discord.TextStyle.paragraph, required=False
    )
    note: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay("Only what is certain.")
    photo: discord.ui.Label["Tally"] = discord.ui.Label(
        text="Picture", component=discord.ui.FileUpload(custom_id="photo", required=False)
    )
    seen: discord.ui.Label["Tally"] = discord.ui.Label(
        text="Seen by",
        component=discord.ui.CheckboxGroup(
            custom_id="seen",
            min_values=0,
            required=False,
            options=[
                discord.CheckboxGroupOption(label="The reporter", value="reporter", default=True),
                discord.CheckboxGroupOption(label="The desk", value="desk"),
                discord.CheckboxGroupOption(label="Ed", value="ed"),
            ],
        ),
    )

    async def on_submit(self, interaction: Asked) -> None:
        assert isinstance(self.photo.component, discord.ui.FileUpload)
        assert isinstance(self.seen.component, discord.ui.CheckboxGroup)
        seen = f"seen by {' and '.join(self.seen.component.values)}"
        files = [f"{one.filename} of {len(await one.read())} bytes" for one in self.photo.component.values]
        await interaction.response.send_message(
            " with ".join([f"Entered: {self.margin.value}, {seen}", *files]), ephemeral=True
        )


class Reminder(discord.ui.View):
    @discord.ui.button(label="Started", style=discord.ButtonStyle.success, custom_id="started")
    async def started(self, interaction: Asked, _: discord.ui.Button["Reminder"]) -> None:
        await interaction.response.edit_message(content=f"Started, says {interaction.user.name}", view=None)

    @discord.ui.button(label="Delay 15 min", style=discord.ButtonStyle.secondary, custom_id="pushed")
    async def pushed(self, interaction: Asked, _: discord.ui.Button["Reminder"]) -> None:
        await interaction.response.send_message("Pushed by 15 minutes", ephemeral=True)

    @discord.ui.button(label="Cancel event", style=discord.ButtonStyle.danger, custom_id="off")
    async def off(self, interaction: Asked, _: discord.ui.Button["Reminder"]) -> None:
        """Don't answer, so that the interaction fails."""

    @discord.ui.button(label="Enter", style=discord.ButtonStyle.primary, custom_id="enter")
    async def enter(self, interaction: Asked, _: discord.ui.Button["Reminder"]) -> None:
        await interaction.response.send_modal(Tally())

    @discord.ui.button(label="Closed", disabled=True, custom_id="closed")
    async def closed(self, interaction: Asked, _: discord.ui.Button["Reminder"]) -> None:
        """Do nothing. The button is disabled."""

    @discord.ui.select(
        custom_id="county",
        placeholder="Choose a county",
        options=[
            discord.SelectOption(label="Floyd", description="74 votes", value="13115"),
            discord.SelectOption(label="Clayton", value="13063"),
        ],
    )
    async def county(self, interaction: Asked, select: discord.ui.Select["Reminder"]) -> None:
        await interaction.response.send_message(f"County {select.values[0]}", ephemeral=True)

    @discord.ui.select(
        cls=discord.ui.RoleSelect, custom_id="roles", placeholder="Whom to ping", min_values=1, max_values=2
    )
    async def roles(self, interaction: Asked, select: discord.ui.RoleSelect["Reminder"]) -> None:
        names = ", ".join(sorted(role.name for role in select.values))
        await interaction.response.send_message(f"Roles {names}", ephemeral=True)

    @discord.ui.select(cls=discord.ui.ChannelSelect, custom_id="where", placeholder="Where")
    async def where(self, interaction: Asked, select: discord.ui.ChannelSelect["Reminder"]) -> None:
        await interaction.response.send_message(f"Channel {select.values[0].name}", ephemeral=True)


async def nothing(interaction: Asked) -> None:
    del interaction


def add_commands(tree: app_commands.CommandTree[Any]) -> None:
    @tree.command(description="Who leads and by how much")
    @app_commands.describe(contest="The contest", at="An earlier time")
    async def margin(interaction: Asked, contest: str, at: app_commands.Range[str, 1, 60] | None = None) -> None:
        await interaction.response.send_message(f"**{contest}** at {at}", ephemeral=True)

    @margin.autocomplete("contest")
    async def contests(interaction: Asked, current: str) -> list[app_commands.Choice[str]]:
        del interaction
        names = ("Georgia", "Georgia Senate", "Nevada")
        found = [name for name in names if current.lower() in name.lower()]
        return [app_commands.Choice(name=name, value=f"id-{name.lower().replace(' ', '-')}") for name in found]

    @tree.command(description="One of each kind of option")
    async def every(
        interaction: Asked,
        style: Literal["short", "long"],
        digits: app_commands.Range[int, 0, 3] = 0,
        share: app_commands.Range[float, 0.0, 1.0] = 0.5,
        quiet: bool = False,
        who: discord.Member | None = None,
        role: discord.Role | None = None,
        where: discord.TextChannel | None = None,
    ) -> None:
        words = (style, digits, share, quiet, who and who.name, role and role.name, where and where.name)
        await interaction.response.send_message(repr(words))

    @tree.command(description="Takes a while")
    async def slow(interaction: Asked, private: bool = False) -> None:
        await interaction.response.defer(ephemeral=private, thinking=True)
        await interaction.client.let_go.wait()
        await interaction.edit_original_response(content="At last")

    for name, about in (("silent", "Says nothing"), ("roles", "Begins as a part of /desk role does")):
        tree.command(name=name, description=about)(nothing)

    @tree.command(description="Brings up a form")
    async def enter(interaction: Asked) -> None:
        await interaction.response.send_modal(Tally())

    @tree.command(description="Buttons and menus, for the one who asks")
    async def buttons(interaction: Asked) -> None:
        await interaction.response.send_message("In 30 minutes: press conference", view=Reminder(), ephemeral=True)

    desk = app_commands.Group(
        name="desk", description="Desk", default_permissions=discord.Permissions(manage_guild=True)
    )

    @desk.command(name="role", description="Who may write")
    async def desk_role(interaction: Asked, role: discord.Role) -> None:
        await interaction.response.send_message(role.name, ephemeral=True)

    tree.add_command(desk)

    @tree.context_menu(name="Read as tally")
    async def read_as_tally(interaction: Asked, message: discord.Message) -> None:
        await interaction.response.send_message(f"Read: {message.content}", ephemeral=True)


class Everything(commands.Bot):
    """A bot with one command, button, list and form of every kind."""

    def __init__(self) -> None:
        super().__init__(command_prefix=[], intents=discord.Intents(guilds=True), guild_ready_timeout=0.02)
        self.let_go = asyncio.Event()
        add_commands(self.tree)

    async def setup_hook(self) -> None:
        self.add_view(Reminder(timeout=None))


@dataclass
class Newsroom:
    """A newsroom on a web page: its simulated Discord, its members, its page and its bot."""

    standin: StandIn
    guild: Guild
    page: Page
    pace: Pace
    editor: Member
    reporter: Member
    guest: Member
    bot: Everything | None = None

    @property
    def count(self) -> Channel:
        return self.guild.channel("count")

    def post(self, content: str, channel: Channel | None = None, **fields: Any) -> Message:
        """Post a message as the bot, without a request to the API."""
        where, world = channel or self.count, self.standin.world
        message = Message(world.wire.new_id(), where.id, self.guild.id, world.bot, world.wire.now(), content, **fields)
        return where.post(message)


def plan(room: Newsroom, name: str, hours: int) -> ScheduledEvent:
    """Create a Discord event that begins `hours` hours after the news clock's time, without a request to the API."""
    starts = room.pace.clock.now() + timedelta(hours=hours)
    wire = room.guild.wire
    event = ScheduledEvent(
        wire.new_id(), room.guild.id, room.standin.world.bot, name, starts, starts + timedelta(hours=1), "Atlanta"
    )
    room.guild.events[event.id] = event
    wire.emit("GUILD_SCHEDULED_EVENT_CREATE", room.guild.id, event.json())
    return event


@asynccontextmanager
async def newsroom(*, connected: bool = True, where: Page | None = None) -> AsyncIterator[Newsroom]:
    """Serve a newsroom with three members and two channels.

    Without `connected` there is no bot. With `where`, the page has the same address as another page before.
    """
    async with StandIn() as standin, AsyncExitStack() as stack:
        guild = standin.world.add_guild("Newsroom")
        desk = guild.add_role("Desk", int(Permission.MANAGE_GUILD))
        writers = guild.add_role("Writers", int(Permission.SEND_MESSAGES))
        people = (
            guild.add_member("desk editor", [desk], owner=True),
            guild.add_member("reporter", [writers]),
            guild.add_member("guest", [writers]),
        )
        guild.add_channel("count", topic="What the margin does")
        guild.add_channel("other")
        private = guild.add_channel("desk")
        private.forbid("VIEW_CHANNEL", to=guild.everyone)
        for one in (people[1], guild.me):
            private.allow("VIEW_CHANNEL", to=one)
        pace = Pace(ManualClock(STARTS), 60.0)
        page = Page(standin, guild, people, pace, ZoneInfo("America/New_York"), "Georgia")
        if where is not None:
            page._secret = where._secret
        await page.start(where._port if where else 0)
        stack.push_async_callback(page.stop)
        room = Newsroom(standin, guild, page, pace, *people)
        if not connected:
            yield room
            return
        with pointing_at(standin):
            room.bot = Everything()
            await room.bot.login("a-token")
            connection = asyncio.create_task(room.bot.connect())
            try:
                async with asyncio.timeout(10):
                    await room.bot.wait_until_ready()
                await room.bot.tree.sync()
                yield room
            finally:
                await close_client(room.bot, connection)
