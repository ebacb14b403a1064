"""What all commands share: who asks, what the bot may do there, and the ephemeral reply to the caller."""

import discord
from discord import app_commands
from discord.utils import MISSING

from bot.answers.answers import Answers
from bot.client import NEEDED
from bot.follows.levels import Level
from bot.outbox.discord import file_of, view_of
from bot.wording.draft import Answer
from bot.wording.question import Question, share_button
from cogs.guards import NotAllowedError, level_here, unnamed

SERVERS = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
"""Where commands can be used: in servers. Discord's older `dm_permission`, which says the same, is deprecated."""


def server_of(interaction: discord.Interaction) -> int:
    """Return the server in which it was asked."""
    return interaction.guild_id or 0


def who_asks(interaction: discord.Interaction) -> str:
    """Return who asks as the audit names them."""
    return f"{interaction.user.name} ({interaction.user.id})"


def granted(interaction: discord.Interaction, target: discord.TextChannel) -> discord.Permissions:
    """Return what the bot may do in a channel."""
    here = target.id == interaction.channel_id
    return interaction.app_permissions if here else target.permissions_for(target.guild.me)


def check_permissions(
    interaction: discord.Interaction,
    target: discord.TextChannel,
    what: str = "follow",
    needed: tuple[str, ...] = NEEDED,
) -> None:
    """Refuse a channel that the bot could not do in what it has to, and say what it lacks; `what` it can't do there."""
    may = granted(interaction, target)
    lacking = [name.replace("_", " ") for name in needed if not getattr(may, name)]
    if lacking:
        raise NotAllowedError(
            f"the bot can't {what} there yet: in #{target.name} it lacks the permission to {' and to '.join(lacking)}"
        )


async def asked(interaction: discord.Interaction, questions: Answers, contest: str, at: str | None = None) -> Question:
    """Return a question about a contest, asked in this channel."""
    staff = await level_here(interaction) >= Level.DESK
    return await questions.asking.asked(contest, server_of(interaction), interaction.channel_id or 0, at, staff=staff)


async def answer(interaction: discord.Interaction, said: Answer) -> None:
    """Answer a command for who asked alone; the desk can share it."""
    embeds = [discord.Embed.from_dict(dict(embed)) for embed in said.embeds]
    content, view = unnamed(interaction, said.content), await _view(interaction, said)
    file = file_of(said.picture) if said.picture else MISSING
    if interaction.response.is_done():
        await interaction.followup.send(content, embeds=embeds, view=view, file=file, ephemeral=True)
    else:
        await interaction.response.send_message(content, embeds=embeds, view=view, file=file, ephemeral=True)


async def turn_page(interaction: discord.Interaction, said: Answer) -> None:
    """Put another page in the place of the one whose button was pressed."""
    embeds = [discord.Embed.from_dict(dict(embed)) for embed in said.embeds]
    content, view = unnamed(interaction, said.content), await _view(interaction, said)
    await interaction.response.edit_message(content=content, embeds=embeds, view=None if view is MISSING else view)


async def _view(interaction: discord.Interaction, said: Answer) -> discord.ui.View:
    buttons = list(said.buttons)
    if said.share is not None and await level_here(interaction) >= Level.DESK:
        buttons.append(share_button(said.share))
    return view_of(buttons) if buttons else MISSING
