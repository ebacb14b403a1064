"""Who sets something in `/desk setup`, and the card that they are shown."""

import discord

from bot.client import FOR_THREADS, NEEDED
from bot.newsroom.setup import Editor, SettingUp
from bot.newsroom.setup_words import Lacks
from bot.outbox.discord import view_of
from bot.wording.draft import Answer
from cogs.asker import server_of, who_asks

_NOBODY = discord.AllowedMentions.none()


def editor_of(interaction: discord.Interaction) -> Editor:
    """Return who sets something, and what the bot may do in the channels of their server."""
    manages = interaction.permissions.manage_guild
    return Editor(server_of(interaction), who_asks(interaction), manages, lacks_in(interaction))


def lacks_in(interaction: discord.Interaction) -> Lacks:
    """Return what says which permissions the bot lacks in a channel of the server."""
    guild = interaction.guild

    def lacks(channel: int, board: bool, threads: bool) -> tuple[str, ...] | None:
        place = guild.get_channel(channel) if guild else None
        if guild is None or not isinstance(place, discord.TextChannel | discord.ForumChannel):
            return None
        if isinstance(place, discord.ForumChannel):
            return ("post in a forum",)
        may = place.permissions_for(guild.me)
        needed = (*NEEDED, *(("pin_messages",) if board else ()), *(FOR_THREADS if threads else ()))
        return tuple(name.replace("_", " ") for name in needed if not getattr(may, name))

    return lacks


async def open_setup(interaction: discord.Interaction, setting_up: SettingUp) -> None:
    """Show the first step that is still open."""
    card = await setting_up.go(editor_of(interaction))
    await interaction.response.send_message(card.content, view=_view(card), ephemeral=True, allowed_mentions=_NOBODY)


def _view(card: Answer) -> discord.ui.View:
    return view_of(card.buttons, 4, card.selects)


async def show_instead(interaction: discord.Interaction, card: Answer) -> None:
    """Show a card in the place of the one that was used."""
    await interaction.response.edit_message(content=card.content, view=_view(card), allowed_mentions=_NOBODY)
