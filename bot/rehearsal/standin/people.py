"""Users and roles: who somebody is, and what they are allowed as one of many."""

from dataclasses import dataclass

from bot.rehearsal.standin.wire import Json


@dataclass(eq=False, slots=True)
class User:
    """Somebody on Discord, or the bot itself."""

    id: int
    name: str
    bot: bool = False
    takes_direct: bool = True  # whether somebody the bot shares a server with may write to them

    def json(self) -> Json:
        """Return the user as the API shows it."""
        return {
            "id": str(self.id),
            "username": self.name,
            "global_name": None if self.bot else self.name,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass(eq=False, slots=True)
class Role:
    """A role of a server; the one whose id is the server's own is everyone's."""

    id: int
    name: str
    permissions: int
    position: int
    bot_id: int | None = None  # the bot that Discord made this role for

    def json(self) -> Json:
        """Return the role as the API shows it."""
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
            "mentionable": False,
            "flags": 0,
        } | ({} if self.bot_id is None else {"tags": {"bot_id": str(self.bot_id)}})
