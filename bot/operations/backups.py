"""Regular copies of the database, made while the bot runs.

Every copy of the last day is kept, and of each earlier day the last one, for `keep`. Only files named like our copies are
ever deleted. /healthz and /metrics show the job as `backup`.
"""

import asyncio
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from bot.database.backup import back_up
from bot.errors import RunFailedError, TallydeskError
from bot.files import make_folder

A_DAY = timedelta(days=1)

AGAIN = timedelta(minutes=10)
"""How long to wait after a failure."""

_TIME = "%Y%m%dT%H%M%SZ"

log = structlog.get_logger()


class Backups:
    """Makes the copies, and deletes old ones.

    Args:
        database: the database file.
        folder: where the copies go.
        every: the time between two copies.
        keep: how long the last copy of a day is kept.
        wall: the wall clock, in UTC.

    """

    def __init__(
        self, database: Path, folder: Path, every: timedelta, keep: timedelta, wall: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._folder = folder
        self._every = every
        self._keep = keep
        self._wall = wall
        self._ours = re.compile(rf"{re.escape(database.stem)}-(\d{{8}}T\d{{6}}Z)\.sqlite3")

    async def run(self) -> float:
        """Make a copy if one is due, and delete expired ones. Returns the seconds until the next is due.

        Raises:
            RunFailedError: the copy failed.

        """
        now = self._wall()
        try:
            made = max(await asyncio.to_thread(self._there), default=None)
            if made is None or not timedelta() <= now - made < self._every:
                await asyncio.to_thread(self._copy, now)
                made = now
        except (TallydeskError, OSError) as error:
            why = str(error)
            log.error("no backup was made", folder=str(self._folder), why=why)  # noqa: TRY400 - the line says all
            raise RunFailedError(why, AGAIN.total_seconds()) from None
        return max((made + self._every - now).total_seconds(), 1.0)

    def _copy(self, now: datetime) -> None:
        make_folder(self._folder)
        target = self._path(now)
        contents = back_up(self._database, target)
        log.info("backed up", file=str(target), readings=contents.readings, posts=contents.posts)
        for old in too_old(self._there(), now, self._keep):
            self._path(old).unlink(missing_ok=True)

    def _there(self) -> list[datetime]:
        """Return the times of the copies in the folder."""
        names = [file.name for file in self._folder.iterdir()] if self._folder.is_dir() else []
        found = [match[1] for name in names if (match := self._ours.fullmatch(name))]
        return [datetime.strptime(text, _TIME).replace(tzinfo=UTC) for text in found]

    def _path(self, made: datetime) -> Path:
        return self._folder / f"{self._database.stem}-{made.astimezone(UTC):{_TIME}}.sqlite3"


def too_old(made: Iterable[datetime], now: datetime, keep: timedelta) -> list[datetime]:
    """Return the times of the copies to delete. The newest copy is never among them."""
    kept: dict[object, datetime] = {}
    for moment in sorted(made):
        kept[moment if now - moment < A_DAY else moment.date()] = moment
    newest = max(kept.values(), default=None)
    stays = {moment for moment in kept.values() if now - moment < max(keep, A_DAY) or moment == newest}
    return sorted(set(made) - stays)
