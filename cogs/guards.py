"""The level that something needs: `@guard(Level.DESK)` on a command, a button, a list or a form.

Discord can hide only whole top-level commands. Commands for managers alone are therefore in the group `/desk`, which
Discord shows only to people with Manage Server. Everybody may use `/following`, but some of its buttons are for
managers.
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

_REFUSALS = {
    Level.REPORTER: "you need the reporter or desk role, or permission to manage the server",
    Level.DESK: "you need the desk role, or permission to manage the server",
    Level.MANAGER: "you need the manager role, or permission to manage the server",
    Level.OWNER: "you need permission to manage the server",
}


class NotAllowedError(TallydeskError):
    """Raised if a person or the bot lacks the right to do something."""


class _RefusedError(app_commands.CheckFailure):
    """Raised if a command's check fails. The reason is the error's `__cause__`."""


def guard(level: Level, called: str = "") -> Callable[[T], T]:
    """Return a decorator that requires at least a level for a command, button, list or form.

    `called` is the name of a button or list in the docs' table of permissions. For a command, the guard is a
    discord.py check, which runs before the options are parsed. For a button, list or form, decorate the class. Its
    base class runs the check (`cogs/buttons.py`).
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
    """Return the level that a command requires.

    Raises:
        ValueError: the command has no guard, or more than one.
    """
    (level,) = [check.level for check in command.checks if hasattr(check, "level")]
    return cast("Level", level)


async def level_here(interaction: discord.Interaction) -> Level:
    """Return the person's level in the server of the interaction, or `Level.ANYONE` outside of servers."""
    roles = [role.id for role in interaction.user.roles] if isinstance(interaction.user, discord.Member) else []
    if is_outside(interaction) or interaction.guild_id is None:
        return Level.ANYONE  # roles in a server without the bot say nothing about the newsroom
    set_roles = await bot_of(interaction).rooms.follows.servers.roles(interaction.guild_id)
    return set_roles.level(roles, manages_server=interaction.permissions.manage_guild)


async def admit(interaction: discord.Interaction, level: Level) -> None:
    """Check that the person has the level `level`, and charge the request to their quota.

    Raises:
        NotAllowedError: the person is below the level. The message names who may.
        QuotaError: the person, or their server, has used up the allowance.
    """
    here = await level_here(interaction)
    bot_of(interaction).rooms.quotas.use(caller_of(interaction, staff=here > Level.ANYONE))
    if here < level:
        raise NotAllowedError(_REFUSALS[level])


def caller_of(interaction: discord.Interaction, *, staff: bool = False) -> Caller:
    """Return the person and the server to whose quotas the request is charged.

    `staff`: True if the person has a role in the newsroom.
    """
    return Caller(0 if is_outside(interaction) else interaction.guild_id or 0, interaction.user.id, staff)


def sight(interaction: discord.Interaction) -> Sees:
    """Return a function that returns True for each channel that the person sees."""
    return partial(sees, interaction)


def check_seen(interaction: discord.Interaction, *channels: int | None) -> None:
    """Check that the person sees all of these channels. None is skipped.

    Raises:
        NotAllowedError: the person does not see one of the channels.
    """
    if not all(channel is None or sees(interaction, channel) for channel in channels):
        raise NotAllowedError("that is in a channel you can't see")


def sees(interaction: discord.Interaction, channel: int) -> bool:
    """Return True if the person sees a channel or thread of the server.

    If the bot doesn't know a channel, because it was deleted or is hidden from the bot, only administrators see it.
    Nobody sees a channel of another server. The bot doesn't know who is in a private thread. Outside of that thread,
    the result is therefore True only for people who manage threads.
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
