"""What the operator sets in the environment or in `.env`: read once, frozen, passed in."""

import json
from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_data_path
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import BadInputError


def _without_spaces(token: SecretStr) -> SecretStr:
    text = token.get_secret_value().strip()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("should be a token as the developer portal shows it, without spaces or accents")
    return SecretStr(text)


def _listed(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        ids = json.loads(f"[{value.strip().removeprefix('[').removesuffix(']')}]")
    except ValueError:
        ids = []
    if not ids or not all(type(key) is int and 0 < key < 1 << 63 for key in ids):
        raise ValueError("should be ids of servers, as 1234,5678")
    return tuple(ids)


class Settings(BaseSettings):
    """The settings, each from `TALLYDESK_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="TALLYDESK_",
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    token: Annotated[SecretStr, AfterValidator(_without_spaces)] | None = Field(
        default=None, description="the bot's token, from Discord's developer portal"
    )
    desk: Path = Field(default=Path("desk.toml"), description="the desk file")
    database: Path = Field(
        default_factory=lambda: user_data_path("tallydesk") / "tallydesk.sqlite3", description="the database file"
    )
    servers: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_listed)] = Field(
        default=(), description="ids of the servers that may use the bot, as 1234,5678; unset: all that it is in"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="how much is logged")


def load_settings() -> Settings:
    """Return the settings.

    Raises:
        BadInputError: one of them can't be; the error names it and never shows the token.

    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "_".join(str(part) for part in first["loc"][:1]).upper()
        what = first["msg"].removeprefix("Value error, ")
        raise BadInputError(f"the setting TALLYDESK_{name}: {what[:1].lower()}{what[1:]}") from None
    except (ValueError, OSError) as error:
        raise BadInputError(f"the settings in .env can't be read ({error})") from None
