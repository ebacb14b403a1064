"""What somebody typed of an event that is to be in the schedule."""

from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody typed of an event; None: they did not say."""

    title: str | None = None
    at: str | None = None
    ends: str | None = None
    later: str | None = None
    """Places with another hour: "Cobb County 9 p.m.; Macon 8:30 p.m."; "none": no place is later any more."""
    kind: str | None = None
    place: str | None = None
    who: str | None = None
    source: str | None = None
    link: str | None = None
    contest: str | None = None
    status: str | None = None
    zone: str | None = None
    remind: str | None = None
    """How long before, as the desk file has it: "60m, 1d"; "none": only at its time."""
    channel: int | None = None

    def trimmed(self) -> "Wanted":
        """Return the same without the spaces around it that a phone's keyboard leaves; what is empty then was not said."""
        said: dict[str, Any] = {
            one.name: value.strip() or None for one in fields(self) if isinstance(value := getattr(self, one.name), str)
        }
        return replace(self, **said)

    @property
    def words(self) -> dict[str, str]:
        """What was typed, by the event's field; the times and the reminders are read elsewhere."""
        names = ("title", "kind", "place", "who", "source", "link", "contest", "status")
        return {name: value for name in names if (value := getattr(self, name)) is not None}
