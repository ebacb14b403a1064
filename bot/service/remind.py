"""Reminders: what is due is put into the outbox, once, whatever dies or jumps in between."""

from datetime import datetime
from importlib.metadata import version

import structlog

from bot.cards.facts import Setting
from bot.clock import Clock
from bot.schedule.reminder import LEADS
from bot.service.ingest import Wake
from bot.store.reminders import ReminderStore

log = structlog.get_logger()


class Remind:
    """Speaks of each event when its reminders are due."""

    def __init__(self, store: ReminderStore, setting: Setting, clock: Clock, wake: Wake) -> None:
        """Keep them in `store`; `wake` is called after each transaction with the channels that have a post."""
        self._store = store
        self._setting = setting
        self._clock = clock
        self._wake = wake
        self._derived = False

    async def next_due(self) -> datetime | None:
        """Return when the next reminder is due, or None."""
        return await self._store.next_due()

    async def post_due(self) -> None:
        """Post what is due by now; what was missed comes late and says so, or not at all once its event is over."""
        now = self._clock.now()
        if not self._derived:
            if derived := await self._store.derive_anew(self._rules(), now):
                log.info("reminders derived anew", events=derived)
            self._derived = True
        while True:
            done = await self._store.post_due(now)
            if done.wake:
                self._wake(done.wake)
            if not done.more:
                return

    def _rules(self) -> str:
        """Return by what reminders are derived: the desk's lead times, and the rules of the zones."""
        leads = dict(LEADS) | self._setting.desk.desk.reminders
        spoken = "; ".join(f"{kind} {[str(lead) for lead in leads[kind]]}" for kind in sorted(leads))
        return f"tzdata {version('tzdata')}; {spoken}"
