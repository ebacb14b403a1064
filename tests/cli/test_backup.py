"""Tests `tallydesk backup FILE` and `tallydesk check --database FILE`."""

import asyncio
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.database import database as database_module
from bot.database.database import Database, migrations, newest_version
from bot.desk.settings import Settings
from tests.cli.conftest import Cli
from tests.conftest import run_sql

TOKEN = "MTE4NzI.secret-part.of_it"
WHOLE = r"the copy is whole: 0 readings, 0 posts, made at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Return the path of the database in the settings."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TALLYDESK_{name.upper()}", raising=False)
    monkeypatch.setenv("TALLYDESK_DATABASE", str(tmp_path / "data" / "desk.sqlite3"))
    monkeypatch.setenv("TALLYDESK_TOKEN", TOKEN)
    monkeypatch.chdir(tmp_path)
    yield tmp_path / "data" / "desk.sqlite3"
    structlog.reset_defaults()


@pytest.fixture
async def database(data: Path) -> Database:
    database = await Database.open(data)
    await database.close()
    return database


@pytest.mark.usefixtures("database")
def test_a_copy_is_made_and_said_to_be_whole_and_check_agrees(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("backup", "copy.sqlite3")
    assert (outcome.status, outcome.err) == (0, [])
    (line,) = outcome.out
    assert re.fullmatch(f"copy.sqlite3: {WHOLE}", line)
    looked = cli("check", "--database", "copy.sqlite3")
    assert (looked.status, looked.err) == (0, [])
    assert looked.out == [f"ok     database {line}"]
    assert {file.name for file in tmp_path.iterdir()} == {"copy.sqlite3", "data"}


async def test_it_works_while_a_bot_runs(cli: Cli, data: Path) -> None:
    database = await Database.open(data)
    outcome = cli("backup", "copy.sqlite3")
    assert outcome.status == 0
    await database.write(lambda connection: connection.execute("INSERT INTO servers (id) VALUES (7)"))
    await database.close()
    looked = await asyncio.to_thread(cli, "check", "--database", data)
    assert looked.out == [f"ok     database {data}: the database is whole: 0 readings, 0 posts"]


@pytest.mark.usefixtures("database")
def test_nothing_secret_is_in_it(cli: Cli, tmp_path: Path) -> None:
    assert cli("backup", "copy.sqlite3").status == 0
    assert b"secret" not in (tmp_path / "copy.sqlite3").read_bytes()


@pytest.mark.usefixtures("database")
def test_an_existing_file_is_replaced_only_by_force(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "copy.sqlite3").write_text("precious")
    outcome = cli("backup", "copy.sqlite3")
    assert (outcome.status, outcome.out) == (2, [])
    assert outcome.err == ["copy.sqlite3: is there already; name another file, or use --force to replace it"]
    assert (tmp_path / "copy.sqlite3").read_text() == "precious"
    assert cli("backup", "--force", "copy.sqlite3").status == 0


def test_without_a_database_there_is_no_copy(cli: Cli, data: Path, tmp_path: Path) -> None:
    outcome = cli("backup", "copy.sqlite3")
    assert (outcome.status, outcome.out) == (1, [])
    assert outcome.err == [f"{data}: there is no database to copy; set TALLYDESK_DATABASE, or start the bot first"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("database")
def test_a_damaged_database_is_one_line(cli: Cli, data: Path, tmp_path: Path) -> None:
    ((page,),) = run_sql(data, "SELECT rootpage FROM sqlite_schema WHERE name = 'readings'")
    with data.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)
    outcome = cli("backup", "copy.sqlite3")
    assert (outcome.status, outcome.out, len(outcome.err)) == (1, [], 1)
    assert outcome.err[0].startswith("copy.sqlite3: no copy was made, for it would not have been whole: ")
    looked = cli("check", "--database", data)
    assert looked.status == 1
    (line,) = looked.out
    assert line.startswith(f"wrong  database: {data}: ")
    assert "a part of it is damaged" in line
    assert line.endswith(": take another copy")
    assert {file.name for file in tmp_path.iterdir()} == {"data"}


@pytest.mark.usefixtures("database")
def test_check_says_of_a_copy_that_is_cut_off_to_take_another(cli: Cli, data: Path) -> None:
    with data.open("r+b") as file:
        file.truncate(8192)
    looked = cli("check", "--database", data)
    assert (looked.status, looked.err) == (1, [])
    assert looked.out[0].endswith(": a part of it is damaged: take another copy")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing", "there is no such file"),
        ("folder", "is a folder; name a file in it"),
        ("empty", "the database can't be opened: there is nothing in it: take another copy"),
        ("short", "the database can't be opened: it is no database: name Tallydesk's own, or a copy of it"),
        ("long", "the database can't be opened: it is no database: name Tallydesk's own, or a copy of it"),
    ],
)
def test_check_says_of_a_file_that_is_none_what_it_is(cli: Cli, tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").touch()
    (tmp_path / "short").write_text("x")
    (tmp_path / "long").write_text("no database " * 500)
    looked = cli("check", "--database", name)
    assert (looked.status, looked.err) == (1, [])
    assert looked.out == [f"wrong  database: {name}: {words}"]


@pytest.mark.usefixtures("database")
def test_check_says_that_a_copy_is_older_or_newer(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli("backup", "copy.sqlite3")
    newest = newest_version()
    monkeypatch.setattr(database_module, "migrations", lambda: [*migrations(), (newest + 1, "SELECT 1;")])
    older = cli("check", "--database", "copy.sqlite3")
    assert older.status == 0
    assert (
        f"; of version {newest}; `tallydesk upgrade`, or the next start, copies it to copy.sqlite3.before-"
        in older.out[0]
    )
    run_sql(tmp_path / "copy.sqlite3", "PRAGMA user_version = 9999")
    newer = cli("check", "--database", "copy.sqlite3")
    assert newer.status == 1
    assert "install the newer Tallydesk again" in newer.out[0]


@pytest.mark.usefixtures("database")
def test_on_a_terminal_the_progress_is_shown_and_the_result_is_still_one_line() -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bot", "backup", "copy.sqlite3"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, text=True, check=True, env=_with_root())
    assert re.fullmatch(f"copy.sqlite3: {WHOLE}\n", done.stdout)

    assert b"copying" in os.read(ours, 10_000)
    os.close(ours)
    os.close(theirs)


def _with_root() -> dict[str, str]:

    return os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent.parent), "TERM": "xterm"}


