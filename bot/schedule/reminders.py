"""Reminders that are due go into the outbox once, whatever crashes or clock jumps happen; and lead times as people type them.

A reminder is due until its row is in the outbox. One that was missed (the event is over, or a later reminder says it by now)
is due again if the clock is set back to before that.
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
    """Posts reminders when they are due."""

    def __init__(self, store: ReminderStore, setting: Setting, clock: Clock) -> None:
        """Use `store`; `clock` is the news clock."""
        self._store = store
        self._setting = setting
        self._clock = clock
        self._derived = False

    async def next_due(self) -> datetime | None:
        """Return when the next reminder is due, or when one that waits for Publish lapses; None: there is neither."""
        return await self._store.next_due(self._clock.now())

    async def post_due(self) -> None:
        """Post what is due by now: late reminders say that they are late, and none is posted of an event that is over.

        Those that waited for Publish too long lapse, which the desk's channel is told.
        """
        if not self._derived:
            lead_times = dict(LEAD_TIMES) | self._setting.desk.desk.reminders
            if derived := await self._store.take_over(tzdata.__version__, lead_times, self._clock.now()):
                log.info("times of events derived anew", events=derived)
            self._derived = True
        while await self._store.post_due(self._clock.now()):
            pass
        await self._store.lapse()


def read_lead_times(text: str, what: str = "the event") -> LeadTimes:
    """Return lead times as somebody typed them: "60 min, 1 day"; of "none" there are none.

    Args:
        text: what was typed.
        what: whose lead times they are, for the refusal.

    Raises:
        BadInputError: they are no lead times, or too many, too long or too short.

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
    """Return a lead time in minutes as somebody typed it: "10", "10 min", "1 hr"; "none" is 0, at the event's time.

    Raises:
        BadInputError: it is no lead time, or too long.

    """
    if text.strip().casefold() in ("0", "none"):
        return 0
    (lead_time,) = read_lead_times(f"{text} min" if text.strip().isdecimal() else text)[:1]
    return lead_time // timedelta(minutes=1)
