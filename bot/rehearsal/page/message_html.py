"""Converts messages for the page: texts become HTML, and files get the page's own URLs."""

import re
import struct
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.rehearsal.page.markdown import Markdown
from bot.rehearsal.page.viewer import channels_and_threads
from bot.rehearsal.standin.guild import Guild
from bot.rehearsal.standin.message import Attachment, Flag, Message
from bot.rehearsal.standin.wire import JsonObject

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})

_USER_MENTION = re.compile(r"<@!?(\d{1,20})>")

_MOST_SNIPPET = 200

_PNG = b"\x89PNG\r\n\x1a\n"


class MessageViews:
    """A converter of one server's messages to JSON for the page.

    Args:
        guild: the server.
        when: returns the news time of a message by its id, or None.

    """

    def __init__(self, guild: Guild, when: Callable[[int], datetime | None]) -> None:
        self._guild = guild
        self._when = when
        self._markdown = Markdown(GuildNames(guild))

    def message(self, message: Message, answered: Message | None = None) -> JsonObject:
        """Return a message as JSON for the page. `answered` is the message to which it replies."""
        raw = message.json()
        flags = raw["flags"]
        at = self._when(message.id) or message.timestamp
        return {
            "id": raw["id"],
            "channel": raw["channel_id"],
            "type": raw["type"],
            "at": _iso(at),
            "author": {"id": raw["author"]["id"], "name": message.author.name, "bot": message.author.bot},
            "text": message.content,
            "html": self._markdown.blocks(message.content),
            "embeds": [] if flags & Flag.SUPPRESS_EMBEDS else [self._embed(embed) for embed in message.embeds],
            "files": [self._file(attachment) for attachment in _files_beside_embeds(message)],
            "components": raw["components"],
            "reactions": [
                {"emoji": emoji, "users": [str(user.id) for user in users]}
                for emoji, users in message.reactions.items()
            ],
            "edited": _iso(message.edited) if message.edited else None,
            "private": bool(flags & Flag.EPHEMERAL),
            "thinking": bool(flags & Flag.LOADING),
            "pinned": bool(raw.get("pinned")),
            "everyone": message.mention_everyone,
            "roles": raw["mention_roles"],
            "users": [one["id"] for one in raw["mentions"]] + self._mentioned(message),
            "used": _interaction_of(message),
            "reply": self.snippet(answered) if answered else None,
            "thread": self._thread(message),
        }

    def _thread(self, message: Message) -> JsonObject | None:
        """Return the thread started from a message, with the thread's newest message; None if there is no thread."""
        thread = self._guild.threads.get(message.id)
        if thread is None:
            return None
        count, newest = thread.json()["message_count"], thread.messages.page(1)
        return {
            "id": str(thread.id),
            "name": thread.name,
            "count": count,
            "newest": self.snippet(newest[0]) if newest and count else None,
        }

    def snippet(self, message: Message) -> JsonObject:
        """Return the short preview of a message that the page shows above a reply."""
        first = message.content.split("\n")[0]
        text = first[:_MOST_SNIPPET] or ("Click to see attachment" if message.attachments or message.embeds else "")
        return {
            "id": str(message.id),
            "author": {"id": str(message.author.id), "name": message.author.name, "bot": message.author.bot},
            "html": self._markdown.line(text),
        }

    def _mentioned(self, message: Message) -> list[str]:
        """Return the ids of the people whom a person's message mentions. For the bot's messages, the list is empty."""
        return [] if message.author.bot else _USER_MENTION.findall(message.content)

    def _embed(self, embed: Mapping[str, Any]) -> JsonObject:
        line, blocks = self._markdown.line, self._markdown.blocks
        author, footer = embed.get("author") or {}, embed.get("footer") or {}
        colour = embed.get("color")
        return {
            "colour": f"#{int(colour) & 0xFFFFFF:06x}" if colour is not None else None,
            "author": author.get("name"),
            "title": line(embed["title"]) if embed.get("title") else None,
            "url": _web(embed.get("url")),
            "html": blocks(embed["description"]) if embed.get("description") else None,
            "fields": [
                {
                    "name": line(field["name"]),
                    "html": blocks(field["value"]),
                    "inline": bool(field.get("inline")),
                }
                for field in embed.get("fields") or ()
            ],
            "footer": footer.get("text"),
            "at": embed.get("timestamp"),
            "image": self._picture(embed.get("image")),
            "thumbnail": self._picture(embed.get("thumbnail")),
        }

    def _file(self, attachment: Attachment) -> JsonObject:
        picture = attachment.content_type in PICTURES
        return {
            "name": attachment.filename,
            "description": attachment.description or attachment.filename,
            "size": len(attachment.content),
            "url": own_address(attachment.url),
            "picture": picture,
            "pixels": _pixels(attachment.content) if picture else None,
        }

    def _picture(self, part: Mapping[str, Any] | None) -> JsonObject | None:
        url = (part or {}).get("url")
        if not isinstance(url, str):
            return None
        own = own_address(url)
        # Pictures elsewhere are not fetched, since a rehearsal needs no network. The page says that there is one.
        return {"url": own} if own else {"elsewhere": _web(url)}


class GuildNames:
    """The names of one server's people, roles and channels, for mentions."""

    def __init__(self, guild: Guild) -> None:
        self._guild = guild

    def user(self, key: int) -> str | None:
        """Return a member's name, or None."""
        member = self._guild.members.get(key)
        return member.name if member else None

    def role(self, key: int) -> str | None:
        """Return a role's name, or None."""
        role = self._guild.roles.get(key)
        return role.name if role else None

    def channel(self, key: int) -> str | None:
        """Return a channel's name, or None."""
        channel = channels_and_threads(self._guild).get(key)
        return channel.name if channel else None


def _files_beside_embeds(message: Message) -> list[Attachment]:
    """Return the files of a message that none of its embeds shows."""
    parts = (embed.get(part) or {} for embed in message.embeds for part in ("image", "thumbnail"))
    inside = {part.get("url") for part in parts}
    return [attachment for attachment in message.attachments if attachment.url not in inside]


def own_address(url: str) -> str | None:
    """Return the page's URL for a file of the simulated Discord; None for any other URL."""
    found = re.search(r"^http://127\.0\.0\.1:\d+/attachments/\d+/(\d+)/", url)
    return f"files/{found[1]}" if found else None


def _web(url: object) -> str | None:
    return url if isinstance(url, str) and url.lower().startswith(("https://", "http://")) else None


def _interaction_of(message: Message) -> JsonObject | None:
    """Return who used which command or button, if `message` is the bot's response to that; None for other messages."""
    about = message.interaction
    if not about:
        return None
    who = {"id": about["user"]["id"], "name": about["user"]["username"]}
    name = message.command or None
    # Slash commands have no capital letters; a command of a message's menu is shown without a slash.
    plain = name is not None and name != name.lower()
    return {"who": who, "command": name, "plain": plain, "message": about.get("interacted_message_id")}


def _pixels(content: bytes) -> list[int] | None:
    """Return the width and height of a PNG, so that the page can reserve space; None for other files."""
    if content.startswith(_PNG) and len(content) >= 24:
        return list(struct.unpack(">II", content[16:24]))
    return None


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
