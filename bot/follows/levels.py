"""What a member may do in a server.

There are five levels. The newsroom's roles give the middle three, and Discord's permission Manage Server gives the
highest.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, get_args

Role = Literal["reporter", "desk", "manager"]
"""A role that a newsroom sets. Members with the role have the level of the same name."""

ROLES: tuple[Role, ...] = get_args(Role)

Sees = Callable[[int], bool]
"""Returns True if the user can see a channel or thread, given by id. Answers don't name channels that the user
can't see.
"""


class Level(IntEnum):
    """The level that a member needs for an action. Higher levels include the rights of the lower ones."""

    ANYONE = 0
    """Every member of the server."""
    REPORTER = 1
    """May enter figures, which wait until the desk confirms them."""
    DESK = 2
    """May enter figures, confirm entries, publish and correct posts, and mute sources."""
    MANAGER = 3
    """May set up the bot in the server."""
    OWNER = 4
    """A member with Discord's permission Manage Server. May set the roles of the other levels, and delete the
    server's data.
    """


@dataclass(frozen=True, slots=True)
class Roles:
    """The ids of the Discord roles that a server has set for each level; None if no role gives that level."""

    reporter: int | None = None
    desk: int | None = None
    manager: int | None = None

    def level(self, roles: Collection[int], *, manages_server: bool) -> Level:
        """Return the level of a member.

        Args:
            roles: the ids of the member's roles.
            manages_server: True if the member has Discord's permission Manage Server.

        """
        if manages_server:
            return Level.OWNER
        by_role = ((self.manager, Level.MANAGER), (self.desk, Level.DESK), (self.reporter, Level.REPORTER))
        return next((level for role, level in by_role if role is not None and role in roles), Level.ANYONE)


def can_see_all(_: int) -> bool:
    """Return True for every channel. Used when the bot itself or the operator is the reader."""
    return True
