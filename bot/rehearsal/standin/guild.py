"""A simulated server with its roles, members, channels, threads and scheduled events.

Threads and scheduled events work as described in discord/discord-api-docs, topics/threads and
resources/guild-scheduled-event, read 6 August 2026.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TypeVar

from bot.errors import BadInputError
from bot.rehearsal.standin.destination import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_THREAD,
    FORUM,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Destination,
)
from bot.rehearsal.standin.message import Flag, Message, MessageKind, User
from bot.rehearsal.standin.permissions import (
    ALL,
    EVERYONE,
    INVITED,
    OWN_INSTALLATION,
    Overwrite,
    Permission,
    bit,
    in_channel,
    in_guild,
)
from bot.rehearsal.standin.wire import JsonObject, Wire

ROLE, MEMBER = 0, 1  # the two kinds of overwrite

# The API's fields of a forum besides those of every channel.
_FORUM: JsonObject = {
    "available_tags": [],
    "default_reaction_emoji": None,
    "default_sort_order": None,
    "default_forum_layout": 0,
}

EXTERNAL = 3  # the kind outside of voice channels

# Fields of a server that are never set here.
_UNSET = (
    "icon",
    "home_header",
    "widget_channel_id",
    "safety_alerts_channel_id",
    "max_presences",
    "incidents_data",
    "splash",
    "discovery_splash",
    "description",
    "banner",
    "afk_channel_id",
    "application_id",
    "system_channel_id",
    "rules_channel_id",
    "public_updates_channel_id",
    "vanity_url_code",
)


@dataclass(eq=False, slots=True)
class GuildRole:
    """A role in a server. The role whose id is the server's id is @everyone."""

    id: int
    name: str
    permissions: int
    position: int
    bot_id: int | None = None  # the bot that Discord made this role for
    mentionable: bool = False

    def json(self) -> JsonObject:
        """Return the role in the format of Discord's API."""
        return {
            "id": str(self.id),
            "name": self.name,
            "permissions": str(int(self.permissions)),
            "position": self.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "icon": None,
            "unicode_emoji": None,
            "managed": self.bot_id is not None,
            "mentionable": self.mentionable,
            "flags": 0,
        } | ({} if self.bot_id is None else {"tags": {"bot_id": str(self.bot_id)}})


@dataclass(eq=False, slots=True)
class Member:
    """A user's membership in a server, with their roles."""

    user: User
    guild: "Guild" = field(repr=False)
    roles: list[GuildRole]
    joined_at: datetime

    @property
    def id(self) -> int:
        """The user's id."""
        return self.user.id

    @property
    def name(self) -> str:
        """The user's name."""
        return self.user.name

    @property
    def permissions(self) -> int:
        """The member's permissions in the server as bits, before channel overwrites. The owner has all permissions."""
        if self.guild.owner_id == self.id:
            return ALL
        return in_guild(role.permissions for role in (self.guild.everyone, *self.roles))

    def give(self, role: GuildRole) -> None:
        """Give the member a role. Does nothing if they already have it."""
        if role not in self.roles:
            self.roles.append(role)
            self._changed()

    def take(self, role: GuildRole) -> None:
        """Remove a role from the member, if they have it."""
        if role in self.roles:
            self.roles.remove(role)
            self._changed()

    def _changed(self) -> None:
        self.guild.wire.emit("GUILD_MEMBER_UPDATE", self.guild.id, self.json() | {"guild_id": str(self.guild.id)})

    def json(self) -> JsonObject:
        """Return the member in the format of Discord's API, including the user."""
        return {"user": self.user.json(), **self.json_beside_user()}

    def json_beside_user(self) -> JsonObject:
        """Return the member without the user, as in a message event."""
        return {
            "nick": None,
            "avatar": None,
            "banner": None,
            "roles": [str(role.id) for role in self.roles],
            "joined_at": self.joined_at.isoformat(),
            "premium_since": None,
            "communication_disabled_until": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }


