"""Discord's channels through discord.py; its exceptions sorted into never, later and ask the history."""

import re
from datetime import UTC, datetime
from http import HTTPStatus

import aiohttp
import discord

from bot.delivery.channels import LaterError, Message, RefusedError, UnknownError

_NUMBER = re.compile(r"^-# #(\d+) · ")
_AGAIN_LATER = {
    20016,  # slow mode
    20028,  # too many messages in this channel
}
_CLOSED = {
    0,  # no code at all: whoever stands before Discord turned us away
    10003,  # unknown channel
    40333,  # Discord's own network
    50001,  # missing access
    50013,  # missing permissions
    50083,  # an archived thread
}
"""Error codes of a channel that can't be written to for now. Both lists are from
https://docs.discord.com/developers/topics/opcodes-and-status-codes."""
_NOT_SEEN = {
    10003,  # unknown channel
    10004,  # unknown guild
    50001,  # missing access
    50013,  # missing permissions
}
CLOSED_FOR = 300.0
"""Seconds until such a channel is tried again: Discord bans who asks in vain too often."""

_FAILURES = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError)


class DiscordChannels:
    """Sends and looks up posts through a discord.py client, without needing its cache."""

    def __init__(self, client: discord.Client) -> None:
        """Use `client`, which has to be logged in."""
        self._client = client

    async def send(self, channel: int, message: Message) -> int:
        """Send a message without any mention; return its id."""
        target = self._client.get_partial_messageable(channel)
        try:
            sent = await target.send(
                message.content,
                embeds=[discord.Embed.from_dict(dict(embed)) for embed in message.embeds],
                nonce=message.nonce,
                silent=message.quiet,
                allowed_mentions=discord.AllowedMentions.none(),
            )
        except _FAILURES as error:
            raise sort_failure(error) from error
        return sent.id

    async def find(self, channel: int, number: int, since: float, until: float) -> int | None:
        """Return the id of our own post with this number between two times, or None."""
        self._check_history(channel)
        target = self._client.get_partial_messageable(channel)
        user = self._client.user
        after, before = datetime.fromtimestamp(since, UTC), datetime.fromtimestamp(until, UTC)
        try:
            async for message in target.history(limit=None, after=after, before=before, oldest_first=True):
                if user and message.author.id == user.id and number_of(message.content) == number:
                    return message.id
        except _FAILURES as error:
            raise sort_failure(error) from error
        return None

    async def numbers(self, channel: int, since: float) -> list[tuple[int, int]]:
        """Return (number, message id) of each of our own posts from a time on, oldest first."""
        target, user = self._client.get_partial_messageable(channel), self._client.user
        try:
            if user is None or not await self._may_read(channel, user.id):
                raise RefusedError("the bot may not read the channel's history")
            after = datetime.fromtimestamp(since, UTC)
            return [
                (number, message.id)
                async for message in target.history(limit=None, after=after, oldest_first=True)
                if message.author.id == user.id and (number := number_of(message.content)) is not None
            ]
        except (discord.Forbidden, discord.NotFound) as error:
            if error.code in _NOT_SEEN:
                raise RefusedError("the channel is gone, or the bot may not see it") from error
            raise sort_failure(error) from error
        except _FAILURES as error:
            raise sort_failure(error) from error

    async def _may_read(self, channel: int, user: int) -> bool:
        """Ask Discord whether the channel's history may be read; without the permission it shows none."""
        where = await self._client.fetch_channel(channel)
        if not isinstance(where, discord.abc.GuildChannel | discord.Thread):
            return False
        guild = await self._client.fetch_guild(where.guild.id, with_counts=False)
        # A thread's permissions are those of the channel that it is in.
        place = await guild.fetch_channel(where.parent_id if isinstance(where, discord.Thread) else channel)
        return place.permissions_for(await guild.fetch_member(user)).read_message_history

    def _check_history(self, channel: int) -> None:
        """Refuse to take an empty history for an answer: without the permission to read it Discord shows none."""
        known = self._client.get_channel(channel)
        if known is None and (not self._client.is_ready() or any(guild.unavailable for guild in self._client.guilds)):
            raise LaterError("the channel is not known yet", 1.0)
        if not isinstance(known, discord.abc.GuildChannel):
            raise RefusedError("the channel is gone, or the bot may not see it")
        if not known.permissions_for(known.guild.me).read_message_history:
            raise RefusedError("the bot may not read the channel's history")


def number_of(content: str) -> int | None:
    """Return the number that a post's small last line carries, or None if the message is no post."""
    match = _NUMBER.match(content.rsplit("\n", 1)[-1])
    return int(match[1]) if match else None


def sort_failure(error: Exception) -> RefusedError | LaterError | UnknownError:
    """Return what a failed request means for the post."""
    if isinstance(error, discord.RateLimited):
        return LaterError(str(error), error.retry_after)
    if isinstance(error, discord.HTTPException) and not isinstance(error, discord.DiscordServerError):
        return _by_answer(error)
    return UnknownError(f"{type(error).__name__}: {error}"[:300])


def _by_answer(error: discord.HTTPException) -> RefusedError | LaterError | UnknownError:
    why = f"Discord answered {error.status}, error {error.code}: {error.text}"[:300]
    if error.status == HTTPStatus.UNAUTHORIZED:
        return LaterError(why, 60.0)
    if error.status == HTTPStatus.REQUEST_TIMEOUT:
        return UnknownError(why)
    if error.status == HTTPStatus.TOO_MANY_REQUESTS or error.code in _AGAIN_LATER:
        return LaterError(why)
    if error.status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND) and error.code in _CLOSED:
        return LaterError(why, CLOSED_FOR)
    return RefusedError(why)
