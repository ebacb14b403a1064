"""`/margin`: where the count stands."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot
from bot.tally.standing_words import margin_answer
from cogs.answering import answer, asked
from cogs.options import ContestOption, Time


class Margins(commands.Cog):
    """Questions about the count."""

    def __init__(self, bot: Bot) -> None:
        """Answer through the bot's services."""
        self._services = bot.services

    @app_commands.command(description="Who leads and by how much, as of when and by whom")
    @app_commands.describe(
        contest="The contest", at="An earlier time: 3:05, 7:30 p.m., yesterday 7pm, Nov. 6 4:30 a.m."
    )
    @app_commands.guild_only()
    async def margin(self, interaction: discord.Interaction, contest: ContestOption, at: Time | None = None) -> None:
        """Answer with the margin, seen by the asker only."""
        services = self._services
        question = await asked(interaction, services.questions, contest, at)
        facts = await services.query.margin(question.contest, question.server, question.at)
        await answer(interaction, question.shareable(margin_answer(facts, question.setting)))


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(Margins(bot))