@dataclass(eq=False, slots=True)
class Channel(Destination):
    """A channel of a server."""

    guild: "Guild" = field(repr=False)
    name: str
    topic: str | None
    position: int
    type: int = TEXT
    slow_mode: int = 0  # seconds; Discord exempts bots
    overwrites: dict[int, tuple[int, Overwrite]] = field(default_factory=dict)  # by role or member: kind, bits
    followers: list["Channel"] = field(default_factory=list, repr=False)  # get copies of what it publishes

    @property
    def kind(self) -> int:
        """Discord's number for the channel's type."""
        return self.type

    @property
    def wire(self) -> Wire:
        """The event bus on which the channel's events are emitted."""
        return self.guild.wire

    @property
    def guild_id(self) -> int:
        """The server's id."""
        return self.guild.id

    def user(self, user_id: int) -> User | None:
        """Return the user with this id if they are a member of the server, else None."""
        member = self.guild.members.get(user_id)
        return member.user if member else None

    def may_mention(self, role_id: int) -> bool:
        """Return True if the bot may mention the role.

        The role must be mentionable, or the bot must be allowed to mention everyone.
        """
        role = self.guild.roles.get(role_id)
        may_all = bool(self.bot_permissions & Permission.MENTION_EVERYONE)
        return role is not None and (role.mentionable or may_all)

    def membership(self, user_id: int) -> JsonObject:
        """Return the author's membership in the server, for a message event; empty if they are not a member."""
        member = self.guild.members.get(user_id)
        return {"member": member.json_beside_user()} if member else {}

    @property
    def bot_permissions(self) -> int:
        """The bot's permissions in the channel, as bits.

        If the bot is not in the server, these are the permissions of a personal installation.
        """
        return self.permissions(self.guild.me) if self.guild.bot_id else int(OWN_INSTALLATION)

    def json(self) -> JsonObject:
        """Return the channel in the format of Discord's API."""
        return {
            "id": str(self.id),
            "type": self.type,
            "guild_id": str(self.guild.id),
            "name": self.name,
            "topic": self.topic,
            "position": self.position,
            "nsfw": False,
            "rate_limit_per_user": self.slow_mode,
            "parent_id": None,
            "last_message_id": None if self.messages.last_id is None else str(self.messages.last_id),
            "last_pin_timestamp": self.last_pin,
            "flags": 0,
            "permission_overwrites": [
                {"id": str(target), "type": kind, "allow": str(bits.allow), "deny": str(bits.deny)}
                for target, (kind, bits) in self.overwrites.items()
            ],
        } | (_FORUM if self.type == FORUM else {})

    def permissions(self, member: Member) -> int:
        """Return a member's permissions in the channel as bits, after the channel's overwrites."""
        if not self.overwrites or self.guild.owner_id == member.id:
            return member.permissions

        def overwrite(target: int) -> Overwrite:
            return self.overwrites[target][1] if target in self.overwrites else Overwrite()

        roles = [overwrite(role.id) for role in member.roles]
        return in_channel(member.permissions, overwrite(self.guild.id), roles, overwrite(member.id))

    def forbid(self, *names: str, to: Member | GuildRole | None = None) -> None:
        """Deny permissions to the member or role `to`; by default to the bot. Names are as in `Permission`."""
        self._overwrite(names, to or self.guild.me, deny=True)

    def allow(self, *names: str, to: Member | GuildRole | None = None) -> None:
        """Allow permissions to the member or role `to`; by default to the bot. Names are as in `Permission`."""
        self._overwrite(names, to or self.guild.me, deny=False)

    def _overwrite(self, names: Iterable[str], to: Member | GuildRole, *, deny: bool) -> None:
        kind = ROLE if isinstance(to, GuildRole) else MEMBER
        _, overwrite = self.overwrites.setdefault(to.id, (kind, Overwrite()))
        for permission in map(bit, names):
            if deny:
                overwrite.deny |= permission
                overwrite.allow &= ~permission
            else:
                overwrite.allow |= permission
                overwrite.deny &= ~permission
        self.updated()

    def updated(self) -> None:
        """Emit an event that the channel changed."""
        self.wire.emit("CHANNEL_UPDATE", self.guild.id, self.json())

    def say(self, member: Member, content: str) -> Message:
        """Post a plain message by a member. Returns the message."""
        return self.write(member.user, content)

    def follow(self, target: "Channel") -> None:
        """Make `target` follow this announcement channel: messages published in the future are copied to it."""
        self.followers.append(target)

    def delete(self) -> None:
        """Delete the channel and its threads."""
        for thread in [one for one in self.guild.threads.values() if one.parent is self]:
            thread.delete()
        del self.guild.channels[self.id]
        del self.guild.destinations[self.id]
        self.wire.emit("CHANNEL_DELETE", self.guild.id, self.json())


