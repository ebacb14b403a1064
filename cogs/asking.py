"""Who asks, and whether they may."""

import discord

from bot.client import Services
from bot.errors import TallydeskError


class NotAllowedError(TallydeskError):
    """Who asks may not do this."""


async def check_role(interaction: discord.Interaction, services: Services) -> None:
    """Refuse who has neither the desk's role nor the permission to manage the server."""
    roles = [role.id for role in interaction.user.roles] if isinstance(interaction.user, discord.Member) else []
    manages = interaction.permissions.manage_guild
    if not await services.following.may_write(server_of(interaction), roles, manages_server=manages):
        raise NotAllowedError("that takes the desk's role, or the permission to manage the server")


def server_of(interaction: discord.Interaction) -> int:
    """Return the server that an interaction comes from; commands are for servers only."""
    return interaction.guild_id or 0


def who_of(interaction: discord.Interaction) -> str:
    """Return who asks, for the audit: a name that people know and an id that stays."""
    return f"{interaction.user.name} ({interaction.user.id})"
