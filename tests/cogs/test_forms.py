"""Forms: whoever sends one is answered, also when the bot was started anew since it was opened."""

import importlib

import discord
import pytest

from bot.client import COGS
from cogs.buttons import AnsweredForm
from tests.cogs.conftest import Room


def subclasses(kind: type[discord.ui.Modal]) -> set[type[discord.ui.Modal]]:
    return {one for sub in kind.__subclasses__() for one in {sub, *subclasses(sub)}}


def test_every_form_of_the_commands_is_one_that_is_answered() -> None:
    for cog in COGS:
        importlib.import_module(cog)
    forms = {form for form in subclasses(discord.ui.Modal) if form.__module__.startswith("cogs.")}
    assert len(forms) >= 6
    assert [form for form in forms if not issubclass(form, AnsweredForm)] == []


@pytest.mark.parametrize(
    ("command", "typed"),
    [
        ("schedule add", ["Rally: Sen. Doe", "10 a.m."]),
        ("schedule import", ["10:30 a.m.: Press conference with the Elections Board"]),
    ],
)
async def test_a_form_of_the_schedule_that_is_sent_after_a_restart_is_answered_and_keeps_nothing(
    room: Room, monkeypatch: pytest.MonkeyPatch, command: str, typed: list[str]
) -> None:
    shown = await room.editor.slash(room.count, command)
    monkeypatch.setattr("cogs.buttons._RUN", "00000000")  # as another process has it
    await room.restart()
    result = await room.editor.submit(shown, typed)
    assert result.ephemeral
    assert result.content.startswith("The bot restarted since you opened this form")
    assert [await room.newsroom.count(table) for table in ("proposals", "schedule_entries", "audit")] == [0, 0, 0]


@pytest.mark.parametrize(
    ("command", "typed"),
    [
        ("tally", ["Biden 14,000"]),
        ("certify", ["Cobb, Floyd"]),
        ("schedule add", ["Rally: Sen. Doe", "10 a.m."]),
    ],
)
async def test_a_form_is_not_taken_from_who_lost_the_role_since_it_was_opened(
    room: Room, command: str, typed: list[str]
) -> None:
    first, second = room.role("Desk"), room.role("Night desk")
    writer = room.person("sam", first)
    await room.set_role(first)
    options = {} if command == "schedule add" else {"contest": "ga"}
    shown = await writer.slash(room.count, command, **options)
    await room.set_role(second)
    result = await writer.submit(shown, typed)
    assert result.ephemeral
    assert result.content.startswith("You need the ")
    assert [await room.newsroom.count(table) for table in ("entries", "proposals")] == [0, 0]
