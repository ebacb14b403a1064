"""The buttons under a question to the desk: Publish and Drop, whether a post arrived, what is told after a restore."""

import re
from typing import Any, Self, cast

import discord
from discord.ext import commands
from discord.utils import MISSING

from bot.client import Bot
from bot.operations.restored import RESTORE_PRESSES, RestorePress
from bot.outbox.decisions import PRESSES, Press
from bot.outbox.discord import view_of
from cogs.asking import check_role, server_of, who_asks
from cogs.buttons import Pressable

_KEY = re.compile(rf"(?P<press>{'|'.join(PRESSES)}):(?P<row>[0-9]{{1,18}})")


_RESTORE = re.compile(rf"restored:(?P<press>{'|'.join(RESTORE_PRESSES)}):(?P<key>[0-9]{{1,18}})")


class Decide(discord.ui.DynamicItem[discord.ui.Button[Any]], template=_KEY):
    """A button that decides on a row of the outbox; its key says all, so that it works after any restart."""

    def __init__(self, button: discord.ui.Button[Any], press: Press, row: int) -> None:
        """Take the button as the message has it."""
        super().__init__(button)
        self._press = press
        self._key = row

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the button that was pressed."""
        del interaction
        return cls(cast("discord.ui.Button[Any]", item), cast("Press", match["press"]), int(match["row"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Decide, and reply to who pressed."""
        bot = cast("Bot", interaction.client)
        try:
            if not await bot.serves(interaction):
                return
            await check_role(interaction)
            server, who = server_of(interaction), who_asks(interaction)
            answer = await bot.rooms.outbox.approval.press(self._press, self._key, server, who)
            await interaction.response.send_message(answer, ephemeral=True)
        except Exception as error:  # noqa: BLE001 - who pressed is answered, whatever it was; our own faults are logged
            await bot.answer_failure(interaction, error)


class AnswerRestore(Pressable, template=_RESTORE):
    """A button under the notice that the database was restored."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Show what changed since the copy, post it or drop it."""
        press, key = cast("RestorePress", self.match["press"]), int(self.match["key"])
        answer = await bot.rooms.operations.restore.press(press, key, server_of(interaction), who_asks(interaction))
        view = view_of(answer.buttons) if answer.buttons else MISSING
        embeds = [discord.Embed.from_dict(dict(embed)) for embed in answer.embeds]
        await interaction.response.send_message(answer.content, embeds=embeds, view=view, ephemeral=True)


async def setup(bot: Bot) -> None:
    """Let the bot know the buttons."""
    bot.add_dynamic_items(Decide, AnswerRestore)


async def teardown(bot: commands.Bot) -> None:
    """Let the bot forget the buttons."""
    bot.remove_dynamic_items(Decide, AnswerRestore)
