"""What every route is given and answers: a request, what the ids in its path stand for if the bot may, and the reply."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.rehearsal.standin.destination import Place
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
    """A file that came with a request; `number` is what the body calls it by."""

    number: int
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was matched with a route; `args` are the variable parts of its path, from left to right."""

    args: tuple[str, ...]
    query: Mapping[str, str]
    body: Any = None
    uploads: tuple[Upload, ...] = ()

    @property
    def fields(self) -> Mapping[str, Any]:
        """The body, which has to be an object; an absent one has no fields."""
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
    """What to answer: a status and a body to be sent as JSON, or none."""

    status: int = 200
    body: object = field(default=None)


Handler = Callable[[Call], Reply]


Routes = Mapping[str, Handler]

NO_CONTENT = Reply(204)


def as_id(text: str, name: str) -> int:
    """Return the id that `text` spells, or refuse the field of that name."""
    if text.isascii() and text.isdigit():
        return int(text)
    raise invalid_form(
        {name: {"_errors": [{"code": "NUMBER_TYPE_COERCE", "message": f'Value "{text}" is not snowflake.'}]}}
    )


class Access:
    """What the first ids in a request's path stand for."""

    def __init__(self, world: World) -> None:
        self._world = world

    def place(self, call: Call, needed: int = 0) -> Place:
        """Return the channel, thread or direct channel if the bot sees it and may do all of `needed` there."""
        place = self._world.place(call.id(0))
        if place is None:
            raise unknown_channel()
        granted = place.bot_permissions
        if not granted & Permission.VIEW_CHANNEL:
            raise missing_access()
        if granted & needed != needed:
            raise missing_permissions()
        return place

    def channel(self, call: Call, needed: int = 0) -> Channel:
        """Return the channel of a server, or the thread, as `place` does."""
        place = self.place(call, needed)
        if not isinstance(place, Channel):
            raise wrong_channel_type()
        return place

    def message(self, call: Call, needed: int = 0) -> tuple[Place, Message]:
        """Return a message and where it is, as `place` does."""
        place = self.place(call, needed)
        message = place.messages.get(call.id(1))
        if message is None:
            raise unknown_message()
        return place, message

    def changeable(self, call: Call, needed: int = 0) -> tuple[Place, Message]:
        """Return a message as `message` does, unless it is in a thread that is archived."""
        place, message = self.message(call, needed)
        if isinstance(place, Thread) and place.archived:
            raise thread_archived()
        return place, message

    def guild(self, call: Call) -> Guild:
        """Return the server."""
        guild = self._world.guilds.get(call.id(0))
        if guild is None:
            raise unknown_guild()
        return guild
