"""Fixtures: a server of the simulated Discord with the bot, and members who use commands, buttons, lists and forms."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.client import Bot
from bot.desk.desk_file import Desk, Source
from bot.errors import TallydeskError
from bot.follows.follows import Follows
from bot.follows.levels import Role as LevelRole
from bot.follows.preferences import DEFAULT_PREFERENCES
from bot.rehearsal.standin.guild import Channel, Guild, GuildRole, Member
from bot.rehearsal.standin.interactions import EphemeralChange, InteractionAnswer
from bot.rehearsal.standin.member_input import FieldValue
from bot.rehearsal.standin.message import Attachment, Message
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.server import Request
from bot.wording.typed_times import quiet_hours as typed_quiet_hours
from tests.conftest import Newsroom, handled, lay_new, reading, small_desk

HOSTILE = "@everyone <@&1> **Mayor** [here](https://evil.example) `x`\u202e"
BUTTON = 2


def desk_of_many() -> Desk:
    """Return a desk file with a hostile name, and with more contests than fit into a Discord list."""
    desk = small_desk(rundown=None)
    plain = desk.contests[0]
    more = [plain.model_copy(update={"id": "evil", "name": HOSTILE.rstrip("\u202e"), "where": None, "state": None})]
    more += [
        plain.model_copy(update={"id": f"board-{number}", "name": f"School board {number}", "where": "Lamp City"})
        for number in range(1, 31)
    ]
    return Desk(desk=desk.desk, contests=[*desk.contests, *more], sources=desk.sources)


@dataclass(frozen=True)
class Seen:
    """A message in a channel or for one member only, as it is now, or a form that was opened."""

    channel: Channel
    message: Message | None
    """The message. For a form, the message whose button opened the form, or None if a command did."""
    form: dict[str, Any] | None = None
    later: tuple["Seen", ...] = ()
    """Further messages to the member after the first reply."""

    @property
    def _message(self) -> Message:
        assert self.message is not None
        assert self.form is None, f"a form came up: {self.form}"
        return self.message

    @property
    def id(self) -> int:
        return self._message.id

    @property
    def content(self) -> str:
        return self._message.content

    @property
    def embeds(self) -> list[discord.Embed]:
        return [discord.Embed.from_dict(embed) for embed in self._message.embeds]

    @property
    def attachments(self) -> list[Attachment]:
        return self._message.attachments

    @property
    def ephemeral(self) -> bool:
        return self._message.ephemeral

    @property
    def jump_url(self) -> str:
        return f"https://discord.com/channels/{self.channel.guild.id}/{self.channel.id}/{self.id}"

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The buttons and lists of the message."""
        return [part for row in self._message.components for part in row["components"]]

    @property
    def keys(self) -> list[str]:
        """The custom ids of the buttons and lists."""
        return [part["custom_id"] for part in self.parts]

    @property
    def buttons(self) -> dict[str, str]:
        """Label → custom id of each button."""
        return {part["label"]: part["custom_id"] for part in self.parts if part["type"] == BUTTON}

    @property
    def lists(self) -> list[str]:
        """The custom ids of the lists."""
        return [part["custom_id"] for part in self.parts if part["type"] != BUTTON]

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The fields of a form, as sent by the bot."""
        assert self.form is not None, f"a message came: {self.content}"
        return [part.get("component") or part["components"][0] for part in self.form["components"]]


def history(channel: Channel) -> list[Seen]:
    """Return the messages of a channel, oldest first, without system messages."""
    return [Seen(channel, message) for message in channel.messages if message.kind.by_somebody]


def last(channel: Channel) -> Seen:
    return history(channel)[-1]


def said(channel: Channel) -> list[str]:
    """Return the first line of each message in a channel."""
    return [seen.content.split("\n")[0] for seen in history(channel)]


@dataclass(frozen=True)
class Person:
    """A member of a server, who can use commands, buttons and forms."""

    room: "Room"
    member: Member

    @property
    def id(self) -> int:
        return self.member.id

    @property
    def name(self) -> str:
        return self.member.name

    def __str__(self) -> str:
        return f"{self.name} ({self.id})"  # as the audit has it

    async def slash(self, channel: Channel, words: str, /, **options: Any) -> Seen:
        """Use a slash command. A file is given as (name, bytes)."""
        world = self.room.newsroom.world
        filled = {
            name: world.keep_file(channel.id, value[0], "application/octet-stream", value[1])
            if isinstance(value, tuple)
            else value
            for name, value in options.items()
        }
        return await self._see(channel, self.room.newsroom.standin.slash(channel.id, self.id, words, filled, WITHIN))

    async def about(self, seen: Seen, name: str) -> Seen:
        """Use a command in a message's context menu."""
        standin = self.room.newsroom.standin
        return await self._see(seen.channel, standin.about(seen.channel.id, self.id, seen.id, name))

    async def click(self, seen: Seen, label: str) -> Seen:
        """Press the button whose label is, or begins with, `label`.

        "Undo" also finds "Undo until 7:02 a.m.".
        """
        (key, *_) = [key for shown, key in seen.buttons.items() if shown == label] or [
            key for shown, key in seen.buttons.items() if re.match(rf"{re.escape(label)}[ ,]", shown)
        ]
        return await self.choose(seen, key)

    async def choose(self, seen: Seen, key: str, *values: Any) -> Seen:
        """Choose values from the list with this custom id, or press the button that has the id."""
        chosen = [value if isinstance(value, str) else str(value.id) for value in values]
        standin = self.room.newsroom.standin
        pressed = standin.click(seen.channel.id, self.id, seen.id, key, chosen)
        return await self._see(seen.channel, pressed, seen.message)

    async def submit(self, form: Seen, typed: Mapping[str, FieldValue] | Sequence[FieldValue | None]) -> Seen:
        """Submit a form.

        `typed` has values by the fields' keys, or values in order. None leaves a field unchanged.
        """
        assert form.form is not None
        if not isinstance(typed, Mapping):
            typed = {
                field["custom_id"]: words for field, words in zip(form.fields, typed, strict=False) if words is not None
            }
        standin, source = self.room.newsroom.standin, form.message
        sent = standin.submit(form.channel.id, self.id, form.form, typed, source.id if source else None)
        return await self._see(form.channel, sent, source)

    async def autocomplete(
        self,
        channel: Channel,
        words: str,
        option: str,
        typed: str,
        /,
        **options: Any,
    ) -> list[dict[str, Any]]:
        """Return the suggestions for a text typed into an option."""
        found = await self.room.newsroom.standin.autocomplete(channel.id, self.id, words, option, typed, options)
        return [choice._asdict() for choice in found]

    def say(self, channel: Channel, text: str) -> Seen:
        return Seen(channel, channel.say(self.member, text))

    async def _see(self, channel: Channel, doing: Awaitable[InteractionAnswer], source: Message | None = None) -> Seen:
        whispered = self.room.whispered
        whispered.clear()
        answer = await doing
        await handled()
        if answer.form is not None:
            return Seen(channel, source, answer.form)
        first = self.room.newsroom.standin.interactions.message(channel, answer.message_id)
        told = dict.fromkeys(one.message for one in whispered if one.message is not first and not one.deleted)
        return Seen(channel, first, later=tuple(Seen(channel, message) for message in told))


