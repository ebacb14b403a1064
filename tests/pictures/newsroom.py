"""A newsroom in which a recorded day has been played up to a given time, and in which people then use the bot's
commands.
"""

import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.desk.desk_file import Desk
from bot.rehearsal.day import Day
from bot.rehearsal.page.message_html import MessageViews
from bot.rehearsal.player import Backstage, Watching, play_day
from bot.rehearsal.rehearsable_days import open_day
from bot.rehearsal.standin.guild import Guild
from bot.rehearsal.standin.interactions import InteractionAnswer
from bot.rehearsal.standin.member_input import OptionValue
from bot.rehearsal.standin.message import Attachment, Message
from bot.schedule.reminders_words import KINDS
from tests.pictures.words import fields_of, words_of, words_of_form

EDITOR = "desk editor"


@dataclass(frozen=True, slots=True)
class Seen:
    """The message or form that a person was shown after using a command."""

    command: str
    """The name of the command, or of the entry in a message's context menu."""
    typed: str
    """The command with its options, as a person types it."""
    words: str
    """The text of everything shown."""
    message: int
    """The id of the message, or 0 for a form."""
    form: Mapping[str, Any] | None
    edited: bool = False
    """True if the message is marked as edited."""


Camera = Callable[[Seen], Awaitable[None]]
Opened = Callable[[str], Awaitable[Camera]]
"""A function that gets the address of the page and returns a camera."""


class Newsroom:
    """One server of the simulated Discord, and an editor with the desk's role who uses all commands."""

    def __init__(self, backstage: Backstage, camera: Camera) -> None:
        """Pass everything shown to `camera`."""
        self.app, self.guild, self._standin = backstage.app, backstage.guild, backstage.standin
        self._camera = camera
        self._here = next(iter(self.guild.channels.values()))
        self._editor = self.guild.member(EDITOR)
        self._pressed: int | None = None
        """The message whose button opened the current answer, or None if a command did."""
        self._shown = MessageViews(self.guild, lambda _: None)

    @property
    def here(self) -> str:
        """The name of the current channel."""
        return self._here.name

    def go(self, channel: str) -> None:
        """Make another channel the current one."""
        self._here = self.guild.channel(channel)

    def newest(self) -> InteractionAnswer:
        """Return the newest message in the channel that has buttons or lists, in the form of an answer."""
        *_, message = (one for one in self._here.messages if one.components)
        return InteractionAnswer(content=message.content, components=message.components, message_id=message.id)

    async def show(self, command: str, /, **options: OptionValue) -> InteractionAnswer:
        """Use a slash command, take a picture of the answer, and return the answer."""
        answer = await self.ask(command, **options)
        chosen = {name: _as_chosen(self.app.rooms.setting.desk, value) for name, value in options.items()}
        await self.picture(
            command, " ".join([f"/{command}", *(f"{name}:{one}" for name, one in chosen.items())]), answer
        )
        return answer

    async def ask(self, command: str, /, **options: OptionValue) -> InteractionAnswer:
        """Use a slash command.

        "#count" as a value means the channel of that name, and "@Desk" the role.
        """
        given = {name: _thing(self.guild, value) for name, value in options.items()}
        self._pressed = None
        answer = await self._standin.slash(self._here.id, self._editor.id, command, given)
        await self.settled()
        return answer

    async def about(self, name: str, message: Message) -> InteractionAnswer:
        """Use a command in a message's context menu."""
        return await self._standin.about(self._here.id, self._editor.id, message.id, name)

    async def press(self, answer: InteractionAnswer, label: str) -> InteractionAnswer:
        """Press the button with this label under an answer."""
        (key,) = [one["custom_id"] for one in _parts(answer) if one.get("label") == label]
        return await self._use(answer, key)

    async def pick(self, answer: InteractionAnswer, place: int, *values: str) -> InteractionAnswer:
        """Choose values from a list under an answer. The first list has place 0.

        "#desk" as a value means the channel of that name.
        """
        key = [one["custom_id"] for one in _parts(answer) if "label" not in one][place]
        picked = (str(self.guild.channel(one[1:]).id) if one.startswith("#") else one for one in values)
        return await self._use(answer, key, *picked)

    async def fill_in(self, answer: InteractionAnswer, **values: str) -> InteractionAnswer:
        """Submit the form that was opened. Each field is named by the first word of its label."""
        assert answer.form is not None
        fields = {_first_word(one["label"]): one["custom_id"] for one in fields_of(answer.form)}
        sent = {fields[name]: value for name, value in values.items()}
        done = await self._standin.submit(self._here.id, self._editor.id, answer.form, sent, self._pressed)
        await self.settled()
        return done

    def say(self, who: str, words: str) -> Message:
        """Write a message as this person, in the current channel."""
        return self._here.say(self.guild.member(who), words)

    def file(self, name: str, kind: str, content: bytes) -> Attachment:
        """Return a file for a command's option."""
        return self._standin.world.keep_file(self._here.id, name, kind, content)

    async def settled(self) -> None:
        """Wait until all posts have arrived."""
        await self.app.rooms.outbox.dispatcher.drained()

    async def _use(self, answer: InteractionAnswer, key: str, *values: str) -> InteractionAnswer:
        self._pressed = answer.message_id
        done = await self._standin.click(self._here.id, self._editor.id, answer.message_id, key, values)
        await self.settled()
        return done

    async def picture(self, command: str, typed: str, answer: InteractionAnswer) -> None:
        """Take a picture of an answer as it is now."""
        if answer.form is not None:
            await self._camera(Seen(command, typed, words_of_form(answer.form), 0, answer.form))
            return
        message = self._standin.interactions.message(self._here, answer.message_id)
        assert message is not None
        shown = self._shown.message(message)
        await self._camera(
            Seen(command, typed, words_of(shown, self.guild), message.id, None, edited=bool(shown["edited"]))
        )


