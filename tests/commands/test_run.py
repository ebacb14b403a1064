"""`tallydesk run`: what it refuses, how it starts, how it stops."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Self

import pytest
import structlog

from bot.rehearsal.standin import StandIn, pointing_at
from bot.settings import Settings
from bot.toml_file import shipped
from tests.commands.conftest import Cli

TOKEN = "MTE4NzI.secret-part.of_it"
SOON = 20.0

# There is no setting for Discord's address, and is not to be one: a bot that can be pointed elsewhere can be
# made to hand over its token.
BOT = """
import sys
from types import SimpleNamespace
from bot.__main__ import main
from bot.rehearsal.standin import pointing_at
with pointing_at(SimpleNamespace(base=sys.argv[1], gateway_url=sys.argv[2])):
    sys.exit(main(["run"]))
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TALLYDESK_{name.upper()}", raising=False)
    monkeypatch.setenv("TALLYDESK_DESK", str(shipped("desks", "georgia-2020.toml")))
    monkeypatch.setenv("TALLYDESK_DATABASE", str(tmp_path / "data" / "desk.sqlite3"))
    monkeypatch.chdir(tmp_path)
    yield
    structlog.reset_defaults()


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("TALLYDESK_TOKEN", TOKEN)
    return TOKEN


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with StandIn() as standin:
        yield standin


def test_without_a_token_it_says_where_one_comes_from(cli: Cli) -> None:
    outcome = cli("run")
    assert (outcome.status, outcome.out) == (2, [])
    (line,) = outcome.err
    assert line.startswith("TALLYDESK_TOKEN is not set: put the bot's token, from Discord's developer portal, into")


def test_a_bad_setting_is_one_line(cli: Cli, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLYDESK_SERVERS", "newsroom")
    outcome = cli("run")
    assert outcome.status == 2
    (line,) = outcome.err
    assert line.startswith("the setting TALLYDESK_SERVERS: ")
    assert token not in line


@pytest.mark.parametrize(("text", "words"), [(None, "can't be read"), ("[desk", "not TOML"), ("[desk]\n", "desk.zone")])
def test_a_bad_desk_file_is_one_line_that_names_it(
    cli: Cli, token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, words: str
) -> None:
    assert token
    path = tmp_path / "mine.toml"
    if text is not None:
        path.write_text(text)
    monkeypatch.setenv("TALLYDESK_DESK", str(path))
    outcome = cli("run")
    assert outcome.status == 2
    (line,) = outcome.err
    assert line.startswith(f"{path}: ")
    assert words in line
    assert not (tmp_path / "data").exists()


async def in_thread(cli: Cli, address: StandIn) -> tuple[int, list[str]]:
    with pointing_at(address):
        outcome = await asyncio.to_thread(cli, "run")
    assert outcome.out == []
    return outcome.status, outcome.err


async def test_a_refused_token_is_one_line_that_does_not_show_it(cli: Cli, token: str) -> None:
    async with StandIn(refused_token=token) as standin:
        status, (line,) = await in_thread(cli, standin)
    assert status == 2
    assert line.startswith("Discord refuses the token in TALLYDESK_TOKEN: copy it anew")
    assert "secret" not in line


async def test_discord_out_of_reach_is_one_line(cli: Cli, token: str, standin: StandIn) -> None:
    await standin.stop()
    status, (line,) = await in_thread(cli, standin)
    assert status == 1
    assert line.startswith("Discord can't be reached (")
    assert token not in line


async def test_a_database_that_is_none_is_one_line(cli: Cli, token: str, tmp_path: Path, standin: StandIn) -> None:
    path = tmp_path / "data" / "desk.sqlite3"
    path.parent.mkdir()
    path.write_text("not a database, and long enough to be looked at as one" * 100)
    status, (line,) = await in_thread(cli, standin)
    assert status == 1
    assert line.startswith(f"{path}: the database can't be opened")
    assert token not in line


class Running:
    """The real bot in a process of its own."""

    def __init__(self, standin: StandIn) -> None:
        self._address = (standin.base, standin.gateway_url)

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", BOT, *self._address, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def stop(self, number: signal.Signals) -> tuple[int, str, float]:
        """Send a signal; return the exit status, what was logged, and how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        async with asyncio.timeout(SOON):
            out, err = await self.process.communicate()
        assert out == b""
        assert self.process.returncode is not None
        return self.process.returncode, err.decode(), time.monotonic() - began


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_it_at_once_and_in_order(
    standin: StandIn, token: str, tmp_path: Path, number: signal.Signals
) -> None:
    guild = standin.world.add_guild("Newsroom")
    channel, olga = guild.add_channel("count"), guild.add_member("Olga", owner=True)
    async with Running(standin) as running:
        async with asyncio.timeout(SOON):
            while not standin.gateway.reaches(guild.id):  # noqa: ASYNC110 - the bot is another process
                await asyncio.sleep(0.01)
        answer = await standin.slash(channel.id, olga.id, "follow", {"contest": "ga-2020-president"}, timeout=SOON)
        assert "now follows **President**" in answer.content
        status, logged, seconds = await running.stop(number)
    assert status == 0
    assert seconds < 5
    lines = logged.splitlines()
    events = [line.split("event=")[1].split("'")[1] for line in lines if "event=" in line]
    assert events == ["slash commands synced", "running", "stopped"]
    assert len(lines) == 3  # no traceback, no warning of a library
    assert token not in logged
    names = {path.name for path in (tmp_path / "data").iterdir()}
    assert names == {"desk.sqlite3"}  # nothing is left in a log beside it
    assert standin.unknown == []


async def test_a_token_that_is_refused_later_ends_it_with_one_line(standin: StandIn, token: str) -> None:
    guild = standin.world.add_guild("Newsroom")
    async with Running(standin) as running:
        async with asyncio.timeout(SOON):
            while not standin.gateway.reaches(guild.id):  # noqa: ASYNC110 - the bot is another process
                await asyncio.sleep(0.01)
        standin.refused_token = token
        standin.gateway.drop(forget=True)
        async with asyncio.timeout(SOON):
            _, err = await running.process.communicate()
    assert running.process.returncode == 1
    assert err.decode().splitlines()[-1].startswith("the connection to Discord ended: ")
    assert token not in err.decode()


def test_reading_a_feed_loads_neither_discord_nor_a_database() -> None:
    heavy = ("discord", "dateparser", "aiosqlite", "aiohttp", "apscheduler", "rich.console", "structlog")
    script = f"import sys, bot.commands.read; sys.exit(' '.join(name for name in {heavy} if name in sys.modules) or 0)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=os.environ)
    assert (done.returncode, done.stderr) == (0, "")
