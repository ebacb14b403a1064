"""Tests people who installed the bot for themselves. They use it in servers without the bot, and in direct
messages.
"""

from typing import Any

import pytest

from bot.errors import BadInputError
from bot.rehearsal.standin.interactions import PRIVATE, SERVER, WITH_BOT, InteractionAnswer
from bot.rehearsal.standin.permissions import Permission
from tests.cogs.answering import morning
from tests.cogs.conftest import Person, Room
from tests.cogs.entering import press, report
from tests.cogs.matrix import questions
from tests.cogs.permissions import ASKED_ANYWHERE
from tests.conftest import handled, reading


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the drawing of charts, which takes a second."""

    async def png(*_: object) -> bytes:
        return b"\x89PNG\r\n\x1a\n"

    monkeypatch.setattr("bot.answers.chart.drawn", png)


@pytest.fixture
def stranger(room: Room) -> Person:
    """Return a member who manages a server without the bot."""
    guild = room.newsroom.world.add_guild_without_bot("Somewhere else")
    guild.add_channel("talk")
    return room.person("sam", guild.add_role("Managers", Permission.MANAGE_GUILD), guild=guild)


async def asks(room: Room, who: Person, words: str, context: int, /, **options: Any) -> InteractionAnswer:
    here = who.member.guild.channel("talk")
    answer = await room.newsroom.standin.slash(here.id, who.id, words, options, 30.0, context=context)
    await handled()
    return answer


@pytest.mark.parametrize("context", [SERVER, WITH_BOT, PRIVATE])
async def test_each_question_is_answered_for_who_asks_alone_and_is_not_to_be_shared(
    room: Room, stranger: Person, context: int
) -> None:
    await morning(room)
    for command in ASKED_ANYWHERE:
        answer = await asks(room, stranger, command, context, **questions(room)[command])
        assert answer.ephemeral, command
        copied = command == "draft"  # it is the whole message, and its source and time are on a card
        small = answer.embeds[0]["footer"]["text"] if copied else answer.content.rpartition("\n-# ")[2]
        assert small.endswith("7:35 a.m."), command
        assert "Share" not in str(answer.components), command
    assert room.failures == []


async def test_it_holds_nothing_that_a_newsroom_entered_muted_or_keeps_inside(room: Room, stranger: Person) -> None:
    await morning(room)
    await press(room, await report(room, {"margin": "Biden 12,345"}, source="ga-sos"), "Enter")
    await room.mute("times")
    inside = await room.card("sources", contest="ga")
    assert "12,345" in str(inside.embeds[0].to_dict())
    assert "muted" in inside.content.lower()
    for command in ASKED_ANYWHERE:
        answer = await asks(room, stranger, command, SERVER, **questions(room)[command])
        assert "12,345" not in f"{answer.content} {answer.embeds}", command
        assert "muted" not in f"{answer.content} {answer.embeds}".lower(), command
    room.hide_the_times()
    answer = await asks(room, stranger, "margin", SERVER, contest="ga")
    assert answer.content == "What is known of that contest is for the newsroom only; ask in a channel of its own."


@pytest.mark.parametrize("context", [SERVER, PRIVATE])
async def test_its_pages_are_turned(room: Room, stranger: Person, context: int) -> None:
    await room.newsroom.take(*(reading(1000 + 10 * place, 900, place) for place in range(30)))
    answer = await asks(room, stranger, "history", context, contest="ga")
    (older,) = [one["custom_id"] for row in answer.components for one in row["components"] if one["label"] == "Older"]
    here = stranger.member.guild.channel("talk")
    turned = await room.newsroom.standin.click(here.id, stranger.id, answer.message_id, older, context=context)
    assert turned.content != answer.content
    assert "Georgia" in turned.content


async def test_nothing_else_is_offered_there_and_nothing_is_kept(room: Room, stranger: Person) -> None:
    for command in room.bot.tree.get_commands():
        if command.name not in ASKED_ANYWHERE:
            for context in (SERVER, WITH_BOT, PRIVATE):
                with pytest.raises(BadInputError, match="is registered"):
                    await asks(room, stranger, command.name, context)
    before = [row[0] for row in await room.newsroom.database.rows("SELECT id FROM servers")]
    await asks(room, stranger, "margin", SERVER, contest="ga")
    assert [row[0] for row in await room.newsroom.database.rows("SELECT id FROM servers")] == before


async def test_in_direct_messages_a_member_of_the_newsroom_gets_no_more(room: Room) -> None:
    await morning(room)
    await press(room, await report(room, {"margin": "Biden 12,345"}, source="ga-sos"), "Enter")
    answer = await room.newsroom.standin.slash(
        room.count.id, room.editor.id, "sources", {"contest": "ga"}, context=WITH_BOT
    )
    assert "12,345" not in f"{answer.content} {answer.embeds}"
    assert "Share" not in str(answer.components)
