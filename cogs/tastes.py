"""The settings card of a follow: lists, buttons and a form whose keys say all."""

import re
from typing import Any, Self, cast

import discord
from discord.ext import commands

from bot.client import Bot
from bot.newsroom.preferences import Tastes
from bot.wording.draft import Answer
from cogs.asker import check_role, may_write, server_of, who_asks
from cogs.forms import LeastForm
from cogs.pressable import Pressable
from cogs.setup_editor import lacks_in, show_instead

_BUTTON = re.compile(r"follow:(?P<press>form|through|night|board|thread):(?P<key>[0-9]{1,18})(?::(?P<word>on|off))?")


_LIST = re.compile(r"follow:(?P<list>choose|kinds|rolls|mention)(?::(?P<key>[0-9]{1,18}))?")


async def following_page(bot: Bot, interaction: discord.Interaction, page: int) -> Answer:
    """Return a page of what the channels of a server follow; the desk has a list to change one of them."""
    guild = interaction.guild
    names = {channel.id: channel.name for channel in guild.text_channels} if guild else {}
    may = await may_write(interaction)
    return await bot.services.tastes.listed(server_of(interaction), names, page, may_change=may)


class _FollowForm(LeastForm):
    """Least votes and quiet hours of a follow."""

    def __init__(self, key: int, least: str, hours: str) -> None:
        super().__init__(least, hours)
        self._key = key

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Set both, and show the card."""
        tastes = cast("Bot", interaction.client).services.tastes
        server, who = server_of(interaction), who_asks(interaction)
        await show_instead(interaction, await tastes.fill(server, self._key, who, self.votes.value, self.hours.value))


class FollowButton(Pressable, template=_BUTTON):
    """A button of the card."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Do what it says, and show the card as it is now."""
        tastes, server, who = bot.services.tastes, server_of(interaction), who_asks(interaction)
        press, key, on = self.match["press"], int(self.match["key"]), self.match["word"] == "on"
        if press == "form":
            await interaction.response.send_modal(_FollowForm(key, *await tastes.form(server, key)))
        else:
            card = await tastes.switch(server, key, who, press, on=on, lacks=lacks_in(interaction))
            await show_instead(interaction, card)


class FollowingPage(Pressable, template=re.compile(r"following:page:(?P<page>[0-9]{1,4})")):
    """A button to another page of `/following`."""

    for_all = True

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Show that page, as things stand now."""
        await show_instead(interaction, await following_page(bot, interaction, int(self.match["page"])))


class FollowList(discord.ui.DynamicItem[discord.ui.Item[Any]], template=_LIST):
    """A list of the card, and the one under `/following`."""

    def __init__(self, menu: discord.ui.Item[Any], match: re.Match[str]) -> None:
        """Take the list as the message has it."""
        super().__init__(menu)
        self._list, self._key = match["list"], int(match["key"] or 0)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the list that was chosen from."""
        del interaction
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction) -> None:
        """Set what was chosen, and show the card as it is now."""
        bot = cast("Bot", interaction.client)
        try:
            if await bot.serves(interaction):
                await check_role(interaction)
                await show_instead(interaction, await self._choose(interaction, bot.services.tastes))
        except Exception as error:  # noqa: BLE001 - as under a button
            await bot.answer_failure(interaction, error)

    async def _choose(self, interaction: discord.Interaction, tastes: Tastes) -> Answer:
        data: Any = interaction.data or {}
        values: list[str] = data.get("values", [])
        server, who = server_of(interaction), who_asks(interaction)
        match self._list:
            case "choose":
                return await tastes.card(server, int(values[0]))
            case "kinds":
                return await tastes.kinds(server, self._key, who, values)
            case "rolls":
                return await tastes.roll_up(server, self._key, who, int(values[0]))
            case _:
                return await tastes.mention(server, self._key, who, int(values[0]) if values else None)


async def setup(bot: Bot) -> None:
    """Let the bot know what is on the card."""
    bot.add_dynamic_items(FollowButton, FollowingPage, FollowList)


async def teardown(bot: commands.Bot) -> None:
    """Let the bot forget it."""
    bot.remove_dynamic_items(FollowButton, FollowingPage, FollowList)
