"""Uses each command, button, list and form as a member of each role, at once and after something has changed.

A cell of the matrix is a command, button, list or form, with a person and a situation. A person with the required
level must not be refused. Others must be refused, and nothing in the server may change.

`make test` tries a few cells. `make faults` tries all of them, as the run `guards`.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast, get_args
from unittest.mock import patch

from discord import app_commands

from bot.errors import BadInputError
from bot.follows.levels import Level
from bot.follows.levels import Role as LevelRole
from bot.outbox.rows import OutboxRow
from bot.outbox.rows_store import add_rows
from bot.rehearsal.standin.guild import Channel, GuildRole
from bot.rehearsal.standin.permissions import Permission
from bot.wording.card import Button, Card, lines
from cogs.guards import level_of
from tests.cogs.conftest import Person, Room, Seen, history, last, opened_room
from tests.cogs.permissions import KEYS, LISTS, Leaf, items
from tests.conftest import START, reading
from tests.pictures.guide import leaves

Situation = Literal["fresh", "role lost", "restarted", "twice", "other server", "thread"]
SITUATIONS: tuple[Situation, ...] = get_args(Situation)

REFUSALS = (
    "You need the reporter or desk role, or permission to manage the server.",
    "You need the desk role, or permission to manage the server.",
    "You need the manager role, or permission to manage the server.",
    "You need permission to manage the server",
)
"""The refusals for lack of a role or permission. Any other reply has another reason."""

FORMS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "tally": ({"contest": "ga"}, ["Biden 14,000"]),
    "certify": ({"contest": "ga"}, ["Cobb, Floyd"]),
    "schedule add": ({}, ["Rally: Sen. Doe", "10 a.m."]),
    "schedule import": ({}, ["10:30 a.m.: Press conference with the Elections Board"]),
}
"""The commands that open a form, with their options and the values for the form's fields."""

KEYS_OF_FORMS = {
    "setup:least:{count}": ["50", ""],
    "follow:form:1": ["60", ""],
    "setup:kind": ["30 min"],
}
"""The buttons and lists that open a form, with the values for the form's fields."""

BY_NAME = {
    "contest": "ga",
    "source": "times",
    "post": "1",
    "number": "1",
    "entry": "entry 1",
    "time": "7:00",
    "at": "7:00",
    "since": "7:01",
    "county": "Floyd",
}


@dataclass(slots=True)
class Found:
    """The problems found in a number of cells."""

    cells: int = 0
    lost: list[str] = field(default_factory=list)
    """Actions refused although the person has the required level."""
    doubled: list[str] = field(default_factory=list)
    """Actions that a second press repeated."""
    wrong: list[str] = field(default_factory=list)
    """Actions done for a person without the required level, or shown to a member of another server."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A command, button, list or form that somebody is about to use."""

    what: str
    needs: Level
    who: str
    person: Person
    use: Callable[[], Awaitable[Seen]]


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator["Matrix"]:
    """Give a matrix with its own server. The server has a member of each role, and questions to decide."""

    async def png(*_: object) -> bytes:
        return b"\x89PNG\r\n\x1a\n"  # drawing a chart takes a second, and every person asks for one

    async with AsyncExitStack() as stack:
        stack.enter_context(patch("bot.answers.chart.drawn", png))
        matrix = Matrix(await stack.enter_async_context(opened_room(path, [])))
        await matrix.prepare()
        yield matrix