@dataclass(eq=False, slots=True)
class Thread(Channel):
    """A thread in a channel. Its permissions are the channel's, except for writing."""

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
    starters: int = field(default=0, kw_only=True)  # messages that are its first message or show it

    def __post_init__(self) -> None:
        self.active_at = self.turned_at = self.created

    @property
    def sending(self) -> int:
        """The permission that is needed to write in the thread, as a bit."""
        return Permission.SEND_MESSAGES_IN_THREADS

    def permissions(self, member: Member) -> int:
        """Return a member's permissions in the thread, as bits. In a private thread, non-members have none."""
        granted = self.parent.permissions(member)
        if self.type == PRIVATE_THREAD and member.id not in self.joined and not granted & Permission.MANAGE_THREADS:
            return 0
        return granted

    def settle(self) -> None:
        """Archive the thread if nobody wrote in it for its archive duration."""
        ends = self.active_at + timedelta(minutes=self.duration)
        if not self.archived and self.wire.now() >= ends:
            self.archived, self.turned_at = True, ends
            self.updated()

    def archive(self, *, locked: bool = False) -> None:
        """Archive the thread. With `locked`, only people who may manage threads can reopen it."""
        self.archived, self.locked, self.turned_at = True, locked, self.wire.now()
        self.updated()

    def unarchive(self) -> None:
        """Reopen the thread. A locked thread stays locked."""
        self.archived = False
        self.active_at = self.turned_at = self.wire.now()
        self.updated()

    def post(self, message: Message) -> Message:
        """Post a message, reopen the thread if it is archived, and add the author to the thread.

        Returns the message.
        """
        if self.archived:
            self.unarchive()
        self.join(message.author.id)
        self.active_at = self.wire.now()
        if message.kind is MessageKind.THREAD_STARTER:
            self.starters += 1
        else:
            self.total += 1
        return Channel.post(self, message)

    def begin(self, message: Message) -> None:
        """Post the first message of a forum post. Discord excludes this message from the thread's message count."""
        self.starters += 1
        Channel.post(self, message)

    def join(self, user_id: int) -> None:
        """Add somebody to the thread. The bot gets events about a private thread only after it was added."""
        if user_id not in self.joined:
            self.joined[user_id] = self.wire.now()
            if user_id == self.guild.bot_id and self.type == PRIVATE_THREAD:
                self.wire.emit("THREAD_CREATE", self.guild_id, self.json(), hidden=self._hidden)
            self._tell_members({"added_members": [self._member(user_id)]})

    def leave(self, user_id: int) -> None:
        """Remove somebody from the thread."""
        if self.joined.pop(user_id, None) is not None:
            self._tell_members({"removed_member_ids": [str(user_id)]})

    def _tell_members(self, change: JsonObject) -> None:
        whose = {"id": str(self.id), "guild_id": str(self.guild_id), "member_count": len(self.joined)}
        self.wire.emit("THREAD_MEMBERS_UPDATE", self.guild_id, whose | change, hidden=self._hidden)

    def member_json(self, user_id: int) -> JsonObject | None:
        """Return a thread member in the format of Discord's API; None if the user is not in the thread."""
        return self._member(user_id) if user_id in self.joined else None

    def _member(self, user_id: int) -> JsonObject:
        since = self.joined[user_id].isoformat()
        return {"id": str(self.id), "user_id": str(user_id), "join_timestamp": since, "flags": 0}

    def updated(self) -> None:
        """Emit an event that the thread changed."""
        self.wire.emit("THREAD_UPDATE", self.guild_id, self.json(), hidden=self._hidden)

    def delete(self) -> None:
        """Delete the thread."""
        del self.guild.threads[self.id]
        del self.guild.destinations[self.id]
        body = {"id": str(self.id), "guild_id": str(self.guild_id), "parent_id": str(self.parent.id), "type": self.type}
        self.wire.emit("THREAD_DELETE", self.guild_id, body, hidden=self._hidden)

    def json(self) -> JsonObject:
        """Return the thread in the format of Discord's API, as the bot gets it."""
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


class ScheduledEventStatus(IntEnum):
    """The status of a scheduled event, with Discord's numbers."""

    SCHEDULED = 1
    ACTIVE = 2
    COMPLETED = 3
    CANCELED = 4

    @property
    def over(self) -> bool:
        """True if the event can no longer be changed."""
        return self in (ScheduledEventStatus.COMPLETED, ScheduledEventStatus.CANCELED)

    def may_become(self, status: "ScheduledEventStatus") -> bool:
        """Return True if Discord allows an event with this status to change to `status`."""
        return (self, status) in {
            (ScheduledEventStatus.SCHEDULED, ScheduledEventStatus.ACTIVE),
            (ScheduledEventStatus.SCHEDULED, ScheduledEventStatus.CANCELED),
            (ScheduledEventStatus.ACTIVE, ScheduledEventStatus.COMPLETED),
        }


