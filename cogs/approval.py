"""The buttons under a question to the desk: Publish and Drop, and whether a post arrived."""

import re
from typing import cast

import discord
from discord.ext import commands

from bot.client import Bot
from bot.follows.levels import Level
from bot.outbox.decisions import PRESSES, Press
from cogs.asking import server_of, who_asks
from cogs.buttons import Pressable
from cogs.guards import guard

_KEY = re.compile(rf"(?P<press>{'|'.join(PRESSES)}):(?P<row>[0-9]{{1,18}})")


@guard(Level.DESK, "**Publish** and **Drop** under a question; **It is there**, **It is not**, **Drop it**")
class Decide(Pressable, template=_KEY):
    """A button that decides on a row of the outbox."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Decide, and reply to who pressed."""
        press, row = cast("Press", self.match["press"]), int(self.match["row"])
        answer = await bot.rooms.outbox.approval.press(press, row, server_of(interaction), who_asks(interaction))
        await interaction.response.send_message(answer, ephemeral=True)


async def setup(bot: Bot) -> None:
    """Let the bot know the buttons."""
    bot.add_dynamic_items(Decide)


async def teardown(bot: commands.Bot) -> None:
    """Let the bot forget the buttons."""
    bot.remove_dynamic_items(Decide)
