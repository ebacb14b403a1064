"""Messages, as they are kept and as the API shows them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, IntFlag

from bot.rehearsal.standin.people import User
from bot.rehearsal.standin.wire import Json


class Flag(IntFlag):
    """The message flags that are more than decoration; Discord's names and bits."""

    CROSSPOSTED = 1 << 0
    IS_CROSSPOST = 1 << 1
    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_COMPONENTS_V2 = 1 << 15


class Kind(IntEnum):
    """What a message is; Discord's numbers."""

    DEFAULT = 0
    PINNED = 6
    THREAD_CREATED = 18
    REPLY = 19
    COMMAND = 20
    THREAD_STARTER = 21

    @property
    def by_somebody(self) -> bool:
        """Whether somebody wrote it, rather than Discord itself."""
        return self in (Kind.DEFAULT, Kind.REPLY, Kind.COMMAND)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message, with its bytes and the address where the stand-in serves it."""

    id: int
    filename: str
    content_type: str
    content: bytes = field(repr=False)
    url: str
    description: str | None = None

    def json(self) -> Json:
        """Return the attachment as the API shows it; `size` is in bytes."""
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
    """A message as it is now; an edit changes it in place."""

    id: int
    channel_id: int
    guild_id: int
    author: User
    timestamp: datetime
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    nonce: str | int | None = None
    edited: datetime | None = None
    kind: Kind = Kind.DEFAULT
    pinned: bool = False
    gone: bool = False  # deleted; only those that refer to it still know it
    reference: Json | None = None  # to a message or thread, as the API shows it
    referenced: "Message | None" = None
    thread: Callable[[], Json] | None = None  # the one that was started from it
    webhook_id: int | None = None  # set when it is a copy of what another channel published
    copies: "list[Message]" = field(default_factory=list, repr=False)  # in the channels that follow its own
    mentions: list[User] = field(default_factory=list)
    mention_everyone: bool = False
    mention_roles: list[int] = field(default_factory=list)
    # What a message that answers an interaction says of it; both None for any other.
    application_id: int | None = None
    interaction: Json | None = None

    @property
    def ephemeral(self) -> bool:
        """Whether only one member sees it; it is then in no channel's history."""
        return bool(self.flags & Flag.EPHEMERAL)

    def json(self) -> Json:
        """Return the message as history shows it: without its nonce, which only its sender is told, and only once."""
        shown = self.json_alone()
        if self.referenced is not None:
            shown["referenced_message"] = None if self.referenced.gone else self.referenced.json_alone()
        if self.thread is not None:
            shown["thread"] = self.thread()
        return shown

    def json_alone(self) -> Json:
        """Return the message without those that it refers to or that hang on it."""
        shown: Json = {
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
        if self.reference is not None:
            shown["message_reference"] = self.reference
        if self.webhook_id is not None:
            shown["webhook_id"] = str(self.webhook_id)
        if self.interaction is not None:
            shown |= {
                "type": int(Kind.COMMAND),
                "application_id": str(self.application_id),
                "webhook_id": str(self.application_id),
                "interaction_metadata": self.interaction,
            }
        return shown
