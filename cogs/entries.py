"""**Read as tally**, the lists and buttons under an entry, and its form."""

import re
from datetime import datetime
from typing import Any, Self, cast

import discord
from discord import app_commands
from discord.ext import commands

from bot.cards.entry import EntryCard
from bot.client import Bot, Services
from bot.count.entry import MOST_TEXT
from bot.delivery.discord_channels import view_of
from bot.service.entering import Asker, Entering, Form
from bot.service.mending import MendForm
from bot.service.when import past_time
from cogs.asker import check_role, server_of, who_asks
from cogs.forms import AnsweredForm
from cogs.pressable import Pressable

READ_AS_TALLY = "Read as tally"
_BUTTON = re.compile(
    r"entry:(?P<entry>[0-9]{1,18}):(?P<press>enter|mend|own|drop|undo|confirm|reject|leader(?P<place>[0-9]{1,2}))"
)
_LIST = re.compile(r"entry:(?P<entry>[0-9]{1,18}):(?P<list>keep|source|contest|unit)")


def asker_of(interaction: discord.Interaction) -> Asker:
    """Return who enters something."""
    return Asker(server_of(interaction), interaction.user.id, who_asks(interaction))


async def show(interaction: discord.Interaction, card: EntryCard) -> None:
    """Answer with a card that only who asks sees."""
    await interaction.response.send_message(
        card.content, view=view_of(card.buttons, selects=card.selects), ephemeral=True
    )


async def _show_instead(interaction: discord.Interaction, card: EntryCard) -> None:
    await interaction.response.edit_message(content=card.content, view=view_of(card.buttons, selects=card.selects))


def moment_of(typed: str, services: Services) -> datetime | None:
    """Return a time that was typed into a form; None: nothing was.

    Raises:
        BadInputError: it is not clearly a time, or still ahead.

    """
    typed, now = typed.strip(), services.clock.now()
    if typed.casefold() == "now":
        return now
    return past_time(typed, now, services.setting.desk.zone) if typed else None


class TallyForm(AnsweredForm, title="What is true, and as of when"):
    """The form in which a tally is entered or mended."""

    margin: discord.ui.TextInput[Self] = discord.ui.TextInput(
        label="Margin", placeholder="Biden 14,101", required=False, max_length=100
    )
    votes: discord.ui.TextInput[Self] = discord.ui.TextInput(
        label="Votes: the total, or each candidate's", placeholder="4,991,741", required=False, max_length=500,
        style=discord.TextStyle.long,
    )  # fmt: skip
    left: discord.ui.TextInput[Self] = discord.ui.TextInput(
        label="Ballots left", placeholder="Clayton 4,355", required=False, max_length=200
    )
    certified: discord.ui.TextInput[Self] = discord.ui.TextInput(
        label="Certified", placeholder="96 of 159", required=False, max_length=30
    )
    at: discord.ui.TextInput[Self] = discord.ui.TextInput(
        label="True as of", placeholder="now; or 9:40, yesterday 7pm", required=False, max_length=60
    )

    @property
    def form(self) -> Form:
        """What was typed, but for the time."""
        return Form(self.margin.value, self.votes.value, self.left.value, self.certified.value)

    def moment(self, services: Services) -> datetime | None:
        """Return the time that was typed; None: nothing was.

        Raises:
            BadInputError: it is not clearly a time, or still ahead.

        """
        return moment_of(self.at.value, services)


