"""Tests stopping `tallydesk run` before Discord has answered: what it waits for, and what the next start finds."""

import asyncio
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.database.database import Database
from bot.follows.follows_store import ServerStore
from bot.outbox.rows import OutboxRow
from bot.outbox.rows_store import add_rows
from bot.rehearsal.standin.guild import Channel
from bot.rehearsal.standin.server import StandIn
from bot.wording.card import Card, lines
from tests.cli.running import SOON, Running
from tests.conftest import run_sql

pytestmark = pytest.mark.usefixtures("environment", "token")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "desk.sqlite3"


@pytest.fixture
async def channel(standin: StandIn, path: Path) -> Channel:
    """Return a channel with two waiting posts."""
    channel = standin.world.add_guild("Newsroom").add_channel("count")
    database = await Database.open(path)
    await ServerStore(database).join(channel.guild.id)
    cards = {number: Card(lines(f"post {number}"), "the desk", kind="notice") for number in (1, 2)}
    server, now = channel.guild.id, datetime.now(UTC)
    posts = [OutboxRow.worded(server, channel.id, number, card, now) for number, card in cards.items()]
    await database.write(lambda connection: add_rows(connection, posts, int(time.time() * 1_000_000)))
    await database.close()
    return channel


async def landed(channel: Channel, posts: int) -> None:
    async with asyncio.timeout(SOON):
        while len(channel.messages) < posts:
            await asyncio.sleep(0.01)


def states(path: Path) -> list[tuple[str]]:
    return run_sql(path, "SELECT state FROM outbox ORDER BY id")


async def test_a_request_under_way_is_waited_for(standin: StandIn, channel: Channel, path: Path) -> None:
    standin.faults.delay(3.0)
    async with Running(standin) as running:
        await landed(channel, 1)
        status, logged, seconds = await running.stop(signal.SIGTERM)
    assert status == 0
    assert seconds < 8
    assert states(path) == [("sent",), ("pending",)]
    assert "Traceback" not in logged


async def test_a_row_without_an_answer_is_looked_up_at_the_next_start(
    standin: StandIn, channel: Channel, path: Path
) -> None:
    standin.faults.delay(30.0)
    async with Running(standin) as running:
        await landed(channel, 1)
        status, logged, seconds = await running.stop(signal.SIGTERM)
    assert status == 0
    assert 4.5 < seconds < 12
    assert states(path) == [("sending",), ("pending",)]
    assert "Traceback" not in logged
    standin.faults.clear()
    async with Running(standin) as running:
        await landed(channel, 2)
        async with asyncio.timeout(SOON):
            while states(path) != [("sent",), ("sent",)]:
                await asyncio.sleep(0.01)
        await running.stop(signal.SIGTERM)
    contents = [message.content.split("\n")[0] for message in channel.messages]
    assert contents == ["post 1", "post 2"]


async def test_a_second_signal_ends_it_at_once(standin: StandIn, channel: Channel, path: Path) -> None:
    standin.faults.delay(30.0)
    async with Running(standin) as running:
        await landed(channel, 1)
        running.send_signal(signal.SIGINT)
        async with asyncio.timeout(SOON):
            while "stopping" not in running.logged:
                await asyncio.sleep(0.01)
        status, logged, seconds = await running.stop(signal.SIGINT)
    assert (status, seconds < 2) == (0, True)
    assert "ended at once, by a second signal" in logged
    assert states(path) == [("sending",), ("pending",)]
