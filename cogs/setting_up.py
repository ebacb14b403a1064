"""The lists, buttons and the form of `/desk setup`; their keys say all, so that they work after any restart."""

import re
from typing import Any, Self, cast

import discord
from discord.ext import commands

from bot.cards.draft import Answer
from bot.cards.setup import Lacks
from bot.client import FOR_THREADS, NEEDED, Bot
from bot.delivery.discord_channels import view_of
from bot.schedule.event import EventKind
from bot.service.setting_up import Editor, SettingUp
from bot.wording.event_sentences import KINDS
from cogs.asker import check_role, server_of, who_asks
from cogs.forms import AnsweredForm, answer_late_form
from cogs.pressable import Pressable

_BUTTON = re.compile(
    r"setup:(?P<press>go|norole|nodesk|confirm|least|board|public|test|page)"
    r"(?::(?P<channel>[0-9]{1,19}))?(?::(?P<word>start|role|desk|channels|reminders|on|off|[0-9]{1,3}))?"
)
_LIST = re.compile(
    r"setup:(?P<list>role|desk|where|kind|contests)(?::(?P<channel>[0-9]{1,19}):(?P<page>[0-9]{1,3}):(?P<shown>[0-9a-f]{12}))?"
)


def editor_of(interaction: discord.Interaction) -> Editor:
    """Return who sets something, and what the bot may do in the channels of their server."""
    manages = interaction.permissions.manage_guild
    return Editor(server_of(interaction), who_asks(interaction), manages, lacks_in(interaction))


def lacks_in(interaction: discord.Interaction) -> Lacks:
    """Return what says which permissions the bot lacks in a channel of the server."""
    guild = interaction.guild

    def lacks(channel: int, board: bool, threads: bool) -> tuple[str, ...] | None:
        place = guild.get_channel_or_thread(channel) if guild else None
        if guild is None or not isinstance(place, discord.TextChannel | discord.Thread):
            return None
        if threads and isinstance(place, discord.Thread):
            return ("open a thread in a thread",)
        may = place.permissions_for(guild.me)
        needed = (*NEEDED, *(("pin_messages",) if board else ()), *(FOR_THREADS if threads else ()))
        return tuple(name.replace("_", " ") for name in needed if not getattr(may, name))

    return lacks


async def open_setup(interaction: discord.Interaction, setting_up: SettingUp) -> None:
    """Show the first step that is still open."""
    card = await setting_up.go(editor_of(interaction))
    await interaction.response.send_message(card.content, view=_view(card), ephemeral=True, allowed_mentions=_NOBODY)


_NOBODY = discord.AllowedMentions.none()


def _view(card: Answer) -> discord.ui.View:
    return view_of(card.buttons, 4, card.selects)


async def _show_instead(interaction: discord.Interaction, card: Answer) -> None:
    await interaction.response.edit_message(content=card.content, view=_view(card), allowed_mentions=_NOBODY)


class _LeastForm(AnsweredForm, title="From how many votes on"):
    """The threshold of all that a channel follows."""

    votes: discord.ui.TextInput[Self] = discord.ui.TextInput(
        label="Votes that the margin has to move", placeholder="empty: 25 votes or 0.3% of the lead",
        required=False, max_length=9,
    )  # fmt: skip

    def __init__(self, channel: int) -> None:
        super().__init__()
        self._channel = channel

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Set it, and show the channel."""
        await check_role(interaction)
        setting_up = cast("Bot", interaction.client).services.setting_up
        await _show_instead(
            interaction, await setting_up.least(editor_of(interaction), self._channel, self.votes.value)
        )


class _RemindersForm(AnsweredForm):
    """How long before events of a kind they are spoken of."""

    before: discord.ui.TextInput[Self] = discord.ui.TextInput(
        label="How long before, up to five times", placeholder="60 min, 1 day; empty: as in the desk file; none: at its time only",
        required=False, max_length=100,
    )  # fmt: skip

    def __init__(self, kind: EventKind, shown: str) -> None:
        super().__init__(title=f"Reminders: {KINDS[kind].lower()}")
        self._kind, self._shown = kind, shown
        self.before.default = shown or None

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Set it, and show all kinds."""
        await check_role(interaction)
        setting_up = cast("Bot", interaction.client).services.setting_up
        editor = editor_of(interaction)
        card = await setting_up.reminders(editor, self._kind, self._shown, self.before.value)
        await _show_instead(interaction, card)


class SetupButton(Pressable, template=_BUTTON):
    """A button of a step."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Do what it says, and show what is set now."""
        await self._do(interaction, bot.services.setting_up)

    async def _do(self, interaction: discord.Interaction, setting_up: SettingUp) -> None:
        channel, word = int(self.match["channel"] or 0), self.match["word"] or ""
        editor, on = editor_of(interaction), word == "on"
        match self.match["press"]:
            case "least":
                await interaction.response.send_modal(_LeastForm(channel))
            case "test":
                await interaction.response.send_message(await setting_up.test(editor, channel), ephemeral=True)
            case "go":
                await _show_instead(interaction, await setting_up.go(editor, word))
            case "page":
                await _show_instead(interaction, await setting_up.channel(editor, channel, int(word)))
            case "norole":
                await _show_instead(interaction, await setting_up.role(editor, None))
            case "nodesk":
                await _show_instead(interaction, await setting_up.desk(editor, None))
            case "confirm":
                await _show_instead(interaction, await setting_up.confirm(editor, on=on))
            case "board":
                await _show_instead(interaction, await setting_up.board(editor, channel, on=on))
            case _:
                await _show_instead(interaction, await setting_up.public(editor, channel, on=on))


class SetupList(discord.ui.DynamicItem[discord.ui.Item[Any]], template=_LIST):
    """A list of a step: of roles, of channels, or of contests."""

    def __init__(self, menu: discord.ui.Item[Any], match: re.Match[str]) -> None:
        """Take the list as the message has it."""
        super().__init__(menu)
        self._list, self._match = match["list"], match

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the list that was chosen from."""
        del interaction
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction) -> None:
        """Set what was chosen, and show what is set now."""
        bot = cast("Bot", interaction.client)
        try:
            if await bot.serves(interaction):
                await check_role(interaction)
                data: Any = interaction.data or {}
                setting_up, editor, values = bot.services.setting_up, editor_of(interaction), data.get("values", [])
                if self._list == "kind":
                    kind = cast("EventKind", values[0])
                    form = _RemindersForm(kind, await setting_up.reminders_form(editor, kind))
                    await interaction.response.send_modal(form)
                else:
                    await _show_instead(interaction, await self._choose(setting_up, editor, values))
        except Exception as error:  # noqa: BLE001 - as under a button
            await bot.answer_failure(interaction, error)

    async def _choose(self, setting_up: SettingUp, editor: Editor, values: list[str]) -> Answer:
        if self._list == "contests":
            channel, page = int(self._match["channel"]), int(self._match["page"])
            return await setting_up.contests(editor, channel, page, self._match["shown"], values)
        chosen = int(values[0])
        if self._list == "role":
            return await setting_up.role(editor, chosen)
        return await (setting_up.desk if self._list == "desk" else setting_up.channel)(editor, chosen)


async def setup(bot: Bot) -> None:
    """Let the bot know what is under a step, and answer forms of any kind that come too late."""
    bot.add_listener(answer_late_form, "on_interaction")
    bot.add_dynamic_items(SetupButton, SetupList)


async def teardown(bot: commands.Bot) -> None:
    """Let the bot forget it."""
    bot.remove_listener(answer_late_form, "on_interaction")
    bot.remove_dynamic_items(SetupButton, SetupList)
