"""`tallydesk reload`: a running bot takes over a changed desk file."""

import asyncio
import os
import signal
import time
from pathlib import Path

from bot.cli.terminal import DONE, WRONG, complain, progress, say
from bot.database.database import Database
from bot.database.lock import holder
from bot.desk.desk_change import desk_change
from bot.desk.desk_file import Desk, load_desk
from bot.desk.mistakes import desk_mistakes
from bot.desk.settings import Settings, load_settings
from bot.errors import BadInputError, TallydeskError
from bot.files import make_private
from bot.follows.follows_store import ServerStore

_WITHIN = 30.0
"""Seconds that a running bot has to take it over: it ends what is under way and connects anew."""
_EVERY = 0.1


def reload(*, remove: bool = False) -> int:
    """Show what is another in the desk file, and let the running bot take it over; return the exit status.

    Raises:
        BadInputError: no bot runs on the database of the settings, or contests would be dropped that are followed.
        TallydeskError: the bot did not take it over.

    """
    settings = load_settings()
    if mistakes := desk_mistakes(settings.desk):
        for mistake in mistakes:
            complain(mistake)
        return WRONG
    pid, copy = holder(settings.database), in_use(settings.database)
    if pid is None or not copy.exists():
        raise BadInputError(f"{settings.database}: no bot runs on it; tallydesk run reads the desk file when it starts")
    desk = load_desk(settings.desk)
    changes = desk_change(load_desk(copy), desk)
    for line in changes:
        say(line)
    if not changes:
        say("nothing has changed")
        return DONE
    gone = asyncio.run(_gone(settings, desk))
    if gone and not remove:
        raise BadInputError(
            f"{settings.desk}: channels follow {', '.join(gone)}, which is no longer in it; put it back, or say --remove"
        )
    if gone:
        may_remove(settings.database).unlink(missing_ok=True)
        make_private(may_remove(settings.database))
    try:
        os.kill(pid, signal.SIGHUP)
        with progress("the bot ends what is under way"):
            return _taken_over(settings, desk)
    finally:
        may_remove(settings.database).unlink(missing_ok=True)  # it was for this once, whatever became of it


def in_use(database: Path) -> Path:
    """Return the path of the copy of the desk file that a running bot goes by."""
    return database.with_name(f"{database.name}.desk.toml")


def may_remove(database: Path) -> Path:
    """Return the path of the file that lets the next reload drop contests that are followed."""
    return database.with_name(f"{database.name}.remove")


async def followed_and_gone(database: Database, desk: Desk) -> list[str]:
    """Return the contests that channels follow and that a desk file does not have."""
    store = ServerStore(database)
    rows = [row for server in await store.servers() for row in await store.following(server)]
    return sorted({row.contest for row in rows if desk.contest(row.contest) is None})


async def _gone(settings: Settings, desk: Desk) -> list[str]:
    database = await Database.open(settings.database, only_look=True)
    try:
        return await followed_and_gone(database, desk)
    finally:
        await database.close()


def _taken_over(settings: Settings, desk: Desk) -> int:
    until = time.monotonic() + _WITHIN
    while time.monotonic() < until:
        if in_use(settings.database).exists() and load_desk(in_use(settings.database)) == desk:
            say("taken over")
            return DONE
        time.sleep(_EVERY)
    raise TallydeskError(f"the bot has not taken it over within {_WITHIN:.0f} seconds; its log says why")
