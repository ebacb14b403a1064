"""The lists and buttons of `/desk setup`; their keys say all, so that they work after any restart."""

import re
from typing import Any, Self, cast

import discord
from discord.ext import commands

from bot.client import Bot
from bot.events.event import EventKind
from bot.newsroom.setup import Editor, SettingUp
from bot.wording.draft import Answer
from cogs.asker import check_role
from cogs.forms import answer_late_form
from cogs.pressable import Pressable
from cogs.setup_editor import editor_of, show_instead
from cogs.setup_forms import FollowsForm, RemindersForm

_BUTTON = re.compile(
    r"setup:(?P<press>go|norole|nodesk|confirm|least|board|thread|public|test|page)"
    r"(?::(?P<channel>[0-9]{1,19}))?(?::(?P<word>start|role|desk|channels|reminders|on|off|[0-9]{1,3}))?"
)


_LIST = re.compile(
    r"setup:(?P<list>role|desk|where|kind|contests|mention)(?::(?P<channel>[0-9]{1,19}):(?P<page>[0-9]{1,3}):(?P<shown>[0-9a-f]{12}))?"
)


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
                await interaction.response.send_modal(FollowsForm(channel, await setting_up.form(editor, channel)))
            case "test":
                await interaction.response.send_message(await setting_up.test(editor, channel), ephemeral=True)
            case "go":
                await show_instead(interaction, await setting_up.go(editor, word))
            case "page":
                await show_instead(interaction, await setting_up.channel(editor, channel, int(word)))
            case "norole":
                await show_instead(interaction, await setting_up.role(editor, None))
            case "nodesk":
                await show_instead(interaction, await setting_up.desk(editor, None))
            case "confirm":
                await show_instead(interaction, await setting_up.confirm(editor, on=on))
            case "thread":
                await show_instead(interaction, await setting_up.thread(editor, channel, on=on))
            case "board":
                await show_instead(interaction, await setting_up.board(editor, channel, on=on))
            case _:
                await show_instead(interaction, await setting_up.public(editor, channel, on=on))


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
                    form = RemindersForm(kind, await setting_up.reminders_form(editor, kind))
                    await interaction.response.send_modal(form)
                else:
                    await show_instead(interaction, await self._choose(setting_up, editor, values))
        except Exception as error:  # noqa: BLE001 - as under a button
            await bot.answer_failure(interaction, error)

    async def _choose(self, setting_up: SettingUp, editor: Editor, values: list[str]) -> Answer:
        if self._list in ("contests", "mention"):
            channel, page, shown = int(self._match["channel"]), int(self._match["page"]), self._match["shown"]
            if self._list == "contests":
                return await setting_up.contests(editor, channel, page, shown, values)
            return await setting_up.mention(editor, channel, page, shown, int(values[0]) if values else None)
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