async def played(day_name: str, until: str, act: Callable[[Newsroom], Awaitable[None]], opened: Opened) -> None:
    """Play a day up to a time such as "2020-11-11T08:50-05:00", and then call `act` with the newsroom."""
    day, desk = open_day(day_name)
    page: list[str] = []

    async def then(backstage: Backstage) -> None:
        await act(Newsroom(backstage, await opened(page[0])))

    await _play(_up_to(day, datetime.fromisoformat(until)), desk, Watching(0, page.append, lambda: None, then))


async def _play(day: Day, desk: Desk, watching: Watching) -> None:
    with tempfile.TemporaryDirectory() as folder:
        await play_day(day, desk, Path(folder) / "pictures.sqlite3", None, lambda _: None, watching)


def _up_to(day: Day, moment: datetime) -> Day:
    steps = [step for step in day.steps if step.at <= moment]
    return day.model_copy(update={"steps": steps, "ends": moment})


def _thing(guild: Guild, value: OptionValue) -> OptionValue:
    if isinstance(value, str) and value.startswith("#") and not value[1:].isdigit():
        return guild.channel(value[1:])
    return guild.role(value[1:]) if isinstance(value, str) and value.startswith("@") else value


def _as_chosen(desk: Desk, value: OptionValue) -> str:
    """Return a value as Discord shows it after the choice from a list: the name instead of the id."""
    if isinstance(value, Attachment):
        return value.filename
    names = {source.id: source.name for source in desk.sources}
    names |= {one.id: one.name for contest in desk.contests for one in contest.candidates} | KINDS
    return names.get(str(value), str(value))


def _parts(answer: InteractionAnswer) -> list[Mapping[str, Any]]:
    return [part for row in answer.components for part in row["components"]]


def _first_word(label: str) -> str:
    return label.split(maxsplit=1)[0].strip(":,").lower()
