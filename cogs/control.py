"""`/desk`: what the newsroom sets for itself, and its stop button."""

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands
from discord.utils import MISSING

from bot.client import Bot
from bot.entries.corrections_words import correction_answer
from bot.follows.follows_words import role_answer
from bot.outbox.discord import view_of
from cogs.asker import NotAllowedError, check_permissions, check_role, server_of, who_asks
from cogs.options import ContestOption, PostOption, Reason
from cogs.settings_file import check_manages, first_forget, preview_file, send_settings, show
from cogs.setup_editor import editor_of, open_setup


class Control(commands.Cog):
    """What the newsroom sets for itself."""

    def __init__(self, bot: Bot) -> None:
        """Set through the bot's services."""
        self._services = bot.services

    desk = app_commands.Group(name="desk", description="The newsroom's own settings", guild_only=True)

    @desk.command(name="setup", description="Walk through all that this server can set, with a test post")
    async def setup_(self, interaction: discord.Interaction) -> None:
        """Show the first step that is still open."""
        await check_role(interaction)
        await open_setup(interaction, self._services.setting_up)

    @desk.command(name="export", description="The settings of this server as a file")
    async def export(self, interaction: discord.Interaction) -> None:
        """Answer with the settings."""
        await check_role(interaction)
        await send_settings(interaction, self._services.settings)

    @desk.command(name="import", description="Set what a settings file says; first you see what it would change")
    @app_commands.describe(file="A file that /desk export made")
    async def import_(self, interaction: discord.Interaction, file: discord.Attachment) -> None:
        """Show what a settings file would change."""
        await check_role(interaction)
        await preview_file(interaction, self._services.settings, file)

    @desk.command(name="audit", description="Who did what in this server, the newest first")
    async def audit(self, interaction: discord.Interaction) -> None:
        """Show the newest page of the audit."""
        await check_role(interaction)
        await show(interaction, await self._services.settings.audit(server_of(interaction)))

    @desk.command(name="forget", description="Delete everything that belongs to this server")
    async def forget(self, interaction: discord.Interaction) -> None:
        """Ask whether everything is to be forgotten."""
        check_manages(interaction)
        await show(interaction, first_forget())

    @desk.command(name="pause", description="Hold every post of this server at once")
    @app_commands.describe(reason="Why; kept with who did it")
    async def pause(self, interaction: discord.Interaction, reason: Reason | None = None) -> None:
        """Hold every post of the server."""
        await check_role(interaction)
        answer = await self._services.control.pause(server_of(interaction), who_asks(interaction), reason)
        await interaction.response.send_message(answer, ephemeral=True)

    @desk.command(name="resume", description="Let the posts of this server go again")
    @app_commands.describe(reason="Why; kept with who did it")
    async def resume(self, interaction: discord.Interaction, reason: Reason | None = None) -> None:
        """Let the posts of the server go."""
        await check_role(interaction)
        answer = await self._services.control.resume(server_of(interaction), who_asks(interaction), reason)
        await interaction.response.send_message(answer, ephemeral=True)

    @desk.command(name="status", description="What is paused, muted, closed, held, waiting or in doubt")
    async def status(self, interaction: discord.Interaction) -> None:
        """Say what is stopped, closed, held, waiting or in doubt in the server."""
        await check_role(interaction)
        lacking = await self._services.setting_up.lacking(editor_of(interaction))
        answer = await self._services.control.status(server_of(interaction), lacking)
        view = view_of(answer.buttons, 3) if answer.buttons else MISSING
        await interaction.response.send_message(answer.content, view=view, ephemeral=True)

    @desk.command(name="channel", description="Say where the desk is told and asked")
    @app_commands.describe(channel="The channel; leave it out for: nowhere")
    async def channel(self, interaction: discord.Interaction, channel: discord.TextChannel | None = None) -> None:
        """Set where the desk is told and asked."""
        await check_role(interaction)
        if channel is not None:
            check_permissions(interaction, channel, "ask the desk")
        key, server = channel.id if channel else None, server_of(interaction)
        answer = await self._services.control.set_desk_channel(key, server, who_asks(interaction))
        await interaction.response.send_message(answer, ephemeral=True)

    @desk.command(name="public", description="Mark a channel and its threads as public: each post waits for Publish")
    @app_commands.describe(channel="The channel", posts="on: each post waits for an editor. off: posts go out at once")
    async def public(
        self,
        interaction: discord.Interaction,
        channel: discord.TextChannel | discord.ForumChannel,
        posts: Literal["on", "off"],
    ) -> None:
        """Say whether the public reads a channel and its threads."""
        await check_role(interaction)
        server, who = server_of(interaction), who_asks(interaction)
        answer = await self._services.control.set_public(channel.id, server, who, public=posts == "on")
        await interaction.response.send_message(answer, ephemeral=True)

    @desk.command(name="confirm", description="Say whether what one person enters waits for a second one")
    @app_commands.describe(entries="on: another of the desk confirms each entry. off: it counts at once")
    async def confirm(self, interaction: discord.Interaction, entries: Literal["on", "off"]) -> None:
        """Say whether entries wait for a second person."""
        await check_role(interaction)
        control, server, who = self._services.control, server_of(interaction), who_asks(interaction)
        answer = await control.set_two_person(server, who, on=entries == "on")
        await interaction.response.send_message(answer, ephemeral=True)

    @desk.command(name="role", description="Say which role is the desk's: who may set, enter, confirm and correct")
    @app_commands.describe(role="The role; leave it out for: only who may manage the server")
    async def role(self, interaction: discord.Interaction, role: discord.Role | None = None) -> None:
        """Set the role that may write."""
        if not interaction.permissions.manage_guild:
            raise NotAllowedError("only who may manage the server can set the desk's role")
        await self._services.following.set_desk_role(
            server_of(interaction), role.id if role else None, who_asks(interaction)
        )
        await interaction.response.send_message(role_answer(role.id if role else None), ephemeral=True)

    @desk.command(name="hold", description="Look at a reading that is held, and post or drop it")
    @app_commands.describe(contest="The contest")
    async def hold(self, interaction: discord.Interaction, contest: ContestOption) -> None:
        """Show what is held beside what is accepted, with the choices about it."""
        await check_role(interaction)
        asked = self._services.following.contest(contest)
        followed = await self._services.following.following(server_of(interaction))
        if all(row.contest != asked.id for row in followed):
            raise NotAllowedError(
                "no channel of this server follows that contest, so its readings are not yours to judge"
            )
        answer = await self._services.holds.held(asked, server_of(interaction))
        view = view_of(answer.buttons, 3) if answer.buttons else MISSING
        await interaction.response.send_message(answer.content, view=view, ephemeral=True)

    @desk.command(name="correct", description="Correct an error of ours in a post, in the open")
    @app_commands.describe(post="The post; its small last line has the number", text="What is right, in a sentence")
    async def correct(
        self, interaction: discord.Interaction, post: PostOption, text: app_commands.Range[str, 3, 600]
    ) -> None:
        """Post a correction wherever a post went, and edit that post."""
        await check_role(interaction)
        done = await self._services.corrections.correct(server_of(interaction), post, text, who_asks(interaction))
        answer = correction_answer(post, done.channels, done.dropped, done.unfound, done.late)
        await interaction.response.send_message(answer, ephemeral=True)


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(Control(bot))
