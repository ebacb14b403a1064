"""Base classes: buttons and lists whose keys say all, so that they work after any restart, and forms that answer.

Each of them has a guard (`cogs/guards.py`): without one its base class refuses everybody.
"""

import re
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Self, TypeVar, cast
from weakref import WeakValueDictionary

import discord
from discord.ext import commands

from bot.client import FORM, Bot, bot_of, form_key, is_stale_form, replace_text, view_of_choices
from bot.errors import ChooseError, Refusals, naming
from bot.follows.levels import Level
from bot.follows.preferences import least_votes
from bot.wording.card import Button, ButtonStyle, Choice
from bot.wording.escape import escape
from bot.wording.limits import size
from bot.wording.typed_times import quiet_hours
from cogs.guards import NotAllowedError, admit

T = TypeVar("T")

_OPENED: "WeakValueDictionary[str, AnsweredForm]" = WeakValueDictionary()
"""The forms of this process, for as long as discord.py knows them or they are at work."""


# discord.py wants a template of every subclass; this one matches no key.
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
        bot = bot_of(interaction)
        try:
            if await bot.serves(interaction):
                await admit(interaction, self.level)
                await self.press(bot, interaction)
        except Exception as error:  # noqa: BLE001 - who pressed is answered, whatever it was; our own faults are logged
            await bot.answer_failure(interaction, error)

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Do what it says."""
        raise NotImplementedError


def buttons_under(message: discord.Message) -> list[Button]:
    """Return the buttons under a message, as they were made."""
    items = [item for row in message.components if isinstance(row, discord.ActionRow) for item in row.children]
    return [
        Button(item.label or "", item.custom_id or "", cast("ButtonStyle", item.style.name))
        for item in items
        if isinstance(item, discord.Button)
    ]


def chosen(interaction: discord.Interaction) -> list[str]:
    """Return what was chosen from a list: words, or Discord's ids."""
    data: Any = interaction.data or {}
    return list(data.get("values", []))


class AnsweredForm(discord.ui.Modal):
    """A form whose sender is answered, whatever happens."""

    level: ClassVar[Level]
    """Who may send it, by its guard."""

    def __init__(self, *, title: str = discord.utils.MISSING) -> None:
        """Open a form that is answered for as long as this process lives."""
        super().__init__(title=title, custom_id=form_key())
        self.sent_with: int | None = None
        """The interaction that sent it last."""
        self.again = False
        """True: it was opened once more, under what was said of it, which the next answer takes the place of."""
        _OPENED[self.custom_id] = self

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Refuse it from who may not send it any more."""
        self.sent_with = interaction.id
        if not await bot_of(interaction).serves(interaction):
            return False
        await admit(interaction, self.level)
        return True

    async def on_error(self, interaction: discord.Interaction, error: Exception, /) -> None:  # type: ignore[override]  # as discord.py's Modal has it
        """Answer who sent it, whatever it was, with a button that opens it again as it was sent, and one for each choice."""
        if isinstance(error, NotAllowedError):
            await bot_of(interaction).answer_failure(interaction, error)
            return
        buttons: list[tuple[str, Callable[[discord.Interaction], Coroutine[Any, Any, None]]]] = [
            ("Edit and send again", self._open)
        ]
        if isinstance(error, ChooseError):
            buttons = [(label, partial(self._open, error=error, instead=to)) for label, to in error.choices] + buttons
        view, instead = view_of_choices(buttons), is_sent_again(interaction)
        await bot_of(interaction).answer_failure(interaction, error, view, instead=instead)

    async def _open(
        self, interaction: discord.Interaction, error: ChooseError | None = None, instead: str = ""
    ) -> None:
        """Open the form again with what was typed, and with a choice in the place of what was open.

        A form that failed is not finished for discord.py, so it can be opened once more.
        """
        bot = bot_of(interaction)
        try:
            if not await self.interaction_check(interaction):
                return
            fields = {item.custom_id: item for item in self.walk_children() if isinstance(item, discord.ui.TextInput)}
            typed = {key: field.value for key, field in fields.items()}
            for key, text in (typed | (replace_text(typed, error.typed, instead) if error else {})).items():
                field = fields[key]
                field.default = text or None
                field.max_length = max(field.max_length or 0, size(text)) or None
            for group in self.walk_children():
                if isinstance(group, discord.ui.CheckboxGroup | discord.ui.Select):
                    for option in group.options:
                        option.default = option.value in group.values
            self.again = True
            await interaction.response.send_modal(self)
        except Exception as failure:  # noqa: BLE001 - as in `Pressable`
            await bot.answer_failure(interaction, failure)


def is_sent_again(interaction: discord.Interaction) -> bool:
    """Return True for a form that was opened once more from the answer that refused it."""
    form = _OPENED.get(str(dict(interaction.data or {}).get("custom_id", "")))
    unanswered = interaction.response.type in (None, discord.InteractionResponseType.deferred_message_update)
    return form is not None and form.again and unanswered


class LateForms(commands.Cog):
    """Answers what discord.py would not say a word to, and do nothing: a form of a process that is gone, or sent twice."""

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Say what became of such a form; Discord sends one again whose first answer got lost on its way."""
        data: Any = interaction.data or {}
        key = str(data.get("custom_id", ""))
        if is_stale_form(key):
            typed = [text for text in _typed_in(data.get("components", ())) if text]
            said = "The bot restarted since then, so nothing was saved. Use the command again."
            if typed:
                shown = escape("; ".join(typed), 1500)
                said = f"The bot restarted since you opened this form, so nothing was saved. You typed: {shown}"
            await interaction.response.send_message(said, ephemeral=True)
            return
        if interaction.type is not discord.InteractionType.modal_submit or not key.startswith(FORM):
            return
        form = _OPENED.get(key)
        if form is None or (form.is_finished() and form.sent_with != interaction.id):
            said = "That form was already sent; what it did is in the first answer."
            await interaction.response.send_message(said, ephemeral=True)


