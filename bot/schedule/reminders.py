"""Reminders: what is due is put into the outbox once, whatever crashes or clocks jump in between; and lead times as typed.

What is due becomes rows of the outbox in the transaction that marks it posted. A reminder that was missed (the event is
over, or a later one tells it by now) is kept as missed; should the clock be set back to before that, it is checked
anew.
"""

import re
from datetime import datetime, timedelta

import structlog
import tzdata  # type: ignore[import-untyped]  # it is two strings

from bot.clock import Clock
from bot.errors import BadInputError
from bot.events.event import LeadTimes
from bot.events.reminder import LEAD_TIMES, refuse_lead_times
from bot.events.typed_time import typed_span
from bot.outbox.rows import Wake
from bot.schedule.reminders_store import ReminderStore
from bot.wording.context import Setting

log = structlog.get_logger()


class Reminders:
    """Speaks of each event when its reminders are due."""

    def __init__(self, store: ReminderStore, setting: Setting, clock: Clock, wake: Wake) -> None:
        """Keep them in `store`; `wake` is called after each transaction with the channels that have a post."""
        self._store = store
        self._setting = setting
        self._clock = clock
        self._wake = wake
        self._derived = False

    async def next_due(self) -> datetime | None:
        """Return when the next reminder is due, or one that waits for Publish comes too late; None: neither ever is."""
        return await self._store.next_due()

    async def post_due(self) -> None:
        """Post what is due by now; what was missed comes late and says so, or not at all once its event is over.

        What waits for Publish until then says that in the desk's channel.
        """
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
                break
        if wake := await self._store.lapse(self._setting, now):
            self._wake(wake)

    def _rules(self) -> str:
        """Return by what reminders are derived: the desk's lead times, and the rules of the zones."""
        lead_times = dict(LEAD_TIMES) | self._setting.desk.desk.reminders
        spoken = "; ".join(
            f"{kind} {[str(lead_time) for lead_time in lead_times[kind]]}" for kind in sorted(lead_times)
        )
        return f"tzdata {tzdata.__version__}; {spoken}"


_BETWEEN = re.compile(r"[,;]|\band\b")


def read_lead_times(said: str, what: str = "the event") -> LeadTimes:
    """Return how long before an event it is spoken of, as typed: "60 min, 1 day"; "none" is none.

    Args:
        said: what was typed.
        what: what they are of, for the refusal.

    Raises:
        BadInputError: it is something else, or more or other than goes.

    """
    if said.strip().casefold() == "none":
        return ()
    spans = [typed_span(part.strip()) for part in _BETWEEN.split(said)]
    lead_times = tuple(span for span in spans if span is not None)
    if len(lead_times) < len(spans):
        raise BadInputError(f'"{said[:60]}" is not a reminder time; try 60m, or 1 day, 30 min, or none')
    if wrong := refuse_lead_times(lead_times):
        raise BadInputError(f"{what} {wrong}")
    return lead_times


def read_lead_time(said: str) -> int:
    """Return how many minutes before an event somebody is reminded, as typed: "10", "10 min", "1 hr"; "none" is at its time.

    Raises:
        BadInputError: it is something else, or more than goes.

    """
    if said.strip().casefold() in ("0", "none"):
        return 0
    (lead_time,) = read_lead_times(f"{said} min" if said.strip().isdecimal() else said)[:1]
    return lead_time // timedelta(minutes=1)
