"""What a member may do in a server: one of five levels, by Discord's own permission or by the roles that the newsroom set."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, get_args

Role = Literal["reporter", "desk", "manager"]
"""A role that a newsroom sets; who has it may do what the level of that name may."""

ROLES: tuple[Role, ...] = get_args(Role)

Sees = Callable[[int], bool]
"""Returns True if the person who asks sees a channel or thread of the server; others are not named to them."""


class Level(IntEnum):
    """Who may do something: whoever is at this level or above it."""

    ANYONE = 0
    """Every member."""
    REPORTER = 1
    """Enters; what they enter waits for the desk's word."""
    DESK = 2
    """Enters, confirms, publishes, corrects, mutes."""
    MANAGER = 3
    """Sets up."""
    OWNER = 4
    """May manage the server in Discord: says who has which role, and may have all of it forgotten."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles of a server, by Discord's ids; None: nobody has that level by a role."""

    reporter: int | None = None
    desk: int | None = None
    manager: int | None = None

    def level(self, held: Collection[int], *, manages_server: bool) -> Level:
        """Return the level of a member with the roles `held`; `manages_server`: they have Discord's Manage Server."""
        if manages_server:
            return Level.OWNER
        by_role = ((self.manager, Level.MANAGER), (self.desk, Level.DESK), (self.reporter, Level.REPORTER))
        return next((level for role, level in by_role if role is not None and role in held), Level.ANYONE)


def sees_everything(_: int) -> bool:
    """Return True: the bot itself asks, or the operator."""
    return True
