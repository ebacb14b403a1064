"""`/export`: a contest's whole history as a file."""

import io
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers.export import export_answer
from bot.client import Bot
from bot.feeds.ballot import slug
from bot.follows.levels import Level
from cogs.callers import contest_of, who_asks
from cogs.guards import caller_of, guard, sight
from cogs.options import CONTEST, ContestOption


class ExportCommands(commands.Cog):
    """The command to download a contest's history."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    @app_commands.command(description="A file of everything on a contest")
    @app_commands.describe(contest=CONTEST, file="csv for a spreadsheet, json for everything")
    @app_commands.guild_only()
    @guard(Level.DESK)
    async def export(
        self,
        interaction: discord.Interaction,
        contest: ContestOption | None = None,
        file: Literal["csv", "json"] = "csv",
    ) -> None:
        """Reply with a file that only the asker sees."""
        rooms = self.bot.rooms
        asked = await contest_of(interaction, contest)
        await interaction.response.defer(ephemeral=True, thinking=True)  # it may take longer than three seconds
        caller, who, now = caller_of(interaction, staff=True), who_asks(interaction), rooms.clock.now()
        at = now.astimezone(rooms.setting.desk.zone)
        history = await rooms.answers.export.file(asked, file, caller, who, at, sight(interaction))
        name = "-".join(part for part in (slug(rooms.setting.loud_mark), history.name) if part)  # test-data-rehearsal-…
        attached = discord.File(io.BytesIO(history.body), name)
        await interaction.followup.send(export_answer(asked, rooms.setting), file=attached, ephemeral=True)


async def setup(bot: Bot) -> None:
    """Add the command to the bot."""
    await bot.add_cog(ExportCommands(bot))
