"""`/county` and `/outstanding`: places, and what is left there."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot
from cogs.answering import answer, asked
from cogs.options import ContestOption, CountyOption, Time


class Places(commands.Cog):
    """Places, and what is left there."""

    def __init__(self, bot: Bot) -> None:
        """Answer through the bot's services."""
        self._questions = bot.services.questions

    @app_commands.command(description="Where one county stands, what it added last, and how fresh that is")
    @app_commands.describe(contest="The contest", county="The county, town or parish", at="An earlier time")
    @app_commands.guild_only()
    async def county(
        self, interaction: discord.Interaction, contest: ContestOption, county: CountyOption, at: Time | None = None
    ) -> None:
        """Answer with what is known of one reporting unit."""
        question = await asked(interaction, self._questions, contest, at)
        await answer(interaction, await self._questions.places.county(question, county))

    @app_commands.command(description="Ballots left, by whose word, beside the margin")
    @app_commands.describe(contest="The contest", at="An earlier time")
    @app_commands.guild_only()
    async def outstanding(
        self, interaction: discord.Interaction, contest: ContestOption, at: Time | None = None
    ) -> None:
        """Answer with what is left to count."""
        question = await asked(interaction, self._questions, contest, at)
        await answer(interaction, await self._questions.places.outstanding(question))


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(Places(bot))
