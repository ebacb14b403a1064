"""A server: its roles, its members, its channels and threads, and what it plans."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from bot.errors import BadInputError
from bot.rehearsal.standin.channel import Channel
from bot.rehearsal.standin.member import Member
from bot.rehearsal.standin.message import Flag, Kind, Message
from bot.rehearsal.standin.people import Role, User
from bot.rehearsal.standin.permissions import EVERYONE, INVITED, Permission, bit
from bot.rehearsal.standin.place import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_THREAD,
    FORUM,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Place,
)
from bot.rehearsal.standin.scheduled_event import ScheduledEvent
from bot.rehearsal.standin.thread import Thread
from bot.rehearsal.standin.wire import Json, Wire

# What a server may have and these have not.
_UNSET = (
    "icon",
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
class Guild:
    """A server that the bot is in."""

    id: int
    name: str
    wire: Wire = field(repr=False)
    joined_at: datetime
    owner_id: int = 0  # 0 until a member is added as the owner
    roles: dict[int, Role] = field(default_factory=dict, repr=False)
    members: dict[int, Member] = field(default_factory=dict, repr=False)
    channels: dict[int, Channel] = field(default_factory=dict, repr=False)
    threads: dict[int, Thread] = field(default_factory=dict, repr=False)  # also archived ones
    events: dict[int, ScheduledEvent] = field(default_factory=dict, repr=False)
    bot_id: int = 0
    # Where messages are, by id, in this server and all others: whoever makes servers shares it between them.
    places: dict[int, Place] = field(default_factory=dict, repr=False)

    @property
    def everyone(self) -> Role:
        """The role that every member has."""
        return self.roles[self.id]

    @property
    def me(self) -> Member:
        """The bot as a member."""
        return self.members[self.bot_id]

    def admit_bot(self, bot: User) -> None:
        """Add the bot, with the role Discord makes for it, and the role of everyone; before anyone else is added."""
        self.bot_id = bot.id
        self.roles[self.id] = Role(self.id, "@everyone", EVERYONE, 0)
        own = Role(self.wire.new_id(), bot.name, INVITED, 1, bot_id=bot.id)
        self.roles[own.id] = own
        self.members[bot.id] = Member(bot, self, [own], self.joined_at)

    def add_role(self, name: str, permissions: int = 0) -> Role:
        """Add and return a role with these permission bits, above those there are."""
        role = Role(self.wire.new_id(), name, permissions, len(self.roles))
        self.roles[role.id] = role
        self.wire.emit("GUILD_ROLE_CREATE", self.id, {"guild_id": str(self.id), "role": role.json()})
        return role

    def grant(self, *names: str) -> None:
        """Give permissions, named as in `Permission`, to the bot, as a new invitation would."""
        role = next(role for role in self.me.roles if role.bot_id == self.bot_id)
        for name in names:
            role.permissions |= bit(name)
        self.wire.emit("GUILD_ROLE_UPDATE", self.id, {"guild_id": str(self.id), "role": role.json()})

    def add_channel(
        self, name: str, topic: str | None = None, *, announcement: bool = False, forum: bool = False
    ) -> Channel:
        """Add and return a text or announcement channel, or a forum, below those there are."""
        kind = ANNOUNCEMENT if announcement else FORUM if forum else TEXT
        channel = Channel(self.wire.new_id(), self, name, topic, len(self.channels), kind)
        self.channels[channel.id] = self.places[channel.id] = channel
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
        """Start and return a thread in a channel: from a message (`source`), which it shares its id with, or without.

        Where a public one is started without, the channel says so in a message of its own.
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
        self.threads[thread.id] = self.places[thread.id] = thread
        hidden = not thread.bot_permissions & Permission.VIEW_CHANNEL
        self.wire.emit("THREAD_CREATE", self.id, thread.json() | {"newly_created": True}, hidden=hidden)
        if source is not None:
            source.flags |= Flag.HAS_THREAD
            source.thread = thread.json
            parent.changed(source)
            thread.write(owner, "", Kind.THREAD_STARTER, parent.pointing_to(source), source)
        elif not private and parent.type != FORUM:
            about = {"type": 0, "channel_id": str(thread.id), "guild_id": str(self.id)}
            parent.write(owner, name, Kind.THREAD_CREATED, about)
        return thread

    def start_post(self, forum: Channel, name: str, owner: User, content: str) -> Thread:
        """Start and return a post of a forum: a thread, whose first message shares its id."""
        thread = self.start_thread(forum, name, owner)
        thread.begin(Message(thread.id, thread.id, self.id, owner, self.wire.now(), content))
        return thread

    def active_threads(self) -> list[Thread]:
        """Return the threads that are not archived, the newest first."""
        for thread in self.threads.values():
            thread.settle()
        return [thread for thread in reversed(self.threads.values()) if not thread.archived]

    def add_member(self, name: str, roles: Sequence[Role] = (), owner: bool = False) -> Member:
        """Add and return a new person with these roles; as the owner, they may do everything."""
        member = Member(User(self.wire.new_id(), name), self, list(roles), self.wire.now())
        self.members[member.id] = member
        self.wire.emit("GUILD_MEMBER_ADD", self.id, member.json() | {"guild_id": str(self.id)})
        if owner:
            self.owner_id = member.id
            self.wire.emit("GUILD_UPDATE", self.id, self.json())
        return member

    def remove_member(self, member: Member) -> None:
        """Let a member leave."""
        del self.members[member.id]
        body = {"guild_id": str(self.id), "user": member.user.json()}
        self.wire.emit("GUILD_MEMBER_REMOVE", self.id, body)

    def channel(self, name: str) -> Channel:
        """Return the channel of that name."""
        return _by_name(self.channels.values(), name, "channel", self)

    def role(self, name: str) -> Role:
        """Return the role of that name."""
        return _by_name(self.roles.values(), name, "role", self)

    def member(self, name: str) -> Member:
        """Return the member of that name."""
        return _by_name(self.members.values(), name, "member", self)

    def json(self) -> Json:
        """Return the server by itself, as an update tells of it."""
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
            "premium_tier": 0,
            "afk_timeout": 300,
            "system_channel_flags": 0,
            **dict.fromkeys(_UNSET),
            "features": [],
            "emojis": [],
            "stickers": [],
        }

    def json_whole(self, members: Iterable[Member]) -> Json:
        """Return the server with its channels and these members, as a client first hears of it."""
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


_Named = TypeVar("_Named", Channel, Role, Member)


def _by_name(things: Iterable[_Named], name: str, kind: str, guild: Guild) -> _Named:
    for thing in things:
        if thing.name == name:
            return thing
    raise BadInputError(f"the server {guild.name} has no {kind} called {name}")
