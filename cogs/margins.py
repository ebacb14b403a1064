"""`/margin`: where the count stands."""

from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands

from bot.answers.asking import past_time
from bot.client import Bot
from bot.tally.standing_words import margin_answer
from bot.wording.context import may_be_named
from bot.wording.question import share_key
from cogs.answering import answer
from cogs.asker import NotAllowedError
from cogs.options import ContestOption


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
    async def margin(
        self,
        interaction: discord.Interaction,
        contest: ContestOption,
        at: app_commands.Range[str, 1, 60] | None = None,
    ) -> None:
        """Answer with the margin, seen by the asker only."""
        services = self._services
        asked = services.following.contest(contest)
        public = await services.desk_store.is_public(interaction.channel_id or 0)
        setting = replace(services.setting, public=public)
        moment = past_time(at, services.clock.now(), setting.desk.zone) if at else None
        facts = await services.query.margin(asked, interaction.guild_id or 0, moment)
        if not may_be_named(facts.source, setting):
            raise NotAllowedError("what is known of that contest is for the newsroom only; ask in a channel of its own")
        await answer(interaction, replace(margin_answer(facts, setting), share=share_key(asked, setting)))


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(Margins(bot))
