"""What a member may do in a server: one of five levels, by the roles that the newsroom set or by Discord's Manage Server."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, get_args

Role = Literal["reporter", "desk", "manager"]
"""A role that a newsroom sets. Members who have it are at the level of that name."""

ROLES: tuple[Role, ...] = get_args(Role)

Sees = Callable[[int], bool]
"""Returns True if the person who asks can see a channel or thread, given by id. Answers don't name others to them."""


class Level(IntEnum):
    """The level that somebody needs for an action. Higher levels may do all that lower ones may."""

    ANYONE = 0
    """Every member."""
    REPORTER = 1
    """Enters figures, which wait until the desk confirms them."""
    DESK = 2
    """Enters figures, confirms entries, publishes, corrects, mutes."""
    MANAGER = 3
    """Sets up the bot in the server."""
    OWNER = 4
    """Has Discord's Manage Server. Sets the roles of the other levels, and may delete the server's data."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles that a server has set, by Discord's ids. With None no role gives that level."""

    reporter: int | None = None
    desk: int | None = None
    manager: int | None = None

    def level(self, roles: Collection[int], *, manages_server: bool) -> Level:
        """Return the level of a member.

        Args:
            roles: the ids of the member's roles.
            manages_server: whether they have Discord's Manage Server.

        """
        if manages_server:
            return Level.OWNER
        by_role = ((self.manager, Level.MANAGER), (self.desk, Level.DESK), (self.reporter, Level.REPORTER))
        return next((level for role, level in by_role if role is not None and role in roles), Level.ANYONE)


def sees_everything(_: int) -> bool:
    """Return True for every channel: the bot itself asks, or the operator."""
    return True
