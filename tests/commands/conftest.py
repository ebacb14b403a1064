import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from bot.__main__ import main


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


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run the command line in this process."""

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
