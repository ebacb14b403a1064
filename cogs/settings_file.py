"""What is under `/desk import`, `/desk audit` and `/desk forget`."""

import io
import re
from typing import Literal, cast

import discord
from discord.ext import commands

from bot.client import Bot
from bot.errors import BadInputError
from bot.newsroom.server_settings import LARGEST
from bot.newsroom.settings_file import Importer, NewsroomSettings
from bot.newsroom.settings_file_words import forget_card
from bot.outbox.discord import view_of
from bot.wording.draft import Answer
from cogs.asker import NotAllowedError, server_of, who_asks
from cogs.pressable import Pressable
from cogs.setup_editor import lacks_in

_KEY = re.compile(
    r"(?:settings:(?P<file>[0-9]{1,18}):(?P<press>apply|drop)|audit:(?P<way>before|after):(?P<row>[0-9]{1,18})"
    r"|forget:(?P<forget>ask|sure|keep)(?::(?P<asked>[0-9]{1,12}))?)"
)


_NOBODY = discord.AllowedMentions.none()


def check_manages(interaction: discord.Interaction) -> None:
    """Refuse who may not manage the server."""
    if not interaction.permissions.manage_guild:
        raise NotAllowedError("only who may manage the server can do that")


def importer_of(interaction: discord.Interaction) -> Importer:
    """Return who brings a settings file."""
    guild = interaction.guild
    return Importer(
        server_of(interaction), who_asks(interaction), interaction.permissions.manage_guild, lacks_in(interaction),
        lambda role: guild is not None and guild.get_role(role) is not None,
    )  # fmt: skip


async def show(interaction: discord.Interaction, card: Answer) -> None:
    """Answer with a card that only who asks sees."""
    view = view_of(card.buttons) if card.buttons else discord.utils.MISSING
    await interaction.response.send_message(card.content, view=view, ephemeral=True, allowed_mentions=_NOBODY)


async def send_settings(interaction: discord.Interaction, settings: NewsroomSettings) -> None:
    """Answer with the settings as a file."""
    file = discord.File(io.BytesIO(await settings.export(server_of(interaction))), "tallydesk-settings.json")
    await interaction.response.send_message("The settings of this server.", file=file, ephemeral=True)


async def preview_file(interaction: discord.Interaction, settings: NewsroomSettings, file: discord.Attachment) -> None:
    """Show what a file would change."""
    if file.size > LARGEST:
        raise BadInputError(f"the file has {file.size:,} bytes, and a settings file has at most {LARGEST:,}")
    try:
        body = await file.read()
    except discord.HTTPException as error:
        raise BadInputError(f"Discord does not hand over the file (it answered {error.status}); try again") from error
    await show(interaction, await settings.preview(importer_of(interaction), body))


class SettingsButton(Pressable, template=_KEY):
    """A button under one of these answers; its key says all."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Do what it says, and show that in place."""
        card = await self._card(interaction, bot.services.settings)
        view = view_of(card.buttons) if card.buttons else None
        await interaction.response.edit_message(content=card.content, view=view, allowed_mentions=_NOBODY)

    async def _card(self, interaction: discord.Interaction, settings: NewsroomSettings) -> Answer:
        match, server = self.match, server_of(interaction)
        if match["file"]:
            press = cast("Literal['apply', 'drop']", match["press"])
            return await settings.decide(importer_of(interaction), int(match["file"]), press)
        if match["way"]:
            return await settings.audit(server, **{match["way"]: int(match["row"])})
        check_manages(interaction)
        match match["forget"]:
            case "keep":
                return Answer("Everything is kept.")
            case "ask":
                return settings.ask_forget()
            case _:
                return await settings.forget(server, who_asks(interaction), int(match["asked"] or 0))


def first_forget() -> Answer:
    """Return the first question of `/desk forget`."""
    return forget_card(None)


async def setup(bot: Bot) -> None:
    """Let the bot know the buttons."""
    bot.add_dynamic_items(SettingsButton)


async def teardown(bot: commands.Bot) -> None:
    """Let the bot forget the buttons."""
    bot.remove_dynamic_items(SettingsButton)
