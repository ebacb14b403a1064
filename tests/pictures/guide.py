"""Writes docs/commands.md, with a section for every command, from the code, the table of permissions and the
pictures.
"""

import html
import re
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from bot.app import open_app
from bot.client import Bot
from bot.clock import ManualClock
from bot.follows.levels import Level
from bot.rehearsal.rehearsable_days import open_day
from cogs.guards import level_of
from cogs.help import MENUS, TOPICS
from tests.cogs.permissions import guarded
from tests.pictures.camera import WIDTH, name_of

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = DOCS / "commands.md"
FOLDER = DOCS / "pictures" / "commands"

Leaf = app_commands.Command[Any, ..., Any] | app_commands.ContextMenu
Commands = Mapping[str, Leaf]

_MAY: Mapping[Level, str] = {
    Level.ANYONE: "everybody",
    Level.REPORTER: "reporters, the desk and managers",
    Level.DESK: "the desk and managers",
    Level.MANAGER: "managers",
    Level.OWNER: "only those who can manage the server",
}
_KINDS = {
    discord.AppCommandOptionType.boolean: "True or False",
    discord.AppCommandOptionType.integer: "a number",
    discord.AppCommandOptionType.channel: "a channel",
    discord.AppCommandOptionType.role: "a role",
    discord.AppCommandOptionType.attachment: "a file",
}
_HEAD = """# Every command, with its answer

Each picture is the bot's own answer on a phone, at a moment of a rehearsed day. The counts are those published in Georgia in
November 2020, or come from a drill, in which everything is made up. Staff entries are made up for the pictures, and so are the
figures and calls in them. A real answer does not say "rehearsal". [editor.md](editor.md) says when to use which.

Reporters, the desk and managers are the [roles](editor.md#who-may-do-what) that `/desk setup` gives. Whoever may manage the server in
Discord may use every command.

`make pictures` takes the pictures and writes this page; `make pictures ARGS="--text"` writes the text alone. See
[developer.md](developer.md).
"""
_SECTION = re.compile(r"^### (?P<title>.+)\n(?P<body>(?:(?!^#).*\n?)*)", re.MULTILINE)
_EXAMPLE = re.compile(r"^For example: `(?P<typed>.+)`$", re.MULTILINE)
_ALT = re.compile(r'^<img src="(?P<file>[^"]+)" width="\d+" alt="(?P<words>[^"]*)">$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """A command as typed for its picture, and the text that the picture shows."""

    typed: str
    words: str


@asynccontextmanager
async def _known() -> AsyncIterator[Bot]:
    """Give a bot with all its commands, without connecting to Discord."""
    _, desk = open_day("2020-11-11-georgia")
    with tempfile.TemporaryDirectory() as folder:
        async with open_app(desk, Path(folder) / "guide.sqlite3", ManualClock(datetime.now(UTC))) as app:
            await app.bot.setup_hook()
            yield app.bot


async def every_command() -> Commands:
    """Return all commands that the bot registers with Discord: name → command."""
    async with _known() as bot:
        return leaves(bot.tree)


async def who_may() -> dict[str, Level]:
    """Return the level that each command, button and list requires: name in the docs → level."""
    async with _known() as bot:
        return guarded(leaves(bot.tree), bot)


def leaves(tree: app_commands.CommandTree[Any]) -> dict[str, Leaf]:
    """Return the commands of a tree: full name → command. Groups are not included."""
    kinds = (discord.AppCommandType.chat_input, discord.AppCommandType.message, discord.AppCommandType.user)
    found = (command for kind in kinds for command in tree.walk_commands(type=kind))
    return {command.qualified_name: command for command in found if not isinstance(command, app_commands.Group)}


def page(commands: Commands, examples: Mapping[str, Example]) -> str:
    """Return the text of the page. A command without an example has no picture."""
    sections = [_HEAD, _contents()]
    for group, names in TOPICS.items():
        sections.append(f"## {group}\n")
        sections += [_section(commands[name], examples.get(name)) for name in names if name in commands]
    return "\n".join(sections)


def examples_of(text: str) -> dict[str, Example]:
    """Return the examples on an existing page: command → example."""
    found = {}
    for section in _SECTION.finditer(text):
        typed, picture = _EXAMPLE.search(section["body"]), _ALT.search(section["body"])
        if typed and picture:
            example = Example(html.unescape(typed["typed"]), html.unescape(picture["words"]))
            found[section["title"].lstrip("/")] = example
    return found


def pictures_of(text: str) -> set[str]:
    """Return the relative paths of all pictures on a page."""
    return {picture["file"] for picture in _ALT.finditer(text)}


def _contents() -> str:
    lines = []
    for group, names in TOPICS.items():
        links = (f"[{_titled(name)}](#{anchor(_titled(name))})" for name in names)
        lines.append(f"- **{group}:** {', '.join(links)}")
    return "\n".join(lines) + "\n"


def anchor(title: str) -> str:
    """Return the anchor that a website makes for a heading."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def _titled(name: str) -> str:
    return f"/{name}" if name[0].islower() else name


def _section(command: Leaf, example: Example | None) -> str:
    name = command.qualified_name
    about = MENUS[name] if isinstance(command, app_commands.ContextMenu) else command.description
    lines = [f"### {_titled(name)}", "", f"{about}.", "", f"Who may use it: {_MAY[level_of(command)]}.", ""]
    if not isinstance(command, app_commands.ContextMenu) and command.parameters:
        lines += [*_options(command.parameters), ""]
    if example is not None:
        words = html.escape(example.words)
        file = (FOLDER / name_of(name)).relative_to(DOCS)
        lines += [f"For example: `{example.typed}`", "", f'<img src="{file}" width="{WIDTH}" alt="{words}">', ""]
    return "\n".join(lines)


def _options(parameters: Iterable[app_commands.Parameter]) -> list[str]:
    lines = ["| option | |", "|---|---|"]
    for one in parameters:
        choices = ", ".join(choice.name for choice in one.choices)
        about = str(one.description).replace("|", "\\|") + (f". One of: {choices}" if choices else "")
        kinds = ", ".join(filter(None, (_KINDS.get(one.type), "" if one.required else "optional")))
        lines.append(f"| `{one.display_name}:`{f' ({kinds})' if kinds else ''} | {about} |")
    return lines
