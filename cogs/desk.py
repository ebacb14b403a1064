"""`/pause`, `/status`, `/held`, `/audit`, and `/desk setup` with its settings file and deletion of data."""

import io
import re
from dataclasses import replace
from typing import Literal, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot, bot_of
from bot.errors import BadInputError
from bot.events.event import EventKind
from bot.follows.levels import ROLES, Level, Role
from bot.newsroom.server_settings import LARGEST
from bot.newsroom.settings_file import Importer
from bot.newsroom.setup import ChannelFormValues
from bot.outbox.suspensions_store import PauseLength
from bot.schedule.reminders_words import KINDS
from bot.wording.card import Card
from cogs.buttons import AnsweredForm, MinimumChangeForm, Pressable, TextField, chosen
from cogs.callers import (
    SERVERS,
    answer,
    answer_instead,
    contest_of,
    editor_of,
    file_sent,
    lacks_in,
    server_of,
    show_step_instead,
    who_asks,
)
from cogs.guards import NotAllowedError, check_seen, guard, sight
from cogs.options import CONTEST, ContestOption, Reason


class DeskCommands(commands.Cog):
    """Commands to set up a newsroom, and to control its posts."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    desk = app_commands.Group(
        name="desk",
        description="The newsroom's own settings",
        allowed_contexts=SERVERS,
        default_permissions=discord.Permissions(manage_guild=True),
    )

    @desk.command(name="setup", description="Roles, channels and reminders of this server")
    @app_commands.describe(file="A settings file, as exported from the overview; shown before it is applied")
    @guard(Level.MANAGER)
    async def setup_(self, interaction: discord.Interaction, file: discord.Attachment | None = None) -> None:
        """Show the first setup step that is still open. If a settings file is given, preview the changes it makes."""
        newsroom = self.bot.rooms.newsroom
        if file is None:
            await answer(interaction, replace(await newsroom.setup.go(editor_of(interaction)), a_row=4))
            return
        if file.size > LARGEST:
            raise BadInputError(f"the file has {file.size:,} bytes, and a settings file has at most {LARGEST:,}")
        body = await file_sent(interaction, file)
        await answer(interaction, await newsroom.settings_file.preview(importer_of(interaction), body))

    @app_commands.command(description="Hold every post, for a time or until Resume")
    @app_commands.describe(
        length="How long; by default until somebody resumes", reason="Reason; the desk channel shows it"
    )
    @app_commands.rename(length="for")
    @app_commands.guild_only()
    @guard(Level.DESK)
    async def pause(
        self, interaction: discord.Interaction, length: PauseLength | None = None, reason: Reason | None = None
    ) -> None:
        """Pause every post in the server, for a time or until somebody resumes posting."""
        pause = self.bot.rooms.newsroom.suspensions.pause
        await answer(interaction, await pause(server_of(interaction), who_asks(interaction), reason, length))

    @app_commands.command(description="What is paused, on hold, waiting or blocked")
    @app_commands.guild_only()
    @guard(Level.DESK)
    async def status(self, interaction: discord.Interaction) -> None:
        """Reply with what is paused, on hold, waiting or blocked in the server."""
        lacking = await self.bot.rooms.newsroom.setup.lacking(editor_of(interaction))
        card = await self.bot.rooms.newsroom.status.of(server_of(interaction), sight(interaction), lacking)
        await answer(interaction, replace(card, a_row=3))

    @app_commands.command(description="Figures on hold: post, wait, discard, withdraw")
    @app_commands.describe(contest=CONTEST)
    @app_commands.guild_only()
    @guard(Level.DESK)
    async def held(self, interaction: discord.Interaction, contest: ContestOption | None = None) -> None:
        """Show the figures on hold and the last accepted figures, with buttons to decide."""
        asked = await contest_of(interaction, contest)
        followed = await self.bot.rooms.follows.servers.following(server_of(interaction))
        if all(row.contest != asked.id for row in followed):
            raise NotAllowedError(
                "no channel of this server follows that contest, so its held figures are not yours to decide"
            )
        card = await self.bot.rooms.tally.holds.held(asked, server_of(interaction))
        await answer(interaction, replace(card, a_row=3))

    @app_commands.command(description="Who did what in this server, newest first")
    @app_commands.guild_only()
    @guard(Level.DESK)
    async def audit(self, interaction: discord.Interaction) -> None:
        """Show the newest page of the audit log."""
        audit = self.bot.rooms.newsroom.settings_file.audit
        await answer(interaction, await audit(server_of(interaction), sight(interaction)))


def importer_of(interaction: discord.Interaction) -> Importer:
    """Return the person who applies a settings file, with the rights of the person and of the bot."""
    guild = interaction.guild
    return Importer(
        server_of(interaction),
        interaction.user.id,
        who_asks(interaction),
        interaction.permissions.manage_guild,
        lacks_in(interaction),
        lambda role: guild is not None and guild.get_role(role) is not None,
        sight(interaction),
    )


@guard(Level.DESK, "**Resume** under `/pause` and under its notice")
class ResumeButton(Pressable, template=re.compile(r"letgo:ask")):
    """The **Resume** button under the reply to `/pause` and under the notice in the desk channel."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Show the posts that resuming would release, with a button that resumes posting."""
        ask, server, who = bot.rooms.newsroom.suspensions.ask_to_resume, server_of(interaction), who_asks(interaction)
        asked = await ask(server, who, None, sight(interaction))
        own = interaction.message is not None and interaction.message.flags.ephemeral
        await (answer_instead if own else answer)(interaction, asked)


