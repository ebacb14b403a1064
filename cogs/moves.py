"""`/since`, `/history` and `/chart`: how the count moved."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot
from cogs.answering import answer, asked
from cogs.options import ContestOption, Time


class Moves(commands.Cog):
    """How the count moved."""

    def __init__(self, bot: Bot) -> None:
        """Answer through the bot's services."""
        self._questions = bot.services.questions

    @app_commands.command(description="What changed since a time: the net change, all batches together, as a sentence")
    @app_commands.describe(
        contest="The contest",
        since="From when on: 3:05, 7:30 p.m., yesterday 7pm, 20 min ago",
        at="Up to an earlier time",
    )
    @app_commands.guild_only()
    async def since(
        self, interaction: discord.Interaction, contest: ContestOption, since: Time, at: Time | None = None
    ) -> None:
        """Answer with the net change since a time."""
        question = await asked(interaction, self._questions, contest, at)
        await answer(interaction, await self._questions.moves.since(question, since))

    @app_commands.command(description="The last batches of votes, one by one, with the lead after each")
    @app_commands.describe(contest="The contest", at="Up to an earlier time")
    @app_commands.guild_only()
    async def history(self, interaction: discord.Interaction, contest: ContestOption, at: Time | None = None) -> None:
        """Answer with the last batches."""
        question = await asked(interaction, self._questions, contest, at)
        await answer(interaction, await self._questions.moves.history(question))

    @app_commands.command(description="The margin over time as a picture, each batch marked")
    @app_commands.describe(
        contest="The contest", since="From when on; by default from the start", at="Up to an earlier time"
    )
    @app_commands.guild_only()
    async def chart(
        self,
        interaction: discord.Interaction,
        contest: ContestOption,
        since: Time | None = None,
        at: Time | None = None,
    ) -> None:
        """Answer with a chart, which takes a second to be drawn."""
        question = await asked(interaction, self._questions, contest, at)
        await interaction.response.defer(ephemeral=True)
        await answer(interaction, await self._questions.charts.chart(question, since))


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(Moves(bot))
