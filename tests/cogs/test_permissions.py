"""Every command and button, and everybody: who may is done for, who may not is refused, and nothing is changed."""

from typing import Any

import discord
import pytest
from discord import app_commands

from bot.client import Bot
from bot.outbox.rows import OutboxRow
from bot.outbox.rows_store import add_rows
from bot.rehearsal.standin.guild import Channel
from bot.wording.draft import Button, Draft
from tests.cogs.conftest import Person, Room, Seen, last
from tests.cogs.permissions import BEGIN, BUTTONS, COMMANDS, END, LISTS, PAGE, Level, table
from tests.cogs.test_control import NO_ROLE
from tests.conftest import START, reading

MANAGERS_ONLY = ("Only who may manage the server can",)
REFUSALS = (NO_ROLE, *MANAGERS_ONLY)

Command = app_commands.Command[Any, ..., Any]


def leaves(bot: Bot) -> dict[str, Command | app_commands.ContextMenu]:
    """Return every command that the bot gives Discord, by its name."""
    found: dict[str, Command | app_commands.ContextMenu] = {}
    for kind in (discord.AppCommandType.chat_input, discord.AppCommandType.message, discord.AppCommandType.user):
        for command in bot.tree.walk_commands(type=kind):
            if not isinstance(command, app_commands.Group):
                found[command.qualified_name] = command
    return found


def filled(command: Command, room: Room) -> dict[str, Any]:
    """Return a value for each option that a command needs, by its name or else its type."""
    by_name = {
        "contest": "ga",
        "source": "times",
        "post": "1",
        "number": "1",
        "entry": "entry 1",
        "time": "7:00",
        "at": "7:00",
    }
    by_type: dict[discord.AppCommandOptionType, Any] = {
        discord.AppCommandOptionType.string: "some words",
        discord.AppCommandOptionType.integer: 1,
        discord.AppCommandOptionType.number: 1.0,
        discord.AppCommandOptionType.boolean: True,
        discord.AppCommandOptionType.channel: room.count,
        discord.AppCommandOptionType.attachment: ("settings.json", b"{}"),
    }
    values = {}
    for parameter in command.parameters:
        if parameter.required:
            text = parameter.type is discord.AppCommandOptionType.string
            fallback = by_name.get(parameter.name) if text else None
            fallback = by_type.get(parameter.type) if fallback is None else fallback
            values[parameter.name] = parameter.choices[0].value if parameter.choices else fallback
    return values


async def cast_of(room: Room) -> dict[str, tuple[Person, Channel]]:
    """Return somebody of each kind, with the channel that they are in."""
    role = room.role("Desk")
    await room.ask("desk role", role=role)
    dee = room.person("dee", role)
    guest = room.person("gus")
    elsewhere, eve = room.elsewhere()
    return {
        "guest": (guest, room.count),
        "reporter": (room.reporter, room.count),
        "stranger": (eve, elsewhere),
        "desk": (dee, room.count),
        "owner": (room.editor, room.count),
    }


def may(level: Level, role: str) -> bool:
    return (
        role
        in {"anyone": ("guest", "reporter", "desk", "owner"), "desk": ("desk", "owner"), "manager": ("owner",)}[level]
    )


async def everything(room: Room) -> list[Any]:
    """Return all that belongs to the server."""
    rows: list[Any] = []
    for name in (
        "audit",
        "follows",
        "entries",
        "statements",
        "outbox",
        "mutes",
        "channels",
        "imports",
        "schedule_entries",
    ):
        found = await room.newsroom.database.rows(f"SELECT * FROM {name} WHERE server = ?", (room.guild.id,))
        rows.append((name, found))
    rows.append(await room.newsroom.database.rows("SELECT * FROM servers WHERE id = ?", (room.guild.id,)))
    return rows


def said(result: Seen) -> str:
    """Return what somebody is answered; a form that opens is an answer."""
    if result.form is not None:
        return "a form"
    return "\n".join(answer.content for answer in (result, *result.later)) or "a file"


def check(level: Level, role: str, answer: str, *, changed: bool) -> None:
    if role == "stranger":
        assert not changed, (role, answer)
    elif may(level, role):
        assert not answer.startswith(REFUSALS), (role, answer)
    else:
        assert answer.startswith(MANAGERS_ONLY if level == "manager" and role == "desk" else REFUSALS), (role, answer)
        assert not changed, (role, answer)


async def news(room: Room) -> Seen:
    """Return a post of a server that follows a contest."""
    await room.ask("follow", contest="ga")
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    return last(room.count)


async def test_every_command_has_a_row_and_every_row_a_command(room: Room) -> None:
    assert set(leaves(room.bot)) == set(COMMANDS), "tests/cogs/permissions.py says who may use each command"


@pytest.mark.parametrize("name", sorted(COMMANDS))
async def test_a_command_is_for_those_whom_the_table_names(
    room: Room, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    async def png(*_: object) -> bytes:
        return b"\x89PNG\r\n\x1a\n"  # drawing one takes a second, and four people ask

    monkeypatch.setattr("bot.answers.chart.Drawing.png", png)
    cast, message, command = await cast_of(room), await news(room), leaves(room.bot)[name]
    for role, (member, channel) in cast.items():
        before = await everything(room)
        if isinstance(command, app_commands.ContextMenu):
            target = message if channel is room.count else await notice(room, channel, ())
            result = await member.about(target, name)
        else:
            here = {key: channel if value is room.count else value for key, value in filled(command, room).items()}
            result = await member.slash(channel, name, **here)
        answer = said(result)
        assert result.form is not None or result.ephemeral, "answers are for the asker only"
        check(COMMANDS[name], role, answer, changed=await everything(room) != before)
        if role == "stranger":
            assert str(room.guild.id) not in answer
            assert str(room.count.id) not in answer


async def notice(room: Room, channel: Channel, buttons: tuple[Button, ...]) -> Seen:
    """Return a message of the bot with these buttons."""
    draft = Draft("notice", "**Question**", "Tallydesk", buttons=buttons)
    await room.newsroom.desk_store.join(channel.guild.id)
    row = OutboxRow.worded(channel.guild.id, channel.id, 900, draft, START)
    await room.newsroom.database.transact(lambda connection: add_rows(connection, [row], room.newsroom.outbox.now()))
    await room.publish()
    return last(channel)


@pytest.mark.parametrize("key", sorted(BUTTONS))
async def test_a_button_is_for_those_whom_the_table_names(room: Room, key: str) -> None:
    cast = await cast_of(room)
    await news(room)
    for role, (member, channel) in cast.items():
        message = await notice(room, channel, (Button("Press", key),))
        before = await everything(room)
        answer = said(await member.click(message, "Press"))
        check(BUTTONS[key][1], role, answer, changed=await everything(room) != before)


async def test_every_kind_of_button_and_list_is_in_the_table(room: Room) -> None:
    keys = [*BUTTONS, *LISTS]
    patterns = room.bot._connection._view_store._dynamic_items  # discord.py has no public list of them
    unnamed = [pattern.pattern for pattern in patterns if not any(pattern.fullmatch(key) for key in keys)]
    assert unnamed == [], "tests/cogs/permissions.py says who may press each button"
    assert set(LISTS.values()) <= set(BUTTONS)


def test_the_docs_have_the_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.split(BEGIN)[1].split(END)[0].strip() == table(), "python -m tests.cogs.permissions writes it"
