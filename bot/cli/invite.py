"""`tallydesk invite`: prints the link that invites the bot, with the fewest permissions it needs."""

import base64
import binascii

import discord

from bot.cli.terminal import DONE, say
from bot.client import PERMISSIONS
from bot.desk.settings import load_settings
from bot.errors import BadInputError


def invite(application: int | None) -> int:
    """Print the link with which a server's manager invites the bot. Returns the exit status.

    Args:
        application: the application's id; None for the id in the settings' token.

    Raises:
        BadInputError: there is neither an id nor a token.

    """
    address = invitation(application)
    if address is None:
        out = "copy it again" if load_settings().token else "put it there"
        raise BadInputError(
            "the application's id is not known: use --application ID (Discord's developer portal shows it); it is also in "
            f"the bot's token, but not in TALLYDESK_TOKEN: {out}"
        )
    say(address)
    return DONE


def invitation(application: int | None) -> str | None:
    """Return the invite link; None if there is no application id, and no token that contains one."""
    key = application or _of_token()
    if key is None:
        return None
    permissions = discord.Permissions(**dict.fromkeys(PERMISSIONS, True))
    return discord.utils.oauth_url(key, permissions=permissions, scopes=("bot", "applications.commands"))


def _of_token() -> int | None:
    """Return the application's id from the token in the settings; None if the token can't be parsed.

    A bot's token begins with its user id in base64. This is also the application id
    (https://discord.com/developers/docs/reference#authentication).
    """
    token = load_settings().token
    first = token.get_secret_value().split(".")[0] if token else ""
    try:
        digits = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return None
    # An id has 64 bits, so fewer than 20 digits.
    return int(digits) if digits.isdecimal() and digits.isascii() and len(digits) < 20 else None