WITHIN = 30.0
"""How long to wait for an answer, in seconds. A chart is drawn in another process, and the machine may be busy."""


@dataclass
class Room:
    """A server with the bot, an editor and a reporter."""

    newsroom: Newsroom
    guild: Guild
    count: Channel
    whispered: list[EphemeralChange] = field(default_factory=list)
    """The messages for one member only that the last action caused."""
    failures: list[BaseException] = field(default_factory=list)
    """The exceptions that the bot turned into replies: refusals, and bugs."""

    def __post_init__(self) -> None:
        self.editor = self.person("olga", self.role("Managers", Permission.MANAGE_GUILD))
        """A member who may manage the server."""
        self.reporter = self.person("ed")
        """A member without special permissions."""
        self.newsroom.standin.interactions.on_ephemeral(self.whispered.append)

    @property
    def bot(self) -> Bot:
        return self.newsroom.app.bot

    @property
    def following(self) -> Follows:
        return self.newsroom.following

    def person(self, name: str, *roles: GuildRole, guild: Guild | None = None) -> Person:
        """Add a member to the server, or to `guild`, and return the member."""
        return Person(self, (guild or self.guild).add_member(name, roles))

    def role(self, name: str, permissions: int = 0) -> GuildRole:
        return self.guild.add_role(name, permissions)

    def elsewhere(self) -> tuple[Channel, Person]:
        """Return a channel of another server, and a member who may manage that server."""
        guild = self.newsroom.world.add_guild("Elsewhere")
        eve = self.person("eve", guild.add_role("Managers", Permission.MANAGE_GUILD), guild=guild)
        return guild.add_channel("count"), eve

    def closed(self, name: str, *lost: str) -> Channel:
        """Return a new channel in which the bot does not have the permissions `lost`."""
        channel = self.guild.add_channel(name)
        channel.forbid(*lost)
        return channel

    def change_sources(self, change: Callable[[Source], dict[str, Any]]) -> None:
        """Change fields of all sources in the desk file. `change` returns the new values for a source."""
        setting = self.newsroom.setting
        sources = [source.model_copy(update=change(source)) for source in setting.desk.sources]
        changed = Desk(desk=setting.desk.desk, contests=setting.desk.contests, sources=sources)
        object.__setattr__(setting, "desk", changed)

    def hide_the_times(self) -> None:
        """Show the leading source to the newsroom only."""
        self.change_sources(lambda source: {"public": source.id != "times"})

    async def start(self) -> None:
        await self.newsroom.connect()
        answer_failure = self.bot.answer_failure

        async def note(
            interaction: discord.Interaction,
            cause: BaseException,
            view: discord.ui.View = discord.utils.MISSING,
            *,
            instead: bool = False,
        ) -> None:
            self.failures.append(cause)
            await answer_failure(interaction, cause, view, instead=instead)

        self.bot.answer_failure = note

    async def restart(self) -> None:
        await self.newsroom.restart()
        await self.start()

    async def publish(self) -> None:
        """Send the waiting posts."""
        await handled()
        await self.newsroom.publish()

    @property
    def requests(self) -> list[Request]:
        """All requests that the bot has sent to Discord, oldest first."""
        return list(self.newsroom.standin.requests)

    async def press(self, seen: Seen, label: str, who: Person | None = None) -> str:
        """Press a button. Returns the reply, which only that member sees."""
        answer = await (who or self.editor).click(seen, label)
        assert answer.ephemeral
        return answer.content

    async def ask(self, words: str, who: Person | None = None, /, **options: Any) -> str:
        """Use a command, and return the text of the reply.

        Checks that only this member sees the reply, and that it mentions nobody.
        """
        return (await self.card(words, who, **options)).content

    async def card(self, words: str, who: Person | None = None, /, **options: Any) -> Seen:
        """Use a command, and return the reply after the checks of `ask`.

        "margin > Everything known" then also presses that button.
        """
        person, (command, *labels) = who or self.editor, words.split(" > ")
        answer = await person.slash(self.count, command, **options)
        for label in labels:
            answer = await person.click(answer, label)
        assert answer.ephemeral
        assert answer.later == ()
        sent = self.requests[-1]
        body = sent.json["data"] if sent.path.endswith("/callback") else sent.json
        assert body["allowed_mentions"] == {"parse": []}
        return answer

    async def replace(self, words: str, who: Person | None = None, /, **options: Any) -> Seen:
        """Use a command that corrects or retracts, and confirm its preview. Returns the reply."""
        card = await self.card(words, who, **options)
        return await (who or self.editor).click(card, next(iter(card.buttons)))

    async def refused(self, words: str, who: Person | None = None, /, **options: Any) -> str:
        """Use a command, and return the refusal. Checks that the command is refused, and that nothing else happens."""
        before = len(self.failures)
        answer = await self.ask(words, who, **options)
        (failure,) = self.failures[before:]
        assert isinstance(failure, TallydeskError)
        return answer

    def show_all_commands(self) -> None:
        """Show all commands to all members, as a server can choose on Discord's Integrations page."""
        for command in self.newsroom.world.commands():
            command["default_member_permissions"] = None

    async def overview(self, who: Person | None = None) -> Seen:
        """Return the overview in `/desk setup`."""
        card = await self.card("desk setup", who)
        return await (who or self.editor).click(card, "Overview") if "Overview" in card.buttons else card

    async def follow(
        self,
        contest: str = "ga",
        channel: Channel | None = None,
        at_least: int | None = None,
        *,
        board: bool = True,
        who: Person | None = None,
        quiet_hours: str = "",
        **preferences: object,
    ) -> None:
        place, follows = channel or self.count, self.bot.rooms.follows
        asked = follows.contest(contest)
        rows = await follows.servers.following(place.guild.id)
        was = next((row.preferences for row in rows if (row.channel, row.contest) == (place.id, asked.id)), None)
        wants = (was or DEFAULT_PREFERENCES).model_copy(update=preferences)
        if quiet_hours:
            wants = wants.model_copy(update={"quiet": typed_quiet_hours(quiet_hours)})
        by = str(who or self.editor)
        await follows.follow(asked, place.guild.id, place.id, at_least, by, board=board, preferences=wants)

    async def unfollow(self, contest: str = "ga", channel: Channel | None = None, who: Person | None = None) -> None:
        place, follows = channel or self.count, self.bot.rooms.follows
        await follows.unfollow(follows.contest(contest).id, place.guild.id, place.id, str(who or self.editor))

    async def set_role(self, role: GuildRole | None, may: LevelRole = "desk") -> None:
        """Give a role of the server the level `may`, such as "desk"."""
        rooms = self.bot.rooms
        await rooms.follows.servers.set_role(
            self.guild.id, may, role.id if role else None, str(self.editor), rooms.clock.now()
        )

    async def set_desk(self, channel: Channel | None) -> str:
        """Make a channel the desk's channel. Returns the reply."""
        suspensions = self.bot.rooms.newsroom.suspensions
        return await suspensions.set_desk_channel(channel.id if channel else None, self.guild.id, str(self.editor))

    async def set_public(self, channel: Channel, *, public: bool) -> str:
        """Mark a channel as public or not. Returns the reply."""
        suspensions = self.bot.rooms.newsroom.suspensions
        return await suspensions.set_public(channel.id, self.guild.id, str(self.editor), public=public)

    async def set_two_person(self, *, on: bool, who: Person | None = None) -> str:
        """Turn two-person confirmation on or off. Returns the reply."""
        suspensions = self.bot.rooms.newsroom.suspensions
        return await suspensions.set_two_person(self.guild.id, str(who or self.editor), on=on)

    async def mute(self, source: str, why: str = "", who: Person | None = None) -> str:
        """Mute a source with the button on the source's card. Returns the reply."""
        person = who or self.editor
        card = await self.card("mute > Mute", person, source=source)
        if why:
            card = await person.submit(await person.click(card, "Add a reason"), [why])
        return card.content.split("\n")[0]

    async def unmute(self, source: str, why: str = "", who: Person | None = None) -> str:
        """Unmute a source with the button on the source's card. Returns the first line of the reply."""
        del why
        return (await self.card("mute > Unmute", who, source=source)).content.split("\n")[0]

    async def lead(self, contest: str, source: str, why: str | None = None) -> str:
        """Make a source the leading source of a contest. Returns the reply."""
        rooms = self.bot.rooms
        asked = rooms.follows.contest(contest)
        return await rooms.tally.leading_source.lead(asked, source, self.guild.id, str(self.editor), why)

    async def resume(self, who: Person | None = None) -> str:
        """Resume posting, after the preview of the posts. Returns the reply."""
        card = await self.card("pause > Resume", who)
        while card.buttons:
            card = await (who or self.editor).click(card, "Resume")
        return card.content

    async def choices(self, typed: str) -> list[dict[str, Any]]:
        return await self.reporter.autocomplete(self.count, "margin", "contest", typed)

    async def audit(self) -> list[tuple[Any, ...]]:
        """Return (who, what, before, after) for each row of the audit log, oldest first."""
        return await self.newsroom.database.rows("SELECT who, what, before, after FROM audit ORDER BY id")

    async def follows(self) -> list[tuple[Any, ...]]:
        return await self.newsroom.database.rows("SELECT channel, contest, least FROM follows ORDER BY id")


