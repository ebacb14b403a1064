"""Where messages go: the base class of channels, threads and direct channels, and direct channels themselves."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.rehearsal.standin.message import History, Message, MessageKind, User
from bot.rehearsal.standin.permissions import DIRECT_MESSAGES, Permission
from bot.rehearsal.standin.wire import JsonObject, Wire

TEXT, DIRECT, ANNOUNCEMENT, FORUM = 0, 1, 5, 15

ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD = 10, 11, 12


@dataclass(eq=False, slots=True)
class Destination:
    """A place for messages, oldest first, some of them pinned."""

    id: int
    messages: History = field(default_factory=History, repr=False, kw_only=True)
    pins: dict[int, datetime] = field(default_factory=dict, repr=False, kw_only=True)  # by message, the latest last

    @property
    def kind(self) -> int:
        """Its channel type, by Discord's numbers."""
        raise NotImplementedError

    @property
    def wire(self) -> Wire:
        """The event bus that events here are emitted on."""
        raise NotImplementedError

    @property
    def guild_id(self) -> int:
        """The server's id; 0 outside of servers."""
        raise NotImplementedError

    @property
    def bot_permissions(self) -> int:
        """The bot's permissions here, as bits."""
        raise NotImplementedError

    @property
    def sending(self) -> int:
        """The permission needed to write here."""
        return Permission.SEND_MESSAGES

    def user(self, _: int) -> User | None:
        """Return the person with this id if they can be mentioned here; outside of servers, always None."""
        return None

    def may_mention(self, _: int) -> bool:
        """Return True if the bot may mention the role with this id here."""
        return False

    def membership(self, _: int) -> JsonObject:
        """Return the author's membership for a message event; empty outside of servers."""
        return {}

    def json(self) -> JsonObject:
        """Return the destination as the API shows it."""
        raise NotImplementedError

    def settle(self) -> None:
        """Apply what has become due: a thread archives itself."""

    @property
    def jsons_guild(self) -> JsonObject:
        """The server's part of an event; empty outside of servers."""
        return {"guild_id": str(self.guild_id)} if self.guild_id else {}

    def post(self, message: Message) -> Message:
        """Add a message, which must be newer than the others, and emit it. Returns it."""
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
        """Post a plain message by a user or by Discord itself. Returns it."""
        message = Message(self.wire.new_id(), self.id, self.guild_id, user, self.wire.now(), content)
        message.kind, message.reference, message.referenced = kind, reference, referenced
        return self.post(message)

    def changed(self, message: Message) -> None:
        """Emit that a message here was edited."""
        self._emit("MESSAGE_UPDATE", message)

    def remove(self, message: Message) -> None:
        """Delete a message and emit that."""
        self.messages.drop(message)
        message.deleted = True
        body = {"id": str(message.id), "channel_id": str(self.id), **self.jsons_guild}
        self.wire.emit("MESSAGE_DELETE", self.guild_id, body, hidden=self._hidden)
        if self.pins.pop(message.id, None) is not None:
            self._tell_pins()

    def pin(self, message: Message, by: User) -> None:
        """Pin a message that isn't pinned, and post the notice about it."""
        self.pins[message.id] = self.wire.now()
        message.pinned = True
        self.changed(message)
        self._tell_pins()
        self.write(by, "", MessageKind.PINNED, self.pointing_to(message))

    def unpin(self, message: Message) -> None:
        """Unpin a message."""
        if self.pins.pop(message.id, None) is not None:
            message.pinned = False
            self.changed(message)
            self._tell_pins()

    def pointing_to(self, message: Message) -> JsonObject:
        """Return a reference to a message here, as the API shows it."""
        return {"type": 0, "message_id": str(message.id), "channel_id": str(self.id), **self.jsons_guild}

    @property
    def last_pin(self) -> str | None:
        """When the latest pin was set, as the API shows it."""
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
    """The messages between the bot and `person`."""

    person: User
    line: Wire = field(repr=False)

    @property
    def kind(self) -> int:
        """Its channel type, by Discord's numbers."""
        return DIRECT

    @property
    def wire(self) -> Wire:
        """The event bus that events here are emitted on."""
        return self.line

    @property
    def guild_id(self) -> int:
        """0: it is in no server."""
        return 0

    @property
    def bot_permissions(self) -> int:
        """The permissions of both people here, as bits."""
        return DIRECT_MESSAGES

    def say(self, content: str) -> Message:
        """Post a plain message by the person. Returns it."""
        return self.write(self.person, content)

    def json(self) -> JsonObject:
        """Return the channel as the API shows it."""
        return {
            "id": str(self.id),
            "type": DIRECT,
            "last_message_id": None if self.messages.last_id is None else str(self.messages.last_id),
            "last_pin_timestamp": self.last_pin,
            "flags": 0,
            "recipients": [self.person.json()],
        }
