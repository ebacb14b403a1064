"""The command line in this process, and the bot in one of its own."""

import asyncio
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeAlias

import pytest
import structlog

from bot.__main__ import main
from bot.cli import terminal
from bot.desk.settings import Settings
from bot.desk.toml_file import shipped
from bot.rehearsal.standin.server import StandIn

TOKEN = "MTE4NzI.secret-part.of_it"
SOON = 20.0


@dataclass(frozen=True)
class Outcome:
    """What a run of the command line left behind."""

    status: int
    out: list[str]
    err: list[str]

    @property
    def printed(self) -> list[Any]:
        return [json.loads(line) for line in self.out]


Cli: TypeAlias = Callable[..., Outcome]


PATIENT = 600


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run the command line in this process; that it goes on is said by nobody, however busy the machine is."""
    monkeypatch.setattr(terminal, "_PATIENCE", PATIENT)

    def run(*words: str | Path) -> Outcome:
        capsys.readouterr()
        status = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Outcome(status, out.splitlines(), err.splitlines())

    return run


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lay a text on standard input."""

    def lay(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return lay


ReadingLine: TypeAlias = Callable[..., str]


@pytest.fixture
def line() -> ReadingLine:
    """Make one line of readings; what is given replaces the fields of a plain one."""

    def make(minute: int = 0, **fields: object) -> str:
        plain = {
            "source": "times",
            "contest": "lamp",
            "contest_name": "Keeper of the Lamp",
            "as_of": f"2020-11-11T12:{minute:02}:00Z",
            "votes": {"quill": 50, "reed": 40},
        }
        return json.dumps(plain | fields) + "\n"

    return make


# There is no setting for Discord's address, and is not to be one: a bot that can be pointed elsewhere can be
# made to hand over its token.
BOT = """
import sys
from types import SimpleNamespace
from bot.__main__ import main
from bot.rehearsal.standin.pointing import pointing_at
with pointing_at(SimpleNamespace(base=sys.argv[1], gateway_url=sys.argv[2])):
    sys.exit(main(["run"]))
"""


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TALLYDESK_{name.upper()}", raising=False)
    monkeypatch.setenv("TALLYDESK_DESK", str(shipped("desks", "georgia-2020.toml")))
    monkeypatch.setenv("TALLYDESK_DATABASE", str(tmp_path / "data" / "desk.sqlite3"))
    monkeypatch.setenv("TALLYDESK_SERVERS", "all")
    monkeypatch.chdir(tmp_path)
    yield
    structlog.reset_defaults()


@pytest.fixture
def token(environment: None, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: ARG001 - it clears all before
    monkeypatch.setenv("TALLYDESK_TOKEN", TOKEN)
    return TOKEN


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with StandIn() as standin:
        yield standin


class Running:
    """The real bot in a process of its own."""

    def __init__(self, standin: StandIn) -> None:
        self._standin = standin
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

    async def reaches(self, server: int) -> None:
        """Wait until the bot is connected for a server."""
        async with asyncio.timeout(SOON):
            while not self._standin.gateway.reaches(server):
                assert self.process.returncode is None, "it has ended"
                await asyncio.sleep(0.01)

    async def stop(self, number: signal.Signals) -> tuple[int, str, float]:
        """Send a signal; return the exit status, what was logged, and how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        async with asyncio.timeout(SOON):
            out, err = await self.process.communicate()
        assert out == b""
        assert self.process.returncode is not None
        return self.process.returncode, err.decode(), time.monotonic() - began
