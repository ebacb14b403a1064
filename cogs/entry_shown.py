"""How an entry is shown to whoever enters it."""

import discord

from bot.entries.drafts import Asker
from bot.entries.drafts_words import EntryCard
from bot.outbox.discord import view_of
from cogs.asker import server_of, who_asks


def asker_of(interaction: discord.Interaction) -> Asker:
    """Return who enters something."""
    return Asker(server_of(interaction), interaction.user.id, who_asks(interaction))


async def show(interaction: discord.Interaction, card: EntryCard) -> None:
    """Answer with a card that only who asks sees."""
    await interaction.response.send_message(
        card.content, view=view_of(card.buttons, selects=card.selects), ephemeral=True
    )


async def show_instead(interaction: discord.Interaction, card: EntryCard) -> None:
    """Let the card under which somebody pressed, chose or typed say what is so now."""
    await interaction.response.edit_message(content=card.content, view=view_of(card.buttons, selects=card.selects))
