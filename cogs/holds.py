"""The buttons under a notice that a reading is held: Post, Wait and Drop."""

import re
from typing import Any, Self, cast

import discord
from discord.ext import commands

from bot.client import Bot
from bot.service.holds import HOLD_PRESSES, HoldPress
from cogs.asker import check_role, server_of, who_asks

_KEY = re.compile(rf"hold:(?P<press>{'|'.join(HOLD_PRESSES)}):(?P<series>[0-9]{{1,18}}):(?P<since>[0-9]{{1,18}})")


class AnswerHold(discord.ui.DynamicItem[discord.ui.Button[Any]], template=_KEY):
    """A button that answers a hold; its key says all, so that it works after any restart."""

    def __init__(self, button: discord.ui.Button[Any], match: re.Match[str]) -> None:
        """Take the button as the message has it."""
        super().__init__(button)
        self._press = cast("HoldPress", match["press"])
        self._series, self._since = int(match["series"]), int(match["since"])

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the button that was pressed."""
        del interaction
        return cls(cast("discord.ui.Button[Any]", item), match)

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answer the hold, and who pressed."""
        bot = cast("Bot", interaction.client)
        try:
            if not await bot.serves(interaction):
                return
            await check_role(interaction)
            server, who = server_of(interaction), who_asks(interaction)
            answer = await bot.services.holds.press(self._press, self._series, self._since, server, who)
            await interaction.response.send_message(answer, ephemeral=True)
        except Exception as error:  # noqa: BLE001 - who pressed is answered, whatever it was; our own faults are logged
            await bot.answer_failure(interaction, error)


async def setup(bot: Bot) -> None:
    """Let the bot know the buttons."""
    bot.add_dynamic_items(AnswerHold)


async def teardown(bot: commands.Bot) -> None:
    """Let the bot forget the buttons."""
    bot.remove_dynamic_items(AnswerHold)