class _MendForm(TallyForm):
    """The form over an entry that is there."""

    def __init__(self, entering: Entering, key: int, form: Form) -> None:
        super().__init__()
        self._entering = entering
        self._key = key
        self.margin.default, self.votes.default = form.margin, form.votes
        self.left.default, self.certified.default = form.left, form.certified

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Show the entry as it is now."""
        services = cast("Bot", interaction.client).services
        asker, at = asker_of(interaction), self.moment(services)
        await _show_instead(interaction, await self._entering.mend(asker, self._key, self.form, at))


class _WordForm(AnsweredForm, title="What is said, and as of when"):
    """The form over what is no figure: counties by name, a call, a change of the lead."""

    def __init__(self, entering: Entering, key: int, form: MendForm) -> None:
        super().__init__()
        self._entering, self._key, self._kind = entering, key, form.kind
        self._typed: list[discord.ui.TextInput[Self]] = [
            discord.ui.TextInput(
                label=field.label, default=field.value[:MOST_TEXT], required=field.required, max_length=MOST_TEXT,
                style=discord.TextStyle.long if field.long else discord.TextStyle.short,
            )
            for field in form.fields
        ]  # fmt: skip
        self._at: discord.ui.TextInput[Self] = discord.ui.TextInput(
            label="True as of", placeholder="now; or 9:40, yesterday 7pm", required=False, max_length=60
        )
        for field in (*self._typed, self._at):
            self.add_item(field)

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Show the entry as it is now."""
        services = cast("Bot", interaction.client).services
        at, typed = moment_of(self._at.value, services), [field.value for field in self._typed]
        card = await self._entering.mend_words(asker_of(interaction), self._key, self._kind, typed, at)
        await _show_instead(interaction, card)


class EntryButton(Pressable, template=_BUTTON):
    """A button under an entry."""

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Do what it says."""
        entering, asker, key = bot.services.entering, asker_of(interaction), int(self.match["entry"])
        match self.match["press"]:
            case "confirm":
                await interaction.response.send_message(await entering.confirm(asker, key), ephemeral=True)
            case "reject":
                await interaction.response.send_message(await entering.reject(asker, key), ephemeral=True)
            case "mend":
                form = await entering.filled(asker, key)
                modal = _MendForm(entering, key, form) if isinstance(form, Form) else _WordForm(entering, key, form)
                await interaction.response.send_modal(modal)
            case "enter":
                await _show_instead(interaction, await entering.enter(asker, key))
            case "own":
                await _show_instead(interaction, await entering.own(asker, key))
            case "drop":
                await _show_instead(interaction, await entering.drop(asker, key))
            case "undo":
                await _show_instead(interaction, await entering.undo(asker, key))
            case _:
                await _show_instead(interaction, await entering.leader(asker, key, int(self.match["place"])))


class EntryList(discord.ui.DynamicItem[discord.ui.Select[Any]], template=_LIST):
    """A list under an entry."""

    def __init__(self, menu: discord.ui.Select[Any], match: re.Match[str]) -> None:
        """Take the list as the message has it."""
        super().__init__(menu)
        self._key, self._list = int(match["entry"]), match["list"]

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return the list that was chosen from."""
        del interaction
        return cls(cast("discord.ui.Select[Any]", item), match)

    async def callback(self, interaction: discord.Interaction) -> None:
        """Change the entry, and show it as it is now."""
        bot = cast("Bot", interaction.client)
        try:
            if await bot.serves(interaction):
                await check_role(interaction)
                await _show_instead(interaction, await self._change(bot.services.entering, asker_of(interaction)))
        except Exception as error:  # noqa: BLE001 - as under a button
            await bot.answer_failure(interaction, error)

    async def _change(self, entering: Entering, asker: Asker) -> EntryCard:
        chosen = self.item.values
        if self._list == "keep":
            return await entering.keep(asker, self._key, chosen)
        if self._list == "unit":
            return await entering.unit(asker, self._key, chosen[0])
        if self._list == "source":
            return await entering.source(asker, self._key, chosen[0])
        return await entering.contest(asker, self._key, chosen[0])


@app_commands.guild_only()
async def read_as_tally(interaction: discord.Interaction, message: discord.Message) -> None:
    """Read a message, and show what it says of the count."""
    await check_role(interaction)
    text = "\n".join([message.content, *(embed.description or "" for embed in message.embeds)])
    entering = cast("Bot", interaction.client).services.entering
    card = await entering.read(asker_of(interaction), text, link=message.jump_url, said_at=message.created_at)
    await show(interaction, card)


async def setup(bot: Bot) -> None:
    """Add the command in a message's menu, and let the bot know what is under an entry."""
    bot.tree.add_command(app_commands.ContextMenu(name=READ_AS_TALLY, callback=read_as_tally))
    bot.add_dynamic_items(EntryButton, EntryList)


async def teardown(bot: commands.Bot) -> None:
    """Take them away again."""
    bot.tree.remove_command(READ_AS_TALLY, type=discord.AppCommandType.message)
    bot.remove_dynamic_items(EntryButton, EntryList)
