"""`/source`: of which sources the newsroom posts nothing for now, and which one leads a contest."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot
from cogs.asker import check_role, server_of, who_asks
from cogs.options import ContestOption, LeadOption, Reason, SourceOption


class Sources(commands.Cog):
    """Mutes sources, and lets them lead."""

    def __init__(self, bot: Bot) -> None:
        """Set through the bot's services."""
        self._services = bot.services

    source = app_commands.Group(name="source", description="The sources of the count", guild_only=True)

    @source.command(name="mute", description="Post nothing of a source in this server for now")
    @app_commands.describe(source="The source", reason="Why; kept with who did it")
    async def mute(self, interaction: discord.Interaction, source: SourceOption, reason: Reason | None = None) -> None:
        """Hold what tells a source's word."""
        await check_role(interaction)
        answer = await self._services.control.mute(source, server_of(interaction), who_asks(interaction), reason)
        await interaction.response.send_message(answer, ephemeral=True)

    @source.command(name="unmute", description="Post what a source says again, and what waited")
    @app_commands.describe(source="The source", reason="Why; kept with who did it")
    async def unmute(
        self, interaction: discord.Interaction, source: SourceOption, reason: Reason | None = None
    ) -> None:
        """Let what tells a source's word go."""
        await check_role(interaction)
        answer = await self._services.control.unmute(source, server_of(interaction), who_asks(interaction), reason)
        await interaction.response.send_message(answer, ephemeral=True)

    @source.command(name="lead", description="Say which source leads a contest: posts go by its figures")
    @app_commands.describe(
        contest="The contest", source="The source, or as in the desk file", reason="Why; kept with who did it"
    )
    async def lead(
        self, interaction: discord.Interaction, contest: ContestOption, source: LeadOption, reason: Reason | None = None
    ) -> None:
        """Let a source lead a contest."""
        await check_role(interaction)
        asked, server = self._services.following.contest(contest), server_of(interaction)
        answer = await self._services.leading.lead(asked, source, server, who_asks(interaction), reason)
        await interaction.response.send_message(answer, ephemeral=True)


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(Sources(bot))
