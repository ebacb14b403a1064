"""Buttons whose keys say all."""

import re
from typing import Any, ClassVar, Self, cast

import discord

from bot.client import Bot
from cogs.asker import check_role


class Pressable(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"$^"):
    """A button whose key says all, so that it works after any restart."""

    for_all: ClassVar[bool] = False
    """False: only the desk may press it."""

    def __init__(self, button: discord.ui.Button[Any], match: re.Match[str]) -> None:
        """Take the button as the message has it."""
        super().__init__(button)
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the button that was pressed."""
        del interaction
        return cls(cast("discord.ui.Button[Any]", item), match)

    async def callback(self, interaction: discord.Interaction) -> None:
        """Do what it says, and answer who pressed."""
        bot = cast("Bot", interaction.client)
        try:
            if await bot.serves(interaction):
                if not self.for_all:
                    await check_role(interaction)
                await self.press(bot, interaction)
        except Exception as error:  # noqa: BLE001 - who pressed is answered, whatever it was; our own faults are logged
            await bot.answer_failure(interaction, error)

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Do what it says."""
        raise NotImplementedError
