"""The operator's settings, from environment variables and the file `.env`."""

import json
import os
import stat
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from dotenv.parser import parse_stream
from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from yarl import URL

from bot.desk.desk_file import Duration
from bot.errors import BadInputError, closest_match

ENV_FILE = ".env"
"""The settings file, in the folder where the bot is started. Environment variables override it."""

_A_PORT = "should be a port, a whole number from 1 to 65535"

_SHOULD = {
    "health_port": _A_PORT,
    "push_port": _A_PORT,
    "person": "should be the id of a Discord user, a whole number as 81384788765712384",
    "backup_every": "should be a time of at least a minute, as 6h or 30m",
    "log_level": "should be debug, info, warning or error",
    "log_format": "should be lines or json",
}
"""Errors by setting, where pydantic's own error would not help."""


def _without_spaces(token: SecretStr) -> SecretStr:
    text = token.get_secret_value().strip()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("should be a token as the developer portal shows it, without spaces or accents")
    return SecretStr(text)


def _address(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value().strip()
    try:
        url = URL(text)
    except ValueError:
        url = URL()
    if url.scheme not in ("http", "https") or not url.host or not text.isprintable() or " " in text:
        raise ValueError("should be an address such as https://monitor.example.org/ping/KEY")
    return SecretStr(text)


def _host(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("should be a host or an address of this machine, such as 127.0.0.1")
    return text.strip()


def _server_ids(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value.strip().casefold() == "all":
        return ()
    try:
        ids = json.loads(f"[{value.strip().removeprefix('[').removesuffix(']')}]")
    except ValueError:
        ids = []
    if not ids or not all(type(key) is int and 0 < key < 1 << 63 for key in ids):
        raise ValueError("should be ids of servers, as 1234,5678, or all")
    return tuple(ids)


HomePath = Annotated[Path, AfterValidator(Path.expanduser)]
"""A path in which ~ stands for the home of the user who runs the bot."""


class Settings(BaseModel):
    """The operator's settings. Each is read from the variable `TALLYDESK_` plus its name in capitals."""

    model_config = ConfigDict(frozen=True)

    token: Annotated[SecretStr, AfterValidator(_without_spaces)] | None = Field(
        default=None, description="The bot's token, from Discord's developer portal. Required."
    )
    servers: Annotated[tuple[int, ...] | None, BeforeValidator(_server_ids)] = Field(
        default=None,
        description="Ids of the servers that may use the bot, whose desks decide on held readings: 1234,5678. all: any server may. "
        "Required.",
    )
    desk: HomePath = Field(default=Path("desk.toml"), description="The desk file.")
    database: HomePath = Field(
        default_factory=lambda: user_data_path("tallydesk") / "tallydesk.sqlite3",
        description="The database file. If unset, tallydesk.sqlite3 in your data folder.",
    )
    backups: HomePath | None = Field(
        default=None,
        description="The folder for copies of the database, made while the bot runs. If unset, none are made.",
    )
    backup_every: Annotated[Duration, Field(ge=timedelta(minutes=1))] = Field(
        default=timedelta(hours=6), description="The time between two copies: 6h, 30m."
    )
    backup_keep: Duration = Field(
        default=timedelta(days=14),
        description="How long the last copy of each day is kept. All copies of the last day are kept.",
    )
    record: HomePath | None = Field(
        default=None,
        description="The folder for every new answer of a feed, to be rehearsed later. If unset, none are kept.",
    )
    heartbeat_url: Annotated[SecretStr, AfterValidator(_address)] | None = Field(
        default=None, description="The address of a monitor, requested while all is well."
    )
    heartbeat_every: Duration = Field(
        default=timedelta(seconds=60), description="The time between two such requests: 60s, 5m."
    )
    health_port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        default=None, description="The port of /healthz and /metrics. If unset, it is closed."
    )
    health_host: Annotated[str, AfterValidator(_host)] = Field(
        default="127.0.0.1", description="The address of this machine for that port."
    )
    push_port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        default=None, description="The port for sources that push. If unset, it is closed."
    )
    push_host: Annotated[str, AfterValidator(_host)] = Field(
        default="127.0.0.1", description="The address of this machine for that port."
    )
    person: Annotated[int, Field(gt=0, lt=1 << 63)] | None = Field(
        default=None, description="The id of the Discord user who gets a direct message when something is down."
    )
    tell_after: Duration = Field(
        default=timedelta(minutes=10), description="How long something is down, or a post waits, before that message."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="How much is logged.")
    log_format: Literal["lines", "json"] = Field(
        default="lines",
        description="The log's format: a line an event for people, or a JSON object a line for programs.",
    )


def load_settings() -> Settings:
    """Read the settings from the environment and from `.env`. An empty value is treated as unset.

    Raises:
        BadInputError: a setting, or a line of `.env`, is wrong. The error names the setting and never shows its
            value.
    """
    file, names = _env_file(), {f"TALLYDESK_{name.upper()}": name for name in Settings.model_fields}
    for name, setting in file.items():
        ours = name.removeprefix("TALLYDESK_")
        if ours != name and name not in names and (meant := closest_match(ours.lower(), Settings.model_fields, 0.75)):
            raise BadInputError(
                f"{ENV_FILE}, line {setting.line}: there is no setting {name[:60]}; "
                f"TALLYDESK_{meant.upper()} is meant, perhaps"
            )
    given = {name: one.value for name, one in file.items()} | {name.upper(): text for name, text in os.environ.items()}
    try:
        return Settings.model_validate({names[name]: text for name, text in given.items() if name in names and text})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = f"TALLYDESK_{str(first['loc'][0]).upper()}"
        what = _SHOULD.get(str(first["loc"][0]), first["msg"].removeprefix("Value error, "))
        where = f" ({ENV_FILE}, line {file[name].line})" if name in file and name not in os.environ else ""
        raise BadInputError(f"the setting {name}{where}: {what[:1].lower()}{what[1:]}") from None


def env_file_values() -> dict[str, str]:
    """Return the values in `.env`, by variable name in capitals.

    Raises:
        BadInputError: `.env` can't be read, or one of its lines is wrong.

    """
    return {name: one.value for name, one in _env_file().items()}


def unknown_settings() -> list[str]:
    """Return the variables that begin with TALLYDESK_ but are not settings, such as a misspelled TALLYDESK_TOKNE."""
    known = {f"TALLYDESK_{name.upper()}" for name in Settings.model_fields}
    given = {name.upper() for name in (*os.environ, *_env_file())}
    return sorted(name for name in given if name.startswith("TALLYDESK_") and name not in known)


def secret(name: str) -> SecretStr | None:
    """Return a source's key or secret, from the environment or `.env`; None if the variable is not set.

    Args:
        name: the variable's name, which the desk file gives.

    Raises:
        BadInputError: the value can't be a key, or `.env` can't be read. The error never shows the key.

    """
    text = os.environ.get(name) or ""
    if not text and (line := _env_file().get(name.upper())) is not None:
        text = line.value
    text = text.strip()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise BadInputError(f"{name} in the environment should be a key, without spaces or accents")
    return SecretStr(text) if text else None


def env_file_stamp() -> tuple[int, int] | None:
    """Return the modification time (in nanoseconds) and size of `.env`, to notice changes; None if there is no such file."""
    try:
        found = Path(ENV_FILE).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def env_file_readable_by_others() -> bool:
    """Return True if `.env` exists and other users of the machine can read it."""
    try:
        return os.name == "posix" and bool(Path(ENV_FILE).stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
    except OSError:
        return False


class _Line(NamedTuple):
    line: int
    value: str


def _env_file() -> dict[str, _Line]:
    """Return the lines of `.env`, by variable name in capitals; empty if there is no such file.

    Raises:
        BadInputError: the file can't be read, or a line is not a setting. The error does not show the line's
            value.

    """
    path = Path(ENV_FILE)
    if not path.is_file():
        return {}
    try:
        with path.open(encoding="utf-8") as file:
            bindings = list(parse_stream(file))
    except (ValueError, OSError) as error:
        raise BadInputError(f"the settings in {ENV_FILE} can't be read ({error})") from None
    found = {}
    for binding in bindings:
        text = binding.original.string
        line = binding.original.line + len(text) - len(text.lstrip("\r\n"))
        if binding.error or (binding.key and binding.value is None):
            raise BadInputError(
                f"{ENV_FILE}, line {line}: should be NAME=VALUE, a quoted value with its closing quotation mark"
            )
        if binding.key:
            found[binding.key.upper()] = _Line(line, binding.value or "")
    return found
