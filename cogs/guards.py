"""Who may do what, declared once: `@guard(Level.DESK)` on a command, a button, a list or a form.

Discord hides whole top-level commands only: what is for managers alone is in `/desk`, whose group asks Discord to show it only
to who may manage the server, and nothing else is. `/following`, which everybody may ask, has buttons that take the managers' role.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

import discord
from discord import app_commands

from bot.client import bot_of, is_outside
from bot.errors import TallydeskError
from bot.follows.levels import Level, Sees
from bot.quotas import Caller, QuotaError

T = TypeVar("T")

_TAKES = {
    Level.REPORTER: "you need the reporter or desk role, or permission to manage the server",
    Level.DESK: "you need the desk role, or permission to manage the server",
    Level.MANAGER: "you need the manager role, or permission to manage the server",
    Level.OWNER: "you need permission to manage the server",
}


class NotAllowedError(TallydeskError):
    """Who asks may not do this."""


class _RefusedError(app_commands.CheckFailure):
    """A command is refused; why is its cause."""


def guard(level: Level, called: str = "") -> Callable[[T], T]:
    """Return a decorator that lets only members at a level, or above it, use what it decorates.

    `called`: what the table of permissions in the docs calls a button or a list. A command's check runs before its options
    are read. Of a button, list or form the class is decorated, and its base class asks (`cogs/buttons.py`).
    """

    async def may(interaction: discord.Interaction) -> bool:
        try:
            await admit(interaction, level)
        except (NotAllowedError, QuotaError) as error:
            raise _RefusedError(str(error)) from error
        return True

    def decorate(guarded: T) -> T:
        if isinstance(guarded, type):
            cast("Any", guarded).level, cast("Any", guarded).called = level, called
            return guarded
        may.level = level  # type: ignore[attr-defined]  # as the tests and the docs read it
        return app_commands.check(may)(guarded)

    return decorate


def level_of(command: app_commands.Command[Any, ..., Any] | app_commands.ContextMenu) -> Level:
    """Return the level that a command takes.

    Raises:
        ValueError: it has no guard, or more than one.

    """
    (level,) = [check.level for check in command.checks if hasattr(check, "level")]
    return cast("Level", level)


async def level_here(interaction: discord.Interaction) -> Level:
    """Return what who asks may do in the server in which they do."""
    roles = [role.id for role in interaction.user.roles] if isinstance(interaction.user, discord.Member) else []
    if is_outside(interaction) or interaction.guild_id is None:
        return Level.ANYONE  # what somebody may do in a server that the bot is not in says nothing of the newsroom
    set_roles = await bot_of(interaction).rooms.follows.servers.roles(interaction.guild_id)
    return set_roles.level(roles, manages_server=interaction.permissions.manage_guild)


async def admit(interaction: discord.Interaction, level: Level) -> None:
    """Refuse who is below a level, and who has asked for too much.

    Raises:
        NotAllowedError: they are below it; it says whom it takes.
        QuotaError: they, or their server, have used up their allowance.

    """
    here = await level_here(interaction)
    bot_of(interaction).rooms.quotas.use(caller_of(interaction, staff=here > Level.ANYONE))
    if here < level:
        raise NotAllowedError(_TAKES[level])


def caller_of(interaction: discord.Interaction, *, staff: bool = False) -> Caller:
    """Return whose allowance is used; `staff`: they have a role in the newsroom."""
    return Caller(0 if is_outside(interaction) else interaction.guild_id or 0, interaction.user.id, staff)


def sight(interaction: discord.Interaction) -> Sees:
    """Return what says which channels who asks sees."""
    return partial(sees, interaction)


def check_seen(interaction: discord.Interaction, *channels: int | None) -> None:
    """Refuse a channel that who asks does not see; None: there is no channel to check.

    Raises:
        NotAllowedError: there is one.

    """
    if not all(channel is None or sees(interaction, channel) for channel in channels):
        raise NotAllowedError("that is in a channel you can't see")


def sees(interaction: discord.Interaction, channel: int) -> bool:
    """Return whether who asks sees a channel or thread of the server.

    One that the bot does not know, because it is gone or hidden from the bot, is seen by administrators: they see all. Nobody
    sees one of another server. Who is in a private thread the bot is not told: outside of it, who manages threads is known to
    see it, and nobody else.
    """
    if channel == interaction.channel_id:
        return True
    guild, user = interaction.guild, interaction.user
    place = guild.get_channel_or_thread(channel) if guild else None
    parent = place.parent if isinstance(place, discord.Thread) else place
    if place is None or parent is None or not isinstance(user, discord.Member):
        return interaction.permissions.administrator and interaction.client.get_channel(channel) is None
    may = parent.permissions_for(user)
    return may.view_channel and (may.manage_threads or place.type is not discord.ChannelType.private_thread)
