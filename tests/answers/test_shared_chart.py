"""A chart, drawn for one, shared with all: the same picture with the same words, once, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.answers import chart
from bot.app import App, wired
from bot.client import close_client
from bot.clock import ManualClock
from bot.rehearsal.standin.server import StandIn, pointing_at
from tests.conftest import START, delivery, reading, run_sql, small_desk


@pytest.fixture
async def app(tmp_path: Path, standin: StandIn) -> AsyncIterator[App]:
    with pointing_at(standin):
        async with wired(small_desk(), tmp_path / "desk.sqlite3", ManualClock(START), guild_ready_timeout=0.1) as app:
            await app.bot.login("a-token")
            await app.bot.sync_if_changed()
            connection = asyncio.create_task(app.bot.connect())
            await app.bot.wait_until_ready()
            await app.rooms.outbox.dispatcher.start()
            yield app
            await close_client(app.bot, connection)


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with StandIn() as standin:
        guild = standin.world.add_guild("Newsroom")
        guild.add_channel("count")
        guild.add_member("Olga", owner=True)
        yield standin


async def test_a_chart_is_shared_with_its_picture_and_its_words(app: App, standin: StandIn, tmp_path: Path) -> None:
    (guild,) = standin.world.guilds.values()
    (channel,) = guild.channels.values()
    await app.rooms.tally.intake.accept(delivery([reading(1000, 1100), reading(1300, 1100, 5)]))
    answer = await standin.slash(channel.id, guild.owner_id, "chart", {"contest": "ga"}, timeout=30)
    assert answer.ephemeral
    (file,) = answer.attachments
    (button,) = answer.components[0]["components"]
    said = await standin.click(channel.id, guild.owner_id, answer.message_id, button["custom_id"])
    assert said.content == f"Shared in <#{channel.id}> as #1."
    again = await standin.click(channel.id, guild.owner_id, answer.message_id, button["custom_id"])
    assert again.content == "That is in the channel already, as #1."
    await app.rooms.outbox.dispatcher.drained()
    (post,) = [message for message in channel.messages if not message.ephemeral]
    (shared,) = post.attachments
    assert shared.description == file["description"]
    assert shared.description is not None
    assert shared.description.startswith("Line chart of the margin in Georgia")
    first, second = (standin.world.files[int(one)].content for one in (file["id"], shared.id))
    assert first == second
    assert first.startswith(b"\x89PNG")
    await app.bot.close()
    assert run_sql(tmp_path / "desk.sqlite3", "SELECT kind, state, picture FROM outbox") == [("shared", "sent", 1)]


async def test_where_files_may_not_be_attached_a_chart_goes_out_in_words_and_nothing_waits_behind_it(
    app: App, standin: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def drawn(*_: object) -> bytes:
        return b"\x89PNG, which nobody sees here"

    monkeypatch.setattr(chart, "drawn", drawn)
    (guild,) = standin.world.guilds.values()
    (channel,) = guild.channels.values()
    desk = guild.add_channel("desk")
    await app.rooms.newsroom.suspensions.set_desk_channel(desk.id, guild.id, "Olga")
    channel.forbid("ATTACH_FILES")
    await app.rooms.tally.intake.accept(delivery([reading(1000, 1100), reading(1300, 1100, 5)]))
    for _ in range(2):
        answer = await standin.slash(channel.id, guild.owner_id, "chart", {"contest": "ga"}, timeout=30)
        (button,) = answer.components[0]["components"]
        await standin.click(channel.id, guild.owner_id, answer.message_id, button["custom_id"])
        async with asyncio.timeout(10):
            await app.rooms.outbox.dispatcher.drained()
    first, second = [message for message in channel.messages if not message.ephemeral]
    assert [post.content.split("\n")[-1].split(" · ")[0] for post in (first, second)] == ["-# #1", "-# #3"]
    for post in (first, second):
        (card,) = post.embeds
        words = "**The chart could not be attached here.** In words: Line chart of the margin in Georgia"
        assert card["description"].startswith(words)
        assert post.attachments == []
    assert [message.content.split("\n")[0] for message in desk.messages] == [
        f"**The chart of #{number} could not be attached in <#{channel.id}>,** so its figures appear as text. The bot "
        "may lack the permission to attach files there: once it has that, share the chart again. Discord's reason: "
        "Discord answered 403, error 50013: Missing Permissions"
        for number in (1, 3)
    ]
    await app.bot.close()
    assert run_sql(tmp_path / "desk.sqlite3", "SELECT id FROM channels WHERE closed_since IS NOT NULL") == []
