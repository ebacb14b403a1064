"""The forms of `/desk setup`."""

from typing import Self, cast

import discord

from bot.client import Bot
from bot.events.event import EventKind
from bot.newsroom.setup import ChannelForm
from bot.schedule.reminders_words import KINDS
from cogs.forms import AnsweredForm, LeastForm
from cogs.setup_editor import editor_of, show_instead


class FollowsForm(LeastForm):
    """The threshold and the quiet hours of all that a channel follows."""

    def __init__(self, channel: int, shown: ChannelForm) -> None:
        super().__init__(shown.least, shown.quiet)
        self._channel, self._shown = channel, shown

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Set both, and show the channel."""
        setting_up, editor = cast("Bot", interaction.client).services.setting_up, editor_of(interaction)
        card = await setting_up.fill(editor, self._channel, self._shown, self.votes.value, self.hours.value)
        await show_instead(interaction, card)


class RemindersForm(AnsweredForm):
    """How long before events of a kind they are spoken of."""

    before: discord.ui.TextInput[Self] = discord.ui.TextInput(
        label="How long before; empty: as the desk file", placeholder="60 min, 1 day; none: only at its time",
        required=False, max_length=100,
    )  # fmt: skip

    def __init__(self, kind: EventKind, shown: str) -> None:
        super().__init__(title=f"Reminders: {KINDS[kind].lower()}")
        self._kind, self._shown = kind, shown
        self.before.default = shown or None

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Set it, and show all kinds."""
        setting_up = cast("Bot", interaction.client).services.setting_up
        editor = editor_of(interaction)
        card = await setting_up.reminders(editor, self._kind, self._shown, self.before.value)
        await show_instead(interaction, card)