@pytest.fixture(autouse=True)
def cogs_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load cogs from modules that are already imported.

    discord.py would run the files again, which takes 30 ms in each test.
    """

    async def load(bot: Bot, name: str) -> None:
        await import_module(name).setup(bot)

    monkeypatch.setattr(Bot, "load_extension", load)


@pytest.fixture
def served() -> list[int]:
    """Return the ids of the servers that the operator allows. An empty list allows all."""
    return []


@asynccontextmanager
async def opened_room(path: Path, served: list[int]) -> AsyncIterator[Room]:
    """Give a server with the bot, on a new database at `path`."""
    await lay_new(path)
    async with Newsroom(path, desk_of_many(), served) as newsroom:
        guild = newsroom.world.add_guild("Newsroom")
        newsroom.settles.add(guild.id)
        room = Room(newsroom, guild, guild.add_channel("count"))
        await room.start()
        yield room
        assert [one for one in room.failures if not isinstance(one, TallydeskError)] == []


@pytest.fixture
async def room(tmp_path: Path, served: list[int]) -> AsyncIterator[Room]:
    async with opened_room(tmp_path / "desk.sqlite3", served) as room:
        yield room


@pytest.fixture
async def told(room: Room) -> Room:
    """Return a room in which one post is in the channel: Biden leads by 14,101."""
    await room.follow("ga")
    await room.newsroom.take(reading(2_471_895, 2_457_794, total=4_992_198))
    await room.publish()
    return room


@pytest.fixture
def dee(room: Room) -> Person:
    """Return a second member who may manage the server."""
    return room.person("dee", room.role("More managers", Permission.MANAGE_GUILD))


@pytest.fixture
def desk(room: Room) -> Channel:
    return room.guild.add_channel("desk")


@pytest.fixture
async def two(told: Room, desk: Channel, dee: Person) -> Channel:
    """Return the desk's channel of a room with two-person confirmation."""
    assert dee
    await told.set_desk(desk)
    assert (await told.set_two_person(on=True)).startswith("**On.**")
    return desk
