"""Regular copies of the database, made while the bot runs.

Every copy of the last day is kept. From earlier days, the last copy of each day is kept for `keep`. Only files with
the names of our copies are ever deleted. /healthz and /metrics show the job as `backup`.
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

RETRY_AFTER = timedelta(minutes=10)
"""How long to wait after a failure."""

_TIME = "%Y%m%dT%H%M%SZ"

log = structlog.get_logger()


class Backups:
    """The regular job that copies the database and deletes old copies.

    Args:
        database: the database file.
        folder: the folder for the copies.
        every: the time between two copies.
        keep: how long the last copy of a day is kept.
        wall: returns this machine's time, in UTC.

    """

    def __init__(
        self, database: Path, folder: Path, every: timedelta, keep: timedelta, wall: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._folder = folder
        self._every = every
        self._keep = keep
        self._wall = wall
        self._copy_name = re.compile(rf"{re.escape(database.stem)}-(\d{{8}}T\d{{6}}Z)\.sqlite3")

    async def run(self) -> float:
        """Make a copy of the database if one is due, and delete expired copies.

        Returns the seconds until the next copy.

        Raises:
            RunFailedError: the copy failed.
        """
        now = self._wall()
        try:
            newest = max(await asyncio.to_thread(self._copy_times), default=None)
            if newest is None or not timedelta() <= now - newest < self._every:
                await asyncio.to_thread(self._copy, now)
                newest = now
        except (TallydeskError, OSError) as error:
            why = str(error)
            log.error("no backup was made", folder=str(self._folder), why=why)  # noqa: TRY400 - the line says all
            raise RunFailedError(why, RETRY_AFTER.total_seconds()) from None
        return max((newest + self._every - now).total_seconds(), 1.0)

    def _copy(self, now: datetime) -> None:
        make_folder(self._folder)
        target = self._path(now)
        contents = back_up(self._database, target)
        log.info("backed up", file=str(target), readings=contents.readings, posts=contents.posts)
        for old in expired(self._copy_times(), now, self._keep):
            self._path(old).unlink(missing_ok=True)

    def _copy_times(self) -> list[datetime]:
        """Return the times of the copies in the folder, according to their names."""
        names = [file.name for file in self._folder.iterdir()] if self._folder.is_dir() else []
        stamps = [match[1] for name in names if (match := self._copy_name.fullmatch(name))]
        return [datetime.strptime(text, _TIME).replace(tzinfo=UTC) for text in stamps]

    def _path(self, time: datetime) -> Path:
        return self._folder / f"{self._database.stem}-{time.astimezone(UTC):{_TIME}}.sqlite3"


def expired(times: Iterable[datetime], now: datetime, keep: timedelta) -> list[datetime]:
    """Return those of `times` whose copies are to be deleted. The newest copy is always kept.

    `keep` is how long the last copy of a day is kept.
    """
    last_of_period: dict[object, datetime] = {}
    for moment in sorted(times):
        last_of_period[moment if now - moment < A_DAY else moment.date()] = moment
    newest = max(last_of_period.values(), default=None)
    remaining = {moment for moment in last_of_period.values() if now - moment < max(keep, A_DAY) or moment == newest}
    return sorted(set(times) - remaining)
