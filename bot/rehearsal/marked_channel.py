"""A channel of a real server that may be rehearsed in: one that says so in its topic."""

from collections.abc import Collection

import discord

from bot.client import NEEDED
from bot.errors import BadInputError

MARK = "tallydesk test channel"
"""What has to be in the topic of a channel, in capitals or not, before anything is rehearsed there."""


def marked_channel(client: discord.Client, key: int, servers: Collection[int]) -> discord.TextChannel:
    """Return the channel with the id `key`, which the client, connected, sees and may post in.

    Args:
        client: the bot.
        key: the channel's id.
        servers: the servers that may use the bot; empty: all.

    Raises:
        BadInputError: there is no such channel, its server may not use the bot, it is not marked as a test channel, or
            the bot lacks a permission there; nothing was posted.

    """
    channel = client.get_channel(key)
    if channel is None:
        raise BadInputError(
            f"--channel {key}: the bot sees no such channel; invite it to the server, and let it see the channel"
        )
    if not isinstance(channel, discord.TextChannel):
        raise BadInputError(f"--channel {key}: only a text channel can be rehearsed in")
    where = f"#{channel.name} of {channel.guild.name}"
    if servers and channel.guild.id not in servers:
        raise BadInputError(f"{where}: the server {channel.guild.id} is not in TALLYDESK_SERVERS")
    if MARK not in (channel.topic or "").casefold():
        raise BadInputError(f"{where} is not marked as a test channel: put the words {MARK!r} into its topic")
    allowed = channel.permissions_for(channel.guild.me)
    lacking = [name.replace("_", " ") for name in NEEDED if not getattr(allowed, name)]
    if lacking:
        raise BadInputError(f"{where}: the bot lacks the permission to {' and to '.join(lacking)}")
    return channel