class Matrix:
    """All combinations of an action, a person and a situation, to be tried in one server."""

    def __init__(self, room: Room) -> None:
        """Try the cells in `room`."""
        self.room = room
        self.people: dict[str, tuple[Person, Level, list[GuildRole]]] = {}
        self.elsewhere: tuple[Channel, Person]
        self._post: Seen

    async def prepare(self) -> None:
        """Add a member of each role, follow a contest, and post in the channel."""
        room = self.room
        by_role = {"reporter": Level.REPORTER, "desk": Level.DESK, "manager": Level.MANAGER}
        self.people["guest"] = (room.person("gus"), Level.ANYONE, [])
        for name, level in by_role.items():
            role = room.role(name.title())
            await room.set_role(role, cast("LevelRole", name))
            self.people[name] = (room.person(name, role), level, [role])
        managers = room.role("Owners", Permission.MANAGE_GUILD)
        self.people["owner"] = (room.person("owner", managers), Level.OWNER, [managers])
        self.elsewhere = room.elsewhere()
        await room.follow("ga")
        await room.newsroom.take(reading(1000, 500))
        await room.publish()
        self._post = last(room.count)
        room.show_all_commands()

    async def look(self, situation: Situation, only: Collection[str] = ()) -> Found:
        """Try each cell of a situation. `only` limits the commands (as "/why"), buttons, lists and forms."""
        place = self._place(situation)
        ready = [one async for one in self._ready(situation, place, only)]
        found = Found()
        async with self._meanwhile(situation):
            for one in ready:
                await self._try(one, situation, found)
        return found

    def _place(self, situation: Situation) -> Channel:
        if situation == "other server":
            return self.elsewhere[0]
        if situation != "thread":
            return self.room.count
        return self.room.guild.start_thread(self.room.count, "Talk", self.people["guest"][0].member.user)

    @asynccontextmanager
    async def _meanwhile(self, situation: Situation) -> AsyncIterator[None]:
        """Change what the situation requires, after everything was shown."""
        taken = (
            [(person.member, roles) for person, _, roles in self.people.values()] if situation == "role lost" else []
        )
        for member, roles in taken:
            for role in roles:
                member.take(role)
        if situation == "restarted":
            await self.room.restart()
        yield
        for member, roles in taken:
            for role in roles:
                member.give(role)

    async def _ready(self, situation: Situation, place: Channel, only: Collection[str]) -> AsyncIterator[_Ready]:
        """Yield every command, button, list and form, as shown to each person."""
        people = {name: (person, level) for name, (person, level, _) in self.people.items()}
        if situation == "other server":
            people = {"stranger": (self.elsewhere[1], Level.OWNER)}
        commands, kinds = leaves(self.room.bot.tree), items(self.room.bot)
        for who, (person, level) in people.items():
            for name, command in sorted(commands.items()):
                if situation != "twice" and _is_wanted(f"/{name}", only):
                    yield _Ready(f"/{name}", level_of(command), who, person, self._slash(person, place, command))
            for key, choice in {**dict.fromkeys(KEYS, ()), **LISTS}.items():
                if _is_wanted(key, only):
                    needs = next(kind.level for pattern, kind in kinds.items() if re.fullmatch(pattern, key))
                    seen = await self._notice(place, key)
                    yield _Ready(key, needs, who, person, partial(person.choose, seen, key, *choice))
            if situation not in ("twice", "other server"):  # a form is sent once
                async for what, needs, form, typed in self._forms(person, level, place, only):
                    yield _Ready(what, needs, who, person, partial(person.submit, form, typed))

    async def _forms(
        self, person: Person, level: Level, place: Channel, only: Collection[str]
    ) -> AsyncIterator[tuple[str, Level, Seen, list[str]]]:
        """Open each form that the person may open. Yields (name, required level, form, values to fill in)."""
        commands = leaves(self.room.bot.tree)
        for name, (options, typed) in FORMS.items():
            if level >= (needs := level_of(commands[name])) and _is_wanted(f"form of {name}", only):
                yield f"form of {name}", needs, await person.slash(place, name, **options), typed
        for template, typed in KEYS_OF_FORMS.items():
            if level >= Level.MANAGER and _is_wanted(f"form of {template}", only):
                key = template.format(count=self.room.count.id)
                form = await person.choose(await self._notice(place, key), key, *LISTS.get(key, ()))
                yield f"form of {key}", Level.MANAGER, form, typed

    async def _try(self, one: _Ready, situation: Situation, found: Found) -> None:
        found.cells += 1
        cell = f"{one.what}, {one.who}, {situation}"
        level = (
            Level.ANYONE if situation == "role lost" else self.people[one.who][1] if one.who in self.people else None
        )
        before = await everything(self.room)
        answer = said(await one.use())
        after = await everything(self.room)
        refused = answer.startswith(REFUSALS)
        if level is None:
            leaked = str(self.room.guild.id) in answer or str(self.room.count.id) in answer
            if after != before or leaked:
                found.wrong.append(f"{cell}: {answer[:80]}")
        elif level < one.needs:
            if not refused or after != before:
                found.wrong.append(f"{cell}: {answer[:80]}")
        elif refused:
            found.lost.append(f"{cell}: {answer[:80]}")
        if situation == "twice":
            with suppress(BadInputError):  # the simulated Discord raises it if the button is gone
                await one.use()
            if await everything(self.room) != after:
                found.doubled.append(cell)

    def _slash(self, person: Person, place: Channel, command: Leaf) -> Callable[[], Awaitable[Seen]]:
        name = command.qualified_name
        if isinstance(command, app_commands.ContextMenu):
            about = self._post if place.guild is self.room.guild else person.say(place, "Biden leads by 14,101")
            return partial(person.about, about, name)
        options = {
            key: place if value is self.room.count and place.guild is not self.room.guild else value
            for key, value in filled(command, self.room).items()
        }
        return partial(person.slash, place, name, **options)

    async def _notice(self, place: Channel, key: str) -> Seen:
        return await notice_with(self.room, place, key)


