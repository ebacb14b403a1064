"""Tests `tallydesk healthcheck`, which other programs run."""

import asyncio
import time
from pathlib import Path

import pytest

from bot.database.database import Database
from tests.cli.conftest import Cli
from tests.cli.test_run import free_port
from tests.conftest import run_sql

pytestmark = pytest.mark.usefixtures("environment")


async def lay(path: Path) -> None:
    await (await Database.open(path)).close()


def test_without_a_bot_the_line_says_so(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "data" / "desk.sqlite3"
    outcome = cli("healthcheck")
    assert (outcome.status, outcome.out) == (1, [])
    assert outcome.err[0].startswith("the bot has not started yet; ")
    path.parent.mkdir()
    path.write_bytes(b"no database" * 100)
    assert cli("healthcheck").err[0].startswith(f"{path}: the database does not say whether the bot runs (file is not")
    path.unlink()
    asyncio.run(lay(path))
    assert cli("healthcheck").err[0].startswith("the bot has not started yet; ")
    run_sql(path, f"UPDATE alive SET wall_at = {int((time.time() - 100) * 1e6)}")
    assert "its last check of itself was 100 s ago" in cli("healthcheck").err[0]
    run_sql(path, f"UPDATE alive SET wall_at = {int((time.time() - 7) * 1e6)}")
    well = cli("healthcheck")
    assert (well.status, well.err) == (0, [])
    assert well.out[0].startswith("ok: checked itself 7 s ago")
    port = free_port()
    monkeypatch.setenv("TALLYDESK_HEALTH_PORT", str(port))
    monkeypatch.setenv("TALLYDESK_HEALTH_HOST", "0.0.0.0")
    assert cli("healthcheck").err[0].startswith(f"no answer from 127.0.0.1:{port} (")
