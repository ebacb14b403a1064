"""`/schedule import`, `export` and `mirror`: calendars and lists in, a file out, the server's own events."""

import io
import re
from typing import Literal, cast

import discord
from discord import app_commands

from bot.client import Bot
from bot.errors import BadInputError
from bot.events.icalendar_reader import check_size
from bot.outbox.discord import view_of
from bot.schedule.files import Asked
from bot.wording.draft import Answer
from cogs.asker import NotAllowedError, check_role, server_of, who_asks
from cogs.forms import AnsweredForm
from cogs.pressable import Pressable

_IMPORT = re.compile(r"import:(?P<press>save|drop):(?P<key>[0-9]{1,18})")


class PasteForm(AnsweredForm, title="Paste what is ahead"):
    """Asks for lines such as a live blog has them."""

    def __init__(self) -> None:
        """Ask for the lines."""
        super().__init__()
        self.lines: discord.ui.TextInput[PasteForm] = discord.ui.TextInput(
            label="One event a line, its time first", style=discord.TextStyle.paragraph, max_length=4000,
            placeholder="10:30 a.m.: Press conference with the Elections Board\nFriday 5 p.m.: Counties certify",
        )  # fmt: skip
        self.add_item(self.lines)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Show what the lines would put into the schedule."""
        files = cast("Bot", interaction.client).services.files
        await interaction.response.defer(ephemeral=True, thinking=True)
        await _show(interaction, await files.look_at_text(self.lines.value, asked_by(interaction)))


class ImportButton(Pressable, template=_IMPORT):
    """A button under what is to be brought in."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Save it or drop it; the answer takes the place of what was shown."""
        key, server, who = int(self.match["key"]), server_of(interaction), who_asks(interaction)
        if self.match["press"] == "save":
            said = await bot.services.files.save(key, server, who)
        else:
            said = await bot.services.planning.drop(key, server, who)
        await interaction.response.edit_message(content=said, embeds=[], view=None)


def asked_by(interaction: discord.Interaction) -> Asked:
    """Return who asks, and where."""
    return Asked(server_of(interaction), interaction.user.id, who_asks(interaction), interaction.channel_id)


async def _show(interaction: discord.Interaction, said: Answer) -> None:
    embeds = [discord.Embed.from_dict(dict(embed)) for embed in said.embeds]
    view = view_of(said.buttons) if said.buttons else discord.utils.MISSING
    await interaction.followup.send(said.content, embeds=embeds, view=view, ephemeral=True)


async def _look_at(interaction: discord.Interaction, file: discord.Attachment) -> None:
    check_size(file.size)
    await interaction.response.defer(ephemeral=True, thinking=True)
    try:
        body = await file.read()
    except discord.HTTPException:
        raise BadInputError("Discord does not give the file; try it once more") from None
    files = cast("Bot", interaction.client).services.files
    await _show(interaction, await files.look_at_file(file.filename, body, asked_by(interaction)))


async def setup(bot: Bot) -> None:
    """Add the two to the group of the other commands, and let the bot know the buttons."""
    group = cast("app_commands.Group", bot.tree.get_command("schedule"))

    @group.command(name="import", description="Bring in a calendar file or pasted lines; shown before it is saved")
    @app_commands.describe(file="A calendar (.ics) or lines of text; without a file a form asks for lines")
    async def bring_in(interaction: discord.Interaction, file: discord.Attachment | None = None) -> None:
        await check_role(interaction)
        if file is None:
            await interaction.response.send_modal(PasteForm())
        else:
            await _look_at(interaction, file)

    @group.command(name="export", description="The schedule as a file for any calendar program")
    async def export(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        body = await bot.services.files.export(server_of(interaction))
        file = discord.File(io.BytesIO(body), "schedule.ics")
        await interaction.followup.send("The schedule, for any calendar program:", file=file, ephemeral=True)

    @group.command(name="mirror", description="Show the schedule as this server's own events, or no more")
    @app_commands.describe(show="on: the next 100 events are kept as the server's events; off: no more")
    async def mirror(interaction: discord.Interaction, show: Literal["on", "off"]) -> None:
        await check_role(interaction)
        if show == "on" and not (interaction.guild and interaction.guild.me.guild_permissions.create_events):
            raise NotAllowedError("the bot can't do that yet: it lacks the permission to create events in this server")
        said = await bot.services.mirror.set(server_of(interaction), who_asks(interaction), on=show == "on")
        await interaction.response.send_message(said, ephemeral=True)

    bot.add_dynamic_items(ImportButton)


async def teardown(bot: Bot) -> None:
    """Let the bot forget the buttons."""
    bot.remove_dynamic_items(ImportButton)