async def _release_posts(bot: Bot, interaction: discord.Interaction, match: re.Match[str]) -> None:
    """Release the posts that were shown above a button.

    If other posts have been added since, they are shown first, and nothing is released.
    """
    server, who = server_of(interaction), who_asks(interaction)
    suspensions = bot.rooms.newsroom.suspensions
    said = await suspensions.release_posts(match["what"], int(match["shown"]), server, who, sight(interaction))
    await answer_instead(interaction, said)


@guard(Level.DESK, "**Resume** and **Unmute**, under what would go out")
class ReleaseButton(
    Pressable, template=re.compile(r"letgo:(?P<what>resume|unmute:[0-9a-f]{16}):(?P<shown>[0-9]{1,18})")
):
    """The **Resume** or **Unmute** button under the list of posts that it releases."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Resume posting or unmute the source, and release the posts."""
        await _release_posts(bot, interaction, self.match)


@guard(Level.MANAGER, "**Post them**, under what would go out of a channel that the public no longer reads")
class ReleaseChannelButton(
    Pressable, template=re.compile(r"letgo:(?P<what>public:[0-9]{1,19}):(?P<shown>[0-9]{1,18})")
):
    """The **Post them** button under the list of posts that waited in a channel that is no longer public."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Release the channel's posts, which no longer need Publish."""
        check_seen(interaction, int(self.match["what"].removeprefix("public:")))
        await _release_posts(bot, interaction, self.match)


@guard(Level.DESK, "**Keep it** and **End it now**, of confirmation by a second person")
class TwoPersonButton(Pressable, template=re.compile(r"twoperson:(?P<press>keep|end)")):
    """A button under the notice that confirmation by a second person is about to end."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Keep confirmation by a second person or end it, depending on the button."""
        suspensions, server, who = bot.rooms.newsroom.suspensions, server_of(interaction), who_asks(interaction)
        await answer(interaction, await suspensions.set_two_person(server, who, on=self.match["press"] == "keep"))


