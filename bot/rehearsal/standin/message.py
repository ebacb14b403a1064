"""Simulated users and messages, with their files, and a channel's history."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, IntFlag

from bot.rehearsal.standin.wire import JsonObject


@dataclass(eq=False, slots=True)
class User:
    """A person on Discord, or the bot."""

    id: int
    name: str
    bot: bool = False
    takes_direct: bool = True  # whether somebody the bot shares a server with may write to them

    def json(self) -> JsonObject:
        """Return the user in the format of Discord's API."""
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": None if self.bot else self.name,
            "discriminator": "0",
            "avatar": None,
            "banner": None,
            "accent_color": None,
            "avatar_decoration_data": None,
            "collectibles": None,
            "primary_guild": None,
            "bot": self.bot,
            "public_flags": 0,
            "flags": 0,
        }


class Flag(IntFlag):
    """The message flags that the simulation supports, with Discord's names and bits."""

    CROSSPOSTED = 1 << 0
    IS_CROSSPOST = 1 << 1
    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_COMPONENTS_V2 = 1 << 15


class MessageKind(IntEnum):
    """The types of message, with Discord's numbers."""

    DEFAULT = 0
    PINNED = 6
    THREAD_CREATED = 18
    REPLY = 19
    COMMAND = 20
    THREAD_STARTER = 21

    @property
    def by_somebody(self) -> bool:
        """True if a person or a bot wrote the message, not Discord itself."""
        return self in (MessageKind.DEFAULT, MessageKind.REPLY, MessageKind.COMMAND)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message, with its content and the URL at which it is served."""

    id: int
    filename: str
    content_type: str
    content: bytes = field(repr=False)
    url: str
    description: str | None = None

    def json(self) -> JsonObject:
        """Return the attachment in the format of Discord's API."""
        return ({"description": self.description} if self.description else {}) | {
            "id": str(self.id),
            "filename": self.filename,
            "content_type": self.content_type,
            "size": len(self.content),
            "url": self.url,
            "proxy_url": self.url,
        }


@dataclass(eq=False, slots=True)
class Message:
    """A message in its current version. Edits change the object."""

    id: int
    channel_id: int
    guild_id: int
    author: User
    timestamp: datetime
    content: str = ""
    embeds: list[JsonObject] = field(default_factory=list)
    components: list[JsonObject] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    nonce: str | int | None = None
    edited: datetime | None = None
    kind: MessageKind = MessageKind.DEFAULT
    pinned: bool = False
    deleted: bool = False  # only messages that refer to it still know it
    reference: JsonObject | None = None  # refers to a message or thread, as the API shows it
    referenced: "Message | None" = None
    thread: Callable[[], JsonObject] | None = None  # the one that was started from it
    webhook_id: int | None = None  # set if it is a copy of a published message
    copies: "list[Message]" = field(default_factory=list, repr=False)  # in the channels that follow its own
    mentions: list[User] = field(default_factory=list)
    mention_everyone: bool = False
    mention_roles: list[int] = field(default_factory=list)
    reactions: dict[str, list[User]] = field(default_factory=dict)  # people by emoji, in order
    command: str = ""  # the command that it answers, with its group
    # Set if the message answers an interaction.
    application_id: int | None = None
    interaction: JsonObject | None = None

    @property
    def ephemeral(self) -> bool:
        """True if only one member sees the message. An ephemeral message is in no channel's history."""
        return bool(self.flags & Flag.EPHEMERAL)

    def json(self) -> JsonObject:
        """Return the message in the format of a channel's history.

        The nonce is missing, since only the sender gets it in the response.
        """
        shown = self.json_alone()
        if self.referenced is not None:
            shown["referenced_message"] = None if self.referenced.deleted else self.referenced.json_alone()
        if self.thread is not None:
            shown["thread"] = self.thread()
        return shown

    def json_alone(self) -> JsonObject:
        """Return the message without the message to which it replies, and without the thread started from it."""
        shown: JsonObject = {
            "id": str(self.id),
            "type": int(self.kind),
            "channel_id": str(self.channel_id),
            "author": self.author.json(),
            "content": self.content,
            "timestamp": self.timestamp.isoformat(),
            "edited_timestamp": self.edited.isoformat() if self.edited else None,
            "tts": False,
            "mention_everyone": self.mention_everyone,
            "mentions": [user.json() for user in self.mentions],
            "mention_roles": [str(role) for role in self.mention_roles],
            "attachments": [attachment.json() for attachment in self.attachments],
            "embeds": [] if self.flags & Flag.SUPPRESS_EMBEDS else self.embeds,
            "components": self.components,
            "pinned": self.pinned,
            "flags": self.flags,
        }
        if self.reactions:
            shown["reactions"] = [_reaction(emoji, users) for emoji, users in self.reactions.items()]
        if self.reference is not None:
            shown["message_reference"] = self.reference
        if self.webhook_id is not None:
            shown["webhook_id"] = str(self.webhook_id)
        if self.interaction is not None:
            shown |= {
                "type": int(MessageKind.COMMAND),
                "application_id": str(self.application_id),
                "webhook_id": str(self.application_id),
                "interaction_metadata": self.interaction,
            }
        return shown


def emoji_json(emoji: str) -> JsonObject:
    """Return an emoji in the format of Discord's API. A server's own emoji is given as `name:id`."""
    name, _, key = emoji.partition(":")
    return {"id": key or None, "name": name}


def _reaction(emoji: str, users: list[User]) -> JsonObject:
    me = any(user.bot for user in users)  # no other bot is here
    counts = {"count": len(users), "count_details": {"burst": 0, "normal": len(users)}}
    return counts | {"emoji": emoji_json(emoji), "me": me, "me_burst": False, "burst_colors": []}


class History:
    """The messages of a channel in order of id. Iterates from the oldest."""

    def __init__(self) -> None:
        self._by_id: dict[int, Message] = {}
        self._ids: list[int] = []

    def __iter__(self) -> Iterator[Message]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def last_id(self) -> int | None:
        """The id of the newest message; None if there is none."""
        return self._ids[-1] if self._ids else None

    def get(self, message_id: int) -> Message | None:
        """Return the message with this id; None if there is none or it was deleted."""
        return self._by_id.get(message_id)

    def add(self, message: Message) -> None:
        """Append a message, which must be newer than all others."""
        self._by_id[message.id] = message
        self._ids.append(message.id)

    def drop(self, message: Message) -> None:
        """Remove a message, which must be in the history."""
        del self._by_id[message.id]
        del self._ids[bisect_left(self._ids, message.id)]

    def page(
        self, limit: int, *, before: int | None = None, after: int | None = None, around: int | None = None
    ) -> list[Message]:
        """Return up to `limit` messages, newest first, selected in the same way as by Discord.

        Without an id, these are the newest messages. With an id, they are the newest messages `before` that id, the
        oldest `after` it, or the messages `around` it, including the message itself.
        """
        if around is not None:
            end = min(len(self._ids), bisect_left(self._ids, around) + limit // 2 + 1)
            start = max(0, end - limit)
        elif after is not None:
            start = bisect_right(self._ids, after)
            end = start + limit
        else:
            end = len(self._ids) if before is None else bisect_left(self._ids, before)
            start = max(0, end - limit)
        return [self._by_id[key] for key in reversed(self._ids[start:end])]
