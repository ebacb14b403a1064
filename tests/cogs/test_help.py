"""Tests `/help` for each role, the greeting in a new server, and the data stored about members."""

import re

import pytest
from discord import app_commands

from bot.follows.levels import Level
from bot.newsroom.help_words import HelpLine, help_card
from bot.rehearsal.standin.guild import Channel
from bot.wording.escape import COMMAND
from bot.wording.message import render
from tests.cogs.conftest import Person, Room, history
from tests.conftest import handled


async def named(room: Room, who: Person | None = None) -> set[str]:
    """Return the commands named on the cards that open from the buttons of `/help`."""
    card, topics = await room.card("help", who), []
    for topic in [label for label in card.buttons if label != "Your data"]:
        card = await (who or room.editor).click(card, topic)
        topics.append(card.content)
    return set(re.findall(rf"</({COMMAND}):[0-9]+>", "".join(topics)))


def test_a_line_has_what_a_phone_has_room_for_and_says_that_there_is_more() -> None:
    lines = [HelpLine(name, "does something") for name in ("margin", "since", "county", "outstanding")]
    card = help_card({"Ask": lines, "Copy": lines[:1]}, Level.ANYONE, [], public=False)
    assert render(card).content.split("\n") == [
        "You can ask, not enter.",
        "This channel follows no contest.",
        "**Ask:** `/margin` `/since` `/county` …",
        "**Copy:** `/margin`",
        "-# Buttons show the rest.",
    ]


async def test_what_a_command_does_is_a_line_of_a_phone(room: Room) -> None:
    commands = [one for one in room.bot.tree.walk_commands() if isinstance(one, app_commands.Command)]
    assert len(commands) > 30
    assert [one.description for one in commands if len(one.description) > 46] == []


async def test_each_role_is_told_what_it_may_use_in_ten_lines(room: Room) -> None:
    roles = {may: room.role(may.title()) for may in ("reporter", "desk", "manager")}
    for may, role in roles.items():
        await room.set_role(role, may)  # type: ignore[arg-type]  # as the loop has them
    people = [room.reporter, *(room.person(may, role) for may, role in roles.items()), room.editor]
    guest, reporter, desk, manager, owner = [await named(room, one) for one in people]
    assert guest < reporter < desk < manager == owner
    assert "margin" in guest
    assert {"tally", "pause", "desk setup"}.isdisjoint(guest)
    assert reporter - guest == {"tally", "certify", "call", "entries"}
    assert "pause" in desk
    assert manager - desk == {"desk setup"}
    for one in people:
        lines = (await room.ask("help", one)).split("\n")
        assert len(lines) <= 10
        assert all(len(re.sub("[*`<]|:[0-9]+>|-# ", "", line)) <= 45 for line in lines)


async def test_it_says_how_a_command_of_a_messages_menu_is_reached(room: Room) -> None:
    card = await room.card("help")
    shown = await room.editor.click(card, "Enter")
    assert "**Read as tally** Press and hold a message, then choose Apps: you see what is read in it" in shown.content


async def test_it_says_which_contest_is_meant_here_and_that_the_public_reads(room: Room, desk: Channel) -> None:
    assert "This channel follows no contest." in await room.ask("help")
    await room.follow("ga")
    assert "This channel follows **President**." in await room.ask("help")
    await room.follow("senate")
    assert "This channel follows **President** and **U.S. Senate**." in await room.ask("help")
    await room.set_desk(desk)
    await room.set_public(room.count, public=True)
    assert "Public: answers leave out newsroom-only figures." in await room.ask("help")


async def test_its_buttons_lead_from_topic_to_topic_also_after_a_restart(room: Room) -> None:
    card = await room.card("help", room.reporter)
    await room.restart()
    topic = await room.reporter.click(card, "Ask")
    assert re.search(r"</margin:[0-9]+> Who leads, and by how much\.", topic.content)
    other = await room.reporter.click(topic, "Schedule")
    assert "</next:" in other.content
    assert list(other.buttons) == list(card.buttons)


async def test_a_button_opens_its_own_topic_also_after_a_role_changed(room: Room) -> None:
    role = room.role("Reporter")
    await room.set_role(role, "reporter")
    reporter = room.person("reporter", role)
    card = await room.card("help", reporter)
    await room.set_role(None, "reporter")
    gone = await reporter.click(card, "Enter")
    assert gone.content == "That topic is gone; `/help` shows what there is."
    assert (await reporter.click(card, "Set up")).content.startswith("**Set up**")


async def test_a_server_is_greeted_once_and_its_button_answers_who_presses(room: Room) -> None:
    assert history(room.count) == []
    channel, eve = room.elsewhere()
    await handled()
    await room.publish()
    (greeting,) = history(channel)
    assert greeting.content.startswith("**Tallydesk is here.** Nothing is posted until")
    answer = await eve.click(greeting, "What can I do?")
    assert answer.ephemeral
    assert re.search("</desk setup:[0-9]+>", answer.content)
    await room.newsroom.rooms.newsroom.setup.greet(channel.guild.id, channel.id)
    await room.publish()
    assert len(history(channel)) == 1


@pytest.mark.parametrize("label", ["Keep it", "Ask"])
async def test_nobody_is_forgotten_before_they_are_sure(room: Room, label: str) -> None:
    await room.follow("ga")
    data = await room.card("help > Your data")
    assert "beside what you entered" in data.content
    shown = data if label == "Ask" else await room.editor.click(data, "Forget me")
    await room.editor.click(shown, label)
    assert str(room.editor) in [row[0] for row in await room.audit()]