@guard(Level.MANAGER, "the buttons and lists of `/desk setup`")
class SetupButton(
    Pressable,
    template=re.compile(
        r"setup:(?P<press>go|nodesk|confirm|least|board|thread|public|test|page|every|mirror|export)"
        r"(?::(?P<channel>[0-9]{1,19}))?(?::(?P<word>start|role|desk|channels|reminders|alone|night|on|off|[0-9]{1,3}))?"
    ),
):
    """A button in a step of `/desk setup`."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Change the setting or go to another step, and show the result."""
        newsroom, setting_up = bot.rooms.newsroom, bot.rooms.newsroom.setup
        channel, word = int(self.match["channel"] or 0), self.match["word"] or ""
        check_seen(interaction, channel or None)
        editor, on = editor_of(interaction), word == "on"
        match self.match["press"]:
            case "export":
                body = await newsroom.settings_file.export(server_of(interaction), sight(interaction))
                file = discord.File(io.BytesIO(body), "tallydesk-settings.json")
                await interaction.response.send_message("The settings of this server.", file=file, ephemeral=True)
            case "least":
                await interaction.response.send_modal(FollowsForm(channel, await setting_up.form(editor, channel)))
            case "test":
                await answer(interaction, await setting_up.test(editor, channel))
            case "go":
                await show_step_instead(interaction, await setting_up.go(editor, word))
            case "page":
                await show_step_instead(interaction, await setting_up.channel(editor, channel, int(word)))
            case "every":
                await show_step_instead(interaction, await setting_up.every_contest(editor, channel))
            case "nodesk":
                await show_step_instead(interaction, await setting_up.desk(editor, None))
            case "confirm":
                await show_step_instead(interaction, await setting_up.confirm(editor, on=on))
            case "mirror":
                if on and not (interaction.guild and interaction.guild.me.guild_permissions.create_events):
                    raise NotAllowedError(
                        "the bot can't do that yet: it lacks the permission to create events in this server"
                    )
                await show_step_instead(interaction, await setting_up.mirror(editor, on=on))
            case press:
                switches = {"thread": setting_up.thread, "board": setting_up.board, "public": setting_up.public}
                await show_step_instead(interaction, await switches[press](editor, channel, on=on))


@guard(Level.OWNER, "the lists of roles in `/desk setup`")
class RoleMenu(Pressable, template=re.compile(rf"setup:role:(?P<may>{'|'.join(ROLES)})")):
    """A menu with which a manager chooses the newsroom's role for a level."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Set the role, and show the step for roles again."""
        role, values = cast("Role", self.match["may"]), chosen(interaction)
        setting_up, editor = bot.rooms.newsroom.setup, editor_of(interaction)
        await show_step_instead(interaction, await setting_up.role(editor, role, int(values[0]) if values else None))


@guard(Level.MANAGER, "the buttons and lists of `/desk setup`")
class SetupList(
    Pressable,
    template=re.compile(
        r"setup:(?P<list>desk|where|kind|contests|mention|calls|uncaller)"
        r"(?::(?P<channel>[0-9]{1,19})(?::(?P<page>[0-9]{1,3}):(?P<shown>[0-9a-f]{12}))?)?"
    ),
):
    """A list in a setup step: channels, contests, kinds of event, callers, or the role to mention at lead changes."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Apply the choice, and show the step again."""
        setting_up, editor, values = bot.rooms.newsroom.setup, editor_of(interaction), chosen(interaction)
        check_seen(interaction, int(self.match["channel"]) if self.match["channel"] else None)
        if self.match["list"] in ("desk", "where"):
            check_seen(interaction, int(values[0]))
        match self.match["list"]:
            case "kind":
                kind = cast("EventKind", values[0])
                form = RemindersForm(kind, await setting_up.reminders_form(editor, kind))
                await interaction.response.send_modal(form)
                return
            case "contests":
                card = await setting_up.contests(editor, *self._shown, values)
            case "mention":
                card = await setting_up.mention(editor, *self._shown, int(values[0]) if values else None)
            case "desk":
                back_to = self.match["channel"]
                card = await setting_up.desk(editor, int(values[0]), int(back_to) if back_to else None)
            case "calls":
                card = await setting_up.repeat(editor, values)
            case "uncaller":
                card = await setting_up.remove_callers(editor, values)
            case _:
                card = await setting_up.channel(editor, int(values[0]))
        await show_step_instead(interaction, card)

    @property
    def _shown(self) -> tuple[int, int, str]:
        """The channel, the page, and the version of the channel's follows as they were when the list was shown."""
        return int(self.match["channel"]), int(self.match["page"]), self.match["shown"]


