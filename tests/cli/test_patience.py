"""Tests commands that may take long. They print that they are still working, and Ctrl-C leaves nothing half
written.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
import structlog

from bot import files
from bot.cli import reload as reload_module
from bot.cli import terminal
from bot.database import backup as backup_module
from bot.desk.desk_file import load_desk
from bot.desk.settings import Settings
from bot.desk.toml_file import shipped
from bot.feeds.recording import Recorder
from tests.cli.conftest import PATIENT, Cli
from tests.conftest import START, Newsroom, reading

DESK = shipped("desks", "georgia-2020.toml")
OWN = """
[desk]
zone = "America/New_York"
[[contests]]
id = "lamp"
name = "Lamp Keeper"
leads = "sos"
candidates = [{id = "quill", name = "Ann Quill", last = "Quill"}, {id = "reed", name = "Bo Reed", last = "Reed"}]
[[sources]]
id = "sos"
name = "the Secretary of State"
format = "readings"
own_network = true
url = "http://127.0.0.1:1/feed.jsonl"
"""


@pytest.fixture(autouse=True)
async def newsroom(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return a folder with a database of one reading, a copy of the database, a feed file, a recording and a desk
    file.
    """
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TALLYDESK_{name.upper()}", raising=False)
    monkeypatch.setenv("TALLYDESK_DATABASE", str(tmp_path / "desk.sqlite3"))
    monkeypatch.setenv("TALLYDESK_DESK", str(DESK))
    monkeypatch.setenv("TALLYDESK_SERVERS", "all")
    monkeypatch.chdir(tmp_path)
    async with Newsroom(tmp_path / "desk.sqlite3", load_desk(DESK)) as newsroom:
        await newsroom.take(reading(1000, 500, contest="ga-2020-president"))
    backup_module.back_up(tmp_path / "desk.sqlite3", tmp_path / "copy.sqlite3")
    line = {"source": "sos", "contest": "lamp", "as_of": "2020-11-11T12:00:00Z", "votes": {"quill": 50, "reed": 40}}
    (tmp_path / "feed.jsonl").write_text(json.dumps(line))
    (tmp_path / "own.toml").write_text(OWN)
    Recorder(tmp_path / "night").keep(
        "sos", "http://127.0.0.1:1/feed.jsonl", json.dumps(line).encode(), START, None, None
    )
    return tmp_path


@pytest.fixture(autouse=True)
def logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


class Impatient(threading.Event):
    """An event whose first wait ends at once."""

    waited = False

    def wait(self, timeout: float | None = None) -> bool:
        if not self.waited:
            self.waited = True
            return False
        return super().wait(timeout)


REHEARSE = (
    "rehearse",
    "--desk",
    "own.toml",
    "--feeds",
    "night",
    "--speed",
    "max",
    "--until-end",
    "--no-browser",
)
LONG = {
    "read": (("read", "--format", "auto", "feed.jsonl"), "feed.jsonl"),
    "changes": (("changes", "feed.jsonl"), "feed.jsonl"),
    "new": (("new", "feed.jsonl", "--output", "new.toml"), "feed.jsonl"),
    "export": (("export", "ga-2020-president"), "ga-2020-president"),
    "backup": (("backup", "another.sqlite3"), "another.sqlite3"),
    "restore": (("restore", "copy.sqlite3"), "copy.sqlite3"),
    "upgrade": (("upgrade",), "desk.sqlite3"),
    "check": (("check",), "database "),
    "check of a copy": (("check", "--database", "copy.sqlite3"), "database copy.sqlite3"),
    "rehearse": (REHEARSE, "the day is being made"),
}


@pytest.mark.parametrize("words", LONG)
def test_what_may_take_long_is_said_to_go_on(cli: Cli, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "Event", Impatient)
    monkeypatch.setattr(terminal._terminal, "at", float("-inf"))  # whatever a test before this one said
    command, what = LONG[words]
    outcome = cli(*command)
    assert any(what in line and f": still working, after {PATIENT} seconds" in line for line in outcome.err), outcome


@pytest.mark.usefixtures("capsys")
def test_while_results_come_up_on_the_terminal_nothing_is_said_beside_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(terminal, "Event", Impatient)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    terminal.say("{}")
    with terminal.progress("x"):
        pass
    assert capsys.readouterr() == ("{}\n", "")


def _interrupted(*_: object, **__: object) -> NoReturn:
    raise KeyboardInterrupt


def _found(folder: Path) -> dict[str, bytes]:
    """Return the content of each file in a folder, without the extra files of SQLite."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm", ".lock"))
    }


WRITING = {
    "new": ("new", "feed.jsonl", "--output", "new.toml"),
    "export": ("export", "ga-2020-president", "--output", "history.csv"),
    "export over a file": ("export", "ga-2020-president", "--output", "own.toml", "--force"),
    "backup": ("backup", "another.sqlite3"),
    "backup over a file": ("backup", "copy.sqlite3", "--force"),
    "restore": ("restore", "copy.sqlite3"),
}


@pytest.mark.parametrize("words", WRITING)
def test_ctrl_c_as_a_file_takes_its_place_leaves_what_was_there(
    cli: Cli, newsroom: Path, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _found(newsroom)
    monkeypatch.setattr(files, "put", _interrupted)
    monkeypatch.setattr(backup_module, "put", _interrupted)
    outcome = cli(*WRITING[words])
    assert (outcome.status, outcome.err) == (130, [])
    assert _found(newsroom) == before


READING: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "read": ("read --format readings feed.jsonl", lambda patch: patch.setattr("bot.cli.read.say", _interrupted)),
    "changes": ("changes feed.jsonl", lambda patch: patch.setattr("bot.cli.changes.say", _interrupted)),
    "check": ("check", lambda patch: patch.setattr("bot.cli.check.examine", _interrupted)),
    "record": ("record night --desk own.toml", lambda patch: patch.setattr("bot.cli.record._record", _interrupted)),
}


@pytest.mark.parametrize("words", READING)
def test_ctrl_c_ends_what_only_reads(cli: Cli, newsroom: Path, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _found(newsroom)
    command, interrupt = READING[words]
    interrupt(monkeypatch)
    outcome = cli(*command.split())
    assert (outcome.status, outcome.err) == (0 if words == "record" else 130, [])
    assert _found(newsroom) == before


async def test_ctrl_c_takes_the_leave_to_drop_contests_back(
    cli: Cli, newsroom: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = newsroom / "desk.sqlite3"
    reload_module.in_use(path).write_text(DESK.read_text(encoding="utf-8"))
    monkeypatch.setenv("TALLYDESK_DESK", "own.toml")
    monkeypatch.setattr(reload_module, "holder", lambda _: 1)
    monkeypatch.setattr("os.kill", _interrupted)

    async def gone(*_: object) -> list[str]:
        return ["ga-2020-president"]

    monkeypatch.setattr(reload_module, "dropped_contests", gone)
    outcome = await asyncio.to_thread(cli, "reload", "--remove")
    assert outcome.status == 130
    assert not reload_module.may_remove(path).exists()
