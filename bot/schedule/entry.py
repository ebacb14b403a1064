"""An event in a newsroom's schedule, and what happened to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.schedule.event import Event

Leads = tuple[timedelta, ...]
"""How long before an event it is spoken of, beside at its time."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in a newsroom's schedule."""

    id: int
    """Never given twice."""
    server: int
    channel: int | None
    """Where it is told; None: in the channels that follow its contest, or of none, that follow anything."""
    event: Event
    leads: Leads | None
    """How long before it is spoken of; None: by its kind."""
    entered_by: str
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """One part of an entry's history."""

    at: datetime
    who: str
    """As the audit names them."""
    what: str
    """As the audit has it: "schedule move"."""
    why: str | None
    before: Event | None
    after: Event | None
