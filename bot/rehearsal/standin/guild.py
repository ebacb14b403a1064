"""A server: its roles, its members, its text channels and what has been said in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from bot.errors import BadInputError
from bot.rehearsal.standin import permissions as rules
from bot.rehearsal.standin.history import History
from bot.rehearsal.standin.message import Message
from bot.rehearsal.standin.people import Role, User
from bot.rehearsal.standin.permissions import EVERYONE, Overwrite, Permission
from bot.rehearsal.standin.wire import Json, Wire

_ROLE, _MEMBER = 0, 1  # the two kinds of overwrite

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
class Member:
    """A user as one server knows them."""

    user: User
    guild: "Guild" = field(repr=False)
    roles: list[Role]
    joined_at: datetime

    @property
    def id(self) -> int:
        """The id of the user."""
        return self.user.id

    @property
    def name(self) -> str:
        """The name of the user."""
        return self.user.name

    @property
    def permissions(self) -> int:
        """What the member may do in the server, before any channel has its say; the owner may do all."""
        if self.guild.owner_id == self.id:
            return rules.ALL
        return rules.in_guild(role.permissions for role in (self.guild.everyone, *self.roles))

    def json(self) -> Json:
        """Return the member as the API shows it, with the user in it."""
        return {"user": self.user.json(), **self.json_beside_user()}

    def json_beside_user(self) -> Json:
        """Return the member as it stands beside its user, in a message event."""
        return {
            "nick": None,
            "avatar": None,
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
class Channel:
    """A text channel with its messages, oldest first."""

    id: int
    guild: "Guild" = field(repr=False)
    name: str
    topic: str | None
    position: int
    overwrites: dict[int, tuple[int, Overwrite]] = field(default_factory=dict)  # by role or member: kind, bits
    messages: History = field(default_factory=History, repr=False)

    def json(self) -> Json:
        """Return the channel as the API shows it."""
        return {
            "id": str(self.id),
            "type": 0,
            "guild_id": str(self.guild.id),
            "name": self.name,
            "topic": self.topic,
            "position": self.position,
            "nsfw": False,
            "rate_limit_per_user": 0,
            "parent_id": None,
            "last_message_id": None if self.messages.last_id is None else str(self.messages.last_id),
            "flags": 0,
            "permission_overwrites": [
                {"id": str(target), "type": kind, "allow": str(bits.allow), "deny": str(bits.deny)}
                for target, (kind, bits) in self.overwrites.items()
            ],
        }

    def permissions(self, member: Member) -> int:
        """Return what the member may do here, as bits."""
        if not self.overwrites or self.guild.owner_id == member.id:
            return member.permissions

        def bits(target: int) -> Overwrite:
            return self.overwrites[target][1] if target in self.overwrites else Overwrite()

        roles = [bits(role.id) for role in member.roles]
        return rules.in_channel(member.permissions, bits(self.guild.id), roles, bits(member.id))

    def forbid(self, *names: str, to: Member | Role | None = None) -> None:
        """Take permissions, named as in `Permission`, from a member or role: the bot, unless `to` says otherwise."""
        self._overwrite(names, to or self.guild.me, deny=True)

    def allow(self, *names: str, to: Member | Role | None = None) -> None:
        """Give permissions, named as in `Permission`, to a member or role: the bot, unless `to` says otherwise."""
        self._overwrite(names, to or self.guild.me, deny=False)

    def _overwrite(self, names: Iterable[str], to: Member | Role, *, deny: bool) -> None:
        _, bits = self.overwrites.setdefault(to.id, (_ROLE if isinstance(to, Role) else _MEMBER, Overwrite()))
        for name in names:
            if name not in Permission.__members__:
                raise BadInputError(f"no permission is called {name}; see bot/rehearsal/standin/permissions.py")
            bit = int(Permission[name])
            bits.deny = bits.deny | bit if deny else bits.deny & ~bit
            bits.allow = bits.allow & ~bit if deny else bits.allow | bit
        self.guild.wire.emit("CHANNEL_UPDATE", self.guild.id, self.json())

    def post(self, message: Message) -> Message:
        """Put a message, newer than any before it, into the channel and tell whoever listens; return it."""
        self.messages.add(message)
        self._emit("MESSAGE_CREATE", message, nonce=message.nonce)
        return message

    def say(self, member: Member, content: str) -> Message:
        """Post a plain message of a member; return it."""
        wire = self.guild.wire
        return self.post(Message(wire.new_id(), self.id, self.guild.id, member.user, wire.now(), content))

    def changed(self, message: Message) -> None:
        """Tell whoever listens that a message here was edited."""
        self._emit("MESSAGE_UPDATE", message)

    def remove(self, message: Message) -> None:
        """Delete a message and tell whoever listens."""
        self.messages.drop(message)
        body = {"id": str(message.id), "channel_id": str(self.id), "guild_id": str(self.guild.id)}
        self.guild.wire.emit("MESSAGE_DELETE", self.guild.id, body, hidden=self._hidden)

    def _emit(self, name: str, message: Message, nonce: str | int | None = None) -> None:
        body = message.json() | {"guild_id": str(self.guild.id)}
        author = self.guild.members.get(message.author.id)
        if author is not None:
            body["member"] = author.json_beside_user()
        if nonce is not None:
            body["nonce"] = nonce
        self.guild.wire.emit(name, self.guild.id, body, hidden=self._hidden)

    @property
    def _hidden(self) -> bool:
        return not self.permissions(self.guild.me) & Permission.VIEW_CHANNEL

    def delete(self) -> None:
        """Remove the channel from its server."""
        del self.guild.channels[self.id]
        self.guild.wire.emit("CHANNEL_DELETE", self.guild.id, self.json())


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
    bot_id: int = 0

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
        own = Role(self.wire.new_id(), bot.name, EVERYONE, 1, bot_id=bot.id)
        self.roles[own.id] = own
        self.members[bot.id] = Member(bot, self, [own], self.joined_at)

    def add_role(self, name: str, permissions: int = 0) -> Role:
        """Add and return a role with these permission bits, above those there are."""
        role = Role(self.wire.new_id(), name, permissions, len(self.roles))
        self.roles[role.id] = role
        self.wire.emit("GUILD_ROLE_CREATE", self.id, {"guild_id": str(self.id), "role": role.json()})
        return role

    def add_channel(self, name: str, topic: str | None = None) -> Channel:
        """Add and return a text channel, below those there are."""
        channel = Channel(self.wire.new_id(), self, name, topic, len(self.channels))
        self.channels[channel.id] = channel
        self.wire.emit("CHANNEL_CREATE", self.id, channel.json())
        return channel

    def add_member(self, name: str, roles: Sequence[Role] = (), owner: bool = False) -> Member:
        """Add and return a new person with these roles; as the owner, they may do everything."""
        member = Member(User(self.wire.new_id(), name), self, list(roles), self.wire.now())
        self.members[member.id] = member
        self.wire.emit("GUILD_MEMBER_ADD", self.id, member.json() | {"guild_id": str(self.id)})
        if owner:
            self.owner_id = member.id
            self.wire.emit("GUILD_UPDATE", self.id, self.json())
        return member

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
            "threads": [],
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }


_Named = TypeVar("_Named", Channel, Role, Member)


def _by_name(things: Iterable[_Named], name: str, kind: str, guild: Guild) -> _Named:
    for thing in things:
        if thing.name == name:
            return thing
    raise BadInputError(f"the server {guild.name} has no {kind} called {name}")
