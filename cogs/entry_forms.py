"""The forms in which an entry is typed or mended."""

from datetime import datetime
from typing import Self, cast

import discord

from bot.answers.asking import past_time
from bot.client import Bot, Services
from bot.count.entry import MOST_TEXT, Entry
from bot.entries.drafts import Drafts, Form, Opened
from bot.entries.edit_form import MendForm
from cogs.entry_shown import asker_of, show_instead
from cogs.forms import AnsweredForm


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


def form_over(key: int, opened: Opened, drafts: Drafts) -> AnsweredForm:
    """Return the form that mends the draft with this id."""
    if isinstance(opened.form, Form):
        return _FigureForm(drafts, key, opened.form, opened.seen)
    return _WordForm(drafts, key, opened.form, opened.seen)


class _FigureForm(TallyForm):
    """The form over an entry that is there."""

    def __init__(self, drafts: Drafts, key: int, form: Form, seen: Entry) -> None:
        super().__init__()
        self._drafts = drafts
        self._key, self._seen = key, seen
        filled = ((self.margin, form.margin), (self.votes, form.votes), (self.left, form.left))
        for item, said in (*filled, (self.certified, form.certified)):
            item.default = said
            # Discord opens no form with more in a field than the field takes; places are longer as they are said back.
            item.max_length = max(item.max_length or 0, len(said))

    async def on_submit(self, interaction: discord.Interaction, /) -> None:
        """Show the entry as it is now."""
        services = cast("Bot", interaction.client).services
        asker, at = asker_of(interaction), self.moment(services)
        await show_instead(interaction, await self._drafts.mend(asker, self._key, self.form, at, self._seen))


class _WordForm(AnsweredForm, title="What is said, and as of when"):
    """The form over what is no figure: counties by name, a call, a change of the lead."""

    def __init__(self, drafts: Drafts, key: int, form: MendForm, seen: Entry) -> None:
        super().__init__()
        self._drafts, self._key, self._kind, self._seen = drafts, key, form.kind, seen
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
        card = await self._drafts.mend_words(asker_of(interaction), self._key, self._kind, typed, at, self._seen)
        await show_instead(interaction, card)
