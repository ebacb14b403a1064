"""Base classes: buttons and lists whose keys say all, so that they work after any restart, and forms that answer.

Each of them has a guard (`cogs/guards.py`): without one its base class refuses everybody.
"""

import re
import secrets
from typing import Any, ClassVar, Self, cast

import discord

from bot.client import Bot
from bot.follows.levels import Level
from cogs.guards import check


class Pressable(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"$^"):
    """A button or a list whose key says all, so that it works after any restart."""

    level: ClassVar[Level]
    """Who may use it, by its guard."""
    called: ClassVar[str]
    """What the docs call it, by its guard."""

    def __init__(self, item: discord.ui.Item[Any], match: re.Match[str]) -> None:
        """Take the button or list as the message has it."""
        super().__init__(item)
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the button that was pressed, or the list that was chosen from."""
        del interaction
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction) -> None:
        """Do what it says, and answer who pressed or chose."""
        bot = cast("Bot", interaction.client)
        try:
            if await bot.serves(interaction):
                await check(interaction, self.level)
                await self.press(bot, interaction)
        except Exception as error:  # noqa: BLE001 - who pressed is answered, whatever it was; our own faults are logged
            await bot.answer_failure(interaction, error)

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Do what it says."""
        raise NotImplementedError


def chosen(interaction: discord.Interaction) -> list[str]:
    """Return what was chosen from a list: words, or Discord's ids."""
    data: Any = interaction.data or {}
    return list(data.get("values", []))


_PREFIX = "form:"


_RUN = secrets.token_hex(4)
"""Of this process: discord.py keeps forms in memory, so one with another mark is of a process that is gone."""


class AnsweredForm(discord.ui.Modal):
    """A form whose sender is answered, whatever happens."""

    level: ClassVar[Level]
    """Who may send it, by its guard."""

    def __init__(self, *, title: str = discord.utils.MISSING) -> None:
        """Open a form that is answered for as long as this process lives."""
        super().__init__(title=title, custom_id=f"{_PREFIX}{_RUN}:{secrets.token_hex(8)}")

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Refuse it from who may not send it any more."""
        if not await cast("Bot", interaction.client).serves(interaction):
            return False
        await check(interaction, self.level)
        return True

    async def on_error(self, interaction: discord.Interaction, error: Exception, /) -> None:  # type: ignore[override]  # as discord.py's Modal has it
        """Answer who sent it, whatever it was."""
        await cast("Bot", interaction.client).answer_failure(interaction, error)


async def answer_late_form(interaction: discord.Interaction) -> None:
    """Answer a form of a process that is gone: nothing of it is done. discord.py itself would not say a word."""
    data: Any = interaction.data or {}
    key = str(data.get("custom_id", ""))
    late = interaction.type is discord.InteractionType.modal_submit and key.startswith(_PREFIX)
    if late and not key.startswith(f"{_PREFIX}{_RUN}:"):
        await interaction.response.send_message(
            "The bot restarted since you opened this form, so nothing was saved. Copy what you typed before you "
            "close it, then open the form again.",
            ephemeral=True,
        )


class TextField(discord.ui.Label[Any]):
    """A field of a form, with the label above it."""

    def __init__(
        self,
        label: str,
        *,
        default: str | None = None,
        placeholder: str | None = None,
        required: bool = True,
        max_length: int,
        long: bool = False,
    ) -> None:
        """Show a field of one line, or a `long` one, with `default` in it."""
        style = discord.TextStyle.long if long else discord.TextStyle.short
        self.input: discord.ui.TextInput[Any] = discord.ui.TextInput(
            default=default, placeholder=placeholder, required=required, max_length=max_length, style=style
        )
        super().__init__(text=label, component=self.input)

    @property
    def value(self) -> str:
        """What was typed."""
        return self.input.value


class LeastForm(AnsweredForm, title="Threshold and quiet hours"):
    """From how many votes on, and when not, a follow is told; what is done with both is its subclass's."""

    votes = TextField(
        "Minimum change, in votes", placeholder="empty: 25 votes or 0.3% of the lead",
        required=False, max_length=9,
    )  # fmt: skip
    hours = TextField(
        "Quiet hours, in newsroom time", placeholder="23:00-6:30; empty: none", required=False, max_length=20
    )

    def __init__(self, least: str, hours: str) -> None:
        super().__init__()
        self.votes.input.default, self.hours.input.default = least or None, hours or None
