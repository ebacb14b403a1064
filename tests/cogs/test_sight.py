"""Tests that no answer reveals a channel that the member can't see, its settings, or who set them."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pytest
from discord import app_commands

from bot.rehearsal.standin.guild import Channel
from bot.rehearsal.standin.permissions import Permission
from bot.schedule.mirror import DiscordEvents
from tests.cogs.conftest import Person, Room, Seen
from tests.cogs.matrix import Matrix, filled
from tests.conftest import reading
from tests.pictures.guide import leaves

TITLE = "Raid at the warehouse"


@dataclass(frozen=True)
class Hidden:
    """A server with a channel that only one manager can see."""

    room: Room
    channel: Channel
    nell: Person
    """A manager who sees the channel, and changed settings in it."""
    mia: Person
    """A manager who does not see the channel."""
    gus: Person
    """A member without any role who does not see the channel."""

    def found_in(self, *answers: object) -> list[str]:
        """Return the secrets about the channel that occur in answers."""
        said = json.dumps(answers, default=str)
        return [
            secret for secret in (str(self.channel.id), "investigation", TITLE, "warehouse", "nell") if secret in said
        ]


@pytest.fixture
async def hidden(room: Room) -> Hidden:
    managers, inner = room.role("Owners", Permission.MANAGE_GUILD), room.role("Inner circle")
    nell, mia, gus = room.person("nell", managers, inner), room.person("mia", managers), room.person("gus")
    channel = room.guild.add_channel("investigation")
    channel.forbid("VIEW_CHANNEL", to=room.guild.everyone)
    channel.allow("VIEW_CHANNEL", to=inner)
    channel.allow("VIEW_CHANNEL")
    await room.newsroom.heard()
    await room.follow("ga", channel, quiet_hours="1am-2am", who=nell)
    await room.set_desk(channel)
    await room.newsroom.take(reading(1000, 500))
    await room.publish()
    plan = await nell.slash(channel, "schedule add", title=TITLE, at="10 a.m.", channel=channel)
    saved = await nell.click(plan, "Save")
    assert saved.content.startswith("**Added:**")
    await room.newsroom.take(reading(1010, 500, 1))  # too small for a post: it waits
    return Hidden(room, channel, nell, mia, gus)


def shown(seen: Seen) -> Iterator[Any]:
    """Yield everything that an answer shows: texts, cards, lists, files, forms."""
    if seen.form is not None:
        yield seen.form
        return
    for one in (seen, *seen.later):
        yield one.content
        yield [embed.to_dict() for embed in one.embeds]
        yield [{key: part for key, part in part.items() if key != "custom_id"} for part in one.parts]
        yield [file.content.decode("utf-8", "replace") for file in one.attachments if file.filename != "chart.png"]


async def leaks(hidden: Hidden) -> dict[str, list[str]]:
    """Return the secrets that each command reveals to members who can't see the channel: command and member →
    secrets.
    """

    async def png(*_: object) -> bytes:
        return b"\x89PNG\r\n\x1a\n"

    room, found = hidden.room, {}
    await room.ask("pause")
    moved = await hidden.nell.slash(hidden.channel, "schedule move", event="Raid", to="11 a.m.")
    await hidden.nell.click(moved, "Move and post")  # its channel is told of that once posts go again
    with patch("bot.answers.chart.drawn", png):
        for name, command in sorted(leaves(room.bot.tree).items()):
            if name == "pause":
                continue  # it is paused already
            for who in (hidden.mia, hidden.gus):
                if isinstance(command, app_commands.ContextMenu):
                    seen = await who.about(room.reporter.say(room.count, "Biden leads by 14,000 votes"), name)
                elif who is hidden.gus and name == "desk setup":
                    continue  # not in their sight
                else:
                    aimed = {"event": "Raid"} if "event" in (one.name for one in command.parameters) else {}
                    seen = await who.slash(room.count, name, **filled(command, room) | aimed)
                if named := hidden.found_in(*shown(seen)):
                    found[f"{name}, {who.name}"] = named
        for name, label in (("desk setup", "Export settings"), ("schedule show", "Calendar file")):
            answer = await hidden.mia.slash(room.count, name)
            answer = await hidden.mia.click(answer, "Overview") if "Overview" in answer.buttons else answer
            if named := hidden.found_in(*shown(await hidden.mia.click(answer, label))):
                found[f"{label}, mia"] = named
    return found


async def test_no_command_names_it_to_who_does_not_see_it(hidden: Hidden) -> None:
    assert await leaks(hidden) == {}


async def test_a_command_that_named_it_would_be_found(hidden: Hidden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cogs.guards.sees", lambda *_: True)
    monkeypatch.setattr(sys.modules["cogs.follows"], "sees", lambda *_: True)  # as the bot has loaded it
    assert set(await leaks(hidden)) >= {
        f"{name}, mia"
        for name in (
            "audit",
            "Export settings",
            "status",
            "export",
            "following",
            "next",
            "Calendar file",
            "schedule show",
        )
    }


async def test_nothing_of_it_is_suggested(hidden: Hidden) -> None:
    room, known = hidden.room, set()
    room.show_all_commands()
    for name, command in sorted(leaves(room.bot.tree).items()):
        for option in command.parameters if isinstance(command, app_commands.Command) else ():
            if option.autocomplete:
                for who in (hidden.mia, hidden.gus):
                    suggested = await who.autocomplete(room.count, name, option.name, "")
                    assert hidden.found_in(*suggested) == [], (name, option.name, who.name)
                if hidden.found_in(*await hidden.nell.autocomplete(room.count, name, option.name, "")):
                    known.add((name, option.name))
    assert known >= {("schedule show", "event"), ("schedule move", "event"), ("remindme", "event")}


async def test_buttons_that_came_up_before_it_was_hidden_name_it_no_more(hidden: Hidden) -> None:
    room = hidden.room
    inner = next(role for role in room.guild.roles.values() if role.name == "Inner circle")
    hidden.mia.member.give(inner)
    cards = [
        await hidden.mia.slash(room.count, "following"),
        await hidden.mia.slash(room.count, "desk setup"),
    ]
    hidden.mia.member.take(inner)
    key = f"setup:least:{hidden.channel.id}"

    notice = await Matrix(room)._notice(room.count, key)
    pressed = [await hidden.mia.choose(notice, key)]
    for card in cards:
        for part in card.parts:
            values = [part["options"][0]["value"]] if part.get("options") else []
            if part["type"] == 2 or values:
                pressed.append(await hidden.mia.choose(card, part["custom_id"], *values))
                break
    assert hidden.found_in(*(one for seen in pressed for one in shown(seen))) == []


async def test_who_sees_it_is_told_of_it(hidden: Hidden) -> None:
    for name in ("following", "status", "schedule show", "audit", "next", "why", "export"):
        options = {"contest": "ga"} if name in ("why", "export") else {}
        seen = await hidden.nell.slash(hidden.room.count, name, **options)
        assert hidden.found_in(*shown(seen)), name


async def test_a_servers_own_events_which_everybody_sees_leave_out_what_is_bound_to_it(hidden: Hidden) -> None:
    room = hidden.room
    room.guild.grant("CREATE_EVENTS", "MANAGE_EVENTS")
    await room.newsroom.heard()
    await room.newsroom.rooms.schedule.mirror.set(room.guild.id, str(hidden.nell), on=True)
    await room.newsroom.rooms.schedule.mirror.look(_events(room))
    assert [event.name for event in room.guild.events.values()] == []


def _events(room: Room) -> Any:
    return DiscordEvents(room.bot)
