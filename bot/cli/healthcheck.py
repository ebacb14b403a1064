"""`tallydesk healthcheck`: for a container or monitor, exits with 0 if the bot is healthy, else with 1 and a reason."""

import http.client
import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from bot.cli.terminal import DONE, say
from bot.desk.settings import Settings, load_settings
from bot.errors import CheckFailedError
from bot.operations.health_store import last_alive

_ANSWER_WITHIN_SECONDS = 5.0

_ALIVE_WITHIN_SECONDS = 60.0
"""A healthy bot records that it is alive every 15 seconds."""


def healthcheck() -> int:
    """Print that the bot is healthy, or raise an error. Returns the exit status.

    If TALLYDESK_HEALTH_PORT is set, the check asks /healthz, which knows about Discord and waiting posts. Otherwise it
    reads from the database when the bot was last alive.

    Raises:
        CheckFailedError: the bot is unhealthy. The message gives the reason.
    """
    settings = load_settings()
    say(_ask(settings, settings.health_port) if settings.health_port else _look(settings.database))
    return DONE


def _ask(settings: Settings, port: int) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.health_host, settings.health_host)  # noqa: S104 - it asks itself
    try:
        with closing(http.client.HTTPConnection(host, port, timeout=_ANSWER_WITHIN_SECONDS)) as connection:
            connection.request("GET", "/healthz")
            answer = json.loads(connection.getresponse().read(1 << 20))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CheckFailedError(f"no answer from {host}:{port} ({error}): the bot is not running, or hangs") from None
    if answer.get("status") != "ok":
        raise CheckFailedError(f"the bot runs, but is not well: {answer.get('why')}")
    waiting = answer.get("outbox", {}).get("waiting")
    return f"ok: version {answer.get('version')}, up for {answer.get('uptime_seconds')} s, {waiting} posts wait"


def _look(path: Path) -> str:
    hint = "TALLYDESK_HEALTH_PORT lets it say more"
    try:
        at = last_alive(path, _ANSWER_WITHIN_SECONDS) if path.exists() else None
    except (sqlite3.Error, OSError, ValueError) as error:
        raise CheckFailedError(f"{path}: the database does not say whether the bot runs ({error}); {hint}") from None
    ago = None if at is None else time.time() - at / 1_000_000
    if ago is None:
        raise CheckFailedError(f"the bot has not started yet; {hint}")
    if ago > _ALIVE_WITHIN_SECONDS:
        raise CheckFailedError(
            f"the bot is not running, or hangs: its last check of itself was {ago:.0f} s ago; {hint}"
        )
    return f"ok: checked itself {max(ago, 0):.0f} s ago; {hint}"
