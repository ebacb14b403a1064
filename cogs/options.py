"""Options that several commands have, with what comes up as one types."""

import discord
from discord import app_commands

from bot.client import Bot

MOST_CHOICES = 25


class _Contest(app_commands.Transformer):
    """A contest of the desk file, chosen from a list or typed."""

    async def transform(self, interaction: discord.Interaction, value: str) -> str:  # noqa: ARG002 - as discord.py has it
        """Return what was typed: the command finds the contest, and says so where there is none."""
        return value

    async def autocomplete(self, interaction: discord.Interaction, value: str) -> list[app_commands.Choice[str]]:  # type: ignore[override]  # discord.py's own examples narrow it so
        """Return the contests that match what was typed so far."""
        client = interaction.client
        if not isinstance(client, Bot):
            return []
        found = client.services.following.matching(value)[:MOST_CHOICES]
        return [app_commands.Choice(name=_shown(contest.name, contest.where), value=contest.id) for contest in found]


class _Source(app_commands.Transformer):
    """A source of the desk file, chosen from a list or typed."""

    async def transform(self, interaction: discord.Interaction, value: str) -> str:  # noqa: ARG002 - as discord.py has it
        """Return what was typed: the command finds the source, and says so where there is none."""
        return value

    async def autocomplete(self, interaction: discord.Interaction, value: str) -> list[app_commands.Choice[str]]:  # type: ignore[override]  # as above
        """Return the sources that match what was typed so far."""
        client = interaction.client
        if not isinstance(client, Bot):
            return []
        found = client.services.control.matching(value)[:MOST_CHOICES]
        return [app_commands.Choice(name=source.name[:100], value=source.id) for source in found]


def _shown(name: str, where: str | None) -> str:
    return (f"{name} · {where}" if where and where != name else name)[:100]


ContestOption = app_commands.Transform[str, _Contest]
SourceOption = app_commands.Transform[str, _Source]
Reason = app_commands.Range[str, 1, 300]
"""Why an editor did something, for the audit."""
