"""`tallydesk upgrade`: copies the database and upgrades it, or describes what an upgrade would do."""

import asyncio
from pathlib import Path

from bot.cli.terminal import DONE, progress, say, terminal_line
from bot.database.backup import examine
from bot.database.database import Database, newest_version, refuse_newer, upgrade_copy_path
from bot.desk.settings import load_settings
from bot.logs import set_up_logs


def upgrade(*, look: bool) -> int:
    """Upgrade the database to the newest version, and print how to go back. Returns the exit status.

    Args:
        look: if True, only print what would be done.

    Raises:
        DatabaseError: the database is damaged, of a newer Tallydesk, in use, or can't be written. The file is
            unchanged.

    """
    settings = load_settings()
    set_up_logs(settings.log_level, settings.log_format)
    path, newest = settings.database, newest_version()
    if not path.exists():
        say(terminal_line(f"{path}: does not exist yet; the first run creates it"))
        return DONE
    with progress(str(path)):
        version = examine(path).version
    refuse_newer(path, version, newest)
    before = upgrade_copy_path(path, newest)
    if version == newest:
        say(terminal_line(f"{path}: of version {version}, as this Tallydesk needs; there is nothing to do"))
    elif look:
        say(terminal_line(f"{path}: {what_will_happen(version, newest, before.name)}"))
    else:
        with progress(str(path)):
            asyncio.run(_migrate(path))
        say(terminal_line(f"{path}: upgraded from version {version} to {newest}"))
        say(terminal_line(f"To go back: install the old Tallydesk, then `tallydesk restore {before}`."))
    return DONE


def what_will_happen(version: int, newest: int, copy: str) -> str:
    """Return a sentence about an upgrade of a database from an older version."""
    return f"of version {version}; `tallydesk upgrade`, or the next start, copies it to {copy} and brings it to version {newest}"


async def _migrate(path: Path) -> None:
    """Upgrade the database by opening it."""
    database = await Database.open(path)
    await database.close()
