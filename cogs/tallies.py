"""`/tally retract`: take back what the desk entered."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.correction import retraction_answer
from bot.client import Bot
from cogs.asker import check_role, server_of, who_asks
from cogs.options import EntryOption


class Tallies(commands.Cog):
    """What staff enter, and take back."""

    def __init__(self, bot: Bot) -> None:
        """Enter through the bot's services."""
        self._services = bot.services

    tally = app_commands.Group(name="tally", description="What the desk knows that no feed says", guild_only=True)

    @tally.command(description="Take back an entry of the desk, in the open")
    @app_commands.describe(post="The entry's post; its small last line has the number", why="Why it is taken back")
    async def retract(
        self, interaction: discord.Interaction, post: EntryOption, why: app_commands.Range[str, 3, 600]
    ) -> None:
        """Let an entry count no more, and say so wherever it was posted."""
        await check_role(interaction)
        done = await self._services.corrections.retract(server_of(interaction), post, why, who_asks(interaction))
        answer = retraction_answer(done.channels, done.dropped, done.unfound, done.late)
        await interaction.response.send_message(answer, ephemeral=True)


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(Tallies(bot))
