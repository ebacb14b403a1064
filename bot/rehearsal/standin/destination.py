"""The base class of places for messages (channels, threads and direct channels), and the class of direct channels."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.rehearsal.standin.message import History, Message, MessageKind, User
from bot.rehearsal.standin.permissions import DIRECT_MESSAGES, Permission
from bot.rehearsal.standin.wire import JsonObject, Wire

TEXT, DIRECT, ANNOUNCEMENT, FORUM = 0, 1, 5, 15

ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD = 10, 11, 12


@dataclass(eq=False, slots=True)
class Destination:
    """A place for messages: a channel, a thread or a direct channel."""

    id: int
    messages: History = field(default_factory=History, repr=False, kw_only=True)
    pins: dict[int, datetime] = field(default_factory=dict, repr=False, kw_only=True)  # by message, the latest last

    @property
    def kind(self) -> int:
        """Discord's number for the channel's type."""
        raise NotImplementedError

    @property
    def wire(self) -> Wire:
        """The event bus on which the channel's events are emitted."""
        raise NotImplementedError

    @property
    def guild_id(self) -> int:
        """The id of the server; 0 for a direct channel."""
        raise NotImplementedError

    @property
    def bot_permissions(self) -> int:
        """The bot's permissions in this place, as bits."""
        raise NotImplementedError

    @property
    def sending(self) -> int:
        """The permission that is needed to write in this place, as a bit."""
        return Permission.SEND_MESSAGES

    def user(self, _: int) -> User | None:
        """Return the person with this id if they can be mentioned in this place.

        In a direct channel, this is always None.
        """
        return None

    def may_mention(self, _: int) -> bool:
        """Return True if the bot may mention the role with this id."""
        return False

    def membership(self, _: int) -> JsonObject:
        """Return the author's membership in the server, for a message event; empty in a direct channel."""
        return {}

    def json(self) -> JsonObject:
        """Return the destination in the format of Discord's API."""
        raise NotImplementedError

    def settle(self) -> None:
        """Apply automatic changes that are due. For example, an inactive thread is archived."""

    @property
    def jsons_guild(self) -> JsonObject:
        """The fields in an event that name the server; empty for a direct channel."""
        return {"guild_id": str(self.guild_id)} if self.guild_id else {}

    def post(self, message: Message) -> Message:
        """Add a message, which must be newer than all others, and emit an event. Returns the message."""
        self.messages.add(message)
        self._emit("MESSAGE_CREATE", message, nonce=message.nonce)
        return message

    def write(
        self,
        user: User,
        content: str,
        kind: MessageKind = MessageKind.DEFAULT,
        reference: JsonObject | None = None,
        referenced: Message | None = None,
    ) -> Message:
        """Post a plain message by a user or by Discord itself. Returns the message.

        `reference` and `referenced` are the message to which it refers, in the API's format and as an object.
        """
        message = Message(self.wire.new_id(), self.id, self.guild_id, user, self.wire.now(), content)
        message.kind, message.reference, message.referenced = kind, reference, referenced
        return self.post(message)

    def changed(self, message: Message) -> None:
        """Emit the event that a message was edited."""
        self._emit("MESSAGE_UPDATE", message)

    def remove(self, message: Message) -> None:
        """Delete a message, and emit an event."""
        self.messages.drop(message)
        message.deleted = True
        body = {"id": str(message.id), "channel_id": str(self.id), **self.jsons_guild}
        self.wire.emit("MESSAGE_DELETE", self.guild_id, body, hidden=self._hidden)
        if self.pins.pop(message.id, None) is not None:
            self._tell_pins()

    def pin(self, message: Message, by: User) -> None:
        """Pin a message that is not pinned, and post Discord's notice about the pin."""
        self.pins[message.id] = self.wire.now()
        message.pinned = True
        self.changed(message)
        self._tell_pins()
        self.write(by, "", MessageKind.PINNED, self.pointing_to(message))

    def unpin(self, message: Message) -> None:
        """Unpin a message, and emit an event."""
        if self.pins.pop(message.id, None) is not None:
            message.pinned = False
            self.changed(message)
            self._tell_pins()

    def pointing_to(self, message: Message) -> JsonObject:
        """Return a reference to a message, in the format of Discord's API."""
        return {"type": 0, "message_id": str(message.id), "channel_id": str(self.id), **self.jsons_guild}

    @property
    def last_pin(self) -> str | None:
        """The time of the latest pin, in the format of Discord's API; None without pins."""
        return next(reversed(self.pins.values())).isoformat() if self.pins else None

    def _tell_pins(self) -> None:
        body = {"channel_id": str(self.id), "last_pin_timestamp": self.last_pin, **self.jsons_guild}
        self.wire.emit("CHANNEL_PINS_UPDATE", self.guild_id, body, hidden=self._hidden)

    @property
    def _hidden(self) -> bool:
        return not self.bot_permissions & Permission.VIEW_CHANNEL

    def _emit(self, name: str, message: Message, nonce: str | int | None = None) -> None:
        body = message.json() | self.jsons_guild | self.membership(message.author.id)
        if nonce is not None:
            body["nonce"] = nonce
        self.wire.emit(name, self.guild_id, body, hidden=self._hidden)


@dataclass(eq=False, slots=True)
class DirectChannel(Destination):
    """The channel for direct messages between the bot and `person`."""

    person: User
    line: Wire = field(repr=False)

    @property
    def kind(self) -> int:
        """Discord's number for the channel's type."""
        return DIRECT

    @property
    def wire(self) -> Wire:
        """The event bus on which the channel's events are emitted."""
        return self.line

    @property
    def guild_id(self) -> int:
        """Always 0, since a direct channel is in no server."""
        return 0

    @property
    def bot_permissions(self) -> int:
        """The permissions of both people in the channel, as bits."""
        return DIRECT_MESSAGES

    def say(self, content: str) -> Message:
        """Post a plain message by the person. Returns the message."""
        return self.write(self.person, content)

    def json(self) -> JsonObject:
        """Return the channel in the format of Discord's API."""
        return {
            "id": str(self.id),
            "type": DIRECT,
            "last_message_id": None if self.messages.last_id is None else str(self.messages.last_id),
            "last_pin_timestamp": self.last_pin,
            "flags": 0,
            "recipients": [self.person.json()],
        }
