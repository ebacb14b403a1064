"""Threads: what is talked about beside a channel, until nobody does any more.

From discord/discord-api-docs, topics/threads, read 6 August 2026.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.rehearsal.standin.channel import Channel
from bot.rehearsal.standin.member import Member
from bot.rehearsal.standin.message import Kind, Message
from bot.rehearsal.standin.permissions import Permission
from bot.rehearsal.standin.place import PRIVATE_THREAD
from bot.rehearsal.standin.wire import Json

DURATIONS = (60, 1440, 4320, 10080)  # minutes


@dataclass(eq=False, slots=True)
class Thread(Channel):
    """A thread of a channel. Its permissions are the channel's, but for the one to write."""

    parent: Channel = field(kw_only=True)
    owner_id: int = field(kw_only=True)
    created: datetime = field(kw_only=True)
    duration: int = field(default=1440, kw_only=True)  # minutes without activity until it archives itself
    archived: bool = field(default=False, kw_only=True)
    locked: bool = field(default=False, kw_only=True)
    active_at: datetime = field(init=False)
    turned_at: datetime = field(init=False)  # when it was last made, archived or opened
    joined: dict[int, datetime] = field(default_factory=dict, kw_only=True)  # by user: since when
    total: int = field(default=0, kw_only=True)  # messages sent, also those that were deleted
    starters: int = field(default=0, kw_only=True)  # messages that are, or only show, what it was started from

    def __post_init__(self) -> None:
        self.active_at = self.turned_at = self.created

    @property
    def sending(self) -> int:
        """The permission that it takes to write here."""
        return Permission.SEND_MESSAGES_IN_THREADS

    def permissions(self, member: Member) -> int:
        """Return what the member may do here, as bits; nothing in a private thread they are not in."""
        granted = self.parent.permissions(member)
        if self.type == PRIVATE_THREAD and member.id not in self.joined and not granted & Permission.MANAGE_THREADS:
            return 0
        return granted

    def settle(self) -> None:
        """Archive the thread if nobody has written for as long as it lasts."""
        ends = self.active_at + timedelta(minutes=self.duration)
        if not self.archived and self.wire.now() >= ends:
            self.archived, self.turned_at = True, ends
            self.updated()

    def archive(self, *, locked: bool = False) -> None:
        """Archive the thread, and with `locked` let only who manages threads open it again."""
        self.archived, self.locked, self.turned_at = True, locked, self.wire.now()
        self.updated()

    def unarchive(self) -> None:
        """Open the thread again, locked as it may be."""
        self.archived = False
        self.active_at = self.turned_at = self.wire.now()
        self.updated()

    def post(self, message: Message) -> Message:
        """Put a message here, which opens an archived thread and lets its author join; return it."""
        if self.archived:
            self.unarchive()
        self.join(message.author.id)
        self.active_at = self.wire.now()
        if message.kind is Kind.THREAD_STARTER:
            self.starters += 1
        else:
            self.total += 1
        return Channel.post(self, message)

    def begin(self, message: Message) -> None:
        """Put the message here that a forum's post consists of, which counts for none."""
        self.starters += 1
        Channel.post(self, message)

    def join(self, user_id: int) -> None:
        """Let somebody be in the thread; the bot hears of a private one only then."""
        if user_id not in self.joined:
            self.joined[user_id] = self.wire.now()
            if user_id == self.guild.bot_id and self.type == PRIVATE_THREAD:
                self.wire.emit("THREAD_CREATE", self.guild_id, self.json(), hidden=self._hidden)
            self._tell_members({"added_members": [self._member(user_id)]})

    def leave(self, user_id: int) -> None:
        """Let somebody be no longer in the thread."""
        if self.joined.pop(user_id, None) is not None:
            self._tell_members({"removed_member_ids": [str(user_id)]})

    def _tell_members(self, change: Json) -> None:
        whose = {"id": str(self.id), "guild_id": str(self.guild_id), "member_count": len(self.joined)}
        self.wire.emit("THREAD_MEMBERS_UPDATE", self.guild_id, whose | change, hidden=self._hidden)

    def member_json(self, user_id: int) -> Json | None:
        """Return what the API shows of somebody in the thread, None of somebody who is not."""
        return self._member(user_id) if user_id in self.joined else None

    def _member(self, user_id: int) -> Json:
        since = self.joined[user_id].isoformat()
        return {"id": str(self.id), "user_id": str(user_id), "join_timestamp": since, "flags": 0}

    def updated(self) -> None:
        """Tell whoever listens that the thread itself changed."""
        self.wire.emit("THREAD_UPDATE", self.guild_id, self.json(), hidden=self._hidden)

    def delete(self) -> None:
        """Remove the thread from its server."""
        del self.guild.threads[self.id]
        del self.guild.places[self.id]
        body = {"id": str(self.id), "guild_id": str(self.guild_id), "parent_id": str(self.parent.id), "type": self.type}
        self.wire.emit("THREAD_DELETE", self.guild_id, body, hidden=self._hidden)

    def json(self) -> Json:
        """Return the thread as the API shows it to the bot."""
        me = self.member_json(self.guild.bot_id)
        return {
            "id": str(self.id),
            "type": self.type,
            "guild_id": str(self.guild_id),
            "parent_id": str(self.parent.id),
            "owner_id": str(self.owner_id),
            "name": self.name,
            "last_message_id": None if self.messages.last_id is None else str(self.messages.last_id),
            "last_pin_timestamp": self.last_pin,
            "message_count": len(self.messages) - self.starters,
            "total_message_sent": self.total,
            "member_count": min(len(self.joined), 50),
            "rate_limit_per_user": self.slow_mode,
            "flags": 0,
            "thread_metadata": {
                "archived": self.archived,
                "auto_archive_duration": self.duration,
                "archive_timestamp": self.turned_at.isoformat(),
                "locked": self.locked,
                "create_timestamp": self.created.isoformat(),
                **({"invitable": True} if self.type == PRIVATE_THREAD else {}),
            },
        } | ({} if me is None else {"member": me})
