"""`tallydesk reload`: makes a running bot reload its desk file."""

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

_WITHIN_SECONDS = 30.0
"""How long a running bot may take to reload: it finishes the posts in flight and connects again."""

_LOOK_EVERY_SECONDS = 0.1


def reload(*, remove: bool = False) -> int:
    """Show how the desk file differs from the running bot's, and ask the bot to reload it. Returns the exit status.

    Raises:
        BadInputError: no bot uses the database in the settings, or followed contests would be dropped.
        TallydeskError: the bot did not reload the desk file.

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
    dropped = asyncio.run(_dropped(settings, desk))
    if dropped and not remove:
        raise BadInputError(
            f"{settings.desk}: channels follow {', '.join(dropped)}, which is no longer in it; put it back, or use --remove"
        )
    if dropped:
        may_remove(settings.database).unlink(missing_ok=True)
        make_private(may_remove(settings.database))
    try:
        os.kill(pid, signal.SIGHUP)
        with progress("the bot finishes what is under way"):
            return _wait_until_reloaded(settings, desk)
    finally:
        may_remove(settings.database).unlink(missing_ok=True)  # permission is for this reload only


def in_use(database: Path) -> Path:
    """Return the path of a running bot's copy of its desk file."""
    return database.with_name(f"{database.name}.desk.toml")


def may_remove(database: Path) -> Path:
    """Return the path of the file that allows the next reload to drop followed contests."""
    return database.with_name(f"{database.name}.remove")


async def dropped_contests(database: Database, desk: Desk) -> list[str]:
    """Return the contests that channels follow and that `desk` lacks."""
    store = ServerStore(database)
    rows = [row for server in await store.servers() for row in await store.following(server)]
    return sorted({row.contest for row in rows if desk.contest(row.contest) is None})


async def _dropped(settings: Settings, desk: Desk) -> list[str]:
    database = await Database.open(settings.database, read_only=True)
    try:
        return await dropped_contests(database, desk)
    finally:
        await database.close()


def _wait_until_reloaded(settings: Settings, desk: Desk) -> int:
    until = time.monotonic() + _WITHIN_SECONDS
    while time.monotonic() < until:
        if in_use(settings.database).exists() and load_desk(in_use(settings.database)) == desk:
            say("the bot has read it")
            return DONE
        time.sleep(_LOOK_EVERY_SECONDS)
    raise TallydeskError(f"the bot did not read it within {_WITHIN_SECONDS:.0f} seconds; its log says why")
