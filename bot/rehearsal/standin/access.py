"""Whether the bot may: from the ids in a request to what it is about, or the refusal that Discord gives."""

from bot.rehearsal.standin.calls import Call
from bot.rehearsal.standin.destination import Place
from bot.rehearsal.standin.guild import Channel, Guild, Thread
from bot.rehearsal.standin.message import Message
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.refusal import (
    missing_access,
    missing_permissions,
    thread_archived,
    unknown_channel,
    unknown_guild,
    unknown_message,
    wrong_channel_type,
)
from bot.rehearsal.standin.world import World


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