def _typed_in(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what was typed into the fields of a form, as Discord sends it."""
    for one in components:
        if isinstance(one.get("value"), str):
            yield one["value"]
        inner = one.get("components", ()) or ([one["component"]] if "component" in one else ())
        yield from _typed_in(inner)


class TextField(discord.ui.Label[Any]):
    """A field of a form, with the label above it."""

    def __init__(
        self,
        label: str,
        *,
        name: str | None = None,
        default: str | None = None,
        placeholder: str | None = None,
        required: bool = True,
        max_length: int,
        long: bool = False,
    ) -> None:
        """Show a field of one line, or a `long` one, with `default` in it; errors name it by `name`, or else its label."""
        style = discord.TextStyle.long if long else discord.TextStyle.short
        self.input: discord.ui.TextInput[Any] = discord.ui.TextInput(
            default=default, placeholder=placeholder, required=required, max_length=max_length, style=style
        )
        super().__init__(text=label, component=self.input)
        self.name = name or label

    @property
    def value(self) -> str:
        """What was typed."""
        return self.input.value

    def read(self, reader: Callable[[str], T]) -> T:
        """Return what `reader` makes of what was typed; what it refuses is said with the field's name.

        Raises:
            BadInputError: it refused it.

        """
        with naming(self.name):
            return reader(self.input.value)


@dataclass(frozen=True, slots=True)
class LeastFields:
    """What somebody typed into a `LeastForm`, and chose there."""

    votes: str
    hours: str
    smaller: str
    """What becomes of smaller changes."""


class LeastForm(AnsweredForm, title="Minimum change and quiet hours"):
    """From how many votes on, and when not, a follow is told, and of less; what is done with these is its subclass's."""

    votes = TextField(
        "Minimum change, in votes",
        name="Minimum change",
        placeholder="empty: 25, or 0.3% of the lead if more",
        required=False,
        max_length=20,
    )
    hours = TextField(
        "Quiet hours, in newsroom time",
        name="Quiet hours",
        placeholder="midnight to 5 a.m.; empty: none",
        required=False,
        max_length=40,
    )

    def __init__(self, least: str, hours: str, smaller: Iterable[Choice]) -> None:
        super().__init__()
        options = [discord.SelectOption(label=one.label, value=one.value, default=one.chosen) for one in smaller]
        self.smaller: discord.ui.Label[Self] = discord.ui.Label(
            text="Smaller changes", component=discord.ui.Select(options=options)
        )
        self.add_item(self.smaller)
        self._filled = (least, hours)
        self.votes.input.default, self.hours.input.default = least or None, hours or None

    def typed(self) -> LeastFields:
        """Return what was typed and chosen.

        Raises:
            BadInputError: what is other than it was shown can't be read; it names the fields.

        """
        readers = ((self.votes, least_votes), (self.hours, quiet_hours))
        refused = Refusals()
        for (field, reader), text in zip(readers, self._filled, strict=True):
            if field.value.strip() != text:
                refused.of(partial(field.read, reader), None)
        refused.raise_any()
        smaller = cast("discord.ui.Select[Self]", self.smaller.component).values[0]
        return LeastFields(self.votes.value, self.hours.value, smaller)
