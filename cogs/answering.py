"""How questions are asked and answered: for the asker only, with buttons that work after any restart."""

import discord
from discord.utils import MISSING

from bot.answers.answers import Questions
from bot.outbox.discord import file_of, view_of
from bot.wording.draft import Answer
from bot.wording.question import Asked, share_button
from cogs.asker import may_write, server_of


async def asked(interaction: discord.Interaction, questions: Questions, contest: str, at: str | None = None) -> Asked:
    """Return a question about a contest, asked in this channel."""
    return await questions.asking.asked(contest, server_of(interaction), interaction.channel_id or 0, at)


async def answer(interaction: discord.Interaction, said: Answer) -> None:
    """Answer a command for who asked alone; who may write can share it."""
    embeds = [discord.Embed.from_dict(dict(embed)) for embed in said.embeds]
    view = await _view(interaction, said)
    file = file_of(said.picture) if said.picture else MISSING
    if interaction.response.is_done():
        await interaction.followup.send(said.content, embeds=embeds, view=view, file=file, ephemeral=True)
    else:
        await interaction.response.send_message(said.content, embeds=embeds, view=view, file=file, ephemeral=True)


async def turn_page(interaction: discord.Interaction, said: Answer) -> None:
    """Put another page in the place of the one whose button was pressed."""
    embeds = [discord.Embed.from_dict(dict(embed)) for embed in said.embeds]
    view = await _view(interaction, said)
    await interaction.response.edit_message(content=said.content, embeds=embeds, view=None if view is MISSING else view)


async def _view(interaction: discord.Interaction, said: Answer) -> discord.ui.View:
    buttons = list(said.buttons)
    if said.share is not None and await may_write(interaction):
        buttons.append(share_button(said.share))
    return view_of(buttons) if buttons else MISSING
