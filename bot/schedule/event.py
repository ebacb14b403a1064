"""An event ahead: a rally, a press conference, a deadline."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator

from bot.count.reading import Frozen, Id, Label

EventKind = Literal[
    "rally", "press_conference", "audit", "recount", "certification", "deadline",
    "polls_close", "hearing", "results", "debate", "other",
]  # fmt: skip
EventStatus = Literal["expected", "confirmed", "moved", "called_off", "started", "over"]


def _from_text(value: object) -> object:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _without_zone(value: datetime) -> datetime:
    if value.tzinfo is not None:
        raise ValueError("should be a wall time without an offset; the zone has a field of its own")
    return value


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("should be a zone of the IANA list such as America/New_York") from None
    return value


WallTime = Annotated[datetime, BeforeValidator(_from_text), AfterValidator(_without_zone)]


class Event(Frozen):
    """Something that is to happen at a wall time in a zone.

    The wall time is what people agreed on and stays as it is when a zone's rules change; the moment in UTC
    is derived from it.
    """

    kind: EventKind
    title: Label
    """What it is, as a list says it: "Rally: Sens. Rubio, Loeffler and Perdue"."""
    wall: WallTime
    zone: Annotated[str, AfterValidator(_known_zone)]
    place: Label | None = None
    contest: Id | None = None
    source: Label | None = None
    """Who says so, or the law that sets a deadline."""
    status: EventStatus = "confirmed"

    @property
    def starts_at(self) -> datetime:
        """The moment in UTC. Of a wall time that comes twice this is the first one."""
        return self.wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def on(self, day: date, zone: ZoneInfo) -> bool:
        """Return True if the event starts on `day` by the clocks of `zone`."""
        return self.starts_at.astimezone(zone).date() == day
