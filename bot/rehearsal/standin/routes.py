"""What all routes share: a request, access to the objects in its path, and the reply."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.rehearsal.standin.destination import Destination
from bot.rehearsal.standin.guild import Channel, Guild, Thread
from bot.rehearsal.standin.message import Message
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.refusal import (
    invalid_form,
    missing_access,
    missing_permissions,
    thread_archived,
    unknown_channel,
    unknown_guild,
    unknown_message,
    wrong_channel_type,
)
from bot.rehearsal.standin.world import World


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request; `number` is its id in the body."""

    number: int
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A request that matched a route. `args` are the variable parts of its path, from left to right."""

    args: tuple[str, ...]
    query: Mapping[str, str]
    body: Any = None
    uploads: tuple[Upload, ...] = ()

    @property
    def fields(self) -> Mapping[str, Any]:
        """The body, which must be an object; a missing one has no fields."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise invalid_form(
                {"_errors": [{"code": "MODEL_TYPE_CONVERT", "message": "Only dictionaries may be used."}]}
            )
        return self.body

    def id(self, place: int) -> int:
        """Return one of `args` as an id."""
        return as_id(self.args[place], "id")


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply: a status, and a body to send as JSON, or None."""

    status: int = 200
    body: object = None


Handler = Callable[[ApiCall], Reply]

Routes = Mapping[str, Handler]

NO_CONTENT = Reply(204)


def as_id(text: str, name: str) -> int:
    """Parse an id, or refuse the field called `name`."""
    if text.isascii() and text.isdigit():
        return int(text)
    raise invalid_form(
        {name: {"_errors": [{"code": "NUMBER_TYPE_COERCE", "message": f'Value "{text}" is not snowflake.'}]}}
    )


class Access:
    """Finds the objects in a request's path, and checks that the bot has the permissions."""

    def __init__(self, world: World) -> None:
        self._world = world

    def destination(self, call: ApiCall, needed: int = 0) -> Destination:
        """Return the channel, thread or direct channel, if the bot sees it and has all `needed` permissions there."""
        destination = self._world.destination(call.id(0))
        if destination is None:
            raise unknown_channel()
        granted = destination.bot_permissions
        if not granted & Permission.VIEW_CHANNEL:
            raise missing_access()
        if granted & needed != needed:
            raise missing_permissions()
        return destination

    def channel(self, call: ApiCall, needed: int = 0) -> Channel:
        """Return the server channel or thread, as `destination` does."""
        destination = self.destination(call, needed)
        if not isinstance(destination, Channel):
            raise wrong_channel_type()
        return destination

    def message(self, call: ApiCall, needed: int = 0) -> tuple[Destination, Message]:
        """Return a message and its channel, as `destination` does."""
        destination = self.destination(call, needed)
        message = destination.messages.get(call.id(1))
        if message is None:
            raise unknown_message()
        return destination, message

    def changeable(self, call: ApiCall, needed: int = 0) -> tuple[Destination, Message]:
        """Return a message as `message` does, unless it is in an archived thread."""
        destination, message = self.message(call, needed)
        if isinstance(destination, Thread) and destination.archived:
            raise thread_archived()
        return destination, message

    def guild(self, call: ApiCall) -> Guild:
        """Return the server."""
        guild = self._world.guilds.get(call.id(0))
        if guild is None:
            raise unknown_guild()
        return guild
