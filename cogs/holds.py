"""The buttons under a notice that a reading is held: Post, Wait and Drop."""

import re
from typing import cast

import discord
from discord.ext import commands
from discord.utils import MISSING

from bot.client import Bot
from bot.outbox.discord import view_of
from bot.tally.holds import HOLD_PRESSES, HoldPress
from cogs.asker import server_of, who_asks
from cogs.pressable import Pressable

_KEY = re.compile(
    rf"hold:(?P<press>{'|'.join(HOLD_PRESSES)}):(?P<series>[0-9]{{1,18}}):(?P<since>[0-9]{{1,18}})"
    "(?::(?P<figures>[0-9a-f]{16}))?"
)
"""A button without figures was posted by an earlier version: it decides about nothing, and shows what is held."""


class AnswerHold(Pressable, template=_KEY):
    """A button that answers a hold; its key says all, so that it works after any restart."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Answer the hold, and who pressed."""
        press = cast("HoldPress", self.match["press"])
        key = (int(self.match["series"]), int(self.match["since"]), self.match["figures"])
        answer = await bot.services.holds.press(press, *key, server_of(interaction), who_asks(interaction))
        view = view_of(answer.buttons) if answer.buttons else MISSING
        await interaction.response.send_message(answer.content, view=view, ephemeral=True)


async def setup(bot: Bot) -> None:
    """Let the bot know the buttons."""
    bot.add_dynamic_items(AnswerHold)


async def teardown(bot: commands.Bot) -> None:
    """Let the bot forget the buttons."""
    bot.remove_dynamic_items(AnswerHold)
