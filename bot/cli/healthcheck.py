"""`tallydesk healthcheck`: whether the bot is well, for a machine that asks: exit 0, or 1 and a line that says why."""

import http.client
import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from bot.cli.terminal import DONE, say
from bot.desk.settings import Settings, load_settings
from bot.errors import CheckFailedError
from bot.operations.alive_store import last_alive

WITHIN = 5.0
"""Seconds for an answer."""

LOOKED_WITHIN = 60.0
"""Seconds within which a bot that lives has written that it does, which it does every 15."""


def healthcheck() -> int:
    """Say that the bot is well; return the exit status.

    Where TALLYDESK_HEALTH_PORT is set, /healthz is asked, which knows of Discord and of posts that wait; else the database,
    which knows only when the bot last looked after itself.

    Raises:
        CheckFailedError: it is not; the line says why.

    """
    settings = load_settings()
    say(_ask(settings, settings.health_port) if settings.health_port else _look(settings.database))
    return DONE


def _ask(settings: Settings, port: int) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.health_host, settings.health_host)  # noqa: S104 - it asks itself
    try:
        with closing(http.client.HTTPConnection(host, port, timeout=WITHIN)) as connection:
            connection.request("GET", "/healthz")
            told = json.loads(connection.getresponse().read(1 << 20))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise CheckFailedError(f"no answer from {host}:{port} ({error}): the bot is not running, or hangs") from None
    if told.get("status") != "ok":
        raise CheckFailedError(f"the bot runs and is not well: {told.get('why')}")
    waiting = told.get("outbox", {}).get("waiting")
    return f"ok: version {told.get('version')}, up for {told.get('uptime_seconds')} s, {waiting} posts wait"


def _look(path: Path) -> str:
    hint = "TALLYDESK_HEALTH_PORT lets it say more"
    try:
        at = last_alive(path, WITHIN)
    except (sqlite3.Error, OSError, ValueError) as error:
        raise CheckFailedError(f"{path}: the database does not say whether the bot lives ({error}); {hint}") from None
    ago = None if at is None else time.time() - at / 1_000_000
    if ago is None or ago > LOOKED_WITHIN:
        when = "it never has" if ago is None else f"{ago:.0f} s ago"
        raise CheckFailedError(f"the bot is not running, or hangs: it last looked after itself {when}; {hint}")
    return f"ok: it looked after itself {max(ago, 0):.0f} s ago; {hint}"
