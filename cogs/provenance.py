"""`/sources` and `/why`: who says what, and where a post came from."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot
from bot.errors import BadInputError
from cogs.answering import answer, asked
from cogs.asker import sees, server_of
from cogs.options import ContestOption, PostOption, Time


class Provenance(commands.Cog):
    """Where things come from."""

    def __init__(self, bot: Bot) -> None:
        """Answer through the bot's services."""
        self._questions = bot.services.questions

    @app_commands.command(description="Who says what, as of when, when last checked, how long silent, and which leads")
    @app_commands.describe(contest="The contest", at="An earlier time")
    @app_commands.guild_only()
    async def sources(self, interaction: discord.Interaction, contest: ContestOption, at: Time | None = None) -> None:
        """Answer with each source's word."""
        question = await asked(interaction, self._questions, contest, at)
        await answer(interaction, await self._questions.provenance.sources(question))

    @app_commands.command(description="Where a post came from; or, of a contest, what was not posted and why")
    @app_commands.describe(post="The post; its small last line has the number", contest="What of it was not posted")
    @app_commands.guild_only()
    async def why(
        self, interaction: discord.Interaction, post: PostOption | None = None, contest: ContestOption | None = None
    ) -> None:
        """Answer with a post's way, or with what was not posted."""
        questions, server, channel = self._questions, server_of(interaction), interaction.channel_id or 0
        if post is not None:
            said = await questions.provenance.why(server, channel, post, lambda where: sees(interaction, where))
            return await answer(interaction, said)
        only = None if contest else await questions.asking.only_contest(server, channel)
        typed = contest or (only.id if only else None)
        if typed is None:
            raise BadInputError("name a post by its number, or a contest, to hear why")
        return await answer(interaction, await questions.provenance.why_not(await asked(interaction, questions, typed)))


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(Provenance(bot))
