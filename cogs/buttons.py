"""Base classes: buttons and lists that work after a restart, and forms that report their errors.

Every subclass needs a guard (`cogs/guards.py`). Without a guard, the base class refuses everybody.
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
from bot.follows.preferences import parse_minimum
from bot.wording.card import Button, ButtonStyle, Choice
from bot.wording.escape import escape
from bot.wording.limits import size
from bot.wording.typed_times import quiet_hours
from cogs.guards import NotAllowedError, admit

T = TypeVar("T")

_OPENED: "WeakValueDictionary[str, AnsweredForm]" = WeakValueDictionary()
"""The forms that this process opened and that discord.py or a running handler still refers to, by key."""


# discord.py wants a template of every subclass; this one matches no key.
class Pressable(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"$^"):
    """A button or a select menu that works after a restart.

    Its `custom_id` contains everything that it needs.
    """

    level: ClassVar[Level]
    """The lowest level that may use the item. Set by `guard`."""
    called: ClassVar[str]
    """The item's name in the docs' table of permissions. Set by `guard`."""

    def __init__(self, item: discord.ui.Item[Any], match: re.Match[str]) -> None:
        """Create the handler of the button or menu `item`. `match` is the template's match of the `custom_id`."""
        super().__init__(item)
        self.match = match

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Return an instance for the button or menu that was used."""
        del interaction
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction) -> None:
        """Check permissions and call `press`. If either fails, reply with the error."""
        bot = bot_of(interaction)
        try:
            if await bot.serves(interaction):
                await admit(interaction, self.level)
                await self.press(bot, interaction)
        except Exception as error:  # noqa: BLE001 - any error gets a reply; our own faults are logged
            await bot.answer_failure(interaction, error)

    async def press(self, bot: Bot, interaction: discord.Interaction) -> None:
        """Carry out the action of the button or menu. Subclasses override this method."""
        raise NotImplementedError


def buttons_under(message: discord.Message) -> list[Button]:
    """Return the buttons under a message, converted to `Button`."""
    items = [item for row in message.components if isinstance(row, discord.ActionRow) for item in row.children]
    return [
        Button(item.label or "", item.custom_id or "", cast("ButtonStyle", item.style.name))
        for item in items
        if isinstance(item, discord.Button)
    ]


def chosen(interaction: discord.Interaction) -> list[str]:
    """Return the values chosen in a select menu.

    If the menu lists channels or roles, the values are their ids.
    """
    data: Any = interaction.data or {}
    return list(data.get("values", []))


class AnsweredForm(discord.ui.Modal):
    """A form that always gets a reply, even if handling it fails.

    After a failure, the reply has a button to edit the form and send it again.
    """

    level: ClassVar[Level]
    """The lowest level that may send the form. Set by `guard`."""

    def __init__(self, *, title: str = discord.utils.MISSING) -> None:
        """Create a form with a unique key. The form works until the bot restarts."""
        super().__init__(title=title, custom_id=form_key())
        self.sent_with: int | None = None
        """The id of the interaction that sent it last."""
        self.again = False
        """True if it was opened again from the reply that refused it; the next reply replaces that one."""
        _OPENED[self.custom_id] = self

    async def interaction_check(self, interaction: discord.Interaction, /) -> bool:
        """Check that the sender still has the level that the form requires."""
        self.sent_with = interaction.id
        if not await bot_of(interaction).serves(interaction):
            return False
        await admit(interaction, self.level)
        return True

    async def on_error(self, interaction: discord.Interaction, error: Exception, /) -> None:  # type: ignore[override]  # as discord.py's Modal has it
        """Reply with the error.

        The reply has a button for each choice that the error offers, and a button to edit the form and send it again.
        """
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
        """Open the form again with the values that were sent.

        `instead` replaces the text that `error` could not read. The form can be sent again because discord.py does not
        treat a failed form as finished.
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
    """Return True if a form was sent again after a refusal, and has no reply yet."""
    form = _OPENED.get(str(dict(interaction.data or {}).get("custom_id", "")))
    unanswered = interaction.response.type in (None, discord.InteractionResponseType.deferred_message_update)
    return form is not None and form.again and unanswered


class LateForms(commands.Cog):
    """A cog that replies to forms that discord.py ignores: forms opened before a restart, and forms sent twice."""

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Reply that nothing was saved, or that the form was already sent.

        Discord sends a form again if the first reply got lost.
        """
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
    """Yield the text in each field, given the components of a form's interaction."""
    for one in components:
        if isinstance(one.get("value"), str):
            yield one["value"]
        inner = one.get("components", ()) or ([one["component"]] if "component" in one else ())
        yield from _typed_in(inner)


class TextField(discord.ui.Label[Any]):
    """A text field of a form, with the label above the field."""

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
        """Create a field of one line, or of several if `long` is true.

        Error messages call the field `name`, or else by its label.
        """
        style = discord.TextStyle.long if long else discord.TextStyle.short
        self.input: discord.ui.TextInput[Any] = discord.ui.TextInput(
            default=default, placeholder=placeholder, required=required, max_length=max_length, style=style
        )
        super().__init__(text=label, component=self.input)
        self.name = name or label

    @property
    def value(self) -> str:
        """The text that was typed."""
        return self.input.value

    def read(self, reader: Callable[[str], T]) -> T:
        """Return the result of `reader` for the text that was typed.

        Raises:
            BadInputError: `reader` refused the text. The error gets the field's name.
        """
        with naming(self.name):
            return reader(self.input.value)


@dataclass(frozen=True, slots=True)
class MinimumChangeFields:
    """The values that somebody typed and chose in a `MinimumChangeForm`."""

    votes: str
    hours: str
    smaller: str
    """The choice for changes below the minimum."""


class MinimumChangeForm(AnsweredForm, title="Minimum change and quiet hours"):
    """A form for a follow's minimum change, its quiet hours and the handling of smaller changes.

    Subclasses store the values.
    """

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

    def typed(self) -> MinimumChangeFields:
        """Return the values that were typed and chosen.

        Raises:
            BadInputError: a field that was changed can't be read. The message names each such field.
        """
        readers = ((self.votes, parse_minimum), (self.hours, quiet_hours))
        refused = Refusals()
        for (field, reader), text in zip(readers, self._filled, strict=True):
            if field.value.strip() != text:
                refused.of(partial(field.read, reader), None)
        refused.raise_any()
        smaller = cast("discord.ui.Select[Self]", self.smaller.component).values[0]
        return MinimumChangeFields(self.votes.value, self.hours.value, smaller)
