"""`/standing`, `/certified`, `/recount` and `/draft`: where a contest stands, and the same as copy."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot
from cogs.answering import answer, asked
from cogs.options import ContestOption, Time


class Standing(commands.Cog):
    """Where a contest stands."""

    def __init__(self, bot: Bot) -> None:
        """Answer through the bot's services."""
        self._questions = bot.services.questions

    @app_commands.command(description="Everything on one card: margin, last batches, recount, certified, ballots left")
    @app_commands.describe(contest="The contest", at="An earlier time")
    @app_commands.guild_only()
    async def standing(self, interaction: discord.Interaction, contest: ContestOption, at: Time | None = None) -> None:
        """Answer with everything on one card."""
        question = await asked(interaction, self._questions, contest, at)
        await answer(interaction, await self._questions.standing.standing(question))

    @app_commands.command(description="How many counties have certified, says who, and until when the rest have")
    @app_commands.describe(contest="The contest", at="An earlier time")
    @app_commands.guild_only()
    async def certified(self, interaction: discord.Interaction, contest: ContestOption, at: Time | None = None) -> None:
        """Answer with how far certification is."""
        question = await asked(interaction, self._questions, contest, at)
        await answer(interaction, await self._questions.standing.certified(question))

    @app_commands.command(description="Inside the recount line or not, by which rule, who may ask and by when")
    @app_commands.describe(contest="The contest", at="An earlier time")
    @app_commands.guild_only()
    async def recount(self, interaction: discord.Interaction, contest: ContestOption, at: Time | None = None) -> None:
        """Answer with where the margin stands against the recount line."""
        question = await asked(interaction, self._questions, contest, at)
        await answer(interaction, await self._questions.standing.recount(question))

    @app_commands.command(description="Copy: the facts as a live-blog line and as a post of at most 300 characters")
    @app_commands.describe(contest="The contest", at="An earlier time")
    @app_commands.guild_only()
    async def draft(self, interaction: discord.Interaction, contest: ContestOption, at: Time | None = None) -> None:
        """Answer with copy."""
        question = await asked(interaction, self._questions, contest, at)
        await answer(interaction, await self._questions.standing.draft(question))


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(Standing(bot))
