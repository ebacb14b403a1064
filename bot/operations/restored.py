"""After a restore: nothing is posted twice, and each newsroom is told once that its records have a gap.

A copy of the database is marked as one (`bot/database/backup.py`), and does not know what was posted after it was made.
So before anything is sent or taken in, it is taken up in one transaction (`take_up`), which asks Discord nothing:

- What each series says first is taken as told, without a post. So is what fell due by then: reminders, the morning
  list, silences. A series that the copy does not have is told where its time is later than the restore.
- A post that was open tells a count, which is left to the desk's answer; or it is doubtful, and the desk is asked.
- Numbers skip ahead, and boards are shown anew.

One notice a server names the gap. Its one answer posts what changed since the copy as one roll-up a contest, which it
shows first, or drops it.
"""

from functools import partial
from typing import Literal, get_args

import structlog

from bot.clock import Clock
from bot.database.database import to_micros
from bot.operations.restored_store import RestoredStore
from bot.operations.restored_words import (
    answered_already,
    answered_line,
    decided_answer,
    gone_answer,
    restored_notice,
    since_copy_answer,
)
from bot.wording.context import Setting
from bot.wording.draft import Answer, Draft

RestorePress = Literal["show", "post", "drop"]
"""What a button under the notice says, as its key has it."""

RESTORE_PRESSES: tuple[RestorePress, ...] = get_args(RestorePress)

log = structlog.get_logger()


class Restore:
    """Takes up a restored copy, and does what the desk answers."""

    def __init__(self, store: RestoredStore, setting: Setting, clock: Clock) -> None:
        """Write to `store`."""
        self._store = store
        self._setting = setting
        self._clock = clock

    async def take_up(self) -> None:
        """Settle a restored copy that has not been used yet; do nothing with any other database.

        Call it before anything is sent or taken in.
        """
        copied_at = await self._store.copied_at()
        if copied_at is None:
            return
        now = self._clock.now()
        log.warning("the database was restored from a copy", made_at=copied_at.isoformat(timespec="seconds"))
        hour, local = self._setting.desk.desk.rundown, now.astimezone(self._setting.desk.zone)
        listed_day = local.date().isoformat() if hour is not None and local.time() >= hour else None

        def notice(board: bool) -> Draft:
            return restored_notice(copied_at, now, to_micros(now), self._setting, board=board)

        for row in await self._store.take_up(copied_at, listed_day, notice):
            log.warning("restored", server=row.server, **row.after if isinstance(row.after, dict) else {})

    async def press(self, press: RestorePress, restored_at: int, server: int, who: str) -> Answer:
        """Do what a button under the notice says; return the answer to who pressed it.

        `restored_at`: which restore it is about, in microseconds since 1970.
        """
        now = self._clock.now()
        if press == "show":
            found = await self._store.changed(server, restored_at, now)
        else:
            said = partial(answered_line, who=who, now=now, setting=self._setting)
            found = await self._store.answer(server, restored_at, who, said, post=press == "post")
        if found is None:
            return Answer(gone_answer())
        if found.answered_by is not None:
            return Answer(answered_already(found.answered_by))
        if press == "show":
            return since_copy_answer(found.roll_ups, found.unheard, restored_at, self._setting)
        return Answer(decided_answer(len(found.roll_ups), post=press == "post"))
