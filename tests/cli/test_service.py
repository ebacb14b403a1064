"""Tests `tallydesk service`, which writes the files that an operator installs."""

import json
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values
from yaml import safe_load

from bot.desk.settings import Settings, load_settings
from bot.desk.toml_file import shipped
from tests.cli.conftest import Cli


@pytest.fixture(autouse=True)
def here(environment: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:  # noqa: ARG001 - a fixture that has to come first
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TALLYDESK_{name.upper()}", raising=False)
    return tmp_path


def test_units_for_systemd_are_written_and_what_to_do_with_them_is_said(cli: Cli, here: Path) -> None:
    outcome = cli("service", "--systemd", "--folder", "unit")
    assert (outcome.status, outcome.err) == (0, [])
    folder = here / "unit"
    assert {file.name for file in folder.iterdir()} == {
        "tallydesk.service",
        "tallydesk-backup.service",
        "tallydesk-backup.timer",
        "tallydesk.env",
        "alerts.yaml",
        "grafana-dashboard.json",
    }
    assert stat.S_IMODE((folder / "tallydesk.env").stat().st_mode) == 0o600
    unit = (folder / "tallydesk.service").read_text()
    assert f"ExecStart={Path(sys.executable).with_name('tallydesk')} run\n" in unit
    assert {"User=tallydesk", "WatchdogSec=60", "Restart=always", "ProtectSystem=strict", "MemoryMax=2G"} < set(
        unit.splitlines()
    )
    assert "{" not in unit
    steps = outcome.out[outcome.out.index("Next:") + 1 :]
    assert f"  sudo install -g tallydesk -m 0640 {here / 'desk.toml'} /etc/tallydesk/desk.toml" in steps
    assert "  sudoedit /etc/tallydesk/.env   # the token and the servers" in steps
    assert steps[-1] == "  sudo systemctl enable --now tallydesk tallydesk-backup.timer"


@pytest.mark.parametrize("kind", ["--systemd", "--compose"])
def test_what_was_set_and_set_up_in_the_folder_goes_along_but_its_places(cli: Cli, here: Path, kind: str) -> None:
    secrets = {"TALLYDESK_TOKEN": "a.b.c", "TALLYDESK_SERVERS": "7", "AP_KEY": "it's $HOME #1"}
    places = {"TALLYDESK_BACKUPS": "copies", "TALLYDESK_DATABASE": "own.sqlite3", "TALLYDESK_RECORD": "kept"}
    (here / "own.sqlite3").touch()
    (here / ".env").write_text("\n".join(f'{name}="{value}"' for name, value in (secrets | places).items()))
    outcome = cli("service", kind, "--folder", "made")
    found = dotenv_values(here / "made" / "tallydesk.env", interpolate=False)
    assert {name: found[name] for name in secrets} == secrets
    assert not {found.get(name) for name in places} & set(places.values())
    assert not any("the token and the servers" in line for line in outcome.out)
    assert sum(f"{here / 'own.sqlite3'}" in line for line in outcome.out) == 1


@pytest.mark.parametrize(
    ("kind", "there", "tools"),
    [
        ("--systemd", "/var/lib/tallydesk", {"sudo install -o tallydesk": "install"}),
        ("--compose", "/data", {"docker compose run --rm --no-deps -T --entrypoint tee tallydesk": "tee"}),
    ],
)
def test_a_database_goes_along_under_the_service_s_name_with_the_log_of_a_bot_that_was_killed(
    cli: Cli, here: Path, kind: str, there: str, tools: dict[str, str]
) -> None:
    for ending in ("", "-wal", "-shm", ".lock"):
        (here / f"it's own.sqlite3{ending}").write_text(ending)
    (here / ".env").write_text("""TALLYDESK_DATABASE="it's own.sqlite3"\n""")
    (line,) = (line for line in cli("service", kind, "--folder", "made").out if "own.sqlite3" in line)
    into = here / "service"
    into.mkdir()
    for said, done in (tools | {f"{there}/": f"{into}/"}).items():
        line = line.replace(said, done)
    subprocess.run(["sh", "-ec", line], check=True)
    assert {file.name: file.read_text() for file in into.iterdir()} == {
        "tallydesk.sqlite3": "",
        "tallydesk.sqlite3-wal": "-wal",
    }


def test_a_program_that_the_service_s_user_can_not_reach_is_told(
    cli: Cli, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = here / "own"
    own.mkdir(mode=0o700)
    monkeypatch.setattr("bot.cli.service._program", lambda: own / "tallydesk")
    shut = f"  install Tallydesk in /opt/tallydesk and say this there: {own} is closed to the user whom the service runs as"
    assert shut in cli("service", "--systemd").out


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze")
def test_systemd_takes_the_units_without_a_word(cli: Cli, here: Path) -> None:
    cli("service", "--systemd", "--folder", ".")
    files = [here / name for name in ("tallydesk.service", "tallydesk-backup.service", "tallydesk-backup.timer")]
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "tallydesk" in line]
    assert (done.returncode, ours) == (0, []), done.stderr
    exposed = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=15", "--no-pager", *files[:2]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert exposed.returncode == 0, exposed.stdout  # 1.5 of 10, in tenths


def test_the_environment_file_has_every_setting_and_is_one_that_is_taken(cli: Cli, here: Path) -> None:
    cli("service", "--systemd", "--folder", ".")
    text = (here / "tallydesk.env").read_text()
    assert re.findall(r"^#?(TALLYDESK_\w+)=", text, re.MULTILINE) == [
        f"TALLYDESK_{name.upper()}" for name in Settings.model_fields
    ]
    (here / "tallydesk.env").rename(here / ".env")
    settings = load_settings()
    assert settings.token is None
    assert settings.database == Path("/var/lib/tallydesk/tallydesk.sqlite3")


def test_the_compose_file_is_read_only_but_for_one_volume_and_the_image_is_not_root(cli: Cli, here: Path) -> None:
    outcome = cli("service", "--compose", "--folder", "box")
    assert (outcome.status, outcome.err) == (0, [])
    (one,) = safe_load((here / "box" / "compose.yaml").read_text())["services"].values()
    assert (one["read_only"], one["volumes"], one["cap_drop"], one["mem_limit"]) == (
        True,
        ["tallydesk:/data"],
        ["ALL"],
        "2g",
    )
    image = (here / "box" / "Containerfile").read_text()
    program, *words = one["healthcheck"]["test"]
    assert f"CMD {json.dumps(words)}" in image
    assert program == "CMD"
    assert image.index("USER 10001:10001") > image.index("useradd")
    assert re.findall(r"^VOLUME (.*)$", image, re.MULTILINE) == ["/data"]
    for name in re.findall(r"TALLYDESK_(\w+)=", image):
        assert name.lower() in Settings.model_fields


LINTERS = {
    "Containerfile": ("hadolint",),
    "compose.yaml": ("check-jsonschema", "--quiet", "--builtin-schema", "vendor.compose-spec"),
}


@pytest.mark.parametrize("name", LINTERS)
def test_what_runs_it_in_a_container_has_no_fault_that_a_linter_knows(name: str) -> None:
    linter, *options = LINTERS[name]
    asked = [str(Path(sys.executable).with_name(linter)), *options, str(shipped("service", name))]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_what_is_there_is_replaced_only_when_that_is_said(cli: Cli, here: Path) -> None:
    (here / "tallydesk.env").write_text("TALLYDESK_TOKEN=mine\n")
    outcome = cli("service", "--compose", "--folder", ".")
    assert outcome.status == 2
    assert outcome.err == ["tallydesk.env: is there already; name another folder, or use --force to replace it"]
    assert {file.name for file in here.iterdir()} == {"tallydesk.env"}
    assert cli("service", "--compose", "--folder", ".", "--force").status == 0


def test_one_of_the_two_has_to_be_said(cli: Cli) -> None:
    for words in ((), ("--systemd", "--compose")):
        outcome = cli("service", *words)
        assert outcome.status == 2
        assert "use --systemd or --compose" in outcome.err[0]
