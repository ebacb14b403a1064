"""A newsroom in which a day has been played up to a moment, and people who use the bot's commands there."""

import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.desk.desk_file import Desk
from bot.rehearsal.day import Day
from bot.rehearsal.page.shown import MessageViews
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
    """What somebody was shown when they used a command."""

    command: str
    """Its name, or that of a message's menu."""
    typed: str
    """As it was typed."""
    words: str
    """All that is shown, as text."""
    message: int
    """The message's id; 0: it is a form."""
    form: Mapping[str, Any] | None
    edited: bool = False
    """The message says so."""


Camera = Callable[[Seen], Awaitable[None]]
Opened = Callable[[str], Awaitable[Camera]]
"""Called with the page's address, gives who takes the pictures."""


class Newsroom:
    """One server of the stand-in, and its desk editor, who does everything."""

    def __init__(self, backstage: Backstage, camera: Camera) -> None:
        """Show what is answered to `camera`."""
        self.app, self.guild, self._standin = backstage.app, backstage.guild, backstage.standin
        self._camera = camera
        self._here = next(iter(self.guild.channels.values()))
        self._editor = self.guild.member(EDITOR)
        self._pressed: int | None = None
        """The message whose button brought up what is shown; None: a command did."""
        self._shown = MessageViews(self.guild, lambda _: None)

    @property
    def here(self) -> str:
        """The channel's name."""
        return self._here.name

    def go(self, channel: str) -> None:
        """Go on in another channel."""
        self._here = self.guild.channel(channel)

    def newest(self) -> InteractionAnswer:
        """Return the newest message of the channel that can be pressed, as if it were an answer."""
        *_, message = (one for one in self._here.messages if one.components)
        return InteractionAnswer(content=message.content, components=message.components, message_id=message.id)

    async def show(self, command: str, /, **options: OptionValue) -> InteractionAnswer:
        """Use a slash command, have what is answered pictured, and return it."""
        answer = await self.ask(command, **options)
        chosen = {name: _as_chosen(self.app.rooms.setting.desk, value) for name, value in options.items()}
        await self.picture(
            command, " ".join([f"/{command}", *(f"{name}:{one}" for name, one in chosen.items())]), answer
        )
        return answer

    async def ask(self, command: str, /, **options: OptionValue) -> InteractionAnswer:
        """Use a slash command; "#count" as a value is the channel of that name, "@Desk" the role."""
        given = {name: _thing(self.guild, value) for name, value in options.items()}
        self._pressed = None
        answer = await self._standin.slash(self._here.id, self._editor.id, command, given)
        await self.settled()
        return answer

    async def about(self, name: str, message: Message) -> InteractionAnswer:
        """Use a command of a message's menu."""
        return await self._standin.about(self._here.id, self._editor.id, message.id, name)

    async def press(self, answer: InteractionAnswer, label: str) -> InteractionAnswer:
        """Press the button of an answer that has this on it."""
        (key,) = [one["custom_id"] for one in _parts(answer) if one.get("label") == label]
        return await self._use(answer, key)

    async def pick(self, answer: InteractionAnswer, place: int, *values: str) -> InteractionAnswer:
        """Pick values from an answer's list, the first of which is at place 0; "#desk" is the channel of that name."""
        key = [one["custom_id"] for one in _parts(answer) if "label" not in one][place]
        picked = (str(self.guild.channel(one[1:]).id) if one.startswith("#") else one for one in values)
        return await self._use(answer, key, *picked)

    async def fill_in(self, answer: InteractionAnswer, **values: str) -> InteractionAnswer:
        """Send the form that was answered; fields are named by the first word of their label."""
        assert answer.form is not None
        fields = {_first_word(one["label"]): one["custom_id"] for one in fields_of(answer.form)}
        sent = {fields[name]: value for name, value in values.items()}
        done = await self._standin.submit(self._here.id, self._editor.id, answer.form, sent, self._pressed)
        await self.settled()
        return done

    def say(self, who: str, words: str) -> Message:
        """Write a message into the channel."""
        return self._here.say(self.guild.member(who), words)

    def file(self, name: str, kind: str, content: bytes) -> Attachment:
        """Return a file to be sent with a command."""
        return self._standin.world.keep_file(self._here.id, name, kind, content)

    async def settled(self) -> None:
        """Wait until all posts have landed."""
        await self.app.rooms.outbox.dispatcher.drained()

    async def _use(self, answer: InteractionAnswer, key: str, *values: str) -> InteractionAnswer:
        self._pressed = answer.message_id
        done = await self._standin.click(self._here.id, self._editor.id, answer.message_id, key, values)
        await self.settled()
        return done

    async def picture(self, command: str, typed: str, answer: InteractionAnswer) -> None:
        """Have what is answered pictured, as it is now."""
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
    """Play a day up to a moment, as "2020-11-11T08:50-05:00", and let people act there."""
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
    """Return a value as Discord shows it once it is chosen from the list: by its name, where it has an id."""
    if isinstance(value, Attachment):
        return value.filename
    names = {source.id: source.name for source in desk.sources}
    names |= {one.id: one.name for contest in desk.contests for one in contest.candidates} | KINDS
    return names.get(str(value), str(value))


def _parts(answer: InteractionAnswer) -> list[Mapping[str, Any]]:
    return [part for row in answer.components for part in row["components"]]


def _first_word(label: str) -> str:
    return label.split(maxsplit=1)[0].strip(":,").lower()