@pytest.mark.usefixtures("database")
def test_a_copy_is_restored_and_the_next_start_is_said_to_ask(cli: Cli, data: Path) -> None:
    cli("backup", "copy.sqlite3")
    outcome = cli("restore", "copy.sqlite3")
    assert (outcome.status, outcome.err) == (0, [])
    here, aside, start = outcome.out
    assert re.fullmatch(rf"{data}: {WHOLE}", here)
    assert re.fullmatch(
        rf"{data}\.replaced-\d+T\d+Z: the old database; it is deleted after 90 days",
        aside,
    )
    assert start.startswith("Start the bot: each newsroom is paused")
    missing = cli("restore", "none.sqlite3")
    assert missing.status == 2
    assert missing.err == ["none.sqlite3: there is no such file; name a copy that `tallydesk backup` or the bot made"]
    Path("desk.toml").write_text("", encoding="utf-8")
    assert cli("restore", "desk.toml").err == [
        "desk.toml: is a desk file, and no copy of the database; `tallydesk reload` reads a changed one"
    ]


def later(monkeypatch: pytest.MonkeyPatch) -> int:
    """Pretend that the bot knows a newer database version. Returns that version."""
    newest = newest_version() + 1
    found = [*migrations(), (newest, "CREATE TABLE later (x ANY) STRICT;")]
    monkeypatch.setattr(database_module, "migrations", lambda: found)
    return newest


@pytest.mark.usefixtures("database")
def test_an_upgrade_is_announced_made_after_a_copy_and_can_be_gone_back_from(
    cli: Cli, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, same = newest_version(), cli("upgrade")
    assert same.out == [f"{data}: of version {old}, as this Tallydesk needs; there is nothing to do"]
    version = later(monkeypatch)
    before = f"{data}.before-{version:04d}"
    will = (
        f"of version {old}; `tallydesk upgrade`, or the next start, copies it to {Path(before).name} and brings it to"
    )
    looked = cli("upgrade", "--look")
    assert looked.out == [f"{data}: {will} version {version}"]
    monkeypatch.delenv("TALLYDESK_TOKEN")
    checked = cli("check")
    assert f"ok     database {data}: {will} version {version}" in checked.out
    done = cli("upgrade")
    assert (done.status, done.out) == (
        0,
        [
            f"{data}: upgraded from version {old} to {version}",
            f"To go back: install the old Tallydesk, then `tallydesk restore {before}`.",
        ],
    )
    assert "the database was upgraded" in "".join(done.err)
    assert run_sql(data, "SELECT count(*) FROM later") == [(0,)]
    monkeypatch.setattr(database_module, "migrations", migrations)
    assert cli("restore", before).status == 0
    assert run_sql(data, "PRAGMA user_version") == [(old,)]


@pytest.mark.usefixtures("database")
def test_a_newer_database_is_refused_by_the_upgrade(cli: Cli, data: Path) -> None:
    run_sql(data, "PRAGMA user_version = 9999")
    outcome = cli("upgrade")
    assert outcome.status == 1
    assert "install the newer Tallydesk again" in outcome.err[0]


@pytest.mark.usefixtures("database")
def test_a_second_upgrade_names_its_own_copy_to_go_back_to(
    cli: Cli, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = f"{data}.before-{later(monkeypatch):04d}"
    cli("upgrade")
    with monkeypatch.context() as old_version:
        old_version.setattr(database_module, "migrations", migrations)
        assert cli("restore", first).status == 0
    run_sql(data, "INSERT INTO servers (id) VALUES (7)")
    looked, checked = cli("upgrade", "--look"), cli("check", "--database", str(data))
    assert f"copies it to {Path(first).name}-again and" in looked.out[0]
    assert f"copies it to {Path(first).name}-again and" in checked.out[0]
    done = cli("upgrade")
    assert done.out[-1].endswith(f"`tallydesk restore {first}-again`.")
    assert run_sql(Path(f"{first}-again"), "SELECT id FROM servers WHERE id = 7") == [(7,)]
