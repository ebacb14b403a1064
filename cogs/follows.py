"""`/following`, which lists what channels follow, and the settings card of a follow."""

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Self

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot, bot_of
from bot.errors import BadInputError
from bot.follows.levels import Level
from bot.follows.preferences import FORMS, LISTS, SWITCHES
from bot.wording.card import Card, Choice
from cogs.buttons import AnsweredForm, MinimumChangeForm, Pressable, chosen
from cogs.callers import answer, editor_of, lacks_in, server_of, show_step_instead, who_asks
from cogs.guards import check_seen, guard, level_here, sees


class FollowCommands(commands.Cog):
    """The command that lists the contests that channels follow."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    @app_commands.command(description="Each channel's contests, minimum, quiet hours")
    @app_commands.guild_only()
    @guard(Level.ANYONE)
    async def following(self, interaction: discord.Interaction) -> None:
        """Reply with a list of the contests that the server's channels follow."""
        await answer(interaction, await following_page(self.bot, interaction, 0))


async def following_page(bot: Bot, interaction: discord.Interaction, page: int) -> Card:
    """Return a page of the list of follows in a server.

    Managers also get a menu of follows to change. The first page also has the settings of the channel in which they
    ask.
    """
    rows = await bot.rooms.follows.servers.following(server_of(interaction))
    names = {one: _name_of(interaction.guild, one) for row in rows if sees(interaction, one := row.channel)}
    may = await level_here(interaction) >= Level.MANAGER
    place = interaction.channel.parent if isinstance(interaction.channel, discord.Thread) else interaction.channel
    here = place.id if may and not page and isinstance(place, discord.TextChannel) else None
    card = await bot.rooms.newsroom.preferences.listed(server_of(interaction), names, page, here, may_change=may)
    if here is None:
        return card
    channel = await bot.rooms.newsroom.setup.channel(editor_of(interaction), here, brief=True)
    return replace(
        channel,
        head=(*channel.head, *card.head),
        buttons=(*channel.buttons, *card.buttons),
        selects=(*channel.selects, *card.selects),
        a_row=4,
    )


def _name_of(guild: discord.Guild | None, channel: int) -> str:
    found = guild.get_channel(channel) if guild else None
    return found.name if found else "unknown"


@guard(Level.MANAGER)
class _FollowForm(MinimumChangeForm):
    """A form for a follow's minimum change, its quiet hours and the handling of smaller changes."""

    def __init__(self, key: int, least: str, hours: str, smaller: Collection[Choice]) -> None:
        super().__init__(least, hours, smaller)
        self._key = key

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Save the values, and show the follow's card."""
        follow_card = bot_of(interaction).rooms.newsroom.preferences
        server, who = server_of(interaction), who_asks(interaction)
        check_seen(interaction, await follow_card.channel(server, self._key))
        typed = self.typed()
        card = await follow_card.fill(server, self._key, who, typed.votes, typed.hours, typed.smaller)
        await show_step_instead(interaction, card)


@guard(Level.MANAGER)
class _FollowersForm(AnsweredForm, title="Published to followers"):
    """A form for the classes of posts that an announcement channel publishes to its followers."""

    def __init__(self, key: int, name: str, boxes: Collection[Choice]) -> None:
        super().__init__()
        self._key = key
        self._name = name
        self._classes: discord.ui.CheckboxGroup[Self] = discord.ui.CheckboxGroup(
            options=[
                discord.CheckboxGroupOption(label=box.label, value=box.value, default=box.chosen) for box in boxes
            ],
            min_values=0,
            required=False,
        )
        self.add_item(
            discord.ui.Label(
                text="Published to servers that follow the channel",
                description="Discord publishes ten posts an hour, and about three edits. Choose none to publish nothing.",
                component=self._classes,
            )
        )

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Save the choice, and show the follow's card."""
        follow_card = bot_of(interaction).rooms.newsroom.preferences
        server, who = server_of(interaction), who_asks(interaction)
        card = await follow_card.choose(server, self._key, who, self._name, self._classes.values)
        await show_step_instead(interaction, card)


@guard(Level.MANAGER, "the buttons and lists under `/following`")
class FollowButton(
    Pressable,
    template=re.compile(
        rf"follow:(?P<press>form|unfollow|{'|'.join(SWITCHES + FORMS)}):(?P<key>[0-9]{{1,18}})(?::(?P<word>on|off))?"
    ),
):
    """A button on a follow's card."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Change the setting or open its form, and show the changed card."""
        follow_card, server, who = bot.rooms.newsroom.preferences, server_of(interaction), who_asks(interaction)
        press, key, on = self.match["press"], int(self.match["key"]), self.match["word"] == "on"
        check_seen(interaction, await follow_card.channel(server, key))
        if press == "form":
            await interaction.response.send_modal(_FollowForm(key, *await follow_card.form(server, key)))
        elif press in FORMS:
            channel, boxes = await follow_card.boxes(server, key, press)
            place = interaction.guild.get_channel(channel) if interaction.guild else None
            if not isinstance(place, discord.TextChannel) or not place.is_news():
                raise BadInputError(
                    "that is not an announcement channel, and only those have followers: in the channel's settings, "
                    "turn on “Announcement Channel”"
                )
            await interaction.response.send_modal(_FollowersForm(key, press, boxes))
        elif press == "unfollow":
            text = await follow_card.unfollow(server, key, who)
            page = await following_page(bot, interaction, 0)
            await show_step_instead(interaction, page.above(text))
        else:
            card = await follow_card.switch(server, key, who, press, on=on, lacks=lacks_in(interaction))
            await show_step_instead(interaction, card)


@guard(Level.ANYONE, "the pages of `/following`")
class FollowingPage(Pressable, template=re.compile(r"following:page:(?P<page>[0-9]{1,4})")):
    """A button to another page of `/following`."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Replace the list with another page of it."""
        await show_step_instead(interaction, await following_page(bot, interaction, int(self.match["page"])))


@guard(Level.MANAGER, "the buttons and lists under `/following`")
class FollowList(
    Pressable, template=re.compile(rf"follow:(?P<list>choose|{'|'.join(LISTS)})(?::(?P<key>[0-9]{{1,18}}))?")
):
    """A list on a follow's card, or the list of follows under `/following`."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Apply the choice, and show the follow's card."""
        follow_card, values, key = bot.rooms.newsroom.preferences, chosen(interaction), int(self.match["key"] or 0)
        server, who = server_of(interaction), who_asks(interaction)
        check_seen(interaction, await follow_card.channel(server, key or int(values[0])))
        name = LISTS.get(self.match["list"])
        if name is None:
            card = await follow_card.card(server, int(values[0]))
        else:
            card = await follow_card.choose(server, key, who, name, values)
        await show_step_instead(interaction, card)


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(FollowCommands(bot))
    bot.add_dynamic_items(FollowButton, FollowingPage, FollowList)
