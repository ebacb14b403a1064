"""Fixtures for tests of the command line, with an environment in which the bot can also run in a separate process."""

import io
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import structlog

from bot.__main__ import main
from bot.cli import terminal
from bot.desk.settings import Settings
from bot.desk.toml_file import shipped
from bot.rehearsal.standin.server import StandIn

TOKEN = "MTE4NzI.secret-part.of_it"


@dataclass(frozen=True)
class Outcome:
    """The exit status and the output of a command."""

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
    """Return a function that runs a command in this process.

    Progress messages for slow commands are off, since the machine may be busy.
    """
    monkeypatch.setattr(terminal, "_PATIENCE_SECONDS", PATIENT)

    def run(*words: str | Path) -> Outcome:
        capsys.readouterr()
        status = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return Outcome(status, out.splitlines(), err.splitlines())

    return run


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that sets the text on standard input."""

    def lay(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return lay


ReadingLine: TypeAlias = Callable[..., str]


@pytest.fixture
def line() -> ReadingLine:
    """Return a function that makes one line of a readings file. Its arguments replace fields of a default reading."""

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
