"""The settings of one server, and the file that `/desk setup` exports and imports."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.count.reading import Id
from bot.errors import BadInputError
from bot.events.event import EventKind
from bot.events.reminder import LONGEST_LEAD_TIME, MOST_LEAD_TIMES
from bot.follows.levels import Role
from bot.follows.preferences import FollowSettings

LARGEST = 256 * 1024
"""The most bytes of a settings file."""

Snowflake = Annotated[int, Field(gt=0, lt=2**63)]
"""A Discord id."""

LeadTimeMinutes = Annotated[int, Field(ge=1, le=LONGEST_LEAD_TIME // timedelta(minutes=1))]

KindLeads = Annotated[
    tuple[LeadTimeMinutes, ...],
    Field(max_length=MOST_LEAD_TIMES),
    AfterValidator(lambda leads: tuple(sorted(set(leads), reverse=True))),
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)


class ChannelSettings(_Part):
    """The contests that a channel follows, and whether it is public."""

    channel: Snowflake
    public: bool = False
    follows: Annotated[tuple[FollowSettings, ...], Field(max_length=500)] = ()


class LeadingSourceSettings(_Part):
    """The source that leads a contest in this server, instead of the leading source in the desk file."""

    contest: Id
    source: Id


class ServerSettings(_Part):
    """A newsroom's own settings, as read from the database or from a settings file.

    Pauses and mutes are temporary, and not included.
    """

    tallydesk_settings: Literal[1] = 1
    """The version of this format."""
    reporter_role: Snowflake | None = None
    desk_role: Snowflake | None = None
    manager_role: Snowflake | None = None
    desk_channel: Snowflake | None = None
    two_person: bool = False
    leads: Annotated[tuple[LeadingSourceSettings, ...], Field(max_length=500)] = ()
    reminders: Annotated[
        dict[EventKind, KindLeads], AfterValidator(lambda kinds: {kind: kinds[kind] for kind in sorted(kinds)})
    ] = Field(default_factory=dict)
    """The minutes before an event at which reminders are posted, by kind of event.

    Kinds without a value follow the desk file.
    """
    channels: Annotated[tuple[ChannelSettings, ...], Field(max_length=500)] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "ServerSettings":
        keys = [channel.channel for channel in self.channels]
        if len(set(keys)) < len(keys):
            raise ValueError("a channel is named twice")
        led = [one.contest for one in self.leads]
        if len(set(led)) < len(led):
            raise ValueError("a contest is led twice")
        for channel in self.channels:
            contests = [follow.contest for follow in channel.follows]
            if len(set(contests)) < len(contests):
                raise ValueError("a channel follows a contest twice")
        return self

    def role(self, may: Role) -> int | None:
        """Return the id of the Discord role that gives members the level `may`; None if no role is set."""
        return {"reporter": self.reporter_role, "desk": self.desk_role, "manager": self.manager_role}[may]

    def to_file(self) -> bytes:
        """Return the settings as the bytes of a JSON file."""
        return self.model_dump_json(indent=2, exclude_defaults=False).encode()

    @property
    def digest(self) -> str:
        """A hash of the settings, as 12 hexadecimal digits."""
        return hashlib.blake2b(self.model_dump_json().encode(), digest_size=6).hexdigest()


def read(body: bytes) -> Iterator[bytes]:
    """Yield the settings in an uploaded file as JSON, in one part. Runs in a worker process (`bot/box`)."""
    yield read_settings(body).model_dump_json().encode()


def read_settings(body: bytes) -> ServerSettings:
    """Return the settings in a file.

    Raises:
        BadInputError: the file has no valid settings. The message names the first error.
    """
    if len(body) > LARGEST:
        raise BadInputError(f"the file has {len(body):,} bytes, and a settings file has at most {LARGEST:,}")
    try:
        return ServerSettings.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        at = f", at {where[:80]}" if where else ""
        raise BadInputError(
            f"that is no settings file of Tallydesk ({first['msg'][:120]}{at}); the overview of `/desk setup` saves one"
        ) from None
