"""Classes that all API routes share: a request, access to the objects in its path, and the reply."""

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
    """A file that was sent with a request. `number` is its id in the body."""

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
        """The body's fields, which are empty if there is no body. Raises an error if the body is not a JSON object."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise invalid_form(
                {"_errors": [{"code": "MODEL_TYPE_CONVERT", "message": "Only dictionaries may be used."}]}
            )
        return self.body

    def id(self, place: int) -> int:
        """Return the item of `args` at index `place` as an id."""
        return as_id(self.args[place], "id")


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply to a request: a status, and a body to send as JSON, or None."""

    status: int = 200
    body: object = None


Handler = Callable[[ApiCall], Reply]

Routes = Mapping[str, Handler]

NO_CONTENT = Reply(204)


def as_id(text: str, name: str) -> int:
    """Parse an id. Raises Discord's error about the field `name` if it is invalid."""
    if text.isascii() and text.isdigit():
        return int(text)
    raise invalid_form(
        {name: {"_errors": [{"code": "NUMBER_TYPE_COERCE", "message": f'Value "{text}" is not snowflake.'}]}}
    )


class Access:
    """A lookup of the objects to which a request's path refers: channels, messages and servers.

    The bot's permissions are checked.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def destination(self, call: ApiCall, needed: int = 0) -> Destination:
        """Return the request's channel, thread or direct channel.

        The bot must be able to see it, and have all permissions in `needed`, as bits.
        """
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
        """Return the request's channel or thread, which must be in a server.

        Permissions are checked as by `destination`.
        """
        destination = self.destination(call, needed)
        if not isinstance(destination, Channel):
            raise wrong_channel_type()
        return destination

    def message(self, call: ApiCall, needed: int = 0) -> tuple[Destination, Message]:
        """Return the request's message and its channel. Permissions are checked as by `destination`."""
        destination = self.destination(call, needed)
        message = destination.messages.get(call.id(1))
        if message is None:
            raise unknown_message()
        return destination, message

    def changeable(self, call: ApiCall, needed: int = 0) -> tuple[Destination, Message]:
        """Return the request's message and its channel like `message`, unless the message is in an archived thread."""
        destination, message = self.message(call, needed)
        if isinstance(destination, Thread) and destination.archived:
            raise thread_archived()
        return destination, message

    def guild(self, call: ApiCall) -> Guild:
        """Return the request's server."""
        guild = self._world.guilds.get(call.id(0))
        if guild is None:
            raise unknown_guild()
        return guild
