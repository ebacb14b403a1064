"""Computes permissions in a channel, by Discord's rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag

from bot.client import PERMISSIONS
from bot.errors import BadInputError

# Every bit that Discord uses so far, named above or not.
ALL = (1 << 53) - 1


class Permission(IntFlag):
    """The permissions that matter to the bot, with Discord's names and bits."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    CREATE_EVENTS = 1 << 44
    PIN_MESSAGES = 1 << 51


# What everyone may do in a newsroom's server: read, and use commands. A new server also lets everyone write, embed, attach
# and open threads; here the bot may do that by its invitation only.
EVERYONE = int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY | Permission.USE_APPLICATION_COMMANDS)

# Both people's permissions in direct messages.
DIRECT_MESSAGES = EVERYONE | int(
    Permission.ADD_REACTIONS
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.PIN_MESSAGES
    | Permission.USE_EXTERNAL_EMOJIS
)

# As plain numbers: arithmetic with flags is slow, and each message asks several times.
_ADMINISTRATOR, _VIEW_CHANNEL = int(Permission.ADMINISTRATOR), int(Permission.VIEW_CHANNEL)


def bit(name: str) -> int:
    """Return the bit of a permission.

    Raises:
        BadInputError: there is no permission with this name.

    """
    if name not in Permission.__members__:
        raise BadInputError(f"no permission is called {name}; see bot/rehearsal/standin/permissions.py")
    return int(Permission[name])


# The permissions in the bot's invitation, which its role gets.
INVITED = sum(bit(name.upper()) for name in PERMISSIONS)

# The permissions of a personal installation (Discord's docs, receiving and responding, read November 2026).
OWN_INSTALLATION = Permission.ATTACH_FILES | Permission.EMBED_LINKS | Permission.MENTION_EVERYONE


@dataclass(slots=True)
class Overwrite:
    """The permissions that a channel allows and denies to one role or member, as bits."""

    allow: int = 0
    deny: int = 0


def in_guild(role_permissions: Iterable[int]) -> int:
    """Return the combined permissions of roles. An administrator has all permissions."""
    granted = 0
    for permissions in role_permissions:
        granted |= permissions
    return ALL if granted & _ADMINISTRATOR else granted


def in_channel(base: int, everyone: Overwrite, roles: Iterable[Overwrite], member: Overwrite) -> int:
    """Return the permissions in a channel: `base` with the overwrites applied. Without VIEW_CHANNEL, there are none.

    Overwrites are applied in Discord's order: first everyone's, then those of all roles at once, then the member's. If
    one role denies a permission and another allows it, it is allowed.
    """
    if base & _ADMINISTRATOR:
        return ALL
    together = Overwrite()
    for overwrite in roles:
        together.allow |= overwrite.allow
        together.deny |= overwrite.deny
    for step in (everyone, together, member):
        base = base & ~step.deny | step.allow
    return base if base & _VIEW_CHANNEL else 0
