"""`tallydesk service`: writes the files to run the bot as a service, with systemd or as a container."""

import re
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Literal

from bot import __version__
from bot.cli.terminal import DONE, say, terminal_line
from bot.desk.settings import Settings, env_file_values, load_settings
from bot.desk.toml_file import shipped
from bot.errors import BadInputError
from bot.files import make_folder

ServiceKind = Literal["systemd", "compose"]

WRITTEN_ENV_FILE = "tallydesk.env"

HEALTH_PORT = 9464
"""The default port of /healthz."""

WHEEL = f"tallydesk-{__version__}-py3-none-any.whl"

_FILES: dict[ServiceKind, tuple[str, ...]] = {
    "systemd": ("tallydesk.service", "tallydesk-backup.service", "tallydesk-backup.timer"),
    "compose": ("compose.yaml", "Containerfile", "constraints.txt"),
}
_WATCHED = ("alerts.yaml", "grafana-dashboard.json")

_FIXED: dict[ServiceKind, dict[str, str]] = {
    "systemd": {
        "desk": "/etc/tallydesk/desk.toml",
        "database": "/var/lib/tallydesk/tallydesk.sqlite3",
        "backups": "/var/lib/tallydesk/backups",
        "record": "",
    },
    "compose": dict.fromkeys(("desk", "database", "backups", "record", "health_host", "health_port"), ""),
}
"""Settings with fixed values in a service, regardless of this folder's `.env`. A container has these in its image."""

_NEEDED = ("token", "servers")
"""Settings that the operator must fill in."""


def service(kind: ServiceKind, folder: Path, *, force: bool) -> int:
    """Write the files of a kind of service into a folder, and print how to install them. Returns the exit status.

    The settings in the current folder's `.env` are copied, including the token and keys.

    Raises:
        BadInputError: a file exists and `force` is False, a file can't be written, or `.env` can't be read.

    """
    settings, program, own = load_settings(), _program(), dict(_FIXED[kind])
    files = {name: shipped("service", name).read_text(encoding="utf-8") for name in (*_FILES[kind], *_WATCHED)}
    if kind == "systemd":
        home = "read-only" if Path("/home") in program.parents or Path("/root") in program.parents else "yes"
        files = {
            name: text.replace("{tallydesk}", str(program)).replace("{home}", home) for name, text in files.items()
        }
        own["health_port"] = str(settings.health_port or HEALTH_PORT)
    files[WRITTEN_ENV_FILE] = environment(own)
    existing = [name for name in files if (folder / name).exists()]
    if existing and not force:
        raise BadInputError(
            f"{folder / existing[0]}: is there already; name another folder, or use --force to replace it"
        )
    try:
        make_folder(folder)
        for name, text in files.items():
            path = folder / name
            path.touch(mode=0o600 if name == WRITTEN_ENV_FILE else 0o644)
            path.write_text(text, encoding="utf-8")
            say(str(path))
    except OSError as error:
        raise BadInputError(f"{folder}: can't be written ({error.strerror or error}); name another folder") from None
    say("Next:")
    folder = folder.resolve()
    for line in _for_systemd(settings, folder, program) if kind == "systemd" else _for_compose(settings, folder):
        say(terminal_line(f"  {line}"))
    return DONE


def _for_systemd(settings: Settings, folder: Path, program: Path) -> Iterator[str]:
    """Yield the commands that install the service.

    Further commands move an existing desk file and database to the service's folders.
    """
    if shut := next((one for one in program.parents if not one.stat().st_mode & stat.S_IXOTH), None):
        yield f"install Tallydesk in /opt/tallydesk and say this there: {shut} is closed to the user whom the service runs as"
    yield "sudo useradd --system --home-dir /var/lib/tallydesk --shell /usr/sbin/nologin tallydesk"
    yield "sudo install -d /etc/tallydesk && sudo install -d -o tallydesk -m 0700 /var/lib/tallydesk /var/backups/tallydesk"
    yield f"sudo install -g tallydesk -m 0640 {_quoted(settings.desk)} /etc/tallydesk/desk.toml"
    yield f"sudo install -g tallydesk -m 0640 {_quoted(folder / WRITTEN_ENV_FILE)} /etc/tallydesk/.env"
    if any(getattr(settings, name) is None for name in _NEEDED):
        yield "sudoedit /etc/tallydesk/.env   # the token and the servers"
    if settings.database.exists():
        yield _copy_command(
            settings.database, "sudo install -o tallydesk -m 0600 {} /var/lib/tallydesk/tallydesk.sqlite3$log"
        )
    units = " ".join(_quoted(folder / name) for name in _FILES["systemd"])
    yield f"sudo install -m 0644 {units} /etc/systemd/system/ && sudo systemctl daemon-reload"
    yield f"cd /etc/tallydesk && sudo -u tallydesk {_quoted(program)} check"
    yield "sudo systemctl enable --now tallydesk tallydesk-backup.timer"


def _for_compose(settings: Settings, folder: Path) -> Iterator[str]:
    yield f"cp {WHEEL} {_quoted(folder)} && cd {_quoted(folder)} && docker compose build"
    if any(getattr(settings, name) is None for name in _NEEDED):
        yield f"put the token and the servers into {_quoted(folder / WRITTEN_ENV_FILE)}"
    into = "docker compose run --rm --no-deps -T --entrypoint tee tallydesk"
    yield f"{into} /data/desk.toml < {_quoted(settings.desk)} > /dev/null"
    if settings.database.exists():
        yield _copy_command(settings.database, f"{into} /data/tallydesk.sqlite3$log < {{}} > /dev/null")
    yield "docker compose run --rm tallydesk check && docker compose up -d"


def _copy_command(database: Path, how: str) -> str:
    """Return the shell command that copies a database with its write-ahead log.

    `how` is the command for one file, with {} for the file's path. After a crash, that log has the last changes.
    """
    file = f"{_quoted(database)}$log"
    return f"for log in '' -wal; do test ! -e {file} || {how.format(file)}; done   # stop that bot before"


def _quoted(path: Path) -> str:
    return quote(str(path.resolve()))


def environment(own: dict[str, str]) -> str:
    """Return an environment file with all settings.

    Each value comes from `own`, or else from `.env`, or is commented out. Required settings are listed even if they
    are empty. Other names in `.env`, such as sources' keys and secrets, come last.
    """
    lines = ["# Tallydesk's settings; docs/settings.md says more. It holds the token: nobody else may read it."]
    here = env_file_values()
    for name, field in Settings.model_fields.items():
        variable = f"TALLYDESK_{name.upper()}"
        text = here.pop(variable, "")
        value = own.get(name, text)
        sign = "" if value or name in _NEEDED else "#"
        lines += ["", f"# {field.description}", f"{sign}{variable}={_value(value)}"]
    lines += ["", *(f"{name}={_value(text)}" for name, text in here.items())] if here else []
    return "\n".join(lines) + "\n"


def _value(text: str) -> str:
    """Return a value for an environment file, quoted if it has special characters."""
    if re.fullmatch(r"[\w./:,@%+=?&~-]*", text, re.ASCII):
        return text
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _program() -> Path:
    """Return the path of this program with its links resolved.

    The service's user may not be able to follow the links.
    """
    found = Path(sys.executable).with_name("tallydesk")
    return found if found.exists() else Path(shutil.which("tallydesk") or found).resolve()
