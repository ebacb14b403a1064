"""A user as one server knows them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bot.rehearsal.standin import permissions as rules
from bot.rehearsal.standin.people import Role, User
from bot.rehearsal.standin.wire import Json

if TYPE_CHECKING:  # a server has members, and a member a server
    from bot.rehearsal.standin.guild import Guild


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

    def give(self, role: Role) -> None:
        """Give the member a role they may have already."""
        if role not in self.roles:
            self.roles.append(role)
            self._changed()

    def take(self, role: Role) -> None:
        """Take a role from the member, if they have it."""
        if role in self.roles:
            self.roles.remove(role)
            self._changed()

    def _changed(self) -> None:
        self.guild.wire.emit("GUILD_MEMBER_UPDATE", self.guild.id, self.json() | {"guild_id": str(self.guild.id)})

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
