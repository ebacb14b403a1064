"""The form behind `/schedule add`: for who would rather fill in than name options."""

from dataclasses import replace

import discord

from bot.outbox.discord import view_of
from bot.schedule.planning import Planning, Wanted
from cogs.asker import server_of
from cogs.forms import AnsweredForm


class EventForm(AnsweredForm, title="Put into the schedule"):
    """Asks for what an event needs; what was named as an option stands in it already."""

    def __init__(self, planning: Planning, wanted: Wanted) -> None:
        """Fill in what is `wanted` so far."""
        super().__init__()
        self._planning, self._wanted = planning, wanted
        self.what: discord.ui.TextInput[EventForm] = _input("What it is, as it is to be posted", wanted.title, 300)
        self.at: discord.ui.TextInput[EventForm] = _input(
            "When: 10:30 a.m., tomorrow 1pm, Friday 5 p.m.", wanted.at, 60
        )
        self.ends: discord.ui.TextInput[EventForm] = _input("When it ends", wanted.ends, 60, required=False)
        self.place: discord.ui.TextInput[EventForm] = _input("Where", wanted.place, 300, required=False)
        self.source: discord.ui.TextInput[EventForm] = _input("Who says so", wanted.source, 300, required=False)
        for item in (self.what, self.at, self.ends, self.place, self.source):
            self.add_item(item)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Play the event back, with a button that saves it."""
        wanted = replace(
            self._wanted, title=self.what.value, at=self.at.value, ends=self.ends.value or None,
            place=self.place.value or None, source=self.source.value or None,
        )  # fmt: skip
        said = await self._planning.add(server_of(interaction), interaction.user.id, wanted, interaction.channel_id)
        await interaction.response.send_message(said.content, view=view_of(said.buttons), ephemeral=True)


def _input(label: str, value: str | None, most: int, *, required: bool = True) -> discord.ui.TextInput["EventForm"]:
    return discord.ui.TextInput(label=label, default=value, max_length=most, required=required)
