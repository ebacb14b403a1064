"""`/export`: a contest's whole history as a file."""

import io
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers.export import export_answer
from bot.client import Bot
from bot.follows.levels import Level
from cogs.asking import server_of
from cogs.guards import guard, sight
from cogs.options import ContestOption


class ExportCommands(commands.Cog):
    """Hands over histories."""

    def __init__(self, bot: Bot) -> None:
        """Read through the bot's rooms."""
        self._rooms = bot.rooms

    @app_commands.command(description="All readings, holds, entries and posts of a contest, as a file")
    @app_commands.describe(contest="The contest", file="csv: for a spreadsheet. json: everything")
    @app_commands.guild_only()
    @guard(Level.DESK)
    async def export(
        self, interaction: discord.Interaction, contest: ContestOption, file: Literal["csv", "json"] = "csv"
    ) -> None:
        """Answer with a file that only the asker sees."""
        rooms = self._rooms
        asked = rooms.follows.contest(contest)
        await interaction.response.defer(ephemeral=True, thinking=True)  # it may take longer than three seconds
        day = rooms.clock.now().astimezone(rooms.setting.desk.zone).date().isoformat()
        history = await rooms.answers.export.file(asked, file, server_of(interaction), day, sight(interaction))
        attached = discord.File(io.BytesIO(history.body), history.name)
        await interaction.followup.send(export_answer(asked), file=attached, ephemeral=True)


async def setup(bot: Bot) -> None:
    """Add the command to the bot."""
    await bot.add_cog(ExportCommands(bot))
