"""A server's text or announcement channel, or a forum."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.rehearsal.standin import permissions as rules
from bot.rehearsal.standin.member import Member
from bot.rehearsal.standin.message import Message
from bot.rehearsal.standin.people import Role, User
from bot.rehearsal.standin.permissions import Overwrite
from bot.rehearsal.standin.place import FORUM, TEXT, Place
from bot.rehearsal.standin.wire import Json, Wire

if TYPE_CHECKING:  # a server has channels, and a channel a server
    from bot.rehearsal.standin.guild import Guild


ROLE, MEMBER = 0, 1  # the two kinds of overwrite

# What the API shows of a forum beside what it shows of every channel.
_FORUM: Json = {
    "available_tags": [],
    "default_reaction_emoji": None,
    "default_sort_order": None,
    "default_forum_layout": 0,
}


@dataclass(eq=False, slots=True)
class Channel(Place):
    """A channel of a server with its messages, oldest first."""

    guild: "Guild" = field(repr=False)
    name: str
    topic: str | None
    position: int
    type: int = TEXT
    slow_mode: int = 0  # seconds; Discord exempts bots
    overwrites: dict[int, tuple[int, Overwrite]] = field(default_factory=dict)  # by role or member: kind, bits
    followers: list["Channel"] = field(default_factory=list, repr=False)  # where what it publishes is shown too

    @property
    def kind(self) -> int:
        """Which of Discord's types of channel it is."""
        return self.type

    @property
    def wire(self) -> Wire:
        """What tells of events here."""
        return self.guild.wire

    @property
    def guild_id(self) -> int:
        """The server."""
        return self.guild.id

    def user(self, user_id: int) -> User | None:
        """Return the member of the server by that id, None when there is none."""
        member = self.guild.members.get(user_id)
        return member.user if member else None

    def has_role(self, role_id: int) -> bool:
        """Return whether the server has the role."""
        return role_id in self.guild.roles

    def membership(self, user_id: int) -> Json:
        """Return what an event about somebody's message here says of them as a member; nothing, if they are none."""
        member = self.guild.members.get(user_id)
        return {"member": member.json_beside_user()} if member else {}

    @property
    def bot_permissions(self) -> int:
        """What the bot may do here, as bits."""
        return self.permissions(self.guild.me)

    def json(self) -> Json:
        """Return the channel as the API shows it."""
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
        _, bits = self.overwrites.setdefault(to.id, (ROLE if isinstance(to, Role) else MEMBER, Overwrite()))
        for name in names:
            bit = rules.bit(name)
            bits.deny = bits.deny | bit if deny else bits.deny & ~bit
            bits.allow = bits.allow & ~bit if deny else bits.allow | bit
        self.updated()

    def updated(self) -> None:
        """Tell whoever listens that the channel itself changed."""
        self.wire.emit("CHANNEL_UPDATE", self.guild.id, self.json())

    def say(self, member: Member, content: str) -> Message:
        """Post a plain message of a member; return it."""
        return self.write(member.user, content)

    def follow(self, target: "Channel") -> None:
        """Show in `target` whatever this announcement channel publishes from now on."""
        self.followers.append(target)

    def delete(self) -> None:
        """Remove the channel, and the threads in it, from its server."""
        for thread in [one for one in self.guild.threads.values() if one.parent is self]:
            thread.delete()
        del self.guild.channels[self.id]
        del self.guild.places[self.id]
        self.wire.emit("CHANNEL_DELETE", self.guild.id, self.json())