async def notice_with(room: Room, place: Channel, key: str) -> Seen:
    """Post a message of the bot with a button or list that has this custom id, and return the message."""
    buttons = () if key in LISTS else (Button("Press", key),)
    draft = Card(lines("**Question**"), "Tallydesk", kind="notice", buttons=buttons)
    await room.newsroom.desk_store.join(place.guild.id)
    row = OutboxRow.worded(place.guild.id, place.id, 900, draft, START)
    await room.newsroom.database.write(lambda connection: add_rows(connection, [row], room.newsroom.outbox.now()))
    await room.publish()
    # A server that the bot has just joined is greeted meanwhile.
    seen = next(one for one in reversed(history(place)) if "**Question**" in one.content)
    if key in LISTS:  # notices have no lists; cards with lists are for one person only
        assert seen.message is not None
        seen.message.components.append(_list(key, LISTS[key]))
    return seen


def _is_wanted(what: str, only: Collection[str]) -> bool:
    return not only or what in only


def _list(key: str, choice: list[str]) -> dict[str, Any]:
    options = [{"label": word, "value": word} for word in choice]
    menu = {"type": 3, "custom_id": key, "options": options, "min_values": 0, "max_values": 1}
    return {"type": 1, "components": [menu]}


def filled(command: app_commands.Command[Any, ..., Any], room: Room) -> dict[str, Any]:
    """Return a value for each required option of a command, chosen by the option's name or else its type."""
    by_type: dict[Any, Any] = {
        "string": "some words",
        "integer": 1,
        "number": 1.0,
        "boolean": True,
        "channel": room.count,
        "attachment": ("settings.json", b"{}"),
    }
    values = {}
    for parameter in command.parameters:
        if parameter.required:
            fallback = BY_NAME.get(parameter.display_name) if parameter.type.name == "string" else None
            fallback = by_type[parameter.type.name] if fallback is None else fallback
            values[parameter.display_name] = parameter.choices[0].value if parameter.choices else fallback
    return values


def questions(room: Room) -> dict[str, dict[str, Any]]:
    """Return the commands with which anyone may ask about a contest: command → options for Georgia."""
    return {
        name: {**filled(command, room), "contest": "ga"}
        for name, command in leaves(room.bot.tree).items()
        if isinstance(command, app_commands.Command)
        and level_of(command) is Level.ANYONE
        and any(parameter.name == "contest" for parameter in command.parameters)
    }


async def everything(room: Room) -> list[Any]:
    """Return all database rows of the server."""
    tables = (
        "audit",
        "follows",
        "proposals",
        "statements",
        "outbox",
        "mutes",
        "channels",
        "imports",
        "schedule_entries",
        "event_proposals",
        "reminder_lead_times",
    )
    rows: list[Any] = [
        await room.newsroom.database.rows(f"SELECT * FROM {name} WHERE server = ?", (room.guild.id,)) for name in tables
    ]
    personal = "SELECT p.* FROM personal_lead_times p JOIN schedule_entries s ON s.id = p.entry WHERE s.server = ?"
    rows.append(await room.newsroom.database.rows(personal, (room.guild.id,)))
    rows.append(await room.newsroom.database.rows("SELECT * FROM servers WHERE id = ?", (room.guild.id,)))
    return rows


def said(result: Seen) -> str:
    """Return the text of a reply, or "a form" if a form was opened."""
    if result.form is not None:
        return "a form"
    return "\n".join(answer.content for answer in (result, *result.later)) or "a file"
