"""`tallydesk service`: what an operator installs so that the bot runs by itself, with systemd or as a container."""

import shutil
import sys
from pathlib import Path
from typing import Literal

from bot.cli.terminal import DONE, one_line, say
from bot.desk.settings import Settings
from bot.desk.toml_file import shipped
from bot.errors import BadInputError

Kind = Literal["systemd", "compose"]

ENV_FILE = "tallydesk.env"

_WATCHED = ("alerts.yaml", "grafana-dashboard.json")

_FILES: dict[Kind, tuple[str, ...]] = {
    "systemd": ("tallydesk.service", "tallydesk-backup.service", "tallydesk-backup.timer", *_WATCHED),
    "compose": ("compose.yaml", "Containerfile", *_WATCHED),
}

_SET: dict[Kind, dict[str, str]] = {
    "systemd": {
        "desk": "/etc/tallydesk/desk.toml",
        "database": "/var/lib/tallydesk/tallydesk.sqlite3",
        "backups": "/var/lib/tallydesk/backups",
        "health_port": "9464",
    },
    "compose": {},
}
"""What the environment file sets; a container's is in its image."""

_NEEDED = ("token", "servers")
"""What has to be filled in."""

_NEXT: dict[Kind, tuple[str, ...]] = {
    "systemd": (
        "sudo useradd --system --home-dir /var/lib/tallydesk --shell /usr/sbin/nologin tallydesk",
        "sudo install -d -m 0755 /etc/tallydesk && sudo install -d -o tallydesk -m 0700 /var/backups/tallydesk",
        "sudo install -o root -g tallydesk -m 0640 {folder}/tallydesk.env desk.toml /etc/tallydesk/",
        "sudo install -m 0644 {folder}/*.service {folder}/*.timer /etc/systemd/system/ && sudo systemctl daemon-reload",
        "sudoedit /etc/tallydesk/tallydesk.env   # the token and the servers",
        "sudo systemctl enable --now tallydesk tallydesk-backup.timer",
    ),
    "compose": (
        "put the wheel and constraints.txt into {folder}, and the token and the servers into {folder}/tallydesk.env",
        "cd {folder} && docker compose build",
        "docker compose run --rm --no-deps -T --entrypoint tee tallydesk /data/desk.toml < desk.toml > /dev/null",
        "docker compose run --rm tallydesk check && docker compose up -d",
    ),
}


def service(kind: Kind, folder: Path, *, force: bool) -> int:
    """Write the files of a kind into a folder, and say what to do with them; return the exit status.

    Raises:
        BadInputError: one of them is there and `force` was not said, or can't be written.

    """
    made = {name: shipped("service", name).read_text(encoding="utf-8") for name in _FILES[kind]}
    if kind == "systemd":
        program = _program()
        home = "read-only" if Path("/home") in program.parents or Path("/root") in program.parents else "yes"
        made = {name: text.replace("{tallydesk}", str(program)).replace("{home}", home) for name, text in made.items()}
    made[ENV_FILE] = environment(_SET[kind])
    there = [name for name in made if (folder / name).exists()]
    if there and not force:
        raise BadInputError(f"{folder / there[0]}: is there already; name another folder, or say --force to replace it")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            path = folder / name
            path.touch(mode=0o600 if name == ENV_FILE else 0o644)
            path.write_text(text, encoding="utf-8")
            say(str(path))
    except OSError as error:
        raise BadInputError(f"{folder}: can't be written ({error.strerror or error}); name another folder") from None
    say("Next:")
    for line in _NEXT[kind]:
        say(one_line(f"  {line.format(folder=folder)}"))
    return DONE


def environment(given: dict[str, str]) -> str:
    """Return an environment file that has all settings: those given, those needed empty, all others commented out."""
    lines = ["# Tallydesk's settings; docs/operator.md says more. It holds the token: nobody else may read it."]
    for name, field in Settings.model_fields.items():
        variable = f"TALLYDESK_{name.upper()}"
        value = given.get(name)
        sign = "" if value or name in _NEEDED else "#"
        lines += ["", f"# {field.description}", f"{sign}{variable}={value or ''}"]
    return "\n".join(lines) + "\n"


def _program() -> Path:
    """Return the program that runs, as a service starts it: without links, which a service's user may not follow."""
    found = Path(sys.executable).with_name("tallydesk")
    return found if found.exists() else Path(shutil.which("tallydesk") or found).resolve()
