"""Buttons under questions to the desk: Publish and Discard, whether a post arrived, what to post after a restore."""

import re
from typing import cast

import discord

from bot.client import Bot
from bot.follows.levels import Level
from bot.operations.restored import RESTORE_PRESSES, RestorePress
from bot.outbox.approval import APPROVAL_PRESSES, ApprovalPress
from cogs.buttons import Pressable
from cogs.callers import answer, server_of, who_asks
from cogs.guards import guard


@guard(Level.DESK, "**Publish** and **Discard** under a question; **It is there**, **Not there**, **Discard it**")
class ApprovalButton(
    Pressable, template=re.compile(rf"(?P<press>{'|'.join(APPROVAL_PRESSES)}):(?P<row>[0-9]{{1,18}})")
):
    """A button with which the desk publishes or discards a post, or reports whether it arrived."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Apply the desk's decision, and reply with the result."""
        press, row = cast("ApprovalPress", self.match["press"]), int(self.match["row"])
        text = await bot.rooms.outbox.approval.press(press, row, server_of(interaction), who_asks(interaction))
        await answer(interaction, text)


@guard(Level.DESK, "the buttons under the notice that the database was restored")
class AnswerRestore(
    Pressable, template=re.compile(rf"restored:(?P<press>{'|'.join(RESTORE_PRESSES)}):(?P<key>[0-9]{{1,18}})")
):
    """A button under the notice that the database was restored."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Show the changes since the backup, or post or discard them."""
        press, key = cast("RestorePress", self.match["press"]), int(self.match["key"])
        restore = bot.rooms.operations.restore
        await answer(interaction, await restore.press(press, key, server_of(interaction), who_asks(interaction)))


async def setup(bot: Bot) -> None:
    """Add the buttons to the bot."""
    bot.add_dynamic_items(ApprovalButton, AnswerRestore)
