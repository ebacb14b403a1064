"""Posts each due reminder exactly once, despite crashes and clock changes, and reads lead times as people type them.

A reminder is due until it is queued in the outbox. A reminder is missed if the event is over or a later reminder
replaces it. A missed reminder is due again if the clock is set back far enough.
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
from bot.schedule.reminders_store import ReminderStore
from bot.wording.context import Setting

_BETWEEN = re.compile(r"[,;]|\band\b")

log = structlog.get_logger()


class Reminders:
    """A service that posts reminders when they are due."""

    def __init__(self, store: ReminderStore, setting: Setting, clock: Clock) -> None:
        """Create the service. It reads and writes through `store`.

        `clock` is the news clock, which is simulated in a rehearsal.
        """
        self._store = store
        self._setting = setting
        self._clock = clock
        self._derived = False

    async def next_due(self) -> datetime | None:
        """Return when `post_due` must run next; None if there are no further reminders.

        That is when the next reminder is due, or when a reminder that waits for Publish becomes out of date.
        """
        return await self._store.next_due(self._clock.now())

    async def post_due(self) -> None:
        """Post the reminders that are due. Late reminders are marked as late, and events that are over get none.

        Reminders that waited for Publish too long are dropped, and the request in the desk's channel is updated.
        """
        if not self._derived:
            lead_times = dict(LEAD_TIMES) | self._setting.desk.desk.reminders
            if derived := await self._store.apply_changed_defaults(tzdata.__version__, lead_times, self._clock.now()):
                log.info("times of events derived anew", events=derived)
            self._derived = True
        while await self._store.post_due(self._clock.now()):
            pass
        await self._store.drop_outdated()


def read_lead_times(text: str, what: str = "the event") -> LeadTimes:
    """Read lead times as people type them: "60 min, 1 day"; empty for "none".

    Args:
        text: the typed text.
        what: whose lead times they are, for the error message: "the event".

    Raises:
        BadInputError: the text is not a list of lead times, or they are too many, too long or too short.
    """
    if text.strip().casefold() == "none":
        return ()
    spans = [typed_span(part.strip()) for part in _BETWEEN.split(text)]
    lead_times = tuple(span for span in spans if span is not None)
    if len(lead_times) < len(spans):
        raise BadInputError(f'"{text[:60]}" is not a reminder time; try 60m, or 1 day, 30 min, or none')
    if wrong := refuse_lead_times(lead_times):
        raise BadInputError(f"{what} {wrong}")
    return lead_times


def read_lead_time(text: str) -> int:
    """Read a lead time as people type it ("10", "10 min", "1 hr").

    Returns minutes; 0 for "none", the event's own time.

    Raises:
        BadInputError: the text is not a lead time, or the lead time is too long.

    """
    if text.strip().casefold() in ("0", "none"):
        return 0
    (lead_time,) = read_lead_times(f"{text} min" if text.strip().isdecimal() else text)[:1]
    return lead_time // timedelta(minutes=1)
