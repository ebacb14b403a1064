"""`/remindme`, and the buttons of the schedule: what came of an event, and Save under what was played back."""

import re
from datetime import UTC, datetime
from typing import Any, Self, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import Bot
from bot.outbox.discord import view_of
from bot.schedule.reminders_words import WALL_KEY
from bot.schedule.rundown_words import COPY
from bot.schedule.schedule import PRESSES, Press, Pressed
from bot.wording.draft import Answer
from cogs.asker import server_of, who_asks
from cogs.options import EventOption
from cogs.pressable import Pressable

_EVENT = re.compile(rf"event:(?P<press>{'|'.join(PRESSES)}):(?P<entry>[0-9]{{1,18}}):(?P<wall>[0-9]{{12}})")


_PLAN = re.compile(r"plan:(?P<press>show|save|drop):(?P<key>[0-9]{1,18})")


class Came(Pressable, template=_EVENT):
    """A button under a reminder: what came of its event."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Keep what came of the event."""
        match = self.match
        wall = datetime.strptime(match["wall"], WALL_KEY).replace(tzinfo=UTC).replace(tzinfo=None)
        pressed = Pressed(cast("Press", match["press"]), int(match["entry"]), wall)
        said = await bot.services.schedule.press(pressed, server_of(interaction), who_asks(interaction))
        await interaction.response.send_message(said, ephemeral=True)


class Planned(Pressable, template=_PLAN):
    """A button under an event that was played back."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Show it, save it or drop it; the answer takes the place of what was played back."""
        planning, key, server = bot.services.planning, int(self.match["key"]), server_of(interaction)
        if self.match["press"] == "show":
            said = await planning.show(key, server)
        elif self.match["press"] == "save":
            said = Answer(await planning.save(key, server, who_asks(interaction)))
        else:
            said = Answer(await planning.drop(key, server, who_asks(interaction)))
        view = view_of(said.buttons) if said.buttons else None
        await interaction.response.edit_message(content=said.content, view=view)


class Copy(discord.ui.DynamicItem[discord.ui.Button[Any]], template=re.compile(re.escape(COPY))):
    """The button under the morning list: the same as plain text, for whoever can read the list."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the button that was pressed."""
        del interaction, match
        return cls(cast("discord.ui.Button[Any]", item))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Answer with the list as plain text."""
        bot = cast("Bot", interaction.client)
        try:
            if await bot.serves(interaction) and interaction.message is not None:
                said = await bot.services.rundown.copy(interaction.message.id)
                await interaction.response.send_message(said.content, ephemeral=True)
        except Exception as error:  # noqa: BLE001 - as above
            await bot.answer_failure(interaction, error)


class Reminders(commands.Cog):
    """Private reminders."""

    def __init__(self, bot: Bot) -> None:
        """Remind through the bot's services."""
        self._services = bot.services

    @app_commands.command(description="Be reminded of an event by direct message")
    @app_commands.describe(
        event="The event",
        before="How many minutes before it; 0: at its time; by default as its channels are",
        stop="True: remind me of it no more",
    )
    @app_commands.guild_only()
    async def remindme(
        self,
        interaction: discord.Interaction,
        event: EventOption,
        before: app_commands.Range[int, 0, 86_400] | None = None,
        stop: bool = False,
    ) -> None:
        """Remind who asks of an event, or no more."""
        services, server, person = self._services, server_of(interaction), interaction.user.id
        entry = await services.schedule.found(server, event)
        if stop:
            did = await services.schedule.stop_reminding(server, entry.id, person)
            said = "You are not reminded of it any more." if did else "You would not have been reminded of it."
        else:
            await services.people.channel(person)
            said = (await services.schedule.remind(server, entry.id, person, before)).content
        await interaction.response.send_message(said, ephemeral=True)


async def setup(bot: Bot) -> None:
    """Let the bot know the command and the buttons."""
    bot.add_dynamic_items(Came, Planned, Copy)
    await bot.add_cog(Reminders(bot))


async def teardown(bot: commands.Bot) -> None:
    """Let the bot forget the buttons."""
    bot.remove_dynamic_items(Came, Planned, Copy)
