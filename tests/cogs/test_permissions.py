"""Tests that every command, button, list and form has one permission check that works, and that the docs agree."""

import importlib
import re
from pathlib import Path

import discord
import pytest

from bot.client import COGS
from bot.errors import BadInputError
from bot.follows.levels import Level
from cogs.buttons import Pressable
from cogs.guards import level_of
from tests.cogs.conftest import Room
from tests.cogs.matrix import opened
from tests.cogs.permissions import KEYS, LISTS, PAGE, guarded, page
from tests.cogs.test_forms import subclasses
from tests.pictures.guide import leaves


async def test_every_command_has_one_guard(room: Room) -> None:
    commands = leaves(room.bot.tree)
    assert len(commands) > 30
    assert {name: level_of(command) for name, command in commands.items()}


async def test_every_button_and_list_that_is_answered_has_a_guard_and_a_key_to_be_tried_by(room: Room) -> None:
    registered = room.bot._connection._view_store._dynamic_items  # discord.py has no public list of them
    assert registered
    for pattern, kind in registered.items():
        assert issubclass(kind, Pressable), kind
        assert isinstance(vars(kind).get("level"), Level), f"{kind} has no guard"
        assert vars(kind)["called"], f"{kind}: its guard says what the docs call it"
        assert any(pattern.fullmatch(key) for key in (*KEYS, *LISTS)), f"{pattern.pattern} has no key in permissions.py"


def test_every_form_has_a_guard_and_there_is_no_other_way_to_press_or_choose() -> None:
    for cog in COGS:
        importlib.import_module(cog)
    forms = [form for form in subclasses(discord.ui.Modal) if form.__module__.startswith("cogs.")]
    sent = [form for form in forms if not form.__subclasses__()]
    assert len(sent) >= 9
    assert [form for form in sent if not isinstance(vars(form).get("level"), Level)] == []
    for path in Path(importlib.import_module("cogs").__path__[0]).glob("*.py"):
        found = re.findall(
            r"(?<!component=discord\.)ui\.(?:View|LayoutView|Button|Select|button|select)\(", path.read_text("utf-8")
        )
        assert found == [], f"{path.name}: a button or list is a Pressable, or a field of a form"


async def test_discord_shows_what_managers_alone_may_do_to_nobody_else(room: Room) -> None:
    managers = str(discord.Permissions(manage_guild=True).value)
    hidden = {
        command["name"]
        for command in room.newsroom.world.commands()
        if command["default_member_permissions"] == managers
    }
    levels = {name: level_of(command) for name, command in leaves(room.bot.tree).items()}
    for_managers = {name.split()[0] for name, level in levels.items() if level >= Level.MANAGER}
    assert hidden == for_managers == {"desk"}
    assert not {name for name, level in levels.items() if name.split()[0] in hidden and level < Level.MANAGER}
    role = room.role("Desk")
    await room.set_role(role)
    with pytest.raises(BadInputError, match="does not see /desk setup"):
        await room.person("dee", role).slash(room.count, "desk setup")


SOME = (
    "/margin",
    "/entries",
    "/status",
    "/desk setup",
    "history:0a1b2c3d:n:0:0",
    "entry:1:enter0",
    "publish:1",
    "setup:go:start",
    "setup:role:desk",
    "form of tally",
)
"""A command, button, list or form of each level and kind. `make faults` tries all of them in every situation."""


async def test_the_guards_hold(tmp_path: Path) -> None:
    async with opened(tmp_path / "matrix.sqlite3") as matrix:
        looks = [await matrix.look(situation, SOME) for situation in ("role lost", "fresh")]
    assert [(found.lost, found.wrong) for found in looks] == [([], []), ([], [])]
    assert sum(found.cells for found in looks) > 90


async def test_the_matrix_sees_a_guard_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path / "matrix.sqlite3") as matrix:
        monkeypatch.setattr("cogs.guards.admit", open_to_all)
        monkeypatch.setattr("cogs.buttons.admit", open_to_all)
        found = await matrix.look("role lost", ("/pause", "setup:go:start"))
    assert sorted({cell.split(",")[0] for cell in found.wrong}) == ["/pause", "setup:go:start"]


async def open_to_all(*_: object) -> None:
    """Replace a permission check with one that allows everybody."""


async def test_the_docs_say_what_the_guards_say(room: Room) -> None:
    levels = guarded(leaves(room.bot.tree), room.bot)
    assert PAGE.read_text(encoding="utf-8") == page(levels), 'make pictures ARGS="--text" writes it'