@dataclass(eq=False, slots=True)
class ScheduledEvent:
    """A scheduled event in a server."""

    id: int
    guild_id: int
    creator: User
    name: str
    starts: datetime
    ends: datetime
    location: str
    description: str | None = None
    status: ScheduledEventStatus = ScheduledEventStatus.SCHEDULED

    def json(self) -> JsonObject:
        """Return the event in the format of Discord's API."""
        return {
            "id": str(self.id),
            "guild_id": str(self.guild_id),
            "channel_id": None,
            "creator_id": str(self.creator.id),
            "creator": self.creator.json(),
            "name": self.name,
            "description": self.description,
            "scheduled_start_time": self.starts.isoformat(),
            "scheduled_end_time": self.ends.isoformat(),
            "privacy_level": 2,
            "status": int(self.status),
            "entity_type": EXTERNAL,
            "entity_id": None,
            "entity_metadata": {"location": self.location},
            "user_count": 0,
            "image": None,
            "recurrence_rule": None,
            "guild_scheduled_event_exceptions": [],
        }


@dataclass(eq=False, slots=True)
class Guild:
    """A simulated server, usually with the bot as a member."""

    id: int
    name: str
    wire: Wire = field(repr=False)
    joined_at: datetime
    owner_id: int = 0  # 0 until a member is added as the owner
    roles: dict[int, GuildRole] = field(default_factory=dict, repr=False)
    members: dict[int, Member] = field(default_factory=dict, repr=False)
    channels: dict[int, Channel] = field(default_factory=dict, repr=False)
    threads: dict[int, Thread] = field(default_factory=dict, repr=False)  # also archived ones
    events: dict[int, ScheduledEvent] = field(default_factory=dict, repr=False)
    bot_id: int = 0
    # All channels, threads and direct channels by id, shared by all servers of a world.
    destinations: dict[int, Destination] = field(default_factory=dict, repr=False)

    @property
    def everyone(self) -> GuildRole:
        """The role that every member has."""
        return self.roles[self.id]

    @property
    def me(self) -> Member:
        """The bot as a member."""
        return self.members[self.bot_id]

    def admit_bot(self, bot: User) -> None:
        """Add the bot, its role and the role @everyone. This must be called before anyone else is added."""
        self.bot_id = bot.id
        self.roles[self.id] = GuildRole(self.id, "@everyone", EVERYONE, 0)
        own = GuildRole(self.wire.new_id(), bot.name, INVITED, 1, bot_id=bot.id)
        self.roles[own.id] = own
        self.members[bot.id] = Member(bot, self, [own], self.joined_at)

    def add_role(self, name: str, permissions: int = 0) -> GuildRole:
        """Add a role above the existing roles, with these permission bits. Returns the role."""
        role = GuildRole(self.wire.new_id(), name, permissions, len(self.roles))
        self.roles[role.id] = role
        self.wire.emit("GUILD_ROLE_CREATE", self.id, {"guild_id": str(self.id), "role": role.json()})
        return role

    def grant(self, *names: str) -> None:
        """Give permissions to the bot's role, as a new invitation would. Names are as in `Permission`."""
        role = next(role for role in self.me.roles if role.bot_id == self.bot_id)
        for name in names:
            role.permissions |= bit(name)
        self.wire.emit("GUILD_ROLE_UPDATE", self.id, {"guild_id": str(self.id), "role": role.json()})

    def add_channel(
        self, name: str, topic: str | None = None, *, announcement: bool = False, forum: bool = False
    ) -> Channel:
        """Add a text channel, announcement channel or forum below the existing channels. Returns the channel."""
        kind = ANNOUNCEMENT if announcement else FORUM if forum else TEXT
        channel = Channel(self.wire.new_id(), self, name, topic, len(self.channels), kind)
        self.channels[channel.id] = self.destinations[channel.id] = channel
        self.wire.emit("CHANNEL_CREATE", self.id, channel.json())
        return channel

    def start_thread(
        self,
        parent: Channel,
        name: str,
        owner: User,
        *,
        source: Message | None = None,
        private: bool = False,
        duration: int = 1440,
    ) -> Thread:
        """Start a thread in a channel. Returns the thread.

        With `source`, the thread is started from that message and has the same id. A public thread without `source` is
        announced in the channel.
        """
        kind = PRIVATE_THREAD if private else ANNOUNCEMENT_THREAD if parent.type == ANNOUNCEMENT else PUBLIC_THREAD
        thread = Thread(
            source.id if source else self.wire.new_id(),
            self,
            name,
            None,
            0,
            kind,
            parent=parent,
            owner_id=owner.id,
            created=self.wire.now(),
            duration=duration,
            joined={owner.id: self.wire.now()},
        )
        self.threads[thread.id] = self.destinations[thread.id] = thread
        hidden = not thread.bot_permissions & Permission.VIEW_CHANNEL
        self.wire.emit("THREAD_CREATE", self.id, thread.json() | {"newly_created": True}, hidden=hidden)
        if source is not None:
            source.flags |= Flag.HAS_THREAD
            source.thread = thread.json
            parent.changed(source)
            thread.write(owner, "", MessageKind.THREAD_STARTER, parent.pointing_to(source), source)
        elif not private and parent.type != FORUM:
            about = {"type": 0, "channel_id": str(thread.id), "guild_id": str(self.id)}
            parent.write(owner, name, MessageKind.THREAD_CREATED, about)
        return thread

    def start_post(self, forum: Channel, name: str, owner: User, content: str) -> Thread:
        """Start a post in a forum. Returns the new thread, whose first message has the thread's id."""
        thread = self.start_thread(forum, name, owner)
        thread.begin(Message(thread.id, thread.id, self.id, owner, self.wire.now(), content))
        return thread

    def active_threads(self) -> list[Thread]:
        """Return the active threads, newest first."""
        for thread in self.threads.values():
            thread.settle()
        return [thread for thread in reversed(self.threads.values()) if not thread.archived]

    def add_member(self, name: str, roles: Sequence[GuildRole] = (), owner: bool = False) -> Member:
        """Add a person with these roles. With `owner`, they have all permissions. Returns the member."""
        member = Member(User(self.wire.new_id(), name), self, list(roles), self.wire.now())
        self.members[member.id] = member
        self.wire.emit("GUILD_MEMBER_ADD", self.id, member.json() | {"guild_id": str(self.id)})
        if owner:
            self.owner_id = member.id
            self.wire.emit("GUILD_UPDATE", self.id, self.json())
        return member

    def remove_member(self, member: Member) -> None:
        """Remove a member."""
        del self.members[member.id]
        body = {"guild_id": str(self.id), "user": member.user.json()}
        self.wire.emit("GUILD_MEMBER_REMOVE", self.id, body)

    def channel(self, name: str) -> Channel:
        """Return the channel with this name.

        Raises:
            BadInputError: there is no such channel.

        """
        return _by_name(self.channels.values(), name, "channel", self)

    def role(self, name: str) -> GuildRole:
        """Return the role with this name.

        Raises:
            BadInputError: there is no such role.

        """
        return _by_name(self.roles.values(), name, "role", self)

    def member(self, name: str) -> Member:
        """Return the member with this name.

        Raises:
            BadInputError: there is no such member.

        """
        return _by_name(self.members.values(), name, "member", self)

    def json(self) -> JsonObject:
        """Return the server without channels and members, in the format of Discord's update events."""
        return {
            "id": str(self.id),
            "name": self.name,
            "owner_id": str(self.owner_id),
            "roles": [role.json() for role in self.roles.values()],
            "preferred_locale": "en-US",
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "nsfw": False,
            "region": "us-east",
            "widget_enabled": False,
            "max_members": 500_000,
            "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "premium_progress_bar_enabled": False,
            "afk_timeout": 300,
            "system_channel_flags": 0,
            **dict.fromkeys(_UNSET),
            "features": [],
            "emojis": [],
            "stickers": [],
        }

    def json_whole(self, members: Iterable[Member]) -> JsonObject:
        """Return the server with its channels and these members, in the format of a GUILD_CREATE event."""
        return self.json() | {
            "joined_at": self.joined_at.isoformat(),
            "large": False,
            "member_count": len(self.members),
            "members": [member.json() for member in members],
            "channels": [channel.json() for channel in self.channels.values()],
            "threads": [
                thread.json() for thread in self.active_threads() if thread.bot_permissions & Permission.VIEW_CHANNEL
            ],
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [event.json() for event in self.events.values()],
            "soundboard_sounds": [],
        }


_Named = TypeVar("_Named", Channel, GuildRole, Member)


def _by_name(things: Iterable[_Named], name: str, kind: str, guild: Guild) -> _Named:
    for thing in things:
        if thing.name == name:
            return thing
    raise BadInputError(f"the server {guild.name} has no {kind} called {name}")
