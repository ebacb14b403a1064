"""What the operator sets in the environment or in `.env`: read once, frozen, passed in."""

from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import BadInputError


class Settings(BaseSettings):
    """The settings, each from `TALLYDESK_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="TALLYDESK_", env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    token: SecretStr | None = Field(default=None, description="the bot's token, from Discord's developer portal")
    desk: Path = Field(default=Path("desk.toml"), description="the desk file")
    database: Path = Field(
        default_factory=lambda: user_data_path("tallydesk") / "tallydesk.sqlite3", description="the database file"
    )
    servers: tuple[int, ...] = Field(
        default=(), description="ids of the servers that may use the bot, as a JSON list; empty: all that it is in"
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
        raise BadInputError(f"the setting TALLYDESK_{name}: {first['msg']}") from None
    except ValueError as error:
        raise BadInputError(f"the settings can't be read: {error}") from None
