"""Scheduled events of a server, as far as they are outside of voice channels."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from bot.rehearsal.standin.people import User
from bot.rehearsal.standin.wire import Json

EXTERNAL = 3  # the kind that is somewhere else than in a voice channel


class Status(IntEnum):
    """How far an event has come; Discord's numbers."""

    SCHEDULED = 1
    ACTIVE = 2
    COMPLETED = 3
    CANCELED = 4

    @property
    def over(self) -> bool:
        """Whether nothing can be changed any more."""
        return self in (Status.COMPLETED, Status.CANCELED)

    def may_become(self, status: "Status") -> bool:
        """Whether Discord lets an event go on to that status."""
        return (self, status) in {
            (Status.SCHEDULED, Status.ACTIVE),
            (Status.SCHEDULED, Status.CANCELED),
            (Status.ACTIVE, Status.COMPLETED),
        }


@dataclass(eq=False, slots=True)
class ScheduledEvent:
    """Something that people can say they are interested in."""

    id: int
    guild_id: int
    creator: User
    name: str
    starts: datetime
    ends: datetime
    location: str
    description: str | None = None
    status: Status = Status.SCHEDULED

    def json(self) -> Json:
        """Return the event as the API shows it."""
        return {
            "id": str(self.id),
            "guild_id": str(self.guild_id),
            "channel_id": None,
            "creator_id": str(self.creator.id),
            "creator": self.creator.json(),
            "name": self.name,
            "description": self.description,
            "scheduled_start_time": self.starts.isoformat(),
            "scheduled_end_time": self.ends.isoformat(),
            "privacy_level": 2,
            "status": int(self.status),
            "entity_type": EXTERNAL,
            "entity_id": None,
            "entity_metadata": {"location": self.location},
            "user_count": 0,
            "image": None,
            "recurrence_rule": None,
            "guild_scheduled_event_exceptions": [],
        }