@guard(Level.MANAGER)
class FollowsForm(MinimumChangeForm):
    """A form for the minimum change, the quiet hours and smaller changes in all contests that a channel follows."""

    def __init__(self, channel: int, shown: ChannelFormValues) -> None:
        super().__init__(shown.least, shown.quiet, shown.smaller)
        self._channel, self._shown = channel, shown

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Save the values, and show the channel's settings."""
        setting_up, editor = bot_of(interaction).rooms.newsroom.setup, editor_of(interaction)
        check_seen(interaction, self._channel)
        typed = self.typed()
        card = await setting_up.fill(editor, self._channel, self._shown, typed.votes, typed.hours, typed.smaller)
        await show_step_instead(interaction, card)


@guard(Level.MANAGER)
class RemindersForm(AnsweredForm):
    """A form that sets how long before events of one kind reminders are posted."""

    before = TextField(
        "How long before; empty: as the desk file",
        placeholder="60 min, 1 day; none: only at its time",
        required=False,
        max_length=100,
    )

    def __init__(self, kind: EventKind, text: str) -> None:
        super().__init__(title=f"Reminders: {KINDS[kind].lower()}")
        self._kind, self._shown = kind, text
        self.before.input.default = text or None

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Save the times, and show the reminders of all kinds."""
        setting_up = bot_of(interaction).rooms.newsroom.setup
        editor = editor_of(interaction)
        card = await setting_up.reminders(editor, self._kind, self._shown, self.before.value)
        await show_step_instead(interaction, card)


@guard(Level.MANAGER, "**Apply** and **Discard** under a settings file")
class SettingsButton(Pressable, template=re.compile(r"settings:(?P<file>[0-9]{1,18}):(?P<press>apply|drop)")):
    """The **Apply** and **Discard** buttons under the preview of a settings file."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Apply or discard the file, and replace the preview with the result."""
        decide, press = bot.rooms.newsroom.settings_file.decide, cast("Literal['apply', 'drop']", self.match["press"])
        await answer_instead(interaction, await decide(importer_of(interaction), int(self.match["file"]), press))


@guard(Level.DESK, "the pages of `/audit`")
class AuditPage(Pressable, template=re.compile(r"audit:(?P<way>before|after):(?P<row>[0-9]{1,18})")):
    """A button to another page of `/audit`."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Replace the page with newer or older rows."""
        beside = {self.match["way"]: int(self.match["row"])}
        await answer_instead(
            interaction,
            await bot.rooms.newsroom.settings_file.audit(server_of(interaction), sight(interaction), **beside),
        )


@guard(Level.OWNER, "the presses that forget a server")
class ForgetButton(
    Pressable, template=re.compile(r"forget:(?P<forget>first|ask|sure|keep)(?::(?P<asked>[0-9]{1,12}))?")
):
    """A button in the dialog that deletes a server's data."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Ask for confirmation, delete the data, or cancel."""
        settings, match = bot.rooms.newsroom.settings_file, self.match
        match match["forget"]:
            case "keep":
                card = Card.of("Everything is kept.")
            case "first":
                card = settings.ask_forget(again=False)
            case "ask":
                card = settings.ask_forget(again=True)
            case _:
                server, who = server_of(interaction), who_asks(interaction)
                await interaction.response.defer()  # a season's rows take longer than three seconds
                card = await settings.forget(server, who, int(match["asked"] or 0))
        await answer_instead(interaction, card)


async def setup(bot: Bot) -> None:
    """Add the commands to the bot."""
    await bot.add_cog(DeskCommands(bot))
    bot.add_dynamic_items(SetupButton, RoleMenu, SetupList, SettingsButton, AuditPage, ForgetButton)
    bot.add_dynamic_items(TwoPersonButton, ResumeButton, ReleaseButton, ReleaseChannelButton)
