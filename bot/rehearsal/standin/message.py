"""Messages, as they are kept and as the API shows them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntFlag

from bot.rehearsal.standin.people import User
from bot.rehearsal.standin.wire import Json


class Flag(IntFlag):
    """The message flags that are more than decoration; Discord's names and bits."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_COMPONENTS_V2 = 1 << 15


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message, with its bytes and the address where the stand-in serves it."""

    id: int
    filename: str
    content_type: str
    content: bytes = field(repr=False)
    url: str

    def json(self) -> Json:
        """Return the attachment as the API shows it; `size` is in bytes."""
        return {
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
        shown: Json = {
            "id": str(self.id),
            "type": 0,
            "channel_id": str(self.channel_id),
            "author": self.author.json(),
            "content": self.content,
            "timestamp": self.timestamp.isoformat(),
            "edited_timestamp": self.edited.isoformat() if self.edited else None,
            "tts": False,
            "mention_everyone": self.mention_everyone,
            "mentions": [],
            "mention_roles": [str(role) for role in self.mention_roles],
            "attachments": [attachment.json() for attachment in self.attachments],
            "embeds": self.embeds,
            "components": self.components,
            "pinned": False,
            "flags": self.flags,
        }
        if self.interaction is not None:
            shown |= {
                "type": 20,
                "application_id": str(self.application_id),
                "webhook_id": str(self.application_id),
                "interaction_metadata": self.interaction,
            }
        return shown
