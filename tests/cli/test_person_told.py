"""Tests that `tallydesk run` sends direct messages to the person on call. A restarted bot finds its earlier
message.
"""

import asyncio
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.database.database import Database
from bot.rehearsal.standin.server import StandIn
from tests.cli.running import SOON, Running
from tests.conftest import run_sql

pytestmark = pytest.mark.usefixtures("environment", "token")

HOUR = 3600


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(SOON):
        while not true():
            await asyncio.sleep(0.02)


async def test_a_person_is_told_once_that_the_bot_was_down_whatever_becomes_of_the_answer(
    standin: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guild = standin.world.add_guild("Newsroom")
    olga = guild.add_member("Olga")
    monkeypatch.setenv("TALLYDESK_PERSON", str(olga.id))
    path = tmp_path / "data" / "desk.sqlite3"
    await (await Database.open(path)).close()
    run_sql(path, f"UPDATE alive SET wall_at = {int((time.time() - HOUR) * 1_000_000)}")
    direct = standin.world.direct(olga.user)
    standin.faults.delay(60.0, channel_id=direct.id)  # it arrives, and nobody says so
    async with Running(standin) as running:
        await until(lambda: len(direct.messages) == 1)
        running.send_signal(signal.SIGKILL)
        await running.ended()
    assert run_sql(path, "SELECT server, state FROM outbox") == [(0, "sending")]
    standin.faults.clear()
    async with Running(standin) as running:
        await until(lambda: run_sql(path, "SELECT state FROM outbox") == [("sent",)])
        status, logged, _ = await running.stop(signal.SIGTERM)
    assert (status, "warning" in logged) == (0, False)
    (message,) = direct.messages
    assert message.content.startswith("**Tallydesk was down for ")
